/* SPDX-License-Identifier: MIT */
#ifndef ROLEADVICE_H
#define ROLEADVICE_H

#include "cfg/cfg.h"

/*
 * Say on stderr what a new CRL master still needs, which the manual forgets
 * [dogtag 14.5]: publishing, algorithms that fit its key, and in which order
 * to start.  from is the old master, or NULL.
 */
void roleadvice_master(const struct cfg *cfg, const struct cfg *from);

#endif
