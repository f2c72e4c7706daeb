/* SPDX-License-Identifier: MIT */
#ifndef LIVEPLAN_H
#define LIVEPLAN_H

#include "check/liveset.h"

/*
 * The suffix on the Directory Server of a planned clone: it must not be there
 * where pkispawn is to make it, and must be there, and the master's, where
 * replication was set up by hand [dogtag 7.1].  -1: reported.
 */
int liveplan_check(struct liveset *live);

#endif
