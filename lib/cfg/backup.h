/* SPDX-License-Identifier: MIT */
#ifndef BACKUP_H
#define BACKUP_H

/*
 * The last states of a file, beside it: FILE.clonekit.UTCSTAMP, such as
 * CS.cfg.clonekit.20261121T043000.123456Z, so that the order of names is that
 * of time.  CS.cfg.bak and CS.cfg.<millis> are the server's own names
 * [dogtag 1.1].  All of it under replace.h's lock.
 */

#define BACKUP_KEPT 5

/*
 * A name for a new backup of the file: later than all there are.  NULL: they
 * cannot be listed; reported.
 */
char *backup_name(const char *path);

/*
 * *name: the newest one's, in path's directory, or NULL: none.  -1: they
 * cannot be listed, so that an older one might look like it; reported.
 */
int backup_newest(const char *path, char **name);

/*
 * Remove all but the newest ones, and any that is path itself: what an edit
 * that was killed half way leaves.
 */
void backup_prune(const char *path);

#endif
