/* SPDX-License-Identifier: MIT */
#ifndef P12_P12WRITE_H
#define P12_P12WRITE_H

#include <stdbool.h>

#include "util/buf.h"
#include "util/secret.h"

/*
 * What the password of a PKCS#12 file protects: keys and certificates by
 * PBES2, and the whole by a MAC.  All keys for these are derived at once, on
 * all cores.
 *
 * begin, then each of seal->jobs jobs (p12seal_work() is a parallel_job whose
 * arg is the seal), then end: a caller with other work for the cores does it
 * beside these jobs.  Functions return 0, or -1 having reported why.
 */

#define P12SEAL_SALT_SIZE 16

enum p12seal_use { P12SEAL_KEYS, P12SEAL_CERTS, P12SEAL_MAC, P12SEAL_USES };

struct p12seal_key {
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

int p12seal_begin(struct p12seal *seal, bool keys, bool certs);
void p12seal_work(void *seal, size_t job);
int p12seal_end(const struct p12seal *seal);

void p12seal_release(struct p12seal *seal);

/*
 * A PKCS#12 bundle, written so that every importer takes it [pkcs12 6]: key
 * bags PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC, one salt and so one derivation
 * for all, an IV each), certificates in a plain safe, keys first as
 * PKCS12Export has them, classic SHA-256 MAC of as many rounds.
 *
 *	struct p12_item item[] = { ... };
 *	struct p12_layout layout = P12_LAYOUT;
 *
 *	if (p12_build(&out, item, count, password, &layout) < 0)
 *		return -1;
 */

#define P12_ROUNDS 600000ul /* OWASP's figure of 2023, NSS's since 3.87 */

struct p12_item {
	struct slice cert;	/* DER */
	struct slice pkcs8;	/* its key's PrivateKeyInfo; size 0: none */
	struct slice key_id;	/* CKA_ID: localKeyID of key and certificate;
				   written only where there is a key, which
				   must have one */
	const char *nickname;	/* UTF-8: friendlyName; NULL: none */
	const char *key_name;	/* the key's friendlyName; NULL: nickname */
	const char *trust;	/* "CTu,Cu,Cu", ",,"; NULL: no attribute */
};

/* Items of one key_id share one key bag: that of the first that has pkcs8. */

struct p12_layout {
	unsigned long rounds;	/* of all derivations; 1 to INT_MAX */
	bool encrypt_certs;	/* PBES2 AES-256-CBC, too */
	bool pbmac1;		/* RFC 9579, SHA-256, instead of the classic */
	const struct p12seal *seal; /* derived already, of this password and
				       these rounds; NULL: p12_build() does */
};
#define P12_LAYOUT { .rounds = P12_ROUNDS }

/* The seal that p12_build() would derive, not yet begun. */
struct p12seal p12_seal(struct slice password,
    const struct p12_layout *layout);

/*
 * Append the bundle (DER) to out.  The derivations run at once, on as many
 * cores as there are.  0, or -1 having reported why: random numbers are not
 * to be had; no PKCS12KDF in this OpenSSL (FIPS: --for=fips is the way out).
 */
int p12_build(struct buf *out, const struct p12_item *item, size_t items,
    struct slice password, const struct p12_layout *layout);

/* Is the system in FIPS mode (/proc/sys/crypto/fips_enabled)? */
bool p12_system_is_fips(void);

#endif
