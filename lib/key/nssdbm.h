/* SPDX-License-Identifier: MIT */
#ifndef NSSDBM_H
#define NSSDBM_H

#include "key/nssobj.h"
#include "util/path.h"

/*
 * The legacy databases cert8.db (or cert7.db) and key3.db [nssdb 14 to 16].
 *
 * Add what the two files of the directory hold to objects; either name may be
 * NULL: there is no such file.  blobs is the directory in it that cert8.db's
 * large records are in (cert8.dir), and need not exist where there are none.
 * Nothing locks these files: each is read until two readings are alike, and no
 * time of access changes where we may say so.  Returns 0, or -1 having
 * reported what is wrong with which file.
 *
 * Unlike in the newer databases, a key's type is a guess until it is decrypted
 * (dbmrecord.h); so is that it is not a symmetric key, but for one known name.
 * Only certificates that were marked as somebody's have an ID.  A certificate
 * without a nickname gets the one of its subject, or else an e-mail address,
 * which NSS takes from the certificate; others have no e-mail address.
 */
int nssdbm_read(struct nss_objects *objects, const struct path *directory,
    const char *cert_file, const char *blobs, const char *key_file);

#endif
