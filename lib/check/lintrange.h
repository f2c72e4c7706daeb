/* SPDX-License-Identifier: MIT */
#ifndef LINTRANGE_H
#define LINTRANGE_H

#include "check/lintfile.h"

/* The numbers that a server hands out: each in its radix, by generator;
 * ranges in order; enough of them for a clone [dogtag 6]. */
void lintrange_check(struct lintfile *l);

#endif
