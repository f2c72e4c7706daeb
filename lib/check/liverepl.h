/* SPDX-License-Identifier: MIT */
#ifndef LIVEREPL_H
#define LIVEREPL_H

#include "check/liveset.h"

/*
 * Replication between the directories: topology.h's checks, and is it secured
 * as the subsystem's own connection is [2.7.7]?  -1: reported.
 */
int liverepl_check(struct liveset *live);

#endif
