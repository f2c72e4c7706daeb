/* SPDX-License-Identifier: MIT */
#include "util/replace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/filemeta.h"
#include "util/mem.h"
#include "util/path.h"

#define MARK ".clonekit-" /* .NAME.clonekit-XXXXXX is a temporary of ours */
#define RANDOM_SIZE 6
#define PUT_BACK_TRIES 100

/* What to remove if the process ends now; set only with signals blocked. */
static const char *volatile pending;
static volatile int pending_directory;
static const struct owner *volatile pending_owner;

static void
remove_pending(void)
{
	if (pending != NULL && owner_drop(pending_owner))
		unlinkat(pending_directory, pending, 0);
}

static void
remove_and_die(int signo)
{
	remove_pending();
	signal(signo, SIG_DFL);
	raise(signo);
}

static void
catch_signals(void)
{
	static const int fatal[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE,
		SIGTERM };
	struct sigaction act = { .sa_handler = remove_and_die }, was;

	for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
		/* nohup's wish stands. */
		if (sigaction(fatal[i], NULL, &was) == 0 &&
		    was.sa_handler != SIG_IGN)
			sigaction(fatal[i], &act, NULL);
	/* A file size limit is an error like a full disk, not a death. */
	signal(SIGXFSZ, SIG_IGN);
	atexit(remove_pending);
}

static void
set_pending(const struct replacement *r)
{
	static int caught;
	sigset_t all, old;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	pending_directory = r->path.directory;
	pending_owner = r->path.owner;
	pending = r->temporary;
	if (!caught)
		catch_signals();
	caught = 1;
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void
drop_temporary(struct replacement *r)
{
	char *name = r->temporary;

	if (name == NULL)
		return;
	path_unlinkat(&r->path, name);
	r->temporary = NULL;
	set_pending(r);
	free(name);
}

void
replace_end(struct replacement *r)
{
	drop_temporary(r);
	if (r->directory >= 0)
		close(r->directory);
	if (r->old >= 0)
		close(r->old);
	path_release(&r->path);
	r->directory = r->old = -1;
}

/* Nothing else waits for this lock for long: ask often. */
static int
lock_within(int fd, unsigned seconds)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	struct timespec now, end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (errno != EWOULDBLOCK || now.tv_sec > end.tv_sec ||
		    (now.tv_sec == end.tv_sec && now.tv_nsec >= end.tv_nsec))
			return -1;
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int
lock_directory(struct replacement *r, unsigned wait)
{
	const char *path = r->path.real;

	r->directory = path_openat(&r->path, ".", O_RDONLY | O_DIRECTORY, 0);
	if (r->directory < 0)
		return path_fail(&r->path, "cannot open the directory of");
	if (lock_within(r->directory, wait) < 0)
		return errno == EWOULDBLOCK ?
		    fail("'%s': another tool is still writing beside it after "
			 "%u s (see --lock-wait)", path, wait) :
		    fail_errno("cannot lock the directory of '%s'", path);
	return 0;
}

static enum path_last
last_of(enum replace_how how)
{
	return how == REPLACE_OLD ? PATH_FOLLOW : PATH_KEEP;
}

/* Does the path still lead to the directory that is locked? */
static int
check_directory(const struct replacement *r)
{
	struct path again;
	bool same = path_find(&again, r->given, last_of(r->how)) == 0 &&
	    again.above.st_dev == r->path.above.st_dev &&
	    again.above.st_ino == r->path.above.st_ino &&
	    strcmp(again.name, r->path.name) == 0;

	path_release(&again);
	return same ? 0 : fail("'%s' was moved by another program meanwhile: "
			       "nothing was changed, try again", r->given);
}

/* Where others can put files too, only what this user made is a leftover. */
static bool
is_leftover(const struct replacement *r, const char *name)
{
	const struct path *p = &r->path;
	struct stat st;

	if (path_statat(p, name, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	if (p->owner != NULL)
		return st.st_uid == p->owner->uid;
	return (p->above.st_mode & S_ISVTX) == 0 || st.st_uid == geteuid();
}

/* Under the lock, a temporary of ours can only be a dead process's. */
static void
clear_leftovers(const struct replacement *r)
{
	char *mark = mem_printf(".%s" MARK, r->path.name);
	size_t size = strlen(mark) + RANDOM_SIZE;
	int fd = fcntl(r->directory, F_DUPFD_CLOEXEC, 0);
	DIR *entries = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	while (entries != NULL && (entry = readdir(entries)) != NULL)
		if (starts_with(entry->d_name, mark) &&
		    strlen(entry->d_name) == size &&
		    is_leftover(r, entry->d_name))
			path_unlinkat(&r->path, entry->d_name);
	if (entries != NULL)
		closedir(entries);
	else if (fd >= 0)
		close(fd);
	free(mark);
}

/* Open what is to be replaced, for what is read to be what is replaced. */
static int
open_old(struct replacement *r)
{
	const struct owner *owner = r->path.owner;
	char *what;
	int status;

	r->old = path_open_regular(&r->path);
	if (r->old < 0)
		return -1;
	if (fstat(r->old, &r->was) < 0)
		return fail_errno("cannot read '%s'", r->path.real);
	if (owner == NULL || r->was.st_uid == owner->uid)
		return 0;
	what = mem_printf("belongs to root, so that %s cannot write it",
	    owner->name);
	status = path_fail_owner(&r->path, what);
	free(what);
	return status;
}

/* Does name still mean this file, with the same contents? */
static bool
is_still(const struct replacement *r, const char *name, const struct stat *file)
{
	struct stat st;

	return path_statat(&r->path, name, &st) == 0 &&
	    st.st_dev == file->st_dev && st.st_ino == file->st_ino &&
	    st.st_size == file->st_size &&
	    st.st_mtim.tv_sec == file->st_mtim.tv_sec &&
	    st.st_mtim.tv_nsec == file->st_mtim.tv_nsec;
}

static int
fail_changed(const struct replacement *r)
{
	return fail("'%s' was changed or replaced by another program meanwhile:"
		    " it was left alone, try again", r->path.real);
}

/* /dev/stdout is a link, and must outlast a --force. */
static int
check_there(const struct replacement *r)
{
	struct stat st;

	if (r->how == REPLACE_ANY && path_stat(&r->path, &st) == 0 &&
	    !S_ISREG(st.st_mode))
		return fail("'%s' is not a regular file", r->path.real);
	return 0;
}

static bool
ends_in_slash(const char *given)
{
	return *given != '\0' && given[strlen(given) - 1] == '/';
}

/* From now on messages name the file by its path from the root. */
static void
show_path(struct path *p)
{
	free(p->shown);
	p->shown = mem_dup(p->real, strlen(p->real));
}

/* Find the place.  -1: reported. */
static int
find(struct replacement *r)
{
	const char *given = r->given;
	const char *what = r->how == REPLACE_OLD ? "cannot replace" :
						   "cannot create";
	struct path *p = &r->path;
	struct stat st;

	if (r->how != REPLACE_OLD && ends_in_slash(given)) {
		errno = EISDIR;
		return fail_errno("%s '%s'", what, given);
	}
	if (path_find(p, given, last_of(r->how)) < 0 ||
	    (r->how == REPLACE_OLD && path_stat(p, &st) < 0))
		return path_fail(p, what);
	show_path(p);
	if (p->in_proc)
		return fail("'%s' is not a regular file", p->real);
	if (p->shared)
		return fail("'%s' is in a directory %s: use a directory of "
			    "root's alone", p->real, p->above.st_uid == 0 ?
		    "of root's that others can write" :
		    "of a user who does not exist in this container");
	/* What replaces it would be that user's, too. */
	if (r->how == REPLACE_ANY && p->owner != NULL && p->writer != 0)
		return fail("'%s' belongs to %s, and its directory to root: "
			    "remove it, or use another name", p->real,
		    p->owner->name);
	return 0;
}

int
replace_begin(struct replacement *r, const char *given, enum replace_how how,
    unsigned wait)
{
	*r = (struct replacement){ .given = given, .directory = -1, .old = -1,
		.how = how, .owner = (uid_t)-1, .group = (gid_t)-1 };
	if (find(r) < 0 || lock_directory(r, wait) < 0 ||
	    check_directory(r) < 0 ||
	    (how == REPLACE_OLD ? open_old(r) : check_there(r)) < 0) {
		replace_end(r);
		return -1;
	}
	clear_leftovers(r);
	return 0;
}

/* Create the temporary, under a name that no one else has. */
static int
create(struct replacement *r)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	struct timespec now;
	uint64_t n;
	char *end;
	int fd;

	clock_gettime(CLOCK_REALTIME, &now);
	n = ((uint64_t)now.tv_nsec << 16) ^ (uint64_t)getpid();
	r->temporary = mem_printf(".%s" MARK "000000", r->path.name);
	end = r->temporary + strlen(r->temporary);
	for (int i = 1; i <= RANDOM_SIZE; i++, n >>= 5)
		end[-i] = digits[n & 31];
	/* Known to the signal handlers before it is there. */
	set_pending(r);
	fd = path_openat(&r->path, r->temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	if (fd < 0)
		path_fail(&r->path, "cannot create a file beside");
	return fd;
}

int
replace_possible(struct replacement *r)
{
	const int fd = create(r);

	if (fd >= 0)
		close(fd);
	drop_temporary(r);
	return fd >= 0 ? 0 : -1;
}

static int
write_all(int fd, struct slice text)
{
	while (text.size != 0) {
		ssize_t put = write(fd, text.at, text.size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		text.at += put;
		text.size -= (size_t)put;
	}
	return 0;
}

/* A mode is all there is to it: no access by a directory's default ACL. */
static int
set_mode(const struct replacement *r, int fd)
{
	const mode_t mode = r->mode != 0 ? r->mode : 0600;
	struct stat st;

	if (fremovexattr(fd, "system.posix_acl_access") < 0 &&
	    errno != ENODATA && errno != ENOTSUP)
		return fail_errno("cannot clear the ACL of '%s'", r->path.real);
	/* Where modes are the mount's, asking for one that is there is fine. */
	if (fstat(fd, &st) < 0 ||
	    ((st.st_mode & 07777) != mode && fchmod(fd, mode) < 0))
		return fail_errno("cannot give '%s' mode %03o", r->path.real,
		    mode);
	return 0;
}

/* Label and owner first: the mode may let others in. */
static int
set_attributes(const struct replacement *r, int fd)
{
	const bool owned = r->owner != (uid_t)-1 || r->group != (gid_t)-1;

	if (r->context != NULL &&
	    fsetxattr(fd, "security.selinux", r->context,
		strlen(r->context) + 1, 0) < 0)
		return fail_errno("cannot label '%s' as '%s'", r->path.real,
		    r->context);
	if (owned && fchown(fd, r->owner, r->group) < 0)
		return fail_errno("cannot give '%s' its owner and group",
		    r->path.real);
	return set_mode(r, fd);
}

/* Fill the temporary, give it what it is to have, and sync it. */
static int
fill(struct replacement *r, struct slice text)
{
	int fd = create(r), status = -1;

	if (fd < 0)
		return -1;
	if (write_all(fd, text) < 0)
		fail_errno("cannot write beside '%s'", r->path.real);
	else if ((r->how != REPLACE_OLD ? set_attributes(r, fd) :
		  filemeta_copy(fd, r->old, r->path.real)) < 0)
		;
	else if (fsync(fd) < 0)
		fail_errno("cannot write beside '%s'", r->path.real);
	else
		status = 0;
	if (status == 0 && fstat(fd, &r->made) < 0)
		status = fail_errno("cannot write beside '%s'", r->path.real);
	if (close(fd) < 0 && status == 0)
		status = fail_errno("cannot write beside '%s'", r->path.real);
	return status;
}

/* To put another file in its place, one would have to unmount it. */
static int
fail_mount(const struct replacement *r)
{
	return fail("'%s' is a mount of its own and cannot be replaced: edit "
		    "the file that is mounted there", r->path.real);
}

/*
 * Keep the old file under a second name.  The file that was there becomes the
 * backup itself: its bytes, owner, mode and label cannot differ.
 */
static int
keep(const struct replacement *r, const char *backup)
{
	if (fsync(r->old) < 0 ||
	    path_linkat(&r->path, r->path.name, backup) < 0)
		/* Directory and file are of one file system, unless... */
		return errno == EXDEV ? fail_mount(r) :
		    fail_errno("cannot keep the old '%s' as '%s'",
			r->path.real, backup);
	if (is_still(r, backup, &r->was))
		return 0;
	path_unlinkat(&r->path, backup);
	return fail_changed(r);
}

/* rename(), which does not overwrite; NFS has no such, and FAT no link(). */
static int
rename_to_new(const struct replacement *r)
{
	int status = path_renameat(&r->path, r->temporary, r->path.name,
	    RENAME_NOREPLACE);

	if (status < 0 && (errno == EINVAL || errno == ENOSYS))
		status = path_linkat(&r->path, r->temporary, r->path.name);
	return status;
}

/* What was there bears the temporary's name until the end, to be put back if
 * need be. */
static int
exchange(struct replacement *r)
{
	if (path_renameat(&r->path, r->temporary, r->path.name,
		RENAME_EXCHANGE) == 0) {
		r->exchanged = true;
		return 0;
	}
	if (errno == ENOENT)
		return rename_to_new(r);
	return errno == EINVAL || errno == ENOSYS ?
	    path_renameat(&r->path, r->temporary, r->path.name, 0) : -1;
}

/* Is what bears the temporary's name what was made? */
static bool
is_made(const struct replacement *r)
{
	struct stat st;

	return path_statat(&r->path, r->temporary, &st) == 0 &&
	    st.st_dev == r->made.st_dev && st.st_ino == r->made.st_ino;
}

static int
fail_publish(const struct replacement *r)
{
	return errno == EBUSY ? fail_mount(r) :
	    fail_errno("cannot put '%s' in place", r->path.real);
}

/* What was there is not the old file: put it back, and again if yet another
 * one was put there since. */
static int
put_back(const struct replacement *r)
{
	for (int i = 0; i < PUT_BACK_TRIES && !is_made(r); i++)
		path_renameat(&r->path, r->temporary, r->path.name,
		    RENAME_EXCHANGE);
	return fail_changed(r);
}

/*
 * Between the last look at a name and rename(), another file can be moved
 * there, and would be lost.  So the two are exchanged, and what was there is
 * looked at under the temporary's name.  Where there is no such call, as on
 * NFS, the gap remains.
 */
static int
publish_over_old(const struct replacement *r)
{
	if (!is_still(r, r->path.name, &r->was))
		return fail_changed(r);
	if (path_renameat(&r->path, r->temporary, r->path.name,
		RENAME_EXCHANGE) == 0)
		return is_still(r, r->temporary, &r->was) ? 0 : put_back(r);
	if (errno == ENOENT)
		return fail_changed(r);
	if (errno != EINVAL && errno != ENOSYS)
		return fail_publish(r);
	return path_renameat(&r->path, r->temporary, r->path.name, 0) < 0 ?
	    fail_publish(r) : 0;
}

/* Put the temporary under its name, in one step. */
static int
publish(struct replacement *r)
{
	sigset_t all, before;
	int status;

	if (check_directory(r) < 0)
		return -1;
	if (r->how != REPLACE_OLD) {
		status = r->how == REPLACE_NEW ? rename_to_new(r) : exchange(r);
		return status < 0 ? fail_publish(r) : 0;
	}
	/* What bears the temporary's name now is not to be removed. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	status = publish_over_old(r);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}

/* Did another program take the name in the moment after it was written? */
static bool
was_overtaken(const struct replacement *r)
{
	struct stat st;

	return path_statat(&r->path, r->path.name, &st) == 0 &&
	    (st.st_dev != r->made.st_dev || st.st_ino != r->made.st_ino);
}

void
replace_take_back(struct replacement *r)
{
	if (was_overtaken(r))
		return;
	if (r->exchanged)
		path_renameat(&r->path, r->temporary, r->path.name,
		    RENAME_EXCHANGE);
	else
		path_unlinkat(&r->path, r->path.name);
	r->exchanged = false;
}

/* A crash could still take the file away, or what it replaced. */
static int
fail_unsynced(struct replacement *r)
{
	if (r->how == REPLACE_OLD) {
		fail_errno("'%s' is new, but may not outlast a crash",
		    r->path.real);
		return REPLACE_UNSYNCED;
	}
	fail_errno("cannot write the directory of '%s'", r->path.real);
	replace_take_back(r);
	return -1;
}

int
replace_commit(struct replacement *r, struct slice text, const char *backup)
{
	struct stat st;
	int kept = 0;

	if (fill(r, text) < 0)
		goto error;
	if (backup != NULL && keep(r, backup) < 0)
		goto error;
	kept = backup != NULL;
	if (publish(r) < 0)
		goto error;
	if (!r->exchanged)
		drop_temporary(r);
	if (was_overtaken(r))
		return fail("'%s' was replaced by another program as soon as "
			    "it was written: look at it", r->path.real);
	return fsync(r->directory) < 0 ? fail_unsynced(r) : 0;

error:
	drop_temporary(r);
	/* Never the last name of a file. */
	if (kept && fstat(r->old, &st) == 0 && st.st_nlink > 1)
		path_unlinkat(&r->path, backup);
	return -1;
}
