/* SPDX-License-Identifier: MIT */
#include "util/hashmap.h"

#include <endian.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/random.h>

#include "util/mem.h"

static uint64_t process_key[2];

/* The kernel gives each program 16 random bytes, too: where it has no others
 * yet, soon after boot, or none for programs. */
static void
make_key(void)
{
	const void *given = (const void *)getauxval(AT_RANDOM);

	if (getrandom(process_key, sizeof process_key, GRND_NONBLOCK) !=
	    (ssize_t)sizeof process_key && given != NULL)
		memcpy(process_key, given, sizeof process_key);
}

static inline uint64_t
rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32) + v[3];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] = rotate(v[2], 32);
}

/* The last left bytes, fewer than a word has, as a little-endian number: out of
 * the word that ends with them, where there is one. */
static inline uint64_t
last_bytes(struct slice s, size_t left)
{
	uint64_t word = 0;

	if (left != 0 && s.size >= sizeof word) {
		memcpy(&word, s.at + s.size - sizeof word, sizeof word);
		return le64toh(word) >> 8 * (sizeof word - left);
	}
	for (size_t i = 0; i < left; i++)
		word |= (uint64_t)(unsigned char)s.at[i] << 8 * i;
	return word;
}

/* Aumasson and Bernstein, SipHash: a fast short-input PRF (2012), section 2,
 * with one round a word and three at the end. */
uint64_t
hashmap_siphash(const uint64_t key[2], struct slice s)
{
	uint64_t v[4] = { key[0] ^ 0x736f6d6570736575U,
		key[1] ^ 0x646f72616e646f6dU, key[0] ^ 0x6c7967656e657261U,
		key[1] ^ 0x7465646279746573U };
	const char *at = s.at;
	size_t left = s.size;
	uint64_t word;

	for (; left >= sizeof word; at += sizeof word, left -= sizeof word) {
		memcpy(&word, at, sizeof word);
		word = le64toh(word);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	word = (uint64_t)s.size << 56 | last_bytes(s, left);
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint32_t
hash(struct slice s)
{
	return (uint32_t)hashmap_siphash(process_key, s);
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
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	size_t slots = 16;

	(void)pthread_once(&once, make_key);
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

/* Where the number of key stands, or is to stand: HASHMAP_NONE until then. */
static uint32_t *
place(struct hashmap *map, struct slice key)
{
	uint32_t tag = hash(key), at = seek(map, key, tag);

	if (map->number[at] == HASHMAP_NONE &&
	    map->count++ > map->mask / 3 * 2) {
		grow(map);
		at = seek(map, key, tag);
	}
	map->tag[at] = tag;
	return &map->number[at];
}

uint32_t
hashmap_put(struct hashmap *map, struct slice key, uint32_t number)
{
	uint32_t *at = place(map, key), was = *at;

	*at = number;
	return was;
}

uint32_t
hashmap_add(struct hashmap *map, struct slice key, uint32_t number)
{
	uint32_t *at = place(map, key);

	if (*at == HASHMAP_NONE)
		*at = number;
	return *at;
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
