/* SPDX-License-Identifier: MIT */
#include "check/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/buf.h"
#include "util/cli.h"
#include "util/mem.h"
#include "util/record.h"

static __attribute__((format(printf, 2, 0))) const char *
keep(struct findings *f, const char *fmt, va_list args)
{
	char *text = NULL;
	const char *kept;

	if (vasprintf(&text, fmt, args) < 0)
		die("out of memory");
	kept = arena_copy(&f->arena, slice_of(text)).at;
	free(text);
	return kept;
}

void
findings_add(struct findings *f, struct findings_place place, const char *code,
    const char *fmt, ...)
{
	const struct catalogue_entry *is = catalogue_find(code);
	struct finding *item;
	va_list args;

	if (is == NULL)
		die("no such finding: '%s'", code);
	f->skipped = catalogue_is_ignored(is);
	if (f->skipped)
		return;
	MEM_GROW(f->item, f->count, f->room);
	item = &f->item[f->count++];
	*item = (struct finding){ place, is, NULL, NULL };
	item->place.file = arena_copy(
	    &f->arena, slice_of(place.file != NULL ? place.file : "-"))
			       .at;
	va_start(args, fmt);
	item->text = keep(f, fmt, args);
	va_end(args);
}

void
findings_fix(struct findings *f, const char *fmt, ...)
{
	va_list args;

	if (f->skipped)
		return;
	va_start(args, fmt);
	f->item[f->count - 1].fix = keep(f, fmt, args);
	va_end(args);
}

const char *
findings_word(struct findings *f, const char *word)
{
	struct buf out = { 0 };
	const char *quoted;

	buf_put_word(&out, word != NULL ? word : "");
	quoted = arena_copy(&f->arena, buf_slice(&out)).at;
	buf_release(&out);
	return quoted;
}

static void
print_lines(const struct findings *f, FILE *stream, const char *before)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < f->count; i++) {
		const struct finding *item = &f->item[i];
		char line[24] = "", *text;

		if (item->place.line != 0)
			snprintf(line, sizeof line, ":%zu", item->place.line);
		text = mem_printf("%s%s%s: %s: %s: %s%s%s", before,
		    item->place.file,
		    line, catalogue_level(item->is), item->is->code, item->text,
		    item->fix != NULL ? ": " : "",
		    item->fix != NULL ? item->fix : "");
		/* Nor may they forge a line. */
		buf_put_visible(&out, slice_of(text), "");
		buf_putc(&out, '\n');
		free(text);
	}
	if (out.size != 0)
		fwrite(out.at, 1, out.size, stream);
	cli_note();
	buf_release(&out);
}

static void
print_json(const struct findings *f)
{
	static const struct record_column columns[] = {
		{ "file", "" }, { "line", "" }, { "level", "" },
		{ "code", "" }, { "text", "" }, { "fix", "" }, { NULL, NULL }
	};
	static const struct record_format format = { .json = 1 };
	struct records out;

	if (records_begin(&out, columns, &format) < 0)
		return;
	for (size_t i = 0; i < f->count; i++) {
		const struct finding *item = &f->item[i];
		struct slice field[sizeof columns / sizeof *columns] = { 0 };
		char line[24];

		snprintf(line, sizeof line, "%zu", item->place.line);
		field[0] = slice_of(item->place.file);
		field[1] = slice_or_none(item->place.line != 0 ? line : NULL);
		field[2] = slice_of(catalogue_level(item->is));
		field[3] = slice_of(item->is->code);
		field[4] = slice_of(item->text);
		field[5] = slice_or_none(item->fix);
		records_put(&out, field);
	}
	records_end(&out);
}

void
findings_print(const struct findings *f, bool json)
{
	if (json)
		print_json(f);
	else
		print_lines(f, stdout, "");
}

void
findings_print_after(const struct findings *f, const char *before)
{
	print_lines(f, stdout, before);
}

void
findings_tell(const struct findings *f)
{
	print_lines(f, stderr, "");
}

int
findings_status(const struct findings *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->item[i].is->level >= CATALOGUE_WARNING)
			return STATUS_DIFFER;
	return STATUS_OK;
}

void
findings_release(struct findings *f)
{
	free(f->item);
	arena_release(&f->arena);
	*f = (struct findings){ 0 };
}
