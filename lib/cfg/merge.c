/* SPDX-License-Identifier: MIT */
#include "cfg/merge.h"

#include <stdlib.h>

#include "cfg/connector.h"
#include "cfg/diff.h"
#include "cfg/select.h"
#include "util/diag.h"
#include "util/glob.h"
#include "util/mem.h"

#define CRL "ca.crl."

struct merge {
	const struct cfg *clone, *master, *base;
	const struct merge_options *options;
	struct edits *edits;
	int conflicts;
};

static bool
is_connector(struct slice key)
{
	return slice_starts(key, slice_of(CONNECTOR_PREFIX));
}

static bool
is_meant(const struct merge_options *o, struct slice key)
{
	return o->all || select_any(o->prefixes, key) ||
	    (o->crl && slice_starts(key, slice_of(CRL))) ||
	    (o->kra && is_connector(key));
}

/*
 * The manual's samples run settings together on a line (9.3): the server then
 * reads "true ca.connector.KRA.host=..." as one value.
 */
static int
refuse_joined(const struct cfg *cfg, const struct merge_options *o)
{
	static const char *const next[] = { " ca.connector.", " ca.crl.",
		" master.ca." };
	int status = 0;

	for (uint32_t i = 0; i < cfg->lines; i++) {
		const struct cfg_line *line = cfg->line + i;
		struct slice value;

		if (!cfg_is_live(cfg, line) || !is_meant(o, cfg_key(line)) ||
		    rules_travel(o->rules, cfg_key(line)) == RULE_COMMENT)
			continue;
		value = cfg_value(line);
		for (size_t n = 0; n < sizeof next / sizeof *next; n++)
			if (memmem(value.at, value.size, next[n],
				strlen(next[n])) != NULL)
				status = fail("%s:%zu: '%.*s' has the next "
					      "setting joined to its value: "
					      "each needs a line of its own",
				    cfg->file, cfg_number(cfg, line),
				    SLICE_FMT(cfg_key(line)));
	}
	return status;
}

/* -- values of three sides ------------------------------------------------- */

static bool
same(const struct cfg_line *a, const struct cfg_line *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return slice_is(cfg_value(a), cfg_value(b));
}

static void
take_masters(struct merge *m, struct slice key, const struct cfg_line *master)
{
	if (master != NULL)
		edits_set_line(m->edits, m->clone, master);
	else
		edits_delete(m->edits, m->clone, key);
}

static char *
shown(const struct merge *m, const struct cfg_line *line)
{
	struct slice value;

	if (line == NULL)
		return mem_printf("not there");
	if (rules_is_secret(m->options->rules, cfg_key(line)))
		return mem_printf("another secret");
	value = cfg_value(line);
	if (value.size > 40)
		return mem_printf("'%.40s...'", value.at);
	return mem_printf("'%.*s'", SLICE_FMT(value));
}

static void
report_conflict(struct merge *m, struct slice key, const struct cfg_line *base,
    const struct cfg_line *master, const struct cfg_line *clone)
{
	char *was = shown(m, base), *there = shown(m, master);
	char *here = shown(m, clone);
	const struct cfg *file = clone != NULL ? m->clone : m->master;
	const struct cfg_line *line = clone != NULL ? clone : master;
	size_t number = line != NULL ? cfg_number(file, line) : 0;

	say("%s:%zu: conflict: '%.*s' was %s, is %s on the master and %s here "
	    "(--prefer master or clone)", file->file, number, SLICE_FMT(key),
	    was, there, here);
	m->conflicts++;
	free(was);
	free(there);
	free(here);
}

/* One key that may travel; master or clone NULL: it is not there. */
static void
merge_key(struct merge *m, struct slice key, const struct cfg_line *master)
{
	const struct cfg_line *clone = cfg_find(m->clone, key), *base = NULL;

	if (same(master, clone))
		return;
	if (m->base == NULL) {
		take_masters(m, key, master);
		return;
	}
	base = cfg_find(m->base, key);
	if (same(master, base))
		return; /* the clone's own doing */
	if (same(clone, base) || m->options->prefer == PREFER_MASTER)
		take_masters(m, key, master);
	else if (m->options->prefer == PREFER_NEITHER)
		report_conflict(m, key, base, master, clone);
}

static bool
travels(const struct merge *m, const struct cfg *cfg,
    const struct cfg_line *line)
{
	return cfg_is_live(cfg, line) &&
	    is_meant(m->options, cfg_key(line)) &&
	    !is_connector(cfg_key(line)) &&
	    rules_travel(m->options->rules, cfg_key(line)) == RULE_NONE;
}

static void
merge_keys(struct merge *m)
{
	for (uint32_t i = 0; i < m->master->lines; i++) {
		const struct cfg_line *line = m->master->line + i;

		if (travels(m, m->master, line))
			merge_key(m, cfg_key(line), line);
	}
	for (uint32_t i = 0; m->base != NULL && i < m->base->lines; i++) {
		const struct cfg_line *line = m->base->line + i;

		if (travels(m, m->base, line) &&
		    cfg_find(m->master, cfg_key(line)) == NULL)
			merge_key(m, cfg_key(line), NULL);
	}
}

/* -- new issuing points ---------------------------------------------------- */

/* The value of ca.crl.POINT.NAME, or one whose at is NULL. */
static struct slice
point_value(const struct cfg *cfg, struct slice point, const char *name)
{
	char *key = mem_printf(CRL "%.*s.%s", SLICE_FMT(point), name);
	struct slice value = cfg_string(cfg, key);

	free(key);
	return value;
}

/* The point that a line ca.crl.POINT.class is of; size 0: it is none. */
static struct slice
point_of(const struct cfg_line *line)
{
	struct slice key = { "", 0 };

	if (line->logical != NULL &&
	    glob_match(slice_of(CRL "*.class"), cfg_key(line)))
		key = cfg_key(line);
	if (key.size != 0) {
		key.at += strlen(CRL);
		key.size -= strlen(CRL) + strlen(".class");
	}
	return key;
}

/* The code's default of all these flags is true [dogtag 2.2]. */
static bool
is_true(struct slice value)
{
	return value.at == NULL || value.size == 0 ||
	    diff_same_value(value, slice_of("true"), true);
}

static bool
makes_crls(const struct cfg *cfg)
{
	for (uint32_t i = 0; i < cfg->lines; i++) {
		struct slice point = point_of(cfg->line + i);

		if (point.size != 0 &&
		    is_true(point_value(cfg, point, "enable")) &&
		    is_true(point_value(cfg, point, "enableCRLUpdates")))
			return true;
	}
	return false;
}

static void
set_flag(struct merge *m, struct slice point, const char *name,
    struct slice value)
{
	char *key = mem_printf(CRL "%.*s.%s", SLICE_FMT(point), name);
	const char *why;

	if (cfg_find(m->clone, slice_of(key)) == NULL && value.at != NULL &&
	    edits_set(m->edits, m->clone, slice_of(key), value, &why) < 0)
		say("%s: cannot set '%s': %s", m->clone->file, key, why);
	edits_own(m->edits, key);
}

static void
finish_new_point(struct merge *m, struct slice point, bool makes)
{
	static const char *const flags[] = { "enableCRLCache",
		"enableCRLUpdates" };

	set_flag(m, point, "enable", point_value(m->master, point, "enable"));
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		set_flag(m, point, flags[i],
		    makes ? point_value(m->master, point, flags[i]) :
			    slice_of("false"));
	if (!makes)
		say("%s: issuing point '%.*s' is new here, with enableCRLCache "
		    "and enableCRLUpdates false: this CA makes no CRLs",
		    m->clone->file, SLICE_FMT(point));
}

static void
finish_new_points(struct merge *m)
{
	bool makes = makes_crls(m->clone);
	size_t merged = m->edits->count;

	for (size_t i = 0; i < merged; i++) {
		struct edit_line e = m->edits->line[i];
		struct slice point = point_of(&e.line);

		if (e.sign == EDIT_ADD && point.size != 0 &&
		    point_value(m->clone, point, "class").at == NULL)
			finish_new_point(m, point, makes);
	}
}

/* -- all of it ------------------------------------------------------------- */

static int
by_key(const void *a, const void *b)
{
	const struct edit_line *x = a, *y = b;
	int order = cfg_compare_keys(cfg_key(&x->line), cfg_key(&y->line));

	/* Of one key, "-" before "+"; of one sign, by the file's order. */
	if (order == 0)
		order = (x->sign == EDIT_ADD) - (y->sign == EDIT_ADD);
	if (order == 0)
		order = (x->line.text > y->line.text) -
		    (x->line.text < y->line.text);
	return order;
}

static enum merge_result
merge_connector(struct merge *m)
{
	const struct merge_options *o = m->options;

	if (!o->kra && !o->all &&
	    !select_any(o->prefixes, slice_of(CONNECTOR_PREFIX "host")))
		return MERGE_DONE;
	switch (connector_merge(m->edits, m->clone, m->master, m->base,
	    o->replace_certificate)) {
	case CONNECTOR_MERGED:
		return MERGE_DONE;
	case CONNECTOR_REFUSED:
		return MERGE_CONFLICT;
	case CONNECTOR_BAD:
		break;
	}
	return MERGE_BAD;
}

enum merge_result
merge_files(struct edits *edits, const struct cfg *clone,
    const struct cfg *master, const struct cfg *base,
    const struct merge_options *options)
{
	struct merge m = { .clone = clone, .master = master, .base = base,
		.options = options, .edits = edits };
	enum merge_result result;

	if (refuse_joined(master, options) < 0 ||
	    refuse_joined(clone, options) < 0)
		return MERGE_BAD;
	merge_keys(&m);
	finish_new_points(&m);
	result = merge_connector(&m);
	if (edits->count != 0)
		qsort(edits->line, edits->count, sizeof *edits->line, by_key);
	if (result == MERGE_DONE && m.conflicts != 0)
		result = MERGE_CONFLICT;
	return result;
}
