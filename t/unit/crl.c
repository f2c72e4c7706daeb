/* SPDX-License-Identifier: MIT */
/* Serial numbers as text, and reasons. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "x509/crl.h"

static void
serials(void **state)
{
	static const struct {
		const char *text, *want;
		struct slice octets;
	} rows[] = {
		{ "0", "0x0", { "\x00", 1 } },
		{ "-0", "0x0", { "\x00", 1 } },
		{ "127", "0x7f", { "\x7f", 1 } },
		{ "128", "0x80", { "\x00\x80", 2 } },
		{ "0x0100", "0x100", { "\x01\x00", 2 } },
		{ "ff:00:01", "0xff0001", { "\x00\xff\x00\x01", 4 } },
		{ "-1", "-0x1", { "\xff", 1 } },
		{ "-0x80", "-0x80", { "\x80", 1 } },
		{ "-129", "-0x81", { "\xff\x7f", 2 } },
		{ "-256", "-0x100", { "\xff\x00", 2 } },
	};
	unsigned char octets[SERIAL_MOST];
	char text[SERIAL_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(serial_parse(octets, rows[i].text),
		    rows[i].octets.size);
		assert_memory_equal(octets, rows[i].octets.at,
		    rows[i].octets.size);
		assert_int_equal(serial_text(text, rows[i].octets),
		    strlen(rows[i].want));
		assert_string_equal(text, rows[i].want);
	}
	for (const char *const *bad = (const char *const[]){ "", "-", "--1",
	    "0x", "x", "1 ", "0x1g", "1:2", "01:", ":01", "01:2", NULL };
	    *bad != NULL; bad++)
		assert_int_equal(serial_parse(octets, *bad), 0);
}

static void
numbers(void **state)
{
	static const struct slice small = { "\x09", 1 },
		large = { "\x01\x00", 2 }, padded = { "\x00\x80", 2 },
		none = { "", 0 };
	char *text = serial_decimal(large);

	(void)state;
	assert_string_equal(text, "256");
	free(text);
	assert_true(serial_compare(small, large) < 0);
	assert_true(serial_compare(large, padded) > 0);
	assert_int_equal(serial_compare(large, large), 0);
	assert_int_equal(serial_compare(none, none), 0);
	assert_true(serial_compare(none, small) < 0);
}

static void
reasons(void **state)
{
	(void)state;
	assert_string_equal(crl_reason_name(1), "keyCompromise");
	assert_string_equal(crl_reason_name(CRL_HOLD), "certificateHold");
	assert_string_equal(crl_reason_name(CRL_REMOVE), "removeFromCRL");
	assert_null(crl_reason_name(7));
	assert_null(crl_reason_name(11));
	assert_null(crl_reason_name(CRL_NO_REASON));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(serials),
		cmocka_unit_test(numbers),
		cmocka_unit_test(reasons),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
