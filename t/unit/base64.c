/* SPDX-License-Identifier: MIT */
/* Base64 (RFC 4648): what is, and what only looks like it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "util/base64.h"

static const struct {
	const char *text, *bytes;
} good[] = {
	{ "", "" },
	{ "Zg==", "f" },
	{ "Zm8=", "fo" },
	{ "Zm9v", "foo" },
	{ "Zm9vYg==", "foob" },
	{ "Zm9vYmE=", "fooba" },
	{ "Zm9vYmFy", "foobar" },
	{ " Zm9v\r\n\tYg = =\n", "foob" },
	{ " \n", "" },
	{ "+/++", "\xfb\xff\xbe" },
};

static void
test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct buf out = { 0 };

		assert_int_equal(base64_decode(&out, slice_of(good[i].text)),
		    0);
		assert_true(slice_equal(buf_slice(&out),
		    slice_of(good[i].bytes)));
		buf_release(&out);
	}
}

static void
test_encode(void **state)
{
	char bytes[64];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 37 + 200);
	for (size_t size = 0; size <= sizeof bytes; size++) {
		struct slice in = { bytes, size };
		struct buf text = { 0 };

		base64_encode(&text, in);
		assert_int_equal(text.size, (size + 2) / 3 * 4);
		/* Where it is. */
		buf_reserve(&text, 3);
		assert_int_equal(base64_decode_to(text.at, buf_slice(&text)),
		    size);
		assert_memory_equal(text.at, bytes, size);
		buf_release(&text);
	}
}

static void
test_bad(void **state)
{
	static const char *const bad[] = { "Z", "Zg", "Zg=", "Zm8", "Zm9vY",
		"Zg===", "Zm8==", "Zm9v=", "Zm9v==", "Zm9v====", "=",
		"==", "====", "Z===",
		"Zh==", "Zm9=",		/* bits left over */
		"Zg==Zg==", "Z=g=", "=Zm9",	/* padding within */
		"Zm9*", "Zm9\v", "Zm-_", "Zm9\x80",
		"-----BEGIN CERTIFICATE-----" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf out = { 0 };

		assert_int_equal(base64_decode(&out, slice_of(bad[i])), -1);
		buf_release(&out);
	}
}

static void
test_nul_is_no_blank(void **state)
{
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(base64_decode(&out, (struct slice){ "Zm\0v", 4 }),
	    -1);
	buf_release(&out);
}

static void
test_appends(void **state)
{
	struct buf out = { 0 };

	(void)state;
	buf_puts(&out, "a ");
	assert_int_equal(base64_decode(&out, slice_of("Zm9v")), 0);
	assert_true(slice_equal(buf_slice(&out), slice_of("a foo")));
	buf_release(&out);
}

/* Each value of each digit: all pairs of bytes are spelled one way only. */
static void
test_all_digits(void **state)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t wrong = 0;

	(void)state;
	for (unsigned two = 0; two < 0x10000; two++) {
		char text[] = { digits[two >> 10], digits[two >> 4 & 63],
			digits[two << 2 & 63], '=', '\0' };
		struct buf out = { 0 };

		wrong += base64_decode(&out, slice_of(text)) != 0 ||
		    out.size != 2 ||
		    (unsigned char)out.at[0] != two >> 8 ||
		    (unsigned char)out.at[1] != (two & 0xff);
		buf_release(&out);
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_encode),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_nul_is_no_blank),
		cmocka_unit_test(test_appends),
		cmocka_unit_test(test_all_digits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
