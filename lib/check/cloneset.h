/* SPDX-License-Identifier: MIT */
#ifndef CLONESET_H
#define CLONESET_H

#include "cfg/cfg.h"
#include "cfg/setting.h"
#include "check/findings.h"
#include "pki/keydb.h"

/*
 * A master and its clones, as they are compared [dogtag 6, 7, 9].  clone.h
 * has all the checks.
 */

struct cloneset_side {
	const struct cfg *cfg;
	const struct keydb *shelf; /* its certificates; NULL: not known */
};

struct cloneset {
	const struct cloneset_side *side; /* the master first */
	size_t count;
	const struct settings *rules;
	bool planned; /* one more clone is to be made of the master */
	struct findings *found;
};

/* Where key stands in cfg; the file as a whole, if it does not. */
struct findings_place cloneset_place(const struct cfg *cfg, const char *key);

/* Is it the CS.cfg of a subsystem of this type: "ca", "kra", ...? */
bool cloneset_is(const struct cfg *cfg, const char *type);

/* Is it a file, so that commands can be told that change it? */
bool cloneset_is_file(const struct cfg *cfg);

/* The last finding is mended by a cfgmerge from the master to clone of what
 * these options say. */
void cloneset_fix_by_merge(
    const struct cloneset *set, const struct cfg *clone, const char *options);

#endif
