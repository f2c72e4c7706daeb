/* SPDX-License-Identifier: MIT */
#ifndef DOMAIN_H
#define DOMAIN_H

#include <stdbool.h>

#include "util/arena.h"

/*
 * A security domain, which says what subsystems there are on which hosts
 * [dogtag 8]; dir/domainread reads one, in each of its forms.
 *
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

/* Is DOMAIN_CLONE or DOMAIN_MANAGER true? */
bool domain_is(const struct domain_host *host, enum domain_field flag);

void domain_release(struct domain *domain);

/* -- for those that read one ---------------------------------------------- */

/* What the forms call a field; getDomainXML and LDAP have others than REST. */
extern const char *const domain_name_of[DOMAIN_FIELDS][2];

struct domain_reading {
	struct domain *domain;
	const char *file;
	size_t line; /* of the element or the entry; 0: not known */
	bool found;  /* something of a security domain is in it */
};

void domain_begin(struct domain_reading *r, struct domain *domain,
    const char *file);

/* With status 0 something must have been found; with -1 all is released. */
int domain_end(struct domain_reading *r, int status);

/* "file:line: what"; -1. */
int domain_bad(const struct domain_reading *r, const char *what);

/* Another host; its texts are copied; the same once more is none.  -1: it has
 * no name or port, or is one too many; reported. */
int domain_take(struct domain_reading *r, struct domain_host *host);

void domain_take_name(struct domain_reading *r, struct slice name);

#endif
