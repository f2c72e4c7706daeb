/* SPDX-License-Identifier: MIT */
#ifndef NSS_NSSOBJ_H
#define NSS_NSSOBJ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/str.h"

/*
 * The objects of an NSS database, whichever files hold them, in the order in
 * which certutil lists them.  nsssql and nssdbm fill this in; nssdb is what
 * tools use.
 */

enum nss_level { /* of trust [nssdb 9.2] */
	NSS_UNKNOWN,
	NSS_TRUSTED_PEER,
	NSS_TRUSTED_CA,
	NSS_MUST_VERIFY,
	NSS_NOT_TRUSTED,
	NSS_VALID_CA,
};

enum nss_use { NSS_SERVER, NSS_CLIENT, NSS_EMAIL, NSS_CODE, NSS_USES };

struct nss_trust {
	enum nss_level level[NSS_USES];
};

/* One attribute of an object, and the row that signs it: sql only. */
struct nss_attr {
	uint32_t type;
	struct slice value;
	struct slice signature, misfiled; /* blobs; at NULL: none [nssdb 6] */
};

struct nss_object {
	uint32_t handle;
	struct nss_attr *attr;
	size_t attrs;
};

struct nss_cert {
	struct slice der;
	struct slice nickname, email; /* size 0: none */
	struct slice id;	      /* CKA_ID; size 0: none */
	struct nss_trust trust;
	const struct nss_object *trust_object; /* NULL: none, or dbm */
	bool two_trusts; /* CKO_TRUST and CKO_NSS_TRUST disagree */
	bool user;	 /* u, as certutil -L knows without a password */
};

/* PKCS #11's attributes, which are the columns aHEX, and classes of objects. */
enum {
	CKA_CLASS = 0x0,
	CKA_LABEL = 0x3,
	CKA_VALUE = 0x11,
	CKA_ISSUER = 0x81,
	CKA_SERIAL_NUMBER = 0x82,
	CKA_NAME_HASH_ALGORITHM = 0x8c,
	CKA_KEY_TYPE = 0x100,
	CKA_ID = 0x102,
	CKA_MODULUS = 0x120,
	CKA_PUBLIC_EXPONENT = 0x122,
	CKA_PRIVATE_EXPONENT = 0x123,
	CKA_PRIME_1 = 0x124,
	CKA_PRIME_2 = 0x125,
	CKA_EXPONENT_1 = 0x126,
	CKA_EXPONENT_2 = 0x127,
	CKA_COEFFICIENT = 0x128,
	CKA_PUBLIC_KEY_INFO = 0x129,
	CKA_PRIME = 0x130,
	CKA_SUBPRIME = 0x131,
	CKA_BASE = 0x132,
	CKA_EXTRACTABLE = 0x162,
	CKA_EC_PARAMS = 0x180,
	CKA_TRUST_SERVER = 0x62c,
	CKA_TRUST_CLIENT = 0x62d,
	CKA_TRUST_CODE = 0x62e,
	CKA_TRUST_EMAIL = 0x62f,
	CKA_HASH_OF_CERTIFICATE = 0x635,
	CKO_CERTIFICATE = 1,
	CKO_PUBLIC_KEY = 2,
	CKO_PRIVATE_KEY = 3,
	CKO_SECRET_KEY = 4,
	CKO_TRUST = 0xb,
};
#define CKA_NSS_EMAIL 0xce534352u
#define CKA_NSS_TRUST_SERVER 0xce536358u
#define CKA_NSS_TRUST_CLIENT 0xce536359u
#define CKA_NSS_TRUST_CODE 0xce53635au
#define CKA_NSS_TRUST_EMAIL 0xce53635bu
#define CKA_NSS_TRUST_STEP_UP 0xce536360u
#define CKA_NSS_CERT_SHA1 0xce5363b4u
#define CKA_NSS_DB 0xd5a0db00u
#define CKO_NSS_TRUST 0xce534353u

/* CKA_KEY_TYPE */
enum {
	NSS_RSA = 0,
	NSS_DSA = 1,
	NSS_DH = 2,
	NSS_EC = 3,
	NSS_EC_EDWARDS = 0x40,
	NSS_EC_MONTGOMERY = 0x41,
	NSS_ML_KEM = 0x49,
	NSS_ML_DSA = 0x4a,
};

/* Trust as NSS stores it in cert8.db, and writes its letters by (certdb.h). */
enum {
	CERTDB_TERMINAL = 0x01,
	CERTDB_TRUSTED = 0x02,
	CERTDB_VALID_CA = 0x08,
	CERTDB_TRUSTED_CA = 0x10,
	CERTDB_USER = 0x40,
	CERTDB_TRUSTED_CLIENT_CA = 0x80,
	CERTDB_MUST_VERIFY = 0x400,
	CERTDB_TRUSTED_UNKNOWN = 0x800,
};

struct nss_key {
	uint32_t type;
	struct slice id, label;
	struct slice public_value; /* RSA: n without leading zeros; DSA: y;
				      EC: the point; Edwards and Montgomery
				      curves: the key's bytes; size 0: not
				      known */
	bool unextractable; /* NSS's own tools would not let it out */
	struct nss_object object;  /* sql: as it is stored */
	struct slice blob;	   /* dbm: an EncryptedPrivateKeyInfo */
};

/* A key that is not read, but told of: symmetric ones. */
struct nss_secret_key {
	struct slice id, label;
};

struct nss_objects {
	struct arena arena; /* all slices are in it */
	struct nss_cert *cert;
	size_t certs, certs_room;
	struct nss_key *key;
	size_t keys, keys_room;
	struct nss_secret_key *secret;
	size_t secrets, secrets_room;
	/* The database's password: salt, and the record that checks it. */
	bool initialised;
	struct slice salt;
	struct slice check;	       /* sql: the blob */
	struct slice check_salt, check_text; /* dbm: what its record holds */
	unsigned long check_rounds;
};

void nss_objects_release(struct nss_objects *objects);

/* An attribute's value; at NULL: the object has none. */
struct slice nss_attr_value(const struct nss_object *object, uint32_t type);
const struct nss_attr *nss_attr_find(const struct nss_object *object,
    uint32_t type);

/* A CK_ULONG of an object: four bytes, big-endian.  False: none there. */
bool nss_attr_number(const struct nss_object *object, uint32_t type,
    uint32_t *number);

/* "CTu,Cu,Cu", as certutil prints it [nssdb 9.3]. */
#define NSS_TRUST_SIZE 32
void nss_trust_text(char dst[NSS_TRUST_SIZE], const struct nss_trust *trust,
    bool user);

#endif
