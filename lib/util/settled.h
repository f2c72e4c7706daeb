/* SPDX-License-Identifier: MIT */
#ifndef SETTLED_H
#define SETTLED_H

#include <stddef.h>

#include "util/path.h"

/*
 * A whole regular file in memory that others may be writing, and nothing
 * locks: it is read until two readings are alike, five times at most.
 * Otherwise as slurp().
 */
int settled_read(const struct path *path, size_t limit, char **text,
    size_t *size);

#endif
