/* SPDX-License-Identifier: MIT */
#include "check/clonerange.h"

#include <stdlib.h>

#include "check/rangeset.h"
#include "util/mem.h"

struct side_ranges {
	const struct cfg *cfg;
	struct rangeset set;
};

static struct findings_place
place_of(const struct side_ranges *s, const struct cfg_line *line)
{
	return (struct findings_place){ s->cfg->file,
		cfg_number(s->cfg, line) };
}

static void
check_one(const struct side_ranges *s, const char *name,
    struct findings *found)
{
	for (int i = 0; i < 2; i++) {
		const struct rangeset_range *r = &s->set.range[i];
		const struct cfg_line *some = r->begin != NULL ? r->begin :
								 r->end;

		if (some == NULL)
			continue;
		if (r->begin == NULL || r->end == NULL)
			findings_add(found, place_of(s, some), FINDINGS_ERROR,
			    "range-half", "half of a range: %s", name);
		else if (!r->readable)
			findings_add(found, place_of(s, some), FINDINGS_ERROR,
			    "range-digits",
			    "not numbers as the generator '%.*s' reads "
			    "them: %s", SLICE_FMT(s->set.generator), name);
		else if (mpz_cmp(r->first, r->last) >= 0)
			findings_add(found, place_of(s, some),
			    FINDINGS_WARNING, "range-depleted",
			    "the range is used up: %s", name);
	}
}

static void
check_pair(const struct side_ranges *a, const struct side_ranges *b,
    const char *name, struct findings *found)
{
	for (int i = 0; i < 4; i++) {
		const struct rangeset_range *x = &a->set.range[i / 2];
		const struct rangeset_range *y = &b->set.range[i % 2];

		if (rangeset_overlap(x, y))
			findings_add(found, place_of(b, y->begin),
			    FINDINGS_ERROR, "range-overlap",
			    "numbers that %s:%zu gives out, too: %s",
			    a->cfg->file, cfg_number(a->cfg, x->begin), name);
	}
}

/* Numbers of random generators come from no range. */
static bool
is_random(const struct side_ranges *s)
{
	return slice_is(s->set.generator, slice_of("random"));
}

static void
check_kind(struct side_ranges *all, size_t count, const char *name,
    struct findings *found)
{
	for (size_t i = 0; i < count; i++) {
		if (is_random(&all[i]))
			continue;
		check_one(&all[i], name, found);
		for (size_t j = 0; j < i; j++)
			if (!is_random(&all[j]))
				check_pair(&all[j], &all[i], name, found);
	}
}

void
clonerange_check(const struct clone_side *side, size_t count,
    struct findings *found)
{
	static const char *const names[] = { "serial", "request", "replica" };
	struct slice type = cfg_string(side[0].cfg, "cs.type");
	struct side_ranges *all;

	/* Others have no ranges; an OCSP clone has but the begin of one. */
	if (type.at == NULL || (!slice_is(type, slice_of("CA")) &&
	    !slice_is(type, slice_of("KRA"))))
		return;
	all = mem_zalloc(count, sizeof *all);

	for (int kind = 0; kind < RANGESET_KINDS; kind++) {
		for (size_t i = 0; i < count; i++) {
			all[i].cfg = side[i].cfg;
			rangeset_read(&all[i].set, side[i].cfg,
			    (enum rangeset_kind)kind);
		}
		check_kind(all, count, names[kind], found);
		for (size_t i = 0; i < count; i++)
			rangeset_release(&all[i].set);
	}
	free(all);
}
