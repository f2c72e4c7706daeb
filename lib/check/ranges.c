/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <stdlib.h>

#include "check/rangecheck.h"
#include "util/mem.h"

struct own_range {
	struct check_file *l;
	struct rangeset set;
	size_t prefixed;	     /* begins and ends with 0x */
	const struct cfg_line *bare; /* the first of them without */
};

static bool
has_prefix(struct slice s)
{
	return s.size > 2 && s.at[0] == '0' && (s.at[1] | 0x20) == 'x';
}

static void
blank_after(struct check_file *l, const struct cfg_line *line,
    struct slice trimmed)
{
	lint_at(l, line, "int-blank", "%s", lint_shown(l, line));
	lint_fix(l, line, trimmed);
}

/* What the server could not read as a number is told. */
static void
check_number(struct own_range *r, const struct cfg_line *line)
{
	struct slice value, trimmed;
	mpz_t number;

	if (line == NULL || line->value_size == 0)
		return;
	value = cfg_value(line);
	trimmed = cfg_trim(value);
	mpz_init(number);
	if (has_prefix(trimmed) && r->set.radix != RANGESET_BY_PREFIX)
		lint_at(r->l, line, "range-prefix", "%s",
		    lint_shown(r->l, line));
	else if (!rangeset_parse(number, trimmed, r->set.radix))
		lint_at(r->l, line, "range-digits", "%s, radix %d",
		    lint_shown(r->l, line),
		    r->set.radix != RANGESET_BY_PREFIX ? r->set.radix : 10);
	else if (!rangeset_parse(number, value, r->set.radix))
		blank_after(r->l, line, trimmed);
	mpz_clear(number);
}

/* One digit is the same in both radices. */
static void
note_prefix(struct own_range *r, const struct cfg_line *line)
{
	struct slice value;

	if (line == NULL)
		return;
	value = cfg_trim(cfg_value(line));
	if (has_prefix(value))
		r->prefixed++;
	else if (value.size > 1 && r->bare == NULL)
		r->bare = line;
}

static void
check_numbers(struct own_range *r)
{
	const struct rangeset *set = &r->set;

	for (int i = 0; i < 2; i++) {
		check_number(r, set->range[i].begin);
		check_number(r, set->range[i].end);
		note_prefix(r, set->range[i].begin);
		note_prefix(r, set->range[i].end);
	}
	check_number(r, set->increment.line);
	check_number(r, set->low_water.line);
	check_number(r, set->transfer.line);
	if (set->kind == RANGESET_SERIAL &&
	    set->radix == RANGESET_BY_PREFIX && r->prefixed != 0 &&
	    r->bare != NULL)
		lint_at(r->l, r->bare, "range-bare", NULL);
}

static void
check_order(struct own_range *r)
{
	const struct rangeset_range *range = r->set.range;
	bool ordered[2];

	for (int i = 0; i < 2; i++) {
		ordered[i] = range[i].readable &&
		    mpz_cmp(range[i].first, range[i].last) < 0;
		if (range[i].readable && !ordered[i])
			lint_at(r->l, range[i].end, "range-depleted", NULL);
	}
	if (ordered[1] && rangeset_overlap(&range[0], &range[1]))
		lint_at(r->l, range[1].begin, "range-overlap", NULL);
}

static void
check_half(struct own_range *r)
{
	const struct rangeset_range *next = &r->set.range[1];

	if ((next->begin != NULL) != (next->end != NULL))
		lint_at(r->l, next->begin != NULL ? next->begin : next->end,
		    "range-half", NULL);
}

static void
check_steps(struct own_range *r)
{
	const struct rangeset_number *step = &r->set.increment;
	const struct rangeset_number *low = &r->set.low_water;
	const struct rangeset_number *given = &r->set.transfer;

	if (!step->readable)
		return;
	if (low->readable && mpz_cmp(low->value, step->value) > 0)
		lint_at(r->l, low->line, "range-low", NULL);
	if (given->readable && mpz_cmp(given->value, step->value) > 0)
		lint_at(r->l, given->line, "range-step", NULL);
}

/* A fresh clone has few replica IDs, and its server takes more by itself
 * [6.5]: no reason to worry, but to wait. */
static void
check_own_left(struct own_range *r)
{
	const struct rangeset_range *now = &r->set.range[0];

	if (now->readable && r->set.transfer.readable &&
	    !rangeset_can_give(&r->set, NULL))
		lint_at(r->l, now->end,
		    r->set.kind == RANGESET_REPLICA ? "range-replica" :
						      "range-short", NULL);
}

static void
check_generator(struct check_file *l, const struct rangeset *set)
{
	static const char *const keys[] = { "dbs.cert.id.generator",
		"dbs.key.id.generator", "dbs.request.id.generator" };

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (cfg_string(l->cfg, keys[i]).at == set->generator.at)
			lint_key(l, keys[i], "generator-unknown", "'%.*s'",
			    SLICE_ARG(set->generator));
}

static void
check_own_kind(struct check_file *l, enum rangeset_kind kind)
{
	struct own_range r = { .l = l };

	rangeset_read(&r.set, l->cfg, kind);
	if (r.set.type == RANGESET_UNKNOWN) {
		check_generator(l, &r.set);
	} else if (r.set.kept) {
		check_half(&r);
		check_numbers(&r);
		check_order(&r);
		check_steps(&r);
		check_own_left(&r);
	}
	rangeset_release(&r.set);
}

static void
check_management(struct check_file *l)
{
	struct slice kind = cfg_string(l->cfg, "subsystem.select");
	bool clone = slice_equal(kind, slice_of("Clone")) ||
	    (cfg_string(l->cfg, "master.ca.agent.host").size != 0 &&
		cfg_string(l->cfg, "master.ca.agent.port").size != 0);

	if (clone && lint_find(l, "dbs.beginSerialNumber") != NULL &&
	    !setting_bool(l->cfg, "dbs.enableSerialManagement"))
		lint_key(l, "dbs.enableSerialManagement", "range-manage",
		    NULL);
}

/* Ranges by another name than dbs.*, or by one of the directory's [6.1]. */
static bool
is_astray(struct slice key)
{
	static const char *const names[] = { "beginRange", "endRange",
		"nextRange", "beginSerialNumber", "endSerialNumber",
		"beginRequestNumber", "endRequestNumber", "beginReplicaNumber",
		"endReplicaNumber", "nextBeginSerialNumber",
		"nextEndSerialNumber", "nextBeginRequestNumber",
		"nextEndRequestNumber", "nextBeginReplicaNumber",
		"nextEndReplicaNumber" };
	const char *dot = memrchr(key.at, '.', key.size);
	struct slice last = key;

	if (dot != NULL) {
		last.at = dot + 1;
		last.size -= (size_t)(last.at - key.at);
	}
	/* The shortest and the longest of them. */
	if (last.size < 8 || last.size > 22)
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_equal(last, slice_of(names[i])))
			return i < 3 || key.size != last.size + 4 ||
			    !slice_starts(key, slice_of("dbs."));
	return false;
}

static void
check_astray(struct check_file *l)
{
	for (uint32_t i = 0; i < l->cfg->lines; i++) {
		const struct cfg_line *line = l->cfg->line + i;

		if (cfg_is_live(l->cfg, line) && is_astray(cfg_key(line)))
			lint_at(l, line, "range-key", NULL);
	}
}

static void
check_own_ranges(struct check_file *l)
{
	check_astray(l);
	for (int kind = 0; kind < RANGESET_KINDS; kind++)
		check_own_kind(l, (enum rangeset_kind)kind);
	check_management(l);
}

struct side_ranges {
	const struct cfg *cfg;
	struct rangeset set;
};

static struct findings_place
place_of(const struct side_ranges *s, const struct cfg_line *line)
{
	return (
	    struct findings_place){ s->cfg->file, cfg_number(s->cfg, line) };
}

/* A current range that is used up gives way to the next. */
static void
check_depleted(const struct side_ranges *s, int i, const char *name,
    struct findings *found)
{
	const struct rangeset_range *r = &s->set.range[i];
	bool goes_on = i == 0 && s->set.range[1].readable;

	if (mpz_cmp(r->first, r->last) < 0)
		return;
	if (goes_on)
		findings_add(found, place_of(s, r->begin),
		    "range-ends",
		    "the range is used up, the next one will "
		    "be taken: %s",
		    name);
	else
		findings_add(found, place_of(s, r->begin),
		    "range-depleted",
		    "the range is used up, and there is no next one: %s",
		    name);
}

static void
check_one(const struct side_ranges *s, const char *name, struct findings *found)
{
	for (int i = 0; i < 2; i++)
		if (rangecheck_one(found, s->cfg, &s->set, i))
			check_depleted(s, i, name, found);
}

/* Does y begin where x would end, were its begin decimal and its increment
 * hexadecimal?  That is how 11.3's server counts [deployment 2]. */
static bool
is_mixed(const struct side_ranges *a, const struct rangeset_range *x,
    const struct rangeset_range *y)
{
	mpz_t begin, next;
	bool is;

	if (a->set.type != RANGESET_LEGACY || a->set.radix != 16 ||
	    !x->readable || !y->readable || !a->set.increment.readable)
		return false;
	mpz_inits(begin, next, NULL);
	is = rangeset_parse(begin, cfg_trim(cfg_value(x->begin)), 10) &&
	     rangeset_parse(next, cfg_trim(cfg_value(y->begin)), 10);
	mpz_add(begin, begin, a->set.increment.value);
	is = is && mpz_cmp(begin, next) == 0;
	mpz_clears(begin, next, NULL);
	return is;
}

static void
check_mixed(const struct side_ranges *a, const struct rangeset_range *x,
    const struct side_ranges *b, const struct rangeset_range *y,
    const char *name, struct findings *found)
{
	if (is_mixed(a, x, y))
		findings_add(found, place_of(b, y->begin),
		    "range-radix",
		    "taken in decimal, read in hexadecimal: it begins at the "
		    "digits of the end of %s:%zu, and numbers are lost in "
		    "between, or are not as registered: %s",
		    a->cfg->file, cfg_number(a->cfg, x->begin), name);
}

/* All of a with all of b; of one side, the current with the next. */
static void
check_pair(const struct side_ranges *a, const struct side_ranges *b,
    const char *name, struct findings *found)
{
	for (int i = 0; i < 4; i++) {
		const struct rangeset_range *x = &a->set.range[i / 2];
		const struct rangeset_range *y = &b->set.range[i % 2];

		if (a == b && (i / 2 != 0 || i % 2 != 1))
			continue;
		if (rangeset_overlap(x, y))
			findings_add(found, place_of(b, y->begin),
			    "range-overlap",
			    "numbers that %s:%zu gives out, too: %s",
			    a->cfg->file, cfg_number(a->cfg, x->begin), name);
		check_mixed(a, x, b, y, name, found);
		if (a != b)
			check_mixed(b, y, a, x, name, found);
	}
}

/* The next clone gets its numbers of the master, or cannot be made [6.4]. */
static void
check_left(const struct side_ranges *s, bool planned, const char *name,
    struct findings *found)
{
	const struct cfg_line *end = s->set.range[0].end;

	if (end == NULL || rangeset_can_give(&s->set, NULL))
		return;
	if (planned)
		findings_add(found, place_of(s, end),
		    "range-left",
		    "less is left than the clone is to be "
		    "given: %s",
		    name);
	else
		findings_add(found, place_of(s, end),
		    "range-short",
		    "less is left than another clone would be "
		    "given: %s",
		    name);
}

static void
check_kind(
    struct side_ranges *all, const struct check_group *set, const char *name)
{
	for (size_t i = 0; i < set->count; i++) {
		if (!all[i].set.kept)
			continue;
		check_one(&all[i], name, set->found);
		for (size_t j = 0; j <= i; j++)
			if (all[j].set.kept)
				check_pair(&all[j], &all[i], name, set->found);
	}
	if (all[0].set.kept)
		check_left(&all[0], set->planned, name, set->found);
}

static void
check_all_ranges(const struct check_group *set)
{
	struct side_ranges *all = mem_zalloc(set->count, sizeof *all);

	for (int kind = 0; kind < RANGESET_KINDS; kind++) {
		for (size_t i = 0; i < set->count; i++) {
			all[i].cfg = set->side[i].cfg;
			rangeset_read(
			    &all[i].set, all[i].cfg, (enum rangeset_kind)kind);
		}
		check_kind(all, set, rangeset_kind_name[kind]);
		for (size_t i = 0; i < set->count; i++)
			rangeset_release(&all[i].set);
	}
	free(all);
}

const struct check check_ranges[] = {
	{ .file = check_own_ranges },
	{ .group = check_all_ranges },
	{ .file = NULL }
};
