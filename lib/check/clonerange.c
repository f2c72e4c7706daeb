/* SPDX-License-Identifier: MIT */
#include "check/clonerange.h"

#include <stdlib.h>

#include "pki/ranges.h"
#include "util/mem.h"

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
	for (int i = 0; i < 2; i++) {
		const struct rangeset_range *r = &s->set.range[i];
		const struct cfg_line *some =
		    r->begin != NULL ? r->begin : r->end;

		if (some == NULL)
			continue;
		if (r->begin == NULL || r->end == NULL)
			findings_add(found, place_of(s, some),
			    "range-half", "half of a range: %s", name);
		else if (!r->readable)
			findings_add(found, place_of(s, some),
			    "range-digits",
			    "not numbers as the generator '%.*s' reads "
			    "them: %s",
			    SLICE_ARG(s->set.generator), name);
		else
			check_depleted(s, i, name, found);
	}
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
    struct side_ranges *all, const struct cloneset *set, const char *name)
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

void
clonerange_check(const struct cloneset *set)
{
	static const char *const names[] = { "serial", "request", "replica" };
	struct side_ranges *all = mem_zalloc(set->count, sizeof *all);

	for (int kind = 0; kind < RANGESET_KINDS; kind++) {
		for (size_t i = 0; i < set->count; i++) {
			all[i].cfg = set->side[i].cfg;
			rangeset_read(
			    &all[i].set, all[i].cfg, (enum rangeset_kind)kind);
		}
		check_kind(all, set, names[kind]);
		for (size_t i = 0; i < set->count; i++)
			rangeset_release(&all[i].set);
	}
	free(all);
}
