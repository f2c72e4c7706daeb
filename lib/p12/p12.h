/* SPDX-License-Identifier: MIT */
#ifndef P12_P12_H
#define P12_P12_H

#include <stdbool.h>
#include <stddef.h>

#include "pbe/pbe.h"

/*
 * What is in the safes of a PKCS#12 bundle (RFC 7292, 4.2): bags.  p12 fills
 * them in, and is what tools use.
 */

enum p12_bag_kind {
	P12_CERT,	/* X.509 */
	P12_KEY,	/* a PrivateKeyInfo in the clear */
	P12_SHROUDED,	/* an EncryptedPrivateKeyInfo */
	P12_SECRET,	/* what is not read, but told of */
	P12_CRL,
	P12_OTHER,
};

struct p12_bag {
	enum p12_bag_kind kind;
	struct slice value;	/* DER: the certificate, the (encrypted) key */
	char *friendly_name;	/* UTF-8; NULL: none */
	struct slice local_key_id; /* at NULL: none */
	char *trust;		/* Dogtag's attribute; NULL: none */
	const char *scheme;	/* of a shrouded key: "PBES2 AES-256-CBC",
				   "PBE-SHA1-3DES", ...; else of the safe that
				   the bag was in; NULL: in the clear */
	enum pbe_strength strength; /* of the scheme */
	unsigned long rounds;	/* of the scheme's derivation */
	size_t salt;		/* bytes of its salt; of shrouded keys alone */
	size_t safe;		/* number of the safe it was in, from 0 */
};

static inline bool
p12_is_key(const struct p12_bag *bag)
{
	return bag->kind == P12_KEY || bag->kind == P12_SHROUDED;
}

/*
 * A PKCS#12 file (RFC 7292), read: its bags in the file's order, which decides
 * which of two certificates importers take [pkcs12 7].
 *
 *	struct p12 *p12 = p12_parse("ca.p12", text,
 *	    PBE_MOST_ROUNDS);
 *
 *	if (p12 == NULL || p12_check_mac(p12, password) < 0 ||
 *	    p12_open(p12, password) < 0)
 *		return STATUS_ERROR;
 *	for (size_t i = 0; i < p12->bags; i++) ...
 *	p12_free(p12);
 */

/* Files are no larger than this. */
#define P12_LIMIT ((size_t)256 << 20)

/* Dogtag's CERT_TRUST_FLAGS_OID, 2.16.840.1.113730.5.1.1.1 [pkcs12 2]. */
#define P12_TRUST_FLAGS "\x60\x86\x48\x01\x86\xf8\x42\x05\x01\x01\x01"

enum p12_mac { P12_NO_MAC, P12_CLASSIC_MAC, P12_PBMAC1 };

struct p12 {
	const char *file;
	const struct p12_bag *bag;
	size_t bags;
	enum p12_mac mac;
	/* What is below is there once p12_check_mac() has returned 0. */
	const char *mac_digest;	/* "SHA-256", ...: of its HMAC; NULL: none */
	const char *mac_prf;	/* of the derivation of its key */
	unsigned long mac_rounds;
	size_t mac_salt, mac_key; /* bytes */
	struct p12_inside *inside;
};

/*
 * Parse text (DER or BER), which stays the caller's and must live as long.
 * most_rounds limits every derivation, since counts come from the file and
 * cost time before anything is proved.  NULL, reported: not a bundle, bytes
 * after it, over a limit.
 */
struct p12 *p12_parse(const char *file, struct slice text,
    unsigned long most_rounds);

/*
 * Is the bundle whole, and the password right?  0, or -1 having reported
 * which: no MAC; not to be trusted (the MAC's parameters are such that it
 * proves nothing: pbe.h); wrong password (the MAC fails, and no safe or key
 * opens); corrupted (the password opens a safe or key, but the MAC fails); not
 * supported: ALGORITHM.
 */
int p12_check_mac(struct p12 *p12, struct slice password);

/* Fill in the bags of all safes.  0, or -1 having reported why. */
int p12_open(struct p12 *p12, struct slice password);

/* The PrivateKeyInfo (DER) of a bag of either kind.  -1, reported. */
int p12_key(struct p12 *p12, const struct p12_bag *bag,
    struct slice password, struct secret *pkcs8);

/* The bag with the key of this certificate, by localKeyID; else NULL. */
const struct p12_bag *p12_key_of(const struct p12 *p12,
    const struct p12_bag *cert);

void p12_free(struct p12 *p12);

#endif
