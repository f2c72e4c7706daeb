/* SPDX-License-Identifier: MIT */
#include "check/rangecheck.h"

#include <stdlib.h>

#include "util/endpoint.h"
#include "util/mem.h"

/* "dc=ca" is which of several deployments; most have one. */
static const char *
kind_of(const struct rangemap *map, size_t space)
{
	return rangemap_kind_name(map->space[space].kind);
}

static bool
is_of_cfg(const struct rangemap_block *b)
{
	return b->state == RANGEMAP_CURRENT || b->state == RANGEMAP_NEXT;
}

static bool
is_allocated(const struct rangemap_block *b)
{
	return b->state == RANGEMAP_ALLOCATED && !b->bad;
}

static bool
is_free(const struct rangemap_block *b)
{
	return b->state == RANGEMAP_FREE && !b->bad;
}

static bool
is_one_host(const char *a, const char *b)
{
	return endpoint_same_host(slice_of(a), slice_of(b));
}

static const char *
keep(const struct rangemap *map, char *text)
{
	const char *kept = arena_copy(&map->found->arena, slice_of(text)).at;

	free(text);
	return kept;
}

/* FILE:LINE; lives as long as the findings. */
static const char *
where(const struct rangemap *map, struct findings_place place)
{
	return keep(map, place.line != 0
			     ? mem_printf("%s:%zu", place.file, place.line)
			     : mem_dup(place.file, strlen(place.file)));
}

/* A number in the radix of the output. */
static const char *
shown(const struct rangemap *map, mpz_srcptr number)
{
	return keep(map, rangemap_number(map, number));
}

static void
report_overlap(const struct rangemap *map, const struct rangemap_block *a,
    const struct rangemap_block *b, mpz_srcptr from, mpz_srcptr to)
{
	findings_add(map->found, b->place, "range-overlap",
	    "%s to %s: numbers that %s (%s) gives out, too: %s of %s",
	    shown(map, from), shown(map, to), where(map, a->place), a->host,
	    kind_of(map, b->space), b->host);
}

/* What both have, from low to high; by the given ends. */
static void
check_overlap(const struct rangemap *map, const struct rangemap_block *a,
    const struct rangemap_block *b, bool ldap)
{
	mpz_srcptr a_begin = ldap ? a->ldap_begin : a->begin;
	mpz_srcptr b_begin = ldap ? b->ldap_begin : b->begin;
	mpz_srcptr a_end = ldap ? a->ldap_end : a->end;
	mpz_srcptr b_end = ldap ? b->ldap_end : b->end;
	mpz_srcptr from = mpz_cmp(a_begin, b_begin) > 0 ? a_begin : b_begin;
	mpz_srcptr to = mpz_cmp(a_end, b_end) < 0 ? a_end : b_end;

	if (mpz_cmp(from, to) <= 0 && mpz_cmp(a_begin, a_end) <= 0 &&
	    mpz_cmp(b_begin, b_end) <= 0)
		report_overlap(map, a, b, from, to);
}

/* Is b a part of a, and not all of it? */
static bool
is_part(const struct rangemap_block *b, const struct rangemap_block *a)
{
	return mpz_cmp(b->begin, a->begin) >= 0 && mpz_cmp(b->end, a->end) <= 0;
}

static bool
begin_alike(const struct rangemap_block *a, const struct rangemap_block *b)
{
	return mpz_cmp(a->begin, b->begin) == 0;
}

/* CS.cfg files among each other; entries of one container among each other,
 * as the directory counts; and a block of a file that is neither one of an
 * entry nor handed on out of one. */
static void
check_pair(const struct rangemap *map, const struct rangemap_block *a,
    const struct rangemap_block *b)
{
	if (is_of_cfg(a) && is_of_cfg(b))
		check_overlap(map, a, b, false);
	else if (is_allocated(a) && is_allocated(b))
		check_overlap(map, a, b, true);
	else if (is_of_cfg(a) && is_allocated(b) && !is_part(a, b) &&
		 !begin_alike(a, b))
		check_overlap(map, b, a, false);
	else if (is_allocated(a) && is_of_cfg(b) && !is_part(b, a) &&
		 !begin_alike(a, b))
		check_overlap(map, a, b, false);
}

static void
check_overlaps(const struct rangemap *map)
{
	for (size_t i = 0; i < map->blocks; i++)
		for (size_t j = 0; j < i; j++)
			if (map->block[i].space == map->block[j].space)
				check_pair(map, &map->block[j], &map->block[i]);
}

/* The entry that has the block's first number, with it first or not. */
static const struct rangemap_block *
entry_of(const struct rangemap *map, const struct rangemap_block *b, bool first)
{
	for (size_t i = 0; i < map->blocks; i++) {
		const struct rangemap_block *e = &map->block[i];

		if (e->space == b->space && is_allocated(e) &&
		    (first ? begin_alike(e, b) : is_part(b, e)))
			return e;
	}
	return NULL;
}

/* The most that a directory will give away next, or NULL. */
static const struct rangemap_block *
free_of(const struct rangemap *map, size_t space)
{
	const struct rangemap_block *most = NULL;

	for (size_t i = 0; i < map->blocks; i++) {
		const struct rangemap_block *b = &map->block[i];

		if (b->space == space && is_free(b) &&
		    (most == NULL || mpz_cmp(b->begin, most->begin) > 0))
			most = b;
	}
	return most;
}

static void
check_radix(const struct rangemap *map, const struct rangemap_block *b,
    const struct rangemap_block *e, bool first)
{
	if (mpz_cmp(e->begin, e->ldap_begin) == 0)
		return;
	findings_add(map->found, b->place, "range-radix",
	    "the directory has %s%s to %s in decimal, and %s reads the digits "
	    "as hexadecimal (%s to %s): usual for the legacy generator up to "
	    "11.x, do not edit: %s: %s",
	    first ? "" : "the range of these numbers, ",
	    shown(map, e->ldap_begin), shown(map, e->ldap_end), b->host,
	    shown(map, e->begin), shown(map, e->end), kind_of(map, b->space),
	    where(map, e->place));
}

/* Invariant 6: a block of a file that an entry of the directory is for. */
static void
check_entry(const struct rangemap *map, const struct rangemap_block *b,
    const struct rangemap_block *e)
{
	const char *kind = kind_of(map, b->space);

	if (!is_one_host(b->host, e->host))
		findings_add(map->found, b->place,
		    "range-owner", "%s has a block that %s gives to %s: %s",
		    b->host, where(map, e->place), e->host, kind);
	if (mpz_cmp(b->end, e->end) > 0)
		findings_add(map->found, b->place, "range-end",
		    "the block ends after %s, which %s has: %s",
		    shown(map, e->end), where(map, e->place), kind);
	check_radix(map, b, e, true);
}

static void
check_block(const struct rangemap *map, const struct rangemap_block *b)
{
	const struct rangemap_block *next = free_of(map, b->space);
	const struct rangemap_block *e = entry_of(map, b, true);
	const char *kind = kind_of(map, b->space);

	if (next != NULL && mpz_cmp(b->end, next->begin) >= 0)
		findings_add(map->found, b->place,
		    "range-beyond",
		    "the directory will give away from %s on (%s): %s of %s",
		    shown(map, next->begin), where(map, next->place), kind,
		    b->host);
	if (e != NULL)
		check_entry(map, b, e);
	else if (b->state == RANGEMAP_NEXT && next != NULL)
		findings_add(map->found, b->place,
		    "range-unrecorded",
		    "a next block that the directory knows nothing of: %s of "
		    "%s",
		    kind, b->host);
	else if ((e = entry_of(map, b, false)) != NULL)
		check_radix(map, b, e, false);
}

/* Invariant 5: nextRange is above all that one directory has given away. */
static void
check_next(const struct rangemap *map, const struct rangemap_block *next)
{
	const struct rangemap_block *most = free_of(map, next->space);

	if (mpz_cmp(next->begin, most->begin) < 0)
		findings_add(map->found, next->place,
		    "range-behind", "nextRange is %s, and %s has %s: %s",
		    next->digits, where(map, most->place), most->digits,
		    kind_of(map, next->space));
	for (size_t i = 0; i < map->blocks; i++) {
		const struct rangemap_block *e = &map->block[i];

		if (e->space == next->space && is_allocated(e) &&
		    e->source == next->source &&
		    mpz_cmp(next->ldap_begin, e->ldap_end) <= 0)
			findings_add(map->found, next->place,
			    "range-next",
			    "nextRange %s is not above the range of %s: %s",
			    next->digits, where(map, e->place),
			    kind_of(map, next->space));
	}
}

/* Does its file have a next block that is one? */
static bool
has_next(const struct rangemap *map, const struct rangemap_block *b)
{
	for (size_t i = 0; i < map->blocks; i++) {
		const struct rangemap_block *n = &map->block[i];

		if (n->state == RANGEMAP_NEXT && n->space == b->space &&
		    n->place.file == b->place.file &&
		    mpz_cmp(n->begin, n->end) < 0)
			return true;
	}
	return false;
}

/* Invariant 2: the server takes begin >= end for used up. */
static void
check_depleted(const struct rangemap *map, const struct rangemap_block *b)
{
	bool next, known;
	mpz_t left;

	mpz_init(left);
	known = rangemap_left(map, left, b);
	if (mpz_cmp(b->begin, b->end) >= 0 || (known && mpz_sgn(left) == 0)) {
		next = b->state == RANGEMAP_CURRENT && has_next(map, b);
		findings_add(map->found, b->place,
		    next			   ? "range-ends" :
		    b->state == RANGEMAP_CURRENT ? "range-depleted" :
						   "range-reversed",
		    "the range %s: %s of %s",
		    next ? "is used up, the next one will be taken" :
		    b->state == RANGEMAP_CURRENT ?
			   "is used up, and there is no next one" :
			   "begins where it ends, or later",
		    kind_of(map, b->space), b->host);
	}
	mpz_clear(left);
}

static void
check_blocks(const struct rangemap *map)
{
	for (size_t i = 0; i < map->blocks; i++) {
		const struct rangemap_block *b = &map->block[i];

		if (is_of_cfg(b)) {
			check_depleted(map, b);
			check_block(map, b);
		} else if (is_free(b)) {
			check_next(map, b);
		}
	}
}

static bool
is_replica(const struct rangemap *map, size_t space, mpz_srcptr number)
{
	const struct rangemap_space *s = &map->space[space];

	for (size_t i = 0; i < map->replicas; i++)
		if (s->kind == RANGESET_REPLICA &&
		    strcmp(map->replica[i].base, s->base) == 0 &&
		    mpz_cmp_ui(number, map->replica[i].id) == 0)
			return true;
	return false;
}

/* From where on nothing is known, to before the next block. */
static void
check_gap(
    const struct rangemap *map, const struct rangemap_block *b, mpz_t from)
{
	mpz_t last;

	while (mpz_cmp(from, b->begin) < 0 && is_replica(map, b->space, from))
		mpz_add_ui(from, from, 1);
	mpz_init(last);
	mpz_sub_ui(last, b->begin, 1);
	if (mpz_cmp(from, last) <= 0)
		findings_add(map->found, b->place, "range-gap",
		    "%s to %s, before this block, are in no block given "
		    "here: %s",
		    shown(map, from), shown(map, last), kind_of(map, b->space));
	mpz_clear(last);
}

static void
check_gaps(const struct rangemap *map)
{
	size_t space = map->spaces;
	mpz_t from;

	mpz_init(from);
	for (size_t i = 0; i < map->blocks; i++) {
		const struct rangemap_block *b = &map->block[i];

		if ((!is_of_cfg(b) && !is_allocated(b) && !is_free(b)) ||
		    b->again)
			continue;
		if (b->space == space)
			check_gap(map, b, from);
		else
			mpz_set_ui(from, 0);
		space = b->space;
		if (rangemap_is_closed(b) && mpz_cmp(b->end, from) >= 0)
			mpz_add_ui(from, b->end, 1);
	}
	mpz_clear(from);
}

/* Invariant 1. */
static void
check_generator(const struct rangemap *map, const struct rangemap_side *side)
{
	const struct rangemap_side *first = map->side;

	while (first->space != side->space)
		first++;
	if (first->type == side->type &&
	    (first->radix == side->radix || side->type == RANGESET_RANDOM))
		return;
	findings_add(map->found, side->place, "generator",
	    "%s numbers of %s come from the generator '%s'%s, those of %s "
	    "from '%s'",
	    kind_of(map, side->space), side->host, side->generator,
	    first->type == side->type ? " in another radix" : "", first->host,
	    first->generator);
}

/* Invariant 8: of all that replicate, so of replica numbers, once a side. */
static void
check_managed(const struct rangemap *map, const struct rangemap_side *side)
{
	bool others = map->space[side->space].cfgs > 1;

	if (map->space[side->space].kind != RANGESET_REPLICA ||
	    side->is_managed)
		return;
	for (size_t i = 0; i < map->blocks; i++)
		others |= map->block[i].space == side->space &&
			  map->block[i].name != NULL &&
			  *map->block[i].host != '\0' &&
			  !is_one_host(map->block[i].host, side->host);
	if (others)
		findings_add(map->found, side->managed,
		    "serial-management",
		    "there are clones, and dbs.enableSerialManagement is not "
		    "true: %s asks for no new ranges",
		    side->host);
}

/* Invariant 9. */
static void
check_replica(const struct rangemap *map, const struct rangemap_replica *r)
{
	for (const struct rangemap_replica *q = map->replica; q < r; q++)
		if (q->id == r->id && strcmp(q->base, r->base) == 0)
			findings_add(map->found, r->place,
			    "replica-id-twice",
			    "replica ID %lu, which %s has, too: %s", r->id,
			    where(map, q->place), r->base);
	for (size_t i = 0; i < map->blocks; i++) {
		const struct rangemap_block *b = &map->block[i];
		const struct rangemap_space *space = &map->space[b->space];

		if (space->kind == RANGESET_REPLICA &&
		    strcmp(space->base, r->base) == 0 &&
		    (is_free(b) || is_of_cfg(b)) &&
		    mpz_cmp_ui(b->begin, r->id) <= 0 &&
		    (is_free(b) || mpz_cmp_ui(b->end, r->id) >= 0))
			findings_add(map->found, r->place,
			    "replica-id-unassigned",
			    "replica ID %lu is in use, and %s will give it to "
			    "another: %s",
			    r->id, where(map, b->place), r->base);
	}
}

/* Invariant 10. */
static void
check_host(const struct rangemap *map, const struct rangemap_block *b)
{
	for (size_t i = 0; i < map->hosts; i++)
		if (is_one_host(map->host[i].host, b->host) &&
		    strcmp(map->host[i].port, b->port) == 0)
			return;
	if (map->hosts != 0)
		findings_add(map->found, b->place,
		    "range-host",
		    "the range of a host that the security domain does not "
		    "have: %s:%s",
		    b->host, b->port);
}

void
rangecheck(const struct rangemap *map)
{
	check_overlaps(map);
	check_blocks(map);
	for (size_t i = 0; i < map->sides; i++) {
		check_generator(map, &map->side[i]);
		check_managed(map, &map->side[i]);
	}
	for (size_t i = 0; i < map->replicas; i++)
		check_replica(map, &map->replica[i]);
	for (size_t i = 0; i < map->blocks; i++)
		if (is_allocated(&map->block[i]))
			check_host(map, &map->block[i]);
	check_gaps(map);
}
