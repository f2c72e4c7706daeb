/* SPDX-License-Identifier: MIT */
/* Which texts are scripts of edits, and what they say: clonekit-edits(1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cfg/script.h"
#include "util/mem.h"

#define H SCRIPT_HEADER "\n"

static int
parse(struct edits *edits, const char *text)
{
	return script_parse(edits, "unit", mem_dup(text, strlen(text)),
	    strlen(text));
}

static char *
print(const struct edits *edits, const struct settings *rules)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	script_print(edits, f, rules);
	fclose(f);
	return text;
}

static const char *const bad[] = {
	"",
	"\n",
	".\n",
	"# clonekit edits 1",
	"# clonekit edits 1\r\n.\r\n",
	"# clonekit edits 2\n.\n",
	" # clonekit edits 1\n.\n",
	"#\n" H ".\n",
	H,
	H ".",
	H ".\n\n",
	H ".\n.\n",
	H ". \n",
	H "..\n",
	H "-a=1\n",
	H "-a=1",
	H "+\n.\n",
	H "-#a\n.\n",
	H "-!a\n.\n",
	H "+a\rb\n.\n",
	H "a=1\n.\n",
	H "\ta=1\n.\n",
	H "\n.\n",
	H "@ b\n.\n",
	H "\\\n-a\n.\n",
	H "-a\n\\x\n.\n",
	H "-a\n\\^\n.\n",
	H "-a\n\\_nr\n.\n",
	H "-a\n\\rn\r\n.\n",
	H " a\n.\n",
	H " a\n b\n+c\n.\n",
	H " a\n*c\n.\n",
	H " a\t-1\n+c\n.\n",
	H " a\tx\n+c\n.\n",
	H " a\t1 \n+c\n.\n",
	H " a\t4294967296\n+c\n.\n",
	H " a\t00000000001\n+c\n.\n",
};

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct edits edits;

		if (parse(&edits, bad[i]) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(edits.count, 0);
	}
}

static void
test_nul(void **state)
{
	static const char text[] = H "-a\0\n.\n";
	struct edits edits;

	(void)state;
	assert_int_equal(script_parse(&edits, "unit",
			     mem_dup(text, sizeof text - 1), sizeof text - 1),
	    -1);
}

/* Those that are printed as they came. */
static const char *const good[] = {
	H ".\n",
	H "-a=1\n+a=2\n.\n",
	H "+ \n.\n",
	H "+=\n.\n",
	H "- a = 1 \n.\n",
	H "+a=1\\\n+  2\\\n+3\n.\n",
	H "+a=1\\\\\n+b\n.\n",
	H "-a\r\n+a=1\r\n.\n",
	H "-a\\\r\n-1\n\\n\n.\n",
	H "-a\\\n\\r\n-1\n\\r\n\\\n\\^rn\n\\_n\n.\n",
	H " ^\n-a\n ^\t3\n-b\n.\n",
	H " ^^\n-a\n ^^^\t1\n-b\n ^a\n-c\n.\n",
	H " \n-a\n.\n",
	H " a\\\tb\t4294967295\n-c\n.\n",
	H "*a\n*a\n-b=1\n*b\n*\n.\n",
	H "+a\\\n#\n+b\n.\n",
	H "+a\\\n b\n+c\n.\n",
};

static void
test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct edits edits;
		char *text;

		if (parse(&edits, good[i]) < 0)
			fail_msg("turned down: %s", good[i]);
		text = print(&edits, NULL);
		assert_string_equal(text, good[i]);
		free(text);
		edits_release(&edits);
	}
}

static void
test_parts(void **state)
{
	struct edits edits;
	const struct edit_line *e;

	(void)state;
	assert_int_equal(parse(&edits, H "# why\n b\\\tc\t2\n-a : 1\\\n-\t 2\n"
					 "\\r\n\\\n\\^n\n\\_rn\n+a=3\n.\n"), 0);
	assert_int_equal(edits.count, 2);
	e = edits.line;
	assert_int_equal(e->sign, EDIT_DELETE);
	assert_int_equal(e->place, PLACE_AFTER);
	assert_true(slice_equal(e->neighbour, slice_of("b\\\tc")));
	assert_int_equal(e->below, 2);
	assert_true(slice_equal(cfg_key(&e->line), slice_of("a")));
	assert_true(slice_equal(cfg_value(&e->line), slice_of("12")));
	assert_true(slice_equal(e->end, slice_of("\r")));
	assert_true(slice_equal(e->above_end, slice_of("\n")));
	assert_true(slice_equal(e->below_end, slice_of("\r\n")));
	assert_true(e->bare);
	assert_int_equal(e->number, 4);
	e++;
	assert_int_equal(e->sign, EDIT_ADD);
	assert_int_equal(e->place, PLACE_DEFAULT);
	assert_false(e->bare);
	assert_null(e->end.at);
	assert_int_equal(e->number, 10);
	edits_release(&edits);
}

/* One line for all that an edit of a secret has; no place, no value. */
static void
test_masked(void **state)
{
	struct settings *rules = settings_new(NULL);
	struct edits edits;
	char *text;

	(void)state;
	assert_non_null(rules);
	assert_int_equal(parse(&edits,
			     H " x\n-a.password=1\n-a.password=2\n+b=1\n"
			       "-c.pin=1\n+c.pin=2\n+d.passwordFile=/f\n.\n"),
	    0);
	text = print(&edits, rules);
	assert_string_equal(text,
	    H "*a.password\n+b=1\n*c.pin\n+d.passwordFile=/f\n.\n");
	free(text);
	edits_release(&edits);
	settings_free(rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_masked),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
