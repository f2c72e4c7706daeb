/* SPDX-License-Identifier: MIT */
#ifndef LINTREAD_H
#define LINTREAD_H

#include "check/lintfile.h"

/* Where the two readers of CS.cfg see different things, or would once one of
 * them has written the file [dogtag 1.5]; keys that are there twice. */
void lintread_check(struct lintfile *l);

/* Is it a comment to people that survives rewriting: a key _000, or with a
 * colon before it, as shipped? */
bool lintread_is_comment(struct slice key);

#endif
