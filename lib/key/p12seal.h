/* SPDX-License-Identifier: MIT */
#ifndef P12SEAL_H
#define P12SEAL_H

#include <stdbool.h>

#include "util/secret.h"

/*
 * What a bundle's password does to it: PBES2 of keys and certificates, and the
 * MAC over all.  The keys for these come out of the password at once, on as
 * many cores as there are.
 *
 *	struct p12seal seal = { .password = password, .rounds = rounds };
 *
 *	if (p12seal_derive(&seal, true, false) < 0 ||
 *	    p12seal_encrypt(&bag, &seal, P12SEAL_KEYS, DER_OCTET_STRING,
 *		key) < 0 || ...
 *	    p12seal_mac(&pfx, &seal, content) < 0)
 *		...
 *	p12seal_release(&seal);
 */

#define P12SEAL_SALT_SIZE 16

enum p12seal_use { P12SEAL_KEYS, P12SEAL_CERTS, P12SEAL_MAC, P12SEAL_USES };

struct p12seal_key {
	enum p12seal_use use;
	unsigned char salt[P12SEAL_SALT_SIZE];
	struct secret key; /* empty: not derived */
};

struct p12seal {
	struct slice password; /* UTF-8 */
	unsigned long rounds;  /* of all derivations; 1 to INT_MAX */
	bool pbmac1;	       /* RFC 9579, instead of RFC 7292's MAC */
	struct p12seal_key by_use[P12SEAL_USES];
	enum p12seal_use job[P12SEAL_USES]; /* what is to be derived */
	size_t jobs;
};

/* All return 0, or -1 having reported why. */

/* Derive what encrypts keys, certificates, and the MAC's key. */
int p12seal_derive(struct p12seal *seal, bool keys, bool certs);

/* The same in steps, for who has other work for the cores: begin, do each of
 * seal->jobs jobs (a parallel_job, whose arg is the seal), end. */
int p12seal_begin(struct p12seal *seal, bool keys, bool certs);
void p12seal_work(void *seal, size_t job);
int p12seal_end(const struct p12seal *seal);

/* Append an AlgorithmIdentifier, and under this tag what it makes of plain:
 * AES-256-CBC, with an IV of its own. */
int p12seal_encrypt(struct secret *to, const struct p12seal *seal,
    enum p12seal_use use, int tag, struct slice plain);

/* Append MacData over content. */
int p12seal_mac(struct secret *to, const struct p12seal *seal,
    struct slice content);

void p12seal_release(struct p12seal *seal);

#endif
