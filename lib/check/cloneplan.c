/* SPDX-License-Identifier: MIT */
#include "check/cloneplan.h"

#include "check/plands.h"
#include "check/plankeys.h"
#include "check/planmaster.h"

void
cloneplan_check(const struct cloneset *set, const struct plan *p)
{
	if (!spawn_has_section(p->file, p->section)) {
		findings_add(p->found, plan_at(p, 0),
		    "plan-subsystem", "no section [%s]", p->section);
		return;
	}
	planmaster_check(p);
	plands_check(p, set);
	plankeys_check(p);
}
