/* SPDX-License-Identifier: MIT */
#ifndef CFG_DIFF_H
#define CFG_DIFF_H

#include "cfg/edits.h"
#include "cfg/setting.h"
#include "util/str.h"

/*
 * Which keys are meant: a list of prefixes ("ca.connector.KRA.") and of
 * patterns of whole keys (glob.h: those with '*' or '?' in them).
 */

/* Is key meant by one of the NULL-terminated words?  NULL means none. */
bool select_any(char *const *words, struct slice key);

/*
 * The edits from one file to another, as the server reads them both.
 */

struct diff_options {
	const struct settings *rules;
	char *const *only, *const *except; /* as select_any() takes them;
					     NULL: all, none */
	bool all;	/* keys that must not travel too */
	struct setting_differ differ; /* the two hosts; zeroed: in nothing */
	bool semantic;	/* as the server takes them: cfg/setting.h */
};

struct diff_left_out {
	size_t by_class[SETTING_COMMENT + 1]; /* that differ, and stay */
};

/*
 * Edits of old that make it new, in the order of old's keys where it has one.
 * Borrows from both files.
 */
void diff_files(struct edits *edits, const struct cfg *old,
    const struct cfg *new, const struct diff_options *options,
    struct diff_left_out *left_out);

/* "3 range, 2 identity"; the caller's to free; NULL: none was left out. */
char *diff_describe(const struct diff_left_out *left_out);

#endif
