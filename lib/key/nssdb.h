/* SPDX-License-Identifier: MIT */
#ifndef NSSDB_H
#define NSSDB_H

#include "key/cert.h"
#include "key/nssobj.h"
#include "key/pbe.h"
#include "util/secret.h"

/*
 * An NSS database directory, read without NSS; not one byte or time in it
 * changes.
 *
 *	struct nssdb *db = nssdb_open(&where);
 *
 *	if (db == NULL || nssdb_login(db, password) != NSSDB_IN)
 *		...
 *	for (size_t i = 0; i < db->objects.certs; i++) ...
 *	nssdb_free(db);
 */

struct nssdb_where {
	const char *directory;	/* or sql:DIR, extern:DIR, dbm:DIR */
	const char *cert_prefix, *key_prefix; /* NULL: none */
	unsigned long most_rounds;	      /* of a derivation */
};
#define NSSDB_WHERE { .most_rounds = PBE_MOST_ROUNDS }

struct nssdb_token {
	struct slice name, library;
};

struct nssdb {
	char *directory;
	bool dbm, fips;
	bool has_cert_file, has_key_file;
	struct nss_objects objects;
	struct nssdb_token *token; /* of pkcs11.txt: modules of others */
	size_t tokens;
	bool logged_in;
	struct pbe_key pass;
};

/* NULL, reported: no database there, not one of these, damaged, locked. */
struct nssdb *nssdb_open(const struct nssdb_where *where);
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

/* The key of a certificate, by CKA_ID, or by the ID that its public key would
 * have; NULL: none here.  parsed may be NULL. */
const struct nss_key *nssdb_key_of(const struct nssdb *db,
    const struct nss_cert *cert, const struct cert *parsed);

/* "rsa", "ec", "dsa", "ed", "ecMont", "mlkem", ...: certutil -K's word. */
const char *nssdb_key_type(const struct nss_key *key);

enum nssdb_key {
	NSSDB_KEY_OK,
	NSSDB_KEY_WRONG,       /* it decrypts to what is not this key */
	NSSDB_KEY_BAD,	       /* an attribute is missing or damaged */
	NSSDB_KEY_UNSUPPORTED, /* of a type that is not read */
	NSSDB_KEY_ROUNDS,      /* over most_rounds */
};

/*
 * The PrivateKeyInfo (DER, as pk12util would export it) of a key, after login,
 * proved: RSA by n = p q and e d = 1, others by their public value.  May run
 * in several threads at once; reports nothing.
 */
enum nssdb_key nssdb_private_key(const struct nssdb *db,
    const struct nss_key *key, struct secret *pkcs8);

enum nssdb_signed {
	NSSDB_SIGNED,
	NSSDB_UNSIGNED_DEFAULT, /* nothing to sign: no trust set; or dbm */
	NSSDB_SIGNATURE_MISSING,
	NSSDB_SIGNATURE_BAD,
	NSSDB_SIGNATURE_UNREADABLE, /* another algorithm, over most_rounds */
};

/* Are the trust flags of cert what one wrote who knew the password?  After
 * login, in any thread [nssdb 6]. */
enum nssdb_signed nssdb_verify_trust(const struct nssdb *db,
    const struct nss_cert *cert);

/* The same of a key's signed attributes. */
enum nssdb_signed nssdb_verify_key(const struct nssdb *db,
    const struct nss_key *key);

#endif
