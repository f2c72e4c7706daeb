/* SPDX-License-Identifier: MIT */
#ifndef SLURP_H
#define SLURP_H

#include <stdio.h>

#include "util/buf.h"

/*
 * A whole file in memory.
 *
 * slurp() reads path, or standard input for "-", and slurp_fd() an open
 * descriptor, up to limit bytes.  Of a file of ours no time of access changes.
 * *text gets a NUL after its *size bytes and is the caller's to free.  Returns
 * 0, or -1 having reported why: it cannot be read, is a directory, or is larger
 * than limit.  name is for messages.
 */
int slurp(const char *path, size_t limit, char **text, size_t *size);
int slurp_fd(int fd, const char *name, size_t limit, char **text,
    size_t *size);

/* Append what is left of in, and a NUL that does not count, until text has
 * limit bytes.  -1: there is more, or it cannot be read; reported. */
int slurp_file(struct buf *text, FILE *in, const char *name, size_t limit);

/* "<stdin>" for "-", else path: the name for messages. */
const char *slurp_name(const char *path);

#endif
