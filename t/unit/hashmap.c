/* SPDX-License-Identifier: MIT */
/* The map of keys, as it grows, and with keys that look alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "util/hashmap.h"
#include "util/mem.h"

#define MANY 20000U

static struct slice
word_key(const void *arg, uint32_t number)
{
	char *const *word = arg;

	return slice_of(word[number]);
}

static void
test_few(void **state)
{
	char *words[] = { mem_printf("a"), mem_printf("%s", ""),
		mem_printf("a") };
	struct hashmap map;

	(void)state;
	hashmap_init(&map, 0, word_key, words);
	assert_int_equal(hashmap_get(&map, slice_of("a")), HASHMAP_NONE);
	assert_int_equal(hashmap_put(&map, slice_of("a"), 0), HASHMAP_NONE);
	assert_int_equal(hashmap_get(&map, slice_of("")), HASHMAP_NONE);
	assert_int_equal(hashmap_put(&map, slice_of(""), 1), HASHMAP_NONE);
	assert_int_equal(hashmap_get(&map, slice_of("")), 1);
	/* The later of two that are alike; the earlier one is said. */
	assert_int_equal(hashmap_put(&map, slice_of("a"), 2), 0);
	assert_int_equal(hashmap_get(&map, slice_of("a")), 2);
	assert_int_equal(map.count, 2);
	/* Nothing, where there is one already. */
	assert_int_equal(hashmap_add(&map, slice_of("a"), 0), 2);
	assert_int_equal(hashmap_get(&map, slice_of("a")), 2);
	assert_int_equal(map.count, 2);
	hashmap_release(&map);
	for (size_t i = 0; i < 3; i++)
		free(words[i]);
}

/* Keys of all lengths, of which each is a prefix of another. */
static void
fill(char **words)
{
	for (uint32_t i = 0; i < MANY; i++)
		words[i] = mem_printf("%.*s%u", (int)(i % 40),
		    "ca.crl.MasterCRL.extension.IssuingDistri", i / 40);
}

static void
test_many(size_t about)
{
	char **words = mem_alloc(MANY * sizeof *words);
	struct hashmap map;

	fill(words);
	hashmap_init(&map, about, word_key, words);
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(hashmap_put(&map, slice_of(words[i]), i),
		    HASHMAP_NONE);
	assert_int_equal(map.count, MANY);
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(hashmap_get(&map, slice_of(words[i])), i);
	assert_int_equal(hashmap_get(&map, slice_of("ca.crl")), HASHMAP_NONE);
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(hashmap_put(&map, slice_of(words[i]), i), i);
	assert_int_equal(map.count, MANY);
	hashmap_release(&map);
	for (uint32_t i = 0; i < MANY; i++)
		free(words[i]);
	free(words);
}

static void
test_more_than_expected(void **state)
{
	(void)state;
	test_many(0);
}

static void
test_as_many_as_expected(void **state)
{
	(void)state;
	test_many(MANY);
}

static void
test_first_of_each(void **state)
{
	char **words = mem_alloc(MANY * sizeof *words);
	struct hashmap map;

	(void)state;
	fill(words);
	hashmap_init(&map, 0, word_key, words);
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(hashmap_add(&map, slice_of(words[i]), i), i);
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(hashmap_add(&map, slice_of(words[i]), 0), i);
	assert_int_equal(map.count, MANY);
	hashmap_release(&map);
	for (uint32_t i = 0; i < MANY; i++)
		free(words[i]);
	free(words);
}

/* Bytes are bytes, NUL and all. */
static void
test_bytes(void **state)
{
	const char bytes[] = "a\0b\0\xff\0\0\0\0\0\0\0\0\0\0\0";
	struct hashmap map;
	char *words[] = { mem_printf("x") };

	(void)state;
	hashmap_init(&map, 1, word_key, words);
	hashmap_put(&map, slice_of("x"), 0);
	for (size_t size = 0; size < sizeof bytes; size++)
		assert_int_equal(
		    hashmap_get(&map, (struct slice){ bytes, size }),
		    HASHMAP_NONE);
	hashmap_release(&map);
	free(words[0]);
}

/* The hash that this map once had, step by step: it had no key, and each step
 * can be undone. */
static uint64_t
unkeyed_step(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15U;
	return h ^ h >> 29;
}

/* Keys of two words: the second takes the state that the first led to back to
 * the same one. */
static void
fill_colliding(uint64_t (*pair)[2])
{
	for (uint64_t i = 0; i < MANY; i++) {
		pair[i][0] = i;
		pair[i][1] = unkeyed_step(16 * 0x9e3779b97f4a7c15U, i);
	}
}

struct counting {
	uint64_t (*pair)[2];
	unsigned long *asked;
};

static struct slice
pair_key(const void *arg, uint32_t number)
{
	const struct counting *c = arg;

	++*c->asked;
	return (struct slice){ (const char *)c->pair[number],
		sizeof c->pair[number] };
}

/* A hostile file's keys are compared with each other no more than others. */
static void
test_flood(void **state)
{
	unsigned long asked = 0;
	struct counting c = { mem_alloc(MANY * sizeof *c.pair), &asked };
	struct hashmap map;

	(void)state;
	fill_colliding(c.pair);
	hashmap_init(&map, 0, pair_key, &c);
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(hashmap_put(&map, pair_key(&c, i), i),
		    HASHMAP_NONE);
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(hashmap_get(&map, pair_key(&c, i)), i);
	assert_in_range(asked, 3 * MANY, 4 * MANY);
	hashmap_release(&map);
	free(c.pair);
}

/* Of the bytes 00, 01, 02 ... with the key 00 01 ... 0f, by their number: from
 * the authors' own program (https://github.com/veorq/SipHash). */
static void
test_siphash(void **state)
{
	static const uint64_t want[] = { 0xabac0158050fc4dcU,
		0xc9f49bf37d57ca93U, 0x82cb9b024dc7d44dU, 0x8bf80ab8e7ddf7fbU,
		0xcf75576088d38328U, 0xdef9d52f49533b67U, 0xc50d2b50c59f22a7U,
		0xd3927d989bb11140U, 0x369095118d299a8eU, 0x25a48eb36c063de4U,
		0x79de85ee92ff097fU, 0x70c118c1f94dc352U, 0x78a384b157b4d9a2U,
		0x306f760c1229ffa7U, 0x605aa111c0f95d34U, 0xd320d86d2a519956U,
		0xcc4fdd1a7d908b66U, 0x9cf2689063dbd80cU, 0x8ffc389cb473e63eU,
		0xf21f9de58d297d1cU };
	const uint64_t key[] = { 0x0706050403020100U, 0x0f0e0d0c0b0a0908U };
	char bytes[sizeof want / sizeof *want];

	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		bytes[i] = (char)i;
		assert_int_equal(
		    hashmap_siphash(key, (struct slice){ bytes, i }), want[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few),
		cmocka_unit_test(test_more_than_expected),
		cmocka_unit_test(test_as_many_as_expected),
		cmocka_unit_test(test_first_of_each),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_siphash),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
