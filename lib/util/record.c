/* SPDX-License-Identifier: MIT */
#include "util/record.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/cli.h"
#include "util/diag.h"
#include "util/json.h"
#include "util/mem.h"

static size_t
column_of(const struct record_column *column, struct slice name)
{
	size_t i = 0;

	while (column[i].name != NULL && !slice_equal(slice_of(column[i].name),
	    name))
		i++;
	return i;
}

static int
pick_columns(struct records *r, const char *names)
{
	const char *at = names;

	for (;;) {
		struct slice name = { at, strcspn(at, ",") };
		size_t i = column_of(r->column, name);

		if (r->column[i].name == NULL)
			return fail("--columns: no column '%.*s'",
			    SLICE_ARG(name));
		r->pick = mem_realloc(r->pick, r->picked + 1, sizeof *r->pick);
		r->pick[r->picked++] = i;
		at += name.size;
		if (*at++ == '\0')
			return 0;
	}
}

/* A control character or backslash; it takes four bytes at most. */
static char *
escape(char *dst, char c)
{
	static const char plain[] = "\t\n\r\\", letter[] = "tnr\\";
	const char *at = c != '\0' ? strchr(plain, c) : NULL;

	/* Names are strangers': no escapes to a terminal. */
	if (at == NULL)
		return dst + sprintf(dst, "\\x%02x", (unsigned char)c);
	*dst++ = '\\';
	*dst++ = letter[at - plain];
	return dst;
}

#define EACH(byte) (UINT64_MAX / 255 * (byte))

/* Is any of the eight bytes below limit, which is 128 at most? */
static bool
any_below(uint64_t bytes, uint64_t limit)
{
	return ((bytes - EACH(limit)) & ~bytes & EACH(0x80)) != 0;
}

/* Most fields are long enough, and have nothing to escape. */
static bool
are_plain(uint64_t bytes)
{
	return !any_below(bytes, ' ') && !any_below(bytes ^ EACH(0x7f), 1) &&
	    !any_below(bytes ^ EACH('\\'), 1) &&
	    !any_below(bytes ^ EACH(0xc2), 1);
}

static void
add_escaped(struct buf *b, struct slice field)
{
	size_t i = 0;
	char *dst;

	if (field.size == 0)
		return;
	/* And room for the NUL of the last one. */
	buf_reserve(b, 4 * field.size + 1);
	dst = b->at + b->size;
	while (i < field.size) {
		uint64_t eight;
		size_t escapes;

		if (field.size - i >= sizeof eight) {
			memcpy(&eight, field.at + i, sizeof eight);
			if (are_plain(eight)) {
				memcpy(dst, &eight, sizeof eight);
				dst += sizeof eight;
				i += sizeof eight;
				continue;
			}
		}
		escapes = control_size(field.at + i, field.size - i);
		if (escapes == 0 && field.at[i] == '\\')
			escapes = 1;
		if (escapes == 0)
			*dst++ = field.at[i++];
		for (; escapes != 0; escapes--)
			dst = escape(dst, field.at[i++]);
	}
	b->size = (size_t)(dst - b->at);
}

static void
put_json(struct records *r, const struct slice *field)
{
	for (size_t i = 0; i < r->picked; i++) {
		size_t c = r->pick[i];

		buf_puts(&r->out, i == 0 ? "{" : ",");
		json_add_string(&r->out, slice_of(r->column[c].name));
		buf_putc(&r->out, ':');
		if (field[c].at == NULL)
			buf_puts(&r->out, "null");
		else
			json_add_string(&r->out, field[c]);
	}
	buf_puts(&r->out, "}\n");
}

static void
put_cells(struct records *r, const struct slice *field)
{
	for (size_t i = 0; i < r->picked; i++) {
		add_escaped(&r->out, field[r->pick[i]]);
		MEM_GROW(r->cell_end, r->cells, r->room);
		r->cell_end[r->cells++] = r->out.size;
	}
}

static void
put_plain(struct records *r, const struct slice *field)
{
	size_t fields = r->picked;

	while (r->ragged && fields > 1 && field[r->pick[fields - 1]].at == NULL)
		fields--;
	for (size_t i = 0; i < fields; i++) {
		if (i != 0)
			buf_putc(&r->out, '\t');
		add_escaped(&r->out, field[r->pick[i]]);
	}
	buf_putc(&r->out, '\n');
}

void
records_put(struct records *r, const struct slice *field)
{
	if (r->format->json)
		put_json(r, field);
	else if (r->format->table)
		put_cells(r, field);
	else
		put_plain(r, field);
}

int
records_begin(struct records *r, const struct record_column *columns,
    const struct record_format *format)
{
	size_t count = column_of(columns, (struct slice){ "", 0 });
	struct slice *names;

	*r = (struct records){ .column = columns, .format = format };
	if (format->json + format->table > 1)
		return fail("--json and --table do not go together");
	if (format->columns != NULL && pick_columns(r, format->columns) < 0) {
		free(r->pick);
		return -1;
	}
	if (format->columns == NULL)
		r->pick = mem_alloc(count * sizeof *r->pick);
	for (; format->columns == NULL && r->picked < count; r->picked++)
		r->pick[r->picked] = r->picked;
	if (format->json || !(format->header || format->table))
		return 0;
	names = mem_alloc(count * sizeof *names);
	for (size_t i = 0; i < count; i++)
		names[i] = slice_of(columns[i].name);
	records_put(r, names);
	free(names);
	return 0;
}

/* Characters, not bytes: good enough a width for what is aligned here. */
static size_t
width(struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.size; i++)
		n += (s.at[i] & 0xc0) != 0x80;
	return n;
}

static struct slice
cell(const struct records *r, size_t i)
{
	size_t start = i != 0 ? r->cell_end[i - 1] : 0;

	return (struct slice){ r->out.at + start, r->cell_end[i] - start };
}

static void
print_table(const struct records *r)
{
	size_t *widest = mem_zalloc(r->picked, sizeof *widest);

	for (size_t i = 0; i < r->cells; i++)
		if (width(cell(r, i)) > widest[i % r->picked])
			widest[i % r->picked] = width(cell(r, i));
	for (size_t i = 0; i < r->cells; i++) {
		size_t pad = widest[i % r->picked] - width(cell(r, i));

		cli_print(cell(r, i));
		if ((i + 1) % r->picked == 0)
			putchar('\n');
		else
			printf("%*s", (int)pad + 2, "");
	}
	free(widest);
}

void
records_flush(struct records *r)
{
	if (!r->format->table && r->out.size != 0)
		cli_print(buf_slice(&r->out));
	if (!r->format->table)
		r->out.size = 0;
}

void
records_end(struct records *r)
{
	if (r->format->table)
		print_table(r);
	else if (r->out.size != 0)
		cli_print(buf_slice(&r->out));
	records_drop(r);
}

void
records_drop(struct records *r)
{
	buf_release(&r->out);
	free(r->cell_end);
	free(r->pick);
	*r = (struct records){ 0 };
}
