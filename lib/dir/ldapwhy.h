/* SPDX-License-Identifier: MIT */
#ifndef LDAPWHY_H
#define LDAPWHY_H

#include <stdbool.h>

/*
 * Why a server is not reached: libldap has one error for a host without an
 * address, a port where no one listens, and a certificate that is not the
 * right one.  So it is tried once more without it, and without a password, to
 * tell it to people.
 */

struct ldapwhy {
	const char *url, *ca_file; /* NULL: what the system trusts */
	bool starttls;
	int timeout; /* seconds */
};

/* A new string; NULL: so far all is well, and it is something else. */
char *ldapwhy_not(const struct ldapwhy *why);

#endif
