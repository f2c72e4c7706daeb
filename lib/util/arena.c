/* SPDX-License-Identifier: MIT */
#include "util/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#include "util/mem.h"

#define BLOCK ((size_t)64 << 10)

struct arena_block {
	struct arena_block *before;
	size_t size, used;
	alignas(max_align_t) char at[];
};

static struct arena_block *
new_block(struct arena *arena, size_t size)
{
	size_t room = size > BLOCK / 4 ? size : BLOCK;
	struct arena_block *block = mem_alloc(sizeof *block + room);

	*block = (struct arena_block){ .before = arena->last, .size = room };
	arena->last = block;
	return block;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	const size_t unit = alignof(max_align_t);
	struct arena_block *block = arena->last;
	void *p;

	if (size > SIZE_MAX / 2)
		abort();
	size = (size + unit - 1) / unit * unit;
	if (block == NULL || block->size - block->used < size)
		block = new_block(arena, size);
	p = block->at + block->used;
	block->used += size;
	return p;
}

struct slice
arena_copy(struct arena *arena, struct slice s)
{
	char *copy;

	if (s.at == NULL)
		return s;
	copy = arena_alloc(arena, s.size + 1);
	if (s.size != 0)
		memcpy(copy, s.at, s.size);
	copy[s.size] = '\0';
	return (struct slice){ copy, s.size };
}

void
arena_release(struct arena *arena)
{
	while (arena->last != NULL) {
		struct arena_block *before = arena->last->before;

		free(arena->last);
		arena->last = before;
	}
}
