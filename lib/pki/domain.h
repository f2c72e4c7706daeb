/* SPDX-License-Identifier: MIT */
#ifndef PKI_DOMAIN_H
#define PKI_DOMAIN_H

#include <stdbool.h>
#include <stdio.h>

#include "dir/entry.h"
#include "dir/source.h"
#include "util/arena.h"

/*
 * A security domain, which says what subsystems there are on which hosts
 * [dogtag 8]; domain_read() reads each of its forms.
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
bool domain_flag(const struct domain_host *host, enum domain_field flag);

void domain_release(struct domain *domain);

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

/*
 * A security domain from any of its forms: a document (JSON, XML or text),
 * or entries of the class pkiSubsystem in LDIF of the CA's suffix.
 *
 *	struct domain domain;
 *
 *	if (domain_read(&domain, path) < 0)
 *		return -1;
 *	... domain.host[i].field[DOMAIN_HOST] ...
 *	domain_release(&domain);
 */

/*
 * Read path, "-" for standard input, whichever form it has.  Of LDIF, however
 * large, only an entry is in memory.  -1 and nothing to release: none of the
 * forms, a host without a name or a port, a value of the wrong type, more than
 * DOMAIN_LIMIT hosts; reported.
 */
int domain_read(struct domain *domain, const char *path);

/* The same of a stream; file is for messages. */
int domain_read_stream(struct domain *domain, FILE *in, const char *file);

/* The same, of the entries of a server or an LDIF file, below the base that its
 * options or its URL say. */
int domain_search(struct domain *domain, struct source *source);

/* What an entry of a directory tells, if anything. */
int domain_take_entry(struct domain_reading *r, const struct entry *entry);

#endif
