/* SPDX-License-Identifier: MIT */
#ifndef NSS_BERKELEY_H
#define NSS_BERKELEY_H

#include <stddef.h>

#include "util/str.h"

/*
 * Berkeley DB 1.85 hash files, version 2 (and 1), as NSS's legacy databases
 * cert8.db, key3.db and secmod.db are [nssdb 14].  A scan of all records, in
 * the order in which libdbm's own scan gives them, which is certutil's.  Every
 * offset is checked and every page visited once at most, so that time and
 * memory are bounded by the size of the file.
 */

/* Key and data live as long as the call that gets them. */
struct berkeley_record {
	size_t page; /* that it begins on, for messages */
	struct slice key, data;
};

/* -1 ends the scan; it has been reported then. */
typedef int berkeley_visit(void *arg, const struct berkeley_record *record);

/*
 * text is what is in file.  Returns 0; or -1: visit() did, or the file is
 * damaged or cut short, which is reported with its name and the page's number.
 * A count of records other than the header's, with all pages there, is
 * reported as a warning.  *records, unless NULL, is how many were visited.
 */
int berkeley_scan(const char *file, struct slice text, berkeley_visit *visit,
    void *arg, size_t *records);

#endif
