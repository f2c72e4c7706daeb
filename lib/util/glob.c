/* SPDX-License-Identifier: MIT */
#include "util/glob.h"

#include <ctype.h>

typedef bool same_fn(char pattern, char c);

static bool
same(char pattern, char c)
{
	return pattern == c;
}

static inline char
low(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	return c;
}

static bool
same_any_case(char pattern, char c)
{
	return low(pattern) == low(c);
}

static inline bool
matches_one(char pattern, char c, same_fn *is_same)
{
	if (pattern == '?')
		return c != '.';
	if (pattern == '#')
		return isdigit((unsigned char)c);
	return is_same(pattern, c);
}

/*
 * What follows the last star is compared first, from its end: most keys differ
 * from most patterns there, and no star needs to be tried.  Then, on a
 * mismatch, the last star takes one character more; where it may not, the last
 * double star does.  Earlier stars need never be tried again.
 */
static inline __attribute__((always_inline)) bool
match(struct slice p, struct slice k, same_fn *is_same)
{
	const size_t none = (size_t)-1;
	size_t i = 0, j = 0, star = none, star_at = 0, wide = none, wide_at = 0;

	while (p.size != 0 && p.at[p.size - 1] != '*') {
		if (k.size == 0 ||
		    !matches_one(p.at[--p.size], k.at[--k.size], is_same))
			return false;
	}
	while (j < k.size || i < p.size) {
		if (i + 1 < p.size && p.at[i] == '*' && p.at[i + 1] == '*') {
			wide = i += 2;
			wide_at = j;
			star = none;
		} else if (i < p.size && p.at[i] == '*') {
			star = ++i;
			star_at = j;
		} else if (i < p.size && j < k.size &&
		    matches_one(p.at[i], k.at[j], is_same)) {
			i++;
			j++;
		} else if (star != none && star_at < k.size &&
		    k.at[star_at] != '.') {
			i = star;
			j = ++star_at;
		} else if (wide != none && wide_at < k.size) {
			i = wide;
			j = ++wide_at;
			star = none;
		} else {
			return false;
		}
	}
	return true;
}

bool
glob_match(struct slice pattern, struct slice key)
{
	return match(pattern, key, same);
}

bool
glob_match_any_case(struct slice pattern, struct slice key)
{
	return match(pattern, key, same_any_case);
}

bool
glob_is_pattern(struct slice text)
{
	for (size_t i = 0; i < text.size; i++)
		if (strchr("?*", text.at[i]) != NULL && text.at[i] != '\0')
			return true;
	return false;
}
