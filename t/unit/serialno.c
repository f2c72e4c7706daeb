/* SPDX-License-Identifier: MIT */
/* Numbers as the directory has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dir/serialno.h"

#define TEN "1234567890"
#define NINETY TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void
test_pairs(void **state)
{
	static const char *const pairs[][2] = {
		{ "010", "0" },
		{ "011", "1" },
		{ "0210", "10" },
		{ "09268369921", "268369921" },
		{ "39340282366920938463463374607431768211455",
		    "340282366920938463463374607431768211455" },
		{ "99" NINETY "123456789", NINETY "123456789" },
	};
	char text[SERIALNO_SIZE];
	mpz_t got, want;

	(void)state;
	mpz_inits(got, want, NULL);
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		mpz_set_str(want, pairs[i][1], 10);
		assert_int_equal(serialno_parse(got, slice_of(pairs[i][0])), 0);
		assert_int_equal(mpz_cmp(got, want), 0);
		assert_int_equal(serialno_print(text, want), 0);
		assert_string_equal(text, pairs[i][0]);
	}
	mpz_clears(got, want, NULL);
}

static void
test_others(void **state)
{
	static const char *const bad[] = { "", "0", "00", "01", "1", "10",
		"0110", "0201", "02 1", "021", "0a1", "01a", "01-1", "-11",
		"+11", " 11", "011 ", "02-1", "0x1", "1x0000000000" };
	mpz_t number;

	(void)state;
	mpz_init_set_ui(number, 5);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(serialno_parse(number, slice_of(bad[i])), -1);
		assert_int_equal(mpz_cmp_ui(number, 5), 0);
	}
	mpz_clear(number);
}

static void
test_too_large(void **state)
{
	char text[SERIALNO_SIZE];
	mpz_t number;

	(void)state;
	mpz_init_set_si(number, -1);
	assert_int_equal(serialno_print(text, number), -1);
	mpz_ui_pow_ui(number, 10, 99);
	assert_int_equal(serialno_print(text, number), -1);
	mpz_sub_ui(number, number, 1);
	assert_int_equal(serialno_print(text, number), 0);
	mpz_ui_pow_ui(number, 10, 100);
	assert_int_equal(serialno_print(text, number), -1);
	mpz_ui_pow_ui(number, 10, 100000);
	assert_int_equal(serialno_print(text, number), -1);
	mpz_clear(number);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_too_large),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
