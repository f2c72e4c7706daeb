/* SPDX-License-Identifier: MIT */
#ifndef CFG_CFG_H
#define CFG_CFG_H

#include <stdint.h>

#include "util/hashmap.h"
#include "util/str.h"

/*
 * CS.cfg as the server reads it, and as it stands [dogtag 1.2]: an array of
 * lines, each of which keeps its own bytes.  Also profiles and registry.cfg,
 * which have the same grammar.
 *
 *	struct cfg *cfg = cfg_read("CS.cfg");
 *	const struct cfg_line *line;
 *
 *	if (cfg == NULL)
 *		return STATUS_ERROR;
 *	line = cfg_find(cfg, slice_of("ca.crl.pageSize"));
 *	...
 *	cfg_free(cfg);
 *
 * The grammar is that of the server's SimpleProperties.load():
 * - a line ends with LF, CR or CRLF;
 * - a line that is empty, or whose very first byte is '#' or '!', is none;
 * - else an odd number of backslashes at its end joins the next line to it,
 *   less that line's leading blanks (space, tab, CR, LF, FF);
 * - the key starts after leading blanks and ends before the first '=', ':' or
 *   blank that has no backslash before it; backslashes stay as they are;
 * - blanks, one '=' or ':' at most, and blanks again part key and value; the
 *   value's trailing blanks are its own;
 * - a line of blanks alone is the key "";
 * - of several lines with one key the last is the live one.
 *
 * Texts are bytes of any kind but NUL.  Everything here borrows from the
 * struct cfg and lives as long as it does.
 */

struct cfg_line {
	const char *text;    /* the line's own bytes, all physical lines */
	const char *logical; /* continuations joined; NULL: no assignment */
	uint32_t size;	     /* of text, line ends included */
	uint32_t key_at, key_size, value_at, value_size; /* in logical */
};

struct cfg_shadow {
	uint32_t line, by; /* by: the next line of the key; ascending */
};

/* What makes the next answer quicker. */
struct cfg_memo {
	uint32_t found;	  /* the line that was found last */
	uint32_t *number; /* of each line, once one was asked for */
};

struct cfg {
	const char *file; /* for messages */
	char *text;	  /* the file; print(parse(s)) = s */
	size_t size;
	struct cfg_line *line;
	uint32_t lines;
	bool ordered; /* keys ascend strictly: no index is needed */
	struct hashmap live; /* else, from key to its last line */
	struct cfg_memo *memo;
	struct cfg_shadow *shadow; /* lines that a later one hides */
	uint32_t shadows, shadows_room;
	char **joined;	     /* the logical texts of continued lines */
	uint32_t joins, joins_room;
};

/* A limit on files, so that nobody's mistake eats the machine: 1 GiB. */
#define CFG_LIMIT ((size_t)1 << 30)

/*
 * Read and parse path; "-" is standard input.  NULL: could not be read, is
 * too large, or holds a NUL byte; reported.
 */
struct cfg *cfg_read(const char *path);

/* The same, of a file that was found in an instance (slurp_found()). */
struct cfg *cfg_read_found(const char *path);

/*
 * Parse text, which becomes the cfg's own (from malloc, NUL after its end)
 * also on failure.  NULL: it holds a NUL byte, reported with file and line.
 */
struct cfg *cfg_parse(const char *file, char *text, size_t size);

void cfg_free(struct cfg *cfg);

static inline struct slice
cfg_key(const struct cfg_line *line)
{
	return (struct slice){ line->logical + line->key_at, line->key_size };
}

static inline struct slice
cfg_value(const struct cfg_line *line)
{
	return (struct slice){ line->logical + line->value_at,
		line->value_size };
}

/* The live line of key, or NULL. */
const struct cfg_line *cfg_find(const struct cfg *cfg, struct slice key);

/* Is it the line that the server goes by, the last of its key? */
bool cfg_is_live(const struct cfg *cfg, const struct cfg_line *line);

/* The line before line that has the same key, or NULL. */
const struct cfg_line *cfg_shadowed(const struct cfg *cfg,
    const struct cfg_line *line);

/* The value of key as ConfigStore.getString() trims it [dogtag 1.2], or
 * a slice with at NULL. */
struct slice cfg_string(const struct cfg *cfg, const char *key);

/* The number of its first physical line, from 1; counted when asked. */
size_t cfg_number(const struct cfg *cfg, const struct cfg_line *line);

/*
 * Take the next line off text, which is not empty.  A continued line's
 * logical text is a new string in *joined, the caller's to free, else NULL.
 */
struct cfg_line cfg_next_line(struct slice *text, char **joined);

/* How the line ends: "\n", "\r\n", "\r", or "" at the end of the file. */
struct slice cfg_line_end(struct slice text);

/* Would an assignment of this text, which has no line end at its end, join
 * the line that follows? */
bool cfg_dangles(struct slice body);

/*
 * Parse one assignment: key, value and nothing else.  False where the text is
 * a comment, more or less than a line, or one that would join the next.
 */
bool cfg_parse_line(struct slice text, struct cfg_line *line);

/* String.compareTo(): the order in which the server writes keys, that of
 * UTF-16 code units [dogtag 1.3]. */
int cfg_compare_keys(struct slice a, struct slice b);

/* Java's and String.trim()'s blanks. */
bool cfg_is_blank(char c);
struct slice cfg_trim(struct slice s);

#endif
