/* SPDX-License-Identifier: MIT */
#ifndef UTIL_SLURP_H
#define UTIL_SLURP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "util/buf.h"
#include "util/path.h"

/*
 * A whole file in memory.
 *
 * slurp() reads path, opened as util/path.h says, or standard input for "-";
 * slurp_fd() reads an open descriptor, both up to limit bytes.  *text gets a
 * NUL after its *size bytes and is the caller's to free.  Returns 0, or -1
 * having reported why: the file cannot be read, is a directory, or is larger
 * than limit.  name is for messages.
 *
 * slurp_found() reads a file that the tool found in an instance, rather than
 * one that its caller named: it must be a regular file.
 */
int slurp(const char *path, size_t limit, char **text, size_t *size);
int slurp_found(const char *path, size_t limit, char **text, size_t *size);
int slurp_fd(int fd, const char *name, size_t limit, char **text,
    size_t *size);

/* Append what is left of in, and a NUL that does not count, until text has
 * limit bytes.  -1: there is more, or it cannot be read; reported. */
int slurp_file(struct buf *text, FILE *in, const char *name, size_t limit);

/*
 * A stream to read path from, opened as util/path.h says, or stdin for "-".
 * Returns NULL having reported why not.  slurp_close() leaves stdin open.
 */
FILE *slurp_open(const char *path);
void slurp_close(FILE *in);

/* Does "-" name standard input?  Not where path is NULL: no file is named. */
bool slurp_is_stdin(const char *path);

/* "<stdin>" for "-", else path: the name for messages. */
const char *slurp_name(const char *path);

/*
 * A whole regular file in memory that others may be writing, and nothing
 * locks: it is read until two readings are alike, five times at most.
 * Otherwise as slurp().
 */
int slurp_stable(const struct path *path, size_t limit, char **text,
    size_t *size);

#endif
