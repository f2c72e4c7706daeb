/* SPDX-License-Identifier: MIT */
#ifndef LINTROLE_H
#define LINTROLE_H

#include "check/lintfile.h"

/* Who makes CRLs: keys that do not go together, issuing points that are not
 * whole [dogtag 2.2, 2.3]. */
void lintrole_check(struct lintfile *l);

#endif
