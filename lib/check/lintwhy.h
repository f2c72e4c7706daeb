/* SPDX-License-Identifier: MIT */
#ifndef LINTWHY_H
#define LINTWHY_H

#include "check/lintcodes.h"

/* Of each code a paragraph: what happens in the server, the fix, and in
 * brackets the source. */
extern const char *const lintwhy[LINT_CODES];

#endif
