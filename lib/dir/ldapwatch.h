/* SPDX-License-Identifier: MIT */
#ifndef LDAPWATCH_H
#define LDAPWATCH_H

#include <pthread.h>
#include <stdbool.h>

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

void ldapwatch_begin(struct ldapwatch *watch, int fd, int seconds);

/* True where the time was over.  Also for one that was never begun. */
bool ldapwatch_end(struct ldapwatch *watch);

#endif
