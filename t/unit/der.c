/* SPDX-License-Identifier: MIT */
/* BER, strict DER, and times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "asn1/der.h"
#include "util/mem.h"

static bool
next(const char *text, size_t size, size_t content)
{
	struct slice in = { text, size };
	struct der element;

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
	assert_true(ber_take_octets(&in, DER_OCTET_STRING, &room, &octets));
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

static bool
strict(const char *text, size_t size)
{
	struct slice in = { text, size };
	struct der element;

	return der_next(&in, &element);
}

static void
strict_lengths(void **state)
{
	char large[3 + 0x80] = "\x04\x81\x80";

	(void)state;
	assert_true(strict("\x04\x00", 2));
	assert_true(strict("\x04\x01x", 3));
	assert_true(strict(large, sizeof large));
	assert_false(strict("", 0));
	assert_false(strict("\x04", 1));
	assert_false(strict("\x04\x01", 2));
	assert_false(strict("\x04\x81\x01x", 4));	/* one octet does */
	assert_false(strict("\x04\x82\x00\x80xx", 6));	/* a zero in front */
	assert_false(strict("\x24\x80\x00\x00", 4));	/* indefinite */
	assert_false(strict("\x1f\x81\x01\x00", 4));	/* a tag above 30 */
	assert_false(strict("\x04\x84\xff\xff\xff\xffx", 7));
	assert_false(strict("\x04\x85\x01\x00\x00\x00\x00x", 8));
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths),
		cmocka_unit_test(deep),
		cmocka_unit_test(pieces),
		cmocka_unit_test(counts),
		cmocka_unit_test(strict_lengths),
		cmocka_unit_test(integers),
		cmocka_unit_test(times),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("der", tests, NULL, NULL);
}
