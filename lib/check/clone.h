/* SPDX-License-Identifier: MIT */
#ifndef CLONE_H
#define CLONE_H

#include "cfg/cfg.h"
#include "check/findings.h"

/*
 * What is wrong between a master and its clones, as far as their files can
 * tell [dogtag 6, 7, 9].  The first side is the master.
 */

struct clone_side {
	const struct cfg *cfg;
	const char *alias; /* its key database's directory, or NULL */
};

/* All that CS.cfg files tell. */
void clone_check(const struct clone_side *side, size_t count,
    struct findings *found);

#endif
