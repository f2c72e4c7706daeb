/* SPDX-License-Identifier: MIT */
#include "dir/canon.h"

#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include "util/arena.h"
#include "util/hashmap.h"
#include "util/mem.h"

#define FEW 32 /* values that are sorted by insertion */

/* A name as it stands, and what it comes to; made once for each. */
struct name {
	struct slice raw, folded, spelt;
	uint64_t start; /* of folded, as a number: most names differ there */
	bool kept;
};

struct known {
	struct name *name;
};

struct pair {
	const struct name *name;
	struct slice value;
};

struct canon {
	struct canon_choice choice;
	struct arena arena;
	struct known *known;
	size_t names, room;
	struct hashmap map;
	struct pair *pair;
	size_t pairs, pair_room;
};

int
canon_order(struct slice a, struct slice b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int order = size == 0 ? 0 : memcmp(a.at, b.at, size);

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static struct slice
name_key(const void *arg, uint32_t number)
{
	const struct canon *canon = arg;

	return canon->known[number].name->raw;
}

/* Is name in one of the lists, whose names are parted by commas? */
static bool
is_listed(char **lists, struct slice name)
{
	for (; lists != NULL && *lists != NULL; lists++)
		for (struct slice rest = slice_of(*lists); rest.size != 0;)
			if (slice_equal_nocase(slice_cut(&rest, ','), name))
				return true;
	return false;
}

static bool
is_kept(const struct canon *canon, struct slice name)
{
	name = entry_base(name);
	if (canon->choice.only != NULL)
		return is_listed(canon->choice.only, name);
	return entry_class(name) != ENTRY_LOCAL &&
	    !is_listed(canon->choice.ignore, name);
}

#define OPTIONS 16 /* names with more are taken as they stand */

struct options {
	struct slice part[OPTIONS]; /* the name itself is the first */
	size_t parts;
};

static int
by_bytes(const void *x, const void *y)
{
	return canon_order(*(const struct slice *)x, *(const struct slice *)y);
}

/*
 * What db2ldif -r writes of the state of replication: the CSNs of a value's
 * addition, change and deletion.
 */
static bool
is_state(struct slice option)
{
	static const char *const names[] = { "adcsn-", "vucsn-", "vdcsn-",
		"mdcsn-" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_starts(option, slice_of(names[i])))
			return true;
	return false;
}

/* -1: more than are taken. */
static int
split(struct options *options, struct slice rest)
{
	options->parts = 0;
	for (;;) {
		struct slice part = entry_base(rest);

		if (options->parts == OPTIONS)
			return -1;
		options->part[options->parts++] = part;
		rest.at += part.size;
		rest.size -= part.size;
		if (rest.size == 0)
			return 0;
		rest.at++;
		rest.size--;
	}
}

/* The state goes, and with it what says that a value was deleted: *deleted. */
static void
drop_state(struct options *options, bool *deleted)
{
	bool with_state = false, gone = false;
	size_t left = 1;

	for (size_t i = 1; i < options->parts; i++) {
		struct slice part = options->part[i];

		if (is_state(part)) {
			with_state = true;
			continue;
		}
		gone = gone || slice_equal(part, slice_of("deleted")) ||
		    slice_equal(part, slice_of("deletedattribute"));
		options->part[left++] = part;
	}
	options->parts = left;
	*deleted = with_state && gone;
}

/* The options of a name in lower case put in order; its new size. */
static size_t
fold_options(char *text, size_t size, bool *deleted)
{
	char *copy = mem_dup(text, size), *to = text;
	struct options options;

	if (split(&options, (struct slice){ copy, size }) < 0) {
		free(copy);
		return size;
	}
	drop_state(&options, deleted);
	qsort(options.part + 1, options.parts - 1, sizeof *options.part,
	    by_bytes);
	for (size_t i = 0; i < options.parts; i++) {
		if (i != 0)
			*to++ = ';';
		memcpy(to, options.part[i].at, options.part[i].size);
		to += options.part[i].size;
	}
	free(copy);
	return (size_t)(to - text);
}

static struct slice
fold(struct canon *canon, struct slice raw, bool *deleted)
{
	static const char low[] = "abcdefghijklmnopqrstuvwxyz";
	char *text = arena_alloc(&canon->arena, raw.size + 1);
	size_t size = raw.size;

	memcpy(text, raw.at, size);
	for (char *c = text; c < text + size; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = low[*c - 'A'];
	if (memchr(text, ';', size) != NULL)
		size = fold_options(text, size, deleted);
	return (struct slice){ text, size };
}

/* Without the state of replication. */
static struct slice
spell(struct canon *canon, struct slice raw, struct slice folded)
{
	struct slice spelt = arena_copy(&canon->arena, folded);

	if (raw.size == folded.size)
		return raw;
	memcpy((char *)spelt.at, raw.at, entry_base(raw).size);
	return spelt;
}

static struct name *
add_name(struct canon *canon, struct slice raw)
{
	struct name *name = arena_alloc(&canon->arena, sizeof *name);
	bool deleted = false;

	name->raw = arena_copy(&canon->arena, raw);
	name->folded = fold(canon, raw, &deleted);
	name->spelt = spell(canon, name->raw, name->folded);
	name->kept = !deleted && is_kept(canon, raw);
	name->start = 0;
	for (size_t i = 0; i < sizeof name->start; i++)
		name->start = name->start << 8 | (i < name->folded.size ?
		    (unsigned char)name->folded.at[i] : 0);
	MEM_GROW(canon->known, canon->names, canon->room);
	canon->known[canon->names].name = name;
	hashmap_put(&canon->map, name->raw, (uint32_t)canon->names++);
	return name;
}

/* Values of one attribute mostly stand together: last is the one before. */
static const struct name *
find_name(struct canon *canon, const struct name *last, struct slice raw)
{
	uint32_t number;

	if (last != NULL && slice_equal(last->raw, raw))
		return last;
	number = hashmap_get(&canon->map, raw);
	return number != HASHMAP_NONE ? canon->known[number].name :
					add_name(canon, raw);
}

static int
compare(const struct pair *a, const struct pair *b)
{
	int order = 0;

	if (a->name != b->name) {
		if (a->name->start != b->name->start)
			return a->name->start < b->name->start ? -1 : 1;
		order = canon_order(a->name->folded, b->name->folded);
	}
	return order != 0 ? order : canon_order(a->value, b->value);
}

static int
by_name_and_value(const void *a, const void *b)
{
	return compare(a, b);
}

static void
sort(struct pair *pair, size_t count)
{
	if (count > FEW) {
		qsort(pair, count, sizeof *pair, by_name_and_value);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		struct pair this = pair[i];
		size_t at = i;

		for (; at != 0 && compare(&this, &pair[at - 1]) < 0; at--)
			pair[at] = pair[at - 1];
		pair[at] = this;
	}
}

/* The size in an order of bytes that is the same on all machines. */
static char *
put(char *to, struct slice s)
{
	const unsigned char size[4] = { (unsigned char)s.size,
		(unsigned char)(s.size >> 8), (unsigned char)(s.size >> 16),
		(unsigned char)(s.size >> 24) };

	memcpy(to, size, sizeof size);
	to += sizeof size;
	if (s.size != 0)
		memcpy(to, s.at, s.size);
	return to + s.size;
}

/* Those of the entry that count, in their order; the size of their content. */
static size_t
gather(struct canon *canon, const struct entry *entry)
{
	const struct name *name = NULL;
	size_t size = 0;

	canon->pairs = 0;
	for (size_t i = 0; i < entry->attributes; i++) {
		const struct entry_attribute *a = &entry->attribute[i];

		name = find_name(canon, name, a->name);
		if (!name->kept)
			continue;
		MEM_GROW(canon->pair, canon->pairs, canon->pair_room);
		canon->pair[canon->pairs++] = (struct pair){ name, a->value };
		size += 8 + name->folded.size + a->value.size;
	}
	sort(canon->pair, canon->pairs);
	return size;
}

void
canon_entry(struct canon *canon, const struct entry *entry,
    struct buf *content)
{
	char *to;

	content->size = 0;
	buf_reserve(content, gather(canon, entry) + 1);
	to = content->at;
	for (size_t i = 0; i < canon->pairs; i++) {
		const struct pair *pair = &canon->pair[i];

		if (i != 0 && compare(pair - 1, pair) == 0)
			continue;
		to = put(to, pair->name->folded);
		to = put(to, pair->value);
	}
	content->size = (size_t)(to - content->at);
}

static struct slice
take(struct slice *content)
{
	const unsigned char *size = (const unsigned char *)content->at;
	struct slice s = { content->at + 4, (size_t)size[0] |
		    (size_t)size[1] << 8 | (size_t)size[2] << 16 |
		    (size_t)size[3] << 24 };

	content->at = s.at + s.size;
	content->size -= 4 + s.size;
	return s;
}

bool
canon_next(struct slice *content, struct canon_value *value)
{
	if (content->size == 0)
		return false;
	value->name = take(content);
	value->value = take(content);
	return true;
}

struct slice
canon_spelling(const struct canon *canon, struct slice name)
{
	for (size_t i = 0; i < canon->names; i++)
		if (slice_equal(canon->known[i].name->folded, name))
			return canon->known[i].name->spelt;
	return name;
}

struct canon *
canon_new(const struct canon_choice *choice)
{
	struct canon *canon = mem_zalloc(1, sizeof *canon);

	canon->choice = *choice;
	hashmap_init(&canon->map, 64, name_key, canon);
	return canon;
}

void
canon_free(struct canon *canon)
{
	if (canon == NULL)
		return;
	hashmap_release(&canon->map);
	arena_release(&canon->arena);
	free(canon->known);
	free(canon->pair);
	free(canon);
}
