/* SPDX-License-Identifier: MIT */
#ifndef CLONELEFT_H
#define CLONELEFT_H

#include "check/cloneset.h"

/*
 * What pkispawn did not carry over from the master, or changed since: a
 * finding for each family of keys (ca.publish, profile, log, ...), with the
 * command that carries it [dogtag 2.6].
 */
void cloneleft_check(const struct cloneset *set);

#endif
