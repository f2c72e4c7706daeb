/* SPDX-License-Identifier: MIT */
#ifndef SELECT_H
#define SELECT_H

#include "util/str.h"

/*
 * Which keys are meant: a list of prefixes ("ca.connector.KRA.") and of
 * patterns of whole keys (glob.h: those with '*' or '?' in them).
 */

/* Is key meant by one of the NULL-terminated words?  NULL means none. */
bool select_any(char *const *words, struct slice key);

#endif
