/* SPDX-License-Identifier: MIT */
#ifndef LINTINSTALL_H
#define LINTINSTALL_H

#include "check/lintfile.h"

/* What an installation left, and what else of the instance is amiss: its
 * host, directory, OCSP store, jobs [dogtag 2.4, 2.7, 9]. */
void lintinstall_check(struct lintfile *l);

#endif
