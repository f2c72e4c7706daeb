/* SPDX-License-Identifier: MIT */
#ifndef CRLMASTER_H
#define CRLMASTER_H

#include "pki/role.h"

/*
 * Is there a CA that makes CRLs already?  Nothing on the servers sees to it
 * that there is just one [dogtag 14.10].
 *
 *	struct crlmaster_question question = { .cfg = cfg, .path = path,
 *		.others = operands + 1 };
 *	int found = crlmaster_find(&question);
 *
 * The security domain knows which CAs there are, not which of them makes the
 * CRLs: its "clone" is about the installation [dogtag 8].  So a CS.cfg that
 * was looked at tells for its host; of the rest, one that was not installed as
 * a clone counts as a master.
 */

struct crlmaster_question {
	const struct cfg *cfg; /* who wants to be master */
	const char *path;
	const struct cfg *from; /* the old master, which steps down, or NULL */
	const char *const
	    *others; /* files and instance directories; NULL ends */
	const char *subsystem; /* of directories, or NULL */
	const char *domain; /* a file of the security domain, or NULL */
};

/* 0: none that is known of; 1: each is said; -1: trouble, reported. */
int crlmaster_find(const struct crlmaster_question *question);

/* Does it, by its file, make CRLs? */
bool crlmaster_makes_crls(const struct role *role);

#endif
