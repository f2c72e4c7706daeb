/* SPDX-License-Identifier: MIT */
/* Definitions of object classes and attribute types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dir/schema.h"

static void
add(struct schema *s, const char *text, bool is_class)
{
	const char *why;

	assert_int_equal(schema_add(s, slice_of(text), is_class, &why), 0);
}

static void
test_names_and_attributes(void **state)
{
	struct schema s = { .count = 0 };
	const struct schema_definition *class;

	(void)state;
	add(&s, "( 1.2.3 NAME ( 'cmsUser' 'user' ) SUP top STRUCTURAL "
	    "MUST usertype MAY ( userState $ HOST ) )", true);
	add(&s, "( 1.2.4 NAME 'cmsuser' SYNTAX 1.2.5{64} )", false);
	schema_settle(&s);
	class = schema_find(&s, "CMSuser", true);
	assert_non_null(class);
	assert_string_equal(class->name, "cmsuser");
	assert_string_equal(class->attributes, " host userstate usertype");
	class = schema_find(&s, "user", true);
	assert_non_null(class);
	assert_string_equal(class->attributes, " host userstate usertype");
	class = schema_find(&s, "cmsuser", false);
	assert_non_null(class);
	assert_string_equal(class->attributes, "");
	assert_null(schema_find(&s, "user", false));
	assert_null(schema_find(&s, "other", true));
	schema_release(&s);
}

/* The origin is the extension's, not whatever looks like one. */
static void
test_custom(void **state)
{
	static const struct {
		const char *text;
		bool custom;
	} row[] = {
		{ "( 1.1 NAME 'a' )", true },
		{ "( 1.2 NAME 'b' X-ORIGIN 'RFC 4519' )", false },
		{ "( 1.3 NAME 'c' X-ORIGIN ( 'RFC 4519' 'user defined' ) )",
		    true },
		{ "( 1.4 NAME 'd' DESC 'no X-ORIGIN' )", true },
		{ "( 1.5 NAME 'e' DESC 'user defined' X-ORIGIN 'x' )", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct schema s = { .count = 0 };

		add(&s, row[i].text, true);
		assert_int_equal(s.count, 1);
		assert_int_equal(s.item[0].is_custom, row[i].custom);
		schema_release(&s);
	}
}

static void
test_no_definition(void **state)
{
	static const char *const text[] = { "", "cmsuser", "( 1.2.3 NAME 'a",
		"( 1.2.3 NAME 'a' MUST ( b $ )" };
	struct schema s = { .count = 0 };
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
		why = NULL;
		assert_int_equal(
		    schema_add(&s, slice_of(text[i]), true, &why), -1);
		assert_non_null(why);
		assert_true(*why != '\0');
	}
	assert_int_equal(s.count, 0);
	schema_settle(&s);
	assert_null(schema_find(&s, "a", true));
	schema_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_and_attributes),
		cmocka_unit_test(test_custom),
		cmocka_unit_test(test_no_definition),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
