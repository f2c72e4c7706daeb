/* SPDX-License-Identifier: MIT */
#ifndef CRLDIR_H
#define CRLDIR_H

#include "check/csdir.h"

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
