/* SPDX-License-Identifier: MIT */
#ifndef NSSOPEN_H
#define NSSOPEN_H

#include "key/nssdb.h"

/*
 * An NSS database directory, read without NSS; not one byte or time in it
 * changes.
 *
 *	struct nssopen where = NSSOPEN;
 *	struct nssdb *db;
 *
 *	where.directory = "/etc/pki/pki-tomcat/alias";
 *	db = nssopen(&where);
 *	if (db == NULL || nssdb_login(db, password) != NSSDB_IN)
 *		...
 *	for (size_t i = 0; i < db->objects.certs; i++) ...
 *	nssdb_free(db);
 */

struct nssopen {
	const char *directory;	/* or sql:DIR, extern:DIR, dbm:DIR */
	const char *cert_prefix, *key_prefix; /* NULL: none */
	unsigned long most_rounds;	      /* of a derivation */
};
#define NSSOPEN { .most_rounds = PBE_MOST_ROUNDS }

/*
 * Where the password is empty, as NSS finds out without being asked, the
 * database is logged in to.  NULL, reported: no database there, none of these,
 * damaged, locked.
 */
struct nssdb *nssopen(const struct nssopen *where);

#endif
