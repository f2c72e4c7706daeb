/* SPDX-License-Identifier: MIT */
#ifndef LIVESCHEMA_H
#define LIVESCHEMA_H

#include "check/liveset.h"

/*
 * Do the directories know the object classes that the subsystem's entries
 * have, and alike [dogtag 9]?  That of a planned clone is asked when its
 * schema is not to come by pkispawn.  -1: reported.
 */
int liveschema_check(struct liveset *live);

#endif
