/* SPDX-License-Identifier: MIT */
#ifndef NSS_KEYTYPE_H
#define NSS_KEYTYPE_H

#include <stdint.h>

#include "util/secret.h"
#include "util/str.h"

/*
 * A private key out of the parts that a database holds: the PrivateKeyInfo
 * (RFC 5208, DER, version 0) that NSS itself would export [nssdb 7], proved
 * to be the key of its public half before it is given out.
 */

enum privkey_result {
	PRIVKEY_OK,
	PRIVKEY_WRONG,	     /* not the key of its public half */
	PRIVKEY_BAD,	     /* a part is missing or malformed */
	PRIVKEY_UNSUPPORTED, /* of a type that is not read */
	PRIVKEY_ROUNDS,	     /* over the limit of rounds: not tried */
};

struct privkey {
	uint32_t type; /* CKA_KEY_TYPE: NSS_RSA and so on */
	struct slice modulus, public_exponent;	/* RSA; unsigned numbers all */
	struct slice private_exponent, prime;
	struct slice p, q, g;		/* DSA */
	struct slice parameters;	/* EC and its like: an OID, DER */
	struct slice public_value;	/* the point; y; size 0: not known */
	struct slice value;		/* the private number or bytes */
	struct slice algorithm;		/* an AlgorithmIdentifier to be used in
					   place of rsaEncryption */
};

/*
 * RSA comes back from n, e, d and one prime: q = n / p without a rest, and
 * e d = 1 modulo both p - 1 and q - 1, which holds for d modulo phi and for d
 * modulo lcm.  d stays as it was.
 */
enum privkey_result privkey_build(struct secret *pkcs8,
    const struct privkey *key);

/*
 * The private key of a PrivateKeyInfo as key3.db holds it, whose DSA keys are
 * of no standard, and whose symmetric keys are disguised as RSA with the public
 * exponent 0 (PRIVKEY_UNSUPPORTED) [nssdb 16].  public_value: of an EC key,
 * its point.
 */
enum privkey_result dbmkey_build(struct secret *pkcs8,
    const struct secret *stored, struct slice public_value);

#endif
