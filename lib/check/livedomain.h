/* SPDX-License-Identifier: MIT */
#ifndef LIVEDOMAIN_H
#define LIVEDOMAIN_H

#include "check/liveset.h"

/*
 * The security domain in the directory of a CA: does it have each CA, at the
 * port and with the flags that go with its CS.cfg [dogtag 8]?  -1: reported.
 */
int livedomain_check(struct liveset *live);

#endif
