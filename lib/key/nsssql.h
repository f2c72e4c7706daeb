/* SPDX-License-Identifier: MIT */
#ifndef NSSSQL_H
#define NSSSQL_H

#include "key/nssobj.h"
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
