/* SPDX-License-Identifier: MIT */
#include "check/rangecheck.h"

#include <stdlib.h>

#include "util/endpoint.h"
#include "util/mem.h"

static struct findings_place
line_of(const struct cfg *cfg, const struct cfg_line *line)
{
	return (struct findings_place){ cfg->file, cfg_number(cfg, line) };
}

bool
rangecheck_one(struct findings *found, const struct cfg *cfg,
    const struct rangeset *set, int which)
{
	const struct rangeset_range *range = &set->range[which];
	const struct cfg_line *some =
	    range->begin != NULL ? range->begin : range->end;
	const char *kind = rangeset_kind_name[set->kind];

	if (range->readable || some == NULL)
		return range->readable;
	if (range->begin == NULL || range->end == NULL)
		findings_add(found, line_of(cfg, some), "range-half",
		    "half of a range: %s", kind);
	else
		findings_add(found, line_of(cfg, some), "range-digits",
		    "not numbers as the generator '%.*s' reads them: %s",
		    SLICE_ARG(set->generator), kind);
	return false;
}

/* Invariant 7 [dogtag 6.6]. */
static void
check_steps(struct findings *found, const struct cfg *cfg,
    const struct rangeset *set)
{
	const struct rangeset_number *step = &set->increment;
	const struct rangeset_number *low = &set->low_water;
	const struct rangeset_number *given = &set->transfer;
	const char *kind = rangeset_kind_name[set->kind];

	if (low->readable && step->readable &&
	    mpz_cmp(low->value, step->value) > 0)
		findings_add(found, line_of(cfg, low->line), "range-low",
		    "the low-water mark is above the increment: %s", kind);
	if (given->readable && step->readable &&
	    mpz_cmp(given->value, step->value) > 0)
		findings_add(found, line_of(cfg, given->line), "range-step",
		    "more is given to a clone than a range has: %s", kind);
}

void
rangecheck_cfg(struct findings *found, const struct cfg *cfg)
{
	for (int kind = 0; kind < RANGESET_KINDS; kind++) {
		struct rangeset set;

		rangeset_read(&set, cfg, (enum rangeset_kind)kind);
		if (set.kept) {
			rangecheck_one(found, cfg, &set, 0);
			rangecheck_one(found, cfg, &set, 1);
			check_steps(found, cfg, &set);
		}
		rangeset_release(&set);
	}
}

struct rangecheck {
	const struct ranges *all;
	struct findings *found;
};

static const char *
kind_of(const struct rangecheck *c, size_t repository)
{
	return rangeset_kind_name[c->all->repository[repository].kind];
}

static bool
is_of_cfg(const struct range *range)
{
	return range->state == RANGE_CURRENT || range->state == RANGE_NEXT;
}

static bool
is_allocated(const struct range *range)
{
	return range->state == RANGE_ALLOCATED && !range->bad;
}

static bool
is_free(const struct range *range)
{
	return range->state == RANGE_FREE && !range->bad;
}

static bool
is_one_host(const char *a, const char *b)
{
	return endpoint_same_host(slice_of(a), slice_of(b));
}

static const char *
keep(const struct rangecheck *c, char *text)
{
	const char *kept = arena_copy(&c->found->arena, slice_of(text)).at;

	free(text);
	return kept;
}

static struct findings_place
place_of(const struct range *range)
{
	return (struct findings_place){ range->file, range->line };
}

/* FILE:LINE; valid until the findings are released. */
static const char *
where(const struct rangecheck *c, const char *file, size_t line)
{
	return keep(c, line != 0 ? mem_printf("%s:%zu", file, line) :
				   mem_dup(file, strlen(file)));
}

static const char *
where_is(const struct rangecheck *c, const struct range *range)
{
	return where(c, range->file, range->line);
}

/* A number in the radix of the output. */
static const char *
shown(const struct rangecheck *c, mpz_srcptr number)
{
	return keep(c, ranges_number(c->all, number));
}

/* Invariant 5 [dogtag 6.6], as far as one entry can break it. */
static void
check_entry(const struct rangecheck *c, const struct range *range)
{
	const char *kind = kind_of(c, range->repository);

	if (range->unreadable)
		findings_add(c->found, place_of(range), "range-digits",
		    "%s: %s", range->state == RANGE_FREE ?
		    "nextRange is not a decimal number" :
		    "a range without decimal begin and end", kind);
	else if (range->state == RANGE_CONFLICT)
		findings_add(c->found, place_of(range), "range-conflict",
		    "replication could not place this range of %s: %s",
		    range->host, kind);
	else if (range->bad)
		findings_add(c->found, place_of(range), "range-reversed",
		    "a range ends before it begins: %s", kind);
	else if (range->misnamed)
		findings_add(c->found, place_of(range), "range-name",
		    "a range that begins with %s is called %s: %s",
		    range->digits, range->name, kind);
}

void
rangecheck_entries(const struct ranges *all, size_t first,
    struct findings *found)
{
	const struct rangecheck judge = { all, found };

	for (size_t i = first; i < all->count; i++)
		check_entry(&judge, &all->range[i]);
}

static void
report_overlap(const struct rangecheck *c, const struct range *a,
    const struct range *b, mpz_srcptr from, mpz_srcptr to)
{
	findings_add(c->found, place_of(b), "range-overlap",
	    "%s to %s: numbers that %s (%s) gives out, too: %s of %s",
	    shown(c, from), shown(c, to), where_is(c, a), a->host,
	    kind_of(c, b->repository), b->host);
}

/* What both have, from low to high; by the given ends. */
static void
check_overlap(const struct rangecheck *c, const struct range *a,
    const struct range *b, bool ldap)
{
	mpz_srcptr a_begin = ldap ? a->ldap_begin : a->begin;
	mpz_srcptr b_begin = ldap ? b->ldap_begin : b->begin;
	mpz_srcptr a_end = ldap ? a->ldap_end : a->end;
	mpz_srcptr b_end = ldap ? b->ldap_end : b->end;
	mpz_srcptr from = mpz_cmp(a_begin, b_begin) > 0 ? a_begin : b_begin;
	mpz_srcptr to = mpz_cmp(a_end, b_end) < 0 ? a_end : b_end;

	if (mpz_cmp(from, to) <= 0 && mpz_cmp(a_begin, a_end) <= 0 &&
	    mpz_cmp(b_begin, b_end) <= 0)
		report_overlap(c, a, b, from, to);
}

/* Is b a part of a, and not all of it? */
static bool
is_part(const struct range *b, const struct range *a)
{
	return mpz_cmp(b->begin, a->begin) >= 0 && mpz_cmp(b->end, a->end) <= 0;
}

static bool
begin_alike(const struct range *a, const struct range *b)
{
	return mpz_cmp(a->begin, b->begin) == 0;
}

/* CS.cfg files among each other; entries of one container among each other,
 * as the directory counts; and a block of a file that is neither one of an
 * entry nor handed on out of one. */
static void
check_pair(const struct rangecheck *c, const struct range *a,
    const struct range *b)
{
	if (is_of_cfg(a) && is_of_cfg(b))
		check_overlap(c, a, b, false);
	else if (is_allocated(a) && is_allocated(b))
		check_overlap(c, a, b, true);
	else if (is_of_cfg(a) && is_allocated(b) && !is_part(a, b) &&
		 !begin_alike(a, b))
		check_overlap(c, b, a, false);
	else if (is_allocated(a) && is_of_cfg(b) && !is_part(b, a) &&
		 !begin_alike(a, b))
		check_overlap(c, a, b, false);
}

static void
check_overlaps(const struct rangecheck *c)
{
	const struct range *range = c->all->range;

	for (size_t i = 0; i < c->all->count; i++)
		for (size_t j = 0; j < i; j++)
			if (range[i].repository == range[j].repository)
				check_pair(c, &range[j], &range[i]);
}

/* The entry that has the block's first number, with it first or not. */
static const struct range *
entry_of(const struct rangecheck *c, const struct range *range, bool first)
{
	for (size_t i = 0; i < c->all->count; i++) {
		const struct range *e = &c->all->range[i];

		if (e->repository == range->repository && is_allocated(e) &&
		    (first ? begin_alike(e, range) : is_part(range, e)))
			return e;
	}
	return NULL;
}

/* The most that a directory will give away next, or NULL. */
static const struct range *
free_of(const struct rangecheck *c, size_t repository)
{
	const struct range *most = NULL;

	for (size_t i = 0; i < c->all->count; i++) {
		const struct range *range = &c->all->range[i];

		if (range->repository == repository && is_free(range) &&
		    (most == NULL || mpz_cmp(range->begin, most->begin) > 0))
			most = range;
	}
	return most;
}

static void
check_radix(const struct rangecheck *c, const struct range *range,
    const struct range *e, bool first)
{
	if (mpz_cmp(e->begin, e->ldap_begin) == 0)
		return;
	findings_add(c->found, place_of(range), "range-radix",
	    "the directory has %s%s to %s in decimal, and %s reads the digits "
	    "as hexadecimal (%s to %s): usual for the legacy generator up to "
	    "11.x, do not edit: %s: %s",
	    first ? "" : "the range of these numbers, ",
	    shown(c, e->ldap_begin), shown(c, e->ldap_end), range->host,
	    shown(c, e->begin), shown(c, e->end), kind_of(c, range->repository),
	    where_is(c, e));
}

/* Invariant 6: a block of a file that an entry of the directory is for. */
static void
check_against_entry(const struct rangecheck *c, const struct range *range,
    const struct range *e)
{
	const char *kind = kind_of(c, range->repository);

	if (!is_one_host(range->host, e->host))
		findings_add(c->found, place_of(range),
		    "range-owner", "%s has a block that %s gives to %s: %s",
		    range->host, where_is(c, e), e->host, kind);
	if (mpz_cmp(range->end, e->end) > 0)
		findings_add(c->found, place_of(range), "range-end",
		    "the block ends after %s, which %s has: %s",
		    shown(c, e->end), where_is(c, e), kind);
	check_radix(c, range, e, true);
}

static void
check_range(const struct rangecheck *c, const struct range *range)
{
	const struct range *next = free_of(c, range->repository);
	const struct range *e = entry_of(c, range, true);
	const char *kind = kind_of(c, range->repository);

	if (next != NULL && mpz_cmp(range->end, next->begin) >= 0)
		findings_add(c->found, place_of(range),
		    "range-beyond",
		    "the directory will give away from %s on (%s): %s of %s",
		    shown(c, next->begin), where_is(c, next), kind,
		    range->host);
	if (e != NULL)
		check_against_entry(c, range, e);
	else if (range->state == RANGE_NEXT && next != NULL)
		findings_add(c->found, place_of(range),
		    "range-unrecorded",
		    "a next block that the directory knows nothing of: %s of "
		    "%s",
		    kind, range->host);
	else if ((e = entry_of(c, range, false)) != NULL)
		check_radix(c, range, e, false);
}

/* Invariant 5: nextRange is above all that one directory has given away. */
static void
check_next(const struct rangecheck *c, const struct range *next)
{
	const struct range *most = free_of(c, next->repository);

	if (mpz_cmp(next->begin, most->begin) < 0)
		findings_add(c->found, place_of(next),
		    "range-behind", "nextRange is %s, and %s has %s: %s",
		    next->digits, where_is(c, most), most->digits,
		    kind_of(c, next->repository));
	for (size_t i = 0; i < c->all->count; i++) {
		const struct range *e = &c->all->range[i];

		if (e->repository == next->repository && is_allocated(e) &&
		    e->source == next->source &&
		    mpz_cmp(next->ldap_begin, e->ldap_end) <= 0)
			findings_add(c->found, place_of(next),
			    "range-next",
			    "nextRange %s is not above the range of %s: %s",
			    next->digits, where_is(c, e),
			    kind_of(c, next->repository));
	}
}

/* Does its file have a next block that is one? */
static bool
has_next(const struct rangecheck *c, const struct range *range)
{
	for (size_t i = 0; i < c->all->count; i++) {
		const struct range *n = &c->all->range[i];

		if (n->state == RANGE_NEXT &&
		    n->repository == range->repository &&
		    n->file == range->file &&
		    mpz_cmp(n->begin, n->end) < 0)
			return true;
	}
	return false;
}

/* Invariant 2: the server takes begin >= end for used up. */
static void
check_depleted(const struct rangecheck *c, const struct range *range)
{
	bool next, known;
	mpz_t left;

	mpz_init(left);
	known = ranges_left(c->all, left, range);
	if (mpz_cmp(range->begin, range->end) >= 0 ||
	    (known && mpz_sgn(left) == 0)) {
		next = range->state == RANGE_CURRENT && has_next(c, range);
		findings_add(c->found, place_of(range),
		    next			   ? "range-ends" :
		    range->state == RANGE_CURRENT ? "range-depleted" :
						   "range-reversed",
		    "the range %s: %s of %s",
		    next ? "is used up, the next one will be taken" :
		    range->state == RANGE_CURRENT ?
			   "is used up, and there is no next one" :
			   "begins where it ends, or later",
		    kind_of(c, range->repository), range->host);
	}
	mpz_clear(left);
}

static void
check_each(const struct rangecheck *c)
{
	for (size_t i = 0; i < c->all->count; i++) {
		const struct range *range = &c->all->range[i];

		if (is_of_cfg(range)) {
			check_depleted(c, range);
			check_range(c, range);
		} else if (is_free(range)) {
			check_next(c, range);
		}
	}
}

static bool
is_replica(const struct rangecheck *c, size_t repository, mpz_srcptr number)
{
	const struct repository *s = &c->all->repository[repository];

	for (size_t i = 0; i < c->all->replicas; i++)
		if (s->kind == RANGESET_REPLICA &&
		    strcmp(c->all->replica[i].base, s->base) == 0 &&
		    mpz_cmp_ui(number, c->all->replica[i].id) == 0)
			return true;
	return false;
}

/* From where on nothing is known, to before the next block. */
static void
check_gap(const struct rangecheck *c, const struct range *range, mpz_t from)
{
	mpz_t last;

	while (mpz_cmp(from, range->begin) < 0 &&
	    is_replica(c, range->repository, from))
		mpz_add_ui(from, from, 1);
	mpz_init(last);
	mpz_sub_ui(last, range->begin, 1);
	if (mpz_cmp(from, last) <= 0)
		findings_add(c->found, place_of(range), "range-gap",
		    "%s to %s, before this block, are in no block given "
		    "here: %s",
		    shown(c, from), shown(c, last),
		    kind_of(c, range->repository));
	mpz_clear(last);
}

static void
check_gaps(const struct rangecheck *c)
{
	size_t repository = c->all->repositories;
	mpz_t from;

	mpz_init(from);
	for (size_t i = 0; i < c->all->count; i++) {
		const struct range *range = &c->all->range[i];

		if ((!is_of_cfg(range) && !is_allocated(range) &&
			!is_free(range)) || range->again)
			continue;
		if (range->repository == repository)
			check_gap(c, range, from);
		else
			mpz_set_ui(from, 0);
		repository = range->repository;
		if (range_is_closed(range) && mpz_cmp(range->end, from) >= 0)
			mpz_add_ui(from, range->end, 1);
	}
	mpz_clear(from);
}

/* Invariant 1. */
static void
check_generator(const struct rangecheck *c, const struct range_cfg *cfg)
{
	const struct range_cfg *first = c->all->cfg;

	while (first->repository != cfg->repository)
		first++;
	if (first->type == cfg->type &&
	    (first->radix == cfg->radix || cfg->type == RANGESET_RANDOM))
		return;
	findings_add(c->found,
	    (struct findings_place){ cfg->file, cfg->generator_line },
	    "generator",
	    "%s numbers of %s come from the generator '%s'%s, those of %s "
	    "from '%s'",
	    kind_of(c, cfg->repository), cfg->host, cfg->generator,
	    first->type == cfg->type ? " in another radix" : "", first->host,
	    first->generator);
}

/* Invariant 8: of all that replicate, so of replica numbers, once a file. */
static void
check_managed(const struct rangecheck *c, const struct range_cfg *cfg)
{
	bool others = c->all->repository[cfg->repository].cfgs > 1;

	if (c->all->repository[cfg->repository].kind != RANGESET_REPLICA ||
	    cfg->is_managed)
		return;
	for (size_t i = 0; i < c->all->count; i++)
		others |= c->all->range[i].repository == cfg->repository &&
			  c->all->range[i].name != NULL &&
			  *c->all->range[i].host != '\0' &&
			  !is_one_host(c->all->range[i].host, cfg->host);
	if (others)
		findings_add(c->found,
		    (struct findings_place){ cfg->file, cfg->managed_line },
		    "serial-management",
		    "there are clones, and dbs.enableSerialManagement is not "
		    "true: %s asks for no new ranges",
		    cfg->host);
}

/* Invariant 9. */
static void
check_replica(const struct rangecheck *c, const struct range_replica *r)
{
	for (const struct range_replica *q = c->all->replica; q < r; q++)
		if (q->id == r->id && strcmp(q->base, r->base) == 0)
			findings_add(c->found,
			    (struct findings_place){ r->file, r->line },
			    "replica-id-twice",
			    "replica ID %lu, which %s has, too: %s", r->id,
			    where(c, q->file, q->line), r->base);
	for (size_t i = 0; i < c->all->count; i++) {
		const struct range *range = &c->all->range[i];
		const struct repository *repository =
		    &c->all->repository[range->repository];

		if (repository->kind == RANGESET_REPLICA &&
		    strcmp(repository->base, r->base) == 0 &&
		    (is_free(range) || is_of_cfg(range)) &&
		    mpz_cmp_ui(range->begin, r->id) <= 0 &&
		    (is_free(range) || mpz_cmp_ui(range->end, r->id) >= 0))
			findings_add(c->found,
			    (struct findings_place){ r->file, r->line },
			    "replica-id-unassigned",
			    "replica ID %lu is in use, and %s will give it to "
			    "another: %s",
			    r->id, where_is(c, range), r->base);
	}
}

/* Invariant 10. */
static void
check_host(const struct rangecheck *c, const struct range *range)
{
	for (size_t i = 0; i < c->all->hosts; i++)
		if (is_one_host(c->all->host[i].host, range->host) &&
		    strcmp(c->all->host[i].port, range->port) == 0)
			return;
	if (c->all->hosts != 0)
		findings_add(c->found, place_of(range),
		    "range-host",
		    "the range of a host that the security domain does not "
		    "have: %s:%s",
		    range->host, range->port);
}

void
rangecheck(const struct ranges *all, struct findings *found)
{
	const struct rangecheck judge = { all, found }, *c = &judge;

	check_overlaps(c);
	check_each(c);
	for (size_t i = 0; i < all->cfgs; i++) {
		check_generator(c, &all->cfg[i]);
		check_managed(c, &all->cfg[i]);
	}
	for (size_t i = 0; i < all->replicas; i++)
		check_replica(c, &all->replica[i]);
	for (size_t i = 0; i < all->count; i++)
		if (is_allocated(&all->range[i]))
			check_host(c, &all->range[i]);
	check_gaps(c);
}
