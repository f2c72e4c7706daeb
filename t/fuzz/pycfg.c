/* SPDX-License-Identifier: MIT */
/*
 * The reader agrees with a slow one that does what load_properties() does, a
 * step of it at a time, on an array of characters: the same names and values
 * in the same order, and the same text refused.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "cfg/pycfg.h"
#include "util/mem.h"

#define MOST 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A Python string: characters, of which NUL may be one. */
struct string {
	uint32_t at[MOST];
	size_t size;
};

struct lines {
	struct { size_t from, to; } line[MOST];
	size_t count;
};

static bool
is_in(const uint32_t *set, uint32_t c)
{
	while (*set != 0 && *set != c)
		set++;
	return *set != 0;
}

static bool
is_space(uint32_t c)
{
	static const uint32_t set[] = { 0x9, 0xa, 0xb, 0xc, 0xd, 0x1c, 0x1d,
		0x1e, 0x1f, 0x20, 0x85, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002,
		0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a,
		0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0 };

	return is_in(set, c);
}

static bool
is_line_end(uint32_t c)
{
	static const uint32_t set[] = { 0xa, 0xb, 0xc, 0xd, 0x1c, 0x1d, 0x1e,
		0x85, 0x2028, 0x2029, 0 };

	return is_in(set, c);
}

/* bytes.decode(), then universal newlines; false: UnicodeDecodeError. */
static bool
decode(struct string *s, const uint8_t *data, size_t size)
{
	/* The first byte from, and the least character of that many bytes. */
	static const struct { uint8_t from, mask; uint32_t least; } form[] = {
		{ 0xf8, 0, 0 }, { 0xf0, 0x7, 0x10000 }, { 0xe0, 0xf, 0x800 },
		{ 0xc0, 0x1f, 0x80 }, { 0x80, 0, 0 }, { 0, 0x7f, 0 } };

	for (size_t i = 0; i < size;) {
		size_t f = 0, bytes;
		uint32_t c;

		while (data[i] < form[f].from)
			f++;
		if (form[f].mask == 0)
			return false;
		bytes = f == 5 ? 1 : 5 - f;
		c = data[i] & form[f].mask;
		if (bytes > size - i)
			return false;
		for (size_t more = 1; more < bytes; more++) {
			if (data[i + more] >> 6 != 2)
				return false;
			c = c * 64 + data[i + more] % 64;
		}
		if (c < form[f].least || c > 0x10ffff ||
		    (c >= 0xd800 && c <= 0xdfff))
			return false;
		i += bytes;
		if (c == '\r' && i < size && data[i] == '\n')
			continue;
		s->at[s->size++] = c == '\r' ? '\n' : c;
	}
	return true;
}

static void
split_lines(struct lines *lines, const struct string *s)
{
	size_t from = 0;

	for (size_t i = 0; i < s->size; i++)
		if (is_line_end(s->at[i])) {
			lines->line[lines->count].from = from;
			lines->line[lines->count++].to = i;
			from = i + 1;
		}
	if (from < s->size) {
		lines->line[lines->count].from = from;
		lines->line[lines->count++].to = s->size;
	}
}

static void
same(const struct string *s, struct slice slice)
{
	static struct string other;

	other.size = 0;
	assert(decode(&other, (const uint8_t *)slice.at, slice.size));
	assert(other.size == s->size);
	for (size_t i = 0; i < s->size; i++)
		assert(other.at[i] == s->at[i]);
}

static void
copy(struct string *to, const struct string *from, size_t start, size_t end)
{
	to->size = 0;
	while (start < end)
		to->at[to->size++] = from->at[start++];
}

static void
strip(struct string *s, bool left, bool right)
{
	size_t start = 0;

	while (left && start < s->size && is_space(s->at[start]))
		start++;
	while (right && s->size > start && is_space(s->at[s->size - 1]))
		s->size--;
	copy(s, s, start, s->size);
}

/* The value of the line at *i; more lines are taken while it goes on. */
static void
read_value(struct string *value, const struct string *s,
    const struct lines *lines, size_t *i)
{
	strip(value, true, false);
	while (value->size != 0 && value->at[value->size - 1] == '\\') {
		value->size--;
		if (++*i == lines->count)
			return; /* what was stored is what stays */
		for (size_t c = lines->line[*i].from; c < lines->line[*i].to;
		     c++)
			value->at[value->size++] = s->at[c];
	}
	strip(value, false, true);
}

static void
compare(struct pycfg *py, const struct string *s, const struct lines *lines)
{
	static struct string name, value;
	struct pycfg_entry entry;

	for (size_t i = 0; i < lines->count; i++) {
		size_t equals = lines->line[i].from, end = lines->line[i].to;

		copy(&name, s, equals, end);
		strip(&name, true, false);
		if (name.size == 0 || name.at[0] == '#')
			continue;
		while (equals < end && s->at[equals] != '=')
			equals++;
		if (equals == end) {
			assert(pycfg_next(py, &entry) == PYCFG_NO_DELIMITER);
			return;
		}
		copy(&name, s, lines->line[i].from, equals);
		strip(&name, true, true);
		copy(&value, s, equals + 1, end);
		read_value(&value, s, lines, &i);
		assert(pycfg_next(py, &entry) == PYCFG_ENTRY);
		same(&name, entry.name);
		same(&value, entry.value);
	}
	assert(pycfg_next(py, &entry) == PYCFG_END);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct string s;
	static struct lines lines;
	char *text;
	struct pycfg py = { 0 };
	bool decodes;

	if (size > MOST)
		return 0;
	text = mem_dup((const char *)data, size);
	s.size = lines.count = 0;
	decodes = decode(&s, data, size);
	assert(pycfg_decodes((struct slice){ text, size }) == decodes);
	if (decodes) {
		split_lines(&lines, &s);
		py.rest = (struct slice){ text, size };
		compare(&py, &s, &lines);
		pycfg_release(&py);
	}
	free(text);
	return 0;
}
