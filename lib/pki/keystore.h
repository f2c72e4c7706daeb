/* SPDX-License-Identifier: MIT */
#ifndef PKI_KEYSTORE_H
#define PKI_KEYSTORE_H

#include <popt.h>
#include <stdbool.h>

#include "nss/nssdb.h"

/*
 * What the key tools have in common: which database is meant, and its
 * password.
 *
 *	struct keystore_options options = KEYSTORE_DEFAULTS;
 *	const struct poptOption table[] = {
 *		KEYSTORE_OPTIONS(options), ...
 *	struct keystore store;
 *
 *	if (keystore_open(&store, operand, &options) < 0 ||
 *	    keystore_login(&store) < 0)
 *		return STATUS_ERROR;
 *	... store.db ...
 *	keystore_close(&store);
 */

struct keystore_options {
	char *directory, *password_file, *prefix;
	int most_rounds;
};
#define KEYSTORE_DEFAULTS { .most_rounds = PBE_MOST_ROUNDS }

#define KEYSTORE_OPTIONS(o)                                                    \
	{ "directory", 'd', POPT_ARG_STRING, &(o).directory, 0,                \
	  "the database's directory, or the instance's", "DIR" },              \
	{ "db-password-file", 'p', POPT_ARG_STRING, &(o).password_file, 0,     \
	  "file with the database's password: a line, or a password.conf",     \
	  "FILE" },                                                            \
	{ NULL, 'f', POPT_ARG_STRING, &(o).password_file, 0,                   \
	  "the same, as certutil has it", "FILE" },                            \
	{ "prefix", 'P', POPT_ARG_STRING, &(o).prefix, 0,                      \
	  "what the names of the database's files start with", "PREFIX" },     \
	{ "max-rounds", '\0', POPT_ARG_INT, &(o).most_rounds, 0,               \
	  "refuse derivations of more rounds (10000000)", "N" }

struct keystore {
	const struct keystore_options *options;
	struct nssdb *db;
	char *instance;	     /* its directory; NULL: a database was given */
	char *password_conf; /* the instance's; NULL: none */
};

/*
 * operand, or --directory when it is NULL: a database's directory, or an
 * instance's, in which it is alias/ [dogtag 1.1].  0, or -1 having reported
 * why and left nothing open.
 */
int keystore_open(struct keystore *store, const char *operand,
    const struct keystore_options *options);

/*
 * Log in: with what --db-password-file says, or the instance's password.conf,
 * or without a password, or else with one asked for on the terminal.  0, also
 * where there is nothing to log in to; or -1 having reported why.
 */
int keystore_login(struct keystore *store);

void keystore_close(struct keystore *store);

#endif
