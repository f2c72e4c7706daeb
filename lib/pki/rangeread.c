/* SPDX-License-Identifier: MIT */
#include "pki/rangeread.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "pki/instance.h"
#include "pki/locate.h"
#include "util/diag.h"
#include "util/path.h"

static bool
is_cfg(const char *operand)
{
	if (strcmp(operand, "-") == 0 || source_is_url(operand))
		return false;
	return path_is_directory(operand) || csdir_is_cfg(operand);
}

/* Standard input, a pipe: what has been read is gone. */
static bool
is_gone(const char *operand)
{
	struct stat st;

	return !source_is_url(operand) &&
	       (strcmp(operand, "-") == 0 ||
		   path_stat_named(operand, &st) < 0 ||
		   (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)));
}

static int
read_cfg(struct rangeread *r, const char *operand)
{
	char *located = locate_cfg(operand, r->asked->subsystem);
	const size_t cfgs = r->all->cfgs;
	const char *file = NULL;
	struct cfg *cfg = NULL;
	bool keep = false;
	struct stat st;
	int status = -1, pid;

	/* A CS.cfg that is kept has its name there. */
	if (located != NULL)
		file = arena_copy(&r->all->arena, slice_of(located)).at;
	free(located);
	if (file != NULL)
		cfg = cfg_read(file);
	if (cfg != NULL)
		status = ranges_add_cfg(r->all, cfg);
	if (file != NULL && path_stat_named(file, &st) == 0)
		r->live |= instance_state(&st, &pid) == INSTANCE_RUNS;
	if (status == 0 && r->take->cfg != NULL)
		status = r->take->cfg(
		    r->arg, cfg, operand, r->all->cfgs != cfgs, &keep);
	if (!keep)
		cfg_free(cfg);
	return status;
}

/* How many entries there were, and how many of them were of use. */
struct count {
	size_t all, useful;
};

static int
search(struct rangeread *r, struct source *source,
    const struct source_query *query, struct count *count)
{
	struct entry entry;
	int more;

	if (source_search(source, query) < 0)
		return -1;
	while ((more = source_next(source, &entry)) > 0) {
		const size_t first = r->all->count;
		int taken = ranges_add_entry(r->all, &entry, r->sources);

		if (taken < 0 ||
		    (r->take->entry != NULL &&
			r->take->entry(r->arg, &entry, r->sources, first) < 0))
			return -1;
		count->all++;
		count->useful += (size_t)taken;
	}
	return more;
}

/* A file has everything at once; a server is asked for replicas, too. */
static int
search_all(struct rangeread *r, struct source *source, struct count *count)
{
	const struct source_query ranges = {
		.filter = r->asked->used ? ranges_filter_all : ranges_filter,
		.attributes = ranges_attributes,
	};
	const struct source_query replicas = {
		.base = RANGES_CONFIG,
		.filter = "(objectClass=nsDS5Replica)",
		.attributes = ranges_attributes,
		.absent_is_empty = true,
	};

	if (search(r, source, &ranges, count) < 0)
		return -1;
	return source_is_server(source) ? search(r, source, &replicas, count)
					: 0;
}

/* Where hosts of several CAs have one base DN, its entries say by the hosts
 * that they name whose the directory is. */
static int
find_issuer(struct rangeread *r, const char *operand)
{
	const struct source_query query = { .filter = ranges_filter,
		.attributes = ranges_attributes };
	struct entry entry;
	struct csdir dir;
	int more;

	r->all->issuer = NULL;
	if (!ranges_has_namesakes(r->all) || is_gone(operand))
		return 0;
	if (csdir_open(&dir, operand, r->asked->subsystem, r->ldap) < 0)
		return -1;
	more = source_search(dir.source, &query);
	while (more == 0 && r->all->issuer == NULL &&
	       (more = source_next(dir.source, &entry)) > 0) {
		r->all->issuer = ranges_issuer_of_entry(r->all, &entry);
		more = 0;
	}
	csdir_close(&dir);
	return more < 0 ? -1 : 0;
}

static int
read_directory(struct rangeread *r, const char *operand)
{
	struct count count = { 0 };
	struct csdir dir;
	int status;

	if (find_issuer(r, operand) < 0 ||
	    csdir_open(&dir, operand, r->asked->subsystem, r->ldap) < 0)
		return -1;
	r->sources++;
	r->live |= source_is_server(dir.source);
	status = search_all(r, dir.source, &count);
	if (status == 0 && r->take->directory != NULL)
		status = r->take->directory(
		    r->arg, &dir, operand, r->sources, count.all, count.useful);
	csdir_close(&dir);
	return status;
}

int
rangeread_all(struct rangeread *r, const char **operands)
{
	int status = 0;

	r->sources = 0;
	for (const char **o = operands; *o != NULL && status == 0; o++)
		if (is_cfg(*o))
			status = read_cfg(r, *o);
	for (const char **o = operands; *o != NULL && status == 0; o++) {
		r->once |= is_gone(*o);
		if (r->asked->ds || !is_cfg(*o))
			status = read_directory(r, *o);
	}
	return status;
}
