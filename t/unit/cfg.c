/* SPDX-License-Identifier: MIT */
/* The server's grammar, line by line, at its edges [dogtag 1.2]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cfg/cfg.h"
#include "util/mem.h"

static struct cfg *
parse(const char *text)
{
	return cfg_parse("unit", mem_dup(text, strlen(text)), strlen(text));
}

static void
assert_slice(struct slice got, const char *want)
{
	char *text = mem_dup(got.at, got.size);

	assert_string_equal(text, want);
	assert_int_equal(got.size, strlen(want));
	free(text);
}

/* Of one logical line. */
static const struct {
	const char *text, *key, *value;
} assignments[] = {
	{ "a=b", "a", "b" },
	{ "a=b\n", "a", "b" },
	{ "a=b\r", "a", "b" },
	{ "a=b\r\n", "a", "b" },
	{ "a:b=c", "a", "b=c" },
	{ "a b=c", "a", "b=c" },
	{ "a==b", "a", "=b" },
	{ "a= =b", "a", "=b" },
	{ "a : = b", "a", "= b" },
	{ "a\tb", "a", "b" },
	{ "a\fb", "a", "b" },
	{ "a\vb", "a\vb", "" },
	{ "a", "a", "" },
	{ "a=", "a", "" },
	{ "=b", "", "b" },
	{ ":", "", "" },
	{ " ", "", "" },
	{ " \t\f", "", "" },
	{ "  a = b  ", "a", "b  " },
	{ "  # c", "#", "c" },
	{ " !c=d", "!c", "d" },
	{ "a\\=b=c", "a\\=b", "c" },
	{ "a\\ b c", "a\\ b", "c" },
	{ "a\\\\=b", "a\\\\", "b" },
	{ "a\\\\", "a\\\\", "" },
	{ "a=\\u0041\\n", "a", "\\u0041\\n" },
	{ "a=b\\\\\n", "a", "b\\\\" },
	{ "a=b\\\nc", "a", "bc" },
	{ "a=b\\\n \t\fc", "a", "bc" },
	{ "a=b\\\r\n c\r\n", "a", "bc" },
	{ "a=b\\\r c", "a", "bc" },
	{ "a=b\\\\\\\nc", "a", "b\\\\c" },
	{ "a=b\\\n#c", "a", "b#c" },
	{ "a=b\\\n!c", "a", "b!c" },
	{ "a=b\\\nc\\\nd", "a", "bcd" },
	{ "a=b\\\n\n", "a", "b" },
	{ "a=b\\\n", "a", "b" },
	{ "a=b\\", "a", "b" },
	{ "a=b \\", "a", "b " },
	{ "a\\\n=b", "a", "b" },
	{ "a\\\n  b=c", "ab", "c" },
	{ "\\\na=b", "a", "b" },
	{ "\\", "", "" },
	{ "\\\n", "", "" },
	{ "\xef\xbb\xbf" "a=b", "\xef\xbb\xbf" "a", "b" },
	{ "\xff=\xfe", "\xff", "\xfe" },
	{ "a=\xc2\x85\xe2\x80\xa8", "a", "\xc2\x85\xe2\x80\xa8" },
};

static void
test_assignments(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof assignments / sizeof *assignments; i++) {
		struct cfg *cfg = parse(assignments[i].text);

		assert_non_null(cfg);
		assert_int_equal(cfg->lines, 1);
		assert_non_null(cfg->line[0].logical);
		assert_slice(cfg_key(cfg->line), assignments[i].key);
		assert_slice(cfg_value(cfg->line), assignments[i].value);
		assert_int_equal(cfg->line[0].size, cfg->size);
		cfg_free(cfg);
	}
}

static void
test_no_assignments(void **state)
{
	static const char *const texts[] = { "\n", "\r", "\r\n", "#", "!",
		"# a=b", "!a=b\n", "#a\\", "# a\\\n" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct cfg *cfg = parse(texts[i]);

		assert_int_equal(cfg->lines, 1);
		assert_null(cfg->line[0].logical);
		assert_false(cfg_is_live(cfg, cfg->line));
		cfg_free(cfg);
	}
}

/* A comment joins nothing, however it ends. */
static void
test_lines_are_counted(void **state)
{
	static const struct {
		const char *text;
		uint32_t lines;
	} counts[] = {
		{ "", 0 }, { "a\nb", 2 }, { "a\rb", 2 }, { "a\r\nb", 2 },
		{ "a\n\rb", 3 }, { "a\r\rb", 3 }, { "#a\\\nb", 2 },
		{ "a\\\\\nb", 2 }, { "a\\\nb", 1 }, { "a\vb", 1 },
		{ "a\\\r\n\r\nb", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct cfg *cfg = parse(counts[i].text);

		assert_int_equal(cfg->lines, counts[i].lines);
		assert_null(cfg_find(cfg, slice_of("no such")));
		cfg_free(cfg);
	}
}

static void
test_the_last_of_a_key_is_live(void **state)
{
	struct cfg *cfg = parse("a=1\nb=2\nA=3\na=4\n# a\na : 5\n");
	const struct cfg_line *live = cfg_find(cfg, slice_of("a"));

	(void)state;
	assert_ptr_equal(live, cfg->line + 5);
	assert_true(cfg_is_live(cfg, live));
	assert_false(cfg_is_live(cfg, cfg->line));
	assert_false(cfg_is_live(cfg, cfg->line + 3));
	assert_ptr_equal(cfg_shadowed(cfg, live), cfg->line + 3);
	assert_ptr_equal(cfg_shadowed(cfg, cfg->line + 3), cfg->line);
	assert_null(cfg_shadowed(cfg, cfg->line));
	assert_null(cfg_shadowed(cfg, cfg->line + 1));
	assert_slice(cfg_value(cfg_find(cfg, slice_of("A"))), "3");
	assert_null(cfg_find(cfg, slice_of("")));
	cfg_free(cfg);
}

/* No index is made of a file in the server's order: the same must be found. */
static void
test_finds_in_files_in_order(void **state)
{
	struct cfg *cfg = parse("a=1\na.b=2\nab=3\nb=4\n");

	(void)state;
	assert_true(cfg->ordered);
	for (int again = 0; again < 2; again++) {
		for (uint32_t i = cfg->lines; i-- != 0;)
			assert_ptr_equal(cfg_find(cfg, cfg_key(cfg->line + i)),
			    cfg->line + i);
		assert_null(cfg_find(cfg, slice_of("")));
		assert_null(cfg_find(cfg, slice_of("a.")));
		assert_null(cfg_find(cfg, slice_of("c")));
	}
	assert_null(cfg_shadowed(cfg, cfg->line + 1));
	cfg_free(cfg);
}

static void
test_numbers_count_physical_lines(void **state)
{
	struct cfg *cfg = parse("a\\\r\nb\r\rc=1\n\nd");

	(void)state;
	assert_int_equal(cfg->lines, 5);
	assert_int_equal(cfg_number(cfg, cfg->line), 1);
	assert_int_equal(cfg_number(cfg, cfg->line + 2), 4);
	assert_int_equal(cfg_number(cfg, cfg->line + 4), 6);
	cfg_free(cfg);
}

static void
test_nul_is_refused(void **state)
{
	(void)state;
	assert_null(cfg_parse("unit", mem_dup("a=1\n\0b", 6), 6));
	assert_null(cfg_parse("unit", mem_dup("\0", 1), 1));
}

static void
test_strings_are_trimmed(void **state)
{
	struct cfg *cfg = parse("a= \v\x01 x y\x1f \nb=\nc= \xc2\xa0");

	(void)state;
	assert_slice(cfg_string(cfg, "a"), "x y");
	assert_slice(cfg_string(cfg, "b"), "");
	assert_slice(cfg_string(cfg, "c"), "\xc2\xa0");
	assert_null(cfg_string(cfg, "d").at);
	cfg_free(cfg);
}

static void
test_one_line_alone(void **state)
{
	static const char *const bad[] = { "", "\n", "#a=b", "!", "a=b\nc",
		"a=b\n\n", "a=b\\", "a=b\\\nc", "\r" };
	struct cfg_line line;

	(void)state;
	assert_true(cfg_parse_line(slice_of("a = b "), &line));
	assert_slice(cfg_key(&line), "a");
	assert_slice(cfg_value(&line), "b ");
	assert_true(cfg_parse_line(slice_of("a=b\n"), &line));
	assert_false(cfg_parse_line((struct slice){ "a=\0", 3 }, &line));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(cfg_parse_line(slice_of(bad[i]), &line));
}

static void
test_dangling(void **state)
{
	(void)state;
	assert_true(cfg_dangles(slice_of("a=b\\")));
	assert_true(cfg_dangles(slice_of("\\\\\\")));
	assert_false(cfg_dangles(slice_of("a=b\\\\")));
	assert_false(cfg_dangles(slice_of("#a=b\\")));
	assert_false(cfg_dangles(slice_of("!a=b\\")));
	assert_false(cfg_dangles(slice_of("")));
}

/* UTF-16 units: what is above U+FFFF is written in D800 and up. */
static void
test_order_is_that_of_java(void **state)
{
	static const char *const ascending[] = { "", "A", "A.b", "AB", "a",
		"a.b", "ab", "\xc3\xa9", "\xed\x9f\xbf", "\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf", "\xee\x80\x80", "\xef\xbf\xbd" };
	const size_t count = sizeof ascending / sizeof *ascending;

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			int order = cfg_compare_keys(slice_of(ascending[i]),
			    slice_of(ascending[j]));

			assert_int_equal((order > 0) - (order < 0),
			    (i > j) - (i < j));
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_assignments),
		cmocka_unit_test(test_no_assignments),
		cmocka_unit_test(test_lines_are_counted),
		cmocka_unit_test(test_the_last_of_a_key_is_live),
		cmocka_unit_test(test_finds_in_files_in_order),
		cmocka_unit_test(test_numbers_count_physical_lines),
		cmocka_unit_test(test_nul_is_refused),
		cmocka_unit_test(test_strings_are_trimmed),
		cmocka_unit_test(test_one_line_alone),
		cmocka_unit_test(test_dangling),
		cmocka_unit_test(test_order_is_that_of_java),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
