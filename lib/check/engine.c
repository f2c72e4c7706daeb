/* SPDX-License-Identifier: MIT */
#include "check/engine.h"

#include <stdlib.h>

static const struct check *const subjects[] = { check_syntax, check_values,
	check_directory, check_ranges, check_roles, check_connectors,
	check_drift, check_replication, check_schema, check_domain, check_certs,
	check_crl, check_spawn, check_reach, check_pairs, check_release, NULL };

static bool
is_row(const struct check *row)
{
	return row->file != NULL || row->group != NULL || row->plan != NULL ||
	    row->probe != NULL || row->servers != NULL;
}

struct cursor {
	size_t subject, row;
};

/* NULL: that was the last one. */
static const struct check *
next_row(struct cursor *at)
{
	while (subjects[at->subject] != NULL) {
		const struct check *row = &subjects[at->subject][at->row];

		at->row++;
		if (is_row(row))
			return row;
		at->subject++;
		at->row = 0;
	}
	return NULL;
}

/* By line; of one line, errors first, and then by code. */
static int
compare(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->place.line != y->place.line)
		return x->place.line < y->place.line ? -1 : 1;
	if (x->is->level != y->is->level)
		return x->is->level > y->is->level ? -1 : 1;
	if (x->is != y->is)
		return strcmp(x->is->code, y->is->code);
	return strcmp(x->text, y->text);
}

void
engine_file(struct check_file *file)
{
	struct cursor at = { 0, 0 };
	const struct check *row;
	size_t before = file->found->count;

	if (file->release.cfg == NULL)
		file->release = hostrelease_of(file->cfg, release_any);
	while ((row = next_row(&at)) != NULL)
		if (row->file != NULL)
			row->file(file);
	if (file->found->count > before)
		qsort(file->found->item + before, file->found->count - before,
		    sizeof *file->found->item, compare);
}

void
engine_group(const struct check_group *group)
{
	struct cursor at = { 0, 0 };
	const struct check *row;

	for (size_t i = 0; i < group->count; i++)
		if (group->side[i].release.cfg == NULL)
			group->side[i].release =
			    hostrelease_of(group->side[i].cfg, release_any);
	while ((row = next_row(&at)) != NULL)
		if (row->group != NULL)
			row->group(group);
}

void
engine_plan(const struct plan *plan)
{
	struct cursor at = { 0, 0 };
	const struct check *row;

	if (!plan_has_section(plan))
		return;
	while ((row = next_row(&at)) != NULL)
		if (row->plan != NULL)
			row->plan(plan);
}

static void
probe(struct check_servers *servers)
{
	struct cursor at = { 0, 0 };
	const struct check *row;

	while ((row = next_row(&at)) != NULL)
		if (row->probe != NULL)
			row->probe(servers);
}

int
engine_servers(struct check_servers *servers,
    int (*open)(struct check_servers *servers))
{
	struct cursor at = { 0, 0 };
	const struct check *row;

	if (servers->probe)
		probe(servers);
	if (open(servers) < 0)
		return -1;
	while ((row = next_row(&at)) != NULL)
		if (row->servers != NULL && row->servers(servers) < 0)
			return -1;
	return 0;
}
