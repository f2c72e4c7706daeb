/* SPDX-License-Identifier: MIT */
#ifndef CATALOGUE_H
#define CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * All that any tool can find, in the order of the codes: share/lists/findings,
 * compiled in.  Each code has one level and one meaning.
 */

enum catalogue_level {
	CATALOGUE_INFO,	   /* worth knowing; nothing is wrong */
	CATALOGUE_WARNING, /* works, but */
	CATALOGUE_ERROR,   /* does not work */
};

struct catalogue_entry {
	const char *code; /* lower case, words joined by '-' */
	enum catalogue_level level;
	const char *summary; /* one line; in cfglint it follows the key */
	const char *message; /* of a server, in a log or on a terminal; one a
				line; NULL: none is known */
	const char *why;     /* what happens if it is left */
	const char *fix;     /* what to do */
	const char *source;  /* where this is known from */
};

extern const struct catalogue_entry catalogue[];
extern const size_t catalogue_count;

/* "info", "warning", "error" */
const char *catalogue_level(const struct catalogue_entry *entry);

/* NULL: there is no such code; upper and lower case are alike. */
const struct catalogue_entry *catalogue_find(const char *code);

/*
 * What every tool with findings offers: --ignore, --explain and --codes.
 *
 *	struct catalogue_options asked = { 0 };
 *	const struct poptOption options[] = {
 *		CATALOGUE_OPTIONS(asked),
 *
 *	if (catalogue_answers(&asked, &status))
 *		return status;
 */
struct catalogue_options {
	const char **ignore;
	char *explain;
	int list;
};

#define CATALOGUE_OPTIONS(o)                                                   \
	{ "ignore", '\0', POPT_ARG_ARGV, &(o).ignore, 0,                       \
	  "leave these findings out", "CODE,..." },                            \
	{ "explain", '\0', POPT_ARG_STRING, &(o).explain, 0,                   \
	  "print what a code, or a message of the server, means",              \
	  "CODE|TEXT" },                                                       \
	{ "codes", '\0', POPT_ARG_NONE, &(o).list, 0, "list all codes", NULL }

/* Was --explain or --codes given?  Then all is printed, and *status is the
 * exit status.  Exits where --ignore names a code that does not exist; those
 * that do are ignored from now on. */
bool catalogue_answers(const struct catalogue_options *o, int *status);

/* Was it named by --ignore? */
bool catalogue_is_ignored(const struct catalogue_entry *entry);

#endif
