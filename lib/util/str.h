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

/* What is before the first end of text, or all of it.  Both are taken off. */
static inline struct slice
slice_cut(struct slice *text, char end)
{
	const char *at = text->size != 0 ?
	    (const char *)memchr(text->at, end, text->size) : NULL;
	struct slice part = { text->at,
		at != NULL ? (size_t)(at - text->at) : text->size };

	text->at += part.size + (at != NULL);
	text->size -= part.size + (at != NULL);
	return part;
}

/* The first line of text, which ends as in Java and Python: by LF, CR or both.
 * It is taken off with its end. */
static inline struct slice
slice_cut_line(struct slice *text)
{
	struct slice line = { text->at, 0 };
	size_t size;

	while (line.size < text->size && text->at[line.size] != '\n' &&
	    text->at[line.size] != '\r')
		line.size++;
	size = line.size + (line.size < text->size);
	if (size < text->size && memcmp(text->at + line.size, "\r\n", 2) == 0)
		size++;
	text->at += size;
	text->size -= size;
	return line;
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

/* Without what Java's trim() takes off: blanks and controls at both ends. */
static inline struct slice
slice_trim(struct slice s)
{
	while (s.size != 0 && (unsigned char)*s.at <= ' ') {
		s.at++;
		s.size--;
	}
	while (s.size != 0 && (unsigned char)s.at[s.size - 1] <= ' ')
		s.size--;
	return s;
}

/* For printf's "%.*s". */
#define SLICE_ARG(s) (int)(s).size, (s).at

#endif
