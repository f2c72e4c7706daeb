/* SPDX-License-Identifier: MIT */
#include "cfg/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/mem.h"
#include "util/str.h"

#define STAMP "00000000T000000.000000Z"
#define SECOND INT64_C(1000000)

struct backup {
	char *name;
	int64_t stamp; /* in microseconds since 1970 */
	bool is_file_itself;
};

struct list {
	struct backup *item; /* oldest first */
	size_t count, room;
	size_t others; /* files of such names that are no backups */
	char *other;   /* one of them */
	const char *why;
};

/* -- stamps ---------------------------------------------------------------- */

static bool
has_form(const char *s)
{
	size_t i = 0;

	for (; STAMP[i] != '\0'; i++)
		if (STAMP[i] == '0' ? s[i] < '0' || s[i] > '9' :
				      s[i] != STAMP[i])
			return false;
	return s[i] == '\0';
}

static int
number(const char *digits, int count)
{
	int n = 0;

	for (int i = 0; i < count; i++)
		n = 10 * n + digits[i] - '0';
	return n;
}

/* -1: no day of the calendar or no time of the day. */
static int64_t
parse(const char *s)
{
	struct tm tm = { .tm_year = number(s, 4) - 1900,
		.tm_mon = number(s + 4, 2) - 1, .tm_mday = number(s + 6, 2),
		.tm_hour = number(s + 9, 2), .tm_min = number(s + 11, 2),
		.tm_sec = number(s + 13, 2) };
	const struct tm wanted = tm;
	const time_t seconds = timegm(&tm);

	if (seconds < 0 || tm.tm_mon != wanted.tm_mon ||
	    tm.tm_mday != wanted.tm_mday || tm.tm_hour != wanted.tm_hour ||
	    tm.tm_min != wanted.tm_min || tm.tm_sec != wanted.tm_sec)
		return -1;
	return seconds * SECOND + number(s + 16, 6);
}

static int64_t
microseconds(const struct timespec *t)
{
	return t->tv_sec * SECOND + t->tv_nsec / 1000;
}

static char *
name_at(const struct replacement *r, int64_t stamp)
{
	const time_t seconds = (time_t)(stamp / SECOND);
	char text[sizeof STAMP];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof text, "%Y%m%dT%H%M%S", &tm);
	return mem_printf("%s.clonekit.%s.%06dZ", r->path.name, text,
	    (int)(stamp % SECOND));
}

/* -- what there is --------------------------------------------------------- */

/* NULL, or why a file of such a name is none that an edit made. */
static const char *
why_not(const struct replacement *r, const struct stat *st, int64_t stamp)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (!S_ISREG(st->st_mode))
		return "it is not a regular file";
	if (st->st_uid != r->was.st_uid)
		return "its owner is not the file's";
	if (stamp < 0)
		return "its stamp is not a time";
	/* Where the clock was put back, a backup may be later than now.  The
	 * kernel stamps inodes by a coarser clock than ours. */
	if (stamp > microseconds(&now) &&
	    stamp > microseconds(&st->st_ctim) + SECOND)
		return "its stamp is in the future";
	return NULL;
}

static void
add_if_backup(struct list *list, const struct replacement *r, const char *name,
    const char *stamp)
{
	struct backup backup = { .stamp = parse(stamp) };
	struct stat st, self;
	const char *why;

	if (path_statat(&r->path, name, &st) < 0)
		return;
	why = why_not(r, &st, backup.stamp);
	if (why != NULL) {
		if (list->others++ == 0)
			list->other = mem_dup(name, strlen(name));
		list->why = why;
		return;
	}
	backup.name = mem_dup(name, strlen(name));
	backup.is_file_itself = path_stat(&r->path, &self) == 0 &&
	    st.st_dev == self.st_dev && st.st_ino == self.st_ino;
	MEM_GROW(list->item, list->count, list->room);
	list->item[list->count++] = backup;
}

static int
by_stamp(const void *a, const void *b)
{
	const struct backup *x = a, *y = b;

	return (x->stamp > y->stamp) - (x->stamp < y->stamp);
}

static void
release(struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->item[i].name);
	free(list->item);
	free(list->other);
}

/* -1, with errno: not all of them could be seen. */
static int
list_backups(struct list *list, const struct replacement *r)
{
	char *mark = mem_printf("%s.clonekit.", r->path.name);
	int fd = fcntl(r->directory, F_DUPFD_CLOEXEC, 0), error = 0;
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	*list = (struct list){ .count = 0 };
	if (directory == NULL)
		error = errno;
	else
		rewinddir(directory); /* it is the lock's offset, too */
	while (error == 0) {
		errno = 0;
		entry = readdir(directory);
		error = errno;
		if (entry == NULL)
			break;
		if (starts_with(entry->d_name, mark) &&
		    has_form(entry->d_name + strlen(mark)))
			add_if_backup(list, r, entry->d_name,
			    entry->d_name + strlen(mark));
	}
	if (list->count != 0)
		qsort(list->item, list->count, sizeof *list->item, by_stamp);
	if (directory != NULL)
		closedir(directory);
	else if (fd >= 0)
		close(fd);
	free(mark);
	errno = error;
	return error == 0 ? 0 : -1;
}

static int
fail_list(const struct replacement *r)
{
	return fail_errno("cannot list the backups of '%s'", r->path.real);
}

int
backups_list(struct backups *all, const struct replacement *r)
{
	struct list list;
	int status = list_backups(&list, r);

	*all = (struct backups){ .count = 0 };
	if (status < 0)
		fail_list(r);
	else
		all->name = mem_zalloc(list.count + 1, sizeof *all->name);
	for (size_t i = list.count; status == 0 && i-- > 0;)
		if (!list.item[i].is_file_itself) {
			all->name[all->count++] = list.item[i].name;
			list.item[i].name = NULL;
		}
	if (status == 0 && list.others != 0)
		say("'%s': passed over %zu file%s with the name of a backup, "
		    "such as '%s': %s", r->path.real, list.others,
		    list.others == 1 ? "" : "s", list.other, list.why);
	release(&list);
	return status;
}

void
backups_release(struct backups *all)
{
	for (size_t i = 0; i < all->count; i++)
		free(all->name[i]);
	free(all->name);
}

/* -- a new one ------------------------------------------------------------- */

/*
 * Give the backups that are not before now earlier names.  The oldest goes
 * first, so that the order is right after each step.
 */
static int
move_before(struct list *list, const struct replacement *r, int64_t now)
{
	size_t first = list->count;
	int64_t stamp = now;

	while (first > 0 && list->item[first - 1].stamp >= stamp) {
		first--;
		stamp--;
	}
	for (; first < list->count; first++, stamp++) {
		char *name = name_at(r, stamp);
		int status = list->item[first].stamp == stamp ? 0 :
		    path_renameat(&r->path, list->item[first].name, name,
			RENAME_NOREPLACE);

		if (status < 0)
			fail_errno("cannot rename the backup '%s' to '%s'",
			    list->item[first].name, name);
		free(name);
		if (status < 0)
			return -1;
	}
	return 0;
}

static char *
free_name(const struct replacement *r, int64_t stamp)
{
	struct stat st;
	char *name = name_at(r, stamp);

	while (path_statat(&r->path, name, &st) == 0) {
		free(name);
		name = name_at(r, ++stamp);
	}
	return name;
}

char *
backup_name(const struct replacement *r, const struct timespec *now)
{
	int64_t stamp = microseconds(now), newest;
	char *name = NULL;
	struct list list;

	if (list_backups(&list, r) < 0) {
		fail_list(r);
	} else {
		newest = list.count != 0 ?
		    list.item[list.count - 1].stamp : -1;
		/* Within a second, the next one will do. */
		if (newest >= stamp && newest < stamp + SECOND)
			stamp = newest + 1;
		if (newest < stamp || move_before(&list, r, stamp) == 0)
			name = free_name(r, stamp);
	}
	release(&list);
	return name;
}

void
backup_prune(const struct replacement *r)
{
	struct list list;
	size_t kept = 0;

	/* One that is not seen now is so the next time. */
	list_backups(&list, r);
	for (size_t i = list.count; i-- > 0;)
		if (list.item[i].is_file_itself || kept == BACKUP_KEPT)
			path_unlinkat(&r->path, list.item[i].name);
		else
			kept++;
	release(&list);
}
