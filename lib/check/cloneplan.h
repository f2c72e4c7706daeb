/* SPDX-License-Identifier: MIT */
#ifndef CLONEPLAN_H
#define CLONEPLAN_H

#include "check/plan.h"

/*
 * A clone that is not there yet: does the override file that pkispawn is to
 * make it by go with its master [dogtag 7]?
 */

void cloneplan_check(const struct cloneset *set, const struct plan *plan);

#endif
