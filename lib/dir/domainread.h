/* SPDX-License-Identifier: MIT */
#ifndef DOMAINREAD_H
#define DOMAINREAD_H

#include "dir/domain.h"
#include "dir/entry.h"

/*
 * A security domain out of whatever tells of it: a document (dir/domaindoc),
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

/* The same of a text. */
int domain_parse(struct domain *domain, const char *file, struct slice text);

/* What an entry of a directory tells, if anything. */
int domain_take_entry(struct domain_reading *r, const struct entry *entry);

#endif
