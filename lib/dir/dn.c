/* SPDX-License-Identifier: MIT */
#include "dir/dn.h"

#include <stdlib.h>
#include <strings.h>

#include "util/hex.h"
#include "util/mem.h"

struct reader {
	const char *at, *end;
	struct buf *out;
};

static bool
at_end(const struct reader *r)
{
	return r->at == r->end;
}

static bool
skip(struct reader *r, char c)
{
	if (at_end(r) || *r->at != c)
		return false;
	r->at++;
	return true;
}

static void
skip_blanks(struct reader *r)
{
	while (skip(r, ' '))
		;
}

static char
lower(char c)
{
	static const char low[] = "abcdefghijklmnopqrstuvwxyz";

	if (c >= 'A' && c <= 'Z')
		return low[c - 'A'];
	return c;
}

/* RFC 4514, section 3. */
static const struct {
	const char *name, *other, *oid;
} types[] = {
	{ "cn", "commonname", "2.5.4.3" },
	{ "l", "localityname", "2.5.4.7" },
	{ "st", "stateorprovincename", "2.5.4.8" },
	{ "o", "organizationname", "2.5.4.10" },
	{ "ou", "organizationalunitname", "2.5.4.11" },
	{ "c", "countryname", "2.5.4.6" },
	{ "street", "streetaddress", "2.5.4.9" },
	{ "dc", "domaincomponent", "0.9.2342.19200300.100.1.25" },
	{ "uid", "userid", "0.9.2342.19200300.100.1.1" },
};

static void
use_short_name(struct buf *out, size_t start)
{
	struct slice type = { out->at + start, out->size - start };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (slice_equal(type, slice_of(types[i].other)) ||
		    slice_equal(type, slice_of(types[i].oid))) {
			out->size = start;
			buf_puts(out, types[i].name);
			return;
		}
}

static bool
is_type_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

static int
read_type(struct reader *r)
{
	size_t start = r->out->size;

	skip_blanks(r);
	if (r->end - r->at > 4 && strncasecmp(r->at, "oid.", 4) == 0 &&
	    r->at[4] >= '0' && r->at[4] <= '9')
		r->at += 4;
	while (!at_end(r) && is_type_char(*r->at))
		buf_putc(r->out, lower(*r->at++));
	if (r->out->size == start)
		return -1;
	if (r->out->size - start > 5)
		use_short_name(r->out, start);
	skip_blanks(r);
	if (!skip(r, '='))
		return -1;
	buf_putc(r->out, '=');
	skip_blanks(r);
	return 0;
}

static int
hex_pair(const struct reader *r)
{
	int high, low;

	if (r->end - r->at < 2 || (high = hex_worth(lower(r->at[0]))) < 0 ||
	    (low = hex_worth(lower(r->at[1]))) < 0)
		return -1;
	return high << 4 | low;
}

/* '#' has been read: BER, which stays as it is. */
static int
read_hex(struct reader *r)
{
	buf_putc(r->out, '#');
	if (hex_pair(r) < 0)
		return -1;
	for (; hex_pair(r) >= 0; r->at += 2) {
		buf_putc(r->out, lower(r->at[0]));
		buf_putc(r->out, lower(r->at[1]));
	}
	return 0;
}

/* Letters, digits and the like: most bytes, and all that are not ASCII. */
static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '-' && c <= ':') || c == '_' ||
	    (unsigned char)c >= 0x80;
}

static bool
needs_escape(const struct reader *r, size_t start, char c)
{
	return (unsigned char)c < ' ' || c == 0x7f ||
	    (c == '#' && r->out->size == start) ||
	    strchr("\"+,;<=>\\", c) != NULL;
}

/* One byte of a value that begins at start of what is written. */
static void
put_byte(struct reader *r, size_t start, char c)
{
	char digits[3] = "";

	c = lower(c);
	if (c == ' ' && (r->out->size == start ||
	    r->out->at[r->out->size - 1] == ' '))
		return;
	if (is_plain(c) || !needs_escape(r, start, c)) {
		buf_putc(r->out, c);
		return;
	}
	buf_putc(r->out, '\\');
	hex_lower(digits, &c, 1);
	buf_puts(r->out, digits);
}

/* '\' has been read. */
static int
read_escape(struct reader *r, size_t start)
{
	int byte = hex_pair(r);

	if (byte >= 0) {
		r->at += 2;
		put_byte(r, start, (char)byte);
		return 0;
	}
	if (at_end(r) || *r->at == '\0' ||
	    strchr(" \"#+,;<=>\\", *r->at) == NULL)
		return -1;
	put_byte(r, start, *r->at++);
	return 0;
}

/* One character, escaped or not, but no NUL. */
static int
read_character(struct reader *r, size_t start)
{
	if (*r->at == '\0')
		return -1;
	if (skip(r, '\\'))
		return read_escape(r, start);
	put_byte(r, start, *r->at++);
	return 0;
}

/* '"' has been read; the other one is, too. */
static int
read_quoted(struct reader *r, size_t start)
{
	while (!at_end(r) && *r->at != '"')
		if (read_character(r, start) < 0)
			return -1;
	return skip(r, '"') ? 0 : -1;
}

static int
read_string(struct reader *r, size_t start)
{
	while (!at_end(r) && *r->at != ',' && *r->at != ';' && *r->at != '+')
		if (read_character(r, start) < 0)
			return -1;
	return 0;
}

static int
read_value(struct reader *r)
{
	size_t start = r->out->size;
	int status;

	if (skip(r, '#'))
		status = read_hex(r);
	else if (skip(r, '"'))
		status = read_quoted(r, start);
	else
		status = read_string(r, start);
	if (r->out->size != start && r->out->at[r->out->size - 1] == ' ')
		r->out->size--;
	skip_blanks(r);
	return status;
}

static int
by_bytes(const void *x, const void *y)
{
	const struct slice *a = x, *b = y;
	size_t size = a->size < b->size ? a->size : b->size;
	int order = memcmp(a->at, b->at, size);

	return order != 0 ? order : (a->size > b->size) - (a->size < b->size);
}

/* The values of the RDN that begins at start; each '+' parts two. */
static void
sort_values(struct buf *out, size_t start)
{
	size_t size = out->size - start, count = 0, room = 0;
	char *text = mem_dup(out->at + start, size), *at = text, *plus;
	struct slice *value = NULL;

	do {
		plus = memchr(at, '+', size - (size_t)(at - text));
		MEM_GROW(value, count, room);
		value[count++] = (struct slice){ at, plus != NULL ?
		    (size_t)(plus - at) : size - (size_t)(at - text) };
		at = plus != NULL ? plus + 1 : NULL;
	} while (at != NULL);
	qsort(value, count, sizeof *value, by_bytes);
	out->size = start;
	for (size_t i = 0; i < count; i++) {
		if (i != 0)
			buf_putc(out, '+');
		buf_add(out, value[i]);
	}
	free(value);
	free(text);
}

static int
read_rdn(struct reader *r)
{
	size_t start = r->out->size;
	bool several = false;

	while (read_type(r) == 0 && read_value(r) == 0) {
		if (!skip(r, '+')) {
			if (several)
				sort_values(r->out, start);
			return 0;
		}
		buf_putc(r->out, '+');
		several = true;
	}
	return -1;
}

int
dn_normalise(struct slice dn, struct buf *out)
{
	struct reader r = { dn.at, dn.at + dn.size, out };
	size_t start = out->size;

	buf_reserve(out, dn.size);
	skip_blanks(&r);
	while (!at_end(&r)) {
		if (read_rdn(&r) < 0)
			break;
		if (at_end(&r))
			return 0;
		if (!skip(&r, ',') && !skip(&r, ';'))
			break;
		buf_putc(out, ',');
		if (at_end(&r))
			break;
	}
	if (out->size == start && at_end(&r))
		return 0;
	out->size = start;
	return -1;
}

bool
dn_within(struct slice name, struct slice base)
{
	if (base.size == 0 || slice_equal(name, base))
		return true;
	return name.size > base.size &&
	    name.at[name.size - base.size - 1] == ',' &&
	    memcmp(name.at + name.size - base.size, base.at, base.size) == 0;
}

struct slice
dn_relative(struct slice name, struct slice base)
{
	if (base.size == 0)
		return name;
	name.size -= base.size;
	if (name.size != 0)
		name.size--;
	return name;
}

int
dn_depth(struct slice name, struct slice base)
{
	int depth = 0;

	if (!dn_within(name, base))
		return -1;
	for (name = dn_relative(name, base); name.size != 0;
	    name = dn_parent(name))
		depth++;
	return depth;
}

struct slice
dn_parent(struct slice name)
{
	const char *comma = name.size == 0 ? NULL :
	    memchr(name.at, ',', name.size);

	if (comma == NULL)
		return (struct slice){ name.at + name.size, 0 };
	return (struct slice){ comma + 1,
		name.size - (size_t)(comma + 1 - name.at) };
}
