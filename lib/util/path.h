/* SPDX-License-Identifier: MIT */
#ifndef UTIL_PATH_H
#define UTIL_PATH_H

#include <dirent.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "util/buf.h"
#include "util/owner.h"

/*
 * A path that was walked once: a name in a directory that is open, and the
 * rights with which that directory is used.
 *
 *	struct path p;
 *
 *	if (path_find(&p, given, PATH_FOLLOW) < 0)
 *		return path_fail(&p, "cannot open");
 *	fd = path_open(&p);
 *	path_release(&p);
 *
 * Whoever may rename a directory decides what a path means from one moment to
 * the next.  So the path is walked once; then all that is done with the file
 * is done by its name in the directory that was found.
 *
 * A tool that root runs uses the rights of the owner (util/owner.h) from the
 * first component on that root does not own.  In root's own directories it
 * uses its own rights; a sticky directory of root's, such as /tmp, counts as
 * one, and what another user has in it is used with that user's rights.  So is
 * what the text of another user's file names, wherever the file is.  In a
 * directory of root's that others can write and that is not sticky, and in one
 * whose owner does not exist in this user namespace, no symbolic link is
 * followed, and nothing is written.
 *
 * A file below /proc, such as /dev/fd/3 or /dev/stdin, is opened as the
 * kernel does it, with the tool's own rights.
 *
 * All functions return -1 with errno, and report only where they say so.
 */

struct path {
	int directory;	/* an O_PATH descriptor; -1: none */
	char *name;	/* of the file within it */
	char *real;	/* the file's path from the root, without links */
	char *shown;	/* the path as it was given, for messages */
	const struct owner *owner; /* whose rights; NULL: the process's own */
	bool shared;	/* others can write in this directory of root's, or
			   its owner does not exist here */
	uid_t writer;	/* whose the file is, in a directory of root's; 0:
			   root's, or there is none */
	gid_t writer_group;
	bool in_proc;	/* the directory is below /proc */
	struct stat above; /* of the directory */
	const char *why;   /* path_find()'s reason, where errno has none */
};

enum path_last {
	PATH_FOLLOW, /* a link is followed to the name that it leads to */
	PATH_KEEP,   /* the last component is the name, be it a link or not */
};

/*
 * Walk the path that was given.  The file need not exist, its directory must.
 * A path that ends in a slash means "." in the directory.  Release p also
 * after a failure.
 */
int path_find(struct path *p, const char *given, enum path_last last);

/*
 * The same for a path that starts in the directory of from, or that a file
 * there names: an absolute one, too, is used with the rights of from.
 */
int path_find_in(struct path *p, const struct path *from, const char *given);

/* What that path is shown as, in messages: a new string. */
char *path_shown_beside(const struct path *from, const char *given);

/* The name "." in a directory. */
int path_find_directory(struct path *p, const char *given);

void path_release(struct path *p);

/*
 * The same directory with another name, which is not followed.  It borrows
 * all of p but shown, which is an empty string; not to be released.
 */
struct path path_beside(const struct path *p, const char *name);

/* "WHAT 'SHOWN': reason" from errno, or from path_find(); returns -1. */
int path_fail(const struct path *p, const char *what);

/*
 * Open the file for reading.  It must be a regular file; a pipe or a device is
 * taken only where nobody but the caller decides what the name means.  With an
 * owner's rights, the file must belong to that owner, or to root and be
 * writable by nobody else.  Returns a descriptor, or -1 having reported why.
 */
int path_open(const struct path *p);

/* The same, of a regular file only. */
int path_open_regular(const struct path *p);

/*
 * "'SHOWN' WHAT: chown -h OWNER:GROUP SHOWN", where p has an owner; -1.  The
 * owner's links may lead to any file: of one in another's directory the report
 * says just that, and nothing about chown.
 */
int path_fail_owner(const struct path *p, const char *what);

/*
 * Append a command on file, which is p's or above it, for somebody to run
 * later: "chmod o= FILE", or "asowner FILE chmod o= FILE" where another user
 * could put a link in its place meanwhile.
 */
void path_put_command(struct buf *out, const struct path *p,
    const char *command, const char *file);

/*
 * Does the open regular file fd belong to someone whose file may be read here,
 * as above?  Returns 0, or -1 having reported why not.
 */
int path_check(const struct path *p, int fd);

/* The system calls, for names in the directory, with its rights. */
int path_openat(const struct path *p, const char *name, int flags,
    mode_t mode);
int path_statat(const struct path *p, const char *name, struct stat *st);
int path_linkat(const struct path *p, const char *from, const char *to);
int path_renameat(const struct path *p, const char *from, const char *to,
    unsigned flags);
int path_unlinkat(const struct path *p, const char *name);

/* path_statat() of the name itself; below /proc, of what it leads to. */
int path_stat(const struct path *p, struct stat *st);

/* The name of an open descriptor, for a library that opens files by name: a
 * new string. */
char *path_of_descriptor(int fd);

/*
 * Does the directory of from have a file of this name?  Also one that cannot
 * be looked at, such as a link to where the owner may not go: opening that one
 * tells why.  st is all zeros then.
 */
bool path_has(const struct path *from, const char *name, struct stat *st);

/*
 * path_find() and path_open(), of a file that the caller names; or
 * path_open_regular(), of one that was found in an instance.  Reported.
 */
int path_open_named(const char *given);
int path_open_found(const char *given);

/* path_find() and path_stat(). */
int path_stat_named(const char *given, struct stat *st);

/* scandir() in the order of names: the names, and each one, are to be freed. */
int path_scan(const char *given, struct dirent ***names,
    int (*wanted)(const struct dirent *entry));

/* opendir(), and a descriptor of the directory to read from. */
DIR *path_list(const char *given);
int path_open_directory(const char *given);

bool path_exists(const char *given);
bool path_is_directory(const char *given);

#endif
