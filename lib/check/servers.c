/* SPDX-License-Identifier: MIT */
#include "check/engine.h"

static const struct check *const subjects[] = { check_replication,
	check_schema, check_domain, check_certs, check_crl, check_spawn,
	check_reach, NULL };

static void
probe(struct check_servers *servers)
{
	struct check_cursor at = { subjects, 0 };
	const struct check *row;

	while ((row = check_row(&at)) != NULL)
		if (row->probe != NULL)
			row->probe(servers);
}

int
engine_servers(struct check_servers *servers,
    int (*open)(struct check_servers *servers))
{
	struct check_cursor at = { subjects, 0 };
	const struct check *row;

	if (servers->probe)
		probe(servers);
	if (open(servers) < 0)
		return -1;
	while ((row = check_row(&at)) != NULL)
		if (row->servers != NULL && row->servers(servers) < 0)
			return -1;
	return 0;
}
