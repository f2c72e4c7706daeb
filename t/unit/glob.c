/* SPDX-License-Identifier: MIT */
/* Patterns of keys; the matcher agrees with a slow one on all short texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/glob.h"

static const struct {
	const char *pattern, *key;
	bool matches;
} pairs[] = {
	{ "", "", true },
	{ "", "a", false },
	{ "a", "a", true },
	{ "a", "A", false },
	{ "a", "ab", false },
	{ "?", "a", true },
	{ "?", ".", false },
	{ "?", "", false },
	{ "*", "", true },
	{ "*", "abc", true },
	{ "*", "a.b", false },
	{ "**", "", true },
	{ "**", "a.b.c", true },
	{ "***", "a.b", true },
	{ "*.*", "a.b", true },
	{ "*.*", "a.b.c", false },
	{ "**.pin", "preop.pin", true },
	{ "**.pin", "pin", false },
	{ "**.pin", "a.b.pins", false },
	{ "**._###", "ca.crl._012", true },
	{ "**._###", "ca.crl._12", false },
	{ "**._###", "ca.crl._01a", false },
	{ "#", "#", false },
	{ "ca.crl.*.enable", "ca.crl.MasterCRL.enable", true },
	{ "ca.crl.*.enable", "ca.crl.enable", false },
	{ "ca.crl.*.enable", "ca.crl.a.b.enable", false },
	{ "*a*b", "aab", true },
	{ "**a*c", "ab.ac", true },
	{ "**a*c", "ab.ab", false },
	{ "a.b", "axb", false },
	{ "[a]", "a", false },
	{ "\\*", "*", false },
};

static void
test_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		assert_int_equal(glob_match(slice_of(pairs[i].pattern),
				     slice_of(pairs[i].key)),
		    pairs[i].matches);
}

static void
test_any_case(void **state)
{
	(void)state;
	assert_true(glob_match_any_case(slice_of("**.bindPW"),
	    slice_of("internaldb.BINDpw")));
	assert_false(glob_match_any_case(slice_of("**.bindPW"),
	    slice_of("internaldb.bindPWPrompt")));
	assert_false(glob_match_any_case(slice_of("\xc3\x84"),
	    slice_of("\xc3\xa4")));
}

static void
test_is_pattern(void **state)
{
	(void)state;
	assert_true(glob_is_pattern(slice_of("a*")));
	assert_true(glob_is_pattern(slice_of("?")));
	assert_false(glob_is_pattern(slice_of("")));
	assert_false(glob_is_pattern(slice_of("a.b#[c]")));
	assert_false(glob_is_pattern((struct slice){ "\0*", 1 }));
}

/* As glob.h has it, by trying everything. */
static bool
slow_match(const char *p, const char *k)
{
	if (p[0] == '*' && p[1] == '*')
		return slow_match(p + 2, k) ||
		    (*k != '\0' && slow_match(p, k + 1));
	if (*p == '*')
		return slow_match(p + 1, k) ||
		    (*k != '\0' && *k != '.' && slow_match(p, k + 1));
	if (*p == '\0' || *k == '\0')
		return *p == *k;
	return (*p == '?' ? *k != '.' :
		    *p == '#' ? *k >= '0' && *k <= '9' :
				*p == *k) &&
	    slow_match(p + 1, k + 1);
}

/* The next text of the letters, in the order of their lengths; its length. */
static size_t
next_text(char *text, const char *letters, size_t size)
{
	size_t i = 0;

	for (; i < size; i++) {
		const char *at = strchr(letters, text[i]);

		text[i] = at[1] != '\0' ? at[1] : *letters;
		if (at[1] != '\0')
			return size;
	}
	text[size] = *letters;
	return size + 1;
}

static void
test_all_short_texts(void **state)
{
	char pattern[8] = "", key[8] = "";
	size_t wrong = 0;

	(void)state;
	for (size_t p = 0; p <= 5; p = next_text(pattern, "a1.?*#", p)) {
		memset(key, 0, sizeof key);
		for (size_t k = 0; k <= 4; k = next_text(key, "a1.", k))
			wrong += glob_match((struct slice){ pattern, p },
				     (struct slice){ key, k }) !=
			    slow_match(pattern, key);
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_any_case),
		cmocka_unit_test(test_is_pattern),
		cmocka_unit_test(test_all_short_texts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
