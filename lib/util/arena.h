/* SPDX-License-Identifier: MIT */
#ifndef UTIL_ARENA_H
#define UTIL_ARENA_H

#include "util/str.h"

/*
 * Texts that live as long as their owner does, without a free() each.
 *
 *	struct arena arena = { 0 };
 *
 *	line = arena_copy(&arena, slice);
 *	arena_release(&arena);
 */

struct arena {
	struct arena_block *last;
};

/* A copy, with a NUL after it, so that .at serves as a string, too.  A slice
 * whose at is NULL stays one. */
struct slice arena_copy(struct arena *arena, struct slice s);

/* size bytes, not zeroed, aligned for anything. */
void *arena_alloc(struct arena *arena, size_t size);

void arena_release(struct arena *arena);

#endif
