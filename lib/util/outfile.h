/* SPDX-License-Identifier: MIT */
#ifndef UTIL_OUTFILE_H
#define UTIL_OUTFILE_H

#include <popt.h>

#include "util/str.h"

/*
 * The file that a tool makes: whole or not at all, with mode 0600 unless
 * another is asked for, never over a file that exists unless forced, never
 * through a link; or standard output.
 *
 *	struct outfile_options options = { 0 };
 *	const struct poptOption table[] = { OUTFILE_OPTIONS(options), ...
 *
 *	if (outfile_check(&options) < 0)
 *		return STATUS_ERROR;	before the slow part
 *	...
 *	if (outfile_write(&options, text, note) < 0)
 *		return STATUS_ERROR;
 */

struct outfile_options {
	char *path, *owner, *mode, *context;
	int force;
};

#define OUTFILE_OPTIONS(o)                                                     \
	{ "output", 'o', POPT_ARG_STRING, &(o).path, 0,                        \
	  "the file to make; - is standard output", "FILE" },                  \
	{ "force", '\0', POPT_ARG_NONE, &(o).force, 0,                         \
	  "replace a file that exists", NULL },                                \
	{ "owner", '\0', POPT_ARG_STRING, &(o).owner, 0,                       \
	  "owner of the file", "USER[:GROUP]" },                               \
	{ "mode", '\0', POPT_ARG_STRING, &(o).mode, 0,                         \
	  "mode of the file, in octal (600)", "MODE" },                        \
	{ "context", '\0', POPT_ARG_STRING, &(o).context, 0,                   \
	  "SELinux label of the file", "LABEL" }

/* Is the file free, are owner and mode good?  path is not NULL.  Returns 0, or
 * -1 having reported why not. */
int outfile_check(const struct outfile_options *options);

/*
 * Write text, then print note on standard output, unless that has the text.
 * Returns 0 when the text is in the file and on disk, and note is written.
 * Else returns -1 having reported why, and nothing was made: the file does not
 * exist, or is what it was before.
 */
int outfile_write(const struct outfile_options *options, struct slice text,
    struct slice note);

#endif
