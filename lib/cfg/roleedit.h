/* SPDX-License-Identifier: MIT */
#ifndef ROLEEDIT_H
#define ROLEEDIT_H

#include "cfg/edits.h"
#include "cfg/role.h"
#include "cfg/setting.h"

/*
 * The edits that make a master a clone and back: the manual's 9.5, for the
 * issuing points that there are and the keys that the server reads
 * [dogtag 2.1-2.4].
 *
 *	struct role_wanted wanted = { .kind = ROLE_CLONE };
 *	struct edits edits = { 0 };
 *
 *	role_read(&role, cfg);
 *	if (role_edits(&edits, cfg, &role, &wanted) < 0)
 *		...
 */

struct role_wanted {
	struct slice host, port; /* of the master; at NULL: left alone */
	const struct cfg *from;	 /* the old master, or NULL */
	const char *refresh;	 /* seconds, or NULL */
	enum role_kind kind;	 /* ROLE_MASTER or ROLE_CLONE */
	bool default_absent, disable_points, manual_keys;
	/* By these, take how from publishes, too; NULL: do not. */
	const struct settings *publish;
};

/* -1: a value that cannot stand in the file; reported. */
int role_edits(struct edits *edits, const struct cfg *cfg,
    const struct role *role, const struct role_wanted *wanted);

#endif
