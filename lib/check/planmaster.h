/* SPDX-License-Identifier: MIT */
#ifndef PLANMASTER_H
#define PLANMASTER_H

#include "check/plan.h"

/* Is a clone asked for, with all that it needs, of this very master
 * [dogtag 7.1, 7.2]? */
void planmaster_check(const struct plan *plan);

#endif
