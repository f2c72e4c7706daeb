/* SPDX-License-Identifier: MIT */
#include "check/rangemap.h"

#include <ctype.h>
#include <stdlib.h>

#include "cfg/setting.h"
#include "dir/dn.h"
#include "util/mem.h"

const char *
rangemap_kind_name(enum rangeset_kind kind)
{
	static const char *const names[RANGESET_KINDS] = { "serial", "request",
		"replica" };

	return names[kind];
}

const char *
rangemap_state_name(enum rangemap_state state)
{
	static const char *const names[] = {
		[RANGEMAP_CURRENT] = "current",
		[RANGEMAP_NEXT] = "next",
		[RANGEMAP_ALLOCATED] = "allocated",
		[RANGEMAP_FREE] = "free",
		[RANGEMAP_OLD] = "old",
		[RANGEMAP_CONFLICT] = "conflict",
	};

	return names[state];
}

char *
rangemap_number(const struct rangemap *map, mpz_srcptr number)
{
	char *text;

	/* As GMP's own functions do, it dies where there is no memory. */
	gmp_asprintf(&text, map->radix == 16 ? "0x%Zx" : "%Zd", number);
	return text;
}

size_t
rangemap_space(struct rangemap *map, struct slice base, const char *type,
    enum rangeset_kind kind)
{
	struct rangemap_space *space;

	for (size_t i = 0; i < map->spaces; i++) {
		space = &map->space[i];
		if (space->kind != kind ||
		    !slice_equal(slice_of(space->base), base) ||
		    (base.size == 0 && strcmp(space->type, type) != 0))
			continue;
		if (*space->type == '\0')
			space->type =
			    arena_copy(&map->arena, slice_of(type)).at;
		return i;
	}
	MEM_GROW(map->space, map->spaces, map->spaces_room);
	space = &map->space[map->spaces];
	*space = (struct rangemap_space){ .kind = kind };
	space->base = base.size != 0 ? arena_copy(&map->arena, base).at : "";
	space->type = arena_copy(&map->arena, slice_of(type)).at;
	return map->spaces++;
}

struct rangemap_block *
rangemap_add_block(
    struct rangemap *map, size_t space, enum rangemap_state state)
{
	struct rangemap_block *block;

	MEM_GROW(map->block, map->blocks, map->blocks_room);
	block = &map->block[map->blocks++];
	*block = (struct rangemap_block){ .space = space, .state = state };
	mpz_inits(block->begin, block->end, block->ldap_begin, block->ldap_end,
	    block->highest, NULL);
	return block;
}

bool
rangemap_is_closed(const struct rangemap_block *block)
{
	return !block->bad && block->state != RANGEMAP_FREE &&
	       (block->state != RANGEMAP_OLD || mpz_sgn(block->ldap_end) != 0);
}

void
rangemap_size(mpz_t size, const struct rangemap_block *block)
{
	mpz_sub(size, block->end, block->begin);
	mpz_add_ui(size, size, 1);
	if (!rangemap_is_closed(block) || mpz_sgn(size) < 0)
		mpz_set_ui(size, 0);
}

bool
rangemap_left(
    const struct rangemap *map, mpz_t left, const struct rangemap_block *block)
{
	const struct rangemap_space *space = &map->space[block->space];

	rangemap_size(left, block);
	if (block->state == RANGEMAP_NEXT ||
	    (block->state == RANGEMAP_CURRENT &&
		space->kind == RANGESET_REPLICA))
		return true;
	if (block->state != RANGEMAP_CURRENT || !space->counted)
		return false;
	if (block->used != 0 && block->random)
		mpz_sub_ui(left, left, block->used);
	else if (block->used != 0)
		mpz_sub(left, block->end, block->highest);
	return true;
}

void
rangemap_use(struct rangemap *map, size_t space, mpz_srcptr number)
{
	map->space[space].counted = true;
	for (size_t i = 0; i < map->blocks; i++) {
		struct rangemap_block *b = &map->block[i];

		if (b->space != space || b->state != RANGEMAP_CURRENT ||
		    mpz_cmp(number, b->begin) < 0 ||
		    mpz_cmp(number, b->end) > 0)
			continue;
		b->used++;
		if (mpz_cmp(number, b->highest) > 0)
			mpz_set(b->highest, number);
	}
}

void
rangemap_release(struct rangemap *map)
{
	for (size_t i = 0; i < map->blocks; i++) {
		struct rangemap_block *b = &map->block[i];

		mpz_clears(b->begin, b->end, b->ldap_begin, b->ldap_end,
		    b->highest, NULL);
	}
	free(map->space);
	free(map->side);
	free(map->block);
	free(map->replica);
	free(map->host);
	arena_release(&map->arena);
	*map = (struct rangemap){ .found = map->found, .radix = map->radix };
}

struct reading {
	struct rangemap *map;
	const struct cfg *cfg;
	const char *file, *host, *type;
	struct slice base;
	struct rangeset set;
	size_t space;
};

static struct findings_place
place_of(const struct reading *r, const struct cfg_line *line)
{
	return (struct findings_place){ r->file,
		line != NULL ? cfg_number(r->cfg, line) : 0 };
}

static void
add_block(struct reading *r, const struct rangeset_range *range,
    enum rangemap_state state)
{
	struct rangemap_block *b = rangemap_add_block(r->map, r->space, state);

	b->host = r->host;
	b->place = place_of(r, range->begin);
	b->digits =
	    arena_copy(&r->map->arena, cfg_trim(cfg_value(range->begin))).at;
	b->random = r->set.kind == RANGESET_SERIAL &&
	    setting_bool(r->cfg, "dbs.enableRandomSerialNumbers");
	mpz_set(b->begin, range->first);
	mpz_set(b->end, range->last);
}

static void
check_range(struct reading *r, int which)
{
	const struct rangeset_range *range = &r->set.range[which];
	const struct cfg_line *some =
	    range->begin != NULL ? range->begin : range->end;
	const char *kind = rangemap_kind_name(r->set.kind);

	if (some == NULL)
		return;
	if (range->begin == NULL || range->end == NULL)
		findings_add(r->map->found, place_of(r, some),
		    "range-half", "half of a range: %s", kind);
	else if (!range->readable)
		findings_add(r->map->found, place_of(r, some),
		    "range-digits",
		    "not numbers as the generator '%.*s' reads them: %s",
		    SLICE_ARG(r->set.generator), kind);
	else
		add_block(
		    r, range, which == 0 ? RANGEMAP_CURRENT : RANGEMAP_NEXT);
}

/* Invariant 7 [dogtag 6.6]. */
static void
check_steps(struct reading *r)
{
	const struct rangeset_number *step = &r->set.increment;
	const struct rangeset_number *low = &r->set.low_water;
	const struct rangeset_number *given = &r->set.transfer;
	const char *kind = rangemap_kind_name(r->set.kind);

	if (low->readable && step->readable &&
	    mpz_cmp(low->value, step->value) > 0)
		findings_add(r->map->found, place_of(r, low->line),
		    "range-low",
		    "the low-water mark is above the increment: %s", kind);
	if (given->readable && step->readable &&
	    mpz_cmp(given->value, step->value) > 0)
		findings_add(r->map->found, place_of(r, given->line),
		    "range-step",
		    "more is given to a clone than a range has: %s", kind);
}

static void
add_side(struct reading *r)
{
	static const char managed[] = "dbs.enableSerialManagement";
	struct rangemap *map = r->map;
	struct rangemap_space *space = &map->space[r->space];
	struct rangemap_side *side;

	MEM_GROW(map->side, map->sides, map->sides_room);
	side = &map->side[map->sides++];
	*side = (struct rangemap_side){
		.space = r->space,
		.host = r->host,
		.generator = arena_copy(&map->arena, r->set.generator).at,
		.type = r->set.type,
		.radix = r->set.radix,
		.place = place_of(r, r->set.generator_line),
		.managed = place_of(r, cfg_find(r->cfg, slice_of(managed))),
		.is_managed = setting_bool(r->cfg, managed),
	};
	space->cfgs++;
	if (r->set.kept && !space->has_cfg) {
		space->has_cfg = true;
		space->generator = r->set.type;
		space->radix = r->set.radix;
	}
}

static void
read_kind(struct reading *r, enum rangeset_kind kind)
{
	rangeset_read(&r->set, r->cfg, kind);
	if (r->set.kept || r->set.type == RANGESET_RANDOM) {
		r->space = rangemap_space(r->map, r->base, r->type, kind);
		add_side(r);
	}
	if (r->set.kept) {
		check_range(r, 0);
		check_range(r, 1);
		check_steps(r);
	}
	rangeset_release(&r->set);
}

/* "CA", as directories and security domains have it. */
static const char *
type_of(struct rangemap *map, const struct cfg *cfg)
{
	char *type = mem_printf("%s", setting_subsystem_of(cfg));
	const char *kept;

	for (char *c = type; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	kept = arena_copy(&map->arena, slice_of(type)).at;
	free(type);
	return kept;
}

int
rangemap_add_cfg(struct rangemap *map, const struct cfg *cfg)
{
	struct slice host = cfg_string(cfg, "machineName");
	struct slice dn = cfg_string(cfg, "internaldb.basedn");
	struct reading r = { .map = map, .cfg = cfg };
	struct buf base = { 0 };

	r.file = arena_copy(&map->arena, slice_of(cfg->file)).at;
	r.host = host.size != 0 ? arena_copy(&map->arena, host).at : r.file;
	r.type = type_of(map, cfg);
	if (dn.size != 0 && dn_normalise(dn, &base) < 0) {
		buf_release(&base);
		return fail("%s:%zu: not a DN: '%.*s'", cfg->file,
		    cfg_number(
			cfg, cfg_find(cfg, slice_of("internaldb.basedn"))),
		    SLICE_ARG(dn));
	}
	r.base = buf_slice(&base);
	for (int kind = 0; kind < RANGESET_KINDS; kind++)
		read_kind(&r, (enum rangeset_kind)kind);
	buf_release(&base);
	return 0;
}

/* Are the directory's own ranges those that are used? */
static bool
is_old(const struct rangemap_space *space, const struct rangemap_block *b)
{
	if (space->kind == RANGESET_REPLICA)
		return false;
	if (space->has_cfg)
		return b->v2 != (space->generator == RANGESET_LEGACY2);
	return space->cfgs != 0 || (!b->v2 && space->has_v2);
}

/* The first digits as who takes the range reads them; then as many numbers as
 * the directory counts. */
static void
read_digits(const struct rangemap_space *space, struct rangemap_block *b)
{
	int radix = space->kind == RANGESET_SERIAL ? 16 : 10;

	if (space->has_cfg && space->generator == RANGESET_LEGACY)
		radix = space->radix;
	if (b->v2 || space->kind == RANGESET_REPLICA)
		radix = 10;
	if (b->bad || !rangeset_parse(b->begin, slice_of(b->digits), radix))
		return;
	mpz_sub(b->end, b->ldap_end, b->ldap_begin);
	mpz_add(b->end, b->end, b->begin);
}

static int
compare_blocks(const void *a, const void *b)
{
	const struct rangemap_block *x = a, *y = b;
	int order = x->space < y->space ? -1 : x->space > y->space;

	if (order == 0)
		order = mpz_cmp(x->begin, y->begin);
	if (order == 0)
		order = (int)x->state - (int)y->state;
	if (order == 0)
		order = mpz_cmp(x->end, y->end);
	return order != 0 ? order : strcmp(x->host, y->host);
}

static bool
is_again(const struct rangemap_block *before, const struct rangemap_block *b)
{
	return b->state == RANGEMAP_FREE && before->state == RANGEMAP_FREE &&
	       before->space == b->space && before->v2 == b->v2 &&
	       mpz_cmp(before->begin, b->begin) == 0;
}

void
rangemap_settle(struct rangemap *map)
{
	for (size_t i = 0; i < map->blocks; i++) {
		struct rangemap_block *b = &map->block[i];

		if (b->name == NULL)
			continue;
		read_digits(&map->space[b->space], b);
		if (b->state != RANGEMAP_CONFLICT &&
		    is_old(&map->space[b->space], b))
			b->state = RANGEMAP_OLD;
	}
	if (map->blocks != 0)
		qsort(map->block, map->blocks, sizeof *map->block,
		    compare_blocks);
	for (size_t i = 1; i < map->blocks; i++)
		map->block[i].again =
		    is_again(&map->block[i - 1], &map->block[i]);
}
