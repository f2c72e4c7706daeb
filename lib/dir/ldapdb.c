/* SPDX-License-Identifier: MIT */
#include "dir/ldapdb.h"

#include <ldap.h>

#include "util/diag.h"

struct ldapdb *
ldapdb_open(const char *url, const struct ldapopt *options)
{
	(void)options;
	fail("%s: LDAP is not taken yet", url);
	return NULL;
}

const char *
ldapdb_name(const struct ldapdb *db)
{
	(void)db;
	return "";
}

int
ldapdb_search(struct ldapdb *db, const struct source_query *query)
{
	(void)db;
	(void)query;
	return -1;
}

int
ldapdb_next(struct ldapdb *db, struct entry *entry)
{
	(void)db;
	(void)entry;
	return -1;
}

void
ldapdb_close(struct ldapdb *db)
{
	(void)db;
}
