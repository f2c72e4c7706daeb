/* SPDX-License-Identifier: MIT */
#include "pki/ranges.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "cfg/setting.h"
#include "dir/dn.h"
#include "dir/serialno.h"
#include "util/base64.h"
#include "util/diag.h"
#include "util/endpoint.h"
#include "util/mem.h"
#include "x509/cert.h"

const char *
range_state_name(enum range_state state)
{
	static const char *const names[] = {
		[RANGE_CURRENT] = "current",
		[RANGE_NEXT] = "next",
		[RANGE_ALLOCATED] = "allocated",
		[RANGE_FREE] = "free",
		[RANGE_OLD] = "old",
		[RANGE_CONFLICT] = "conflict",
	};

	return names[state];
}

char *
ranges_number(const struct ranges *all, mpz_srcptr number)
{
	char *text;

	/* As GMP's own functions do, it dies where there is no memory. */
	gmp_asprintf(&text, all->radix == 16 ? "0x%Zx" : "%Zd", number);
	return text;
}

/* Are they the same, or is one not known? */
static bool
may_be_same(const char *a, const char *b)
{
	return *a == '\0' || *b == '\0' || strcmp(a, b) == 0;
}

/* The repository of a kind below base, made where there is none.  base is in
 * normal form, and copied; it may be empty, then type counts. */
static size_t
repository_of(struct ranges *all, struct slice base, const char *type,
    enum rangeset_kind kind)
{
	const char *issuer = all->issuer != NULL ? all->issuer : "";
	struct repository *repository;

	for (size_t i = 0; i < all->repositories; i++) {
		repository = &all->repository[i];
		if (repository->kind != kind ||
		    !slice_equal(slice_of(repository->base), base) ||
		    !may_be_same(repository->issuer, issuer) ||
		    (base.size == 0 && strcmp(repository->type, type) != 0))
			continue;
		if (*repository->type == '\0')
			repository->type =
			    arena_copy(&all->arena, slice_of(type)).at;
		if (*repository->issuer == '\0')
			repository->issuer =
			    arena_copy(&all->arena, slice_of(issuer)).at;
		return i;
	}
	MEM_GROW(all->repository, all->repositories, all->repositories_room);
	repository = &all->repository[all->repositories];
	*repository = (struct repository){ .kind = kind };
	repository->base =
	    base.size != 0 ? arena_copy(&all->arena, base).at : "";
	repository->type = arena_copy(&all->arena, slice_of(type)).at;
	repository->issuer = arena_copy(&all->arena, slice_of(issuer)).at;
	mpz_init(repository->highest);
	return all->repositories++;
}

/* A range, zeroed but for its numbers, which are 0. */
static struct range *
add_range(struct ranges *all, size_t repository, enum range_state state)
{
	struct range *range;

	MEM_GROW(all->range, all->count, all->room);
	range = &all->range[all->count++];
	*range = (struct range){ .repository = repository, .state = state };
	mpz_inits(range->begin, range->end, range->ldap_begin, range->ldap_end,
	    range->highest, NULL);
	return range;
}

bool
range_is_closed(const struct range *range)
{
	return !range->bad && range->state != RANGE_FREE &&
	       (range->state != RANGE_OLD || mpz_sgn(range->ldap_end) != 0);
}

void
range_size(mpz_t size, const struct range *range)
{
	mpz_sub(size, range->end, range->begin);
	mpz_add_ui(size, size, 1);
	if (!range_is_closed(range) || mpz_sgn(size) < 0)
		mpz_set_ui(size, 0);
}

bool
ranges_left(const struct ranges *all, mpz_t left, const struct range *range)
{
	const struct repository *repository =
	    &all->repository[range->repository];

	range_size(left, range);
	if (range->state == RANGE_NEXT ||
	    (range->state == RANGE_CURRENT &&
		repository->kind == RANGESET_REPLICA))
		return true;
	if (range->state != RANGE_CURRENT || !repository->counted)
		return false;
	if (range->used != 0 && range->random)
		mpz_sub_ui(left, left, range->used);
	else if (range->used != 0)
		mpz_sub(left, range->end, range->highest);
	return true;
}

static void
see_number(struct range *range, mpz_srcptr number, size_t source)
{
	struct range_seen *seen = range->seen;
	size_t i = 0;

	while (i < range->seens && seen[i].source != source)
		i++;
	if (i == range->seens) {
		MEM_GROW(range->seen, range->seens, range->seen_room);
		seen = range->seen;
		seen[range->seens].source = source;
		mpz_init(seen[range->seens++].highest);
	}
	if (mpz_cmp(number, seen[i].highest) > 0)
		mpz_set(seen[i].highest, number);
}

/* A number of the repository was given out. */
static void
count_number(
    struct ranges *all, size_t repository, mpz_srcptr number, size_t source)
{
	struct repository *of = &all->repository[repository];

	of->counted = true;
	if (mpz_cmp(number, of->highest) > 0)
		mpz_set(of->highest, number);
	for (size_t i = 0; i < all->own; i++) {
		struct range *range = &all->range[i];

		if (range->repository != repository ||
		    mpz_cmp(number, range->begin) < 0 ||
		    mpz_cmp(number, range->end) > 0)
			continue;
		range->used++;
		if (mpz_cmp(number, range->highest) > 0)
			mpz_set(range->highest, number);
		see_number(range, number, source);
	}
}

void
ranges_release(struct ranges *all)
{
	for (size_t i = 0; i < all->count; i++) {
		struct range *range = &all->range[i];

		mpz_clears(range->begin, range->end, range->ldap_begin,
		    range->ldap_end, range->highest, NULL);
		for (size_t j = 0; j < range->seens; j++)
			mpz_clear(range->seen[j].highest);
		free(range->seen);
	}
	for (size_t i = 0; i < all->repositories; i++)
		mpz_clear(all->repository[i].highest);
	for (size_t i = 0; i < all->cfgs; i++)
		mpz_clears(all->cfg[i].increment, all->cfg[i].transfer, NULL);
	if (all->known.count != 0)
		hashmap_release(&all->known);
	free(all->known_key);
	free(all->repository);
	free(all->cfg);
	free(all->range);
	free(all->replica);
	free(all->host);
	arena_release(&all->arena);
	*all = (struct ranges){ .radix = all->radix, .is_one = all->is_one };
}

struct reading {
	struct ranges *all;
	const struct cfg *cfg;
	const char *file, *host, *type;
	struct slice base;
	struct rangeset set;
	size_t repository;
};

static size_t
line_of(const struct reading *r, const struct cfg_line *line)
{
	return line != NULL ? cfg_number(r->cfg, line) : 0;
}

static void
add_cfg_range(struct reading *r, int which)
{
	const struct rangeset_range *from = &r->set.range[which];
	struct ranges *all = r->all;
	struct range *range;

	if (!from->readable)
		return;
	range = add_range(r->all, r->repository,
	    which == 0 ? RANGE_CURRENT : RANGE_NEXT);
	all->own = all->count;
	range->host = r->host;
	range->file = r->file;
	range->source = all->files;
	range->line = line_of(r, from->begin);
	range->digits =
	    arena_copy(&r->all->arena, cfg_trim(cfg_value(from->begin))).at;
	range->random = r->set.kind == RANGESET_SERIAL &&
	    setting_bool(r->cfg, "dbs.enableRandomSerialNumbers");
	mpz_set(range->begin, from->first);
	mpz_set(range->end, from->last);
}

static void
add_cfg(struct reading *r)
{
	static const char managed[] = "dbs.enableSerialManagement";
	struct ranges *all = r->all;
	struct repository *repository = &all->repository[r->repository];
	struct range_cfg *cfg;

	MEM_GROW(all->cfg, all->cfgs, all->cfgs_room);
	cfg = &all->cfg[all->cfgs++];
	*cfg = (struct range_cfg){
		.repository = r->repository,
		.number = all->files,
		.release = release_of(r->cfg),
		.host = r->host,
		.generator = arena_copy(&all->arena, r->set.generator).at,
		.type = r->set.type,
		.radix = r->set.radix,
		.file = r->file,
		.generator_line = line_of(r, r->set.generator_line),
		.managed_line = line_of(r, cfg_find(r->cfg, slice_of(managed))),
		.is_managed = setting_bool(r->cfg, managed),
		.has_increment = r->set.increment.readable,
		.has_transfer = r->set.transfer.readable,
	};
	mpz_init_set(cfg->increment, r->set.increment.value);
	mpz_init_set(cfg->transfer, r->set.transfer.value);
	repository->cfgs++;
	if (r->set.kept && !repository->has_cfg) {
		repository->has_cfg = true;
		repository->generator = r->set.type;
		repository->radix = r->set.radix;
	}
}

static void
read_kind(struct reading *r, enum rangeset_kind kind)
{
	rangeset_read(&r->set, r->cfg, kind);
	if (r->set.kept || r->set.type == RANGESET_RANDOM) {
		r->repository = repository_of(r->all, r->base, r->type, kind);
		add_cfg(r);
	}
	for (int i = 0; i < 2 && r->set.kept; i++)
		add_cfg_range(r, i);
	rangeset_release(&r->set);
}

/* "CA", as directories and security domains have it. */
static const char *
type_of(struct ranges *all, const struct cfg *cfg)
{
	char *type = mem_printf("%s", setting_subsystem_of(cfg));
	const char *kept;

	for (char *c = type; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	kept = arena_copy(&all->arena, slice_of(type)).at;
	free(type);
	return kept;
}

/* The issuer of a certificate, or with own its subject; NULL: there is none in
 * the file that can be read. */
static char *
name_in(const struct cfg *cfg, const char *key, bool own)
{
	struct slice text = cfg_string(cfg, key);
	struct buf der = { 0 };
	struct cert cert;
	char *name = NULL;

	if (text.size != 0 && base64_decode(&der, text) == 0 &&
	    cert_parse(&cert, buf_slice(&der)) == 0) {
		name = own ? cert.subject : cert.issuer;
		name = mem_dup(name, strlen(name));
		cert_release(&cert);
	}
	buf_release(&der);
	return name;
}

const char *
ranges_issuer(struct ranges *all, const struct cfg *cfg)
{
	static const char *const key[] = { "kra.transport.cert",
		"kra.storage.cert", "kra.subsystem.cert" };
	char *name = name_in(cfg, "ca.signing.cert", true);
	const char *issuer = NULL;

	for (size_t i = 0; i < sizeof key / sizeof *key && name == NULL; i++)
		name = name_in(cfg, key[i], false);
	if (name != NULL)
		issuer = arena_copy(&all->arena, slice_of(name)).at;
	free(name);
	return issuer;
}

int
ranges_add_cfg(struct ranges *all, const struct cfg *cfg)
{
	struct slice host = cfg_string(cfg, "machineName");
	struct slice dn = cfg_string(cfg, "internaldb.basedn");
	struct reading r = { .all = all, .cfg = cfg };
	struct buf base = { 0 };

	r.file = arena_copy(&all->arena, slice_of(cfg->file)).at;
	r.host = host.size != 0 ? arena_copy(&all->arena, host).at : r.file;
	r.type = type_of(all, cfg);
	if (!all->is_one && dn.size != 0 && dn_normalise(dn, &base) < 0) {
		buf_release(&base);
		return fail("%s:%zu: not a DN: '%.*s'", cfg->file,
		    cfg_number(
			cfg, cfg_find(cfg, slice_of("internaldb.basedn"))),
		    SLICE_ARG(dn));
	}
	r.base = buf_slice(&base);
	if (!all->is_one)
		all->issuer = ranges_issuer(all, cfg);
	for (int kind = 0; kind < RANGESET_KINDS; kind++)
		read_kind(&r, (enum rangeset_kind)kind);
	all->issuer = NULL;
	all->files++;
	buf_release(&base);
	return 0;
}

/* A KRA's key repository looks for nextRange where the keys are, also with
 * legacy2, whose other repositories have it above the ranges [dogtag v11.6.1
 * KeyRepository, which has no getNextRangeDN() of its own]. */
static bool
is_next_of_keys(const struct repository *repository, const struct range *range)
{
	return range->state == RANGE_FREE &&
	       repository->kind == RANGESET_SERIAL &&
	       strcmp(repository->type, "KRA") == 0;
}

/* Are the directory's own ranges those that are used? */
static bool
is_old(const struct repository *repository, const struct range *range)
{
	bool v2 = repository->generator == RANGESET_LEGACY2 &&
		  !is_next_of_keys(repository, range);

	if (repository->kind == RANGESET_REPLICA)
		return false;
	if (repository->has_cfg)
		return range->v2 != v2;
	return repository->cfgs != 0 || (!range->v2 && repository->has_v2);
}

/* In which the digits of an entry are read by who takes the range. */
static int
radix_of(const struct repository *repository, const struct range *range)
{
	if (range->v2 || repository->kind == RANGESET_REPLICA)
		return 10;
	if (repository->has_cfg && repository->generator == RANGESET_LEGACY)
		return repository->radix;
	if (repository->has_cfg && is_next_of_keys(repository, range))
		return 10;
	return repository->kind == RANGESET_SERIAL ? 16 : 10;
}

void
range_read_as(mpz_t to, mpz_srcptr number, int radix)
{
	char *digits = mpz_get_str(NULL, 10, number);

	mpz_set_str(to, digits, radix);
	free(digits);
}

/* The CS.cfg of the host; with any, else another one's.  NULL: none has it. */
static const struct range_cfg *
cfg_with(const struct ranges *all, const struct range *range, bool transfer)
{
	const struct range_cfg *found = NULL;

	for (size_t i = 0; i < all->cfgs; i++) {
		const struct range_cfg *cfg = &all->cfg[i];

		if (cfg->repository != range->repository ||
		    !(transfer ? cfg->has_transfer : cfg->has_increment))
			continue;
		if (endpoint_same_host(
			slice_of(cfg->host), slice_of(range->host)))
			return cfg;
		if (found == NULL)
			found = cfg;
	}
	return found;
}

/* What pkispawn sets [dogtag 6.1]. */
const unsigned long ranges_usual_increment[RANGESET_KINDS] = { 0x10000000,
	10000000, 100 };
static const unsigned long usual_transfer[RANGESET_KINDS] = { 0x10000, 10000,
	5 };

void
ranges_increment(
    const struct ranges *all, const struct range *range, mpz_t increment)
{
	const struct range_cfg *cfg = cfg_with(all, range, false);
	const enum rangeset_kind kind = all->repository[range->repository].kind;

	if (cfg != NULL)
		mpz_set(increment, cfg->increment);
	else
		mpz_set_ui(increment, ranges_usual_increment[kind]);
}

void
ranges_transfer(
    const struct ranges *all, const struct range *range, mpz_t transfer)
{
	const struct range_cfg *cfg = cfg_with(all, range, true);

	if (cfg != NULL)
		mpz_set(transfer, cfg->transfer);
	else
		mpz_set_ui(transfer,
		    usual_transfer[all->repository[range->repository].kind]);
}

static int
compare_ldap_begins(const void *a, const void *b)
{
	const struct range *x = *(const struct range *const *)a;
	const struct range *y = *(const struct range *const *)b;

	if (x->repository != y->repository)
		return x->repository < y->repository ? -1 : 1;
	if (x->v2 != y->v2)
		return x->v2 - y->v2;
	return mpz_cmp(x->ldap_begin, y->ldap_begin);
}

/* All entries, as the directory counts. */
struct entries {
	const struct range **at;
	size_t count;
};

static void
sort_entries(struct entries *entries, const struct ranges *all)
{
	entries->at = mem_zalloc(all->count + 1, sizeof(struct range *));
	entries->count = 0;
	for (size_t i = 0; i < all->count; i++)
		if (all->range[i].name != NULL && !all->range[i].unreadable)
			entries->at[entries->count++] = &all->range[i];
	qsort(entries->at, entries->count, sizeof(struct range *),
	    compare_ldap_begins);
}

/* Does the directory count on from the end of the entry? */
static bool
goes_on(const struct entries *entries, const struct range *range)
{
	struct range key = { .repository = range->repository, .v2 = range->v2 };
	const struct range *wanted = &key;
	bool answer;

	mpz_init(key.ldap_begin);
	mpz_add_ui(key.ldap_begin, range->ldap_end, 1);
	answer = bsearch(&wanted, entries->at, entries->count,
		     sizeof(struct range *), compare_ldap_begins) != NULL;
	mpz_clear(key.ldap_begin);
	return answer;
}

/* How many numbers who takes a legacy range counts.  The directory counts as
 * many as the increment's digits say in decimal, up to 10.10, or its value. */
static void
measure(mpz_t size, const struct ranges *all, const struct entries *entries,
    struct range *range, int radix)
{
	mpz_t counted, digits;

	mpz_inits(counted, digits, NULL);
	mpz_sub(counted, range->ldap_end, range->ldap_begin);
	mpz_add_ui(counted, counted, 1);
	range_read_as(digits, counted, radix);
	ranges_increment(all, range, size);
	if (mpz_cmp(counted, size) == 0 || mpz_cmp(digits, size) == 0)
		goto out;
	/* The increment was another one then; of the two styles, the wider. */
	range->resized = !goes_on(entries, range);
	if (!range->resized || mpz_cmp(digits, size) > 0)
		mpz_set(size, digits);
out:
	mpz_clears(counted, digits, NULL);
}

/* The first digits as who takes the range reads them, and as many numbers as he
 * counts from there. */
static void
read_digits(
    struct ranges *all, const struct entries *entries, struct range *range)
{
	const struct repository *repository =
	    &all->repository[range->repository];
	int radix = radix_of(repository, range);
	mpz_t end;

	if (range->unreadable || (range->bad && range->state != RANGE_CONFLICT))
		return;
	range_read_as(range->begin, range->ldap_begin, radix);
	if (mpz_sgn(range->ldap_end) == 0)
		return;
	mpz_init(end);
	if (range->v2)
		mpz_sub(end, range->ldap_end, range->ldap_begin);
	else
		measure(end, all, entries, range, radix);
	mpz_add(range->end, range->begin, end);
	if (!range->v2)
		mpz_sub_ui(range->end, range->end, 1);
	range_read_as(end, range->ldap_end, radix);
	range->alike = mpz_cmp(end, range->end) == 0;
	mpz_clear(end);
}

bool
range_is_of_cfg(const struct range *range)
{
	return range->state == RANGE_CURRENT || range->state == RANGE_NEXT;
}

bool
range_same_host(const char *a, const char *b)
{
	return endpoint_same_host(slice_of(a), slice_of(b));
}

const struct range *
ranges_most_free(const struct ranges *all, size_t repository)
{
	const struct range *most = NULL;

	for (size_t i = 0; i < all->count; i++) {
		const struct range *range = &all->range[i];

		if (range->repository == repository &&
		    range->state == RANGE_FREE && !range->bad &&
		    (most == NULL || mpz_cmp(range->begin, most->begin) > 0))
			most = range;
	}
	return most;
}

bool
ranges_is_unmanaged(const struct ranges *all, const struct range_cfg *cfg)
{
	const struct repository *of = &all->repository[cfg->repository];
	bool others = of->cfgs > 1;

	if (of->kind != RANGESET_REPLICA || cfg->is_managed)
		return false;
	for (size_t i = 0; i < all->count && !others; i++)
		others = all->range[i].repository == cfg->repository &&
		    all->range[i].name != NULL && *all->range[i].host != '\0' &&
		    !range_same_host(all->range[i].host, cfg->host);
	return others;
}

static bool
is_block(const struct range *range)
{
	return (range_is_of_cfg(range) || range->state == RANGE_ALLOCATED) &&
	       !range->bad && mpz_cmp(range->begin, range->end) <= 0;
}

bool
range_meets(const struct range *a, const struct range *b)
{
	return mpz_cmp(a->begin, b->end) <= 0 && mpz_cmp(b->begin, a->end) <= 0;
}

bool
range_is_within(const struct range *part, const struct range *whole)
{
	return mpz_cmp(part->begin, whole->begin) >= 0 &&
	    mpz_cmp(part->end, whole->end) <= 0;
}

/* The CS.cfg of the host of an entry was given, and by it the host has a part
 * of the entry and nothing of the block: it knows that it handed that on. */
static bool
owner_agrees(const struct ranges *all, const struct range *block,
    const struct range *entry)
{
	bool has_part = false;

	for (size_t i = 0; i < all->count; i++) {
		const struct range *own = &all->range[i];

		if (own->repository != entry->repository ||
		    !range_is_of_cfg(own) ||
		    !endpoint_same_host(
			slice_of(own->host), slice_of(entry->host)))
			continue;
		if (is_block(own) && range_meets(own, block))
			return false;
		has_part |= range_meets(own, entry);
	}
	return has_part;
}

static bool
is_handed_on(const struct ranges *all, const struct range *block,
    const struct range *entry)
{
	mpz_t transfer, number;
	bool answer;

	if (!range_is_within(block, entry))
		return false;
	if (owner_agrees(all, block, entry))
		return true;
	mpz_inits(transfer, number, NULL);
	ranges_transfer(all, entry, transfer);
	range_size(number, block);
	answer = mpz_sgn(transfer) > 0 && mpz_cmp(number, transfer) <= 0;
	mpz_sub(number, entry->end, block->end);
	answer = answer && mpz_divisible_p(number, transfer) != 0;
	mpz_clears(transfer, number, NULL);
	return answer;
}

bool
ranges_overlap(
    const struct ranges *all, const struct range *a, const struct range *b)
{
	const struct range *block = range_is_of_cfg(a) ? a : b;
	const struct range *entry = block == a ? b : a;

	if (a->repository != b->repository || !is_block(a) || !is_block(b) ||
	    !range_meets(a, b))
		return false;
	if (range_is_of_cfg(a) == range_is_of_cfg(b))
		return true;
	return mpz_cmp(block->begin, entry->begin) != 0 &&
	       !(range_is_within(block, entry) &&
		   endpoint_same_host(
		       slice_of(block->host), slice_of(entry->host))) &&
	       !is_handed_on(all, block, entry);
}

static int
compare_ranges(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	int order = x->repository < y->repository ? -1 :
	    x->repository > y->repository;

	if (order == 0)
		order = mpz_cmp(x->begin, y->begin);
	if (order == 0)
		order = (int)x->state - (int)y->state;
	if (order == 0)
		order = mpz_cmp(x->end, y->end);
	return order != 0 ? order : strcmp(x->host, y->host);
}

static bool
is_again(const struct range *before, const struct range *range)
{
	return range->state == RANGE_FREE && before->state == RANGE_FREE &&
	       before->repository == range->repository &&
	       before->v2 == range->v2 &&
	       mpz_cmp(before->begin, range->begin) == 0;
}

void
ranges_settle(struct ranges *all)
{
	struct entries entries;

	sort_entries(&entries, all);
	for (size_t i = 0; i < all->count; i++) {
		struct range *range = &all->range[i];

		if (range->name == NULL)
			continue;
		read_digits(all, &entries, range);
		if (range->state != RANGE_CONFLICT &&
		    is_old(&all->repository[range->repository], range))
			range->state = RANGE_OLD;
	}
	free(entries.at);
	if (all->count != 0)
		qsort(all->range, all->count, sizeof *all->range,
		    compare_ranges);
	for (size_t i = 1; i < all->count; i++)
		all->range[i].again =
		    is_again(&all->range[i - 1], &all->range[i]);
}

#define RANGES                                                                 \
	"(objectClass=pkiRange)(objectClass=repository)"                       \
	"(objectClass=pkiSubsystem)(nsds5ReplConflict=*)"
#define NUMBERS                                                                \
	"(objectClass=certificateRecord)(objectClass=keyRecord)"               \
	"(objectClass=request)"

/* 389-ds hides entries in conflict from who does not ask for this class. */
#define HIDDEN "(|(objectClass=ldapsubentry)(objectClass=*))"

const char ranges_filter[] = "(&" HIDDEN "(|" RANGES "))";
const char ranges_filter_all[] = "(&" HIDDEN "(|" RANGES NUMBERS "))";
const char *const ranges_attributes[] = { "objectClass", "cn", "beginRange",
	"endRange", "host", "SecurePort", "nextRange", "nsds5ReplConflict",
	"serialno", "requestId", "nsDS5ReplicaId", "nsDS5ReplicaRoot",
	"nsDS5ReplicaName", NULL };

struct entry_reading {
	struct ranges *all;
	const struct entry *entry;
	size_t source;
	struct buf dn; /* in normal form */
};

static const char *
kept(struct entry_reading *r, struct slice s)
{
	return s.at != NULL ? arena_copy(&r->all->arena, s).at : "";
}

/* An entry of a server has its name for a line. */
static const char *
entry_file(struct entry_reading *r)
{
	const struct entry *entry = r->entry;
	const char *file;
	char *url;

	if (entry->line != 0)
		return kept(r, slice_of(entry->file));
	url = mem_printf("%s/%.*s", entry->file, SLICE_ARG(entry->dn));
	file = kept(r, slice_of(url));
	free(url);
	return file;
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
is_container(
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
type_of_rdn(struct slice rdn)
{
	return is(rdn, "ou=ca") ? "CA" : is(rdn, "ou=kra") ? "KRA" : "";
}

/* Is it a repository, below which are certificates, keys or requests?  base is
 * what is above it. */
static bool
is_repository(struct slice dn, struct slice *base, const char **type,
    enum rangeset_kind *kind)
{
	struct slice name = take_rdn(&dn), replicas = dn;
	struct slice above = take_rdn(&dn);

	*base = dn;
	*type = type_of_rdn(above);
	*kind = RANGESET_SERIAL;
	if ((is(name, "ou=certificaterepository") ||
		is(name, "ou=keyrepository")) &&
	    **type != '\0')
		return true;
	*kind = RANGESET_REQUEST;
	*type = type_of_rdn(name);
	if (is(above, "ou=requests"))
		return **type != '\0';
	*kind = RANGESET_REPLICA;
	*base = replicas;
	return is(name, "ou=replica") && !is(above, "ou=ranges");
}

static struct slice
known_key(const void *arg, uint32_t number)
{
	const struct ranges *all = arg;

	return slice_of(all->known_key[number]);
}

/* Replicas of one directory have the same entries. */
static bool
is_known(const struct entry_reading *r, const struct range *new)
{
	struct ranges *all = r->all;
	const uint32_t number = all->known.count;
	char *key;

	gmp_asprintf(&key, "%zu %d %d %Zd %Zd %s\n%s\n%s", new->repository,
	    new->v2, (int)new->state, new->ldap_begin, new->ldap_end, new->host,
	    new->port, new->name);
	if (number == 0)
		hashmap_init(&all->known, 64, known_key, all);
	if (hashmap_get(&all->known, slice_of(key)) != HASHMAP_NONE) {
		free(key);
		return true;
	}
	MEM_GROW(all->known_key, number, all->known_room);
	all->known_key[number] = arena_copy(&all->arena, slice_of(key)).at;
	hashmap_put(&all->known, slice_of(all->known_key[number]), number);
	free(key);
	return false;
}

static void
drop_last(struct ranges *all)
{
	struct range *range = &all->range[--all->count];

	mpz_clears(range->begin, range->end, range->ldap_begin,
	    range->ldap_end, range->highest, NULL);
}

/* The RDN's value, in decimal, is not the begin. */
static bool
is_misnamed(const struct entry_reading *r, const struct range *range)
{
	struct slice dn = buf_slice(&r->dn), rdn = take_rdn(&dn);
	mpz_t number;
	bool answer;

	mpz_init(number);
	answer = !slice_starts(rdn, slice_of("cn=")) ||
		 !rangeset_parse(
		     number, (struct slice){ rdn.at + 3, rdn.size - 3 }, 10) ||
		 mpz_cmp(number, range->ldap_begin) != 0;
	mpz_clear(number);
	return answer;
}

/* A range of the entry, which has no numbers yet. */
static struct range *
add_entry_range(struct entry_reading *r, size_t repository,
    enum range_state state, bool v2)
{
	struct range *range = add_range(r->all, repository, state);

	range->name = kept(r, r->entry->dn);
	range->host = range->port = "";
	range->file = entry_file(r);
	range->line = r->entry->line;
	range->source = r->source;
	range->v2 = v2;
	r->all->repository[repository].has_v2 |= v2;
	return range;
}

static int
add_allocated(struct entry_reading *r)
{
	struct slice base = buf_slice(&r->dn), container;
	struct slice begin = entry_value(r->entry, "beginRange", 0);
	struct slice end = entry_value(r->entry, "endRange", 0);
	enum rangeset_kind kind;
	struct range *range;
	bool v2;

	take_rdn(&base);
	container = take_rdn(&base);
	if (!is_container(container, take_rdn(&base), &kind, &v2))
		return 0;
	range = add_entry_range(r, repository_of(r->all, base, "", kind),
	    RANGE_ALLOCATED, v2);
	range->host = kept(r, entry_value(r->entry, "host", 0));
	range->port = kept(r, entry_value(r->entry, "SecurePort", 0));
	range->digits = kept(r, begin);
	range->unreadable = begin.at == NULL || end.at == NULL ||
	    !rangeset_parse(range->ldap_begin, begin, 10) ||
	    !rangeset_parse(range->ldap_end, end, 10);
	range->bad = range->unreadable;
	if (entry_value(r->entry, "nsds5ReplConflict", 0).at != NULL) {
		range->state = RANGE_CONFLICT;
	} else {
		range->bad |= mpz_cmp(range->ldap_begin, range->ldap_end) > 0;
		range->misnamed = !range->bad && is_misnamed(r, range);
	}
	if (is_known(r, range))
		drop_last(r->all);
	return 1;
}

/* nextRange, of a repository or of a container of ranges_v2. */
static int
add_free(struct entry_reading *r)
{
	struct slice dn = buf_slice(&r->dn), base = dn, name;
	struct slice next = entry_value(r->entry, "nextRange", 0);
	const char *type = "";
	enum rangeset_kind kind;
	struct range *range;
	bool v2 = false;

	if (next.at == NULL)
		return 0;
	if (!is_repository(dn, &base, &type, &kind)) {
		base = dn;
		name = take_rdn(&base);
		if (!is_container(name, take_rdn(&base), &kind, &v2))
			return 0;
	}
	range = add_entry_range(r, repository_of(r->all, base, type, kind),
	    RANGE_FREE, v2);
	range->digits = kept(r, next);
	range->unreadable = !rangeset_parse(range->ldap_begin, next, 10);
	range->bad = range->unreadable;
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
	if (!is_repository(base, &base, &type, &kind))
		return 0;
	if (kind == RANGESET_REQUEST)
		text = entry_value(r->entry, "requestId", 0);
	mpz_init(number);
	if (text.at != NULL && serialno_parse(number, text) == 0)
		count_number(r->all, repository_of(r->all, base, type, kind),
		    number, r->source);
	mpz_clear(number);
	return 1;
}

/* Of the subsystems that have ranges. */
static const struct {
	const char *list, *type;
} lists[] = { { "cn=calist", "CA" }, { "cn=kralist", "KRA" } };

static int
add_host(struct entry_reading *r)
{
	struct ranges *all = r->all;
	struct slice dn = dn_parent(buf_slice(&r->dn)), list = take_rdn(&dn);
	const char *type = "";

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (is(list, lists[i].list))
			type = lists[i].type;
	MEM_GROW(all->host, all->hosts, all->hosts_room);
	all->host[all->hosts++] = (struct range_host){ type,
		kept(r, entry_value(r->entry, "host", 0)),
		kept(r, entry_value(r->entry, "SecurePort", 0)) };
	return 1;
}

/* The same replica may be listed by several files. */
static bool
is_known_replica(const struct ranges *all, const struct range_replica *new)
{
	for (size_t i = 0; i < all->replicas; i++) {
		const struct range_replica *old = &all->replica[i];

		if (old->id == new->id && strcmp(old->base, new->base) == 0 &&
		    strcmp(old->name, new->name) == 0)
			return true;
	}
	return false;
}

static int
add_replica(struct entry_reading *r)
{
	struct ranges *all = r->all;
	const char *id =
	    kept(r, entry_value(r->entry, "nsDS5ReplicaId", 0));
	struct buf base = { 0 };
	struct range_replica new = { .file = entry_file(r),
		.line = r->entry->line };
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
	new.base = kept(r, buf_slice(&base));
	new.name = kept(r, entry_value(r->entry, "nsDS5ReplicaName", 0));
	buf_release(&base);
	if (!is_known_replica(all, &new)) {
		MEM_GROW(all->replica, all->replicas, all->replicas_room);
		all->replica[all->replicas++] = new;
	}
	return 1;
}

bool
ranges_has_namesakes(const struct ranges *all)
{
	for (size_t i = 0; i < all->repositories; i++)
		for (size_t j = 0; j < i; j++)
			if (all->repository[i].kind ==
				all->repository[j].kind &&
			    *all->repository[i].base != '\0' &&
			    strcmp(all->repository[i].base,
				all->repository[j].base) == 0)
				return true;
	return false;
}

const char *
ranges_issuer_of_entry(const struct ranges *all, const struct entry *entry)
{
	struct slice host = entry_value(entry, "host", 0);
	struct slice class;

	for (size_t i = 0;
	     host.at != NULL &&
	     (class = entry_value(entry, "objectClass", i)).at != NULL;
	     i++) {
		if (!slice_equal_nocase(class, slice_of("pkiRange")) &&
		    !slice_equal_nocase(class, slice_of("pkiSubsystem")))
			continue;
		for (size_t j = 0; j < all->cfgs; j++)
			if (endpoint_same_host(
				slice_of(all->cfg[j].host), host))
				return all->repository[all->cfg[j].repository]
				    .issuer;
	}
	return NULL;
}

static const struct {
	const char *class;
	int (*add)(struct entry_reading *);
} classes[] = {
	{ "certificateRecord", add_number },
	{ "request", add_number },
	{ "keyRecord", add_number },
	{ "pkiRange", add_allocated },
	{ "repository", add_free },
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
ranges_add_entry(struct ranges *all, const struct entry *entry, size_t source)
{
	struct entry_reading r = {
		.all = all, .entry = entry, .source = source
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

