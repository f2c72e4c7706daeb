/* SPDX-License-Identifier: MIT */
#include "check/rangecheck.h"

#include <stdlib.h>

#include "check/check.h"
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
check_halves(struct own_range *r)
{
	for (int i = 0; i < 2; i++) {
		const struct cfg_line *begin = r->set.range[i].begin;
		const struct cfg_line *end = r->set.range[i].end;

		if ((begin != NULL) != (end != NULL))
			lint_at(r->l, begin != NULL ? begin : end,
			    "range-half", NULL);
	}
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

/* What ranges cannot be compared without. */
static void
check_readable(struct own_range *r)
{
	check_halves(r);
	check_numbers(r);
}

static void
check_readable_and_steps(struct own_range *r)
{
	check_readable(r);
	check_steps(r);
}

/* How many numbers are left, and how many a clone takes. */
static void
add_left(struct check_file *l, const struct rangeset *set, const char *code)
{
	const struct rangeset_range *now = &set->range[0];
	char *left, *wanted;
	mpz_t count;

	if (!now->readable || !set->transfer.readable) {
		lint_at(l, now->end, code, NULL);
		return;
	}
	mpz_init(count);
	if (mpz_cmp(now->first, now->last) <= 0) {
		mpz_sub(count, now->last, now->first);
		mpz_add_ui(count, count, 1);
	}
	left = mpz_get_str(NULL, 10, count);
	wanted = mpz_get_str(NULL, 10, set->transfer.value);
	lint_at(l, now->end, code,
	    "%s left (%.*s to %.*s), and a clone takes %s. Clone from another "
	    "host, or wait until CS.cfg has a next range that is large enough",
	    left, SLICE_ARG(cfg_value(now->begin)),
	    SLICE_ARG(cfg_value(now->end)), wanted);
	free(wanted);
	free(left);
	mpz_clear(count);
}

/* A fresh clone has few replica IDs, and its server takes more by itself
 * [6.5]: no reason to worry, but to wait. */
static void
check_own_left(struct own_range *r)
{
	const struct rangeset_range *now = &r->set.range[0];

	if (now->readable && r->set.transfer.readable &&
	    !rangeset_can_give(&r->set, NULL))
		add_left(r->l, &r->set,
		    r->set.kind == RANGESET_REPLICA ? "range-replica" :
						      "range-short");
}

static void
check_known(struct check_file *l, const struct rangeset *set)
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
		check_known(l, &r.set);
	} else if (r.set.kept) {
		check_readable_and_steps(&r);
		check_order(&r);
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

static void
check_cfg(struct findings *found, const struct cfg *cfg,
    void (*check)(struct own_range *r))
{
	struct check_file file = { .cfg = cfg, .found = found };

	for (int kind = 0; kind < RANGESET_KINDS; kind++) {
		struct own_range r = { .l = &file };

		rangeset_read(&r.set, cfg, (enum rangeset_kind)kind);
		if (r.set.kept)
			check(&r);
		rangeset_release(&r.set);
	}
}

void
rangecheck_cfg(struct findings *found, const struct cfg *cfg)
{
	check_cfg(found, cfg, check_readable_and_steps);
}

struct rangecheck {
	const struct ranges *all;
	struct findings *found;
	const struct range **file; /* the blocks of files, which are few */
	size_t files;
};

static const char *
kind_of(const struct rangecheck *c, size_t repository)
{
	return rangeset_kind_name[c->all->repository[repository].kind];
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
		    "%s numbers: %s", kind, range->state == RANGE_FREE ?
		    "nextRange is not a decimal number" :
		    "beginRange or endRange is not a decimal number");
	else if (range->state == RANGE_CONFLICT)
		findings_add(c->found, place_of(range), "range-conflict",
		    "%s numbers: the range of %s is a conflict entry: another "
		    "server took the same range at the same time, and both "
		    "may give out its numbers",
		    kind, range->host);
	else if (range->bad)
		findings_add(c->found, place_of(range), "range-reversed",
		    "%s numbers: the range ends before it begins", kind);
	else if (range->misnamed)
		findings_add(c->found, place_of(range), "range-name",
		    "%s numbers: the range begins with %s, and the entry is "
		    "named %s",
		    kind, range->digits, range->name);
}

void
rangecheck_entries(const struct ranges *all, size_t first,
    struct findings *found)
{
	const struct rangecheck judge = { .all = all, .found = found };

	for (size_t i = first; i < all->count; i++)
		check_entry(&judge, &all->range[i]);
}

static bool
is_closed(const struct range *range)
{
	return (range_is_of_cfg(range) || is_allocated(range)) &&
	       mpz_cmp(range->begin, range->end) <= 0;
}

static bool
begin_alike(const struct range *a, const struct range *b)
{
	return mpz_cmp(a->begin, b->begin) == 0;
}

/* The begins, or the ends, of one sort of blocks, in order. */
struct bounds {
	mpz_srcptr *at;
	size_t count;
};

/* The blocks of one repository, which the model has in the order of their
 * begins: those of files, which are few, and those of the directory. */
struct sweep {
	const struct rangecheck *c;
	const struct range **file, **entry;
	size_t files, entries;
	struct bounds begins[2], ends[2]; /* of files, of entries */
};

static int
compare_numbers(const void *a, const void *b)
{
	return mpz_cmp(*(const mpz_srcptr *)a, *(const mpz_srcptr *)b);
}

/* How many are less than number, or with equal not more. */
static size_t
count_below(const struct bounds *bounds, mpz_srcptr number, bool equal)
{
	size_t low = 0, high = bounds->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = mpz_cmp(bounds->at[middle], number);

		if (order < 0 || (equal && order == 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
sweep_begin(
    struct sweep *s, const struct rangecheck *c, size_t first, size_t last)
{
	const size_t count = last - first + 1;

	*s = (struct sweep){ .c = c };
	s->file = mem_zalloc(count, sizeof(struct range *));
	s->entry = mem_zalloc(count, sizeof(struct range *));
	for (int i = 0; i < 2; i++) {
		s->begins[i].at = mem_zalloc(count, sizeof(mpz_srcptr));
		s->ends[i].at = mem_zalloc(count, sizeof(mpz_srcptr));
	}
	for (size_t i = first; i < last; i++) {
		const struct range *range = &c->all->range[i];
		const bool entry = !range_is_of_cfg(range);

		if (!is_closed(range))
			continue;
		if (entry)
			s->entry[s->entries++] = range;
		else
			s->file[s->files++] = range;
		s->begins[entry].at[s->begins[entry].count++] = range->begin;
		s->ends[entry].at[s->ends[entry].count++] = range->end;
	}
	for (int i = 0; i < 2; i++)
		qsort(s->ends[i].at, s->ends[i].count, sizeof(mpz_srcptr),
		    compare_numbers);
}

static void
sweep_end(struct sweep *s)
{
	for (int i = 0; i < 2; i++) {
		free(s->begins[i].at);
		free(s->ends[i].at);
	}
	free(s->file);
	free(s->entry);
}

/* Of its own sort, all that it meets are too many. */
static size_t
count_alike(const struct sweep *s, const struct range *range)
{
	const bool entry = !range_is_of_cfg(range);

	return count_below(&s->begins[entry], range->end, true) -
	       count_below(&s->ends[entry], range->begin, false) - 1;
}

/* Of the other sort: *with is the first of them. */
static size_t
count_others(
    const struct sweep *s, const struct range *range, const struct range **with)
{
	const bool entry = !range_is_of_cfg(range);
	const struct range **other = entry ? s->file : s->entry;
	size_t count = 0;

	for (size_t i = 0; i < (entry ? s->files : s->entries); i++) {
		if (!ranges_overlap(s->c->all, range, other[i]))
			continue;
		if (count++ == 0)
			*with = other[i];
	}
	return count;
}

static void
report_overlap(const struct rangecheck *c, const struct range *a,
    const struct range *b, size_t others)
{
	mpz_srcptr from = mpz_cmp(a->begin, b->begin) > 0 ? a->begin : b->begin;
	mpz_srcptr to = mpz_cmp(a->end, b->end) < 0 ? a->end : b->end;

	findings_add(c->found, place_of(b), "range-overlap",
	    "%s numbers %s to %s of %s are also in the range of %s (%s)%s: "
	    "the same number is given out twice. Plan new ranges with "
	    "rangefix",
	    kind_of(c, b->repository), shown(c, from), shown(c, to), b->host,
	    a->host, where_is(c, a),
	    others < 2 ? ""
		       : keep(c, mem_printf(" and in %zu other range%s",
				     others - 1, others == 2 ? "" : "s")));
}

/* Each block that meets an earlier one is reported once, with how many it meets
 * in all: of n blocks that all share a number, n - 1. */
static void
sweep_sort(struct sweep *s, const struct range **range, size_t count)
{
	const struct range *widest = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct range *b = range[i], *with = NULL;
		size_t others = count_others(s, b, &with);

		if (with != NULL && with > b)
			with = NULL;
		others += count_alike(s, b);
		if (widest != NULL && range_meets(widest, b))
			with = widest;
		if (with != NULL)
			report_overlap(s->c, with, b, others);
		if (widest == NULL || mpz_cmp(b->end, widest->end) > 0)
			widest = b;
	}
}

/* Files among each other; entries among each other, by the numbers that hosts
 * make of them; and a block of a file that is neither one of an entry nor
 * handed on out of one. */
static void
check_overlaps(const struct rangecheck *c)
{
	const struct range *range = c->all->range;
	struct sweep s;

	for (size_t i = 0, last; i < c->all->count; i = last) {
		last = i + 1;
		while (last < c->all->count &&
		       range[last].repository == range[i].repository)
			last++;
		sweep_begin(&s, c, i, last);
		sweep_sort(&s, s.file, s.files);
		sweep_sort(&s, s.entry, s.entries);
		sweep_end(&s);
	}
}

/* The entry that has the block's first number, with it first or not. */
static const struct range *
entry_of(const struct rangecheck *c, const struct range *range, bool first)
{
	for (size_t i = 0; i < c->all->count; i++) {
		const struct range *e = &c->all->range[i];

		if (e->repository == range->repository && is_allocated(e) &&
		    (first ? begin_alike(e, range) : range_is_within(range, e)))
			return e;
	}
	return NULL;
}

/* Where the directory's digits are those that the host has, all is said. */
static void
check_radix(const struct rangecheck *c, const struct range *range,
    const struct range *e, bool first)
{
	if (mpz_cmp(e->begin, e->ldap_begin) == 0 || e->alike || e->resized)
		return;
	findings_add(c->found, place_of(range), "range-radix",
	    "%s numbers: the directory (%s) has %s to %s in decimal, and %s "
	    "reads the digits%s as hexadecimal (%s to %s). Usual for the "
	    "legacy generator from 10.11 on. Do not edit",
	    kind_of(c, range->repository), where_is(c, e),
	    shown(c, e->ldap_begin), shown(c, e->ldap_end), range->host,
	    first ? "" : " of the range that this one is part of",
	    shown(c, e->begin), shown(c, e->end));
}

/* An entry as long as the increment makes it in no release. */
static void
check_size(const struct rangecheck *c, const struct range *e)
{
	mpz_t increment;

	if (!e->resized)
		return;
	mpz_init(increment);
	ranges_increment(c->all, e, increment);
	findings_add(c->found, place_of(e), "range-size",
	    "%s numbers: the directory has %s to %s, and with its increment "
	    "(%s) %s makes no range of this size: taken for %s to %s",
	    kind_of(c, e->repository), shown(c, e->ldap_begin),
	    shown(c, e->ldap_end), shown(c, increment), e->host,
	    shown(c, e->begin), shown(c, e->end));
	mpz_clear(increment);
}

/* Invariant 6: a block of a file that an entry of the directory is for. */
static void
check_against_entry(const struct rangecheck *c, const struct range *range,
    const struct range *e)
{
	const char *kind = kind_of(c, range->repository);

	if (!range_same_host(range->host, e->host))
		findings_add(c->found, place_of(range),
		    "range-owner",
		    "%s numbers: the range of %s is registered for %s (%s). "
		    "Both may give out its numbers, unless the host was "
		    "renamed",
		    kind, range->host, e->host, where_is(c, e));
	if (mpz_cmp(range->end, e->end) > 0)
		findings_add(c->found, place_of(range), "range-end",
		    "%s numbers: the range ends at %s, and the directory "
		    "registers it to %s (%s). The numbers in between may "
		    "belong to another host",
		    kind, shown(c, range->end), shown(c, e->end),
		    where_is(c, e));
	check_radix(c, range, e, true);
}

static void
check_range(const struct rangecheck *c, const struct range *range)
{
	const struct range *next = ranges_most_free(c->all, range->repository);
	const struct range *e = entry_of(c, range, true);
	const char *kind = kind_of(c, range->repository);

	if (next != NULL && mpz_cmp(range->end, next->begin) >= 0)
		findings_add(c->found, place_of(range),
		    "range-beyond",
		    "%s numbers: the range of %s ends at %s, and the next "
		    "server that asks the directory gets numbers from %s on "
		    "(%s)",
		    kind, range->host, shown(c, range->end),
		    shown(c, next->begin), where_is(c, next));
	if (e != NULL)
		check_against_entry(c, range, e);
	else if (range->state == RANGE_NEXT && next != NULL)
		findings_add(c->found, place_of(range),
		    "range-unrecorded",
		    "%s numbers: the directory has no entry for the next "
		    "range of %s (%s to %s), and may give it to another host",
		    kind, range->host, shown(c, range->begin),
		    shown(c, range->end));
	else if ((e = entry_of(c, range, false)) != NULL)
		check_radix(c, range, e, false);
}

/* Invariant 5: nextRange is above all that one directory has given away. */
static void
check_next(const struct rangecheck *c, const struct range *next)
{
	const struct range *most =
	    ranges_most_free(c->all, next->repository), *last = NULL;

	if (mpz_cmp(next->begin, most->begin) < 0)
		findings_add(c->found, place_of(next),
		    "range-behind",
		    "%s numbers: nextRange is %s here and %s in %s. A server "
		    "that asks here gets numbers that are given away already",
		    kind_of(c, next->repository), next->digits, most->digits,
		    where_is(c, most));
	for (size_t i = 0; i < c->all->count; i++) {
		const struct range *e = &c->all->range[i];

		if (e->repository == next->repository && is_allocated(e) &&
		    e->source == next->source &&
		    mpz_cmp(next->ldap_begin, e->ldap_end) <= 0 &&
		    (last == NULL || mpz_cmp(e->ldap_end, last->ldap_end) > 0))
			last = e;
	}
	if (last != NULL)
		findings_add(c->found, place_of(next), "range-next",
		    "%s numbers: nextRange is %s, and the range of %s ends at "
		    "%s (%s). The next server that asks gets numbers that %s "
		    "has. Fix with rangefix",
		    kind_of(c, next->repository), next->digits, last->host,
		    shown(c, last->ldap_end), where_is(c, last), last->host);
}

/* Does its file have a next block that is one? */
static bool
has_next(const struct rangecheck *c, const struct range *range)
{
	for (size_t i = 0; i < c->files; i++) {
		const struct range *n = c->file[i];

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
		    "%s numbers: the range of %s %s",
		    kind_of(c, range->repository), range->host,
		    next ? "is used up, and the server takes the next one" :
		    range->state == RANGE_CURRENT ?
			   "is used up, and it has no next one: the server "
			   "can give out no number" :
			   "begins where it ends, or later");
	}
	mpz_clear(left);
}

/* A server takes its next block without looking what was given out of it. */
static void
check_used(const struct rangecheck *c, const struct range *range)
{
	if (range->state == RANGE_NEXT && range->used != 0)
		findings_add(c->found, place_of(range), "range-used",
		    "%s numbers: %lu of the next range of %s were given out "
		    "already, up to %s. The server gives them out a second "
		    "time. Fix with rangefix",
		    kind_of(c, range->repository), range->used, range->host,
		    shown(c, range->highest));
}

/* A block that its host, whose CS.cfg was given, has not begun and does not
 * know of: it was made again, or lost the block in a conflict. */
static void
check_lost(const struct rangecheck *c, const struct range *e)
{
	const struct range *own = NULL;

	for (size_t i = 0; i < c->files; i++) {
		const struct range *range = c->file[i];

		if (range->repository != e->repository)
			continue;
		if (range_meets(range, e))
			return;
		if (range->state == RANGE_CURRENT &&
		    range_same_host(range->host, e->host))
			own = range;
	}
	if (own == NULL || mpz_cmp(e->begin, own->begin) < 0)
		return;
	findings_add(c->found, place_of(e), "range-lost",
	    "%s numbers %s to %s are registered for %s, whose CS.cfg (%s) "
	    "does not have them: nobody gives them out",
	    kind_of(c, e->repository), shown(c, e->begin), shown(c, e->end),
	    e->host, where_is(c, own));
}

static void
check_each(const struct rangecheck *c)
{
	for (size_t i = 0; i < c->all->count; i++) {
		const struct range *range = &c->all->range[i];

		if (range_is_of_cfg(range)) {
			check_depleted(c, range);
			check_used(c, range);
			check_range(c, range);
		} else if (is_free(range)) {
			check_next(c, range);
		} else if (is_allocated(range)) {
			check_size(c, range);
			check_lost(c, range);
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
		    "%s numbers %s to %s, before this range, belong to no "
		    "known range",
		    kind_of(c, range->repository), shown(c, from),
		    shown(c, last));
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

		if ((!range_is_of_cfg(range) && !is_allocated(range) &&
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
	    "%s numbers: %s has the generator '%s'%s, and %s (%s) has '%s': "
	    "both may give out the same number",
	    kind_of(c, cfg->repository), cfg->host, cfg->generator,
	    first->type == cfg->type ? " in another radix" : "", first->host,
	    first->file, first->generator);
}

/* Invariant 8: of all that replicate, so of replica numbers, once a file. */
static void
check_managed(const struct rangecheck *c, const struct range_cfg *cfg)
{
	if (ranges_is_unmanaged(c->all, cfg))
		findings_add(c->found,
		    (struct findings_place){ cfg->file, cfg->managed_line },
		    "serial-management",
		    "dbs.enableSerialManagement of %s is not true: when its "
		    "range is used up, the server can give out no number",
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
			    "replica ID %lu of %s is also the ID in %s: the "
			    "others cannot tell their changes apart", r->id,
			    r->base, where(c, q->file, q->line));
	for (size_t i = 0; i < c->all->count; i++) {
		const struct range *range = &c->all->range[i];
		const struct repository *repository =
		    &c->all->repository[range->repository];

		if (repository->kind == RANGESET_REPLICA &&
		    strcmp(repository->base, r->base) == 0 &&
		    (is_free(range) || range_is_of_cfg(range)) &&
		    mpz_cmp_ui(range->begin, r->id) <= 0 &&
		    (is_free(range) || mpz_cmp_ui(range->end, r->id) >= 0))
			findings_add(c->found,
			    (struct findings_place){ r->file, r->line },
			    "replica-id-unassigned",
			    "replica ID %lu of %s is in use, and a later clone "
			    "gets it from the range in %s",
			    r->id, r->base, where_is(c, range));
	}
}

/* Invariant 10. */
static void
check_host(const struct rangecheck *c, const struct range *range)
{
	for (size_t i = 0; i < c->all->hosts; i++)
		if (range_same_host(c->all->host[i].host, range->host) &&
		    strcmp(c->all->host[i].port, range->port) == 0)
			return;
	if (c->all->hosts != 0)
		findings_add(c->found, place_of(range),
		    "range-host",
		    "%s numbers %s to %s are registered for %s:%s, which the "
		    "security domain does not have. If that host was removed, "
		    "nobody uses them: leave the entry",
		    kind_of(c, range->repository), shown(c, range->begin),
		    shown(c, range->end), range->host, range->port);
}

static void
report_unrelated(const struct rangecheck *c, struct findings_place place,
    const struct repository *b, const struct repository *a,
    const struct range_cfg *with)
{
	if (strcmp(a->base, b->base) != 0)
		findings_add(c->found, place, "unrelated",
		    "the base DN is '%s', and in %s it is '%s': the ranges "
		    "of the two were not compared",
		    b->base, with->file, a->base);
	else
		findings_add(c->found, place, "unrelated",
		    "this file belongs to the CA '%s', and %s to '%s': the "
		    "ranges of the two were not compared",
		    b->issuer, with->file, a->issuer);
}

/* Both of one type, of another base DN or issuer: not one deployment.  A file
 * has replica IDs, whatever its generators. */
static bool
is_unrelated(const struct repository *a, const struct repository *b)
{
	return a != b && a->kind == RANGESET_REPLICA &&
	       b->kind == RANGESET_REPLICA && *a->type != '\0' &&
	       strcmp(a->type, b->type) == 0;
}

/* The first file of each deployment after the first one. */
static void
check_unrelated(const struct rangecheck *c, const struct range_cfg *cfg)
{
	const struct repository *own = &c->all->repository[cfg->repository];

	for (const struct range_cfg *q = c->all->cfg; q < cfg; q++)
		if (q->repository == cfg->repository)
			return;
	for (const struct range_cfg *q = c->all->cfg; q < cfg; q++) {
		const struct repository *other =
		    &c->all->repository[q->repository];

		if (!is_unrelated(other, own))
			continue;
		report_unrelated(
		    c, (struct findings_place){ cfg->file, 0 }, own, other, q);
		return;
	}
}

/* A directory with repositories of a type that the files have, below a base DN
 * that none of them has: once a base DN, at the first nextRange. */
static void
check_foreign(const struct rangecheck *c)
{
	const char *done = NULL;

	for (size_t i = 0; i < c->all->count; i++) {
		const struct range *range = &c->all->range[i];
		const struct repository *own =
		    &c->all->repository[range->repository];
		const struct range_cfg *with = NULL;

		if (range->state != RANGE_FREE || own->cfgs != 0 ||
		    *own->type == '\0' ||
		    (done != NULL && strcmp(done, own->base) == 0))
			continue;
		for (size_t j = 0; j < c->all->cfgs && with == NULL; j++) {
			const struct repository *other =
			    &c->all->repository[c->all->cfg[j].repository];

			if (strcmp(other->base, own->base) == 0)
				break;
			if (other->kind == own->kind && *other->base != '\0' &&
			    strcmp(other->type, own->type) == 0)
				with = &c->all->cfg[j];
		}
		if (with == NULL)
			continue;
		done = own->base;
		report_unrelated(c, place_of(range), own,
		    &c->all->repository[with->repository], with);
	}
}

static void
begin_check(struct rangecheck *c)
{
	const struct ranges *all = c->all;

	c->file = mem_zalloc(all->count + 1, sizeof(struct range *));
	for (size_t i = 0; i < all->count; i++)
		if (range_is_of_cfg(&all->range[i]))
			c->file[c->files++] = &all->range[i];
}

void
rangecheck(const struct ranges *all, struct findings *found)
{
	struct rangecheck judge = { .all = all, .found = found }, *c = &judge;

	begin_check(c);
	for (size_t i = 0; i < all->cfgs; i++)
		check_unrelated(c, &all->cfg[i]);
	check_foreign(c);
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
	free(c->file);
}

/* Does next begin where range would end, were its begin decimal and its
 * increment not?  That is how 11.3's server counts [deployment 2]. */
static bool
is_mixed(const struct rangecheck *c, const struct range *range,
    const struct range *next)
{
	const struct range_cfg *cfg = c->all->cfg;
	mpz_t begin, other;
	bool is;

	while (cfg->repository != range->repository ||
	    cfg->number != range->source)
		cfg++;
	if (cfg->type != RANGESET_LEGACY || cfg->radix != 16 ||
	    !cfg->has_increment)
		return false;
	mpz_inits(begin, other, NULL);
	is = rangeset_parse(begin, slice_of(range->digits), 10) &&
	     rangeset_parse(other, slice_of(next->digits), 10);
	mpz_add(begin, begin, cfg->increment);
	is = is && mpz_cmp(begin, other) == 0;
	mpz_clears(begin, other, NULL);
	return is;
}

static void
check_mixed(const struct rangecheck *c, const struct range *next)
{
	for (size_t i = 0; i < c->files; i++)
		if (c->file[i]->repository == next->repository &&
		    is_mixed(c, c->file[i], next))
			findings_add(c->found, place_of(next), "range-radix",
			    "%s numbers: the next range (%s to %s) was "
			    "registered in decimal and is read as hexadecimal: "
			    "it begins with the digits at which %s ends. "
			    "Usual for the legacy generator from 10.11 on. Do "
			    "not edit",
			    kind_of(c, next->repository),
			    shown(c, next->begin), shown(c, next->end),
			    where_is(c, c->file[i]));
}

/* As far as files tell. */
static void
check_files(const struct ranges *all, struct findings *found)
{
	struct rangecheck c = { .all = all, .found = found };

	begin_check(&c);
	check_overlaps(&c);
	for (size_t i = 0; i < c.files; i++) {
		check_depleted(&c, c.file[i]);
		check_mixed(&c, c.file[i]);
	}
	free(c.file);
}

/* The next clone gets its numbers of the master, or cannot be made [6.4]. */
static void
check_left(const struct check_group *group)
{
	struct check_file file = { .cfg = group->side[0].cfg,
		.found = group->found };

	for (int kind = 0; kind < RANGESET_KINDS; kind++) {
		struct rangeset set;

		rangeset_read(&set, file.cfg, (enum rangeset_kind)kind);
		if (set.kept && set.range[0].end != NULL &&
		    !rangeset_can_give(&set, NULL))
			add_left(&file, &set,
			    group->planned ? "range-left" : "range-short");
		rangeset_release(&set);
	}
}

static void
check_group_ranges(const struct check_group *group)
{
	struct ranges all = { .radix = 10, .is_one = true };

	for (size_t i = 0; i < group->count; i++) {
		ranges_add_cfg(&all, group->side[i].cfg);
		check_cfg(group->found, group->side[i].cfg, check_readable);
	}
	ranges_settle(&all);
	check_files(&all, group->found);
	ranges_release(&all);
	check_left(group);
}

const struct check check_ranges[] = {
	{ .file = check_own_ranges },
	{ .group = check_group_ranges },
	{ .file = NULL }
};
