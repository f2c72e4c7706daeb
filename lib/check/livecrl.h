/* SPDX-License-Identifier: MIT */
#ifndef LIVECRL_H
#define LIVECRL_H

#include "check/liveset.h"

/*
 * Does the last CRL of the CA that makes them have what its directory says is
 * revoked?  It may not, though nobody was promoted: an ordinary restart while
 * somebody revokes on a clone is enough [crl 4d].  0, or -1: reported.
 */
int livecrl_check(struct liveset *live);

#endif
