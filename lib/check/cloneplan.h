/* SPDX-License-Identifier: MIT */
#ifndef CLONEPLAN_H
#define CLONEPLAN_H

#include "check/plan.h"

/*
 * A clone that is not there yet: does the override file that pkispawn is to
 * make it by go with its master [dogtag 7]?
 */

struct cloneplan {
	struct spawnfile *file;
	const char *port; /* the master's secure one; NULL: not known */
	const struct tags *tags; /* the master's */
};

void cloneplan_check(const struct cloneset *set, const struct cloneplan *plan);

#endif
