/* SPDX-License-Identifier: MIT */
/* Strict DER, times, and serial numbers as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "asn1/der.h"
#include "x509/crl.h"

static bool
next(const char *text, size_t size)
{
	struct slice in = { text, size };
	struct ber element;

	return der_next(&in, &element);
}

static void
lengths(void **state)
{
	char large[3 + 0x80] = "\x04\x81\x80";

	(void)state;
	assert_true(next("\x04\x00", 2));
	assert_true(next("\x04\x01x", 3));
	assert_true(next(large, sizeof large));
	assert_false(next("", 0));
	assert_false(next("\x04", 1));
	assert_false(next("\x04\x01", 2));
	assert_false(next("\x04\x81\x01x", 4));		/* one octet does */
	assert_false(next("\x04\x82\x00\x80xx", 6));	/* a zero in front */
	assert_false(next("\x24\x80\x00\x00", 4));	/* indefinite */
	assert_false(next("\x1f\x81\x01\x00", 4));	/* a tag above 30 */
	assert_false(next("\x04\x84\xff\xff\xff\xffx", 7));
	assert_false(next("\x04\x85\x01\x00\x00\x00\x00x", 8));
}

static void
integers(void **state)
{
	static const struct {
		struct slice octets;
		bool good;
	} rows[] = {
		{ { "", 0 }, false },
		{ { "\x00", 1 }, true },
		{ { "\x00\x7f", 2 }, false },
		{ { "\x00\x80", 2 }, true },
		{ { "\xff\x80", 2 }, false },
		{ { "\xff\x7f", 2 }, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(der_is_integer(rows[i].octets),
		    rows[i].good);
}

static int64_t
time_of(unsigned char id, const char *text)
{
	int64_t seconds;

	return der_time(id, slice_of(text), &seconds) ? seconds : -1;
}

static void
times(void **state)
{
	(void)state;
	assert_int_equal(time_of(0x17, "700101000000Z"), 0);
	assert_int_equal(time_of(0x17, "261121050001Z"), 1795237201);
	assert_int_equal(time_of(0x17, "491231235959Z"), 2524607999);
	assert_int_equal(time_of(0x17, "500101000000Z"), -631152000);
	assert_int_equal(time_of(0x18, "20000229120000Z"), 951825600);
	assert_int_equal(time_of(0x18, "99991231235959Z"), 253402300799);
	assert_int_equal(time_of(0x18, "00010101000000Z"), -62135596800);
	for (const char *const *bad = (const char *const[]){ "2611210500Z",
	    "261121050001", "261121050001+0000", "261321050001Z",
	    "260021050001Z", "260230050001Z", "260200050001Z",
	    "261121240001Z", "261121056001Z", "261121050060Z",
	    "26112105000aZ", "", NULL }; *bad != NULL; bad++)
		assert_int_equal(time_of(0x17, *bad), -1);
	assert_int_equal(time_of(0x18, "21000229000000Z"), -1);
	assert_int_equal(time_of(0x18, "20000229120000.5Z"), -1);
	assert_int_equal(time_of(0x04, "700101000000Z"), -1);
}

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
		cmocka_unit_test(lengths),
		cmocka_unit_test(integers),
		cmocka_unit_test(times),
		cmocka_unit_test(serials),
		cmocka_unit_test(numbers),
		cmocka_unit_test(reasons),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
