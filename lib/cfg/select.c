/* SPDX-License-Identifier: MIT */
#include "cfg/select.h"

#include "util/glob.h"

bool
select_any(char *const *words, struct slice key)
{
	for (; words != NULL && *words != NULL; words++) {
		struct slice word = slice_of(*words);

		if (glob_is_pattern(word) ? glob_match(word, key) :
					    slice_starts(key, word))
			return true;
	}
	return false;
}
