/* SPDX-License-Identifier: MIT */
/* Change numbers and update vectors. */
#include "dir/csn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void
test_csn(void **state)
{
	static const char *const bad[] = { "", "6b010aab00000060000",
		"6b010aab0000006000000", "6b010aab00000060000g",
		" b010aab000000600000", "-b010aab000000600000" };
	struct csn csn;
	char text[CSN_TEXT_SIZE];

	(void)state;
	assert_int_equal(csn_parse(&csn, slice_of("6B010aab000300601234")),
	    0);
	assert_int_equal(csn.seconds, 0x6b010aab);
	assert_int_equal(csn.sequence, 3);
	assert_int_equal(csn.replica, 96);
	assert_int_equal(csn.part, 0x1234);
	csn_print(&csn, text);
	assert_string_equal(text, "6b010aab000300601234");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(csn_parse(&csn, slice_of(bad[i])), -1);
}

static void
test_order(void **state)
{
	static const char *const rising[] = { "00000000000000000000",
		"00000000000000000001", "00000000000000010000",
		"00000000000100000000", "0000000100000000ffff",
		"7fffffffffffffffffff", "80000000000000000000",
		"ffffffffffffffffffff" };

	(void)state;
	for (int i = 0; i < 8; i++)
		for (int k = 0; k < 8; k++) {
			struct csn a, b;
			int got;

			assert_int_equal(csn_parse(&a, slice_of(rising[i])),
			    0);
			assert_int_equal(csn_parse(&b, slice_of(rising[k])),
			    0);
			got = csn_compare(&a, &b);
			assert_int_equal((got > 0) - (got < 0),
			    (i > k) - (i < k));
		}
}

#define CSN_A "6b010443000100610000"
#define CSN_B "6b010ac5000000610000"

static void
test_ruv(void **state)
{
	struct ruv_element got;

	(void)state;
	assert_int_equal(ruv_parse(&got,
	    slice_of("{replica 97 ldap://ds2:389} " CSN_A " " CSN_B)), 0);
	assert_false(got.is_generation);
	assert_int_equal(got.replica, 97);
	assert_true(slice_equal(got.url, slice_of("ldap://ds2:389")));
	assert_true(got.has_csn);
	assert_int_equal(got.min.seconds, 0x6b010443);
	assert_int_equal(got.max.seconds, 0x6b010ac5);
	assert_int_equal(ruv_parse(&got, slice_of("{replica 65535}")), 0);
	assert_null(got.url.at);
	assert_false(got.has_csn);
	assert_int_equal(ruv_parse(&got, slice_of("{replica 1 ldap://h:1}")),
	    0);
	assert_false(got.has_csn);
	assert_int_equal(ruv_parse(&got,
	    slice_of("{replicageneration} " CSN_A)), 0);
	assert_true(got.is_generation);
	assert_int_equal(got.max.seconds, 0x6b010443);
}

static void
test_bad_ruv(void **state)
{
	static const char *const bad[] = { "", "{", "{}", "}", "{replica}",
		"{replica 1", "replica 1}", "{replica 65536}", "{replica -1}",
		"{replica 1 u v}", "{replica 1 u} " CSN_A,
		"{replica 1 u} " CSN_A " " CSN_B " x", "{replica 1 u} x y",
		"{replicageneration}", "{replicageneration} x",
		"{replicageneration x} " CSN_A,
		"{replicageneration} " CSN_A " " CSN_B, "{other 1} " CSN_A };
	struct ruv_element got;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(ruv_parse(&got, slice_of(bad[i])), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csn),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_ruv),
		cmocka_unit_test(test_bad_ruv),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
