/* SPDX-License-Identifier: MIT */
#include "check/liveset.h"

#include <stdlib.h>

#include "util/endpoint.h"
#include "util/mem.h"

/* The password of one server is never sent to another: a server that no
 * CS.cfg tells of is read only when it was said as whom. */
static int
open_planned(struct liveset *live)
{
	const struct ldapopt *o = live->options;
	struct ldapopt options = *o;
	const struct endpoint at = { slice_of(live->ds.host),
		slice_of(live->ds.port) };
	char *url;
	int status;

	if (o->bind_dn == NULL && o->mechanism == NULL) {
		findings_add(live->found, plan_at(live->plan, live->ds.line),
		    "plan-ds-not-read",
		    "not looked into: --bind-dn says as whom");
		return 0;
	}
	url = endpoint_url(live->ds.secure ? "ldaps" : "ldap", &at);
	options.base = (char *)live->side[0].dir.base;
	status = csdir_open(&live->planned, url, NULL, &options);
	free(url);
	return status;
}

int
liveset_open(struct liveset *live)
{
	for (size_t i = 0; i < live->set->count; i++) {
		struct liveset_side *side = &live->side[i];

		if (side->reached &&
		    csdir_open_cfg(&side->dir, side->is->cfg, live->options) <
			0)
			return -1;
	}
	if (live->ds.host == NULL || live->ds.port == NULL ||
	    live->side[0].dir.source == NULL)
		return 0;
	return open_planned(live);
}

void
liveset_release(struct liveset *live)
{
	for (size_t i = 0; live->side != NULL && i < live->set->count; i++)
		csdir_close(&live->side[i].dir);
	csdir_close(&live->planned);
	plan_ds_release(&live->ds);
	replicas_release(&live->replicas);
	free(live->ranges.at);
	arena_release(&live->ranges.arena);
	free(live->side);
	live->side = NULL;
}

int
liveset_search(struct csdir *dir, const struct source_query *query,
    int (*take)(void *arg, const struct entry *entry), void *arg)
{
	struct entry entry;
	int more;

	if (source_search(dir->source, query) < 0)
		return -1;
	while ((more = source_next(dir->source, &entry)) > 0)
		if (take(arg, &entry) < 0)
			return -1;
	return more;
}
