/* SPDX-License-Identifier: MIT */
#ifndef NSS_NSSSQL_H
#define NSS_NSSSQL_H

#include "nss/nssobj.h"
#include "util/path.h"

/* Attributes, which are the columns aHEX, and classes of objects. */
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

/* A CK_ULONG of an object: four bytes, big-endian.  False: none there. */
bool nssrows_number(const struct nss_object *object, uint32_t type,
    uint32_t *number);

/*
 * The databases cert9.db and key4.db [nssdb 2, 3, 12].
 *
 * Add what the two files of the directory hold to objects; either name may be
 * NULL: there is no such file.
 * They are opened read-only and each read in one transaction, which ends
 * before anything slow is done; key4.db goes first.  Returns 0, or -1 having
 * reported what is wrong with which file.
 */
int nsssql_read(struct nss_objects *objects, const struct path *directory,
    const char *cert_file, const char *key_file);

#endif
