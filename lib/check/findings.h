/* SPDX-License-Identifier: MIT */
#ifndef FINDINGS_H
#define FINDINGS_H

#include <stdbool.h>

#include "check/catalogue.h"
#include "util/arena.h"
#include "util/diag.h"

/*
 * What a check found, for people, editors and scripts: lines of
 *
 *	FILE:LINE: level: code: text: command that fixes it
 *
 * on standard output, in the order in which they were added.  The level is
 * that of the code in the catalogue.
 *
 *	struct findings found = { 0 };
 *	struct findings_place place = { "ca.p12", 0 };
 *
 *	findings_add(&found, place, "no-mac", "no MAC");
 *	findings_fix(&found, "p12export -o %s",
 *	    findings_word(&found, place.file));
 *	findings_print(&found, json);
 *	status = findings_status(&found);
 *	findings_release(&found);
 */

struct findings_place {
	const char *file; /* copied where a finding is added; NULL: unknown */
	size_t line;	  /* 0: the file as a whole */
};

struct finding {
	struct findings_place place;
	const struct catalogue_entry *is;
	const char *text;
	const char *fix; /* NULL: no command does */
};

struct findings {
	struct finding *item;
	size_t count, room;
	bool skipped; /* what was added last is ignored */
	struct arena arena;
};

/* code is one of the catalogue; one that --ignore names is passed over. */
void findings_add(struct findings *f, struct findings_place place,
    const char *code, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* The command that fixes what was added last. */
void findings_fix(struct findings *f, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* A word as a shell wants it: quoted where it must be.  Valid until f is
 * released. */
const char *findings_word(struct findings *f, const char *word);

/* One line each, control characters shown as '?'; or one JSON object each,
 * with file, line, level, code, text, fix. */
void findings_print(const struct findings *f, bool json);

/* The lines with a text before each: comments beside records. */
void findings_print_after(const struct findings *f, const char *before);

/* The lines on standard error: where standard output has something else. */
void findings_tell(const struct findings *f);

/* STATUS_DIFFER if any finding is a warning or an error, else STATUS_OK. */
int findings_status(const struct findings *f);

void findings_release(struct findings *f);

#endif
