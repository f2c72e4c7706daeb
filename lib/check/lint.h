/* SPDX-License-Identifier: MIT */
#ifndef LINT_H
#define LINT_H

#include "check/lintfile.h"

/*
 * All that is known to be wrong with a CS.cfg before the server says so:
 * findings, by line.
 *
 *	struct lintfile l = { .cfg = cfg, .rules = rules, .found = &found,
 *		.now = time(NULL) };
 *
 *	lint_check(&l);
 */
void lint_check(struct lintfile *l);

#endif
