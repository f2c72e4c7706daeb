/* SPDX-License-Identifier: MIT */
#ifndef OVERRIDE_H
#define OVERRIDE_H

#include <stdbool.h>

#include "pki/address.h"
#include "pki/tags.h"
#include "util/buf.h"
#include "util/secret.h"

/*
 * The pkispawn override file of a clone, out of what its master's CS.cfg can
 * tell [dogtag 7].  It is read by Python's ConfigParser, to which a '%' is
 * two.
 */

enum override_password {
	OVERRIDE_DS,
	OVERRIDE_PKCS12,
	OVERRIDE_DOMAIN,
	OVERRIDE_ADMIN,
	OVERRIDE_TOKEN, /* only where keys are in one */
	OVERRIDE_DATABASE,
	OVERRIDE_PASSWORDS,
};

struct override {
	const struct cfg *master;
	const struct tags *tags;
	const struct address *at; /* the master's */
	const char *ds, *pkcs12;  /* NULL: a placeholder */
	bool replicated_ds;	  /* by somebody else than pkispawn */
	/* Where at is NULL, a placeholder. */
	struct slice password[OVERRIDE_PASSWORDS];
};

/* The password by its name on the command line, or -1. */
int override_password_of(struct slice name);

/*
 * Root gives the file to pkispawn, and whoever owns the CS.cfg must not decide
 * on more than a value in it: is a host name a host name, a port a port, and is
 * there no line end in any value?  Returns 0, or -1 having reported the first
 * that is wrong.
 */
int override_check(const struct override *o);

/* Append the file; out may hold passwords then: secret_free() it. */
void override_add(struct buf *out, const struct override *o);

#endif
