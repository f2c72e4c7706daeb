/* SPDX-License-Identifier: MIT */
/* Where a new line goes by default, and how it ends there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cfg/layout.h"
#include "util/buf.h"
#include "util/mem.h"

static struct cfg *
parse(const char *text)
{
	struct cfg *cfg =
	    cfg_parse("unit", mem_dup(text, strlen(text)), strlen(text));

	assert_non_null(cfg);
	return cfg;
}

/* One line a node: what is there now, ends named. */
static char *
show(const struct layout *layout)
{
	struct buf out = { 0 };

	for (uint32_t node = layout->next[LAYOUT_TOP]; node != LAYOUT_TOP;
	     node = layout->next[node]) {
		struct layout_line line = layout_line(layout, node);

		buf_add(&out, line.body);
		buf_puts(&out, line.end.size == 2 ? "<rn>" :
			*line.end.at == '\r'	  ? "<r>" :
						    "<n>");
	}
	buf_putc(&out, '\0');
	return out.at;
}

static void
add(struct layout *layout, const char *text)
{
	struct cfg_line parsed;
	struct layout_line line = { .body = slice_of(text) };

	cfg_parse_line(line.body, &parsed);
	line.key = cfg_key(&parsed);
	layout_insert(layout, layout_place(layout, line.key), &line);
}

static const struct {
	const char *title, *file, *add[4], *want;
} cases[] = {
	{ "empty file", "", { "b=", "a=" }, "a=<n>b=<n>" },
	{ "in order: by key", "a=\nc=\n", { "d=", "b=", "B=" },
	    "B=<n>a=<n>b=<n>c=<n>d=<n>" },
	{ "in order: comments stay above what they stand above",
	    "#1\nb=\n#2\nd=\n", { "a=", "c=", "e=" },
	    "#1<n>a=<n>b=<n>c=<n>#2<n>d=<n>e=<n>" },
	{ "in order of UTF-16, not of bytes", "\xf0\x90\x80\x80=\n",
	    { "\xef\xbf\xbd=" }, "\xf0\x90\x80\x80=<n>\xef\xbf\xbd=<n>" },
	{ "duplicates are in order", "a=1\na=2\nb=\n", { "aa=" },
	    "a=1<n>a=2<n>aa=<n>b=<n>" },
	{ "one line is in order", "m=\n", { "a=" }, "a=<n>m=<n>" },
	{ "comments alone", "#\n", { "b=", "a=" }, "#<n>a=<n>b=<n>" },
	{ "no order: by family", "z=\na.b.c=\na.c=\nx=\n", { "a.b.d=" },
	    "z=<n>a.b.c=<n>a.b.d=<n>a.c=<n>x=<n>" },
	{ "no order: the longest family counts",
	    "z=\na.b.c.x=\na.b.y=\na.z=\nq=\n", { "a.b.c.d=", "a.b.d=" },
	    "z=<n>a.b.c.x=<n>a.b.c.d=<n>a.b.y=<n>a.b.d=<n>a.z=<n>q=<n>" },
	{ "no order: no family, at the end", "z=\na.b=\n#\n", { "c.d=" },
	    "z=<n>a.b=<n>#<n>c.d=<n>" },
	{ "no order: what is added is family too", "z=\na=\n",
	    { "f.x=", "g=", "f.a=" }, "z=<n>a=<n>f.x=<n>f.a=<n>g=<n>" },
	{ "no order: a part of a word is no family", "z=\nab.c=\nx=\n",
	    { "a.c=" }, "z=<n>ab.c=<n>x=<n>a.c=<n>" },
	{ "not behind a last continuation", "a=\nb=\\\n", { "c=" },
	    "a=<n>c=<n>b=\\<n>" },
	{ "with its neighbour's end", "a=\r\nc=\rd=\n",
	    { "b=", "cc=", "dd=", "A=" },
	    "A=<rn>a=<rn>b=<rn>c=<r>cc=<r>d=<n>dd=<n>" },
	{ "a last line without end ends like the one before", "a=\r\nb=",
	    { "c=" }, "a=<rn>b=<rn>c=<rn>" },
	{ "a file of one line without end", "a=", { "b=" }, "a=<n>b=<n>" },
};

static void
test_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cfg *cfg = parse(cases[i].file);
		struct layout layout;
		char *got;

		layout_init(&layout, cfg);
		layout_settle(&layout);
		for (size_t n = 0; n < 4 && cases[i].add[n] != NULL; n++)
			add(&layout, cases[i].add[n]);
		got = show(&layout);
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: %s, not %s", cases[i].title, got,
			    cases[i].want);
		free(got);
		layout_release(&layout);
		cfg_free(cfg);
	}
}

/* The order is seen from the lines that stay. */
static void
test_remove(void **state)
{
	struct cfg *cfg = parse("z=\na=\nc=\n");
	struct layout layout;
	char *got;

	(void)state;
	layout_init(&layout, cfg);
	assert_int_equal(layout_find(&layout, slice_of("z")), 1);
	layout_remove(&layout, 1);
	assert_true(layout_is_removed(&layout, 1));
	assert_false(layout_is_removed(&layout, 2));
	assert_false(layout_is_removed(&layout, LAYOUT_TOP));
	assert_int_equal(layout_find(&layout, slice_of("z")), LAYOUT_TOP);
	layout_settle(&layout);
	add(&layout, "b=");
	got = show(&layout);
	assert_string_equal(got, "a=<n>b=<n>c=<n>");
	free(got);
	layout_release(&layout);
	cfg_free(cfg);
}

static void
test_change(void **state)
{
	struct cfg *cfg = parse("a=\r\nb=\nc=\n");
	struct layout_line line = { .body = slice_of("a=2"),
		.key = slice_of("a") };
	struct layout layout;
	uint32_t node;
	char *got;

	(void)state;
	layout_init(&layout, cfg);
	node = layout_change(&layout, 1, &line);
	layout_settle(&layout);
	assert_int_equal(layout_find(&layout, slice_of("a")), node);
	layout_set_end(&layout, 2, slice_of("\r"));
	assert_true(slice_equal(layout_usual_end(&layout, 2), slice_of("\r")));
	got = show(&layout);
	assert_string_equal(got, "a=2<rn>b=<r>c=<n>");
	free(got);
	layout_release(&layout);
	cfg_free(cfg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_change),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
