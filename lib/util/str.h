/* SPDX-License-Identifier: MIT */
#ifndef UTIL_STR_H
#define UTIL_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/*
 * Small string helpers, and the slice: bytes with a length, which belong to
 * somebody else and need no NUL.
 */

struct slice {
	const char *at;
	size_t size;
};

static inline bool
starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static inline struct slice
slice_of(const char *s)
{
	return (struct slice){ s, strlen(s) };
}

/* The same; at NULL where s is. */
static inline struct slice
slice_or_none(const char *s)
{
	return s != NULL ? slice_of(s) : (struct slice){ NULL, 0 };
}

static inline bool
slice_equal(struct slice a, struct slice b)
{
	return a.size == b.size &&
	    (a.size == 0 || memcmp(a.at, b.at, a.size) == 0);
}

/* The same, with ASCII letters of either case alike. */
static inline bool
slice_equal_nocase(struct slice a, struct slice b)
{
	return a.size == b.size &&
	    (a.size == 0 || strncasecmp(a.at, b.at, a.size) == 0);
}

/* A boolean, as Java and Python take it: 1 true, 0 false, in either case; -1
 * neither. */
static inline int
truth_of(struct slice s)
{
	if (slice_equal_nocase(s, (struct slice){ "true", 4 }))
		return 1;
	return slice_equal_nocase(s, (struct slice){ "false", 5 }) ? 0 : -1;
}

static inline bool
slice_starts(struct slice s, struct slice prefix)
{
	return s.size >= prefix.size &&
	    slice_equal((struct slice){ s.at, prefix.size }, prefix);
}

/* The size of the control character that these bytes begin with: 1 for C0 and
 * DEL, 2 for C1 (U+0080 to U+009F, in UTF-8), which a terminal takes for
 * controls, too; 0: they begin with another one. */
static inline size_t
control_size(const char *at, size_t left)
{
	const unsigned char *c = (const unsigned char *)at;

	if (left >= 2 && c[0] == 0xc2 && (c[1] & 0xe0) == 0x80)
		return 2;
	return left >= 1 && (c[0] < ' ' || c[0] == 0x7f);
}

/* For printf's "%.*s". */
#define SLICE_ARG(s) (int)(s).size, (s).at

#endif
