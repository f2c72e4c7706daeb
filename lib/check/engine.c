/* SPDX-License-Identifier: MIT */
#include "check/engine.h"

#include <stdlib.h>

static const struct check *const subjects[] = { check_syntax, check_values,
	check_directory, check_ranges, check_roles, check_connectors,
	check_drift, check_replication, check_schema, check_domain, check_certs,
	check_crl, check_spawn, check_reach };

static bool
is_row(const struct check *row)
{
	return row->file != NULL || row->group != NULL || row->plan != NULL ||
	    row->probe != NULL || row->servers != NULL;
}

/* The next row; NULL: that was the last.  *subject is 0 at first. */
static const struct check *
next_row(const struct check *row, size_t *subject)
{
	row = row == NULL ? subjects[0] : row + 1;
	while (!is_row(row)) {
		if (++*subject == sizeof subjects / sizeof *subjects)
			return NULL;
		row = subjects[*subject];
	}
	return row;
}

#define EACH_ROW(row)                                                          \
	size_t subject = 0;                                                    \
	for (const struct check *row = next_row(NULL, &subject); row != NULL;  \
	     row = next_row(row, &subject))

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
	size_t before = file->found->count;

	EACH_ROW (row)
		if (row->file != NULL)
			row->file(file);
	if (file->found->count > before)
		qsort(file->found->item + before, file->found->count - before,
		    sizeof *file->found->item, compare);
}

void
engine_group(const struct check_group *group)
{
	EACH_ROW (row)
		if (row->group != NULL)
			row->group(group);
}

void
engine_plan(const struct plan *plan)
{
	if (!spawn_has_section(plan->file, plan->section)) {
		findings_add(plan->found, plan_at(plan, 0), "plan-subsystem",
		    "no section [%s]", plan->section);
		return;
	}
	EACH_ROW (row)
		if (row->plan != NULL)
			row->plan(plan);
}

static void
probe(struct check_servers *servers)
{
	EACH_ROW (row)
		if (row->probe != NULL)
			row->probe(servers);
}

int
engine_servers(struct check_servers *servers,
    int (*open)(struct check_servers *servers))
{
	if (servers->probe)
		probe(servers);
	if (open(servers) < 0)
		return -1;
	EACH_ROW (row)
		if (row->servers != NULL && row->servers(servers) < 0)
			return -1;
	return 0;
}
