/* SPDX-License-Identifier: MIT */
#ifndef NSSDBM_H
#define NSSDBM_H

#include "key/nssobj.h"

/*
 * The legacy databases cert8.db (or cert7.db) and key3.db [nssdb 14 to 16].
 *
 * Add what the two files hold to objects; either may be NULL: it is not there.
 * blobs is the directory that cert8.db's large records are in (cert8.dir), and
 * need not exist.  Nothing locks these files: each is read until two readings
 * are alike.  Returns 0, or -1 having reported what is wrong with which file.
 */
int nssdbm_read(struct nss_objects *objects, const char *cert_file,
    const char *blobs, const char *key_file);

#endif
