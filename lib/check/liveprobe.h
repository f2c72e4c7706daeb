/* SPDX-License-Identifier: MIT */
#ifndef LIVEPROBE_H
#define LIVEPROBE_H

#include "check/liveset.h"

/*
 * Does somebody answer where the files lead: at the Directory Servers, the
 * security domain and the master of a planned clone, at the standard port
 * while cloning [2.7.7]?  Only connections are made.  What does not answer is
 * a finding, and not reached.
 */
void liveprobe_check(struct liveset *live);

#endif
