/* SPDX-License-Identifier: MIT */
#ifndef CERTKEY_H
#define CERTKEY_H

#include "util/str.h"

/*
 * Which key a certificate is for: the CKA_ID that NSS gives it, SHA-1 of the
 * public value: an RSA key's modulus without leading zeros, an EC key's point
 * as it is encoded (pk11akey.c, PK11_MakeIDFromPubKey).
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

#endif
