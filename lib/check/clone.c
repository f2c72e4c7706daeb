/* SPDX-License-Identifier: MIT */
#include "check/clone.h"

#include "check/clonecert.h"
#include "check/cloneconn.h"
#include "check/clonedb.h"
#include "check/cloneleft.h"
#include "check/clonepub.h"
#include "check/clonerange.h"
#include "check/clonerole.h"

int
clone_check(const struct cloneset *set)
{
	static void (*const checks[])(
	    const struct cloneset *) = { clonedb_check, clonerange_check,
		clonerole_check, clonepub_check, cloneconn_check,
		cloneleft_check };

	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
		checks[i](set);
	return clonecert_check(set);
}
