/* SPDX-License-Identifier: MIT */
#include "dir/ldapdn.h"

#include <stdlib.h>

#include "util/mem.h"

/* A DN that is being read. */
struct reading {
	const char *at, *end;
	struct buf *out;
};

static char
lower(char c)
{
	static const char low[] = "abcdefghijklmnopqrstuvwxyz";

	if (c >= 'A' && c <= 'Z')
		return low[c - 'A'];
	return c;
}

/* What two hex digits stand for; -1: they are none. */
static int
byte_at(const char *at, const char *end)
{
	static const char digits[] = "0123456789abcdef";
	const char *high, *low;

	if (end - at < 2 || at[0] == '\0' || at[1] == '\0')
		return -1;
	high = strchr(digits, lower(at[0]));
	low = strchr(digits, lower(at[1]));
	if (high == NULL || low == NULL)
		return -1;
	return (int)((high - digits) * 16 + (low - digits));
}

static void
skip_blanks(struct reading *r)
{
	while (r->at < r->end && *r->at == ' ')
		r->at++;
}

/* A type: letters, digits, '-', '.', and an ancient "OID." before digits. */
static int
read_type(struct reading *r)
{
	const size_t start = r->out->size;

	skip_blanks(r);
	for (; r->at < r->end && *r->at != '=' && *r->at != ' '; r->at++) {
		const char c = lower(*r->at);

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '.' && c != ';' && c != '_')
			return -1;
		buf_putc(r->out, c);
	}
	skip_blanks(r);
	if (r->out->size == start || r->at == r->end || *r->at++ != '=')
		return -1;
	if (slice_starts((struct slice){ r->out->at + start,
		r->out->size - start }, slice_of("oid."))) {
		memmove(r->out->at + start, r->out->at + start + 4,
		    r->out->size - start - 4);
		r->out->size -= 4;
	}
	buf_putc(r->out, '=');
	skip_blanks(r);
	return 0;
}

/* A byte of a value; blanks wait until something follows them. */
static void
put(struct reading *r, char c, size_t start)
{
	static const char digits[] = "0123456789abcdef";

	if (c == ' ' && (r->out->size == start ||
	    r->out->at[r->out->size - 1] == ' '))
		return;
	c = lower(c);
	if (strchr(",+\\;\"", c) == NULL) { /* nor NUL */
		buf_putc(r->out, c);
		return;
	}
	buf_putc(r->out, '\\');
	buf_putc(r->out, digits[(unsigned char)c >> 4]);
	buf_putc(r->out, digits[c & 15]);
}

static int
read_escape(struct reading *r, size_t start)
{
	int byte;

	if (++r->at == r->end)
		return -1;
	byte = byte_at(r->at, r->end);
	if (byte < 0) {
		put(r, *r->at++, start);
		return 0;
	}
	put(r, (char)byte, start);
	r->at += 2;
	return 0;
}

static int
read_value(struct reading *r)
{
	const size_t start = r->out->size;
	const bool quoted = r->at < r->end && *r->at == '"';

	r->at += quoted;
	while (r->at < r->end && (quoted ? *r->at != '"' :
	    strchr(",;+", *r->at) == NULL || *r->at == '\0')) {
		if (*r->at != '\\')
			put(r, *r->at++, start);
		else if (read_escape(r, start) < 0)
			return -1;
	}
	while (r->out->size > start && r->out->at[r->out->size - 1] == ' ')
		r->out->size--;
	if (!quoted)
		return 0;
	if (r->at++ == r->end)
		return -1;
	skip_blanks(r);
	return 0;
}

struct part {
	char *at;
	size_t size;
};

static int
compare(const void *a, const void *b)
{
	const struct part *one = a, *other = b;
	const size_t size = one->size < other->size ? one->size : other->size;
	const int order = memcmp(one->at, other->at, size);

	return order != 0 ? order :
	    (one->size > other->size) - (one->size < other->size);
}

/* Sort the parts of the RDN that begins at start. */
static void
sort_parts(struct buf *out, size_t start)
{
	struct slice rdn = { out->at + start, out->size - start };
	struct part *part = NULL;
	size_t parts = 0, room = 0;
	char *copy = mem_dup(rdn.at, rdn.size), *at = copy, *plus;

	out->size = start;
	do {
		plus = strchr(at, '+');
		MEM_GROW(part, parts, room);
		part[parts++] = (struct part){ at, plus != NULL ?
		    (size_t)(plus - at) : strlen(at) };
		at = plus != NULL ? plus + 1 : NULL;
	} while (plus != NULL);
	qsort(part, parts, sizeof *part, compare);
	for (size_t i = 0; i < parts; i++) {
		if (i != 0)
			buf_putc(out, '+');
		buf_add(out, (struct slice){ part[i].at, part[i].size });
	}
	free(part);
	free(copy);
}

static int
read_rdn(struct reading *r)
{
	const size_t start = r->out->size;
	bool many = false;

	for (;;) {
		if (read_type(r) < 0 || read_value(r) < 0)
			return -1;
		if (r->at == r->end || *r->at != '+')
			break;
		r->at++;
		buf_putc(r->out, '+');
		many = true;
	}
	if (many)
		sort_parts(r->out, start);
	return 0;
}

int
ldapdn_normal(struct buf *out, struct slice dn)
{
	struct reading r = { dn.at, dn.at + dn.size, out };
	const size_t start = out->size;

	skip_blanks(&r);
	while (r.at < r.end) {
		if (read_rdn(&r) < 0) {
			out->size = start;
			return -1;
		}
		if (r.at == r.end)
			return 0;
		/* After a separator, another RDN has to come. */
		buf_putc(out, ',');
		if ((*r.at != ',' && *r.at != ';') || ++r.at == r.end) {
			out->size = start;
			return -1;
		}
	}
	return 0;
}

int
ldapdn_depth(struct slice dn, struct slice base)
{
	int depth = 0;
	size_t above;

	if (dn.size < base.size || !slice_is(base,
	    (struct slice){ dn.at + dn.size - base.size, base.size }))
		return -1;
	above = dn.size - base.size;
	if (above == 0)
		return 0;
	if (base.size != 0 && dn.at[--above] != ',')
		return -1;
	for (size_t i = 0; i < above; i++)
		depth += dn.at[i] == ',';
	return depth + 1;
}

struct slice
ldapdn_parent(struct slice dn)
{
	const char *comma = dn.size != 0 ? memchr(dn.at, ',', dn.size) : NULL;

	if (comma == NULL)
		return (struct slice){ dn.at + dn.size, 0 };
	return (struct slice){ comma + 1,
		dn.size - (size_t)(comma + 1 - dn.at) };
}
