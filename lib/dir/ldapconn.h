/* SPDX-License-Identifier: MIT */
#ifndef LDAPCONN_H
#define LDAPCONN_H

#include <ldap.h>
#include <stdbool.h>

#include "dir/ldapwatch.h"

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
