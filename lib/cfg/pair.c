/* SPDX-License-Identifier: MIT */
#include "cfg/pair.h"

#include <stdlib.h>

#include "util/glob.h"
#include "util/mem.h"

/* VALUE:KEY[,PATTERN] */
struct needs {
	struct slice value, key, pattern;
};

static struct slice
take_to(struct slice *text, char end)
{
	const char *at =
	    text->size == 0 ? NULL : memchr(text->at, end, text->size);
	struct slice part = { text->at,
		at != NULL ? (size_t)(at - text->at) : text->size };
	const size_t taken = part.size + (at != NULL);

	text->at += taken;
	text->size -= taken;
	return part;
}

static struct needs
needs_of(const struct setting *row)
{
	struct slice rest = row->requires;
	struct needs needs;

	needs.value = take_to(&rest, ':');
	needs.key = take_to(&rest, ',');
	needs.pattern = rest;
	return needs;
}

/* What stands before the stars of a pattern; *stars are how many. */
static struct slice
before_stars(struct slice pattern, size_t *stars)
{
	const char *at = memchr(pattern.at, '*', pattern.size);
	struct slice head = pattern;

	*stars = 0;
	if (at == NULL)
		return head;
	head.size = (size_t)(at - pattern.at);
	while (head.size + *stars < pattern.size && at[*stars] == '*')
		++*stars;
	return head;
}

/* The key that a row names, with what the stars of its pattern, of which there
 * is one run in each, stood for in key. */
static char *
named_key(const struct setting *row, struct slice name, struct slice key)
{
	size_t stars, own;
	const struct slice head = before_stars(row->pattern, &own);
	const struct slice start = before_stars(name, &stars);
	struct slice part = { key.at + head.size,
		key.size - (row->pattern.size - own) };
	struct slice tail = { name.at + start.size + stars,
		name.size - start.size - stars };

	if (own == 0 || stars == 0)
		part.size = 0;
	return mem_printf(
	    "%.*s%.*s%.*s", SLICE_ARG(start), SLICE_ARG(part), SLICE_ARG(tail));
}

struct slice
pair_value(const struct cfg *cfg, const struct edits *edits, struct slice key)
{
	const struct cfg_line *line = cfg_find(cfg, key);

	for (size_t i = 0; edits != NULL && i < edits->count; i++) {
		const struct edit_line *e = &edits->line[i];

		if (slice_equal(cfg_key(&e->line), key))
			line = e->sign == EDIT_ADD ? &e->line : NULL;
	}
	return line != NULL ? cfg_value(line) : (struct slice){ NULL, 0 };
}

/* A nickname that is a token's name with nothing after it is none: pkispawn of
 * 11.7 writes that where there is no certificate. */
static bool
is_nothing(struct slice value)
{
	value = cfg_trim(value);
	return value.size == 0 || value.at[value.size - 1] == ':';
}

/* A key of the pattern that is there, and empty. */
static char *
empty_one(
    const struct cfg *cfg, const struct edits *edits, struct slice pattern)
{
	for (uint32_t i = 0; pattern.size != 0 && i < cfg->lines; i++) {
		const struct cfg_line *line = cfg->line + i;
		struct slice value;

		if (!cfg_is_live(cfg, line) ||
		    !glob_match(pattern, cfg_key(line)))
			continue;
		value = pair_value(cfg, edits, cfg_key(line));
		if (value.at != NULL && is_nothing(value))
			return mem_dup(cfg_key(line).at, cfg_key(line).size);
	}
	return NULL;
}

char *
pair_lacks(const struct cfg *cfg, const struct edits *edits, struct slice key,
    struct slice value)
{
	const struct setting *row = setting_requires(key);
	struct needs needs;
	char *name;

	if (row == NULL)
		return NULL;
	needs = needs_of(row);
	if (!setting_same_value(key, value, needs.value))
		return NULL;
	name = named_key(row, needs.key, key);
	if (is_nothing(pair_value(cfg, edits, slice_of(name))))
		return name;
	free(name);
	return empty_one(cfg, edits, needs.pattern);
}
