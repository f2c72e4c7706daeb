/* SPDX-License-Identifier: MIT */
#ifndef CLONEDB_H
#define CLONEDB_H

#include "check/cloneset.h"

/*
 * What all of one set have in common, and what each has to have of its own:
 * subsystem, security domain, Directory Server, replica ID [dogtag 7.2, 9].
 */
void clonedb_check(const struct cloneset *set);

/* Does clonedb_check() compare this key? */
bool clonedb_compares(struct slice key);

#endif
