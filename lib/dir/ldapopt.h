/* SPDX-License-Identifier: MIT */
#ifndef LDAPOPT_H
#define LDAPOPT_H

#include <popt.h>

#include "util/secret.h"

/*
 * How to reach a directory and as whom, by ldapsearch's letters.  The URL is
 * an operand.
 *
 *	struct ldapopt ldap = LDAPOPT_DEFAULTS;
 *	const struct poptOption table[] = {
 *		LDAPOPT_OPTIONS(ldap), ...
 *
 *	if (ldapopt_begin(&ldap) < 0)
 *		return EXIT_TROUBLE;
 *	... source_open(operand, &ldap) ...
 *	ldapopt_release(&ldap);
 *
 * What the pages say of them is to be found in man1/domainls.1.
 */

struct ldapopt {
	char *bind_dn, *password_file, *mechanism;
	char *ca_file, *cert_file, *key_file, *base;
	int starttls, timeout; /* seconds for each answer */
	struct secret password; /* ldapopt_begin() has read it */
};

#define LDAPOPT_TIMEOUT 30
#define LDAPOPT_DEFAULTS { .timeout = LDAPOPT_TIMEOUT }

#define LDAPOPT_BIND(o, password)                                              \
	{ "bind-dn", 'D', POPT_ARG_STRING, &(o).bind_dn, 0,                    \
	  "bind to the directory as DN", "DN" },                               \
	{ password, 'y', POPT_ARG_STRING, &(o).password_file, 0,               \
	  "file with its password: a line, or a password.conf", "FILE" },      \
	{ "starttls", 'Z', POPT_ARG_NONE, &(o).starttls, 0,                    \
	  "StartTLS, or nothing", NULL },                                      \
	{ "mechanism", 'Y', POPT_ARG_STRING, &(o).mechanism, 0,                \
	  "bind by SASL: EXTERNAL or GSSAPI", "MECH" },                        \
	{ "ca-file", '\0', POPT_ARG_STRING, &(o).ca_file, 0,                   \
	  "the CA certificates to trust, PEM", "FILE" },                       \
	{ "cert-file", '\0', POPT_ARG_STRING, &(o).cert_file, 0,               \
	  "the certificate to show to the directory, PEM", "FILE" },           \
	{ "key-file", '\0', POPT_ARG_STRING, &(o).key_file, 0,                 \
	  "its key, PEM", "FILE" }

#define LDAPOPT_WAIT(o)                                                        \
	{ "timeout", '\0', POPT_ARG_INT, &(o).timeout, 0,                      \
	  "wait so long for each answer (30)", "SECONDS" }

#define LDAPOPT_OPTIONS(o)                                                     \
	LDAPOPT_BIND(o, "password-file"),                                      \
	{ "base", 'b', POPT_ARG_STRING, &(o).base, 0,                          \
	  "the suffix of the subsystem", "DN" },                               \
	LDAPOPT_WAIT(o)

/* Of a tool that knows the suffix, and has another password. */
#define LDAPOPT_SERVER_OPTIONS(o, password)                                    \
	LDAPOPT_BIND(o, password), LDAPOPT_WAIT(o)

/*
 * See whether the options go together, cli_usage() if not; read the password,
 * or ask for it on the terminal where there is a DN and no file.  0, or -1
 * having reported why.
 */
int ldapopt_begin(struct ldapopt *options);

void ldapopt_release(struct ldapopt *options);

#endif
