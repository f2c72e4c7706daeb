/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <stdlib.h>

#include "cfg/diff.h"
#include "pki/connector.h"
#include "util/mem.h"

struct family {
	struct slice name; /* "ca.publish" */
	struct slice first; /* of its keys, in the server's order */
	size_t keys;
};

struct families {
	struct family *item;
	size_t count, room;
};

/* The first word of a key; or two, where that is a subsystem's name. */
static struct slice
family_of(struct slice key)
{
	size_t from = 0;
	const char *dot;

	for (size_t i = 0; i < SETTING_SUBSYSTEMS; i++) {
		struct slice name = slice_of(setting_subsystem[i]);

		if (key.size > name.size && slice_starts(key, name) &&
		    key.at[name.size] == '.')
			from = name.size + 1;
	}
	dot = memchr(key.at + from, '.', key.size - from);
	return (struct slice){ key.at,
		dot != NULL ? (size_t)(dot - key.at) : key.size };
}

static void
count_key(struct families *f, struct slice key)
{
	struct slice name = family_of(key);
	struct family *family = NULL;

	for (size_t i = 0; i < f->count; i++)
		if (slice_equal(f->item[i].name, name))
			family = &f->item[i];
	if (family == NULL) {
		MEM_GROW(f->item, f->count, f->room);
		family = &f->item[f->count++];
		*family = (struct family){ name, key, 0 };
	}
	if (cfg_compare_keys(key, family->first) < 0)
		family->first = key;
	family->keys++;
}

/* Others are looked at by other checks. */
static bool
is_left(struct slice key)
{
	return !directory_compares(key) && !connector_is_setting(key);
}

/* Keys that the edits add or change; or those that they only take away. */
static void
count_keys(struct families *f, const struct edits *edits, bool taken)
{
	for (size_t i = 0; i < edits->count; i++) {
		const struct edit_line *line = &edits->line[i];
		struct slice key = cfg_key(&line->line);
		bool last = i + 1 == edits->count ||
		    !slice_equal(cfg_key(&edits->line[i + 1].line), key);

		if (last && is_left(key) &&
		    (line->sign == EDIT_DELETE) == taken)
			count_key(f, key);
	}
}

static void
leave_out(struct families *f, struct slice name)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->count; i++)
		if (!slice_equal(f->item[i].name, name))
			f->item[kept++] = f->item[i];
	f->count = kept;
}

static struct findings_place
place_of(const struct cfg *cfg, struct slice key)
{
	const struct cfg_line *line = cfg_find(cfg, key);

	return (struct findings_place){ cfg->file,
		line != NULL ? cfg_number(cfg, line) : 0 };
}

/* Issuing points and publishers are of no use to a clone until it makes
 * CRLs. */
static bool
can_wait(const struct family *family, const struct cfg *clone)
{
	return (slice_equal(family->name, slice_of("ca.publish")) ||
		   slice_equal(family->name, slice_of("ca.crl"))) &&
	       !roles_makes_crls(clone);
}

static void
mend(const struct check_group *set, const struct cfg *clone,
    const struct family *family)
{
	char *option =
	    slice_equal(family->name, slice_of("ca.crl"))
		? mem_dup("--crl", 5)
		: mem_printf("-p %.*s%s", SLICE_ARG(family->name),
		      family->first.size > family->name.size ? "." : "");

	check_fix_by_merge(set, clone, option);
	free(option);
}

static void
report(const struct check_group *set, const struct cfg *clone,
    const struct family *family)
{
	const struct cfg *master = set->side[0].cfg;
	struct findings_place place = place_of(clone, family->first);

	if (can_wait(family, clone))
		findings_add(set->found, place,
		    "not-carried-crl",
		    "%zu keys of %.*s differ from %s, such as %.*s. No effect "
		    "while this CA makes no CRLs. Fix before it is promoted",
		    family->keys, SLICE_ARG(family->name), master->file,
		    SLICE_ARG(family->first));
	else
		findings_add(set->found, place, "not-carried",
		    "%zu keys of %.*s differ from %s, such as %.*s. Fix with "
		    "the server stopped",
		    family->keys, SLICE_ARG(family->name), master->file,
		    SLICE_ARG(family->first));
	mend(set, clone, family);
}

/* What the clone has and the master has not. */
static void
report_own(const struct check_group *set, const struct cfg *clone,
    const struct family *family)
{
	const struct cfg *master = set->side[0].cfg;
	const struct findings_place place = place_of(clone, family->first);

	if (slice_equal(family->name, slice_of("ca.publish")) &&
	    can_wait(family, clone))
		findings_add(set->found, place, "publisher-unused",
		    "this CA has %zu keys of ca.publish that %s lacks, such "
		    "as %.*s. They have no effect while this CA makes no "
		    "CRLs (enableCRLUpdates=false)",
		    family->keys, master->file, SLICE_ARG(family->first));
	else
		findings_add(set->found, place, "clone-only",
		    "%zu keys of %.*s are absent from %s, such as %.*s",
		    family->keys, SLICE_ARG(family->name), master->file,
		    SLICE_ARG(family->first));
}

/* Switches that would come without the key that they are nothing without. */
static void
leave_pairs_out(
    const struct check_group *set, const struct cfg *clone, struct edits *edits)
{
	for (size_t i = 0; i < edits->count;) {
		const struct edit_line *e = &edits->line[i];

		if (e->sign == EDIT_ADD &&
		    pairs_report(set, clone, edits, &e->line)) {
			edits_forget(edits, cfg_key(&e->line));
			i = 0;
		} else {
			i++;
		}
	}
}

/* What is of a release is not compared. */
static void
report_releases(const struct check_group *set, const struct check_host *host,
    const struct diff_left_out *left_out)
{
	const struct check_host *master = &set->side[0];
	const size_t keys = left_out->by_class[SETTING_RELEASE] +
			    left_out->by_class[SETTING_UPGRADE];
	char *here, *there;

	if (keys == 0)
		return;
	here = release_text(host->release.release);
	there = release_text(master->release.release);
	findings_add(set->found, check_place(host->cfg, "cms.product.version"),
	    "release",
	    "this file belongs to %s, and %s to %s: %zu keys that belong to "
	    "a release were not compared",
	    here, master->cfg->file, there, keys);
	free(here);
	free(there);
}

static void
check_one(const struct check_group *set, const struct check_host *host)
{
	const struct cfg *master = set->side[0].cfg, *clone = host->cfg;
	const struct diff_options options = { .rules = set->rules,
		.differ = { hostrelease_differ(
				&set->side[0].release, &host->release),
		    settings_generators_differ(master, clone) },
		.semantic = true };
	struct families left = { 0 }, own = { 0 };
	struct diff_left_out left_out = { 0 };
	struct edits edits = { 0 };

	diff_files(&edits, clone, master, &options, &left_out);
	if (options.differ.releases)
		report_releases(set, host, &left_out);
	leave_pairs_out(set, clone, &edits);
	count_keys(&left, &edits, false);
	count_keys(&own, &edits, true);
	if (connectors_report_publisher(set, master, clone)) {
		leave_out(&left, slice_of("ca.publish"));
		leave_out(&own, slice_of("ca.publish"));
	}
	for (size_t i = 0; i < left.count; i++)
		report(set, clone, &left.item[i]);
	for (size_t i = 0; i < own.count; i++)
		report_own(set, clone, &own.item[i]);
	edits_release(&edits);
	free(left.item);
	free(own.item);
}

static void
check_drifts(const struct check_group *set)
{
	for (size_t i = 1; i < set->count; i++)
		check_one(set, &set->side[i]);
}

const struct check check_drift[] = {
	{ .group = check_drifts },
	{ .file = NULL }
};
