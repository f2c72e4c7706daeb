/* SPDX-License-Identifier: MIT */
#ifndef UTIL_SPELL_H
#define UTIL_SPELL_H

#include "util/str.h"

/*
 * The known word that somebody meant, who mistyped it.
 *
 *	struct spell s;
 *
 *	spell_begin(&s, slice_of("hots"), 0);
 *	for (...)
 *		spell_try(&s, slice_of(known));
 *	if (s.nearest.at != NULL)
 *		...
 *
 * A letter that is wrong, missing or too many counts as one mistake, and so do
 * two neighbours that changed places.  The same word in another case is the
 * nearest there can be.  Of several words that are as near, the first counts.
 */

struct spell {
	struct slice word; /* borrowed */
	struct slice nearest; /* of the words that were tried; at NULL: none */
	size_t mistakes; /* those of nearest; before, one more than allowed */
};

/* Up to one letter in five may be wrong, and one of a shorter word; never more
 * than most, unless that is 0. */
void spell_begin(struct spell *s, struct slice word, size_t most);

/* Returns whether it is the nearest so far. */
bool spell_try(struct spell *s, struct slice known);

#endif
