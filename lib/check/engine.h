/* SPDX-License-Identifier: MIT */
#ifndef CHECK_ENGINE_H
#define CHECK_ENGINE_H

#include "check/check.h"

/*
 * Runs the checks of all subjects, in a fixed order.  Findings are added; what
 * cannot be read is reported.
 */

/* One CS.cfg by itself; what is found is in the order of its lines. */
void engine_file(struct check_file *file);

/* The hosts of a subsystem, as far as their files tell. */
void engine_group(const struct check_group *group);

/* The override file for pkispawn of a clone that does not exist yet. */
void engine_plan(const struct plan *plan);

/*
 * Connections, with servers->probe; then servers->side is opened by open(),
 * which returns 0, or -1 having reported why, and the directories are checked.
 * Returns 0, or -1: a directory cannot be read, reported.
 */
int engine_servers(struct check_servers *servers,
    int (*open)(struct check_servers *servers));

#endif
