/* SPDX-License-Identifier: MIT */
/* What an edit of a key is made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cfg/script.h"
#include "util/mem.h"

static struct cfg *
parse(const char *text)
{
	struct cfg *cfg =
	    cfg_parse("unit", mem_dup(text, strlen(text)), strlen(text));

	assert_non_null(cfg);
	return cfg;
}

/* The edits as text, without the first and the last line. */
static void
assert_edits(struct edits *edits, const char *want)
{
	char *text = NULL;
	size_t size, head = strlen(SCRIPT_HEADER "\n");
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	script_print(edits, f, NULL);
	fclose(f);
	text[size - 2] = '\0';
	assert_string_equal(text + head, want);
	free(text);
	edits_release(edits);
}

static const struct {
	const char *file, *key, *value, *want;
} settings[] = {
	{ "", "a", "1", "+a=1\n" },
	{ "", "a", "", "+a=\n" },
	{ "", "", "1", "+=1\n" },
	{ "a=1\n", "a", "1", "" },
	{ "a=2\na=1\n", "a", "1", "" },
	{ "a=1\na=2\n", "a", "1", "-a=2\n+a=1\n" },
	{ "a=1\n", "a", "1 ", "-a=1\n+a=1 \n" },
	{ "a = 1\n", "a", "2", "-a = 1\n+a = 2\n" },
	{ "  a:1\r\n", "a", "2", "-  a:1\r\n+a=2\r\n" },
	{ "a 1\n", "a", "2", "-a 1\n+a=2\n" },
	{ "a 1\n", "a", "=2", "-a 1\n+a==2\n" },
	{ "a\n", "a", "2", "-a\n+a=2\n" },
	{ "a\n", "a", "", "" },
	{ "a\\\n =1\n", "a", "2", "-a\\\n- =1\n+a=2\n" },
	{ "a=1", "a", "2", "-a=1\n\\\n+a=2\n\\\n" },
	{ "a=1\\", "a", "1", "" },
	{ "", "a", "\\\\", "+a=\\\\\n" },
	{ "", "a\\=b", "1", "+a\\=b=1\n" },
	{ "", "a", "=1", "+a==1\n" },
	{ "", "a", "#", "+a=#\n" },
};

static void
test_set(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		struct cfg *cfg = parse(settings[i].file);
		struct edits edits = { 0 };
		const char *why;

		assert_int_equal(edits_set(&edits, cfg,
				     slice_of(settings[i].key),
				     slice_of(settings[i].value), &why), 0);
		assert_edits(&edits, settings[i].want);
		cfg_free(cfg);
	}
}

static const struct {
	const char *key, *value;
} impossible[] = {
	{ "a", " 1" },
	{ "a", "\t1" },
	{ "a", "1\n2" },
	{ "a", "1\r" },
	{ "a", "1\\" },
	{ "a", "\\\\\\" },
	{ "a b", "1" },
	{ "a=b", "1" },
	{ "a:b", "1" },
	{ "#a", "1" },
	{ "!a", "1" },
	{ "a\nb", "1" },
	{ " a", "1" },
	{ "a\\", "1" },
};

static void
test_cannot_set(void **state)
{
	struct cfg *cfg = parse("a=0\n");

	(void)state;
	for (size_t i = 0; i < sizeof impossible / sizeof *impossible; i++) {
		struct edits edits = { 0 };
		const char *why = NULL;

		if (edits_set(&edits, cfg, slice_of(impossible[i].key),
			slice_of(impossible[i].value), &why) == 0)
			fail_msg("set: '%s' to '%s'", impossible[i].key,
			    impossible[i].value);
		assert_non_null(why);
		assert_int_equal(edits.count, 0);
		edits_release(&edits);
	}
	cfg_free(cfg);
}

static void
test_delete(void **state)
{
	struct cfg *cfg = parse("a=1\nb=\na:2\r\n a=3");
	struct edits edits = { 0 };

	(void)state;
	edits_delete(&edits, cfg, slice_of("c"));
	assert_int_equal(edits.count, 0);
	edits_delete(&edits, cfg, slice_of("a"));
	edits_delete(&edits, cfg, slice_of("b"));
	assert_edits(&edits, "-a=1\n-a:2\r\n- a=3\n\\\n-b=\n");
	cfg_free(cfg);
}

/* Another file's line, as it is there, but for what would join the next. */
static const struct {
	const char *from, *want;
} lines[] = {
	{ "a : 1\r\n", "+a : 1\n" },
	{ "a=1", "+a=1\n" },
	{ "a=1\\\n 2\n", "+a=1\\\n+ 2\n" },
	{ "a=1\\\r\n 2\r\n", "+a=1\\\r\n+ 2\n" },
	{ "a=1\\", "+a=1\n" },
	{ "a=1\\\n", "+a=1\n" },
	{ "a=1\\\n\n", "+a=1\n" },
	{ "a=1\\\\\n", "+a=1\\\\\n" },
	{ "\\\n", "+ \n" },
	{ " \n", "+ \n" },
};

static void
test_set_line(void **state)
{
	struct cfg *to = parse("");

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct cfg *from = parse(lines[i].from);
		struct edits edits = { 0 };

		edits_set_line(&edits, to, from->line);
		assert_edits(&edits, lines[i].want);
		cfg_free(from);
	}
	cfg_free(to);
}

static void
test_set_line_over(void **state)
{
	struct cfg *to = parse("a=1\r\nb = 2\r\n"), *from = parse("a:2\nb=2\n");
	struct edits edits = { 0 };

	(void)state;
	edits_set_line(&edits, to, from->line);
	edits_set_line(&edits, to, from->line + 1);
	assert_edits(&edits, "-a=1\r\n+a:2\r\n");
	cfg_free(from);
	cfg_free(to);
}

static void
test_reverse(void **state)
{
	struct cfg *cfg = parse("a=1\nb=1\n");
	struct edits edits = { 0 };
	const char *why;

	(void)state;
	edits_set(&edits, cfg, slice_of("a"), slice_of("2"), &why);
	edits_delete(&edits, cfg, slice_of("b"));
	edits_set(&edits, cfg, slice_of("c"), slice_of("3"), &why);
	edits_add(&edits, EDIT_MASKED)->line = cfg->line[0];
	edits_reverse(&edits);
	assert_edits(&edits, "+a=1\n-a=2\n+b=1\n-c=3\n*a\n");
	cfg_free(cfg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_cannot_set),
		cmocka_unit_test(test_delete),
		cmocka_unit_test(test_set_line),
		cmocka_unit_test(test_set_line_over),
		cmocka_unit_test(test_reverse),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
