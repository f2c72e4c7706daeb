/* SPDX-License-Identifier: MIT */
#ifndef NSS_NSSOPEN_H
#define NSS_NSSOPEN_H

#include "nss/nssdb.h"
#include "x509/cert.h"

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

/*
 * The certificates of a database, parsed, each with its key, in certutil's
 * order.
 */

struct nsscerts_item {
	const struct nss_cert *object;
	bool readable; /* else cert is empty: not X.509 */
	struct cert cert;
	const struct nss_key *key; /* NULL: not here */
	bool current; /* the one that NSS takes of those of its nickname:
			 valid, trusted, newer, in this order [nssdb 8] */
};

struct nsscerts {
	struct nsscerts_item *item;
	size_t count;
};

/* now: seconds since 1970.  What is not readable is reported. */
void nsscerts_load(struct nsscerts *certs, const struct nssdb *db,
    int64_t now);

/* The nickname; or, as certutil prints it, the e-mail address; or "". */
struct slice nsscerts_name(const struct nsscerts_item *item);

/* The item of this key whose certificate NSS would name it by, the current
 * one before others; NULL: an orphan. */
const struct nsscerts_item *nsscerts_of_key(const struct nsscerts *certs,
    const struct nss_key *key);

/* The one that issued it, which may be itself; NULL: not here. */
const struct nsscerts_item *nsscerts_issuer(const struct nsscerts *certs,
    const struct nsscerts_item *item);

void nsscerts_release(struct nsscerts *certs);

#endif
