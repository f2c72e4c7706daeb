/* SPDX-License-Identifier: MIT */
/*
 * An override file: what is taken in has each key in the line that is told,
 * and, written anew, is taken in again, to the same keys and values.
 */
#include <assert.h>
#include <stdint.h>

#include "pki/spawn.h"
#include "util/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Python's line ends and blanks are of bytes here. */
static struct slice
line_of(struct slice text, size_t number)
{
	size_t i = 0;

	for (; number > 1 && i < text.size; i++)
		if (text.at[i] == '\n' || (text.at[i] == '\r' &&
		    (i + 1 == text.size || text.at[i + 1] != '\n')))
			number--;
	return (struct slice){ text.at + i, text.size - i };
}

static void
stands_there(struct slice line, const char *key)
{
	while (line.size != 0 && strchr(" \t\v\f\x1c\x1d\x1e\x1f",
	    *line.at) != NULL) {
		line.at++;
		line.size--;
	}
	assert(slice_starts(line, slice_of(key)));
}

static void
write_value(struct buf *out, const char *value)
{
	for (; *value != '\0'; value++) {
		buf_putc(out, *value);
		if (*value == '\n')
			buf_putc(out, ' ');
	}
	buf_putc(out, '\n');
}

/* In the order of lines, with headings where sections change. */
static void
write_file(struct buf *out, const struct spawn *f)
{
	for (size_t s = 0; s < f->sections; s++) {
		buf_putc(out, '[');
		buf_puts(out, f->section[s]);
		buf_puts(out, "]\n");
		for (size_t i = 0; i < f->count; i++) {
			if (strcmp(f->entry[i].section, f->section[s]) != 0)
				continue;
			buf_puts(out, f->entry[i].key);
			buf_putc(out, '=');
			write_value(out, f->entry[i].value);
		}
	}
}

static const struct spawn_entry *
same_entry(const struct spawn *f, const struct spawn_entry *e)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->entry[i].section, e->section) == 0 &&
		    strcmp(f->entry[i].key, e->key) == 0)
			return &f->entry[i];
	return NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct spawn f, again;
	struct spawn_value value;
	struct buf out = { 0 };

	if (spawn_parse(&f, "fuzz", text) < 0)
		return 0;
	for (size_t i = 0; i < f.count; i++) {
		stands_there(line_of(text, f.entry[i].line), f.entry[i].key);
		spawn_is_bad(&f, &f.entry[i]);
		spawn_is_hidden(&f, "CA", &f.entry[i]);
		assert(!spawn_get(&f, "CA", f.entry[i].key, &value) ||
		    value.line != 0);
	}
	write_file(&out, &f);
	if (out.size != 0) {
		assert(spawn_parse(&again, "again", buf_slice(&out)) == 0);
		assert(again.count == f.count);
		for (size_t i = 0; i < f.count; i++)
			assert(strcmp(same_entry(&again, &f.entry[i])->value,
			    f.entry[i].value) == 0);
		spawn_release(&again);
	}
	/* Sections have other names for it. */
	spawn_for_release(&f,
	    (struct release){ RELEASE(10, 5, 0), RELEASE(10, 5, 999) });
	for (size_t i = 0; i < f.count; i++)
		assert(!spawn_get(&f, "CA", f.entry[i].key, &value) ||
		    value.line != 0);
	spawn_release(&f);
	buf_release(&out);
	return 0;
}
