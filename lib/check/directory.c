/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <stdlib.h>

#include "cfg/setting.h"
#include "pki/address.h"
#include "util/glob.h"
#include "util/mem.h"

#define MANAGEMENT "dbs.enableSerialManagement"
#define REPLICA "dbs.beginReplicaNumber"

bool
directory_compares(struct slice key)
{
	size_t rows;
	const struct setting *row = setting_table(&rows);

	for (size_t i = 0; i < rows; i++)
		if (row[i].equal.at != NULL && glob_match(row[i].pattern, key))
			return true;
	/* The base DN is what makes a group. */
	return slice_equal(key, slice_of("internaldb.basedn")) ||
	    slice_equal(key, slice_of(MANAGEMENT)) ||
	    slice_equal(key, slice_of(REPLICA));
}

/* By the rows of the table that want it. */
static void
check_equal(const struct check_group *set, const struct cfg *clone)
{
	const struct cfg *master = set->side[0].cfg;
	size_t rows;
	const struct setting *row = setting_table(&rows);

	for (size_t i = 0; i < rows; i++) {
		struct slice here, there;
		char *key;

		if (row[i].equal.at == NULL)
			continue;
		key = mem_dup(row[i].pattern.at, row[i].pattern.size);
		here = setting_value(clone, key);
		there = setting_value(master, key);
		if (!setting_same(master, clone, key))
			findings_add(set->found, check_place(clone, key),
			    arena_copy(&set->found->arena,
				row[i].equal).at,
			    "%s is '%.*s' here and '%.*s' in %s", key,
			    SLICE_ARG(here), SLICE_ARG(there), master->file);
		free(key);
	}
}

/* Of a list of hosts, each is meant. */
static void
check_localhost(const struct check_group *set, const struct cfg *cfg)
{
	struct slice left = cfg_string(cfg, ADDRESS_SERVERS);
	struct endpoint at;

	while (address_server(&at, cfg, &left))
		if (endpoint_is_local(at.host))
			findings_add(set->found,
			    check_place(cfg, ADDRESS_SERVERS),
			    "ds-localhost",
			    "other hosts cannot connect to '%.*s'",
			    SLICE_ARG(at.host));
}

static void
check_shared(const struct check_group *set, size_t i)
{
	const struct cfg *cfg = set->side[i].cfg;

	for (size_t j = 0; j < i; j++)
		if (address_same_server(set->side[j].cfg, cfg))
			findings_add(set->found,
			    check_place(cfg, ADDRESS_SERVERS),
			    "ds-same",
			    "the Directory Server is the same as in %s: "
			    "nothing is replicated, and without that server "
			    "both hosts stop",
			    set->side[j].cfg->file);
}

/* A master alone may be without: the first clone brings it [2.6]. */
static void
check_management(const struct check_group *set, const struct cfg *cfg)
{
	if (set->count < 2 ||
	    (!check_is_type(cfg, "ca") && !check_is_type(cfg, "kra")) ||
	    setting_bool(cfg, MANAGEMENT))
		return;
	findings_add(set->found, check_place(cfg, MANAGEMENT),
	    "serial-management",
	    MANAGEMENT " is not true: when its range is used up, the server "
	    "can give out no number. Fix with the server stopped");
	if (check_is_file(cfg))
		findings_fix(set->found, "cfgset -i %s " MANAGEMENT "=true",
		    findings_word(set->found, cfg->file));
}

static bool
has_replica_ranges(const struct cfg *cfg)
{
	return !check_is_type(cfg, "ocsp") && !check_is_type(cfg, "tks") &&
	       !check_is_type(cfg, "tps");
}

/*
 * Where no ranges of replica IDs are asked for, every clone counts from 1
 * [9]: the first pair gets 1 and 2, and the clone's file then says 3.  The
 * master has its ID by then, so that the next clone takes 1 for itself alone.
 */
static void
check_replica(const struct check_group *set, size_t i)
{
	const struct cfg *cfg = set->side[i].cfg;
	struct slice next = cfg_string(cfg, REPLICA);

	if (i == 0 || has_replica_ranges(cfg) || next.at == NULL)
		return;
	if (slice_equal(next, slice_of("2")))
		findings_add(set->found, check_place(cfg, REPLICA),
		    "replica-id",
		    "the Directory Server of this clone took replica ID 1, "
		    "which the master's has: the others cannot tell their "
		    "changes apart");
	for (size_t j = 1; j < i; j++)
		if (slice_equal(cfg_string(set->side[j].cfg, REPLICA), next))
			findings_add(set->found, check_place(cfg, REPLICA),
			    "replica-id",
			    "the Directory Servers of this clone and of %s "
			    "took the same replica ID: the others cannot "
			    "tell their changes apart",
			    set->side[j].cfg->file);
}

static void
check_directories(const struct check_group *set)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct cfg *cfg = set->side[i].cfg;

		check_localhost(set, cfg);
		check_shared(set, i);
		check_management(set, cfg);
		check_replica(set, i);
		if (i != 0)
			check_equal(set, cfg);
	}
	if (set->planned && set->count > 1 &&
	    !has_replica_ranges(set->side[0].cfg))
		findings_add(set->found,
		    (struct findings_place){ set->side[0].cfg->file, 0 },
		    "replica-again",
		    "the next clone takes replica ID 1 again, which a clone "
		    "has already. Set up replication by hand, and write the "
		    "plan with clonecfg --replicated-ds");
}

const struct check check_directory[] = {
	{ .group = check_directories },
	{ .file = NULL }
};
