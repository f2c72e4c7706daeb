/* SPDX-License-Identifier: MIT */
#ifndef DIR_LDAPDB_H
#define DIR_LDAPDB_H

#include "dir/entry.h"

struct ldapopt;

/*
 * Entries from an LDAP server, one at a time; dir/source is what to use.
 */

struct ldapdb;

/* Connect and bind.  NULL: reported. */
struct ldapdb *ldapdb_open(const char *url, const struct ldapopt *options);

/* scheme://host:port, for messages; lives as long as the db. */
const char *ldapdb_name(const struct ldapdb *db);

/* What the URL says; NULL: nothing. */
const char *ldapdb_base(const struct ldapdb *db);

/* As of dir/source. */
int ldapdb_search(struct ldapdb *db, const struct source_query *query);
int ldapdb_next(struct ldapdb *db, struct entry *entry);
void ldapdb_close(struct ldapdb *db);

#endif
