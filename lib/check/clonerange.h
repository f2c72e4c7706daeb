/* SPDX-License-Identifier: MIT */
#ifndef CLONERANGE_H
#define CLONERANGE_H

#include "check/cloneset.h"

/* The ranges of numbers of a master and its clones: each by itself, all
 * disjoint, of one radix, and enough left for a clone [dogtag 6]. */
void clonerange_check(const struct cloneset *set);

#endif
