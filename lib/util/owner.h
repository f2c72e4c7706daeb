/* SPDX-License-Identifier: MIT */
#ifndef UTIL_OWNER_H
#define UTIL_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Acting as the owner of a directory.
 *
 * The files of an instance belong to the account of a web server.  A tool that
 * root runs must not do there what that account could not do: for each open,
 * stat, rename, link and unlink in such a directory it takes the effective
 * uid, gid and groups of the directory's owner, and its own back at once.  A
 * link to a file of root's is then a permission error, by construction.
 *
 *	if (owner_enter(owner) < 0)
 *		return -1;
 *	fd = openat(directory, name, flags);
 *	owner_leave();			errno is the one of openat()
 *
 * The real and the saved uid stay root's, so that the owner can neither signal
 * nor trace the tool.  Effective ids belong to the whole process: enter only
 * while no other thread runs, and do nothing but system calls before leaving.
 * util/path.h finds out whose rights a path needs, and is the only caller.
 */

struct owner {
	uid_t uid;
	gid_t gid;
	gid_t *groups; /* supplementary; HSM clients need them */
	int count;
	char *name, *group; /* or the numbers in decimal */
	bool usable;
	struct owner *next;
};

/*
 * The owner with this uid, with the groups that the system's database gives
 * it; without an entry there, with the group gid and no other, and never with
 * root's.  Returns NULL where the process cannot have these rights: uid is not
 * mapped in this user namespace, or the process has no right to change its own.
 * Then nothing in that user's directories may be trusted.  The result is valid
 * until the process ends.
 */
const struct owner *owner_find(uid_t uid, gid_t gid);

/*
 * Take the owner's rights; NULL keeps the process's own.  Returns 0, or -1
 * with errno and the process's own rights.
 */
int owner_enter(const struct owner *owner);

/* Take the process's own rights back.  errno stays as it is.  If the system
 * refuses, the process ends with status 2. */
void owner_leave(void);

/*
 * Take the owner's rights for good, in a signal handler that is going to end
 * the process.  Returns whether the effective uid is the owner's.
 */
bool owner_drop(const struct owner *owner);

#endif
