/* SPDX-License-Identifier: MIT */
#ifndef CLONECONN_H
#define CLONECONN_H

#include "check/cloneset.h"

/* The KRA connectors of CAs, which pkispawn gives to one of them only
 * [dogtag 4.2]: the same hosts, in any order; the same certificate. */
void cloneconn_check(const struct cloneset *set);

#endif
