/* SPDX-License-Identifier: MIT */
#ifndef P12CRYPT_H
#define P12CRYPT_H

#include "key/p12alg.h"
#include "util/secret.h"

/*
 * Decrypt what a PKCS#12 bundle encrypts, and verify its MAC.  Passwords are
 * UTF-8: PKCS#12's own derivation makes them BMPStrings, PBKDF2 takes the
 * bytes.  A password at NULL is none at all, which for the former is not an
 * empty one.  Rounds are limited, each and in all.  Nothing here reports
 * anything.
 *
 *	struct p12crypt crypt;
 *
 *	p12crypt_begin(&crypt, most_rounds);
 *	result = p12crypt_verify(&crypt, &alg, password, mac, data);
 *	p12crypt_end(&crypt);
 */

struct p12crypt {
	unsigned long most_rounds; /* of one derivation */
	unsigned long rounds_left; /* of all */
	struct p12crypt_legacy *legacy;
	/* PBKDF2's last key: bags often share a salt. */
	struct secret key, key_salt, key_password;
	unsigned long key_rounds;
	const char *key_digest;
};

void p12crypt_begin(struct p12crypt *crypt, unsigned long most_rounds);
void p12crypt_end(struct p12crypt *crypt);

/* The password as PKCS#12's own derivation takes it: a BMPString with two zeros
 * at its end (RFC 7292, B.1).  Empty: it has no such form. */
void p12crypt_bmp(struct secret *bmp, struct slice password);

enum p12alg_result p12crypt_decrypt(struct p12crypt *crypt,
    const struct p12alg *alg, struct slice password, struct slice text,
    struct secret *plain);

enum p12alg_result p12crypt_verify(struct p12crypt *crypt,
    const struct p12alg *alg, struct slice password, struct slice mac,
    struct slice data);

#endif
