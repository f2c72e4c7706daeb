/* SPDX-License-Identifier: MIT */
#ifndef FINDINGS_H
#define FINDINGS_H

#include <stdbool.h>

#include "util/arena.h"
#include "util/diag.h"

/*
 * What a check found, for people, editors and scripts: lines of
 *
 *	FILE:LINE: level: code: text: command that mends it
 *
 * on standard output, in the order in which they were added.
 *
 *	struct findings found = { 0 };
 *	struct findings_place place = { "ca.p12", 0 };
 *
 *	findings_add(&found, place, FINDINGS_ERROR, "no-mac", "no MAC");
 *	findings_mend(&found, "p12export -o %s",
 *	    findings_word(&found, place.file));
 *	findings_print(&found, json);
 *	status = findings_are_bad(&found) ? EXIT_NO : EXIT_YES;
 *	findings_release(&found);
 */

enum findings_level {
	FINDINGS_INFO,	  /* worth knowing; nothing is wrong */
	FINDINGS_WARNING, /* works, but */
	FINDINGS_ERROR,	  /* does not work */
};

struct findings_place {
	const char *file; /* lives as long as the findings */
	size_t line;	  /* 0: the file as a whole */
};

struct finding {
	struct findings_place place;
	enum findings_level level;
	const char *code; /* a constant: lower case, words joined by '-' */
	const char *text;
	const char *mend; /* NULL: no command does */
};

struct findings {
	struct finding *item;
	size_t count, room;
	struct arena arena;
};

void findings_add(struct findings *f, struct findings_place place,
    enum findings_level level, const char *code, const char *fmt, ...)
    PRINTF_LIKE(5, 6);

/* The command that mends what was added last. */
void findings_mend(struct findings *f, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* A word as a shell wants it: quoted where it must be.  Lives as long as f. */
const char *findings_word(struct findings *f, const char *word);

/* One line each, control characters shown as '?'; or one JSON object each,
 * with file, line, level, code, text, mend. */
void findings_print(const struct findings *f, bool json);

/* The lines on standard error: where standard output has something else. */
void findings_tell(const struct findings *f);

/* Is there one from warning up? */
bool findings_are_bad(const struct findings *f);

/* Is there one of this level or above? */
bool findings_reach(const struct findings *f, enum findings_level level);

void findings_release(struct findings *f);

#endif
