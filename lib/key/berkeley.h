/* SPDX-License-Identifier: MIT */
#ifndef BERKELEY_H
#define BERKELEY_H

#include <stddef.h>

#include "util/str.h"

/*
 * Berkeley DB 1.85 hash files, version 2 (and 1), as NSS's legacy databases
 * cert8.db, key3.db and secmod.db are [nssdb 14].  A scan of all records, in
 * the order in which libdbm's own scan gives them, which is certutil's.  Every
 * offset is checked and every page visited once at most, so that time and
 * memory are bounded by the size of the file.
 */

/* key and data live as long as the call; -1 ends the scan. */
typedef int berkeley_record(void *arg, struct slice key, struct slice data);

/*
 * Returns 0; or -1: what record() returned, or the file is damaged, which is
 * reported with its name and the page's number.  *records, unless NULL, is how
 * many were found; a count other than the header's is reported as a warning.
 */
int berkeley_scan(const char *file, struct slice text, berkeley_record *record,
    void *arg, size_t *records);

#endif
