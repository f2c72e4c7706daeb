/* SPDX-License-Identifier: MIT */
#ifndef REPLACE_H
#define REPLACE_H

#include <stddef.h>

#include "util/str.h"

/*
 * The one way this toolkit writes a file: all of it, or not at all.
 *
 *	struct replacement r;
 *
 *	if (replace_begin(&r, path, REPLACE_OLD, wait) < 0)
 *		return -1;
 *	... read r.path, make the new text of it ...
 *	status = replace_commit(&r, text, backup);
 *	replace_end(&r);
 *
 * From begin to end the directory is locked, so that two tools do not edit
 * one file at once; the lock does not outlive its process.  Until commit,
 * path is untouched; then the new text is in a mode 0600 temporary beside it,
 * which gets the old file's owner, mode, POSIX ACL and SELinux label, is
 * synced, and takes the old one's name in one step.  The temporary is gone
 * after a failure, an exit, or death by HUP, INT, QUIT, PIPE or TERM; what
 * SIGKILL or a crash leaves, the next begin clears.  A symbolic link stays;
 * the file it leads to is replaced.  One replacement at a time.
 */

enum replace_how {
	REPLACE_OLD, /* the file exists; keep what it has */
	REPLACE_NEW, /* it must not; it gets mode 0600: it may hold keys */
};

struct replacement {
	char *path;	/* no links left in it */
	char *name;	/* its last component, within path */
	char *temporary; /* a name in directory, or NULL */
	int directory;	/* open, and locked */
	enum replace_how how;
};

/*
 * Resolves, locks (waiting that many seconds at most) and clears leftovers.
 * Returns 0, or -1 having reported why and left nothing behind.
 */
int replace_begin(struct replacement *r, const char *path,
    enum replace_how how, unsigned wait);

#define REPLACE_UNSYNCED 1

/*
 * Returns 0 when text is under the file's name and on disk; or, having
 * reported why, -1 when it is not, and REPLACE_UNSYNCED when it is there but
 * may not be on disk.  backup, unless NULL, is a name in the same directory
 * under which the old file stays; it must be free.
 */
int replace_commit(struct replacement *r, struct slice text,
    const char *backup);

void replace_end(struct replacement *r);

#endif
