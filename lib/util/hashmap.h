/* SPDX-License-Identifier: MIT */
#ifndef UTIL_HASHMAP_H
#define UTIL_HASHMAP_H

#include <stdint.h>

#include "util/str.h"

/*
 * From byte strings to numbers, eight bytes a slot: the strings stay where
 * they are, and key(arg, number) tells which one a number stands for.
 *
 *	struct hashmap map;
 *
 *	hashmap_init(&map, about, line_key, lines);
 *	hashmap_put(&map, key, number);
 *	number = hashmap_get(&map, key);
 *	hashmap_release(&map);
 *
 * about is how many keys are expected; more are taken.  The hash is SipHash-1-3
 * with a random key of the process: who writes the strings cannot make them
 * collide.
 */

#define HASHMAP_NONE UINT32_MAX

typedef struct slice hashmap_key_fn(const void *arg, uint32_t number);

struct hashmap {
	uint32_t *tag, *number;
	uint32_t mask, count;
	hashmap_key_fn *key;
	const void *arg;
};

void hashmap_init(struct hashmap *map, size_t about, hashmap_key_fn *key,
    const void *arg);

/* Enter number, whose key this must be, in place of one of the same key, which
 * is returned (or HASHMAP_NONE). */
uint32_t hashmap_put(struct hashmap *map, struct slice key, uint32_t number);

/* Enter number for key unless the key has one already; returns the one that it
 * has then.  What number stands for may be made afterwards. */
uint32_t hashmap_add(struct hashmap *map, struct slice key, uint32_t number);

/* The number of key, or HASHMAP_NONE. */
uint32_t hashmap_get(const struct hashmap *map, struct slice key);

void hashmap_release(struct hashmap *map);

/* SipHash-1-3 of s; key: 16 bytes as two little-endian numbers. */
uint64_t hashmap_siphash(const uint64_t key[2], struct slice s);

#endif
