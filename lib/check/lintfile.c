/* SPDX-License-Identifier: MIT */
#include "check/lintfile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/mem.h"

#define MOST_SHOWN 60

PRINTF_LIKE(1, 0)
static char *
details(const char *fmt, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, fmt, args) < 0)
		die("out of memory");
	return text;
}

static void
put(struct lintfile *l, const struct cfg_line *line, const char *key,
    const char *code, const char *more)
{
	const struct catalogue_entry *entry = catalogue_find(code);
	struct findings_place place = { l->cfg->file, 0 };
	struct slice name = key != NULL ? slice_of(key) :
					  (struct slice){ "", 0 };

	if (entry == NULL)
		die("no such finding: '%s'", code);
	if (line != NULL)
		place.line = cfg_number(l->cfg, line);
	if (line != NULL && line->logical != NULL)
		name = cfg_key(line);
	if (name.size > MOST_SHOWN)
		name.size = MOST_SHOWN;
	findings_add(l->found, place, code, "%.*s%s%s%s%s", SLICE_ARG(name),
	    name.size != 0 ? ": " : "", entry->summary,
	    more != NULL ? ": " : "", more != NULL ? more : "");
}

void
lint_at(struct lintfile *l, const struct cfg_line *line, const char *code,
    const char *fmt, ...)
{
	char *more = NULL;
	va_list args;

	va_start(args, fmt);
	if (fmt != NULL)
		more = details(fmt, args);
	va_end(args);
	put(l, line, NULL, code, more);
	free(more);
}

void
lint_key(struct lintfile *l, const char *key, const char *code,
    const char *fmt, ...)
{
	char *more = NULL;
	va_list args;

	va_start(args, fmt);
	if (fmt != NULL)
		more = details(fmt, args);
	va_end(args);
	put(l, cfg_find(l->cfg, slice_of(key)), key, code, more);
	free(more);
}

void
lint_fix(struct lintfile *l, const struct cfg_line *line, struct slice value)
{
	const char *why;

	if (l->edits == NULL || !cfg_is_live(l->cfg, line))
		return;
	if (value.at == NULL)
		edits_delete(l->edits, l->cfg, cfg_key(line));
	else
		edits_set(l->edits, l->cfg, cfg_key(line), value, &why);
}

const char *
lint_shown(struct lintfile *l, const struct cfg_line *line)
{
	struct slice value = cfg_value(line);
	const char *more = "";
	char *text;
	const char *kept;

	if (settings_is_secret(l->rules, cfg_key(line)))
		return "(not shown)";
	if (value.size > MOST_SHOWN) {
		value.size = MOST_SHOWN;
		more = "...";
	}
	text = mem_printf("'%.*s%s'", SLICE_ARG(value), more);
	kept = arena_copy(&l->found->arena, slice_of(text)).at;
	free(text);
	return kept;
}

const struct cfg_line *
lint_find(const struct lintfile *l, const char *fmt, ...)
{
	const struct cfg_line *line;
	va_list args;
	char *key;

	va_start(args, fmt);
	key = details(fmt, args);
	va_end(args);
	line = cfg_find(l->cfg, slice_of(key));
	free(key);
	return line;
}
