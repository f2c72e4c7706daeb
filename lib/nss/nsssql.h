/* SPDX-License-Identifier: MIT */
#ifndef NSS_NSSSQL_H
#define NSS_NSSSQL_H

#include "nss/nssobj.h"
#include "util/path.h"

/*
 * The databases cert9.db and key4.db [nssdb 2, 3, 12].
 *
 * Add what the two files of the directory hold to objects; either name may be
 * NULL: there is no such file.
 * They are opened read-only and each read in one transaction, which ends
 * before anything slow is done; key4.db goes first.  Returns 0, or -1 having
 * reported what is wrong with which file.
 */
int nsssql_read(struct nss_objects *objects, const struct path *directory,
    const char *cert_file, const char *key_file);

#endif
