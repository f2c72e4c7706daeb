/* SPDX-License-Identifier: MIT */
#ifndef LDAPWHY_H
#define LDAPWHY_H

/*
 * Why a server is not reached: libldap knows one error for a host without an
 * address, a port where no one listens, and TLS that failed.  So it is tried
 * once more, by the system's own calls.
 *
 * A new string; NULL: a connection can be made, so it is something else.
 */
char *ldapwhy_no_connection(const char *url, int timeout);

#endif
