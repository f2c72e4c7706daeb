/* SPDX-License-Identifier: MIT */
#ifndef OUTFILE_H
#define OUTFILE_H

#include <popt.h>

#include "util/str.h"

/*
 * The file that a tool makes: whole or not at all, for its owner alone unless
 * asked, never over one that is there unless forced; or standard output, but
 * no terminal.
 *
 *	struct outfile_options options = { 0 };
 *	const struct poptOption table[] = { OUTFILE_OPTIONS(options), ...
 *
 *	if (outfile_check(&options) < 0)
 *		return EXIT_TROUBLE;	before the slow part
 *	...
 *	if (outfile_write(&options, text) < 0)
 *		return EXIT_TROUBLE;
 */

struct outfile_options {
	char *path, *owner, *mode, *context;
	int force;
};

#define OUTFILE_OPTIONS(o)                                                     \
	{ "output", 'o', POPT_ARG_STRING, &(o).path, 0,                        \
	  "the file to make; - is standard output", "FILE" },                  \
	{ "force", '\0', POPT_ARG_NONE, &(o).force, 0,                         \
	  "replace a file that is there", NULL },                              \
	{ "owner", '\0', POPT_ARG_STRING, &(o).owner, 0,                       \
	  "whose the file is to be", "USER[:GROUP]" },                         \
	{ "mode", '\0', POPT_ARG_STRING, &(o).mode, 0,                         \
	  "its mode, in octal (600)", "MODE" },                                \
	{ "context", '\0', POPT_ARG_STRING, &(o).context, 0,                   \
	  "its SELinux label", "LABEL" }

/* Is a file given, is it free, are owner and mode good?  0, or -1 having
 * reported why. */
int outfile_check(const struct outfile_options *options);

/* 0 when the text is there and on disk, else -1 having reported why. */
int outfile_write(const struct outfile_options *options, struct slice text);

#endif
