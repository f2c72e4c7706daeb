/* SPDX-License-Identifier: MIT */
#ifndef DIR_LDAPDB_H
#define DIR_LDAPDB_H

#include "dir/source.h"

/*
 * Connect to the LDAP server at url and bind; searches are made through the
 * source (dir/source.h).  Both arguments are borrowed until its close.  NULL:
 * reported.
 */
struct source *ldapdb_open(const char *url, const struct ldapopt *options);

#endif
