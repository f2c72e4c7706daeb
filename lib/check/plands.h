/* SPDX-License-Identifier: MIT */
#ifndef PLANDS_H
#define PLANDS_H

#include "check/plan.h"

/* The Directory Server of a planned clone: its own, of the master's suffix,
 * connected alike [dogtag 7.2]. */
void plands_check(const struct plan *plan, const struct cloneset *set);

#endif
