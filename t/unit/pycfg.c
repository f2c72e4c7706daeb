/* SPDX-License-Identifier: MIT */
/* pki-server's grammar at its edges [dogtag 1.4]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cfg/pycfg.h"
#include "util/mem.h"

static void
assert_slice(struct slice got, const char *want)
{
	char *text = mem_dup(got.at, got.size);

	assert_string_equal(text, want);
	free(text);
}

/* The last entry of each text, and its line. */
static const struct {
	const char *text, *name, *value;
	size_t number;
} entries[] = {
	{ "a=b", "a", "b", 1 },
	{ "#x\n\n  # y\na=b\n", "a", "b", 4 },
	{ "! c=d", "! c", "d", 1 },
	{ "a:b=c", "a:b", "c", 1 },
	{ "a b=c", "a b", "c", 1 },
	{ " a = b ", "a", "b", 1 },
	{ "a==b", "a", "=b", 1 },
	{ "=b", "", "b", 1 },
	{ "a=", "a", "", 1 },
	{ "a=b\rc=d", "c", "d", 2 },
	{ "a=b\r\nc=d", "c", "d", 2 },
	{ "a=b\\\nc", "a", "bc", 1 },
	{ "a=b\\\n  c", "a", "b  c", 1 },
	{ "a=b\\\n#c", "a", "b#c", 1 },
	{ "a=b\\\\\nc=d", "a", "b\\c=d", 1 },
	{ "a=b\\\\\n\nc", "a", "bc", 1 },
	{ "a=b\\ \nc=d", "c", "d", 2 },
	{ "a=b\\\n\nc=d", "c", "d", 3 },
	{ "a=b\\", "a", "b", 1 },
	{ "a=b \\", "a", "b ", 1 },	/* stored before it is stripped */
	{ "a=b \\\n", "a", "b ", 1 },
	{ "a=b \\\n\n", "a", "b", 1 },
	{ "a=b\\\\", "a", "b\\", 1 },
	{ "a= \\\n c ", "a", " c", 1 },
	{ "a=b\vc=d", "c", "d", 1 },
	{ "a=b\fc=d", "c", "d", 1 },
	{ "a=b\x1c" "c=d", "c", "d", 1 },
	{ "a=b\x1f", "a", "b", 1 },
	{ "a=b\xc2\x85" "c=d", "c", "d", 1 },
	{ "a=b\xe2\x80\xa8" "c=d\ne=f", "e", "f", 2 },
	{ "a=b\xe2\x80\xa9" "c=d", "c", "d", 1 },
	{ "\xc2\xa0" "a\xe3\x80\x80=\xe2\x80\x83" "b\xc2\xa0", "a", "b", 1 },
	{ "\xef\xbb\xbf" "a=b", "\xef\xbb\xbf" "a", "b", 1 },
	{ "a=\xe2\x80\x8b", "a", "\xe2\x80\x8b", 1 },
};

static void
test_entries(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
		struct pycfg py = { .rest = slice_of(entries[i].text) };
		struct pycfg_entry entry;
		char *name = NULL, *value = NULL;
		size_t number = 0;

		while (pycfg_next(&py, &entry) == PYCFG_ENTRY) {
			free(name);
			free(value);
			name = mem_dup(entry.name.at, entry.name.size);
			value = mem_dup(entry.value.at, entry.value.size);
			number = entry.number;
		}
		assert_int_equal(py.rest.size, 0);
		assert_non_null(name);
		assert_string_equal(name, entries[i].name);
		assert_string_equal(value, entries[i].value);
		assert_int_equal(number, entries[i].number);
		free(name);
		free(value);
		pycfg_release(&py);
	}
}

static void
test_nothing(void **state)
{
	static const char *const texts[] = { "", "\n", "  \n\t", "#a", " # a=b",
		"\v\f\r\n", "\xc2\xa0", "\xe2\x80\xa8" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct pycfg py = { .rest = slice_of(texts[i]) };
		struct pycfg_entry entry;

		assert_int_equal(pycfg_next(&py, &entry), PYCFG_END);
		pycfg_release(&py);
	}
}

/* What comes before is told; then it is over. */
static void
test_missing_delimiter(void **state)
{
	static const struct {
		const char *text;
		size_t number;
	} texts[] = { { "a", 1 }, { "a: b", 1 }, { "a b", 1 }, { "!a", 1 },
		{ "\n\n a", 3 }, { "a\\\n=b", 1 }, { "x=\\\n\ny", 3 },
		{ "x=1\fy", 1 }, { "\xef\xbb\xbf", 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct pycfg py = { .rest = slice_of(texts[i].text) };
		struct pycfg_entry entry;
		enum pycfg_result got;

		while ((got = pycfg_next(&py, &entry)) == PYCFG_ENTRY)
			assert_slice(entry.name, "x");
		assert_int_equal(got, PYCFG_NO_DELIMITER);
		assert_int_equal(entry.number, texts[i].number);
		pycfg_release(&py);
	}
}

static void
test_decodes(void **state)
{
	static const char *const bad[] = { "\x80", "a\xff", "\xc0\x80", "\xc3",
		"\xe2\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8" };

	(void)state;
	assert_true(pycfg_decodes(slice_of("")));
	assert_true(pycfg_decodes(slice_of("a\xc3\xa9\xf0\x9f\x98\x80")));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(pycfg_decodes(slice_of(bad[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_missing_delimiter),
		cmocka_unit_test(test_decodes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
