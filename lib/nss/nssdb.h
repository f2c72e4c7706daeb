/* SPDX-License-Identifier: MIT */
#ifndef NSS_NSSDB_H
#define NSS_NSSDB_H

#include "nss/keytype.h"
#include "pbe/pbecrypt.h"
#include "util/hashmap.h"
#include "x509/cert.h"

/*
 * An NSS database, of either kind, in memory: login, keys, signatures; read
 * from its directory; and its certificates, each with its key.
 */

/* A module whose token may hold keys that are not in these files. */
struct nssdb_token {
	struct slice name, module; /* pkcs11.txt's; the module's file */
};

struct nssdb {
	char *directory;
	bool dbm, fips;
	bool has_cert_file, has_key_file;
	struct nss_objects objects;
	struct nssdb_token *token;
	size_t tokens;
	bool empty_password, logged_in;
	unsigned long most_rounds;
	struct pbe_key pass;
	struct hashmap by_id; /* keys by CKA_ID */
};

void nssdb_free(struct nssdb *db);

/* "NSS Certificate DB", in FIPS mode another. */
const char *nssdb_token_name(const struct nssdb *db);

enum nssdb_login {
	NSSDB_IN,
	NSSDB_WRONG,	/* the password is another */
	NSSDB_NO_KEYS,	/* never had a password set: no keys can be there */
	NSSDB_TROUBLE,	/* reported */
};
enum nssdb_login nssdb_login(struct nssdb *db, struct slice password);

/* The key with this CKA_ID, the first of several; NULL: none. */
const struct nss_key *nssdb_find_key(const struct nssdb *db, struct slice id);

/* The key of a certificate, by its CKA_ID.  In dbm, where only some have one,
 * and where it is another, public_id counts: the ID that its public key would
 * have; size 0: not known. */
const struct nss_key *nssdb_key_of(const struct nssdb *db,
    const struct nss_cert *cert, struct slice public_id);

/*
 * The PrivateKeyInfo of a key as pk12util would export it, after login, proved
 * to be that key (keytype.h).  May run in several threads; reports nothing.
 */
enum privkey_result nssdb_private_key(const struct nssdb *db,
    const struct nss_key *key, struct secret *pkcs8);

enum nssdb_signed {
	NSSDB_SIGNED,
	NSSDB_NOTHING_TO_SIGN, /* no trust is set; or a dbm */
	NSSDB_SIGNATURE_MISSING,
	NSSDB_SIGNATURE_BAD,
	NSSDB_SIGNATURE_UNREADABLE, /* another algorithm, too many rounds */
};

/* Are the trust flags what somebody wrote who knew the password [nssdb 6]?
 * After login, in any thread. */
enum nssdb_signed nssdb_verify_trust(const struct nssdb *db,
    const struct nss_cert *cert);

/* The same of a key's signed attributes. */
enum nssdb_signed nssdb_verify_key(const struct nssdb *db,
    const struct nss_key *key);

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
