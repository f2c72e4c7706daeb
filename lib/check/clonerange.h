/* SPDX-License-Identifier: MIT */
#ifndef CLONERANGE_H
#define CLONERANGE_H

#include "check/clone.h"

/* The ranges of numbers of a master and its clones: each by itself, and all
 * disjoint [dogtag 6.6]. */
void clonerange_check(const struct clone_side *side, size_t count,
    struct findings *found);

#endif
