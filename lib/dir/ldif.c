/* SPDX-License-Identifier: MIT */
#include "dir/ldif.h"

#include <stdlib.h>

#include "util/base64.h"
#include "util/diag.h"
#include "util/mem.h"

/* What is read at once: it stays in a core's cache. */
#define BLOCK ((size_t)256 << 10)
#define COLUMNS 76

static int
bad(const struct ldif *ldif, const char *what)
{
	if (ldif->forms != NULL && !ldif->known)
		return fail("%s:%zu: not in a known form: give %s", ldif->file,
		    ldif->logical_line, ldif->forms);
	return fail("%s:%zu: %s", ldif->file, ldif->logical_line, what);
}

/* The entry so far has moved. */
static void
follow(struct ldif *ldif, const char *was, const char *now)
{
	struct entry *e = &ldif->entry;

	if (e->dn.at != NULL)
		e->dn.at = now + (e->dn.at - was);
	for (size_t i = 0; i < e->attributes; i++) {
		struct entry_attribute *a = &e->attribute[i];

		a->name.at = now + (a->name.at - was);
		a->value.at = now + (a->value.at - was);
	}
}

/* Room for another block, and for a NUL after it. */
static void
make_room(struct ldif *ldif)
{
	const size_t kept = ldif->size - ldif->start;
	char *text = ldif->text;

	if (ldif->text_room - ldif->size > ldif->block)
		return;
	if (kept + ldif->block >= ldif->text_room) {
		ldif->text_room = 2 * (kept + ldif->block);
		text = mem_alloc(ldif->text_room);
	}
	if (ldif->text != NULL) {
		memmove(text, ldif->text + ldif->start, kept);
		follow(ldif, ldif->text + ldif->start, text);
	}
	if (text != ldif->text)
		free(ldif->text);
	ldif->text = text;
	ldif->at -= ldif->start;
	ldif->size -= ldif->start;
	ldif->nul -= ldif->start;
	ldif->start = 0;
}

/* Read on.  1; 0 at the end. */
static int
read_block(struct ldif *ldif)
{
	char *nul;
	size_t got;

	if (ldif->ended)
		return 0;
	if (ldif->size - ldif->start > LDIF_LIMIT)
		return bad(ldif, "a larger entry than is taken");
	make_room(ldif);
	got = fread(ldif->text + ldif->size, 1, ldif->block, ldif->in);
	if (got < ldif->block && ferror(ldif->in))
		return fail_errno("cannot read '%s'", ldif->file);
	nul = got != 0 && ldif->nul == ldif->size ?
	    memchr(ldif->text + ldif->size, '\0', got) : NULL;
	if (ldif->nul == ldif->size)
		ldif->nul = nul != NULL ? (size_t)(nul - ldif->text) :
		    ldif->size + got;
	ldif->size += got;
	ldif->ended = got == 0;
	return got != 0;
}

/* A line, from the entry's start on: so it stays right when the text moves. */
struct line {
	size_t at, size;
};

static char *
text_of(const struct ldif *ldif, struct line line)
{
	return ldif->text + ldif->start + line.at;
}

/* How long the physical line at at is, without '\n'; -1. */
static ssize_t
find_end(struct ldif *ldif)
{
	size_t seen = 0;
	int more = 1;

	while (more > 0) {
		const size_t size = ldif->size - ldif->at;
		const char *end = size > seen ?
		    memchr(ldif->text + ldif->at + seen, '\n', size - seen) :
		    NULL;

		if (end != NULL)
			return end - (ldif->text + ldif->at);
		seen = size;
		more = read_block(ldif);
	}
	return more < 0 ? -1 : (ssize_t)seen;
}

/* The next physical line, less its end.  1; 0 at the end of the file. */
static int
read_physical(struct ldif *ldif, struct line *line)
{
	ssize_t size = find_end(ldif);

	if (size < 0)
		return -1;
	if (ldif->at == ldif->size)
		return 0;
	ldif->line++;
	*line = (struct line){ ldif->at - ldif->start, (size_t)size };
	ldif->at += line->size;
	if (ldif->nul < ldif->at) {
		ldif->logical_line = ldif->line;
		return bad(ldif, "a NUL byte");
	}
	ldif->at += ldif->at < ldif->size;
	if (line->size != 0 && text_of(ldif, *line)[line->size - 1] == '\r')
		line->size--;
	return 1;
}

/* Is the next line a continuation?  -1: it cannot be read. */
static int
continues(struct ldif *ldif)
{
	if (ldif->at == ldif->size && read_block(ldif) < 0)
		return -1;
	return ldif->at < ldif->size && ldif->text[ldif->at] == ' ';
}

/* One line, folds undone: 1, and 0 at the end of the file. */
static int
read_logical(struct ldif *ldif, struct line *line)
{
	struct line next = { 0, 0 };
	int more = continues(ldif);

	ldif->logical_line = ldif->line + 1;
	if (more > 0)
		return bad(ldif, "it continues no line");
	if (more == 0)
		more = read_physical(ldif, line);
	if (more <= 0 || line->size == 0)
		return more;
	while ((more = continues(ldif)) > 0) {
		if (read_physical(ldif, &next) < 0)
			return -1;
		memmove(text_of(ldif, *line) + line->size,
		    text_of(ldif, next) + 1, next.size - 1);
		line->size += next.size - 1;
	}
	return more < 0 ? -1 : 1;
}

/* The same, comments passed over; an empty line parts entries. */
static int
read_line(struct ldif *ldif, struct line *line)
{
	int more;

	do
		more = read_logical(ldif, line);
	while (more > 0 && line->size != 0 && *text_of(ldif, *line) == '#');
	return more;
}

static bool
is_name(struct slice name)
{
	for (size_t i = 0; i < name.size; i++) {
		const char c = name.at[i], low = (char)(c | 0x20);

		if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '.' && c != ';' && c != '_')
			return false;
	}
	return name.size != 0;
}

/* What LDIF begins with, and ldapsearch's output. */
static bool
is_first(struct slice name)
{
	return entry_is_named(name, "dn") || entry_is_named(name, "version") ||
	       entry_is_named(name, "search");
}

/* The line as an attribute, where it stands. */
static int
parse_line(struct ldif *ldif, struct line line, struct entry_attribute *a)
{
	char *at = text_of(ldif, line), *end = at + line.size;
	char *colon = memchr(at, ':', line.size);
	ssize_t size;
	bool encoded;

	if (colon == NULL)
		return bad(ldif, "neither an attribute nor a comment");
	a->name = (struct slice){ at, (size_t)(colon - at) };
	if (!is_name(a->name))
		return bad(ldif, "not an attribute's name before the ':'");
	ldif->known = ldif->known || is_first(a->name);
	*colon++ = '\0';
	if (colon < end && *colon == '<')
		return bad(ldif, "a value out of another file is not taken");
	encoded = colon < end && *colon == ':';
	colon += encoded;
	while (colon < end && *colon == ' ')
		colon++;
	size = end - colon;
	if (encoded)
		size = base64_decode_to(colon, (struct slice){ colon,
		    (size_t)(end - colon) });
	if (size < 0)
		return bad(ldif, "the value is not base64");
	a->value = (struct slice){ colon, (size_t)size };
	/* The line's end was here, or the room for one. */
	colon[size] = '\0';
	return 0;
}

/* What ldapsearch says of the search, after the entries. */
static int
read_result(struct ldif *ldif)
{
	struct entry_attribute a = { { "", 0 }, { "", 0 } };
	struct line line = { 0, 0 };
	int more, status = 0;

	while ((more = read_line(ldif, &line)) > 0 && line.size != 0) {
		if (parse_line(ldif, line, &a) < 0)
			return -1;
		if (status == 0 && entry_is_named(a.name, "result") &&
		    !slice_equal(a.value, slice_of("0 Success")))
			status = fail("%s:%zu: the search was cut short: "
				      "'%.*s'", ldif->file, ldif->logical_line,
			    SLICE_ARG(a.value));
	}
	return more < 0 ? -1 : status;
}

/* The first line of the next entry: 1. */
static int
find_entry(struct ldif *ldif, struct entry_attribute *a)
{
	struct line line = { 0, 0 };
	int more;

	for (;;) {
		ldif->start = ldif->at;
		more = read_logical(ldif, &line);
		if (more <= 0)
			return more;
		if (line.size == 0 || *text_of(ldif, line) == '#')
			continue;
		if (parse_line(ldif, line, a) < 0)
			return -1;
		if (entry_is_named(a->name, "dn"))
			return 1;
		if (entry_is_named(a->name, "search")) {
			if (read_result(ldif) < 0)
				return -1;
		} else if (!entry_is_named(a->name, "version")) {
			return bad(ldif, "an entry begins with 'dn:'");
		} else if (!slice_equal(a->value, slice_of("1"))) {
			return bad(ldif, "another version than 1");
		}
	}
}

/* Lines that only files of changes have; the rest of what dn begins with. */
static int
check(const struct ldif *ldif, struct slice name)
{
	if (ldif->entry.attributes == 0 &&
	    (entry_is_named(name, "changetype") ||
	    entry_is_named(name, "control")))
		return bad(ldif, "a change, and not an entry");
	if (entry_is_named(name, "dn"))
		return bad(ldif, "a second 'dn:' in one entry");
	return 0;
}

static int
read_attributes(struct ldif *ldif)
{
	struct entry_attribute a = { { "", 0 }, { "", 0 } };
	struct line line = { 0, 0 };
	int more;

	while ((more = read_line(ldif, &line)) > 0 && line.size != 0) {
		if (parse_line(ldif, line, &a) < 0 || check(ldif, a.name) < 0)
			return -1;
		MEM_GROW(ldif->entry.attribute, ldif->entry.attributes,
		    ldif->room);
		ldif->entry.attribute[ldif->entry.attributes++] = a;
	}
	return more < 0 ? -1 : 1;
}

int
ldif_next(struct ldif *ldif)
{
	struct entry_attribute first = { { "", 0 }, { "", 0 } };
	int more;

	ldif->entry.attributes = 0;
	ldif->entry.dn = (struct slice){ NULL, 0 };
	more = find_entry(ldif, &first);
	if (more <= 0)
		return more;
	ldif->entry.dn = first.value;
	ldif->entry.line = ldif->logical_line;
	return read_attributes(ldif);
}

void
ldif_begin(struct ldif *ldif, FILE *in, const char *file)
{
	*ldif = (struct ldif){ .in = in, .file = file, .entry.file = file,
		.block = BLOCK };
}

void
ldif_release(struct ldif *ldif)
{
	free(ldif->entry.attribute);
	free(ldif->text);
	*ldif = (struct ldif){ .ended = true };
}

/* SAFE-STRING, and no blank at its end. */
static bool
is_safe(struct slice value)
{
	if (value.size == 0)
		return true;
	if (strchr(" :<", *value.at) != NULL ||
	    value.at[value.size - 1] == ' ')
		return false;
	for (size_t i = 0; i < value.size; i++)
		if ((value.at[i] & 0x80) != 0 || value.at[i] == '\0' ||
		    value.at[i] == '\n' || value.at[i] == '\r')
			return false;
	return true;
}

/* What out has from start on is a line: fold and end it. */
static void
fold(struct buf *out, size_t start)
{
	const size_t size = out->size - start;
	const size_t folds = size > COLUMNS ?
	    (size - COLUMNS + COLUMNS - 2) / (COLUMNS - 1) : 0;
	char *line;

	buf_reserve(out, 2 * folds + 1);
	line = out->at + start;
	for (size_t i = folds; i > 0; i--) {
		const size_t from = COLUMNS + (i - 1) * (COLUMNS - 1);
		const size_t left = size - from;
		char *to = line + from + 2 * i;

		memmove(to, line + from,
		    left < COLUMNS - 1 ? left : COLUMNS - 1);
		to[-2] = '\n';
		to[-1] = ' ';
	}
	out->size += 2 * folds;
	buf_putc(out, '\n');
}

static void
add(struct buf *out, struct slice name, struct slice value)
{
	const size_t start = out->size;

	buf_add(out, name);
	if (is_safe(value)) {
		buf_puts(out, value.size != 0 ? ": " : ":");
		buf_add(out, value);
	} else {
		buf_puts(out, ":: ");
		base64_encode(out, value);
	}
	fold(out, start);
}

void
ldif_add(struct buf *out, const struct entry *entry)
{
	add(out, slice_of("dn"), entry->dn);
	for (size_t i = 0; i < entry->attributes; i++)
		add(out, entry->attribute[i].name, entry->attribute[i].value);
	buf_putc(out, '\n');
}
