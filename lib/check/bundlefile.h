/* SPDX-License-Identifier: MIT */
#ifndef BUNDLEFILE_H
#define BUNDLEFILE_H

#include "check/findings.h"
#include "pki/tags.h"

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
