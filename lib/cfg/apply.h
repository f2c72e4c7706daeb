/* SPDX-License-Identifier: MIT */
#ifndef APPLY_H
#define APPLY_H

#include "cfg/edits.h"
#include "cfg/setting.h"

/*
 * Match a script with a file: which of its edits are to be made, which are
 * in place already, and which found something else than they expect.
 *
 * On 0, made holds the edits to make, for render.h: the script's, with the
 * file's own bytes in its "-" lines, less those in place.  On 1, some did not
 * match: each was reported, by file and line, and made is of no use.  On -1
 * the script is at odds with itself; reported.  script_file is its name.
 */
int apply_script(const struct cfg *cfg, const struct edits *script,
    const char *script_file, const struct settings *rules, struct edits *made);

#endif
