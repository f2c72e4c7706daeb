/* SPDX-License-Identifier: MIT */
/* The edges of the range, which the manual's examples do not reach. */
#include "pki/keyid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define Z39 "000000000000000000000000000000000000000"
#define F39 "fffffffffffffffffffffffffffffffffffffff"

static const struct {
	const char *octets, *bigint;
	size_t bytes;
} pair[] = {
	{ "0" Z39, "0", 20 },
	{ "f" F39, "-1", 20 },
	{ "7" F39, "7" F39, 20 },
	{ "8" Z39, "-8" Z39, 20 },
	{ "00", "0", 1 },
	{ "7f", "7f", 1 },
	{ "80", "-80", 1 },
	{ "8000000000000000", "-8000000000000000", 8 },
	{ "ffffffffffffffff00", "-100", 9 },
	{ "00ffffffffffffffff", "ffffffffffffffff", 9 },
};

static void
both_ways(void **state)
{
	char got[KEYID_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
		assert_int_equal(keyid_to_bigint(got, slice_of(pair[i].octets),
				     pair[i].bytes), strlen(pair[i].bigint));
		assert_string_equal(got, pair[i].bigint);
		assert_int_equal(keyid_to_octets(got, slice_of(pair[i].bigint),
				     pair[i].bytes), 2 * pair[i].bytes);
		assert_string_equal(got, pair[i].octets);
	}
}

static void
not_octets(void **state)
{
	static const char *const bad[] = { "", "0" Z39 "0", Z39, "00" Z39,
		"-" Z39, " " Z39, Z39 " ", "g" Z39, "0x" Z39, "0x", "/" Z39,
		":" Z39, "@" Z39, "G" Z39, "`" Z39, "\xff" Z39 };
	char got[KEYID_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(keyid_to_bigint(got, slice_of(bad[i]), 20), 0);
	assert_int_equal(keyid_to_bigint(got, slice_of("abc"), 0), 0);
	assert_int_equal(keyid_to_bigint(got, slice_of(""), 0), 0);
}

static void
not_bigints(void **state)
{
	static const char *const bad[] = { "", "-", "+1", "--1", " 1", "1 ",
		"g", "-0x", "8" Z39, "-9" Z39, "10" Z39 };
	char got[KEYID_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(keyid_to_octets(got, slice_of(bad[i]), 20), 0);
	assert_int_equal(keyid_to_octets(got, slice_of("1"), 0), 0);
	assert_int_equal(
	    keyid_to_octets(got, slice_of("1"), KEYID_MOST_BYTES + 1), 0);
}

static void
widest(void **state)
{
	static char octets[2 * KEYID_MOST_BYTES + 1];
	char bigint[KEYID_SIZE], again[KEYID_SIZE];

	(void)state;
	memset(octets, 'f', sizeof octets - 1);
	octets[0] = '8';
	assert_int_equal(keyid_to_bigint(bigint, slice_of(octets),
			     KEYID_MOST_BYTES), sizeof octets);
	assert_int_equal(keyid_to_octets(again, slice_of(bigint),
			     KEYID_MOST_BYTES), sizeof octets - 1);
	assert_string_equal(again, octets);
}

/* A sign or fewer than 40 digits: a bigint; else octets. */
static void
either_spelling(void **state)
{
	static const struct {
		const char *id, *octets;
	} row[] = {
		{ "-1", "f" F39 },
		{ "1", Z39 "1" },
		{ "8" Z39, "8" Z39 },
		{ "-8" Z39, "8" Z39 },
		{ "7" F39, "7" F39 },
		{ "0x1", Z39 "1" },
		{ "A" Z39, "a" Z39 },
		{ "-", NULL },
		{ "", NULL },
		{ "no ID", NULL },
		{ "10" Z39, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		char *got = keyid_octets(slice_of(row[i].id));

		if (row[i].octets == NULL)
			assert_null(got);
		else
			assert_string_equal(got, row[i].octets);
		free(got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(not_octets),
		cmocka_unit_test(not_bigints),
		cmocka_unit_test(widest),
		cmocka_unit_test(either_spelling),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("keyid", tests, NULL, NULL);
}
