/* SPDX-License-Identifier: MIT */
#include "util/replace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
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

#include "util/attrs.h"
#include "util/diag.h"
#include "util/mem.h"

#define MARK ".clonekit-" /* .NAME.clonekit-XXXXXX is a temporary of ours */
#define RANDOM_SIZE 6

/* What to remove if the process ends now; set only with signals blocked. */
static const char *volatile pending;
static volatile int pending_directory;

static void
remove_pending(void)
{
	if (pending != NULL)
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
	pending_directory = r->directory;
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
	unlinkat(r->directory, name, 0);
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
	free(r->path);
	*r = (struct replacement){ .directory = -1 };
}

/* Follow links to the file that is really there, or is to be. */
static char *
resolve(const char *path, enum replace_how how)
{
	char *copy, *real, *result = NULL;

	if (how == REPLACE_OLD)
		return realpath(path, NULL);
	if (*path != '\0' && path[strlen(path) - 1] == '/') {
		errno = EISDIR;
		return NULL;
	}
	copy = mem_dup(path, strlen(path));
	real = realpath(dirname(copy), NULL);
	free(copy);
	copy = mem_dup(path, strlen(path));
	if (real != NULL)
		result = mem_printf("%s/%s", real, basename(copy));
	free(copy);
	free(real);
	return result;
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
	char *slash = strrchr(r->path, '/');

	r->name = slash + 1;
	*slash = '\0';
	r->directory = open(slash == r->path ? "/" : r->path,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*slash = '/';
	if (r->directory < 0)
		return fail_errno("cannot open the directory of '%s'", r->path);
	if (lock_within(r->directory, wait) < 0)
		return errno == EWOULDBLOCK ?
		    fail("'%s': another tool is still writing beside it after "
			 "%u s (see --lock-wait)", r->path, wait) :
		    fail_errno("cannot lock the directory of '%s'", r->path);
	return 0;
}

/* Under the lock, a temporary of ours can only be a dead process's. */
static void
clear_leftovers(const struct replacement *r)
{
	char *mark = mem_printf(".%s" MARK, r->name);
	size_t size = strlen(mark) + RANDOM_SIZE;
	int fd = dup(r->directory);
	DIR *entries = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	while (entries != NULL && (entry = readdir(entries)) != NULL)
		if (starts_with(entry->d_name, mark) &&
		    strlen(entry->d_name) == size)
			unlinkat(r->directory, entry->d_name, 0);
	if (entries != NULL)
		closedir(entries);
	else if (fd >= 0)
		close(fd);
	free(mark);
}

/* /dev/stdout is a link, and must outlast a --force; and whoever reads what is
 * to be replaced must not wait for the writer of a pipe. */
static int
check_there(const struct replacement *r)
{
	struct stat st;

	if (r->how != REPLACE_NEW &&
	    fstatat(r->directory, r->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !S_ISREG(st.st_mode))
		return fail("'%s' is not a regular file", r->path);
	return 0;
}

int
replace_begin(struct replacement *r, const char *path, enum replace_how how,
    unsigned wait)
{
	*r = (struct replacement){ .directory = -1, .how = how,
		.owner = (uid_t)-1, .group = (gid_t)-1 };
	r->path = resolve(path, how);
	if (r->path == NULL)
		return fail_errno("cannot %s '%s'",
		    how == REPLACE_OLD ? "replace" : "create", path);
	if (lock_directory(r, wait) < 0 || check_there(r) < 0) {
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
	r->temporary = mem_printf(".%s" MARK "000000", r->name);
	end = r->temporary + strlen(r->temporary);
	for (int i = 1; i <= RANDOM_SIZE; i++, n >>= 5)
		end[-i] = digits[n & 31];
	/* Known to the signal handlers before it is there. */
	set_pending(r);
	fd = openat(r->directory, r->temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		fail_errno("cannot create a file beside '%s'", r->path);
	return fd;
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
		return fail_errno("cannot clear the ACL of '%s'", r->path);
	/* Where modes are the mount's, asking for one that is there is fine. */
	if (fstat(fd, &st) < 0 ||
	    ((st.st_mode & 07777) != mode && fchmod(fd, mode) < 0))
		return fail_errno("cannot give '%s' mode %03o", r->path, mode);
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
		return fail_errno("cannot label '%s' as '%s'", r->path,
		    r->context);
	if (owned && fchown(fd, r->owner, r->group) < 0)
		return fail_errno("cannot give '%s' its owner and group",
		    r->path);
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
		fail_errno("cannot write beside '%s'", r->path);
	else if ((r->how != REPLACE_OLD ? set_attributes(r, fd) :
		  attrs_copy(fd, r->directory, r->name, r->path)) < 0)
		;
	else if (fsync(fd) < 0)
		fail_errno("cannot write beside '%s'", r->path);
	else
		status = 0;
	if (close(fd) < 0 && status == 0)
		status = fail_errno("cannot write beside '%s'", r->path);
	return status;
}

/* To put another file in its place, one would have to unmount it. */
static int
fail_mount(const struct replacement *r)
{
	return fail("'%s' is a mount of its own and cannot be replaced: edit "
		    "the file that is mounted there", r->path);
}

/*
 * Keep the old file under a second name.  The file that was there becomes the
 * backup itself: its bytes, owner, mode and label cannot differ.
 */
static int
keep(const struct replacement *r, const char *backup)
{
	int fd = openat(r->directory, r->name, O_RDONLY | O_CLOEXEC);

	int status = 0;

	if (fd < 0 || fsync(fd) < 0 ||
	    linkat(r->directory, r->name, r->directory, backup, 0) < 0)
		/* Directory and file are of one file system, unless... */
		status = errno == EXDEV ? fail_mount(r) :
		    fail_errno("cannot keep the old '%s' as '%s'", r->path,
			backup);
	if (fd >= 0)
		close(fd);
	return status;
}

/* rename(), which does not overwrite; NFS has no such, and FAT no link(). */
static int
rename_to_new(const struct replacement *r)
{
	int status = renameat2(r->directory, r->temporary, r->directory,
	    r->name, RENAME_NOREPLACE);

	if (status < 0 && (errno == EINVAL || errno == ENOSYS))
		status = linkat(r->directory, r->temporary, r->directory,
		    r->name, 0);
	return status;
}

/* Put the temporary under its name, in one step. */
static int
publish(struct replacement *r)
{
	int status = r->how == REPLACE_NEW ? rename_to_new(r) :
	    renameat(r->directory, r->temporary, r->directory, r->name);

	if (status < 0 && errno == EBUSY)
		return fail_mount(r);
	if (status < 0)
		return fail_errno("cannot put '%s' in place", r->path);
	return 0;
}

int
replace_commit(struct replacement *r, struct slice text, const char *backup)
{
	int kept = 0;

	if (fill(r, text) < 0)
		goto error;
	if (backup != NULL && keep(r, backup) < 0)
		goto error;
	kept = backup != NULL;
	if (publish(r) < 0)
		goto error;
	drop_temporary(r);
	if (fsync(r->directory) < 0) {
		fail_errno("'%s' is new, but may not outlast a crash", r->path);
		return REPLACE_UNSYNCED;
	}
	return 0;

error:
	if (kept)
		unlinkat(r->directory, backup, 0);
	drop_temporary(r);
	return -1;
}
