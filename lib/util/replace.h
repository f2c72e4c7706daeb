/* SPDX-License-Identifier: MIT */
#ifndef REPLACE_H
#define REPLACE_H

#include <stddef.h>
#include <sys/types.h>

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
 * SIGKILL or a crash leaves, the next begin clears.  One replacement at a
 * time.
 */

enum replace_how {
	/* A regular file is there; the new one has what it has.  A symbolic
	 * link stays, and the file that it leads to is replaced. */
	REPLACE_OLD,
	/* There must be nothing of that name, not even a link that leads
	 * nowhere.  The file gets mode 0600, as it may hold keys. */
	REPLACE_NEW,
	/* As REPLACE_NEW, but a regular file that is there goes, and with it
	 * all that it had.  A symbolic link is refused: in a directory that
	 * is another's, it could lead anywhere. */
	REPLACE_ANY,
};

struct replacement {
	char *path;	/* no links left in it */
	char *name;	/* its last component, within path */
	char *temporary; /* a name in directory, or NULL */
	int directory;	/* open, and locked */
	enum replace_how how;
	/* What a file other than REPLACE_OLD's gets before it gets its name;
	 * the caller may set these between begin and commit. */
	uid_t owner;	     /* -1: the process's */
	gid_t group;	     /* -1: likewise, or the directory's */
	mode_t mode;	     /* 0: 0600 */
	const char *context; /* SELinux's; NULL: what the system gives it */
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
 * may not be on disk.  backup, of REPLACE_OLD only, is a name in the same
 * directory under which the old file stays, and must be free; NULL: none.
 */
int replace_commit(struct replacement *r, struct slice text,
    const char *backup);

void replace_end(struct replacement *r);

#endif
