/* SPDX-License-Identifier: MIT */
#include "dir/ldif.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "util/base64.h"
#include "util/diag.h"
#include "util/mem.h"

/* -- lines ----------------------------------------------------------------- */

static int
bad(const struct ldif *ldif, const char *what)
{
	return fail("%s:%zu: %s", ldif->file, ldif->logical_line, what);
}

/* Read the next physical line, less its end, into ahead. */
static int
read_ahead(struct ldif *ldif)
{
	ssize_t size;

	errno = 0;
	size = getline(&ldif->ahead, &ldif->ahead_room, ldif->in);
	if (size < 0 && (ferror(ldif->in) || errno == ENOMEM))
		return fail_errno("cannot read '%s'", ldif->file);
	ldif->ahead_size = size;
	if (size < 0)
		return 0;
	ldif->line++;
	if (size > 0 && ldif->ahead[size - 1] == '\n')
		size--;
	if (size > 0 && ldif->ahead[size - 1] == '\r')
		size--;
	if (memchr(ldif->ahead, '\0', (size_t)size) != NULL)
		return fail("%s:%zu: a NUL byte", ldif->file, ldif->line);
	if ((size_t)size > LDIF_LIMIT)
		return fail("%s:%zu: a longer line than is taken", ldif->file,
		    ldif->line);
	ldif->ahead_size = size;
	return 0;
}

static bool
continues(const struct ldif *ldif)
{
	return ldif->ahead_size > 0 && *ldif->ahead == ' ';
}

/* One line, folds undone: 1, and 0 at the end of the file. */
static int
read_logical(struct ldif *ldif)
{
	size_t skip = 0;

	if (ldif->ahead_size < 0)
		return 0;
	ldif->logical.size = 0;
	ldif->logical_line = ldif->line;
	if (continues(ldif))
		return bad(ldif, "it continues no line");
	do {
		buf_add(&ldif->logical,
		    (struct slice){ ldif->ahead + skip,
			(size_t)ldif->ahead_size - skip });
		ldif->entry_size += (size_t)ldif->ahead_size;
		if (ldif->entry_size > LDIF_LIMIT)
			return bad(ldif, "a larger entry than is taken");
		if (read_ahead(ldif) < 0)
			return -1;
		skip = 1;
	} while (continues(ldif) && ldif->logical.size != 0);
	return 1;
}

/* The same, comments passed over; an empty line parts entries. */
static int
read_line(struct ldif *ldif)
{
	int more;

	do
		more = read_logical(ldif);
	while (more > 0 && ldif->logical.size != 0 && *ldif->logical.at == '#');
	return more;
}

/* -- attributes ------------------------------------------------------------ */

static bool
is_name(struct slice name)
{
	for (size_t i = 0; i < name.size; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXY"
			   "Z0123456789-.;_", name.at[i]) == NULL)
			return false;
	return name.size != 0;
}

static int
decode(struct ldif *ldif, struct slice *value)
{
	struct buf bytes = { 0 };
	int status = base64_decode(&bytes, *value);

	*value = arena_copy(&ldif->arena, bytes.size != 0 ?
	    buf_slice(&bytes) : (struct slice){ "", 0 });
	buf_release(&bytes);
	return status < 0 ? bad(ldif, "the value is not base64") : 0;
}

/* The logical line as an attribute; its texts live as long as the entry. */
static int
parse_line(struct ldif *ldif, struct entry_attribute *a)
{
	struct slice line = buf_slice(&ldif->logical);
	const char *colon = memchr(line.at, ':', line.size);
	const char *end = line.at + line.size;
	bool encoded;

	*a = (struct entry_attribute){ 0 };
	if (colon == NULL)
		return bad(ldif, "neither an attribute nor a comment");
	a->name = (struct slice){ line.at, (size_t)(colon - line.at) };
	if (!is_name(a->name))
		return bad(ldif, "not an attribute's name before the ':'");
	a->name = arena_copy(&ldif->arena, a->name);
	if (++colon < end && *colon == '<')
		return bad(ldif, "a value out of another file is not taken");
	encoded = colon < end && *colon == ':';
	if (encoded)
		colon++;
	while (colon < end && *colon == ' ')
		colon++;
	a->value = (struct slice){ colon, (size_t)(end - colon) };
	if (encoded)
		return decode(ldif, &a->value);
	a->value = arena_copy(&ldif->arena, a->value);
	return 0;
}

/* -- entries --------------------------------------------------------------- */

/* What ldapsearch says of the search, after the entries. */
static int
read_result(struct ldif *ldif)
{
	struct entry_attribute a = { { "", 0 }, { "", 0 } };
	int more, status = 0;

	while ((more = read_line(ldif)) > 0 && ldif->logical.size != 0) {
		if (parse_line(ldif, &a) < 0)
			return -1;
		if (status == 0 && entry_is_named(a.name, "result") &&
		    !slice_is(a.value, slice_of("0 Success")))
			status = fail("%s:%zu: the search was cut short: "
				      "'%.*s'", ldif->file, ldif->logical_line,
			    SLICE_FMT(a.value));
	}
	return more < 0 ? -1 : status;
}

/* The first line of the next entry: 1. */
static int
find_entry(struct ldif *ldif, struct entry_attribute *a)
{
	int more;

	while ((more = read_line(ldif)) > 0) {
		ldif->entry_size = ldif->logical.size;
		if (ldif->logical.size == 0)
			continue;
		if (parse_line(ldif, a) < 0)
			return -1;
		if (entry_is_named(a->name, "dn"))
			return 1;
		if (entry_is_named(a->name, "search")) {
			if (read_result(ldif) < 0)
				return -1;
		} else if (!entry_is_named(a->name, "version")) {
			return bad(ldif, "an entry begins with 'dn:'");
		} else if (!slice_is(a->value, slice_of("1"))) {
			return bad(ldif, "another version than 1");
		}
	}
	return more;
}

static int
read_attributes(struct ldif *ldif)
{
	struct entry_attribute a = { { "", 0 }, { "", 0 } };
	int more;

	while ((more = read_line(ldif)) > 0 && ldif->logical.size != 0) {
		if (parse_line(ldif, &a) < 0)
			return -1;
		if (ldif->entry.attributes == 0 &&
		    (entry_is_named(a.name, "changetype") ||
		    entry_is_named(a.name, "control")))
			return bad(ldif, "a change, and not an entry");
		if (entry_is_named(a.name, "dn"))
			return bad(ldif, "a second 'dn:' in one entry");
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

	arena_release(&ldif->arena);
	ldif->entry.attributes = 0;
	ldif->entry.dn = (struct slice){ NULL, 0 };
	if (ldif->line == 0 && read_ahead(ldif) < 0)
		return -1;
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
	*ldif = (struct ldif){ .in = in, .file = file, .ahead_size = -1,
		.entry.file = file };
}

void
ldif_release(struct ldif *ldif)
{
	arena_release(&ldif->arena);
	buf_release(&ldif->logical);
	free(ldif->entry.attribute);
	free(ldif->ahead);
	*ldif = (struct ldif){ .ahead_size = -1 };
}
