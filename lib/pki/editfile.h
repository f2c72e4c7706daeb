/* SPDX-License-Identifier: MIT */
#ifndef PKI_EDITFILE_H
#define PKI_EDITFILE_H

#include <popt.h>
#include <time.h>

#include "cfg/edits.h"
#include "cfg/setting.h"
#include "util/record.h"
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

/*
 * A file that edits are made for: read, and printed for or edited in place,
 * under one lock, with one kind of backup and one set of refusals, whichever
 * tool does it.
 *
 *	struct editfile_options options = EDITFILE_DEFAULTS;
 *	const struct poptOption table[] = { EDITFILE_OPTIONS(options), ...
 *	struct editfile f;
 *	struct edits edits = { 0 };
 *
 *	if (editfile_open(&f, operand, &options) < 0)
 *		return STATUS_ERROR;
 *	... edits of f.cfg ...
 *	status = editfile_finish(&f, &edits);	an exit status
 *	edits_release(&edits);
 *	editfile_close(&f);
 */

struct editfile_options {
	int in_place, force, no_log, show_secrets, lock_wait, quiet;
	char *subsystem, *rules_file;
};

#define EDITFILE_DEFAULTS { .lock_wait = 10 }

#define EDITFILE_OPTIONS(o)                                                    \
	{ "in-place", 'i', POPT_ARG_NONE, &(o).in_place, 0,                    \
	  "edit FILE itself, keep a backup, print the edits made", NULL },     \
	{ "force", '\0', POPT_ARG_NONE, &(o).force, 0,                         \
	  "edit range and identity keys, and a running server's file", NULL }, \
	{ "no-log", '\0', POPT_ARG_NONE, &(o).no_log, 0,                       \
	  "no line in the system log for an edit in place", NULL },            \
	{ "lock-wait", '\0', POPT_ARG_INT, &(o).lock_wait, 0,                  \
	  "wait that long for another tool to finish (10)", "SECONDS" },       \
	{ "quiet", 'q', POPT_ARG_NONE, &(o).quiet, 0,                          \
	  "print no advice about what to do next", NULL },                     \
	{ "show-secrets", '\0', POPT_ARG_NONE, &(o).show_secrets, 0,           \
	  "print values of secrets rather than *KEY", NULL },                  \
	{ "subsystem", '\0', POPT_ARG_STRING, &(o).subsystem, 0,               \
	  "which one of an instance directory: ca, kra, ...", "NAME" },        \
	{ "rules", '\0', POPT_ARG_STRING, &(o).rules_file, 0,                  \
	  "more keys that are host-specific, secret or unread", "FILE" }

struct editfile {
	const struct editfile_options *options;
	char *path; /* of the file that operand meant; "-" is stdin */
	struct cfg *cfg;
	struct settings *rules;
	struct replacement replacement; /* locked when in place */
};

/* 0, or -1 having reported why. */
int editfile_open(struct editfile *f, const char *operand,
    const struct editfile_options *options);

/*
 * Print the edits, or make them: an exit status.  1 is a refusal for what the
 * edits are (ranges, identity), 2 trouble; a running server is trouble.
 */
int editfile_finish(struct editfile *f, struct edits *edits);

/* The same for cfgpatch: the new file to stdout, unless in place. */
int editfile_finish_text(struct editfile *f, struct edits *edits);

/*
 * Would the edits be made, if the file is edited in place?  An exit status as
 * above; nothing is changed.  With may_run, its server may run now.
 */
int editfile_try(struct editfile *f, const struct edits *edits, bool may_run);

/*
 * Put the bytes of a backup back, keeping what they replace: of the newest
 * one, or of the one called name.  With dry_run, only print the edits, after
 * the same refusals.
 */
int editfile_undo(struct editfile *f, const char *name, bool dry_run);

/* All backups, the newest first, and the keys that differ between each and the
 * state that followed it. */
#define EDITFILE_BACKUP_COLUMNS                                                \
	{ "backup", "the name of the backup" },                                \
	{ "keys", "the keys that the edit after it changed" }
enum { EDITFILE_BACKUP_FIELDS = 2 };
int editfile_list_backups(const struct editfile *f, struct records *out);

void editfile_close(struct editfile *f);

#endif
