/* SPDX-License-Identifier: MIT */
#include "check/lintrange.h"

#include "pki/ranges.h"

struct range {
	struct lintfile *l;
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
blank_after(struct lintfile *l, const struct cfg_line *line,
    struct slice trimmed)
{
	lint_at(l, line, "int-blank", "%s", lint_shown(l, line));
	lint_fix(l, line, trimmed);
}

/* What the server could not read as a number is told. */
static void
check_number(struct range *r, const struct cfg_line *line)
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
note_prefix(struct range *r, const struct cfg_line *line)
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
check_numbers(struct range *r)
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
check_order(struct range *r)
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
check_half(struct range *r)
{
	const struct rangeset_range *next = &r->set.range[1];

	if ((next->begin != NULL) != (next->end != NULL))
		lint_at(r->l, next->begin != NULL ? next->begin : next->end,
		    "range-half", NULL);
}

static void
check_steps(struct range *r)
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
check_left(struct range *r)
{
	const struct rangeset_range *now = &r->set.range[0];

	if (now->readable && r->set.transfer.readable &&
	    !rangeset_can_give(&r->set, NULL))
		lint_at(r->l, now->end,
		    r->set.kind == RANGESET_REPLICA ? "range-replica" :
						      "range-short", NULL);
}

static void
check_generator(struct lintfile *l, const struct rangeset *set)
{
	static const char *const keys[] = { "dbs.cert.id.generator",
		"dbs.key.id.generator", "dbs.request.id.generator" };

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (cfg_string(l->cfg, keys[i]).at == set->generator.at)
			lint_key(l, keys[i], "generator-unknown", "'%.*s'",
			    SLICE_ARG(set->generator));
}

static void
check_kind(struct lintfile *l, enum rangeset_kind kind)
{
	struct range r = { .l = l };

	rangeset_read(&r.set, l->cfg, kind);
	if (r.set.type == RANGESET_UNKNOWN) {
		check_generator(l, &r.set);
	} else if (r.set.kept) {
		check_half(&r);
		check_numbers(&r);
		check_order(&r);
		check_steps(&r);
		check_left(&r);
	}
	rangeset_release(&r.set);
}

static void
check_management(struct lintfile *l)
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
check_astray(struct lintfile *l)
{
	for (uint32_t i = 0; i < l->cfg->lines; i++) {
		const struct cfg_line *line = l->cfg->line + i;

		if (cfg_is_live(l->cfg, line) && is_astray(cfg_key(line)))
			lint_at(l, line, "range-key", NULL);
	}
}

void
lintrange_check(struct lintfile *l)
{
	check_astray(l);
	for (int kind = 0; kind < RANGESET_KINDS; kind++)
		check_kind(l, (enum rangeset_kind)kind);
	check_management(l);
}
