/* SPDX-License-Identifier: MIT */
#ifndef PKI_CONNECTOR_H
#define PKI_CONNECTOR_H

#include "cfg/edits.h"
#include "cfg/setting.h"
#include "util/endpoint.h"

/*
 * The CA's KRA connector in CS.cfg: ca.connector.KRA.* [dogtag 4].
 *
 * Its host is one name, with the port beside it in the key port; or, from the
 * first blank on, a list "h1:p1 h2:p2" of hosts tried in turn, beside which
 * the key port still has to be an integer [4.2].
 */

#define CONNECTOR_PREFIX "ca.connector.KRA."

struct connector_hosts {
	struct endpoint *at; /* both parts known */
	size_t count, room;
};

enum connector_fault {
	CONNECTOR_READ,	    /* the server can read them; or there are none */
	CONNECTOR_BAD_PORT, /* the key port is not a port number */
	CONNECTOR_BAD_HOST, /* no blank in it, and not a host name */
	CONNECTOR_BAD_LIST, /* not NAME:PORT with one blank between them */
};

/* The hosts of the connector of cfg, which they borrow from.  Silent; what
 * there is to release is what was read before a fault. */
enum connector_fault connector_read(struct connector_hosts *hosts,
    const struct cfg *cfg);

/* The same; -1 and nothing to release on a fault, which is reported by file
 * and line. */
int connector_hosts(struct connector_hosts *hosts, const struct cfg *cfg);
void connector_hosts_release(struct connector_hosts *hosts);

/* NAME:PORT as a list has it: no IPv6 address can be one [4.2]. */
bool connector_parse(struct endpoint *at, struct slice text);

/* Where host is among hosts, or their count. */
size_t connector_find(const struct connector_hosts *hosts,
    const struct endpoint *host);
void connector_append(struct connector_hosts *hosts,
    const struct endpoint *host);

/* Edits of cfg that make these its hosts: one stands alone with its port,
 * several in a list, beside port, or that of the first where that is none.
 * -1: reported. */
int connector_set_hosts(struct edits *edits, const struct cfg *cfg,
    const struct connector_hosts *hosts, struct slice port);

/* Is key a setting of it, rather than a comment to people? */
bool connector_is_setting(struct slice key);

/* Has cfg any setting of it? */
bool connector_is_in(const struct cfg *cfg);

/* Is its KRA in the CA's own instance, where no other CA can reach it? */
bool connector_is_local(const struct cfg *cfg);

/* Are two transport certificates, in base64, of the same bytes? */
bool connector_same_certificate(struct slice x, struct slice y);

/* The nickName of a new connector: [token:]nickname of the CA's subsystem
 * certificate [4.3], a new string; NULL: it has none; said. */
char *connector_nickname(const struct cfg *cfg);

/* Is it all there, so that the CA starts with it?  -1: no; reported. */
int connector_check(const struct cfg *cfg);

struct connector_sides {
	const struct cfg *clone, *master;
	const struct cfg *base; /* the master of last time, or NULL */
};

struct connector_policy {
	bool replace_certificate;
	bool prefer_master, prefer_clone; /* where both sides changed */
};

enum connector_result {
	CONNECTOR_SETTLED, /* no setting of it is left to merge */
	CONNECTOR_NEW,	   /* the others are to be as on the master */
	CONNECTOR_KNOWN,   /* the others merge as other keys do */
	CONNECTOR_REFUSED, /* reported: another certificate, local, conflict */
	CONNECTOR_BAD,	   /* one of the sides cannot be read; reported */
};

/*
 * Edits of those settings of the clone that do not merge as other keys do,
 * connector_sees_to(), so that with the others they are all or nothing and
 * as the server would have them [4.3]: hosts as sets in the master's order;
 * the clone's nickName and clientCiphers stay, since they name what is in its
 * own key database, a new connector getting the clone's subsystem
 * certificate; another transport certificate is refused.
 *
 * With base, hosts that it had stay only where both sides have them; a
 * connector that the master let go of goes whole; one that the clone let go
 * of stays away until the master changes it.
 */
enum connector_result connector_merge(struct edits *edits,
    const struct connector_sides *sides,
    const struct connector_policy *policy);

bool connector_sees_to(struct slice key);

#endif
