/* SPDX-License-Identifier: MIT */
#include "cfg/diff.h"

#include <stdlib.h>

#include "util/glob.h"
#include "util/mem.h"

bool
select_any(char *const *words, struct slice key)
{
	for (; words != NULL && *words != NULL; words++) {
		struct slice word = slice_of(*words);

		if (glob_is_pattern(word) ? glob_match(word, key) :
					    slice_starts(key, word))
			return true;
	}
	return false;
}

static bool
same_value(const struct diff_options *o, const struct cfg_line *a,
    const struct cfg_line *b)
{
	return o->semantic ?
	    setting_same_value(cfg_key(a), cfg_value(a), cfg_value(b)) :
	    slice_equal(cfg_value(a), cfg_value(b));
}

/* Does the server take the key for this value where it is absent, too? */
static bool
is_default(const struct diff_options *o, const struct cfg_line *line)
{
	const struct setting *row = o->semantic ?
	    setting_find(cfg_key(line)) : NULL;

	return row != NULL && row->otherwise.at != NULL &&
	    setting_same_value(cfg_key(line), cfg_value(line),
		row->otherwise);
}

/* Is the key compared at all?  Counts it where only its class says no. */
static bool
is_meant(const struct diff_options *o, struct slice key,
    struct diff_left_out *left_out)
{
	enum setting_class class;

	if (o->only != NULL && !select_any(o->only, key))
		return false;
	if (select_any(o->except, key))
		return false;
	if (o->all)
		return true;
	class = settings_class_between(o->rules, key, o->differ);
	left_out->by_class[class]++;
	return class == SETTING_TRAVELS;
}

static void
diff_old(struct edits *edits, const struct cfg *old, const struct cfg *new,
    const struct diff_options *o, struct diff_left_out *left_out)
{
	for (uint32_t i = 0; i < old->lines; i++) {
		const struct cfg_line *line = old->line + i, *other;

		if (!cfg_is_live(old, line))
			continue;
		other = cfg_find(new, cfg_key(line));
		if (other != NULL ? same_value(o, line, other) :
				    is_default(o, line))
			continue;
		if (!is_meant(o, cfg_key(line), left_out))
			continue;
		if (other == NULL)
			edits_delete(edits, old, cfg_key(line));
		else
			edits_set_line(edits, old, other);
	}
}

static void
diff_new(struct edits *edits, const struct cfg *old, const struct cfg *new,
    const struct diff_options *o, struct diff_left_out *left_out)
{
	for (uint32_t i = 0; i < new->lines; i++) {
		const struct cfg_line *line = new->line + i;

		if (cfg_is_live(new, line) &&
		    cfg_find(old, cfg_key(line)) == NULL &&
		    !is_default(o, line) &&
		    is_meant(o, cfg_key(line), left_out))
			edits_set_line(edits, old, line);
	}
}

/* Merge what changes and goes with what comes, where both are in order. */
static void
merge_by_key(struct edits *edits, size_t middle)
{
	struct edit_line *merged = mem_alloc(edits->count * sizeof *merged);
	size_t a = 0, b = middle, n = 0;

	while (a < middle || b < edits->count) {
		const struct edit_line *l = edits->line;

		if (b == edits->count ||
		    (a < middle &&
			cfg_compare_keys(cfg_key(&l[a].line),
			    cfg_key(&l[b].line)) <= 0))
			merged[n++] = l[a++];
		else
			merged[n++] = l[b++];
	}
	free(edits->line);
	edits->line = merged;
	edits->room = edits->count;
}

static bool
in_order(const struct edits *edits, size_t from, size_t to)
{
	for (size_t i = from + 1; i < to; i++)
		if (cfg_compare_keys(cfg_key(&edits->line[i - 1].line),
			cfg_key(&edits->line[i].line)) > 0)
			return false;
	return true;
}

void
diff_files(struct edits *edits, const struct cfg *old, const struct cfg *new,
    const struct diff_options *options, struct diff_left_out *left_out)
{
	size_t middle;

	diff_old(edits, old, new, options, left_out);
	middle = edits->count;
	diff_new(edits, old, new, options, left_out);
	if (middle != 0 && middle != edits->count &&
	    in_order(edits, 0, middle) && in_order(edits, middle, edits->count))
		merge_by_key(edits, middle);
}

char *
diff_describe(const struct diff_left_out *left_out)
{
	char *text = NULL;

	for (int i = SETTING_TRAVELS + 1; i <= SETTING_COMMENT; i++) {
		char *longer;

		if (left_out->by_class[i] == 0)
			continue;
		longer = mem_printf("%s%s%zu %s", text != NULL ? text : "",
		    text != NULL ? ", " : "", left_out->by_class[i],
		    setting_class_name((enum setting_class)i));
		free(text);
		text = longer;
	}
	return text;
}
