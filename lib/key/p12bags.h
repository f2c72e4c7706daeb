/* SPDX-License-Identifier: MIT */
#ifndef P12BAGS_H
#define P12BAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/arena.h"
#include "util/secret.h"

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
	unsigned long rounds;	/* of the scheme's derivation */
	size_t salt;		/* bytes of its salt; of shrouded keys alone */
	size_t safe;		/* number of the safe it was in, from 0 */
};

struct p12bags {
	struct p12_bag *bag;
	size_t bags, bags_size;
	/* What they point into, besides the bundle's text. */
	struct p12bags_room *room;
	struct arena arena;
};

void p12bags_release(struct p12bags *list);

/* For what is decrypted or put together: empty; lives as long as list. */
struct secret *p12bags_room(struct p12bags *list);

struct p12bags_safe {
	size_t number;
	const char *scheme; /* what it was encrypted by; NULL: nothing */
	unsigned long rounds;
	const char *why;    /* it could not be read */
};

/* Add the bags of contents (SafeContents), those of safes within it too.
 * -1: safe->why; nothing is reported. */
int p12bags_read(struct p12bags *list, struct p12bags_safe *safe,
    struct slice contents);

#endif
