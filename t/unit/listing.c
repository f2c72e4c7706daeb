/* SPDX-License-Identifier: MIT */
/* What of a line is the ID, the token and the name. */
#include "key/listing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define ID "a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3"

static void
is(struct slice got, const char *want)
{
	assert_int_equal(got.size, strlen(want));
	assert_memory_equal(got.at, want, got.size);
}

static void
token_and_name(void **state)
{
	struct listing listing = { { NULL, 0 } };
	struct listing_key key;
	struct slice line = slice_of("< 0> rsa      " ID "   A:b:c");

	(void)state;
	assert_int_equal(listing_read(&listing, line, &key), LISTING_KEY);
	is(key.id, ID);
	is(key.name, "A:b:c");
	assert_null(key.token.at);

	assert_int_equal(listing_read(&listing,
	    slice_of("certutil: Checking token \"A:b\" in slot \"s\""), &key),
	    LISTING_NOTHING);
	assert_int_equal(listing_read(&listing, line, &key), LISTING_KEY);
	is(key.nickname, "A:b:c");
	is(key.token, "A:b");
	is(key.name, "c");
	assert_true(key.may_be_cut);
}

/* The ID's column may be full, and a blank still follows. */
static void
quoted(void **state)
{
	struct listing listing = { { NULL, 0 } };
	struct listing_key key;

	(void)state;
	assert_int_equal(listing_read(&listing,
	    slice_of("< 0> ec       \"a \"b\"                  "
		     "                   \"nick\""), &key), LISTING_KEY);
	assert_true(key.quoted);
	is(key.id, "a \"b");
	is(key.name, "\"nick\"");
}

static void
fields(void **state)
{
	struct listing listing = { { NULL, 0 } };
	struct listing_key key;

	(void)state;
	assert_int_equal(listing_read(&listing,
	    slice_of("-1\tnick name\tcurrent\r"), &key), LISTING_ID);
	is(key.id, "-1");
	is(key.nickname, "nick name");
	assert_true(key.current);
	assert_int_equal(listing_read(&listing, slice_of("\tx"), &key),
	    LISTING_BAD);
	assert_int_equal(listing_read(&listing, slice_of("  "), &key),
	    LISTING_NOTHING);
	assert_int_equal(listing_read(&listing,
	    slice_of("< 0> rsa      (no CKA_ID)   (orphan)"), &key),
	    LISTING_NO_ID);
	assert_true(key.orphan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(token_and_name),
		cmocka_unit_test(quoted),
		cmocka_unit_test(fields),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("listing", tests, NULL, NULL);
}
