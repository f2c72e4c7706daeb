/* SPDX-License-Identifier: MIT */
#include "util/hashmap.h"

#include <stdlib.h>

#include "util/mem.h"

/* Eight bytes a step; multiply and fold, after Fowler, Noll and Vo. */
static uint32_t
hash(struct slice s)
{
	const uint64_t prime = 0x9e3779b97f4a7c15U;
	uint64_t h = s.size * prime, word;
	const char *at = s.at;
	size_t left = s.size;

	for (; left >= sizeof word; at += sizeof word, left -= sizeof word) {
		memcpy(&word, at, sizeof word);
		h = (h ^ word) * prime;
		h ^= h >> 29;
	}
	word = 0;
	if (left != 0)
		memcpy(&word, at, left);
	h = (h ^ word) * prime;
	h = (h ^ h >> 32) * prime;
	return (uint32_t)(h >> 32);
}

static void
make_slots(struct hashmap *map, size_t slots)
{
	map->tag = mem_alloc(slots * sizeof *map->tag);
	map->number = mem_alloc(slots * sizeof *map->number);
	memset(map->number, 0xff, slots * sizeof *map->number);
	map->mask = (uint32_t)(slots - 1);
}

void
hashmap_init(struct hashmap *map, size_t about, hashmap_key_fn *key,
    const void *arg)
{
	size_t slots = 16;

	while (slots * 2 < about * 3)
		slots *= 2;
	*map = (struct hashmap){ .key = key, .arg = arg };
	make_slots(map, slots);
}

/* Twice the slots; the tags are all that is needed to move. */
static void
grow(struct hashmap *map)
{
	uint32_t *tag = map->tag, *number = map->number, mask = map->mask;

	make_slots(map, ((size_t)mask + 1) * 2);
	for (size_t i = 0; i <= mask; i++) {
		uint32_t at = tag[i] & map->mask;

		if (number[i] == HASHMAP_NONE)
			continue;
		while (map->number[at] != HASHMAP_NONE)
			at = (at + 1) & map->mask;
		map->tag[at] = tag[i];
		map->number[at] = number[i];
	}
	free(tag);
	free(number);
}

/* The slot of key, or the free one that ends its search. */
static uint32_t
seek(const struct hashmap *map, struct slice key, uint32_t tag)
{
	uint32_t at = tag & map->mask;

	while (map->number[at] != HASHMAP_NONE &&
	    (map->tag[at] != tag ||
		!slice_equal(map->key(map->arg, map->number[at]), key)))
		at = (at + 1) & map->mask;
	return at;
}

uint32_t
hashmap_put(struct hashmap *map, struct slice key, uint32_t number)
{
	uint32_t tag = hash(key), at = seek(map, key, tag);
	uint32_t was = map->number[at];

	if (was == HASHMAP_NONE && map->count++ > map->mask / 3 * 2) {
		grow(map);
		at = seek(map, key, tag);
	}
	map->tag[at] = tag;
	map->number[at] = number;
	return was;
}

uint32_t
hashmap_get(const struct hashmap *map, struct slice key)
{
	return map->number[seek(map, key, hash(key))];
}

void
hashmap_release(struct hashmap *map)
{
	free(map->tag);
	free(map->number);
	*map = (struct hashmap){ 0 };
}
