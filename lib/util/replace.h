/* SPDX-License-Identifier: MIT */
#ifndef UTIL_REPLACE_H
#define UTIL_REPLACE_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "util/path.h"
#include "util/str.h"

/*
 * The one way this toolkit writes a file: all of it, or not at all.
 *
 *	struct replacement r;
 *
 *	if (replace_begin(&r, path, REPLACE_OLD, wait) < 0)
 *		return -1;
 *	... read r.old, make the new text of it ...
 *	status = replace_commit(&r, text, backup);
 *	replace_end(&r);
 *
 * The directory is opened once (util/path.h), with the rights of its owner,
 * and locked from begin to end, so that two tools do not edit one file at
 * once; the lock does not outlive its process.  The old file is opened once,
 * too: what is read is what is locked, kept and replaced.  A file that has
 * been changed or replaced meanwhile is left alone, up to the moment in which
 * names are exchanged; where a file system cannot exchange them, as NFS, up to
 * the last look before.
 *
 * Until commit, path is untouched; then the new text is in a mode 0600
 * temporary beside it, which gets the old file's owner, mode, POSIX ACL,
 * SELinux label and attributes, is synced, and takes the old one's name in one
 * step.  The temporary is removed after a failure, an exit, or death by HUP,
 * INT, QUIT, PIPE or TERM; what SIGKILL or a crash leaves, the next begin
 * removes.  One replacement at a time.
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
	const char *given;  /* as the caller names it; borrowed until the end */
	struct path path;   /* shown as the path from the root */
	int directory;	    /* the path's, open for reading and locked */
	int old;	    /* REPLACE_OLD: the file, open for reading; or -1 */
	struct stat was;    /* of old, when it was opened */
	char *temporary;    /* a name in the directory, or NULL */
	struct stat made;   /* of the new file */
	bool exchanged;	    /* temporary is the file that was replaced */
	enum replace_how how;
	/* What a file other than REPLACE_OLD's gets before it gets its name;
	 * the caller may set these between begin and commit. */
	uid_t owner;	     /* -1: the one who made it, see util/path.h */
	gid_t group;	     /* -1: likewise, or the directory's */
	mode_t mode;	     /* 0: 0600 */
	const char *context; /* SELinux's; NULL: what the system gives it */
};

/*
 * Finds, locks (waiting that many seconds at most) and removes leftovers.
 * Refuses a file that its directory's owner could not write.  Returns 0, or -1
 * having reported why and left nothing behind.
 */
int replace_begin(struct replacement *r, const char *given,
    enum replace_how how, unsigned wait);

/* Can the temporary be made?  0, or -1: reported; it is gone again.  Whether
 * there is room for the text, only the commit can tell. */
int replace_possible(struct replacement *r);

#define REPLACE_UNSYNCED 1

/*
 * Returns 0 when text is under the file's name and on disk; -1, having
 * reported why, when it is not.  REPLACE_UNSYNCED, of REPLACE_OLD only and
 * reported, means that text is under the name but may not be on disk; the
 * others are taken back then, and the result is -1.  backup, of REPLACE_OLD
 * only, is a name in the same directory under which the old file stays, and
 * must be free; NULL: none.
 */
int replace_commit(struct replacement *r, struct slice text,
    const char *backup);

/* Take back a commit of REPLACE_NEW or REPLACE_ANY: the file is what it was
 * before, unless another program has put another one there. */
void replace_take_back(struct replacement *r);

void replace_end(struct replacement *r);

#endif
