/* SPDX-License-Identifier: MIT */
/*
 * Of any LDIF that is taken: a slow reader, which unfolds all of it first,
 * finds the same entries; and what is written of them reads as the same.
 * However little is read at once.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "dir/ldif.h"
#include "util/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Entries as one text: "dn" and values, each with its size before it. */
static void
put(struct buf *out, struct slice s)
{
	char size[32];

	snprintf(size, sizeof size, "%zu:", s.size);
	buf_puts(out, size);
	buf_add(out, s);
}

/* -1: it was not taken. */
static int
read_all(struct slice text, size_t block, struct buf *seen,
    struct buf *written)
{
	FILE *in = fmemopen((void *)text.at, text.size, "r");
	struct ldif ldif;
	int more;

	assert(in != NULL);
	ldif_begin(&ldif, in, "f");
	ldif.block = block;
	while ((more = ldif_next(&ldif)) > 0) {
		const struct entry *e = &ldif.entry;

		buf_puts(seen, "\ndn");
		put(seen, e->dn);
		assert(e->dn.at[e->dn.size] == '\0');
		for (size_t i = 0; i < e->attributes; i++) {
			put(seen, e->attribute[i].name);
			put(seen, e->attribute[i].value);
			assert(e->attribute[i].value.at[
			    e->attribute[i].value.size] == '\0');
		}
		if (written != NULL)
			ldif_add(written, e);
	}
	ldif_release(&ldif);
	fclose(in);
	return more;
}

/* Lines without CR and folds. */
static void
unfold(struct slice text, struct buf *out)
{
	while (text.size != 0) {
		const char *lf = memchr(text.at, '\n', text.size);
		size_t size = lf != NULL ? (size_t)(lf - text.at) : text.size;
		size_t skip = size + (lf != NULL);
		const bool more = *text.at == ' ';

		if (size != 0 && text.at[size - 1] == '\r')
			size--;
		if (more)
			out->size--;
		buf_add(out, (struct slice){ text.at + more, size - more });
		buf_putc(out, '\n');
		text.at += skip;
		text.size -= skip;
	}
}

static struct slice
next_line(struct slice *text)
{
	const char *lf = memchr(text->at, '\n', text->size);
	struct slice line = { text->at, (size_t)(lf - text->at) };

	text->at += line.size + 1;
	text->size -= line.size + 1;
	return line;
}

static void
put_line(struct buf *out, struct slice line, bool is_dn)
{
	const char *colon = memchr(line.at, ':', line.size);
	const char *end = line.at + line.size, *at = colon + 1;
	struct buf bytes = { 0 };
	const bool encoded = at < end && *at == ':';

	at += encoded;
	while (at < end && *at == ' ')
		at++;
	if (encoded)
		assert(base64_decode(&bytes, (struct slice){ at,
		    (size_t)(end - at) }) == 0);
	if (is_dn)
		buf_puts(out, "\ndn");
	else
		put(out, (struct slice){ line.at, (size_t)(colon - line.at) });
	put(out, encoded ? buf_slice(&bytes) :
	    (struct slice){ at, (size_t)(end - at) });
	buf_release(&bytes);
}

static void
read_slowly(struct slice input, struct buf *seen)
{
	enum { NOWHERE, ENTRY, RESULT } where = NOWHERE;
	struct buf lines = { 0 };
	struct slice text;

	unfold(input, &lines);
	text = buf_slice(&lines);
	while (text.size != 0) {
		struct slice line = next_line(&text), name = line;
		bool starts = false;

		if (line.size == 0)
			where = NOWHERE;
		if (line.size == 0 || *line.at == '#')
			continue;
		name.size = (size_t)((const char *)memchr(line.at, ':',
		    line.size) - line.at);
		if (where == NOWHERE) {
			starts = entry_is_named(name, "dn");
			where = starts ? ENTRY : entry_is_named(name,
			    "search") ? RESULT : NOWHERE;
		}
		if (where == ENTRY)
			put_line(seen, line, starts);
	}
	buf_release(&lines);
}

static void
check(struct slice input)
{
	struct buf seen = { 0 }, slowly = { 0 }, again = { 0 }, text = { 0 };

	if (read_all(input, 256 << 10, &seen, &text) == 0) {
		read_slowly(input, &slowly);
		assert(slice_equal(buf_slice(&seen), buf_slice(&slowly)));
		assert(read_all(input, 3, &again, NULL) == 0);
		assert(slice_equal(buf_slice(&seen), buf_slice(&again)));
		again.size = 0;
		if (text.size != 0)
			assert(read_all(buf_slice(&text), 100, &again,
			    NULL) == 0);
		assert(slice_equal(buf_slice(&seen), buf_slice(&again)));
	} else {
		assert(read_all(input, 3, &again, NULL) < 0);
	}
	buf_release(&seen);
	buf_release(&slowly);
	buf_release(&again);
	buf_release(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *null;
	FILE *usual = stderr;

	if (size == 0)
		return 0;
	if (null == NULL)
		null = fopen("/dev/null", "w");
	/* What is wrong with a file is told, each time. */
	stderr = null;
	check((struct slice){ (const char *)data, size });
	stderr = usual;
	return 0;
}
