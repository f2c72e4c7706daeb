/* SPDX-License-Identifier: MIT */
#ifndef NSSSQL_H
#define NSSSQL_H

#include "key/nssobj.h"

/*
 * The databases cert9.db and key4.db [nssdb 2, 3, 12].
 *
 * Add what the two files hold to objects; either may be NULL: it is not there.
 * They are opened read-only and each read in one transaction, which ends
 * before anything slow is done; key4.db goes first.  Returns 0, or -1 having
 * reported what is wrong with which file.
 */
int nsssql_read(struct nss_objects *objects, const char *cert_file,
    const char *key_file);

#endif
