/* SPDX-License-Identifier: MIT */
#include "pki/merge.h"

#include <stdlib.h>

#include "cfg/diff.h"
#include "cfg/pair.h"
#include "pki/connector.h"
#include "pki/hostrelease.h"
#include "pki/issuing.h"
#include "util/diag.h"
#include "util/glob.h"
#include "util/mem.h"

#define SHOWN 40 /* bytes of a value in a message */
#define CRL "ca.crl."

struct merge {
	const struct cfg *clone, *master, *base;
	const struct merge_options *options;
	struct edits *edits;
	bool connector; /* is the KRA connector meant? */
	enum connector_result connector_result;
	int conflicts;
	struct hostrelease own, its; /* the clone's and the master's */
	struct setting_differ differ;
	/* Keys of a release, and of generators, that stay as they are. */
	struct kept {
		size_t count;
		struct slice first;
	} of_release, of_generator;
};

static bool
is_meant(const struct merge *m, struct slice key)
{
	const struct merge_options *o = m->options;

	if (connector_is_setting(key))
		return m->connector;
	return o->all || select_any(o->prefixes, key) ||
	    (o->crl && slice_starts(key, slice_of(CRL)));
}

/* All of the connector is meant where any setting of it is. */
static bool
selects_connector(const struct merge_options *o, const struct cfg *cfg)
{
	for (uint32_t i = 0; cfg != NULL && i < cfg->lines; i++) {
		const struct cfg_line *line = cfg->line + i;

		if (cfg_is_live(cfg, line) &&
		    connector_is_setting(cfg_key(line)) &&
		    select_any(o->prefixes, cfg_key(line)))
			return true;
	}
	return o->kra || o->all;
}

/*
 * The manual's samples run settings together on a line (9.3): the server then
 * reads "true ca.connector.KRA.host=..." as one value.
 */
static int
refuse_joined(const struct merge *m, const struct cfg *cfg)
{
	const struct settings *rules = m->options->rules;
	static const char *const next[] = { " ca.connector.", " ca.crl.",
		" master.ca." };
	int status = 0;

	for (uint32_t i = 0; i < cfg->lines; i++) {
		const struct cfg_line *line = cfg->line + i;
		struct slice value;

		if (!cfg_is_live(cfg, line) || !is_meant(m, cfg_key(line)) ||
		    settings_class(rules, cfg_key(line)) == SETTING_COMMENT)
			continue;
		value = cfg_value(line);
		for (size_t n = 0; n < sizeof next / sizeof *next; n++)
			if (memmem(value.at, value.size, next[n],
				strlen(next[n])) != NULL)
				status = fail("%s:%zu: '%.*s' has the next "
					      "setting joined to its value: "
					      "each needs a line of its own",
				    cfg->file, cfg_number(cfg, line),
				    SLICE_ARG(cfg_key(line)));
	}
	return status;
}

static bool
same(const struct cfg_line *a, const struct cfg_line *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return slice_equal(cfg_value(a), cfg_value(b));
}

static void
take_masters(struct merge *m, struct slice key, const struct cfg_line *master)
{
	if (master != NULL)
		edits_set_line(m->edits, m->clone, master);
	else
		edits_delete(m->edits, m->clone, key);
}

static void
report_conflict(struct merge *m, struct slice key, const struct cfg_line *base,
    const struct cfg_line *master, const struct cfg_line *clone)
{
	const struct settings *rules = m->options->rules;
	char *was = settings_shown(rules, base, SHOWN);
	char *there = settings_shown(rules, master, SHOWN);
	char *here = settings_shown(rules, clone, SHOWN);
	const struct cfg *file = clone != NULL ? m->clone : m->master;
	const struct cfg_line *line = clone != NULL ? clone : master;
	size_t number = line != NULL ? cfg_number(file, line) : 0;

	say("%s:%zu: conflict: '%.*s' was %s, is %s on the master and %s here "
	    "(--prefer master or clone)", file->file, number, SLICE_ARG(key),
	    was, there, here);
	m->conflicts++;
	free(was);
	free(there);
	free(here);
}

/* The value of ca.crl.POINT.NAME, or one whose at is NULL. */
static struct slice
point_value(const struct cfg *cfg, struct slice point, const char *name)
{
	char *key = mem_printf(CRL "%.*s.%s", SLICE_ARG(point), name);
	struct slice value = cfg_string(cfg, key);

	free(key);
	return value;
}

/* Did the clone let go of the issuing point that key is of? */
static bool
is_of_gone_point(const struct merge *m, struct slice key)
{
	struct slice point = { key.at + strlen(CRL), 0 };
	const char *dot = NULL;

	if (m->base != NULL && slice_starts(key, slice_of(CRL)))
		dot = memchr(point.at, '.', key.size - strlen(CRL));
	if (dot == NULL)
		return false;
	point.size = (size_t)(dot - point.at);
	return point_value(m->base, point, "class").at != NULL &&
	    point_value(m->clone, point, "class").at == NULL;
}

/* Does it come as the master has it, whatever the base says? */
static bool
is_new(const struct merge *m, struct slice key)
{
	if (connector_is_setting(key))
		return m->connector_result == CONNECTOR_NEW;
	return m->base == NULL || is_of_gone_point(m, key);
}

/* One key that may travel; master NULL: it is not there. */
static void
merge_key(struct merge *m, struct slice key, const struct cfg_line *master)
{
	const struct cfg_line *clone = cfg_find(m->clone, key), *base = NULL;

	if (same(master, clone))
		return;
	if (is_new(m, key)) {
		if (master != NULL)
			edits_set_line(m->edits, m->clone, master);
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

/* The key as far as its last dot; size 0: it has less than three parts. */
static struct slice
object_of(struct slice key)
{
	const char *last = memrchr(key.at, '.', key.size);
	const struct slice object = { key.at,
		last != NULL ? (size_t)(last - key.at) : 0 };

	return object.size != 0 && memchr(object.at, '.', object.size) != NULL
		   ? object
		   : (struct slice){ key.at, 0 };
}

static bool
is_of(struct slice key, struct slice object)
{
	return key.size > object.size && key.at[object.size] == '.' &&
	       slice_starts(key, object);
}

/* Does any key of the object travel?  Of cfg: is any there? */
static bool
has_object(const struct merge *m, const struct cfg *cfg, struct slice object,
    bool travels)
{
	for (uint32_t i = 0; i < cfg->lines; i++) {
		const struct cfg_line *line = cfg->line + i;

		if (cfg_is_live(cfg, line) && is_of(cfg_key(line), object) &&
		    (!travels ||
			settings_class_between(m->options->rules, cfg_key(line),
			    m->differ) == SETTING_TRAVELS))
			return true;
	}
	return false;
}

/*
 * A path of this host's own, of something that the clone has nothing of:
 * without it, the new profile or log would come by half.
 */
static bool
is_new_path(const struct merge *m, const struct cfg *cfg,
    const struct cfg_line *line)
{
	const struct slice value = cfg_value(line);
	const struct slice object = object_of(cfg_key(line));

	return cfg == m->master && value.size != 0 && *value.at == '/' &&
	       object.size != 0 && !has_object(m, m->clone, object, false) &&
	       has_object(m, m->master, object, true);
}

/* It would have been changed, were it not of a release or a generator. */
static void
note_kept(struct merge *m, struct kept *kept, const struct cfg *cfg,
    const struct cfg_line *line)
{
	const struct slice key = cfg_key(line);

	if (m->base != NULL &&
	    (cfg == m->base ? cfg_find(m->clone, key) == NULL
			    : same(line, cfg_find(m->base, key))))
		return;
	if (kept->count++ == 0)
		kept->first = key;
}

static bool
travels(struct merge *m, const struct cfg *cfg, const struct cfg_line *line)
{
	enum setting_class class;
	struct slice key;

	if (!cfg_is_live(cfg, line))
		return false;
	key = cfg_key(line);
	if (!is_meant(m, key))
		return false;
	class =
	    settings_class_between(m->options->rules, key, m->differ);
	if (class == SETTING_RELEASE || class == SETTING_UPGRADE)
		note_kept(m, &m->of_release, cfg, line);
	if (class == SETTING_GENERATOR)
		note_kept(m, &m->of_generator, cfg, line);
	if (class != SETTING_TRAVELS &&
	    !(class == SETTING_HOST && is_new_path(m, cfg, line)))
		return false;
	if (connector_is_setting(key))
		return !connector_sees_to(key) &&
		    (m->connector_result == CONNECTOR_NEW ||
			m->connector_result == CONNECTOR_KNOWN);
	return m->options->prefer == PREFER_MASTER ||
	    !is_of_gone_point(m, key);
}

static void
merge_keys(struct merge *m)
{
	for (uint32_t i = 0; i < m->master->lines; i++) {
		const struct cfg_line *line = m->master->line + i;

		/* Mostly they are the same: ask no rules then. */
		if (line->logical != NULL &&
		    !same(line, cfg_find(m->clone, cfg_key(line))) &&
		    travels(m, m->master, line))
			merge_key(m, cfg_key(line), line);
	}
	for (uint32_t i = 0; m->base != NULL && i < m->base->lines; i++) {
		const struct cfg_line *line = m->base->line + i;

		if (line->logical != NULL &&
		    cfg_find(m->master, cfg_key(line)) == NULL &&
		    travels(m, m->base, line))
			merge_key(m, cfg_key(line), NULL);
	}
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

static bool
makes_crls(const struct cfg *cfg)
{
	for (uint32_t i = 0; i < cfg->lines; i++) {
		struct slice point = point_of(cfg->line + i);

		if (point.size != 0 && issuing_makes(cfg, point))
			return true;
	}
	return false;
}

static bool
is_edited(const struct merge *m, struct slice key)
{
	for (size_t i = 0; i < m->edits->count; i++)
		if (slice_equal(cfg_key(&m->edits->line[i].line), key))
			return true;
	return false;
}

static void
set_flag(struct merge *m, struct slice point, const char *name,
    struct slice value)
{
	char *key = mem_printf(CRL "%.*s.%s", SLICE_ARG(point), name);

	edits_own(m->edits, key);
	if (cfg_find(m->clone, slice_of(key)) == NULL && value.at != NULL &&
	    !is_edited(m, slice_of(key)))
		(void)edits_put(m->edits, m->clone, key, value);
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
		    m->clone->file, SLICE_ARG(point));
}

/* No key of it may stay: a CA does not start with a point of no class. */
static void
finish_gone_point(struct merge *m, struct slice point)
{
	char *prefix = mem_printf(CRL "%.*s.", SLICE_ARG(point));

	for (uint32_t i = 0; i < m->clone->lines; i++) {
		const struct cfg_line *line = m->clone->line + i;

		if (cfg_is_live(m->clone, line) &&
		    slice_starts(cfg_key(line), slice_of(prefix)) &&
		    !is_edited(m, cfg_key(line)))
			edits_delete(m->edits, m->clone, cfg_key(line));
	}
	free(prefix);
}

static void
finish_points(struct merge *m)
{
	bool makes = makes_crls(m->clone);
	size_t merged = m->edits->count;

	for (size_t i = 0; i < merged; i++) {
		struct edit_line e = m->edits->line[i];
		struct slice point = point_of(&e.line);

		if (point.size == 0)
			continue;
		if (e.sign == EDIT_DELETE &&
		    point_value(m->master, point, "class").at == NULL)
			finish_gone_point(m, point);
		if (e.sign == EDIT_ADD &&
		    point_value(m->clone, point, "class").at == NULL)
			finish_new_point(m, point, makes);
	}
}

/* What cannot come, since the switch key would lack another key. */
static void
hold_switch(struct merge *m, struct slice key, const char *lacks)
{
	const struct slice value = pair_value(m->clone, m->edits, key);
	const struct cfg_line *line = cfg_find(m->clone, slice_of(lacks));

	if (line == NULL)
		line = cfg_find(m->clone, key);
	say("%s:%zu: '%.*s' is not merged: at '%.*s' it needs '%s', which is "
	    "empty here; set that first, or neither",
	    m->clone->file, line != NULL ? cfg_number(m->clone, line) : 0,
	    SLICE_ARG(key), SLICE_ARG(value), lacks);
	edits_forget(m->edits, key);
	edits_forget(m->edits, slice_of(lacks));
}

/* Switches that the edits turn on. */
static void
hold_new_switches(struct merge *m)
{
	for (size_t i = 0; i < m->edits->count;) {
		const struct edit_line *e = &m->edits->line[i];
		const struct slice key = cfg_key(&e->line);
		char *lacks = e->sign != EDIT_ADD
				  ? NULL
				  : pair_lacks(m->clone, m->edits, key,
					cfg_value(&e->line));

		if (lacks == NULL) {
			i++;
			continue;
		}
		hold_switch(m, key, lacks);
		free(lacks);
		i = 0;
	}
}

/* Switches of the clone's that lose their other key by the edits. */
static void
hold_old_switches(struct merge *m)
{
	for (uint32_t i = 0; i < m->clone->lines && m->edits->count != 0; i++) {
		const struct cfg_line *line = m->clone->line + i;
		char *before, *after;

		if (!cfg_is_live(m->clone, line) ||
		    setting_requires(cfg_key(line)) == NULL ||
		    is_edited(m, cfg_key(line)))
			continue;
		before =
		    pair_lacks(m->clone, NULL, cfg_key(line), cfg_value(line));
		after = pair_lacks(
		    m->clone, m->edits, cfg_key(line), cfg_value(line));
		if (before == NULL && after != NULL)
			hold_switch(m, cfg_key(line), after);
		free(before);
		free(after);
	}
}

static void
report_kept(const struct merge *m)
{
	const struct kept *kept = &m->of_release;
	char *here, *there;

	if (m->of_generator.count != 0)
		say("%s: it makes numbers in another way than %s: %zu keys of "
		    "that are not merged, such as %.*s "
		    "(clonecheck --explain=generator)",
		    m->clone->file, m->master->file, m->of_generator.count,
		    SLICE_ARG(m->of_generator.first));
	if (kept->count == 0 || !m->differ.releases)
		return;
	here = release_text(m->own.release);
	there = release_text(m->its.release);
	say("%s: it is of %s, and %s of %s: %zu keys that belong to a release "
	    "are not merged, such as %.*s (--release says that both run one)",
	    m->clone->file, here, m->master->file, there, kept->count,
	    SLICE_ARG(kept->first));
	free(here);
	free(there);
}

static enum merge_result
merge_connector(struct merge *m)
{
	const struct merge_options *o = m->options;
	const struct connector_sides sides = { m->clone, m->master, m->base };
	const struct connector_policy policy = {
		.replace_certificate = o->replace_certificate,
		.prefer_master = o->prefer == PREFER_MASTER,
		.prefer_clone = o->prefer == PREFER_CLONE,
	};

	m->connector_result = CONNECTOR_SETTLED;
	if (m->connector)
		m->connector_result =
		    connector_merge(m->edits, &sides, &policy);
	switch (m->connector_result) {
	case CONNECTOR_REFUSED:
		return MERGE_CONFLICT;
	case CONNECTOR_BAD:
		return MERGE_BAD;
	default:
		return MERGE_DONE;
	}
}

/* A KRA with a CA's settings does not start, and has no use for them. */
static int
refuse_subsystem(const struct cfg *clone, const struct cfg *other)
{
	const char *own, *its;

	if (other == NULL)
		return 0;
	own = setting_subsystem_of(clone);
	its = setting_subsystem_of(other);
	if (*own == '\0' || *its == '\0' || strcmp(own, its) == 0)
		return 0;
	return fail("%s: the CS.cfg of a subsystem '%s', and %s is of '%s': "
		    "give the CS.cfg of its own master", clone->file, own,
	    other->file, its);
}

enum merge_result
merge_files(struct edits *edits, const struct cfg *clone,
    const struct cfg *master, const struct cfg *base,
    const struct merge_options *options)
{
	struct merge m = { .clone = clone, .master = master, .base = base,
		.options = options, .edits = edits };
	enum merge_result result;

	m.connector = selects_connector(options, master) ||
	    selects_connector(options, clone) ||
	    selects_connector(options, base);
	if (refuse_subsystem(clone, master) < 0 ||
	    refuse_subsystem(clone, base) < 0 ||
	    refuse_joined(&m, master) < 0 || refuse_joined(&m, clone) < 0)
		return MERGE_BAD;
	result = merge_connector(&m);
	if (result == MERGE_BAD)
		return MERGE_BAD;
	m.own = hostrelease_of(clone, options->release);
	m.its = hostrelease_of(master, options->release);
	m.differ.releases = hostrelease_differ(&m.own, &m.its);
	m.differ.generators = settings_generators_differ(clone, master);
	merge_keys(&m);
	finish_points(&m);
	hold_new_switches(&m);
	hold_old_switches(&m);
	report_kept(&m);
	edits_order_by_key(edits);
	if (result == MERGE_DONE && m.conflicts != 0)
		result = MERGE_CONFLICT;
	return result;
}
