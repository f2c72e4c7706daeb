/* SPDX-License-Identifier: MIT */
#ifndef PKI_KEYID_H
#define PKI_KEYID_H

#include <stdbool.h>

#include "util/str.h"

/*
 * The two spellings of a private key's ID.
 *
 * NSS names a private key by bytes, mostly 20 (its CKA_ID).  certutil -K
 * prints them as hexadecimal digits: here, "octets".  CS.cfg holds the same
 * bytes read as a two's-complement number and spelled as Java's
 * BigInteger.toString(16) spells it, with a sign and without leading zeros:
 * here, a "bigint" [dogtag 5.2, CryptoUtil.encodeKeyID()].
 *
 *	octets                                    bigint
 *	2fe35d9d46b373efabe9ef01b8436667a70df096   2fe35d9d46b373ef...
 *	a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3  -584f6bb4847c688d...
 *
 * Digits of either case and a leading "0x" are taken in; lower case without
 * it is given out.  Nothing here reports anything.
 */

#define KEYID_BYTES ((size_t)20)      /* NSS's own IDs: SHA-1 */
#define KEYID_MOST_BYTES ((size_t)512) /* of IDs that others gave keys */
#define KEYID_SIZE (1 + 2 * KEYID_MOST_BYTES + 1) /* sign, digits, NUL */

/*
 * Both return the length of what they put into dst, which gets a NUL, or 0
 * when id is not an ID of that spelling and of so many bytes (1 to
 * KEYID_MOST_BYTES; keyid_to_bigint() takes 0 for: as many as there are).
 */
size_t keyid_to_bigint(char dst[KEYID_SIZE], struct slice id, size_t bytes);
size_t keyid_to_octets(char dst[KEYID_SIZE], struct slice id, size_t bytes);

/*
 * An ID of 20 bytes in either spelling, as octets: with a sign or fewer than
 * 40 digits it is a bigint; with 40 digits and the top bit, octets; else both
 * spellings agree.  A new string, or NULL.
 */
char *keyid_octets(struct slice id);

/* The bigint of octets that are known to be some.  A new string. */
char *keyid_bigint(struct slice octets);

/*
 * Lists of private keys, line by line: what certutil -K prints (NSS's format
 * "<%2d> %-8.8s %-42.42s %s"), pasted sessions of it, and IDs with or without
 * a nickname behind a tab; and what certutil -L prints.
 *
 *	struct listing listing = { 0 };		one for all lines of a file
 *	struct listing_key key;
 *
 *	switch (listing_read(&listing, line, &key)) { ...
 */

enum listing_kind {
	LISTING_NOTHING, /* a heading, a prompt, "no keys found", a blank */
	LISTING_KEY,	 /* of certutil: id is octets of any width */
	LISTING_ID,	 /* an ID, maybe with a nickname */
	LISTING_NO_ID,	 /* certutil's "(no CKA_ID)" */
	LISTING_BAD,
};

struct listing {
	struct slice token; /* of the last heading; at NULL: none yet */
};

/* certutil shows 20 bytes of an ID as digits, but 40 of one that is text. */
struct listing_key {
	struct slice id;
	bool quoted;   /* id is text, each byte of which is one of the ID's */
	bool orphan;   /* a key without a certificate */
	bool may_be_cut; /* another token's, as long as certutil shows any */
	struct slice nickname; /* as it stands; size 0: none */
	struct slice name;     /* the nickname less its token */
	struct slice token;    /* the token before it; at NULL: not said */
	bool current;	       /* a third field says "current" */
};

/* Everything points into line, which has no line end, or into the heading
 * that was read before. */
enum listing_kind listing_read(struct listing *listing, struct slice line,
    struct listing_key *key);

/* A line of certutil -L, whose format is "%-60s %s". */
enum listing_cert_kind {
	LISTING_NO_CERT, /* something else */
	LISTING_CERT_HEADING,
	LISTING_CERT,
};

struct listing_cert {
	struct slice nickname; /* as it stands, maybe with a token */
	struct slice trust;    /* "u,u,u" */
};

enum listing_cert_kind listing_read_cert(struct slice line,
    struct listing_cert *cert);

#endif
