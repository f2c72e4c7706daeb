/* SPDX-License-Identifier: MIT */
#ifndef PBE_PBE_H
#define PBE_PBE_H

#include "util/secret.h"
#include "util/str.h"

/*
 * How NSS encrypts and signs what it stores [nssdb 4 to 6]: three algorithms
 * under a pass key made of the database's salt and the password.
 */

enum pbe_scheme {
	PBE_SHA1_3DES, /* 1.2.840.113549.1.12.5.1.3, NSS's own */
	PBE_PBES2,     /* PBKDF2, AES-256-CBC, whose IV is a whole TLV */
	PBE_PBMAC1,
};

struct pbe {
	enum pbe_scheme scheme;
	struct slice salt;
	unsigned long rounds;
	const char *digest; /* of PBKDF2 and PBMAC1: "SHA256" */
	unsigned char iv[16];	/* PBES2's */
	struct slice text;  /* what is encrypted, or the MAC */
};

enum pbe_result {
	PBE_OK,
	PBE_WRONG,   /* padding or MAC: another password, or damage */
	PBE_BAD,     /* not the DER that it should be */
	PBE_UNKNOWN, /* another algorithm */
	PBE_ROUNDS,  /* over the limit: not tried */
	PBE_FAILED,  /* OpenSSL would not; its queue says why */
};

#define PBE_MOST_ROUNDS 10000000ul /* NSS's own limit is ten times that */

/* What the scheme needs of a database. */
struct pbe_key {
	struct secret pass_key; /* SHA-1 or SHA-384 of salt and password */
	unsigned long most_rounds;
};

void pbe_key_init(struct pbe_key *key, struct slice salt,
    struct slice password, unsigned long most_rounds);
void pbe_key_release(struct pbe_key *key);

/*
 * The parameters come from the file, and whoever forges one writes them, too:
 * what is signed is believed by all 32 bytes of the MAC, under a key of 32, and
 * PBE_BAD is what says otherwise, has no salt, or 0 rounds.  One round is what
 * NSS wrote up to 3.47, and writes where there is no password.
 */

/*
 * Take apart SEQUENCE { AlgorithmIdentifier, OCTET STRING }, which must fill
 * blob, and into which the slices of *pbe point.  oid, unless NULL, gets the
 * name of an algorithm that is PBE_UNKNOWN.
 */
enum pbe_result pbe_parse(struct pbe *pbe, struct slice blob, char oid[64]);

/* May run in several threads at once. */
enum pbe_result pbe_decrypt(const struct pbe *pbe, const struct pbe_key *key,
    struct secret *plain);

/* Is pbe the MAC of: object and attribute, four bytes each, and data? */
enum pbe_result pbe_verify(const struct pbe *pbe, const struct pbe_key *key,
    unsigned long object, unsigned long attribute, struct slice data);

#endif
