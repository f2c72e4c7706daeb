/* SPDX-License-Identifier: MIT */
#ifndef LINTVALUE_H
#define LINTVALUE_H

#include "check/lintfile.h"

/* Values that the server cannot read as what they should be [dogtag 1.2],
 * keys that no server reads, passwords; key by key. */
void lintvalue_check(struct lintfile *l);

#endif
