/* SPDX-License-Identifier: MIT */
#ifndef PBE_P12ALG_H
#define PBE_P12ALG_H

#include "util/str.h"

/*
 * How PKCS#12 files say by what they are encrypted and signed: PBES2 (RFC
 * 8018), the PBEs of RFC 7292's appendix C, the classic MAC and PBMAC1 (RFC
 * 9579, which RFC 9879 replaces without other rules).  p12/p12 does what is
 * said.  Nothing here reports anything.
 *
 * The parameters come from the file, and whoever forges a file writes them,
 * too.  A MAC is believed only within these bounds:
 *
 *	its octets	as many as the digest has: never a part of it
 *	its key		PBMAC1: 20 bytes at least (RFC 9579, 9), and said (5);
 *			classic: the digest's size, whatever the file says
 *	rounds		1 at least (RFC 8018, A.2); few are weak, not forged
 *	salt		PBMAC1: not empty (RFC 8018, 4.1); classic: any, since
 *			files without one exist, and it is no secret
 *	digest		those of digests[] in p12alg.c; PBMAC1: not MD5
 */

enum p12alg_result {
	P12ALG_OK,
	P12ALG_WRONG,	/* padding or MAC: another password, or damage */
	P12ALG_BAD,	/* not the BER that it should be */
	P12ALG_UNKNOWN, /* not supported: the name says what */
	P12ALG_UNSAFE,	/* proves nothing: the name says what */
	P12ALG_ROUNDS,	/* over the limit: not tried */
	P12ALG_NO_KDF,	/* this OpenSSL has no PKCS12KDF: FIPS mode */
	P12ALG_FAILED,	/* OpenSSL would not; its queue says why */
};

enum p12alg_kdf { P12ALG_PKCS12, P12ALG_PBKDF2 };

#define P12ALG_NAME_SIZE 96
#define P12ALG_LEAST_MAC_KEY 20 /* bytes, of PBMAC1: RFC 9579, 9 */

struct p12alg {
	enum p12alg_kdf kdf;
	struct slice salt, iv;
	unsigned long rounds;
	unsigned long key_size; /* bytes; 0: as the cipher has it */
	const char *digest;	/* of the derivation: "SHA-256" */
	size_t digest_size;	/* bytes of it */
	const char *cipher;	/* OpenSSL's name; NULL: a MAC */
	const char *mac;	/* digest of the HMAC; NULL: a cipher */
	char name[P12ALG_NAME_SIZE]; /* "PBES2 AES-256-CBC", "PBE-SHA1-3DES";
					or what is not supported, or unsafe */
};

/* Take the AlgorithmIdentifier of an encryption off *in, which the slices in
 * *alg point into. */
enum p12alg_result p12alg_take(struct p12alg *alg, struct slice *in);

/* Take MacData's contents, which must be all of in; *mac is the MAC.  Of what
 * is P12ALG_UNSAFE the kind of MAC, alg->kdf, is known. */
enum p12alg_result p12alg_take_mac(struct p12alg *alg, struct slice in,
    struct slice *mac);

#endif
