/* SPDX-License-Identifier: MIT */
#include "check/cloneplan.h"

#include <ctype.h>

#include "check/plands.h"
#include "check/plankeys.h"
#include "check/planmaster.h"

void
cloneplan_check(const struct cloneset *set, const struct cloneplan *plan)
{
	struct plan p = { .file = plan->file,
		.master = set->side[0].cfg,
		.tags = plan->tags,
		.port = plan->port,
		.found = set->found };

	for (size_t i = 0;
	     p.tags->subsystem[i] != '\0' && i + 1 < sizeof p.section; i++)
		p.section[i] =
		    (char)toupper((unsigned char)p.tags->subsystem[i]);
	if (!spawnfile_has_section(p.file, p.section)) {
		findings_add(p.found, plan_at(&p, 0), FINDINGS_ERROR,
		    "plan-subsystem", "no section [%s]", p.section);
		return;
	}
	planmaster_check(&p);
	plands_check(&p, set);
	plankeys_check(&p);
}
