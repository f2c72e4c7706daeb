/* SPDX-License-Identifier: MIT */
#include "check/engine.h"

#include <stdlib.h>

/* Those of servers are in servers.c, which only a tool that asks them needs. */
static const struct check *const subjects[] = { check_syntax, check_values,
	check_directory, check_ranges, check_roles, check_connectors,
	check_drift, check_certs, check_spawn, check_pairs, check_release,
	NULL };

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
	struct check_cursor at = { subjects, 0 };
	const struct check *row;
	size_t before = file->found->count;

	if (file->release.cfg == NULL)
		file->release = hostrelease_of(file->cfg, release_any);
	while ((row = check_row(&at)) != NULL)
		if (row->file != NULL)
			row->file(file);
	if (file->found->count > before)
		qsort(file->found->item + before, file->found->count - before,
		    sizeof *file->found->item, compare);
}

void
engine_group(const struct check_group *group)
{
	struct check_cursor at = { subjects, 0 };
	const struct check *row;

	for (size_t i = 0; i < group->count; i++)
		if (group->side[i].release.cfg == NULL)
			group->side[i].release =
			    hostrelease_of(group->side[i].cfg, release_any);
	while ((row = check_row(&at)) != NULL)
		if (row->group != NULL)
			row->group(group);
}

void
engine_plan(const struct plan *plan)
{
	struct check_cursor at = { subjects, 0 };
	const struct check *row;

	if (!plan_has_section(plan))
		return;
	while ((row = check_row(&at)) != NULL)
		if (row->plan != NULL)
			row->plan(plan);
}
