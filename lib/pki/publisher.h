/* SPDX-License-Identifier: MIT */
#ifndef PKI_PUBLISHER_H
#define PKI_PUBLISHER_H

#include "cfg/edits.h"
#include "cfg/setting.h"

/*
 * The OCSP responders that a CA sends its CRLs to: instances of the plug-in
 * OCSPPublisher, and the rules that name them.  The installation of a
 * responder makes both [dogtag 2.4]:
 *
 *	ca.publish.publisher.instance.OCSPPublisher-<host>-<port>.<x>
 *	ca.publish.rule.instance.ocsprule-<host>-<port>.<x>
 *
 * with dashes for the dots of the host.
 *
 *	struct publishers all;
 *
 *	publishers_find(&all, ca);
 *	... all.publisher[i].host ...
 *	publishers_release(&all);
 */

#define PUBLISHER_PREFIX "ca.publish.publisher.instance."
#define PUBLISHER_RULE_PREFIX "ca.publish.rule.instance."

struct publisher {
	struct slice name, host, port; /* at NULL: absent */
	bool has_rule; /* a rule that is enabled sends it the CRLs */
	const struct cfg_line *line; /* of its pluginName */
};

struct publishers {
	const struct cfg *cfg;
	struct publisher *publisher; /* in the file's order */
	size_t count, room;
};

/* Does the CA publish anything? */
bool publisher_is_on(const struct cfg *ca);

/* The texts borrow from ca. */
void publishers_find(struct publishers *all, const struct cfg *ca);
void publishers_release(struct publishers *all);

/*
 * Edits that send the CRLs of old to host:port.  The names of both instances
 * follow where they are the installation's.  Keys that are there under the
 * new name stay as they are.  -1: a value that cannot stand in the file;
 * reported.
 */
int publisher_move(struct edits *edits, const struct cfg *ca,
    const struct publisher *old, struct slice host, struct slice port);

/*
 * Edits that give ca all of ca.publish. that the CA from has, but what belongs
 * to a host.  What ca alone has stays.  A publisher that logs in with the
 * subsystem certificate of from does so with that of ca; where one uses a
 * certificate of another name, ca needs that one, which is reported.  The
 * caller puts the edits in order.  -1: a value that cannot stand in the file;
 * reported.
 */
int publisher_carry(struct edits *edits, const struct cfg *ca,
    const struct cfg *from, const struct settings *rules);

#endif
