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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few),
		cmocka_unit_test(test_more_than_expected),
		cmocka_unit_test(test_as_many_as_expected),
		cmocka_unit_test(test_bytes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
