/* SPDX-License-Identifier: MIT */
#ifndef UTIL_RECORD_H
#define UTIL_RECORD_H

#include <popt.h>

#include "util/buf.h"

/*
 * Records on stdout: what every tool that lists things prints.
 *
 *	static const struct record_column columns[] = {
 *		{ "tag", "the certificate's tag" },
 *		{ NULL, NULL }
 *	};
 *	struct record_format format = { 0 };
 *	const struct poptOption options[] = {
 *		RECORD_OPTIONS(format), ...
 *	struct records out;
 *
 *	if (records_begin(&out, columns, &format) < 0)
 *		return STATUS_ERROR;
 *	records_put(&out, fields);	one slice a column
 *	records_end(&out);
 *
 * Plain records are one a line, fields parted by tabs; in a field, tab,
 * newline, carriage return and backslash are written \t \n \r \\, and other
 * control characters \x1b.
 * --table aligns them for people, --json gives one object a line.
 */

struct record_column {
	const char *name, *help;
};

struct record_format {
	int table, json, header;
	char *columns; /* names parted by commas, or NULL: all */
};

#define RECORD_OPTIONS(format)                                                 \
	{ "table", '\0', POPT_ARG_NONE, &(format).table, 0,                    \
	  "align the columns, with a header", NULL },                          \
	{ "json", '\0', POPT_ARG_NONE, &(format).json, 0,                      \
	  "one JSON object a line", NULL },                                    \
	{ "header", '\0', POPT_ARG_NONE, &(format).header, 0,                  \
	  "a first line with the columns' names", NULL },                      \
	{ "columns", '\0', POPT_ARG_STRING, &(format).columns, 0,              \
	  "only these columns, in this order", "NAME,..." }

struct records {
	const struct record_column *column;
	const struct record_format *format;
	bool ragged; /* plain records end with their last field that is there */
	size_t *pick, picked;
	struct buf out;
	size_t *cell_end, cells, room; /* for a table: offsets into out */
};

/* -1 when --columns names a column that is none; reported. */
int records_begin(struct records *r, const struct record_column *columns,
    const struct record_format *format);

/* field[i] belongs to columns[i]; a field whose at is NULL is JSON's null. */
void records_put(struct records *r, const struct slice *field);

/* Print what there is, for lists that are not to be held in memory; a table
 * waits for its end. */
void records_flush(struct records *r);

/* Print all.  Nothing has been printed before, unless by records_flush(). */
void records_end(struct records *r);

/* Print nothing, in its place. */
void records_drop(struct records *r);

#endif
