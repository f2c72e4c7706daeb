/* SPDX-License-Identifier: MIT */
#ifndef CRLDIR_H
#define CRLDIR_H

#include "check/csdir.h"

/*
 * The entries of the issuing points, cn=<point>,ou=crlIssuingPoints,ou=ca:
 * search once, then next until it is 0.  attributes, which end in NULL, must
 * name objectClass.  -1: reported.  entry is valid until the next call.
 */
int crldir_search(const struct csdir *dir, const char *const *attributes);
int crldir_next(const struct csdir *dir, struct entry *entry);

/*
 * The last CRL of an issuing point, which the CA keeps in its directory as
 * certificateRevocationList of cn=<point>,ou=crlIssuingPoints,ou=ca.
 *
 * 1: *fd is a descriptor of a copy without a name, in DER; 0: the directory
 * has none; -1: reported.  *name is where it is or would be, for messages, and
 * the caller's to free in any case.
 */
int crldir_open(const struct csdir *dir, const char *point, int *fd,
    char **name);

#endif
