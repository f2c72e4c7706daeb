/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <ctype.h>
#include <stdlib.h>

#include "util/buf.h"
#include "util/mem.h"

#define MOST_NAMES 8 /* that a finding tells */

static const struct {
	const char *subsystem;
	const char *name[12];
} needed[] = {
	{ "ca", { "authority", "certACLS", "certificateRecord", "cmsuser",
		    "crlIssuingPointRecord", "pkiRange", "pkiSecurityDomain",
		    "pkiSecurityGroup", "pkiSubsystem", "repository",
		    "request" } },
	{ "kra", { "certACLS", "cmsuser", "keyRecord", "pkiRange",
		     "repository", "request" } },
	{ "ocsp", { "certACLS", "cmsuser", "crlIssuingPointRecord",
		      "repository" } },
	{ "tks", { "certACLS", "cmsuser" } },
	{ "tps", { "certACLS", "cmsuser" } },
};
#define NEEDED (sizeof needed / sizeof *needed)

struct definition {
	const char *name; /* in lower case */
	const char *attributes; /* what it must and may have, in order */
	bool is_class, is_custom;
};

struct schema {
	const char *where, *base;
	struct definition *item;
	size_t count, room;
	struct arena arena;
};

static const char *
lower(struct schema *s, struct slice word)
{
	char *text = arena_alloc(&s->arena, word.size + 1);

	for (size_t i = 0; i < word.size; i++)
		text[i] = (char)tolower((unsigned char)word.at[i]);
	text[word.size] = '\0';
	return text;
}

/* A parenthesis, '$', a quoted text without its quotes, or a word. */
static bool
next_token(struct slice *rest, struct slice *token, bool *quoted)
{
	const char *at = rest->at, *end = at + rest->size, *start;

	while (at < end && *at == ' ')
		at++;
	if (at == end)
		return false;
	*quoted = *at == '\'';
	start = at + *quoted;
	at = start;
	if (*quoted)
		while (at < end && *at != '\'')
			at++;
	else if (strchr("()$", *at) != NULL)
		at++;
	else
		while (at < end && strchr(" ()$'", *at) == NULL)
			at++;
	*token = (struct slice){ start, (size_t)(at - start) };
	at += *quoted && at < end;
	*rest = (struct slice){ at, (size_t)(end - at) };
	return true;
}

struct words {
	const char **at;
	size_t count, room;
};

/* What follows a keyword: one, or several in parentheses. */
static void
take_words(struct schema *s, struct slice *rest, struct words *words)
{
	struct slice token;
	bool quoted, list = false;

	while (next_token(rest, &token, &quoted)) {
		if (!quoted && slice_equal(token, slice_of(")")))
			return;
		if (!quoted && slice_equal(token, slice_of("("))) {
			list = true;
		} else if (quoted || !slice_equal(token, slice_of("$"))) {
			MEM_GROW(words->at, words->count, words->room);
			words->at[words->count++] = lower(s, token);
		}
		if (!list)
			return;
	}
}

static int
compare_words(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *
join(struct schema *s, const struct words *words)
{
	struct buf out = { 0 };
	const char *text;

	if (words->count != 0)
		qsort(words->at, words->count, sizeof *words->at,
		    compare_words);
	for (size_t i = 0; i < words->count; i++) {
		buf_putc(&out, ' ');
		buf_puts(&out, words->at[i]);
	}
	text = out.size != 0 ? arena_copy(&s->arena, buf_slice(&out)).at : "";
	buf_release(&out);
	return text;
}

/* What servers bring by themselves is theirs, by their version. */
static bool
is_custom(struct slice text)
{
	return memmem(text.at, text.size, "X-ORIGIN", 8) == NULL ||
	    memmem(text.at, text.size, "'user defined'", 14) != NULL;
}

static void
take_definition(struct schema *s, struct slice text, bool is_class)
{
	struct words names = { 0 }, attributes = { 0 };
	struct slice rest = text, token;
	const char *joined;
	bool quoted;

	while (next_token(&rest, &token, &quoted))
		if (!quoted && slice_equal(token, slice_of("NAME")))
			take_words(s, &rest, &names);
		else if (!quoted && (slice_equal(token, slice_of("MUST")) ||
			     slice_equal(token, slice_of("MAY"))))
			take_words(s, &rest, &attributes);
	joined = join(s, &attributes);
	for (size_t i = 0; i < names.count; i++) {
		MEM_GROW(s->item, s->count, s->room);
		s->item[s->count++] = (struct definition){ names.at[i], joined,
			is_class, is_custom(text) };
	}
	free(names.at);
	free(attributes.at);
}

static int
take_base(void *arg, const struct entry *entry)
{
	struct schema *s = arg;
	struct slice base = entry_value(entry, "subschemaSubentry", 0);

	if (base.at != NULL)
		s->base = arena_copy(&s->arena, base).at;
	return 0;
}

static int
take_schema(void *arg, const struct entry *entry)
{
	struct schema *s = arg;

	for (size_t i = 0; i < entry->attributes; i++) {
		const struct entry_attribute *a = &entry->attribute[i];
		bool is_class = entry_is_named(a->name, "objectClasses");

		if (is_class || entry_is_named(a->name, "attributeTypes"))
			take_definition(s, a->value, is_class);
	}
	return 0;
}

static int
compare_items(const void *a, const void *b)
{
	const struct definition *x = a, *y = b;

	return x->is_class != y->is_class ? x->is_class - y->is_class :
	    strcmp(x->name, y->name);
}

static int
read_schema(struct schema *s, struct csdir *dir)
{
	static const char *const where[] = { "subschemaSubentry", NULL };
	static const char *const what[] = { "objectClasses", "attributeTypes",
		NULL };
	const struct source_query root = { .base = "",
		.scope = SOURCE_BASE, .attributes = where };
	struct source_query query = { .scope = SOURCE_BASE,
		.attributes = what };

	s->where = source_name(dir->source);
	s->base = "cn=schema";
	if (check_search(dir, &root, take_base, s) < 0)
		return -1;
	query.base = s->base;
	if (check_search(dir, &query, take_schema, s) < 0)
		return -1;
	if (s->count != 0)
		qsort(s->item, s->count, sizeof *s->item, compare_items);
	return 0;
}

static const struct definition *
find(const struct schema *s, const char *name, bool is_class)
{
	const struct definition key = { .name = name, .is_class = is_class };

	return s->count == 0 ? NULL :
	    bsearch(&key, s->item, s->count, sizeof *s->item, compare_items);
}

static void
release(struct schema *s)
{
	free(s->item);
	arena_release(&s->arena);
}

struct names {
	struct buf text;
	size_t count;
};

static void
put_name(struct names *names, const char *name)
{
	if (names->count++ >= MOST_NAMES)
		return;
	if (names->text.size != 0)
		buf_puts(&names->text, ", ");
	buf_puts(&names->text, name);
}

static void
tell(struct check_servers *live, const struct schema *s, struct names *names,
    const char *code, const char *what)
{
	const struct findings_place place = { s->where, 0 };

	if (names->count > MOST_NAMES)
		findings_add(live->found, place, code,
		    "%s: %.*s and %zu more", what,
		    SLICE_ARG(buf_slice(&names->text)),
		    names->count - MOST_NAMES);
	else if (names->count != 0)
		findings_add(live->found, place, code, "%s: %.*s", what,
		    SLICE_ARG(buf_slice(&names->text)));
	buf_release(&names->text);
}

static void
check_needed(
    struct check_servers *live, struct schema *s, struct schema *master)
{
	struct names missing = { .count = 0 }, other = { .count = 0 };
	size_t k = 0;

	while (k + 1 < NEEDED &&
	    strcmp(needed[k].subsystem, live->subsystem) != 0)
		k++;
	for (size_t i = 0; needed[k].name[i] != NULL; i++) {
		const char *name = needed[k].name[i];
		const char *key = lower(s, slice_of(name));
		const struct definition *own = find(s, key, true);
		const struct definition *its = find(master, key, true);

		if (own == NULL)
			put_name(&missing, name);
		else if (its != NULL &&
		    strcmp(own->attributes, its->attributes) != 0)
			put_name(&other, name);
	}
	tell(live, s, &missing, "schema-missing",
	    "object classes of the subsystem are not known");
	tell(live, s, &other, "schema-differs",
	    "object classes have other attributes than at the master's");
}

/* Missing classes that are needed have been told. */
static bool
is_needed(const struct check_servers *live, const char *name)
{
	for (size_t k = 0; k < NEEDED; k++)
		if (strcmp(needed[k].subsystem, live->subsystem) == 0)
			for (size_t i = 0; needed[k].name[i] != NULL; i++)
				if (slice_equal_nocase(slice_of(name),
					slice_of(needed[k].name[i])))
					return true;
	return false;
}

static void
check_custom(struct check_servers *live, const struct schema *s,
    const struct schema *master)
{
	struct names names = { .count = 0 };

	for (size_t i = 0; i < master->count; i++) {
		const struct definition *own = &master->item[i];

		if (own->is_custom &&
		    find(s, own->name, own->is_class) == NULL &&
		    !(own->is_class && is_needed(live, own->name)))
			put_name(&names, own->name);
	}
	tell(live, s, &names, "schema-differs",
	    "classes and attributes of the master's are not known");
}

static int
check_side(struct check_servers *live, struct csdir *dir, struct schema *master)
{
	struct schema s = { .count = 0 };
	int status = read_schema(&s, dir);

	if (status == 0) {
		check_needed(live, &s, master);
		check_custom(live, &s, master);
	}
	release(&s);
	return status;
}

/* Where pkispawn makes the replica, the schema comes with it. */
static bool
has_planned(const struct check_servers *live)
{
	return live->planned.source != NULL && !plan_replicates(live->plan);
}

static int
check_schemas(struct check_servers *live)
{
	struct schema master = { .count = 0 };
	int status = -1;

	if (live->side[0].dir.source == NULL)
		return 0;
	if (read_schema(&master, &live->side[0].dir) < 0)
		goto out;
	check_needed(live, &master, &master);
	for (size_t i = 1; i < live->set->count; i++)
		if (live->side[i].dir.source != NULL &&
		    check_side(live, &live->side[i].dir, &master) < 0)
			goto out;
	status = has_planned(live) ?
	    check_side(live, &live->planned, &master) : 0;
out:
	release(&master);
	return status;
}

const struct check check_schema[] = {
	{ .servers = check_schemas },
	{ .file = NULL }
};
