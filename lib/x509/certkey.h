/* SPDX-License-Identifier: MIT */
#ifndef X509_CERTKEY_H
#define X509_CERTKEY_H

#include <stdbool.h>

#include "util/str.h"

/*
 * Which key a certificate is for: the CKA_ID that NSS gives it, SHA-1 of the
 * public value: an RSA key's modulus without leading zeros, an EC key's point
 * as it is encoded, a DSA key's y, an Edwards key's bytes (pk11akey.c,
 * PK11_MakeIDFromPubKey).
 */

#define CERTKEY_ID_SIZE 20

enum certkey_result {
	CERTKEY_OK,
	CERTKEY_BAD,	 /* not a certificate, or trailing bytes */
	CERTKEY_UNKNOWN, /* another type of key; or built without OpenSSL */
};

/* From a certificate in base64, as CS.cfg holds it.  Reports nothing. */
enum certkey_result certkey_id(unsigned char id[CERTKEY_ID_SIZE],
    struct slice base64);

struct certkey {
	const char *type;      /* "rsa", "rsa-pss", "ec", "dsa"; else OpenSSL's
				  short name or the OID */
	unsigned bits;	       /* 0: not known */
	struct slice value;    /* what is hashed; at NULL: no such type of key,
				  or no such key */
	struct slice exponent; /* of RSA, in the same way */
};

/* The key of x509 (an X509), which it points into; oid is room for type. */
void certkey_read(struct certkey *key, const void *x509, char oid[64]);

/* The same word for an ASN1_OBJECT; *ours: OpenSSL has another. */
const char *certkey_name(const void *type, char oid[64], bool *ours);

/* false: the value is shorter than an ID, and NSS would not hash it. */
bool certkey_id_of(unsigned char id[CERTKEY_ID_SIZE], struct slice value);

#endif
