/* SPDX-License-Identifier: MIT */
#ifndef DIR_LDAPCONN_H
#define DIR_LDAPCONN_H

#include <ldap.h>
#include <popt.h>
#include <pthread.h>
#include <stdbool.h>

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
 *		return STATUS_ERROR;
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
	const char *forms; /* what an operand may be, for messages; or NULL */
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

/*
 * A time limit for what libldap has none: TLS with GnuTLS waits for a silent
 * server without end.  When the time is over, another thread shuts the
 * connection down, and libldap finds that it has ended.
 *
 *	struct ldapwatch watch = { 0 };
 *
 *	ldapwatch_begin(&watch, fd, seconds);
 *	... ldap_start_tls_s() ...
 *	if (ldapwatch_end(&watch))
 *		... too late
 */

struct ldapwatch {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool runs, over, late;
	int fd;
	int seconds;
};

/*
 * A connection to an LDAP server, bound: dir/ldapdb asks over it.
 *
 * Files of the user (ldaprc, .ldaprc), ldap.conf and LDAP... variables are not
 * read: what a tool does is on its command line.  TLS is verified always,
 * against --ca-file or else what the system trusts, the certificate's name
 * against the URL's; StartTLS is done or the connection is none.  Referrals
 * are not followed.  What a bind allocates is overwritten when it is
 * freed: there is the password in it.
 */

struct ldapopt;

struct ldapconn {
	LDAP *ld;
	char *name; /* scheme://host:port, for messages */
	char *base; /* the URL's; NULL: none */
	int timeout; /* seconds */
	struct ldapwatch watch; /* over the TLS handshake */
	struct ldap_conncb callbacks;
};

/* conn stays where it is until the release.  0, or -1 and nothing to release:
 * reported. */
int ldapconn_open(struct ldapconn *conn, const char *url,
    const struct ldapopt *options);

void ldapconn_release(struct ldapconn *conn);

/*
 * Wait for the next message of that operation, at most the timeout.  The
 * LDAP_RES_ type, *message to be freed; -1: none came; reported.
 */
int ldapconn_result(struct ldapconn *conn, int id, bool all,
    LDAPMessage **message, const char *what);

/* "name: what: 'text of error: what the server says of it'"; -1.  said may be
 * NULL. */
int ldapconn_fail(const struct ldapconn *conn, const char *what, int error,
    const char *said);

/* The same of libldap's last error. */
int ldapconn_fail_last(const struct ldapconn *conn, const char *what);

#endif
