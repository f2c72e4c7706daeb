/* SPDX-License-Identifier: MIT */
#ifndef CFG_SCRIPT_H
#define CFG_SCRIPT_H

#include <stdio.h>

#include "cfg/edits.h"
#include "cfg/setting.h"

/*
 * The text form of edits, clonekit-edits(1):
 *
 *	# clonekit edits 1
 *	-ca.certStatusUpdateInterval=600
 *	+ca.certStatusUpdateInterval=0
 *	.
 *
 *	script = header { "#" comment } { [place] run } "." LF
 *	run    = sign physical-line { mark } ...	one logical line
 *	       | "*" key				a secret; not shown
 *	place  = " " ( "^" | key ) [ TAB lines-below ]
 *	mark   = "\"		the line had no line end
 *	       | "\n" | "\r"	it ended in LF, or CR, unlike its neighbour
 *	       | "\^n" | "\^r" | "\^rn"	so ended the line above it
 *	       | "\_n"		so ended the line below it
 */

#define SCRIPT_HEADER "# clonekit edits 1"

/*
 * Read a script.  text, from malloc, is the edits' own from now on.  -1: it
 * is not whole, or has a line that is none of the above; reported with file
 * and line; edits then hold nothing.
 */
int script_parse(struct edits *edits, const char *file, char *text,
    size_t size);

/* With rules, an edit of a secret is one line, "*KEY". */
void script_print(const struct edits *edits, FILE *stream,
    const struct settings *rules);

/* The same as a new string, with NUL after its end. */
struct slice script_text(const struct edits *edits,
    const struct settings *rules);

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
