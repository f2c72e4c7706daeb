/* SPDX-License-Identifier: MIT */
#ifndef PBE_PBECRYPT_H
#define PBE_PBECRYPT_H

#include "pbe/pbe.h"

/*
 * What a struct pbe says, done.  Nothing here reports anything.  Passwords are
 * UTF-8, and one at NULL is none at all, which for PKCS#12's own derivation is
 * not an empty one.
 */

/* Does this OpenSSL have PKCS#12's own derivation? */
bool pbe_has_pkcs12_kdf(void);

/* Fill key, whose size says how much is wanted; id: PKCS12_KEY_ID and so on, of
 * PKCS#12's own derivation. */
enum pbe_result pbe_derive(const struct pbe *pbe, struct slice password,
    int id, struct secret *key);

/* Encrypt by pbe->iv; and the MAC of data. */
enum pbe_result pbe_encrypt(const struct pbe *pbe, const struct secret *key,
    struct slice plain, struct secret *text);
enum pbe_result pbe_mac(const struct pbe *pbe, const struct secret *key,
    struct slice data, struct secret *mac);

/*
 * Decrypt what a PKCS#12 bundle encrypts, and verify its MAC.  Rounds are
 * limited, each and in all.
 *
 *	struct pbecrypt crypt;
 *
 *	pbecrypt_begin(&crypt, most_rounds);
 *	result = pbecrypt_verify(&crypt, &pbe, password, data);
 *	pbecrypt_end(&crypt);
 */
struct pbecrypt {
	unsigned long most_rounds; /* of one derivation */
	unsigned long rounds_left; /* of all */
	struct pbe_legacy *legacy;
	/* PBKDF2's last key: bags often share a salt. */
	struct secret key, key_salt, key_password;
	unsigned long key_rounds;
	const char *key_digest;
};

void pbecrypt_begin(struct pbecrypt *crypt, unsigned long most_rounds);
enum pbe_result pbecrypt_decrypt(struct pbecrypt *crypt,
    const struct pbe *pbe, struct slice password, struct secret *plain);
enum pbe_result pbecrypt_verify(struct pbecrypt *crypt,
    const struct pbe *pbe, struct slice password, struct slice data);
void pbecrypt_end(struct pbecrypt *crypt);

/* The password as PKCS#12's own derivation takes it: a BMPString with two zeros
 * at its end (RFC 7292, B.1).  Empty: it has no such form. */
void pbe_bmp(struct secret *bmp, struct slice password);

/*
 * How NSS encrypts and signs what it stores [nssdb 4 to 6]: its own PBE with
 * SHA-1 and Triple DES, PBES2 with AES-256-CBC whose IV is a whole TLV, and
 * PBMAC1, under a pass key made of the database's salt and the password.
 */
struct pbe_key {
	struct secret pass_key; /* SHA-1 or SHA-384 of salt and password */
	unsigned long most_rounds;
};

void pbe_key_init(struct pbe_key *key, struct slice salt,
    struct slice password, unsigned long most_rounds);
void pbe_key_release(struct pbe_key *key);

/* May run in several threads at once. */
enum pbe_result pbe_decrypt(const struct pbe *pbe, const struct pbe_key *key,
    struct secret *plain);

/* Is pbe the MAC of: object and attribute, four bytes each, and data? */
enum pbe_result pbe_verify(const struct pbe *pbe, const struct pbe_key *key,
    unsigned long object, unsigned long attribute, struct slice data);

#endif
