/* SPDX-License-Identifier: MIT */
#include "cfg/apply.h"

#include <stdlib.h>

#include "util/diag.h"
#include "util/mem.h"

#define NONE UINT32_MAX

/* All lines of the script that are of one key. */
struct group {
	uint32_t first, last;
	uint32_t minus, plus, masked; /* the first of each sign */
	uint32_t minuses, pluses;
};

struct matching {
	const struct cfg *cfg;
	const struct edits *script;
	const char *script_file;
	const struct settings *rules;
	struct edits *made;
	struct group *group;
	uint32_t groups, room;
	uint32_t *next; /* from a script line to the next of its key */
	int conflicts;
};

static const struct edit_line *
at(const struct matching *m, uint32_t i)
{
	return &m->script->line[i];
}

static struct slice
group_key(const void *arg, uint32_t number)
{
	const struct matching *m = arg;

	return cfg_key(&at(m, m->group[number].first)->line);
}

static void
make_groups(struct matching *m)
{
	uint32_t count = (uint32_t)m->script->count;
	struct bytemap map;

	m->next = mem_alloc(count * sizeof *m->next);
	bytemap_init(&map, count, group_key, m);
	for (uint32_t i = 0; i < count; i++) {
		struct slice key = cfg_key(&at(m, i)->line);
		uint32_t g = bytemap_get(&map, key);
		enum edit_sign sign = at(m, i)->sign;

		m->next[i] = NONE;
		if (g == BYTEMAP_NONE) {
			MEM_GROW(m->group, m->groups, m->room);
			g = m->groups++;
			m->group[g] = (struct group){ .first = i, .last = i,
				.minus = NONE, .plus = NONE, .masked = NONE };
			bytemap_put(&map, key, g);
		} else {
			m->next[m->group[g].last] = i;
			m->group[g].last = i;
		}
		if (sign == EDIT_DELETE && m->group[g].minuses++ == 0)
			m->group[g].minus = i;
		if (sign == EDIT_ADD && m->group[g].pluses++ == 0)
			m->group[g].plus = i;
		if (sign == EDIT_MASKED && m->group[g].masked == NONE)
			m->group[g].masked = i;
	}
	bytemap_release(&map);
}

/* Values in messages are cut, and secrets not shown. */
static char *
shown(const struct matching *m, const struct cfg_line *line)
{
	struct slice value;

	if (line == NULL)
		return mem_printf("not there");
	if (settings_is_secret(m->rules, cfg_key(line)))
		return mem_printf("another secret");
	value = cfg_value(line);
	if (value.size > 60)
		return mem_printf("'%.60s...'", value.at);
	return mem_printf("'%.*s'", SLICE_FMT(value));
}

static void
conflict(struct matching *m, uint32_t i, const struct cfg_line *found,
    const char *expects)
{
	char *value = shown(m, found);
	struct slice key = cfg_key(&at(m, i)->line);

	if (found != NULL)
		say("%s:%zu: conflict: '%.*s' is %s; %s:%zu expects %s",
		    m->cfg->file, cfg_number(m->cfg, found), SLICE_FMT(key),
		    value, m->script_file, at(m, i)->number, expects);
	else
		say("%s: conflict: '%.*s' is not there; %s:%zu expects %s",
		    m->cfg->file, SLICE_FMT(key), m->script_file,
		    at(m, i)->number, expects);
	free(value);
	m->conflicts++;
}

static bool
same_value(const struct cfg_line *a, const struct cfg_line *b)
{
	return a != NULL && b != NULL && slice_is(cfg_value(a), cfg_value(b));
}

/* The next line of the key in the script with this sign, or NONE. */
static uint32_t
next_of(const struct matching *m, uint32_t i, enum edit_sign sign)
{
	do
		i = m->next[i];
	while (i != NONE && at(m, i)->sign != sign);
	return i;
}

/* Are the file's lines of the key those of that sign, one for one? */
static bool
matches_all(const struct matching *m, uint32_t first,
    const struct cfg_line *live)
{
	uint32_t *wanted = NULL;
	size_t count = 0, room = 0;

	for (uint32_t i = first; i != NONE; i = next_of(m, i, at(m, i)->sign)) {
		MEM_GROW(wanted, count, room);
		wanted[count++] = i;
	}
	/* Both from the last one up. */
	for (; count != 0 && same_value(live, &at(m, wanted[count - 1])->line);
	     count--)
		live = cfg_shadowed(m->cfg, live);
	free(wanted);
	return count == 0 && live == NULL;
}

static void
take_away(struct matching *m, const struct group *g,
    const struct cfg_line *live)
{
	if (live == NULL)
		return; /* gone already */
	if (matches_all(m, g->minus, live))
		edits_delete(m->made, m->cfg, cfg_key(live));
	else if (cfg_shadowed(m->cfg, live) != NULL && g->minuses == 1 &&
	    same_value(live, &at(m, g->minus)->line))
		conflict(m, g->minus, live, "no other line of that key above");
	else {
		char *value = shown(m, &at(m, g->minus)->line);

		conflict(m, g->minus, live, value);
		free(value);
	}
}

static bool
same_text(const struct cfg_line *line, const struct cfg_line *bare)
{
	struct slice text = { line->text, line->size };

	text.size -= cfg_line_end(text).size;
	return slice_is(text, (struct slice){ bare->text, bare->size });
}

static void
change(struct matching *m, const struct group *g, const struct cfg_line *live)
{
	const struct edit_line *old = at(m, g->minus), *new = at(m, g->plus);
	bool respells = same_value(&old->line, &new->line);

	if (same_value(live, &new->line) &&
	    (!respells || same_text(live, &new->line)))
		return; /* so already */
	if (same_value(live, &old->line)) {
		edits_change(m->made, m->cfg, live, &new->line, new->end);
	} else {
		char *value = shown(m, &old->line);

		conflict(m, g->minus, live, value);
		free(value);
	}
}

static void
add(struct matching *m, const struct group *g, const struct cfg_line *live)
{
	const struct edit_line *new = at(m, g->plus);

	if (live != NULL && (matches_all(m, g->plus, live) ||
		(g->pluses == 1 && same_value(live, &new->line))))
		return; /* there already */
	if (live != NULL) {
		conflict(m, g->plus, live, "none");
		return;
	}
	for (uint32_t i = g->plus; i != NONE; i = next_of(m, i, EDIT_ADD)) {
		struct edit_line e = *at(m, i);

		*edits_add(m->made, EDIT_ADD) = e;
	}
}

static int
match_group(struct matching *m, const struct group *g)
{
	struct slice key = cfg_key(&at(m, g->first)->line);
	const struct cfg_line *live = cfg_find(m->cfg, key);

	if (g->masked != NONE)
		return fail("%s:%zu: the value of '%.*s' is masked: have the "
			    "script made with --show-secrets, or leave such "
			    "edits out with --skip-masked", m->script_file,
		    at(m, g->masked)->number, SLICE_FMT(key));
	if (g->minuses != 0 && g->pluses != 0 &&
	    (g->minuses != 1 || g->pluses != 1))
		return fail("%s:%zu: more than one edit of '%.*s'",
		    m->script_file, at(m, g->last)->number, SLICE_FMT(key));
	if (g->pluses == 0)
		take_away(m, g, live);
	else if (g->minuses == 0)
		add(m, g, live);
	else
		change(m, g, live);
	return 0;
}

int
apply_script(const struct cfg *cfg, const struct edits *script,
    const char *script_file, const struct settings *rules, struct edits *made)
{
	struct matching m = { .cfg = cfg, .script = script, .made = made,
		.script_file = script_file, .rules = rules };
	int status = 0;

	*made = (struct edits){ 0 };
	make_groups(&m);
	for (uint32_t i = 0; i < m.groups && status == 0; i++)
		status = match_group(&m, &m.group[i]);
	if (status == 0 && m.conflicts != 0)
		status = 1;
	free(m.group);
	free(m.next);
	return status;
}
