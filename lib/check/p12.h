/* SPDX-License-Identifier: MIT */
#ifndef CHECK_P12_H
#define CHECK_P12_H

#include <stdint.h>

#include "check/findings.h"
#include "p12/p12.h"
#include "pki/tags.h"
#include "x509/cert.h"

/* Less rounds than these are weak: PKCS12Export's MAC has as many. */
#define BUNDLE_LEAST_ROUNDS 100000ul

/*
 * What is wrong with how a PKCS#12 file is made, for those who import it:
 * MAC, encryption, what belongs to what, names, flags [pkcs12 6, 7].
 *
 * p12 is open, and stays the caller's; export is the command that makes the
 * file anew.  clone: what of it a clone needs is checked, too; NULL: not.
 * -1: a key cannot be decrypted or is none; reported.
 */
struct bundle_clone;
int bundle_check(struct p12 *p12, struct slice password, const char *export,
    const struct bundle_clone *clone, struct findings *found);

/*
 * All that is to be said of a PKCS#12 bundle in a file: who may read it, how
 * it is made, and whether all is in it that a clone needs.
 *
 *	struct bundlefile b = { .file = "ca.p12", .user = NULL,
 *		.most_rounds = PBE_MOST_ROUNDS, .expires_within = -1 };
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
