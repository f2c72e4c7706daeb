/* SPDX-License-Identifier: MIT */
/* What is UTF-8 and what is not (RFC 3629), and Python's blanks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "util/utf8.h"

static const struct {
	const char *text;
	uint32_t c;
	size_t taken;
} characters[] = {
	{ "a", 'a', 1 },
	{ "\x7f", 0x7f, 1 },
	{ "\xc2\x80", 0x80, 2 },
	{ "\xdf\xbf", 0x7ff, 2 },
	{ "\xe0\xa0\x80", 0x800, 3 },
	{ "\xed\x9f\xbf", 0xd7ff, 3 },
	{ "\xee\x80\x80", 0xe000, 3 },
	{ "\xef\xbf\xbf", 0xffff, 3 },
	{ "\xf0\x90\x80\x80", 0x10000, 4 },
	{ "\xf4\x8f\xbf\xbf", 0x10ffff, 4 },
	{ "\x80", UTF8_BAD, 1 },
	{ "\xbf", UTF8_BAD, 1 },
	{ "\xc0\x80", UTF8_BAD, 1 },	     /* overlong */
	{ "\xc1\xbf", UTF8_BAD, 1 },
	{ "\xe0\x9f\xbf", UTF8_BAD, 1 },
	{ "\xf0\x8f\xbf\xbf", UTF8_BAD, 1 },
	{ "\xed\xa0\x80", UTF8_BAD, 1 },     /* a surrogate */
	{ "\xed\xbf\xbf", UTF8_BAD, 1 },
	{ "\xf4\x90\x80\x80", UTF8_BAD, 1 }, /* above U+10FFFF */
	{ "\xf5\x80\x80\x80", UTF8_BAD, 1 },
	{ "\xf8\x88\x80\x80\x80", UTF8_BAD, 1 },
	{ "\xff", UTF8_BAD, 1 },
	{ "\xc3", UTF8_BAD, 1 },	     /* cut off */
	{ "\xe2\x80", UTF8_BAD, 1 },
	{ "\xf0\x9f\x98", UTF8_BAD, 1 },
	{ "\xc3" "a", UTF8_BAD, 1 },
	{ "\xe2\x80" "a", UTF8_BAD, 1 },
	{ "\xe2\x28\xa1", UTF8_BAD, 1 },
};

static void
test_characters(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof characters / sizeof *characters; i++) {
		struct slice text = slice_of(characters[i].text), rest = text;

		assert_int_equal(utf8_next(&rest), characters[i].c);
		assert_int_equal(text.size - rest.size, characters[i].taken);
		assert_ptr_equal(rest.at, text.at + characters[i].taken);
	}
}

/* Nothing behind the end is looked at, whatever is there. */
static void
test_ends_where_it_is_told(void **state)
{
	for (size_t i = 0; i < sizeof characters / sizeof *characters; i++)
		for (size_t size = 1; size < characters[i].taken; size++) {
			struct slice text = { characters[i].text, size };

			assert_int_equal(utf8_next(&text), UTF8_BAD);
			assert_int_equal(text.size, size - 1);
		}
	(void)state;
}

static size_t
encode(char *at, uint32_t c)
{
	const size_t more = (c >= 0x80) + (c >= 0x800) + (c >= 0x10000);
	static const unsigned lead[] = { 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = more; i != 0; i--, c >>= 6)
		at[i] = (char)(0x80 | (c & 0x3f));
	at[0] = (char)(lead[more] | c);
	return more + 1;
}

static void
test_all_there_are(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (uint32_t c = 0; c < 0x110000; c++) {
		char bytes[4];
		struct slice text = { bytes, encode(bytes, c) };
		bool is_surrogate = c >= 0xd800 && c < 0xe000;

		wrong += utf8_next(&text) != (is_surrogate ? UTF8_BAD : c);
		wrong += !is_surrogate && text.size != 0;
	}
	assert_int_equal(wrong, 0);
}

/* str.isspace() of Python 3, all of it. */
static void
test_spaces(void **state)
{
	static const uint32_t spaces[] = { 0x9, 0xa, 0xb, 0xc, 0xd, 0x1c, 0x1d,
		0x1e, 0x1f, 0x20, 0x85, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002,
		0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a,
		0x2028, 0x2029, 0x202f, 0x205f, 0x3000 };
	size_t i = 0, wrong = 0;

	(void)state;
	for (uint32_t c = 0; c < 0x110000; c++) {
		bool is = i < sizeof spaces / sizeof *spaces && spaces[i] == c;

		i += is;
		wrong += utf8_is_space(c) != is;
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(i, sizeof spaces / sizeof *spaces);
	assert_false(utf8_is_space(UTF8_BAD));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_ends_where_it_is_told),
		cmocka_unit_test(test_all_there_are),
		cmocka_unit_test(test_spaces),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
