/* SPDX-License-Identifier: MIT */
#ifndef SETTLED_H
#define SETTLED_H

#include <stddef.h>

/*
 * A whole file in memory that others may be writing, and nothing locks: it is
 * read until two readings are alike, a few times at most.  Its time of access
 * stays, where we may say so.
 *
 * name is in the open directory (or AT_FDCWD), flags go to openat(), and shown
 * is its name for messages.  Otherwise as slurp(); only regular files are read.
 */
int settled_read(int directory, const char *name, int flags,
    const char *shown, size_t limit, char **text, size_t *size);

#endif
