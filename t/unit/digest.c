/* SPDX-License-Identifier: MIT */
/* Digests, sorted and merged; spools; digests as text. */
#include "dir/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "util/mem.h"

#define MANY 5000

/* The first half of SHA-256 of "abc" (FIPS 180-2, B.1). */
static const unsigned char abc[DIGEST_SIZE] = { 0xba, 0x78, 0x16, 0xbf, 0x8f,
	0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23 };

static void
test_known(void **state)
{
	struct digest_hasher *hasher = digest_hasher();
	unsigned char digest[DIGEST_SIZE];

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(digest_of(hasher, slice_of("abc"), digest),
		    0);
		assert_memory_equal(digest, abc, DIGEST_SIZE);
	}
	digest_hasher_free(hasher);
}

/* Digests of the numbers below count. */
static void
fill(struct digests *d, size_t from, size_t count)
{
	struct digest_hasher *hasher = digest_hasher();
	struct digest digest;

	for (size_t i = from; i < count; i++) {
		struct slice bytes = { (const char *)&i, sizeof i };

		assert_int_equal(digest_of(hasher, bytes, digest.name), 0);
		memcpy(digest.content, digest.name, DIGEST_SIZE);
		digests_add(d, &digest);
	}
	digest_hasher_free(hasher);
}

static void
check_sorted(const struct digests *d)
{
	for (size_t i = 1; i < d->count; i++)
		assert_true(memcmp(d->at[i - 1].name, d->at[i].name,
		    DIGEST_SIZE) <= 0);
}

static void
test_sort(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 23, 24, 25, 300, MANY };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct digests d = { 0 };

		fill(&d, 0, sizes[i]);
		digests_sort(&d);
		assert_int_equal(d.count, sizes[i]);
		check_sorted(&d);
		assert_null(digests_twice(&d));
		if (d.count != 0)
			assert_ptr_equal(digests_find(&d,
			    d.at[d.count / 2].name), &d.at[d.count / 2]);
		assert_null(digests_find(&d, abc));
		digests_release(&d);
	}
}

/* What no digest does: all begin alike, or are the same. */
static void
test_sort_alike(void **state)
{
	struct digests d = { 0 };

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		struct digest digest = { 0 };

		digest.name[DIGEST_SIZE - 1] = (unsigned char)(i * 7);
		digest.name[DIGEST_SIZE - 2] = (unsigned char)(i % 4);
		digests_add(&d, &digest);
	}
	digests_sort(&d);
	check_sorted(&d);
	assert_non_null(digests_twice(&d));
	memset(d.at, 0, d.count * sizeof *d.at);
	digests_sort(&d);
	assert_ptr_equal(digests_twice(&d), &d.at[1]);
	digests_release(&d);
}

struct seen {
	size_t first, second, both;
};

static void
see(void *arg, const struct digest *a, const struct digest *b)
{
	struct seen *seen = arg;

	seen->first += b == NULL;
	seen->second += a == NULL;
	seen->both += a != NULL && b != NULL;
}

static void
test_merge(void **state)
{
	struct digests a = { 0 }, b = { 0 };
	struct seen seen = { 0 };

	(void)state;
	fill(&a, 0, 1000);
	fill(&b, 10, 1030);
	digests_sort(&a);
	digests_sort(&b);
	for (size_t i = 0; seen.both == 0; i++)
		if (digests_find(&b, a.at[i].name) != NULL) {
			a.at[i].content[3]++;
			seen.both++;
		}
	seen.both = 0;
	digests_merge(&a, &b, see, &seen);
	assert_int_equal(seen.first, 10);
	assert_int_equal(seen.second, 30);
	assert_int_equal(seen.both, 1);
	seen = (struct seen){ 0 };
	digests_merge(&a, &a, see, &seen);
	assert_int_equal(seen.first + seen.second + seen.both, 0);
	digests_release(&b);
	digests_merge(&b, &a, see, &seen);
	assert_int_equal(seen.second, 1000);
	digests_release(&a);
}

static void
check_next(struct spool *spool, struct buf *text, const char *want)
{
	assert_int_equal(spool_next(spool, text), 1);
	assert_true(slice_equal(buf_slice(text), slice_of(want)));
}

static void
test_spool(void **state)
{
	struct spool spool = { 0 };
	struct buf text = { 0 };
	uint64_t first, empty, last;

	(void)state;
	assert_int_equal(spool_begin(&spool), 0);
	assert_int_equal(spool_next(&spool, &text), 0);
	assert_int_equal(spool_put(&spool, slice_of("one"), &first), 0);
	assert_int_equal(spool_put(&spool, slice_of(""), &empty), 0);
	assert_int_equal(spool_get(&spool, first, &text), 0);
	/* Reading moves no end of writing. */
	assert_int_equal(spool_put(&spool, slice_of("three"), &last), 0);
	assert_int_equal(spool_get(&spool, last, &text), 0);
	assert_true(slice_equal(buf_slice(&text), slice_of("three")));
	assert_int_equal(spool_get(&spool, empty, &text), 0);
	assert_int_equal(text.size, 0);
	check_next(&spool, &text, "three");
	spool_rewind(&spool);
	check_next(&spool, &text, "one");
	check_next(&spool, &text, "");
	check_next(&spool, &text, "three");
	assert_int_equal(spool_next(&spool, &text), 0);
	buf_release(&text);
	spool_release(&spool);
}

#define HEX "0123456789abcdef0123456789abcdef"

/* How many digests, or -1. */
static int
read_text(const char *text)
{
	FILE *in = fmemopen((void *)text, strlen(text), "r");
	struct digestfile file;
	int more, count = 0;

	digestfile_begin(&file, in, "f");
	while ((more = digestfile_next(&file)) > 0)
		count++;
	digestfile_release(&file);
	fclose(in);
	return more < 0 ? -1 : count;
}

static void
test_text(void **state)
{
	static const char line[] = HEX "\t" HEX "\tcn=1,o=x\n";
	static const struct {
		const char *text;
		int want;
	} table[] = {
		{ "~\t0\tentries\n", 0 },
		{ HEX "\t" HEX "\tcn=1\n~\t1\tentries\n", 1 },
		{ HEX "\t" HEX "\t\n~\t1\tentries\n", 1 },
		{ HEX "\t" HEX "\ta\n" HEX "\t" HEX "\tb\n~\t1\tentries\n"
		  "~\t1\tentries\n", 2 },
		{ HEX "\t" HEX "\tcn=1\n", -1 },
		{ HEX "\t" HEX "\tcn=1\n~\t2\tentries\n", -1 },
		{ HEX "\t" HEX "\tcn=1\n~\t1\tentries", -1 },
		{ HEX "\t" HEX "\tcn=1\n~\t-1\tentries\n", -1 },
		{ HEX "\t" HEX "\tcn=1\n~\t\tentries\n", -1 },
		{ HEX "\t" HEX "\n~\t1\tentries\n", -1 },
		{ HEX "\tX" HEX "\tcn=1\n~\t1\tentries\n", -1 },
		{ "~\t1\tentries\n" HEX "\t" HEX "\tcn=1\n", -1 },
		{ "\n", -1 },
		{ "dn: cn=1\n", -1 },
	};

	(void)state;
	assert_int_equal(read_text(line), -1);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_int_equal(read_text(table[i].text), table[i].want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_sort_alike),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_spool),
		cmocka_unit_test(test_text),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
