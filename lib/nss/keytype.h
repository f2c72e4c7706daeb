/* SPDX-License-Identifier: MIT */
#ifndef NSS_KEYTYPE_H
#define NSS_KEYTYPE_H

#include "nss/nssobj.h"
#include "util/secret.h"

/*
 * Types of keys: one row each of the table in keytype.c, which says what
 * certutil calls it, how its bits are counted, which attributes hold it, and
 * how a private key is made out of them.
 *
 * A private key comes out as the PrivateKeyInfo (RFC 5208, DER, version 0) that
 * NSS itself would export [nssdb 7], proved to be the key of its public half
 * before it is given out.
 */

enum privkey_result {
	PRIVKEY_OK,
	PRIVKEY_WRONG,	     /* not the key of its public half */
	PRIVKEY_BAD,	     /* a part is missing or malformed */
	PRIVKEY_UNSUPPORTED, /* of a type that is not read */
	PRIVKEY_ROUNDS,	     /* over the limit of rounds: not tried */
};

/* The parts of a key, which the attributes of its row fill in. */
struct privkey {
	uint32_t type; /* CKA_KEY_TYPE: NSS_RSA and so on */
	struct slice modulus, public_exponent;	/* RSA; unsigned numbers all */
	struct slice private_exponent, prime;
	struct slice p, q, g;		/* DSA */
	struct slice parameters;	/* EC and its like: an OID, DER */
	struct slice public_value;	/* the point; y; size 0: not known */
	struct slice value;		/* the private number or bytes */
	struct slice public_info;	/* RSA: CKA_PUBLIC_KEY_INFO, cut off: an
					   RSA-PSS key's algorithm */
};

#define KEYTYPE_PARTS 5

struct keytype_part {
	uint32_t attribute;
	size_t member; /* of struct privkey: the offset of the slice */
	bool encrypted;
};

struct keytype {
	uint32_t type;
	const char *name;   /* certutil -K's */
	struct slice curve; /* the only CKA_EC_PARAMS it has; size 0: any */
	struct slice oid;   /* of its PrivateKeyInfo; size 0: CKA_EC_PARAMS */
	unsigned (*bits)(const struct nss_key *key); /* NULL: not known */
	struct keytype_part part[KEYTYPE_PARTS]; /* attribute 0: no more */
	/* NULL: private keys are not read. */
	enum privkey_result (*build)(struct secret *pkcs8,
	    const struct keytype *row, const struct privkey *key);
	/* Out of what is in key3.db; NULL: it is not there. */
	enum privkey_result (*unpack)(struct privkey *key,
	    const struct slice *number, size_t numbers,
	    struct slice parameters);
};

/* Each row, from 0; NULL: there are no more. */
const struct keytype *keytype_row(size_t i);

/* That of a key; an unknown one has its own. */
const struct keytype *keytype_of(const struct nss_key *key);

/* "rsa", "ec", "dsa", "ed", "ecMont", "mlkem", ...: certutil -K's word. */
const char *keytype_name(const struct nss_key *key);

/* The size of a key in bits, as far as its public value tells; 0: unknown. */
unsigned keytype_bits(const struct nss_key *key);

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
