/* SPDX-License-Identifier: MIT */
#ifndef P12ALG_H
#define P12ALG_H

#include "util/str.h"

/*
 * How PKCS#12 bundles say by what they are encrypted and signed: PBES2 (RFC
 * 8018), the PBEs of RFC 7292's appendix C, the classic MAC and PBMAC1 (RFC
 * 9579).  p12crypt does what is said.  Nothing here reports anything.
 */

enum p12alg_result {
	P12ALG_OK,
	P12ALG_WRONG,	/* padding or MAC: another password, or damage */
	P12ALG_BAD,	/* not the BER that it should be */
	P12ALG_UNKNOWN, /* not supported: the name says what */
	P12ALG_ROUNDS,	/* over the limit: not tried */
	P12ALG_NO_KDF,	/* this OpenSSL has no PKCS12KDF: FIPS mode */
	P12ALG_FAILED,	/* OpenSSL would not; its queue says why */
};

enum p12alg_kdf { P12ALG_PKCS12, P12ALG_PBKDF2 };

#define P12ALG_NAME_SIZE 80

struct p12alg {
	enum p12alg_kdf kdf;
	struct slice salt, iv;
	unsigned long rounds;
	unsigned long key_size; /* bytes; 0: as the cipher or MAC has it */
	const char *digest;	/* of the derivation: "SHA-256" */
	const char *cipher;	/* OpenSSL's name; NULL: a MAC */
	const char *mac;	/* digest of the HMAC; NULL: a cipher */
	char name[P12ALG_NAME_SIZE]; /* "PBES2 AES-256-CBC", "PBE-SHA1-3DES";
					or of what is not supported */
};

/* Take the AlgorithmIdentifier of an encryption off *in, which the slices in
 * *alg point into. */
enum p12alg_result p12alg_take(struct p12alg *alg, struct slice *in);

/* Take MacData's contents, which must be all of in; *mac is what it says. */
enum p12alg_result p12alg_take_mac(struct p12alg *alg, struct slice in,
    struct slice *mac);

#endif
