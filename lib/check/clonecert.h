/* SPDX-License-Identifier: MIT */
#ifndef CLONECERT_H
#define CLONECERT_H

#include "check/cloneset.h"

/*
 * The certificates and keys that a clone shares with its master: the same
 * ones under the same nicknames [dogtag 5, 7.2].  They are those of both
 * databases, as far as they are known, else the copies that CS.cfg had until
 * 11.4.  -1: a file is of no subsystem that has clones; reported.
 */
int clonecert_check(const struct cloneset *set);

#endif
