/* SPDX-License-Identifier: MIT */
#include "check/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/cli.h"
#include "util/diag.h"
#include "util/glob.h"
#include "util/mem.h"

const char *
catalogue_level(const struct catalogue_entry *entry)
{
	static const char *const name[] = {
		[CATALOGUE_INFO] = "info",
		[CATALOGUE_WARNING] = "warning",
		[CATALOGUE_ERROR] = "error",
	};

	return name[entry->level];
}

static int
compare(const void *code, const void *entry)
{
	return strcasecmp(code, ((const struct catalogue_entry *)entry)->code);
}

const struct catalogue_entry *
catalogue_find(const char *code)
{
	return bsearch(code, catalogue, catalogue_count, sizeof *catalogue,
	    compare);
}

#define MOST 1024 /* codes */

/* What the command line says counts for all that the tool finds. */
static bool ignored[MOST];

static void
take_ignored(const char **lists)
{
	if (catalogue_count > MOST)
		die("the catalogue is larger than --ignore can take");
	for (const char **i = lists; i != NULL && *i != NULL; i++) {
		char *codes = mem_dup(*i, strlen(*i)), *save = NULL;

		for (char *code = strtok_r(codes, ",", &save); code != NULL;
		     code = strtok_r(NULL, ",", &save)) {
			const struct catalogue_entry *entry =
			    catalogue_find(code);

			if (entry == NULL)
				cli_usage("--ignore: no such code: '%s' "
					  "(--codes lists the codes)", code);
			ignored[entry - catalogue] = true;
		}
		free(codes);
	}
}

bool
catalogue_is_ignored(const struct catalogue_entry *entry)
{
	return ignored[entry - catalogue];
}

/* So short a piece would be found in messages that it is no part of. */
#define LEAST_PIECE 8

/* Has text the whole of a message in it, or is it a piece of the message?  In
 * that, '*' stands for what is different each time. */
static bool
has_message(const char *text, const char *message)
{
	char *pattern = mem_printf("**%s**", message);
	const bool has = glob_match_any_case(slice_of(pattern),
	    slice_of(text));

	free(pattern);
	return has || (strlen(text) >= LEAST_PIECE &&
	    strcasestr(message, text) != NULL);
}

static bool
speaks_of(const char *text, struct slice messages)
{
	while (messages.size != 0) {
		const struct slice line = slice_cut(&messages, '\n');
		char *message = mem_dup(line.at, line.size);
		const bool is = has_message(text, message);

		free(message);
		if (is)
			return true;
	}
	return false;
}

/* As a paragraph of 72 columns. */
static void
print_wrapped(const char *text)
{
	size_t column = 0;

	while (*text != '\0') {
		const size_t size = strcspn(text, " ");

		if (column != 0 && column + 1 + size > 72) {
			putchar('\n');
			column = 0;
		}
		column += (size_t)printf("%s%.*s", column != 0 ? " " : "",
		    (int)size, text);
		text += size + strspn(text + size, " ");
	}
	putchar('\n');
}

static void
print_entry(const struct catalogue_entry *entry)
{
	struct slice messages = slice_or_none(entry->message);

	printf("%s: %s: %s\n", entry->code, catalogue_level(entry),
	    entry->summary);
	while (messages.size != 0) {
		const struct slice message = slice_cut(&messages, '\n');

		printf("In the log: %.*s\n", SLICE_ARG(message));
	}
	print_wrapped(entry->why);
	printf("Fix: ");
	print_wrapped(entry->fix);
	printf("Source: %s\n", entry->source);
}

static int
explain(const char *text)
{
	const struct catalogue_entry *entry = catalogue_find(text);
	size_t count = 0;

	if (entry != NULL) {
		print_entry(entry);
		return STATUS_OK;
	}
	for (size_t i = 0; i < catalogue_count; i++) {
		if (!speaks_of(text, slice_or_none(catalogue[i].message)))
			continue;
		if (count++ != 0)
			putchar('\n');
		print_entry(&catalogue[i]);
	}
	if (count != 0)
		return STATUS_OK;
	say("--explain: no such code or message: '%s' (--codes lists the "
	    "codes)", text);
	return STATUS_DIFFER;
}

bool
catalogue_answers(const struct catalogue_options *o, int *status)
{
	take_ignored(o->ignore);
	*status = STATUS_OK;
	if (o->explain != NULL)
		*status = explain(o->explain);
	for (size_t i = 0; o->list && i < catalogue_count; i++)
		printf("%s\t%s\t%s\n", catalogue[i].code,
		    catalogue_level(&catalogue[i]), catalogue[i].summary);
	return o->list || o->explain != NULL;
}
