/* SPDX-License-Identifier: MIT */
#ifndef CLONE_H
#define CLONE_H

#include "check/cloneset.h"

/*
 * All that is wrong between a master and its clones, as far as their files
 * can tell: findings, check by check.  -1: a file is of no subsystem that has
 * clones; reported.
 */
int clone_check(const struct cloneset *set);

#endif
