/* SPDX-License-Identifier: MIT */
#ifndef LINTCONN_H
#define LINTCONN_H

#include "check/lintfile.h"

/* The CA's connector to its KRA: is it whole, can it be read, is its
 * transport certificate good [dogtag 4]. */
void lintconn_check(struct lintfile *l);

#endif
