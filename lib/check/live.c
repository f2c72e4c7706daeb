/* SPDX-License-Identifier: MIT */
#include "check/live.h"

#include "check/livecrl.h"
#include "check/livedomain.h"
#include "check/liveplan.h"
#include "check/liveprobe.h"
#include "check/liverepl.h"
#include "check/liveschema.h"
#include "check/liveuser.h"
#include "util/mem.h"

int
live_check(struct liveset *live)
{
	static int (*const checks[])(struct liveset *) = { liverepl_check,
		liveschema_check, livedomain_check, liveuser_check,
		livecrl_check, liveplan_check };

	live->side = mem_zalloc(live->set->count, sizeof *live->side);
	for (size_t i = 0; i < live->set->count; i++) {
		live->side[i].is = &live->set->side[i];
		live->side[i].reached = true;
	}
	if (live->probe)
		liveprobe_check(live);
	if (liveset_open(live) < 0)
		return -1;
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
		if (checks[i](live) < 0)
			return -1;
	return 0;
}
