/* SPDX-License-Identifier: MIT */
#include "check/rangemap.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "cfg/setting.h"
#include "dir/dn.h"
#include "dir/serialno.h"
#include "util/endpoint.h"
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

/* A block, zeroed but for its numbers, which are 0. */
static struct rangemap_block *
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

/* A number of the space was given out. */
static void
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

#define RANGES                                                                 \
	"(objectClass=pkiRange)(objectClass=repository)"                       \
	"(objectClass=pkiSubsystem)(nsds5ReplConflict=*)"
#define NUMBERS                                                                \
	"(objectClass=certificateRecord)(objectClass=keyRecord)"               \
	"(objectClass=request)"

/* 389-ds hides entries in conflict from who does not ask for this class. */
#define HIDDEN "(|(objectClass=ldapsubentry)(objectClass=*))"

const char rangentry_filter[] = "(&" HIDDEN "(|" RANGES "))";
const char rangentry_filter_all[] = "(&" HIDDEN "(|" RANGES NUMBERS "))";
const char *const rangentry_attributes[] = { "objectClass", "cn", "beginRange",
	"endRange", "host", "SecurePort", "nextRange", "nsds5ReplConflict",
	"serialno", "requestId", "nsDS5ReplicaId", "nsDS5ReplicaRoot",
	"nsDS5ReplicaName", NULL };

struct entry_reading {
	struct rangemap *map;
	const struct entry *entry;
	size_t source;
	struct buf dn; /* in normal form */
};

static const char *
keep_block(struct entry_reading *r, struct slice s)
{
	return s.at != NULL ? arena_copy(&r->map->arena, s).at : "";
}

/* An entry of a server has its name for a line. */
static struct findings_place
block_place(struct entry_reading *r)
{
	const struct entry *entry = r->entry;
	char *url = entry->line == 0 ? mem_printf("%s/%.*s", entry->file,
					   SLICE_ARG(entry->dn))
				     : NULL;
	struct findings_place place = {
		keep_block(r, slice_of(url != NULL ? url : entry->file)),
		entry->line
	};

	free(url);
	return place;
}

static struct slice
take_rdn(struct slice *dn)
{
	struct slice parent = dn_parent(*dn);
	struct slice rdn = { dn->at, dn->size - parent.size };

	if (rdn.size != 0 && rdn.at[rdn.size - 1] == ',')
		rdn.size--;
	*dn = parent;
	return rdn;
}

static bool
is(struct slice rdn, const char *want)
{
	return slice_equal(rdn, slice_of(want));
}

/* Is it a container of ranges, below ou=ranges or ou=ranges_v2? */
static bool
find_container(
    struct slice name, struct slice above, enum rangeset_kind *kind, bool *v2)
{
	*v2 = !is(above, "ou=ranges");
	if (!slice_starts(above, slice_of("ou=ranges")))
		return false;
	if (is(name, "ou=certificaterepository") ||
	    is(name, "ou=keyrepository"))
		*kind = RANGESET_SERIAL;
	else if (is(name, "ou=requests"))
		*kind = RANGESET_REQUEST;
	else if (is(name, "ou=replica"))
		*kind = RANGESET_REPLICA;
	else
		return false;
	return true;
}

static const char *
block_type(struct slice rdn)
{
	return is(rdn, "ou=ca") ? "CA" : is(rdn, "ou=kra") ? "KRA" : "";
}

/* Is it a repository, below which are certificates, keys or requests?  base is
 * what is above it. */
static bool
find_repository(struct slice dn, struct slice *base, const char **type,
    enum rangeset_kind *kind)
{
	struct slice name = take_rdn(&dn), replicas = dn;
	struct slice above = take_rdn(&dn);

	*base = dn;
	*type = block_type(above);
	*kind = RANGESET_SERIAL;
	if ((is(name, "ou=certificaterepository") ||
		is(name, "ou=keyrepository")) &&
	    **type != '\0')
		return true;
	*kind = RANGESET_REQUEST;
	*type = block_type(name);
	if (is(above, "ou=requests"))
		return **type != '\0';
	*kind = RANGESET_REPLICA;
	*base = replicas;
	return is(name, "ou=replica") && !is(above, "ou=ranges");
}

/* Replicas of one directory have the same entries. */
static bool
is_known(const struct entry_reading *r, const struct rangemap_block *new)
{
	const struct rangemap *map = r->map;

	for (size_t i = 0; i + 1 < map->blocks; i++) {
		const struct rangemap_block *b = &map->block[i];

		if (b->name != NULL && b->space == new->space &&
		    b->v2 == new->v2 && b->state == new->state &&
		    b->state != RANGEMAP_FREE &&strcmp(b->name, new->name) ==
			0 &&
		    strcmp(b->host, new->host) == 0 &&
		    strcmp(b->port, new->port) == 0 &&
		    mpz_cmp(b->ldap_begin, new->ldap_begin) == 0 &&
		    mpz_cmp(b->ldap_end, new->ldap_end) == 0)
			return true;
	}
	return false;
}

static void
drop_last(struct rangemap *map)
{
	struct rangemap_block *b = &map->block[--map->blocks];

	mpz_clears(
	    b->begin, b->end, b->ldap_begin, b->ldap_end, b->highest, NULL);
}

/* The RDN's value, in decimal, is not the begin. */
static bool
is_misnamed(const struct entry_reading *r, const struct rangemap_block *b)
{
	struct slice dn = buf_slice(&r->dn), rdn = take_rdn(&dn);
	mpz_t number;
	bool answer;

	mpz_init(number);
	answer = !slice_starts(rdn, slice_of("cn=")) ||
		 !rangeset_parse(
		     number, (struct slice){ rdn.at + 3, rdn.size - 3 }, 10) ||
		 mpz_cmp(number, b->ldap_begin) != 0;
	mpz_clear(number);
	return answer;
}

/* Invariant 5 [dogtag 6.6], as far as one entry can break it. */
static void
check_entry(struct entry_reading *r, struct rangemap_block *b)
{
	const char *kind = rangemap_kind_name(r->map->space[b->space].kind);
	struct findings *found = r->map->found;

	if (b->bad)
		findings_add(found, b->place, "range-digits",
		    "a range without decimal begin and end: %s", kind);
	else if (b->state == RANGEMAP_CONFLICT)
		findings_add(found, b->place, "range-conflict",
		    "replication could not place this range of %s: %s", b->host,
		    kind);
	else if (mpz_cmp(b->ldap_begin, b->ldap_end) > 0) {
		findings_add(found, b->place, "range-reversed",
		    "a range ends before it begins: %s", kind);
		b->bad = true;
	}
	if (!b->bad && b->state != RANGEMAP_CONFLICT && is_misnamed(r, b))
		findings_add(found, b->place, "range-name",
		    "a range that begins with %s is called %s: %s", b->digits,
		    b->name, kind);
}

static int
add_range(struct entry_reading *r)
{
	struct slice base = buf_slice(&r->dn), container;
	struct rangemap_block *b;
	enum rangeset_kind kind;
	struct slice begin = entry_value(r->entry, "beginRange", 0);
	struct slice end = entry_value(r->entry, "endRange", 0);
	bool v2;

	take_rdn(&base);
	container = take_rdn(&base);
	if (!find_container(container, take_rdn(&base), &kind, &v2))
		return 0;
	b = rangemap_add_block(
	    r->map, rangemap_space(r->map, base, "", kind), RANGEMAP_ALLOCATED);
	b->name = keep_block(r, r->entry->dn);
	b->host = keep_block(r, entry_value(r->entry, "host", 0));
	b->port = keep_block(r, entry_value(r->entry, "SecurePort", 0));
	b->digits = keep_block(r, begin);
	b->source = r->source;
	b->v2 = v2;
	b->place = block_place(r);
	b->bad = begin.at == NULL || end.at == NULL ||
		 !rangeset_parse(b->ldap_begin, begin, 10) ||
		 !rangeset_parse(b->ldap_end, end, 10);
	if (entry_value(r->entry, "nsds5ReplConflict", 0).at != NULL)
		b->state = RANGEMAP_CONFLICT;
	r->map->space[b->space].has_v2 |= v2;
	if (is_known(r, b))
		drop_last(r->map);
	else
		check_entry(r, b);
	return 1;
}

/* nextRange, of a repository or of a container of ranges_v2. */
static int
add_next(struct entry_reading *r)
{
	struct slice dn = buf_slice(&r->dn), base = dn, name;
	struct slice next = entry_value(r->entry, "nextRange", 0);
	const char *type = "";
	enum rangeset_kind kind;
	struct rangemap_block *b;
	bool v2 = false;

	if (next.at == NULL)
		return 0;
	if (!find_repository(dn, &base, &type, &kind)) {
		base = dn;
		name = take_rdn(&base);
		if (!find_container(name, take_rdn(&base), &kind, &v2))
			return 0;
	}
	b = rangemap_add_block(
	    r->map, rangemap_space(r->map, base, type, kind), RANGEMAP_FREE);
	b->name = keep_block(r, r->entry->dn);
	b->host = b->port = "";
	b->digits = keep_block(r, next);
	b->source = r->source;
	b->v2 = v2;
	b->place = block_place(r);
	b->bad = !rangeset_parse(b->ldap_begin, next, 10);
	r->map->space[b->space].has_v2 |= v2;
	if (b->bad)
		findings_add(r->map->found, b->place,
		    "range-digits", "nextRange is not a decimal number: %s",
		    rangemap_kind_name(kind));
	return 1;
}

static int
add_number(struct entry_reading *r)
{
	struct slice base = buf_slice(&r->dn);
	struct slice text = entry_value(r->entry, "serialno", 0);
	enum rangeset_kind kind;
	const char *type;
	mpz_t number;

	take_rdn(&base);
	if (!find_repository(base, &base, &type, &kind))
		return 0;
	if (kind == RANGESET_REQUEST)
		text = entry_value(r->entry, "requestId", 0);
	mpz_init(number);
	if (text.at != NULL && serialno_parse(number, text) == 0)
		rangemap_use(
		    r->map, rangemap_space(r->map, base, type, kind), number);
	mpz_clear(number);
	return 1;
}

static int
add_host(struct entry_reading *r)
{
	struct rangemap *map = r->map;

	MEM_GROW(map->host, map->hosts, map->hosts_room);
	map->host[map->hosts++] = (struct rangemap_host){
		keep_block(r, entry_value(r->entry, "host", 0)),
		keep_block(r, entry_value(r->entry, "SecurePort", 0))
	};
	return 1;
}

/* The same replica may be listed by several files. */
static bool
is_known_replica(const struct rangemap *map, const struct rangemap_replica *new)
{
	for (size_t i = 0; i < map->replicas; i++) {
		const struct rangemap_replica *old = &map->replica[i];

		if (old->id == new->id && strcmp(old->base, new->base) == 0 &&
		    strcmp(old->name, new->name) == 0)
			return true;
	}
	return false;
}

static int
add_replica(struct entry_reading *r)
{
	struct rangemap *map = r->map;
	const char *id =
	    keep_block(r, entry_value(r->entry, "nsDS5ReplicaId", 0));
	struct buf base = { 0 };
	struct rangemap_replica new = { .place = block_place(r) };
	char *end;

	errno = 0;
	new.id = strtoul(id, &end, 10);
	if (*id < '0' || *id > '9' || *end != '\0' || errno != 0 ||
	    dn_normalise(entry_value(r->entry, "nsDS5ReplicaRoot", 0), &base) <
		0 ||
	    base.size == 0) {
		buf_release(&base);
		return 0;
	}
	new.base = keep_block(r, buf_slice(&base));
	new.name = keep_block(r, entry_value(r->entry, "nsDS5ReplicaName", 0));
	buf_release(&base);
	if (!is_known_replica(map, &new)) {
		MEM_GROW(map->replica, map->replicas, map->replicas_room);
		map->replica[map->replicas++] = new;
	}
	return 1;
}

static const struct {
	const char *class;
	int (*add)(struct entry_reading *);
} classes[] = {
	{ "certificateRecord", add_number },
	{ "request", add_number },
	{ "keyRecord", add_number },
	{ "pkiRange", add_range },
	{ "repository", add_next },
	{ "pkiSubsystem", add_host },
	{ "nsDS5Replica", add_replica },
};

static bool
is_class(struct slice value, const char *class)
{
	return value.size == strlen(class) &&
	       strncasecmp(value.at, class, value.size) == 0;
}

int
rangentry_add(struct rangemap *map, const struct entry *entry, size_t source)
{
	struct entry_reading r = {
		.map = map, .entry = entry, .source = source
	};
	struct slice value;
	int taken = 0;

	for (size_t i = 0;
	     taken == 0 &&
	     (value = entry_value(entry, "objectClass", i)).at != NULL;
	     i++)
		for (size_t j = 0; j < sizeof classes / sizeof *classes; j++) {
			if (!is_class(value, classes[j].class))
				continue;
			if (dn_normalise(entry->dn, &r.dn) < 0)
				taken = fail("%s:%zu: not a DN: '%.*s'",
				    entry->file, entry->line,
				    SLICE_ARG(entry->dn));
			else
				taken = classes[j].add(&r);
			break;
		}
	buf_release(&r.dn);
	return taken;
}

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
check_block_entry(const struct rangemap *map, const struct rangemap_block *b,
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
		check_block_entry(map, b, e);
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
