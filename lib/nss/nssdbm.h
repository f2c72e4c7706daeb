/* SPDX-License-Identifier: MIT */
#ifndef NSS_NSSDBM_H
#define NSS_NSSDBM_H

#include "nss/nssobj.h"
#include "util/path.h"

/*
 * The records of cert8.db and key3.db [nssdb 15, 16], taken apart: all slices
 * point into what was given.  Each function returns -1 where the lengths in a
 * record do not fit it, or it is of another kind; nothing is reported.
 */

struct dbmrecord_cert {
	unsigned server, email, code; /* CERTDB_* flags */
	struct slice der, nickname;   /* size 0: none */
};

/* data of cert8.db, version 8 or, alike, 7. */
int dbmrecord_cert(struct dbmrecord_cert *cert, struct slice data);

/* As NSS tells it of these flags (lg_FindTrustAttribute). */
struct nss_trust dbmrecord_trust(const struct dbmrecord_cert *cert);

/* Was it marked as the certificate of a key, when the key was there? */
bool dbmrecord_is_user(const struct dbmrecord_cert *cert);

/* The nickname that all certificates of a subject have; size 0: none. */
int dbmrecord_subject(struct slice *nickname, struct slice data);

#define DBM_BLOB_NAME_SIZE 30

/* A record that is too large for cert8.db: a file in cert8.dir. */
struct dbmrecord_blob {
	char name[DBM_BLOB_NAME_SIZE]; /* one component, of harmless letters */
	size_t size;		       /* of the record: the file's beginning */
};

bool dbmrecord_is_blob(struct slice data);
int dbmrecord_blob(struct dbmrecord_blob *blob, struct slice data);

struct dbmrecord_key {
	struct slice nickname; /* size 0: none */
	struct slice blob;     /* an EncryptedPrivateKeyInfo */
};

/* data of key3.db. */
int dbmrecord_key(struct dbmrecord_key *key, struct slice data);

/* Is this the name of a key that is known to be symmetric: the one that
 * Mozilla programs encrypt passwords with? */
bool dbmrecord_is_secret(struct slice name);

/*
 * What kind of key it is, is encrypted.  This is a guess: a point shows, and a
 * PrivateKeyInfo of RSA is larger, for its modulus, than others are.
 */
uint32_t dbmrecord_guess_type(struct slice public_value, struct slice blob);

struct dbmrecord_check {
	bool supported; /* SHA-1 with Triple DES, NSS's own; else all is zero */
	struct slice salt, text;
	unsigned long rounds; /* ULONG_MAX: or more */
};

int dbmrecord_check(struct dbmrecord_check *check, struct slice data);

/*
 * The legacy databases cert8.db (or cert7.db) and key3.db [nssdb 14 to 16].
 *
 * Add what the two files of the directory hold to objects; either name may be
 * NULL: there is no such file.  blobs is the directory in it that cert8.db's
 * large records are in (cert8.dir), and need not exist where there are none.
 * Nothing locks these files: each is read until two readings are alike, and no
 * time of access changes where we may say so.  Returns 0, or -1 having
 * reported what is wrong with which file.
 *
 * Unlike in the newer databases, a key's type is a guess until it is decrypted;
 * so is that it is not a symmetric key, but for one known name.
 * Only certificates that were marked as somebody's have an ID.  A certificate
 * without a nickname gets the one of its subject, or else an e-mail address,
 * which NSS takes from the certificate; others have no e-mail address.
 */
int nssdbm_read(struct nss_objects *objects, const struct path *directory,
    const char *cert_file, const char *blobs, const char *key_file);

#endif
