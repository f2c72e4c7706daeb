/* SPDX-License-Identifier: MIT */
#ifndef CONNECTOR_H
#define CONNECTOR_H

#include "cfg/edits.h"
#include "cfg/rules.h"

/*
 * The CA's KRA connector in CS.cfg: ca.connector.KRA.* [dogtag 4].
 *
 * Its host is one name, with the port beside it in the key port; or, from the
 * first blank on, a list "h1:p1 h2:p2" of hosts tried in turn, beside which
 * the key port still has to be an integer [4.2].
 */

#define CONNECTOR_PREFIX "ca.connector.KRA."

struct connector_hosts {
	struct slice *host; /* each "NAME:PORT" */
	size_t count, room;
	char *owned; /* what host[0] points into, where it was put together */
};

/*
 * The hosts of the connector of cfg; none when there is no connector.  -1 and
 * nothing to release when its host list is one that the server cannot read;
 * reported by file and line.
 */
int connector_hosts(struct connector_hosts *hosts, const struct cfg *cfg);
void connector_hosts_release(struct connector_hosts *hosts);

/* Has cfg any key of it? */
bool connector_is_in(const struct cfg *cfg);

/* Is it all there, so that the CA starts with it?  -1: no; reported. */
int connector_check(const struct cfg *cfg);

enum connector_result {
	CONNECTOR_MERGED,
	CONNECTOR_REFUSED, /* another transport certificate; or local */
	CONNECTOR_BAD,	   /* one of the two is not whole */
};

/*
 * Edits that bring the master's connector to the clone, all or nothing, as
 * the server would add it [4.3]: hosts as sets in the master's order; the
 * clone's nickName and clientCiphers stay, since they name what is in its own
 * key database, a new connector getting the clone's subsystem certificate;
 * another transport certificate is refused unless replace_certificate.  base,
 * which may be NULL, is the master as it was last time: hosts that it had and
 * the master has not go from the clone.  Reports what it refuses.
 */
enum connector_result connector_merge(struct edits *edits,
    const struct cfg *clone, const struct cfg *master, const struct cfg *base,
    bool replace_certificate);

#endif
