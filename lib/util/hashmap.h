/* SPDX-License-Identifier: MIT */
#ifndef UTIL_HASHMAP_H
#define UTIL_HASHMAP_H

#include <stdint.h>

#include "util/str.h"

/*
 * From byte strings to numbers, eight bytes a slot: the strings stay where
 * they are, and key(arg, number) tells which one a number stands for.
 *
 *	struct bytemap map;
 *
 *	bytemap_init(&map, about, line_key, lines);
 *	bytemap_put(&map, key, number);
 *	number = bytemap_get(&map, key);
 *	bytemap_release(&map);
 *
 * about is how many keys are expected; more are taken.
 */

#define BYTEMAP_NONE UINT32_MAX

typedef struct slice bytemap_key_fn(const void *arg, uint32_t number);

struct bytemap {
	uint32_t *tag, *number;
	uint32_t mask, count;
	bytemap_key_fn *key;
	const void *arg;
};

void bytemap_init(struct bytemap *map, size_t about, bytemap_key_fn *key,
    const void *arg);

/* Enter number, whose key this must be, in place of one of the same key, which
 * is returned (or BYTEMAP_NONE). */
uint32_t bytemap_put(struct bytemap *map, struct slice key, uint32_t number);

/* The number of key, or BYTEMAP_NONE. */
uint32_t bytemap_get(const struct bytemap *map, struct slice key);

void bytemap_release(struct bytemap *map);

#endif
