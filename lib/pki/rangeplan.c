/* SPDX-License-Identifier: MIT */
#include "pki/rangeplan.h"

#include <stdarg.h>
#include <stdlib.h>

#include "cfg/setting.h"
#include "dir/ldif.h"
#include "pki/address.h"
#include "util/diag.h"
#include "util/endpoint.h"
#include "util/mem.h"

#define LAST_REPLICA 65534 /* 65535 is a consumer's */

/* The numbers of one kind below one suffix. */
struct space {
	struct rangeplan *plan;
	size_t number;
	const struct repository *is;
	const char *type; /* "CA", "KRA" */
	mpz_t above; /* every number, end and nextRange, as it grows */
	mpz_t next; /* what nextRange is to be, in the directory's digits */
	bool moved; /* a block was allocated */
};

/* What one host has of them. */
struct share {
	const struct range_cfg *cfg;
	struct rangeset set;
	const struct range *current, *next; /* NULL: none that can be read */
};

PRINTF_LIKE(2, 3)
static const char *
text(struct rangeplan *plan, const char *fmt, ...)
{
	const char *kept;
	va_list args;
	char *made;

	va_start(args, fmt);
	if (vasprintf(&made, fmt, args) < 0)
		die("out of memory");
	va_end(args);
	kept = arena_copy(&plan->arena, slice_of(made)).at;
	free(made);
	return kept;
}

static const char *
digits(struct rangeplan *plan, mpz_srcptr number, int radix)
{
	char *made = mpz_get_str(NULL, radix, number);
	const char *kept = arena_copy(&plan->arena, slice_of(made)).at;

	free(made);
	return kept;
}

static bool
is_absent(const struct rangeplan *plan, const char *host)
{
	for (char *const *a = plan->absent; a != NULL && *a != NULL; a++)
		if (range_same_host(*a, host))
			return true;
	return false;
}

/* Is it one of the hosts whose CS.cfg is given?  type NULL: of any type. */
static bool
is_given(const struct rangeplan *plan, const char *host, const char *type)
{
	const struct ranges *all = plan->all;

	for (size_t i = 0; i < all->cfgs; i++)
		if (range_same_host(all->cfg[i].host, host) &&
		    (type == NULL ||
			strcmp(all->repository[all->cfg[i].repository].type,
			    type) == 0))
			return true;
	return false;
}

static struct rangeplan_change *
add_change(struct rangeplan *plan, enum rangeplan_kind kind, size_t source,
    const char *dn)
{
	struct rangeplan_change *change;

	MEM_GROW(plan->change, plan->changes, plan->room);
	change = &plan->change[plan->changes++];
	*change = (struct rangeplan_change){ .kind = kind, .source = source };
	change->dn = arena_copy(&plan->arena, slice_of(dn)).at;
	return change;
}

/* In which the directory's digits are read by who takes a range. */
static int
radix_of(const struct space *s)
{
	return s->is->generator == RANGESET_LEGACY &&
	    s->is->kind != RANGESET_REPLICA ? s->is->radix : 10;
}

static void
raise(mpz_t most, mpz_srcptr number)
{
	if (mpz_cmp(number, most) > 0)
		mpz_set(most, number);
}

/* The least number whose decimal digits, read in radix, are not below that. */
static void
least_digits(mpz_t to, mpz_srcptr that, int radix)
{
	char *made = mpz_get_str(NULL, radix, that);
	size_t size = strlen(made), at = strspn(made, "0123456789");
	mpz_t prefix;

	if (at == size) {
		mpz_set_str(to, made, 10);
	} else {
		/* A digit that decimal has not: one more before it. */
		mpz_init_set_ui(prefix, 10);
		mpz_pow_ui(prefix, prefix, size - at);
		made[at] = '\0';
		mpz_set_str(to, at != 0 ? made : "0", 10);
		mpz_add_ui(to, to, 1);
		mpz_mul(to, to, prefix);
		mpz_clear(prefix);
	}
	free(made);
}

/* Each ID that is or was a replica's, by its configuration or a RUV. */
static void
each_replica(
    const struct space *s, void (*take)(void *arg, unsigned long id), void *arg)
{
	const struct ranges *all = s->plan->all;
	const struct replicas *replicas = s->plan->replicas;

	for (size_t i = 0; i < all->replicas; i++)
		if (strcmp(all->replica[i].base, s->is->base) == 0)
			take(arg, all->replica[i].id);
	for (size_t i = 0; replicas != NULL && i < replicas->count; i++) {
		const struct replica *r = &replicas->replica[i];

		if (!slice_equal(r->suffix, slice_of(s->is->base)))
			continue;
		for (size_t j = 0; j < r->elements; j++)
			take(arg, r->element[j].is.replica);
	}
}

static void
raise_id(void *arg, unsigned long id)
{
	mpz_ptr most = arg;

	if (id <= LAST_REPLICA && mpz_cmp_ui(most, id) < 0)
		mpz_set_ui(most, id);
}

/* What somebody may have given out, or has been allocated; with also_free, what
 * a directory will give away next begins above as well. */
static void
find_above(mpz_t above, const struct space *s, bool also_free)
{
	const struct ranges *all = s->plan->all;
	mpz_t number;

	mpz_init(number);
	mpz_set(above, s->is->highest);
	for (size_t i = 0; i < all->count; i++) {
		const struct range *range = &all->range[i];
		bool is_free =
		    range->name != NULL && mpz_sgn(range->ldap_end) == 0;

		if (range->repository != s->number || range->unreadable ||
		    (is_free && !also_free))
			continue;
		mpz_sub_ui(number, range->begin, is_free ? 1 : 0);
		raise(above, number);
		raise(above, range->end);
		range_read_as(number, range->ldap_end, radix_of(s));
		raise(above,
		    range->state == RANGE_OLD ? range->ldap_end : number);
	}
	if (s->is->kind == RANGESET_REPLICA)
		each_replica(s, raise_id, above);
	mpz_clear(number);
}

static bool
is_free(const struct space *s, const struct range *range)
{
	return range->repository == s->number && range->state == RANGE_FREE;
}

/* The highest nextRange, in the directory's digits; 0: there is none. */
static void
find_next(mpz_t next, const struct space *s)
{
	const struct ranges *all = s->plan->all;

	mpz_set_ui(next, 0);
	for (size_t i = 0; i < all->count; i++)
		if (is_free(s, &all->range[i]))
			raise(next, all->range[i].ldap_begin);
}

/* How far nextRange goes with each block: by the increment's digits up
 * to 10.10, by its value from 10.11; where the release is not known, by the
 * larger. */
static void
step_of(mpz_t step, const struct space *s, const struct range_cfg *cfg,
    mpz_srcptr increment)
{
	char *made;

	mpz_set(step, increment);
	if (s->is->generator != RANGESET_LEGACY ||
	    release_before(cfg->release, RELEASE(10, 11, 0)) != RELEASE_YES)
		return;
	made = mpz_get_str(NULL, radix_of(s), increment);
	if (made[strspn(made, "0123456789")] == '\0')
		mpz_set_str(step, made, 10);
	free(made);
}

static void
increment_of(
    mpz_t increment, const struct space *s, const struct range_cfg *cfg)
{
	mpz_set(increment, cfg->increment);
	if (!cfg->has_increment || mpz_cmp_ui(increment, 2) < 0)
		mpz_set_ui(increment, ranges_usual_increment[s->is->kind]);
}

/* The longest step of a host. */
static void
longest_step(mpz_t longest, const struct space *s)
{
	const struct ranges *all = s->plan->all;
	mpz_t increment, step;

	mpz_inits(increment, step, NULL);
	mpz_set_ui(longest, 0);
	for (size_t i = 0; i < all->cfgs; i++) {
		if (all->cfg[i].repository != s->number)
			continue;
		increment_of(increment, s, &all->cfg[i]);
		step_of(step, s, &all->cfg[i], increment);
		raise(longest, step);
	}
	mpz_clears(increment, step, NULL);
}

/* By an entry: it is another host's, or shorter, or nobody knows whose. */
static bool
clashes(
    const struct space *s, const struct range *block, const struct range *other)
{
	bool same;

	if (other->repository != s->number || other == block)
		return false;
	if (ranges_overlap(s->plan->all, block, other))
		return true;
	if (range_is_of_cfg(other) || other->bad || !range_meets(block, other))
		return false;
	same = range_same_host(block->host, other->host);
	if (other->state == RANGE_CONFLICT)
		return !same;
	return other->state == RANGE_ALLOCATED &&
	       mpz_cmp(block->begin, other->begin) == 0 &&
	       (!same || mpz_cmp(block->end, other->end) > 0);
}

struct id_search {
	const struct range *block;
	bool found;
};

static void
find_id(void *arg, unsigned long id)
{
	struct id_search *search = arg;

	search->found |= mpz_cmp_ui(search->block->begin, id) <= 0 &&
			 mpz_cmp_ui(search->block->end, id) >= 0;
}

/* Is a replica's own ID in it, which is to be given to another? */
static bool
has_replica(const struct space *s, const struct range *block)
{
	struct id_search search = { block, false };

	if (s->is->kind == RANGESET_REPLICA)
		each_replica(s, find_id, &search);
	return search.found;
}

/* Does the server's own directory lack a number of its block that another one
 * has?  Somebody else gave it out, and this server would again. */
static bool
is_behind(const struct space *s, const struct range *block)
{
	const size_t own =
	    s->plan->own != NULL ? s->plan->own[block->source] : 0;

	for (size_t i = 0; i < block->seens && own != 0; i++)
		if (block->seen[i].source == own)
			return mpz_cmp(block->seen[i].highest, block->highest) <
			       0;
	return own != 0 && block->used != 0;
}

/* Does it reach into what the directory will give away?  Somebody edited one or
 * the other, and whose the numbers are is not certain. */
static bool
is_beyond(const struct space *s, const struct range *block)
{
	const struct range *most = ranges_most_free(s->plan->all, s->number);

	return most != NULL && mpz_cmp(block->end, most->begin) >= 0;
}

/* May the host go on with it? */
static bool
is_good(const struct space *s, const struct range *block)
{
	const struct ranges *all = s->plan->all;

	if (block == NULL || mpz_cmp(block->begin, block->end) >= 0 ||
	    has_replica(s, block) || is_behind(s, block) || is_beyond(s, block))
		return false;
	for (size_t i = 0; i < all->count; i++)
		if (clashes(s, block, &all->range[i]))
			return false;
	return true;
}

static bool
is_recorded(const struct space *s, const struct range *next)
{
	const struct ranges *all = s->plan->all;

	for (size_t i = 0; i < all->count; i++) {
		const struct range *e = &all->range[i];

		if (e->repository == s->number && !e->bad &&
		    e->state == RANGE_ALLOCATED &&
		    mpz_cmp(e->begin, next->begin) == 0)
			return true;
	}
	return false;
}

/* Has the server come to the end of it? */
static bool
is_used_up(const struct share *share)
{
	return !share->current->random && share->current->used != 0 &&
	       mpz_cmp(share->current->highest, share->current->end) >= 0;
}

static bool
is_set(const struct rangeset_range *range)
{
	return range->begin != NULL || range->end != NULL;
}

/* Which of its blocks a host has to leave. */
static void
judge(
    const struct space *s, const struct share *share, bool *current, bool *next)
{
	bool good = share->next != NULL && is_good(s, share->next) &&
		    share->next->used == 0 && is_recorded(s, share->next);

	*next = is_set(&share->set.range[1]) && !good;
	*current = is_set(&share->set.range[0]) &&
		   (share->current == NULL ||
		       (mpz_cmp(share->current->begin, share->current->end) < 0
			       ? !is_good(s, share->current)
			       : !good) ||
		       (!good && is_used_up(share)));
}

static const char *const upper_name[RANGESET_KINDS] = { "Serial", "Request",
	"Replica" };

static void
put(struct rangeplan *plan, const struct share *share, const char *before,
    const char *after, const char *value)
{
	const size_t number = share->cfg->number;
	const char *key = text(
	    plan, "dbs.%s%s%s", before, upper_name[share->set.kind], after);

	if (value != NULL)
		edits_put(&plan->host[number].edits, plan->cfg[number], key,
		    slice_of(arena_copy(&plan->arena, slice_of(value)).at));
	else
		edits_delete(&plan->host[number].edits, plan->cfg[number],
		    slice_of(key));
}

/* As the generator writes it: legacy2 by the prefix, serial numbers with it. */
static const char *
written(struct rangeplan *plan, const struct share *share, mpz_srcptr number)
{
	const struct cfg_line *begin = share->set.range[0].begin;
	struct slice old =
	    begin != NULL ? cfg_trim(cfg_value(begin)) : (struct slice){ 0 };

	if (share->set.radix != RANGESET_BY_PREFIX)
		return digits(plan, number, share->set.radix);
	if (share->set.kind == RANGESET_SERIAL ||
	    slice_starts(old, slice_of("0x")))
		return text(plan, "0x%s", digits(plan, number, 16));
	return digits(plan, number, 10);
}

/* The container of ranges that the server adds entries to. */
static const char *
container_of(struct space *s, const struct range_cfg *of)
{
	static const char *const usual[] = { "certificateRepository",
		"requests", "replica" };
	const struct cfg *cfg = s->plan->cfg[of->number];
	const char *name = usual[s->is->kind];
	const char *key =
	    text(s->plan, "dbs.%sRangeDN", rangeset_kind_name[s->is->kind]);
	struct slice base = cfg_string(cfg, "internaldb.basedn");
	struct slice dn = cfg_string(cfg, key);

	if (dn.size != 0)
		return text(
		    s->plan, "%.*s,%.*s", SLICE_ARG(dn), SLICE_ARG(base));
	if (s->is->kind == RANGESET_SERIAL && strcmp(s->type, "KRA") == 0)
		name = "keyRepository";
	return text(s->plan, "ou=%s,ou=%s,%.*s", name,
	    s->is->kind != RANGESET_REPLICA &&
		    s->is->generator == RANGESET_LEGACY2
		? "ranges_v2"
		: "ranges",
	    SLICE_ARG(base));
}

/* The TLS port by which the server looks for its entries. */
static const char *
port_of(const struct space *s, const struct share *share)
{
	const struct ranges *all = s->plan->all;
	const char *given =
	    s->plan->port != NULL ? s->plan->port[share->cfg->number] : NULL;

	for (size_t i = 0; i < all->hosts; i++)
		if (range_same_host(all->host[i].host, share->cfg->host) &&
		    *all->host[i].port != '\0' &&
		    strcmp(all->host[i].type, s->type) == 0)
			return all->host[i].port;
	for (size_t i = 0; i < all->count; i++)
		if (all->range[i].port != NULL && *all->range[i].port != '\0' &&
		    all->range[i].repository == s->number &&
		    range_same_host(all->range[i].host, share->cfg->host))
			return all->range[i].port;
	return given != NULL ? given : "8443";
}

/* The first directory with the repository's nextRange. */
static const struct range *
first_free(const struct space *s)
{
	const struct ranges *all = s->plan->all;
	const struct range *first = NULL;

	for (size_t i = 0; i < all->count; i++)
		if (is_free(s, &all->range[i]) &&
		    (first == NULL || all->range[i].source < first->source))
			first = &all->range[i];
	return first;
}

/* The next block of the directory, from *begin to *end as it counts, and an
 * entry of it. */
static void
add_block(struct space *s, const char *container, mpz_srcptr step, mpz_t begin,
    mpz_t end, const char *host, const char *port)
{
	struct rangeplan *plan = s->plan;
	struct rangeplan_change *change;

	mpz_add_ui(begin, s->above, 1);
	least_digits(begin, begin, radix_of(s));
	raise(begin, s->next);
	mpz_add(s->next, begin, step);
	mpz_sub_ui(end, s->next, 1);
	change = add_change(plan, RANGEPLAN_ADD, first_free(s)->source,
	    text(plan, "cn=%s,%s", digits(plan, begin, 10), container));
	change->begin = digits(plan, begin, 10);
	change->end = digits(plan, end, 10);
	change->host = host;
	change->port = port;
	range_read_as(begin, begin, radix_of(s));
	range_read_as(end, end, radix_of(s));
	raise(s->above, end);
	s->moved = true;
}

static bool
is_reserved(const struct space *s, const char *host)
{
	const struct ranges *all = s->plan->all;
	const struct range *reserved = NULL;

	for (size_t i = 0; i < all->count; i++) {
		const struct range *e = &all->range[i];

		if (e->repository == s->number && e->port != NULL &&
		    strcmp(e->port, RANGEPLAN_NO_PORT) == 0 &&
		    range_same_host(e->host, host))
			reserved = e;
	}
	/* One of its first life would be below what it has now. */
	for (size_t i = 0; i < all->count && reserved != NULL; i++) {
		const struct range *e = &all->range[i];

		if (e->repository == s->number && e->name != NULL &&
		    range_same_host(e->host, host) &&
		    mpz_cmp(e->ldap_begin, reserved->ldap_begin) > 0)
			reserved = NULL;
	}
	return reserved != NULL;
}

/* For each absent host a block that it may have taken last, without telling
 * anybody: at nextRange, or above it. */
static void
reserve(struct space *s, const char *container)
{
	mpz_t begin, end, step;

	mpz_inits(begin, end, step, NULL);
	longest_step(step, s);
	for (char *const *a = s->plan->absent; a != NULL && *a != NULL; a++)
		if (!is_reserved(s, *a))
			add_block(s, container, step, begin, end, *a,
			    RANGEPLAN_NO_PORT);
	mpz_clears(begin, end, step, NULL);
}

/* A new current block for the host, and its entry. */
static int
allocate(struct space *s, const struct share *share)
{
	struct rangeplan *plan = s->plan;
	mpz_t begin, end, step, size;
	int status = 0;

	mpz_inits(begin, end, step, size, NULL);
	increment_of(size, s, share->cfg);
	step_of(step, s, share->cfg, size);
	add_block(s, container_of(s, share->cfg), step, begin, end,
	    share->cfg->host, port_of(s, share));
	mpz_add(end, begin, size);
	mpz_sub_ui(end, end, 1);
	raise(s->above, end);
	put(plan, share, "begin", "Number", written(plan, share, begin));
	put(plan, share, "end", "Number", written(plan, share, end));
	if (s->is->kind == RANGESET_REPLICA &&
	    mpz_cmp_ui(end, LAST_REPLICA) > 0)
		status = fail("%s: no replica IDs are left for a new range "
			      "below %d: clean up IDs that are not used "
			      "(replls --explain=id-leftover)",
		    share->cfg->file, LAST_REPLICA + 1);
	mpz_clears(begin, end, step, size, NULL);
	return status;
}

static void
read_share(
    struct share *share, const struct space *s, const struct range_cfg *cfg)
{
	const struct ranges *all = s->plan->all;

	*share = (struct share){ .cfg = cfg };
	rangeset_read(&share->set, s->plan->cfg[cfg->number], s->is->kind);
	for (size_t i = 0; i < all->count; i++) {
		const struct range *range = &all->range[i];

		if (range->repository != s->number || !range_is_of_cfg(range) ||
		    range->source != cfg->number)
			continue;
		if (range->state == RANGE_CURRENT)
			share->current = range;
		else
			share->next = range;
	}
}

/* The number that the server finds to be the next, in its own directory where
 * that is known. */
static void
find_next_number(mpz_t next, const struct space *s, const struct share *share)
{
	const struct range *current = share->current;
	const size_t own =
	    s->plan->own != NULL ? s->plan->own[current->source] : 0;

	mpz_set(next, current->begin);
	if (own == 0 && current->used != 0)
		mpz_add_ui(next, current->highest, 1);
	for (size_t i = 0; i < current->seens && own != 0; i++)
		if (current->seen[i].source == own)
			mpz_add_ui(next, current->seen[i].highest, 1);
	if (mpz_cmp(next, current->end) > 0 && share->next != NULL)
		mpz_set(next, share->next->begin);
}

/* Does a directory have the number that the server will give out? */
static bool
is_taken(const struct space *s, const struct share *share, mpz_srcptr next)
{
	const struct range *to = share->next;

	return is_behind(s, share->current) ||
	       (to != NULL && to->used != 0 && mpz_cmp(next, to->begin) == 0);
}

/* Which number does the server give out next, and does anybody have it? */
static void
note(struct space *s, const struct share *share, bool leaves, bool drops)
{
	const struct range *current = share->current;
	struct buf *out = &s->plan->notes;
	char *number;
	mpz_t next;

	buf_puts(out, text(s->plan, "%s %s %s: ", share->cfg->host, s->type,
			  rangeset_kind_name[s->is->kind]));
	mpz_init(next);
	if (current != NULL)
		find_next_number(next, s, share);
	number = ranges_number(s->plan->all, next);
	if (current == NULL)
		buf_puts(out, "its range cannot be read");
	else if (current->random)
		buf_puts(out, "the next number is picked at random");
	else if (s->is->kind == RANGESET_REPLICA)
		buf_puts(out, text(s->plan, "the next ID is %s", number));
	else if (!s->is->counted)
		buf_puts(out, "the next number is not known without --used");
	else
		buf_puts(out,
		    text(s->plan, "the next number is %s, which %s has", number,
			is_taken(s, share, next) ? "a directory"
						 : "no directory"));
	buf_puts(out, leaves ? "; it gets a new range" : "");
	buf_puts(out, drops ? "; its next range is removed\n" : "\n");
	free(number);
	mpz_clear(next);
}

static int
plan_share(
    struct space *s, const struct range_cfg *cfg, bool *leaves, bool *drops)
{
	struct share share;
	int status = 0;

	read_share(&share, s, cfg);
	judge(s, &share, leaves, drops);
	if (is_set(&share.set.range[0]))
		note(s, &share, *leaves, *drops);
	if (*drops) {
		put(s->plan, &share, "nextBegin", "Number", NULL);
		put(s->plan, &share, "nextEnd", "Number", NULL);
	}
	if (*leaves) {
		status = allocate(s, &share);
		if (status == 0 && share.set.kind == RANGESET_SERIAL &&
		    setting_bool(s->plan->cfg[cfg->number],
			"dbs.enableRandomSerialNumbers"))
			edits_put(&s->plan->host[cfg->number].edits,
			    s->plan->cfg[cfg->number],
			    "dbs.randomSerialNumberCounter", slice_of("-2"));
	}
	rangeset_release(&share.set);
	return status;
}

/* What is wrong with nextRange, wherever it is. */
static bool
is_next_bad(struct space *s)
{
	const struct ranges *all = s->plan->all;
	bool bad = false;
	mpz_t used, next;

	mpz_inits(used, next, NULL);
	find_above(used, s, false);
	find_next(next, s);
	for (size_t i = 0; i < all->count; i++) {
		const struct range *range = &all->range[i];

		if (is_free(s, range))
			bad |= range->bad || mpz_cmp(range->begin, used) <= 0 ||
			       mpz_cmp(range->ldap_begin, next) != 0;
	}
	mpz_clears(used, next, NULL);
	return bad;
}

static void
plan_next(struct space *s)
{
	const struct ranges *all = s->plan->all;
	const char *to;

	mpz_add_ui(s->above, s->above, 1);
	least_digits(s->above, s->above, radix_of(s));
	raise(s->next, s->above);
	to = digits(s->plan, s->next, 10);
	for (size_t i = 0; i < all->count; i++) {
		const struct range *range = &all->range[i];
		struct rangeplan_change *change;

		if (!is_free(s, range))
			continue;
		change = add_change(
		    s->plan, RANGEPLAN_NEXT, range->source, range->name);
		change->begin = to;
		if (!range->bad)
			change->old = arena_copy(
			    &s->plan->arena, cfg_trim(slice_of(range->digits)))
					  .at;
	}
}

/* Is it the entry of a next block that its host keeps? */
static bool
is_kept(const struct space *s, const struct range *e, const bool *drops)
{
	const struct ranges *all = s->plan->all;

	for (size_t i = 0; i < all->count; i++) {
		const struct range *range = &all->range[i];

		if (range->repository == s->number &&
		    range->state == RANGE_NEXT && !drops[range->source] &&
		    mpz_cmp(range->begin, e->begin) == 0)
			return true;
	}
	return false;
}

/* An entry that somebody edited, as its host counts, unless that is shorter. */
static void
plan_end(struct space *s, const struct range *e)
{
	const struct ranges *all = s->plan->all;
	struct rangeplan_change *change;
	mpz_t size, end;

	if (!e->resized)
		return;
	mpz_inits(size, end, NULL);
	range_size(size, e);
	ranges_increment(all, e, end);
	if (mpz_cmp(size, end) == 0) {
		mpz_add(end, e->ldap_begin, size);
		mpz_sub_ui(end, end, 1);
		change = add_change(s->plan, RANGEPLAN_END, e->source, e->name);
		change->old = digits(s->plan, e->ldap_end, 10);
		change->end = digits(s->plan, end, 10);
	}
	mpz_clears(size, end, NULL);
}

/* Entries in conflict, and of those that share numbers all but one: no host has
 * any of them any longer, and nextRange is above. */
static void
plan_entries(struct space *s, const bool *drops)
{
	const struct ranges *all = s->plan->all;
	const struct range *last = NULL;

	for (size_t i = 0; i < all->count; i++) {
		const struct range *e = &all->range[i], *goes = NULL;

		if (e->repository != s->number)
			continue;
		if (e->state == RANGE_CONFLICT)
			goes = e;
		if (e->state == RANGE_ALLOCATED) {
			if (last != NULL && ranges_overlap(all, last, e))
				goes = is_kept(s, e, drops) ? last : e;
			if (goes != e)
				last = e;
		}
		if (goes != NULL)
			add_change(s->plan, RANGEPLAN_DELETE, goes->source,
			    goes->name);
		if (goes != e && e->state == RANGE_ALLOCATED)
			plan_end(s, e);
	}
}

static const char *
container_of_first(struct space *s)
{
	const struct range_cfg *cfg = s->plan->all->cfg;

	while (cfg->repository != s->number)
		cfg++;
	return container_of(s, cfg);
}

static int
plan_space(struct space *s)
{
	struct rangeplan *plan = s->plan;
	const struct ranges *all = plan->all;
	bool *leaves = mem_zalloc(all->files + 1, sizeof *leaves);
	bool *drops = mem_zalloc(all->files + 1, sizeof *drops);
	int status = 0;

	find_above(s->above, s, true);
	reserve(s, container_of_first(s));
	for (size_t i = 0; i < all->cfgs && status == 0; i++)
		if (all->cfg[i].repository == s->number)
			status = plan_share(s, &all->cfg[i],
			    &leaves[all->cfg[i].number],
			    &drops[all->cfg[i].number]);
	if (status == 0) {
		if (s->moved || is_next_bad(s))
			plan_next(s);
		plan_entries(s, drops);
	}
	free(leaves);
	free(drops);
	return status;
}

/* An entry whose numbers are uncertain is for people. */
static int
check_entries(const struct rangeplan *plan, size_t number)
{
	const struct ranges *all = plan->all;

	for (size_t i = 0; i < all->count; i++) {
		const struct range *e = &all->range[i];

		if (e->repository != number || e->name == NULL ||
		    e->state == RANGE_FREE || (!e->bad && !e->misnamed))
			continue;
		return fail("%s:%zu: it is not certain which numbers '%s' "
			    "has: correct it first (rangels --explain=%s)",
		    e->file, e->line, e->name,
		    e->unreadable ? "range-digits"
		    : e->bad      ? "range-reversed"
				  : "range-name");
	}
	return 0;
}

static int
check_generators(const struct rangeplan *plan, size_t number)
{
	const struct ranges *all = plan->all;
	const struct range_cfg *first = NULL;

	for (size_t i = 0; i < all->cfgs; i++) {
		const struct range_cfg *cfg = &all->cfg[i];

		if (cfg->repository != number)
			continue;
		if (first == NULL)
			first = cfg;
		if (cfg->type == RANGESET_UNKNOWN)
			return fail("%s:%zu: no plan for the generator '%s': "
				    "set one that the server knows",
			    cfg->file, cfg->generator_line, cfg->generator);
		if (cfg->type != first->type || cfg->radix != first->radix)
			return fail("%s: its generator is '%s', and %s has "
				    "'%s': make them alike first (rangels "
				    "--explain=generator)",
			    cfg->file, cfg->generator, first->file,
			    first->generator);
	}
	return 0;
}

/* Nobody knows what a directory that was not read will give away. */
static int
check_next(const struct space *s)
{
	const struct range_cfg *cfg = s->plan->all->cfg;

	while (cfg->repository != s->number)
		cfg++;
	return first_free(s) != NULL
		   ? 0
		   : fail("%s: no directory that was given has nextRange for "
			  "its %s "
			  "numbers: add its LDIF or URL, or --ds",
			 cfg->file, rangeset_kind_name[s->is->kind]);
}

/* Has any file a range of it, readable or not? */
static bool
has_blocks(const struct space *s)
{
	const struct ranges *all = s->plan->all;
	bool found = false;

	for (size_t i = 0; i < all->cfgs && !found; i++) {
		struct share share;

		if (all->cfg[i].repository != s->number)
			continue;
		read_share(&share, s, &all->cfg[i]);
		found =
		    is_set(&share.set.range[0]) || is_set(&share.set.range[1]);
		rangeset_release(&share.set);
	}
	return found;
}

static int
plan_repository(struct rangeplan *plan, size_t number)
{
	struct space s = { .plan = plan,
		.number = number,
		.is = &plan->all->repository[number] };
	int status;

	s.type = s.is->type;
	if (s.is->cfgs == 0)
		return 0;
	if (check_generators(plan, number) < 0)
		return -1;
	if (!s.is->has_cfg || !has_blocks(&s))
		return 0;
	if (check_entries(plan, number) < 0 || check_next(&s) < 0)
		return -1;
	mpz_inits(s.above, s.next, NULL);
	status = plan_space(&s);
	mpz_clears(s.above, s.next, NULL);
	return status;
}

/* With clones, each server asks for ranges. */
static void
plan_managed(struct rangeplan *plan, const struct range_cfg *cfg)
{
	if (ranges_is_unmanaged(plan->all, cfg))
		edits_put(&plan->host[cfg->number].edits,
		    plan->cfg[cfg->number], "dbs.enableSerialManagement",
		    slice_of("true"));
}

static int
compare_changes(const void *a, const void *b)
{
	const struct rangeplan_change *x = a, *y = b;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	return strcmp(x->dn, y->dn);
}

static int
check_files(const struct rangeplan *plan)
{
	const struct ranges *all = plan->all;

	if (all->files == 0)
		return fail("no CS.cfg is given: add the CS.cfg of each host");
	for (size_t i = 0; i < all->files; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(plan->cfg[i]->file, plan->cfg[j]->file) == 0)
				return fail(
				    "'%s' is given twice", plan->cfg[i]->file);
	return !ranges_has_namesakes(all)
		   ? 0
		   : fail("hosts of several CAs have one base DN: give those "
			  "of one CA "
			  "at a time");
}

int
rangeplan_make(struct rangeplan *plan)
{
	const struct ranges *all = plan->all;

	plan->host = mem_zalloc(all->files + 1, sizeof *plan->host);
	for (size_t i = 0; i < all->files; i++)
		plan->host[i].cfg = plan->cfg[i];
	for (size_t i = 0; i < all->cfgs; i++)
		plan->host[all->cfg[i].number].name = all->cfg[i].host;
	if (check_files(plan) < 0)
		return -1;
	for (size_t i = 0; i < all->repositories; i++)
		if (plan_repository(plan, i) < 0)
			return -1;
	for (size_t i = 0; i < all->cfgs; i++)
		plan_managed(plan, &all->cfg[i]);
	if (plan->changes != 0)
		qsort(plan->change, plan->changes, sizeof *plan->change,
		    compare_changes);
	return 0;
}

bool
rangeplan_is_empty(const struct rangeplan *plan)
{
	for (size_t i = 0; i < plan->all->files; i++)
		if (plan->host[i].edits.count != 0)
			return false;
	return plan->changes == 0;
}

/* The lines that a record of a modification has after changetype. */
static void
print_modify(
    struct buf *out, const char *name, const char *old, const char *new)
{
	/* ldif_add() ended the record. */
	out->size--;
	if (old == NULL) {
		buf_puts(out, "replace: ");
		buf_puts(out, name);
	} else {
		for (int i = 0; i < 2; i++) {
			buf_puts(out, i == 0 ? "delete: " : "");
			buf_puts(out, name);
			buf_puts(out, i == 0 ? "\n" : ": ");
		}
		buf_puts(out, old);
		buf_puts(out, "\n-\nadd: ");
		buf_puts(out, name);
	}
	buf_puts(out, "\n");
	buf_puts(out, name);
	buf_puts(out, ": ");
	buf_puts(out, new);
	buf_puts(out, "\n-\n\n");
}

static void
print_change(const struct rangeplan_change *change, struct buf *out)
{
	static const char *const type[] = { [RANGEPLAN_NEXT] = "modify",
		[RANGEPLAN_END] = "modify",
		[RANGEPLAN_DELETE] = "delete",
		[RANGEPLAN_ADD] = "add" };
	struct entry_attribute attribute[] = {
		{ slice_of("changetype"), slice_of(type[change->kind]) },
		{ slice_of("objectClass"), slice_of("top") },
		{ slice_of("objectClass"), slice_of("pkiRange") },
		{ slice_of("cn"), { 0 } },
		{ slice_of("beginRange"), { 0 } },
		{ slice_of("endRange"), { 0 } },
		{ slice_of("host"), { 0 } },
		{ slice_of("SecurePort"), { 0 } },
	};
	struct entry entry = { .dn = slice_of(change->dn),
		.attribute = attribute,
		.attributes = 1 };

	if (change->kind == RANGEPLAN_ADD) {
		attribute[3].value = slice_of(change->begin);
		attribute[4].value = slice_of(change->begin);
		attribute[5].value = slice_of(change->end);
		attribute[6].value = slice_of(change->host);
		attribute[7].value = slice_of(change->port);
		entry.attributes = sizeof attribute / sizeof *attribute;
	}
	ldif_add(out, &entry);
	if (change->kind == RANGEPLAN_NEXT)
		print_modify(out, "nextRange", change->old, change->begin);
	else if (change->kind == RANGEPLAN_END)
		print_modify(out, "endRange", change->old, change->end);
}

void
rangeplan_ldif(const struct rangeplan *plan, size_t source, struct buf *out)
{
	for (size_t i = 0; i < plan->changes; i++)
		if (plan->change[i].source == source)
			print_change(&plan->change[i], out);
}

void
rangeplan_release(struct rangeplan *plan)
{
	for (size_t i = 0; plan->host != NULL && i < plan->all->files; i++)
		edits_release(&plan->host[i].edits);
	free(plan->host);
	free(plan->change);
	buf_release(&plan->notes);
	arena_release(&plan->arena);
	plan->host = NULL;
	plan->change = NULL;
	plan->changes = plan->room = 0;
}

static int
missing(const char *file, size_t line, const char *host, const char *what)
{
	char *where = line != 0       ? mem_printf("%s:%zu: ", file, line)
		      : *file != '\0' ? mem_printf("%s: ", file)
				      : mem_printf("%s", "");

	fail("%s%s '%s' is in no source: add its CS.cfg, or --absent=%s if it "
	     "will never run again",
	    where, what, host, host);
	free(where);
	return -1;
}

/* Has one of the CS.cfg files ranges of this type? */
static bool
is_type_given(const struct ranges *all, const char *type)
{
	for (size_t i = 0; i < all->cfgs; i++)
		if (strcmp(all->repository[all->cfg[i].repository].type,
			type) == 0)
			return true;
	return false;
}

static int
check_domain(struct rangeplan *plan)
{
	const struct ranges *all = plan->all;

	for (size_t i = 0; i < all->hosts; i++) {
		const struct range_host *h = &all->host[i];

		if (is_type_given(all, h->type) &&
		    !is_given(plan, h->host, h->type) &&
		    !is_absent(plan, h->host))
			return missing("", 0, h->host,
			    text(plan, "the security domain's %s", h->type));
	}
	return 0;
}

/* Does the security domain, which was read, have a host of this type?  Then
 * one that it lacks was removed. */
static bool
is_domain_read(const struct ranges *all, const char *type)
{
	for (size_t i = 0; i < all->hosts; i++)
		if (strcmp(all->host[i].type, type) == 0)
			return true;
	return false;
}

static int
check_owners(const struct rangeplan *plan)
{
	const struct ranges *all = plan->all;

	for (size_t i = 0; i < all->count; i++) {
		const struct range *e = &all->range[i];
		const struct repository *of = &all->repository[e->repository];

		if (e->name == NULL || *e->host == '\0' || of->cfgs == 0 ||
		    is_domain_read(all, of->type) ||
		    is_given(plan, e->host, NULL) || is_absent(plan, e->host))
			continue;
		return missing(
		    e->file, e->line, e->host, "the host of a range,");
	}
	return 0;
}

/* Is a Directory Server that of a CS.cfg, or on its host, or an operand? */
static bool
is_server_given(
    const struct rangeplan *plan, struct slice host, const char **url)
{
	struct endpoint at;

	for (size_t i = 0; i < plan->all->files; i++) {
		const struct cfg *cfg = plan->cfg[i];
		struct slice left = cfg_string(cfg, ADDRESS_SERVERS);

		if (endpoint_same_host(cfg_string(cfg, "machineName"), host))
			return true;
		while (address_server(&at, cfg, &left))
			if (endpoint_same_host(at.host, host))
				return true;
	}
	for (; *url != NULL; url++)
		if (endpoint_of_url(&at, slice_of(*url)) &&
		    endpoint_same_host(at.host, host))
			return true;
	return false;
}

static int
check_server(const struct rangeplan *plan, const struct endpoint *at,
    const struct replica_place *place, const char **url)
{
	char *host;
	int status = 0;

	if (at->host.at == NULL || is_server_given(plan, at->host, url))
		return 0;
	host = mem_dup(at->host.at, at->host.size);
	if (!is_absent(plan, host))
		status =
		    missing(place->file, place->line, host, "the replica on");
	free(host);
	return status;
}

static bool
is_planned(const struct ranges *all, struct slice suffix)
{
	for (size_t i = 0; i < all->repositories; i++)
		if (all->repository[i].cfgs != 0 &&
		    slice_equal(slice_of(all->repository[i].base), suffix))
			return true;
	return false;
}

static int
check_replica(
    const struct rangeplan *plan, const struct replica *r, const char **url)
{
	if (!is_planned(plan->all, r->suffix))
		return 0;
	if (check_server(plan, &r->at, &r->place, url) < 0)
		return -1;
	for (size_t i = 0; i < r->elements; i++)
		if (check_server(
			plan, &r->element[i].at, &r->element[i].place, url) < 0)
			return -1;
	for (size_t i = 0; i < r->agreements; i++)
		if (check_server(plan, &r->agreement[i].to,
			&r->agreement[i].place, url) < 0)
			return -1;
	return 0;
}

/* A name that no source has is a mistake, and so is one of a host given. */
static int
check_absent(const struct rangeplan *plan, const char *name)
{
	const struct replicas *replicas = plan->replicas;
	const struct ranges *all = plan->all;
	bool found = false;

	if (is_given(plan, name, NULL))
		return fail(
		    "--absent=%s: its CS.cfg is among the sources", name);
	for (size_t i = 0; i < all->hosts; i++)
		found |= range_same_host(all->host[i].host, name);
	for (size_t i = 0; i < all->count; i++)
		found |= range_same_host(all->range[i].host, name);
	for (size_t i = 0; i < replicas->count; i++) {
		const struct replica *r = &replicas->replica[i];

		found |= endpoint_same_host(r->at.host, slice_of(name));
		for (size_t j = 0; j < r->elements; j++)
			found |= endpoint_same_host(
			    r->element[j].at.host, slice_of(name));
		for (size_t j = 0; j < r->agreements; j++)
			found |= endpoint_same_host(
			    r->agreement[j].to.host, slice_of(name));
	}
	return found ? 0 : fail("--absent=%s: no source has such a host", name);
}

int
rangeplan_hosts(struct rangeplan *plan, const char **url)
{
	const struct replicas *replicas = plan->replicas;

	for (char *const *a = plan->absent; a != NULL && *a != NULL; a++)
		if (check_absent(plan, *a) < 0)
			return -1;
	if (check_domain(plan) < 0)
		return -1;
	for (size_t i = 0; i < replicas->count; i++)
		if (check_replica(plan, &replicas->replica[i], url) < 0)
			return -1;
	return check_owners(plan);
}
