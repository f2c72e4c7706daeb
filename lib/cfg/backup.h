/* SPDX-License-Identifier: MIT */
#ifndef BACKUP_H
#define BACKUP_H

#include <time.h>

#include "util/replace.h"

/*
 * The last states of a file, beside it: FILE.clonekit.UTCSTAMP, such as
 * CS.cfg.clonekit.20261121T043000.123456Z, so that the order of names is that
 * of time.  CS.cfg.bak and CS.cfg.<millis> are the server's own names
 * [dogtag 1.1].  All of it under replace.h's lock.
 *
 * The directory may be a hostile user's.  A backup is only what an edit can
 * have made: a regular file of the file's owner whose stamp is a time, and
 * neither in the future nor later than the last change of its inode, which
 * nobody but the kernel can set.  Other files of such names are left alone.
 */

#define BACKUP_KEPT 5

/*
 * A free name for a new backup at the time now: later than all there are.
 * Where the clock was put back, the backups that are later than now get
 * earlier names first, in the same order.  NULL: reported.
 */
char *backup_name(const struct replacement *r, const struct timespec *now);

/* The names of all backups, the newest first. */
struct backups {
	char **name;
	size_t count;
};

/*
 * Reports which files of such names are no backups.  -1: they cannot be
 * listed, so that an older one might look like the newest; reported.
 */
int backups_list(struct backups *all, const struct replacement *r);
void backups_release(struct backups *all);

/*
 * Remove all but the newest ones, and any that is the file itself: what an
 * edit that was killed half way leaves.
 */
void backup_prune(const struct replacement *r);

#endif
