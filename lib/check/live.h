/* SPDX-License-Identifier: MIT */
#ifndef LIVE_H
#define LIVE_H

#include "check/liveset.h"

/*
 * All that is wrong between a master and its clones, as their Directory
 * Servers and the network tell.
 *
 *	struct liveset live = { .set = &set, .subsystem = "ca",
 *		.options = &ldap, .probe = true, .found = set.found };
 *
 *	if (live_check(&live) < 0)
 *		status = STATUS_ERROR;
 *	findings_print(live.found, json);
 *	liveset_release(&live);	after the findings, which borrow from it
 *
 * -1: a directory cannot be read; reported.
 */
int live_check(struct liveset *live);

#endif
