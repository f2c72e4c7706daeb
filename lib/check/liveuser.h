/* SPDX-License-Identifier: MIT */
#ifndef LIVEUSER_H
#define LIVEUSER_H

#include "check/liveset.h"

/*
 * The user as whom the server may bind, uid=pkidbuser: does its entry have the
 * subsystem's certificate, and name it?  After a renewal it must be told, or
 * the server, where it binds by its certificate, does not start.  -1:
 * reported.
 */
int liveuser_check(struct liveset *live);

#endif
