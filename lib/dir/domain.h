/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_H
#define DOMAIN_H

#include "dir/ldif.h"
#include "util/jsonread.h"
#include "util/xml.h"

/*
 * A security domain, which says what subsystems there are on which hosts
 * [dogtag 8]:
 *
 * - JSON of domainInfo: subsystems and hosts by name (11), Subsystem and Host
 *   (10.2), the same in a DomainInfo (10.1);
 * - its XML (10): Subsystem and Host, from 10.8 on all of it once more as
 *   subsystems and hosts: a host counts once;
 * - XML of getDomainXML: CAList and its like, also within an XMLResponse;
 * - LDIF of the CA's suffix: entries of the class pkiSubsystem; of any size,
 *   since it is read entry by entry.
 *
 *	struct domain domain;
 *
 *	if (domain_read(&domain, path) < 0)
 *		return -1;
 *	... domain.host[i].field[DOMAIN_HOST] ...
 *	domain_release(&domain);
 */

enum domain_field {
	DOMAIN_TYPE, /* CA, KRA, OCSP, TKS, TPS, RA, EST */
	DOMAIN_HOST,
	DOMAIN_SECURE_PORT,
	DOMAIN_AGENT_PORT,
	DOMAIN_ADMIN_PORT,
	DOMAIN_EE_PORT, /* with client authentication */
	DOMAIN_PORT,	/* the unsecure one */
	DOMAIN_CLONE,	/* "true", "false", or as it stands */
	DOMAIN_MANAGER, /* the same */
	DOMAIN_NAME,	/* the subsystem's */
	DOMAIN_FIELDS,
};

#define DOMAIN_LIMIT 10000 /* hosts */

struct domain_host {
	struct slice field[DOMAIN_FIELDS]; /* at NULL: not said */
};

struct domain {
	struct slice name; /* at NULL: not said */
	struct domain_host *host; /* in the document's order */
	size_t hosts, room;
	struct arena arena;
};

/*
 * Read path, "-" for standard input, whichever form it has.  -1 and nothing to
 * release: none of them, a host without a name or a port, a value of the
 * wrong type, more than DOMAIN_LIMIT hosts; reported.
 */
int domain_read(struct domain *domain, const char *path);

/* The same of a text. */
int domain_parse(struct domain *domain, const char *file, struct slice text);

void domain_release(struct domain *domain);

#endif
