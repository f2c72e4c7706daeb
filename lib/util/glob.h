/* SPDX-License-Identifier: MIT */
#ifndef UTIL_GLOB_H
#define UTIL_GLOB_H

#include <stdbool.h>

#include "util/str.h"

/*
 * Patterns of keys, whose components are parted by dots:
 *
 *	?	one character, but no dot
 *	*	any number of characters, but no dot
 *	**	any number of characters, dots too
 *	#	one digit
 *
 * Everything else stands for itself, case and all.
 */
bool glob_match(struct slice pattern, struct slice key);

/* The same, with ASCII letters of either case alike. */
bool glob_match_any_case(struct slice pattern, struct slice key);

/* Has the text a character with a meaning of its own to glob_match()? */
bool glob_is_pattern(struct slice text);

#endif
