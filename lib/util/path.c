/* SPDX-License-Identifier: MIT */
#include "util/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/mem.h"

#define MOST_LINKS 40 /* the kernel's own limit */
/* Each link can have half of PATH_MAX, and a user makes us walk them. */
#define MOST_STEPS PATH_MAX
#define OTHERS (S_IWGRP | S_IWOTH)

static const char not_followed[] =
    "it leads through a symbolic link in a directory of root's that others "
    "can write",
		  of_nobody[] =
    "it leads through a symbolic link of a user who does not exist in this "
    "container";

int
path_openat(const struct path *p, const char *name, int flags, mode_t mode)
{
	int fd;

	if (owner_enter(p->owner) < 0)
		return -1;
	fd = openat(p->directory, name, flags | O_CLOEXEC, mode);
	owner_leave();
	return fd;
}

static int
stat_name(const struct path *p, const char *name, struct stat *st, int flags)
{
	int status;

	if (owner_enter(p->owner) < 0)
		return -1;
	status = fstatat(p->directory, name, st, flags);
	owner_leave();
	return status;
}

int
path_statat(const struct path *p, const char *name, struct stat *st)
{
	return stat_name(p, name, st, AT_SYMLINK_NOFOLLOW);
}

int
path_stat(const struct path *p, struct stat *st)
{
	return stat_name(p, p->name, st, p->in_proc ? 0 : AT_SYMLINK_NOFOLLOW);
}

int
path_linkat(const struct path *p, const char *from, const char *to)
{
	int status;

	if (owner_enter(p->owner) < 0)
		return -1;
	status = linkat(p->directory, from, p->directory, to, 0);
	owner_leave();
	return status;
}

int
path_renameat(const struct path *p, const char *from, const char *to,
    unsigned flags)
{
	int status;

	if (owner_enter(p->owner) < 0)
		return -1;
	status = flags != 0 ?
	    renameat2(p->directory, from, p->directory, to, flags) :
	    renameat(p->directory, from, p->directory, to);
	owner_leave();
	return status;
}

int
path_unlinkat(const struct path *p, const char *name)
{
	int status;

	if (owner_enter(p->owner) < 0)
		return -1;
	status = unlinkat(p->directory, name, 0);
	owner_leave();
	return status;
}

struct walk {
	struct path *p;
	char *rest;	/* of the path, with links replaced by their targets */
	struct buf real; /* so far, without links */
	int links, steps;
};

static bool
is_root(const struct path *p)
{
	return p->owner == NULL && geteuid() == 0;
}

static bool
others_write(const struct stat *st)
{
	return (st->st_mode & OTHERS) != 0 && (st->st_mode & S_ISVTX) == 0;
}

/* From here on, the rights of a user that is not root.  Where there are none
 * to be had, nothing is trusted. */
static void
hand_over(struct path *p, uid_t uid, gid_t gid)
{
	p->owner = owner_find(uid, gid);
	p->shared = p->owner == NULL;
}

/* What a directory on the way decides about all that is below it. */
static void
judge(struct path *p, const struct stat *st)
{
	if (!is_root(p) || p->in_proc)
		return;
	if (st->st_uid != 0)
		hand_over(p, st->st_uid, st->st_gid);
	else if (others_write(st))
		p->shared = true;
}

/* Go to a directory; fd is p's from now on. */
static int
enter(struct path *p, int fd)
{
	struct statfs fs;

	if (fd < 0)
		return -1;
	if (p->directory >= 0)
		close(p->directory);
	p->directory = fd;
	if (fstat(fd, &p->above) < 0)
		return -1;
	p->in_proc = p->owner == NULL && fstatfs(fd, &fs) == 0 &&
	    fs.f_type == PROC_SUPER_MAGIC;
	judge(p, &p->above);
	return 0;
}

static int
enter_root(struct path *p)
{
	return enter(p, open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/*
 * What the directories above the working directory decide, from the outermost
 * on: they are met in the other order.
 */
static int
judge_above(struct path *p)
{
	struct stat st = p->above, last;
	uid_t uid = 0;
	gid_t gid = 0;
	int fd = fcntl(p->directory, F_DUPFD_CLOEXEC, 0), up;

	do {
		last = st;
		if (last.st_uid != 0) {
			uid = last.st_uid;
			gid = last.st_gid;
		} else if (others_write(&last)) {
			p->shared = true;
		}
		up = fd < 0 ? -1 :
		    openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			close(fd);
		fd = up;
		if (fd < 0 || fstat(fd, &st) < 0) {
			if (fd >= 0)
				close(fd);
			return -1;
		}
	} while (!is_same(&st, &last));
	close(fd);
	if (uid != 0)
		hand_over(p, uid, gid);
	return 0;
}

static int
enter_here(struct walk *w)
{
	struct path *p = w->p;
	char here[PATH_MAX];
	const bool as_root = is_root(p);

	if (enter(p, open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
		return -1;
	if (getcwd(here, sizeof here) != NULL && strcmp(here, "/") != 0)
		buf_puts(&w->real, here);
	p->owner = NULL;
	return as_root ? judge_above(p) : 0;
}

/* The kernel's fs.protected_symlinks, whether it is on or off: in a sticky
 * directory a link is followed only for its owner or the directory's. */
static bool
may_follow(const struct path *p, const struct stat *link)
{
	const uid_t me = p->owner != NULL ? p->owner->uid : geteuid();

	return (p->above.st_mode & (S_ISVTX | S_IWOTH)) !=
	    (S_ISVTX | S_IWOTH) || link->st_uid == me ||
	    link->st_uid == p->above.st_uid;
}

/* 1: the component is a link, and *text is where it leads; 0: it is none. */
static int
read_link(struct path *p, const char *name, char *text, size_t room)
{
	struct stat st;
	ssize_t size;
	int fd = path_openat(p, name, O_PATH | O_NOFOLLOW, 0);

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0 || !S_ISLNK(st.st_mode)) {
		close(fd);
		return 0;
	}
	size = readlinkat(fd, "", text, room);
	close(fd);
	if (size < 0)
		return -1;
	if ((size_t)size == room) {
		errno = ENAMETOOLONG;
		return -1;
	}
	text[size] = '\0';
	errno = EACCES;
	if (p->shared) {
		p->why = st.st_uid == 0 || p->above.st_uid == 0 ?
		    not_followed : of_nobody;
		return -1;
	}
	if (is_root(p) && st.st_uid != 0)
		hand_over(p, st.st_uid, st.st_gid);
	return may_follow(p, &st) ? 1 : -1;
}

/* Put the target of a link in front of the rest of the path. */
static int
follow(struct walk *w, const char *target, const char *rest)
{
	char *all;

	if (++w->links > MOST_LINKS) {
		errno = ELOOP;
		return -1;
	}
	all = mem_printf("%s%s%s", target, *rest != '\0' ? "/" : "", rest);
	free(w->rest);
	w->rest = all;
	if (*target != '/')
		return 0;
	w->real.size = 0;
	return enter_root(w->p);
}

static void
note(struct walk *w, const char *name)
{
	const char *slash;

	if (strcmp(name, ".") == 0)
		return;
	if (strcmp(name, "..") == 0) {
		slash = w->real.size != 0 ?
		    memrchr(w->real.at, '/', w->real.size) : NULL;
		w->real.size = slash != NULL ? (size_t)(slash - w->real.at) : 0;
		return;
	}
	buf_putc(&w->real, '/');
	buf_puts(&w->real, name);
}

/* The component that is not the last one. */
static int
step(struct walk *w, const char *name, const char *rest)
{
	struct path *p = w->p;
	char target[PATH_MAX];
	int fd = path_openat(p, name, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	int is_link;

	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP)) {
		if (p->in_proc) { /* such as /proc/PID/root: no path at all */
			fd = path_openat(p, name, O_PATH | O_DIRECTORY, 0);
		} else {
			is_link = read_link(p, name, target, sizeof target);
			if (is_link > 0)
				return follow(w, target, rest);
			if (is_link == 0)
				errno = ENOTDIR;
		}
	}
	if (fd < 0)
		return -1;
	note(w, name);
	memmove(w->rest, rest, strlen(rest) + 1);
	return enter(p, fd);
}

/* The file of another user in a directory of root's: where that user can have
 * put it there, it is used with that user's rights; elsewhere, only what its
 * text names is. */
static void
take_writer(struct path *p, const struct stat *st)
{
	if ((p->above.st_mode & OTHERS) != 0)
		hand_over(p, st->st_uid, st->st_gid);
	p->writer = st->st_uid;
	p->writer_group = st->st_gid;
}

/* The last component.  1: it was a link, and the walk goes on. */
static int
end(struct walk *w, const char *name, enum path_last last)
{
	struct path *p = w->p;
	char target[PATH_MAX];
	struct stat st;
	int is_link = 0;

	if (!p->in_proc && path_statat(p, name, &st) == 0) {
		if (last == PATH_FOLLOW && S_ISLNK(st.st_mode))
			is_link = read_link(p, name, target, sizeof target);
		else if (is_root(p) && st.st_uid != 0)
			take_writer(p, &st);
	}
	if (is_link != 0)
		return is_link > 0 && follow(w, target, "") == 0 ? 1 : -1;
	note(w, name);
	p->name = mem_dup(name, strlen(name));
	return 0;
}

static int
walk(struct walk *w, enum path_last last)
{
	char name[NAME_MAX + 1];
	int status = 1;

	while (status == 1) {
		const char *at = w->rest + strspn(w->rest, "/");
		const size_t size = strcspn(at, "/");

		if (size >= sizeof name || ++w->steps > MOST_STEPS) {
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(name, size != 0 ? at : ".", size != 0 ? size : 1);
		name[size != 0 ? size : 1] = '\0';
		if (at[size] == '\0')
			status = end(w, name, last);
		else if (step(w, name, at + size) < 0)
			status = -1;
	}
	return status;
}

/* In the directory of another path, which may name a file in it. */
static void
start_at(struct walk *w, const struct path *from)
{
	size_t size = strlen(from->real);

	if (strcmp(from->name, ".") != 0)
		size = (size_t)(strrchr(from->real, '/') - from->real);
	buf_add(&w->real, (struct slice){ from->real, size });
}

static int
find(struct path *p, const struct path *from, const char *path,
    enum path_last last)
{
	struct walk w = { .p = p };
	int status = 0, error;

	*p = (struct path){ .directory = -1 };
	w.rest = mem_dup(path, strlen(path));
	if (from != NULL) {
		p->owner = from->owner;
		p->shared = from->shared;
		if (is_root(p) && from->writer != 0)
			hand_over(p, from->writer, from->writer_group);
	}
	if (*path == '\0') {
		errno = ENOENT;
		status = -1;
	} else if (*path == '/') {
		status = enter_root(p);
	} else if (from == NULL) {
		status = enter_here(&w);
	} else {
		start_at(&w, from);
		status = enter(p, fcntl(from->directory, F_DUPFD_CLOEXEC, 0));
	}
	if (status == 0)
		status = walk(&w, last);
	error = errno;
	if (w.real.size == 0)
		buf_putc(&w.real, '/');
	p->real = mem_dup(w.real.at, w.real.size);
	free(w.rest);
	buf_release(&w.real);
	errno = error;
	return status;
}

char *
path_shown_beside(const struct path *from, const char *given)
{
	const char *slash = strrchr(from->shown, '/');
	int size = (int)strlen(given);

	while (size > 1 && given[size - 1] == '/')
		size--;
	if (*given == '/')
		return mem_dup(given, (size_t)size);
	if (strcmp(from->name, ".") == 0)
		return mem_printf("%s/%.*s", from->shown, size, given);
	return mem_printf("%.*s%.*s", slash != NULL ?
	    (int)(slash + 1 - from->shown) : 0, from->shown, size, given);
}

int
path_find(struct path *p, const char *given, enum path_last last)
{
	const int status = find(p, NULL, given, last), error = errno;

	p->shown = mem_dup(given, strlen(given));
	errno = error;
	return status;
}

int
path_find_in(struct path *p, const struct path *from, const char *given)
{
	const int status = find(p, from, given, PATH_FOLLOW), error = errno;

	p->shown = path_shown_beside(from, given);
	errno = error;
	return status;
}

int
path_find_directory(struct path *p, const char *given)
{
	char *inside = mem_printf("%s/", given);
	const int status = find(p, NULL, inside, PATH_FOLLOW), error = errno;

	p->shown = mem_dup(given, strlen(given));
	free(inside);
	errno = error;
	return status;
}

struct path
path_beside(const struct path *p, const char *name)
{
	struct path beside = *p;

	beside.name = (char *)name;
	beside.shown = (char *)"";
	return beside;
}

void
path_release(struct path *p)
{
	if (p->directory >= 0)
		close(p->directory);
	free(p->name);
	free(p->real);
	free(p->shown);
	*p = (struct path){ .directory = -1 };
}

int
path_fail(const struct path *p, const char *what)
{
	if (p->why != NULL)
		return fail("%s '%s': %s", what, p->shown, p->why);
	/* Root wonders why it is refused anything. */
	if (p->owner != NULL && (errno == EACCES || errno == EPERM))
		return fail("%s '%s' with the rights of %s: %s", what, p->shown,
		    p->owner->name, strerror(errno));
	return fail_errno("%s '%s'", what, p->shown);
}

/* Does nobody but the caller decide what the name means? */
static bool
is_callers(const struct path *p, const struct stat *st)
{
	const uid_t me = geteuid();
	const struct stat *above = &p->above;

	if (p->in_proc)
		return true;
	if (p->owner != NULL || p->shared ||
	    (above->st_uid != 0 && above->st_uid != me))
		return false;
	return (above->st_mode & OTHERS) == 0 ||
	    ((above->st_mode & S_ISVTX) != 0 &&
		(st->st_uid == 0 || st->st_uid == me));
}

/* "chown -h USER:GROUP FILE", the file quoted for a shell.  The user may put a
 * link in its place before somebody runs that: -h. */
int
path_fail_owner(const struct path *p, const char *what)
{
	struct buf word = { 0 };
	int status;

	if (p->above.st_uid != p->owner->uid)
		return fail("a link of %s's leads to '%s', which is another "
			    "user's", p->owner->name, p->real);
	buf_put_word(&word, p->shown);
	status = fail("'%s' %s: chown -h %s:%s %.*s", p->shown, what,
	    p->owner->name, p->owner->group, SLICE_ARG(buf_slice(&word)));
	buf_release(&word);
	return status;
}

void
path_put_command(struct buf *out, const struct path *p, const char *command,
    const char *file)
{
	if (p->owner != NULL) {
		buf_puts(out, "asowner ");
		buf_put_word(out, file);
		buf_putc(out, ' ');
	}
	buf_puts(out, command);
	buf_putc(out, ' ');
	buf_put_word(out, file);
}

static int
fail_open(const struct path *p)
{
	const int error = errno;
	struct stat st;
	char *what;
	int status;

	if (p->owner == NULL || p->above.st_uid != p->owner->uid ||
	    error != EACCES ||
	    fstatat(p->directory, p->name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    st.st_uid != 0) {
		errno = error;
		return path_fail(p, "cannot open");
	}
	what = mem_printf("belongs to root, and %s, who owns its directory, "
			  "cannot read it", p->owner->name);
	status = path_fail_owner(p, what);
	free(what);
	return status;
}

int
path_check(const struct path *p, int fd)
{
	struct stat st;
	char *what;
	int status;

	if (p->owner == NULL)
		return 0;
	if (fstat(fd, &st) < 0)
		return fail_errno("cannot read '%s'", p->shown);
	if (st.st_uid == p->owner->uid ||
	    (st.st_uid == 0 && (st.st_mode & OTHERS) == 0))
		return 0;
	what = st.st_uid == 0 ?
	    mem_printf("belongs to root, and others can write it (mode %04o)",
		st.st_mode & 07777) :
	    mem_printf("belongs to uid %u, and its directory to %s",
		st.st_uid, p->owner->name);
	status = path_fail_owner(p, what);
	free(what);
	return status;
}

/* Where the file is the reader's own, nobody can tell that it was read. */
static int
open_quietly(const struct path *p, int flags)
{
	int fd = path_openat(p, p->name, flags | O_NOATIME, 0);

	return fd >= 0 || errno != EPERM ? fd :
					   path_openat(p, p->name, flags, 0);
}

int
path_open_regular(const struct path *p)
{
	int fd = open_quietly(p, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0 && errno == ELOOP)
		return fail("'%s' is not a regular file", p->shown);
	if (fd < 0)
		return fail_open(p);
	if (fstat(fd, &st) < 0)
		fail_errno("cannot read '%s'", p->shown);
	else if (!S_ISREG(st.st_mode))
		fail("'%s' is not a regular file", p->shown);
	else if (path_check(p, fd) == 0)
		return fd;
	close(fd);
	return -1;
}

int
path_open(const struct path *p)
{
	struct stat st;
	int fd;

	if (path_stat(p, &st) < 0)
		return fail_open(p);
	if (S_ISREG(st.st_mode) && !p->in_proc)
		return path_open_regular(p);
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return fail_errno("cannot read '%s'", p->shown);
	}
	if (S_ISLNK(st.st_mode) || !is_callers(p, &st))
		return fail("'%s' is not a regular file", p->shown);
	/* A pipe is waited for, as the caller wants. */
	fd = open_quietly(p, O_RDONLY);
	return fd >= 0 ? fd : fail_open(p);
}

bool
path_has(const struct path *from, const char *name, struct stat *st)
{
	struct path p;
	bool has = path_find_in(&p, from, name) == 0 && path_stat(&p, st) == 0;

	if (!has) {
		*st = (struct stat){ .st_mode = 0 };
		has = errno != ENOENT && errno != ENOTDIR;
	}
	path_release(&p);
	return has;
}

char *
path_of_descriptor(int fd)
{
	return mem_printf("/proc/self/fd/%d", fd);
}

static int
find_and_open(const char *given, int (*open_it)(const struct path *))
{
	struct path p;
	int fd = path_find(&p, given, PATH_FOLLOW) < 0 ?
	    path_fail(&p, "cannot open") : open_it(&p);

	path_release(&p);
	return fd;
}

int
path_open_named(const char *given)
{
	return find_and_open(given, path_open);
}

int
path_open_found(const char *given)
{
	return find_and_open(given, path_open_regular);
}

int
path_stat_named(const char *given, struct stat *st)
{
	struct path p;
	int status = path_find(&p, given, PATH_FOLLOW);
	int error;

	if (status == 0)
		status = path_stat(&p, st);
	error = errno;
	path_release(&p);
	errno = error;
	return status;
}

int
path_open_directory(const char *given)
{
	struct path p;
	int fd = -1, error;

	if (path_find_directory(&p, given) == 0)
		fd = path_openat(&p, ".", O_RDONLY | O_DIRECTORY, 0);
	error = errno;
	path_release(&p);
	errno = error;
	return fd;
}

int
path_scan(const char *path, struct dirent ***names,
    int (*wanted)(const struct dirent *entry))
{
	int fd = path_open_directory(path), count, error;

	if (fd < 0)
		return -1;
	count = scandirat(fd, ".", names, wanted, alphasort);
	error = errno;
	close(fd);
	errno = error;
	return count;
}

DIR *
path_list(const char *given)
{
	int fd = path_open_directory(given), error;
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;

	if (directory == NULL && fd >= 0) {
		error = errno;
		close(fd);
		errno = error;
	}
	return directory;
}

bool
path_exists(const char *given)
{
	struct stat st;

	return path_stat_named(given, &st) == 0;
}

bool
path_is_directory(const char *given)
{
	struct stat st;

	return path_stat_named(given, &st) == 0 && S_ISDIR(st.st_mode);
}
