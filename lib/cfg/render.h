/* SPDX-License-Identifier: MIT */
#ifndef CFG_RENDER_H
#define CFG_RENDER_H

#include "cfg/edits.h"

/*
 * From edits to the file that they make.
 *
 * The edits must be of cfg itself: made for it by edits_set() and
 * edits_delete(), or matched with it by apply_script().
 */

/*
 * Put edits of lines that are there into the file's order, so that -R can put
 * back one behind the other; those that add then follow, as they stand.
 *
 * Note with each line that goes where it was and how it ended, where that is
 * not what cfgpatch -R would do by itself: so reversing gives the same bytes.
 */
void render_note_places(struct edits *edits, const struct cfg *cfg);

/*
 * The file with the edits made; *text, with a NUL after its *size bytes, is
 * the caller's to free.  -1: a line that would join the next one to it does
 * not come to stand last; *bad is its number among the edits.
 */
int render_text(const struct edits *edits, const struct cfg *cfg, char **text,
    size_t *size, size_t *bad);

#endif
