/* SPDX-License-Identifier: MIT */
#ifndef LISTING_H
#define LISTING_H

#include <stdbool.h>

#include "util/str.h"

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
