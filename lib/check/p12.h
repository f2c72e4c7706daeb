/* SPDX-License-Identifier: MIT */
#ifndef CHECK_P12_H
#define CHECK_P12_H

#include <stdint.h>

#include "check/findings.h"
#include "p12/p12.h"
#include "pki/tags.h"
#include "x509/cert.h"

/*
 * A PKCS#12 bundle whose keys were tried on its certificates, and what is
 * wrong with it for those who import it [pkcs12 6, 7].
 *
 *	struct bundle bundle;
 *
 *	if (bundle_load(&bundle, p12, password) < 0)
 *		return STATUS_ERROR;
 *	bundle_check(&bundle, export, &found);
 *	bundle_release(&bundle);
 */

struct bundle_cert {
	const struct p12_bag *bag;
	struct cert cert;   /* if readable */
	bool readable;
	const char *name;   /* the nickname, or else the subject; borrowed */
	size_t first;	    /* certificate of this nickname; itself, if none */
	size_t twin;	    /* the same certificate, earlier; or itself */
	const struct p12_bag *key; /* by localKeyID; NULL: none */
	bool fits;	    /* that key is its key */
	bool has_stray_key; /* key is NULL, and yet its key is there */
};

struct bundle_key {
	const struct p12_bag *bag;
	bool has_cert; /* of its localKeyID */
	bool strays;   /* no, but it is some certificate's key */
};

struct bundle {
	const struct p12 *p12;
	struct bundle_cert *cert; /* in the file's order */
	size_t certs;
	struct bundle_key *key;
	size_t keys;
};

/* Less rounds than these are weak: PKCS12Export's MAC has as many. */
#define BUNDLE_LEAST_ROUNDS 100000ul

/* p12 is open, and stays the caller's.  -1: a key cannot be decrypted or is
 * none; reported. */
int bundle_load(struct bundle *bundle, struct p12 *p12,
    struct slice password);

/* How it is made: MAC, encryption, what belongs to what, names, flags. */
void bundle_check(const struct bundle *bundle, const char *export,
    struct findings *found);

void bundle_release(struct bundle *bundle);

/*
 * All that is to be said of a PKCS#12 bundle in a file: who may read it, how
 * it is made, and whether all is in it that a clone needs.
 *
 *	struct bundlefile b = { .file = "ca.p12", .user = NULL,
 *		.most_rounds = P12_MOST_ROUNDS, .expires_within = -1 };
 *
 *	if (bundlefile_check(&b, &found) < 0)
 *		return STATUS_ERROR;
 */

struct bundlefile {
	const char *file;
	const char *password_file; /* NULL: it is asked for on the terminal */
	const char *user; /* who is to read it; NULL: pkiuser */
	int expires_within; /* days; -1: does not matter */
	unsigned long most_rounds;
	const char *operand; /* the master, as a command is told; NULL: */
	const struct cfg *cfg; /* nothing is known of it */
	const struct tags *tags; /* of cfg */
};

/* -1: it cannot be read, or opened with that password; reported. */
int bundlefile_check(const struct bundlefile *b, struct findings *found);

#endif
