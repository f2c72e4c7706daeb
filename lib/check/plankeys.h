/* SPDX-License-Identifier: MIT */
#ifndef PLANKEYS_H
#define PLANKEYS_H

#include "check/plan.h"

/* The numbers and keys of a planned clone: made and named as the master's
 * [dogtag 5.3, 7.2]. */
void plankeys_check(const struct plan *plan);

#endif
