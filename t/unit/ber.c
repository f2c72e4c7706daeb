/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "asn1/ber.h"
#include "util/mem.h"

static bool
next(const char *text, size_t size, size_t content)
{
	struct slice in = { text, size };
	struct ber element;

	return ber_next(&in, &element) && element.content.size == content;
}

static void
lengths(void **state)
{
	(void)state;
	assert_true(next("\x04\x00", 2, 0));
	assert_true(next("\x04\x81\x01x", 4, 1));
	assert_true(next("\x04\x84\x00\x00\x00\x01x", 7, 1));
	assert_true(next("\x24\x80\x04\x01x\x00\x00", 7, 3));
	assert_true(next("\x1f\x81\x01\x01x", 5, 1));
	assert_false(next("", 0, 0));
	assert_false(next("\x04", 1, 0));
	assert_false(next("\x1f\x81", 2, 0));
	assert_false(next("\x04\x01", 2, 1));
	assert_false(next("\x04\x81", 2, 0));
	assert_false(next("\x04\x80\x00\x00", 4, 0)); /* primitive */
	assert_false(next("\x24\x80\x04\x01x\x00", 6, 3));
	assert_false(next("\x04\x88\xff\xff\xff\xff\xff\xff\xff\xffx", 11, 1));
	assert_false(next("\x04\x89\x00\x00\x00\x00\x00\x00\x00\x00\x01x", 12,
	    1));
}

/* Indefinite lengths one in another: as deep as the stack is not. */
static void
deep(void **state)
{
	size_t size = (size_t)4 << 20;
	char *text = mem_alloc(size);

	(void)state;
	for (size_t i = 0; i < size; i += 2)
		memcpy(text + i, "\x30\x80", 2);
	assert_false(next(text, size, 0));
	free(text);
}

static void
pieces(void **state)
{
	static const char text[] =
	    "\x24\x80\x04\x02" "ab" "\x04\x00" "\x04\x01" "c" "\x00\x00";
	struct slice in = { text, sizeof text - 1 }, octets;
	struct secret room = { 0 };

	(void)state;
	assert_true(ber_take_octets(&in, BER_OCTETS, &room, &octets));
	assert_int_equal(in.size, 0);
	assert_true(slice_equal(octets, slice_of("abc")));
	secret_release(&room);
}

static void
counts(void **state)
{
	static const struct {
		const char *der;
		size_t size;
		unsigned long want;
	} c[] = {
		{ "\x02\x01\x01", 3, 1 },
		{ "\x02\x03\x01\x86\xa0", 5, 100000 },
		{ "\x02\x02\x00\x80", 4, 128 },
		{ "\x02\x09\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 11,
		    UINT64_MAX },
		{ "\x02\x01\x00", 3, 0 },
		{ "\x02\x01\x80", 3, 0 },
		{ "\x02\x00", 2, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct slice in = { c[i].der, c[i].size };
		unsigned long count = 0;

		assert_int_equal(ber_take_count(&in, &count), c[i].want != 0);
		assert_int_equal(count, c[i].want);
		assert_int_equal(in.size, c[i].want != 0 ? 0 : c[i].size);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths),
		cmocka_unit_test(deep),
		cmocka_unit_test(pieces),
		cmocka_unit_test(counts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ber", tests, NULL, NULL);
}
