/* SPDX-License-Identifier: MIT */
#ifndef LINTFILE_H
#define LINTFILE_H

#include "cfg/cfg.h"
#include "cfg/edits.h"
#include "cfg/setting.h"
#include "check/findings.h"
#include "nss/nssopen.h"

/* One CS.cfg under lint: what all of its checks have in common. */

struct lintfile {
	const struct cfg *cfg;
	const struct settings *rules;
	const struct nsscerts *database; /* NULL: none is given */
	int64_t now;			 /* seconds since 1970 */
	struct findings *found;
	struct edits *edits; /* what --fix makes; NULL: not asked for */
};

/* What is found at line (NULL: the file), as "KEY: BRIEF: details"; with fmt
 * NULL there are no details. */
void lint_at(struct lintfile *l, const struct cfg_line *line, const char *code,
    const char *fmt, ...) PRINTF_LIKE(4, 5);

/* The same at the live line of key; at the file when there is none. */
void lint_key(struct lintfile *l, const char *key, const char *code,
    const char *fmt, ...) PRINTF_LIKE(4, 5);

/* The one safe fix of line: another value; or (value.at NULL) no such key. */
void lint_fix(struct lintfile *l, const struct cfg_line *line,
    struct slice value);

/* A value to be shown in quotes: cut, and no secret.  Lives as long as the
 * findings. */
const char *lint_shown(struct lintfile *l, const struct cfg_line *line);

/* The live line of a key put together as by printf; NULL: none. */
const struct cfg_line *lint_find(const struct lintfile *l, const char *fmt,
    ...) PRINTF_LIKE(2, 3);

#endif
