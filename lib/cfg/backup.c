/* SPDX-License-Identifier: MIT */
#include "cfg/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/mem.h"
#include "util/str.h"

#define STAMP "00000000T000000.000000Z"

struct list {
	DIR *directory;
	char **name; /* oldest first */
	size_t count, room;
};

static bool
is_stamp(const char *s)
{
	size_t i = 0;

	for (; STAMP[i] != '\0'; i++)
		if (STAMP[i] == '0' ? s[i] < '0' || s[i] > '9' :
				      s[i] != STAMP[i])
			return false;
	return s[i] == '\0';
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
add_if_backup(struct list *list, const char *mark, const char *name)
{
	if (!starts_with(name, mark) || !is_stamp(name + strlen(mark)))
		return;
	MEM_GROW(list->name, list->count, list->room);
	list->name[list->count++] = mem_dup(name, strlen(name));
}

/* -1, with errno: not all of them could be seen. */
static int
list_backups(struct list *list, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	char *above = mem_dup(path, (size_t)(name - path));
	char *mark = mem_printf("%s.clonekit.", name);
	struct dirent *entry = NULL;
	int error;

	*list = (struct list){ .directory = opendir(above) };
	error = list->directory == NULL ? errno : 0;
	while (error == 0) {
		errno = 0;
		entry = readdir(list->directory);
		error = errno;
		if (entry == NULL)
			break;
		add_if_backup(list, mark, entry->d_name);
	}
	if (list->count != 0)
		qsort(list->name, list->count, sizeof *list->name, by_name);
	free(mark);
	free(above);
	errno = error;
	return error == 0 ? 0 : -1;
}

static void
release(struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->name[i]);
	free(list->name);
	if (list->directory != NULL)
		closedir(list->directory);
}

int
backup_newest(const char *path, char **name)
{
	struct list list;
	int status = list_backups(&list, path);

	*name = NULL;
	if (status < 0)
		fail_errno("cannot list the backups of '%s'", path);
	else if (list.count != 0)
		*name = list.name[--list.count];
	release(&list);
	return status;
}

static char *
name_at(const char *path, const struct timespec *when)
{
	char stamp[sizeof STAMP];
	struct tm tm;

	gmtime_r(&when->tv_sec, &tm);
	strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%S", &tm);
	return mem_printf("%s.clonekit.%s.%06ldZ", strrchr(path, '/') + 1,
	    stamp, when->tv_nsec / 1000);
}

/* The stamp as one number, plus one: digits carry, the rest stays. */
static void
add_one(char *stamp)
{
	for (char *digit = strchr(stamp, '\0'); digit-- > stamp;) {
		if (*digit < '0' || *digit > '9')
			continue;
		if (++*digit <= '9')
			break;
		*digit = '0';
	}
}

char *
backup_name(const char *path)
{
	char *newest, *name;
	struct timespec now;

	if (backup_newest(path, &newest) < 0)
		return NULL;
	clock_gettime(CLOCK_REALTIME, &now);
	name = name_at(path, &now);
	/* A clock that went back must not make the newest look old. */
	if (newest != NULL && strcmp(name, newest) <= 0) {
		free(name);
		name = newest;
		newest = NULL;
		add_one(name + strlen(name) - strlen(STAMP));
	}
	free(newest);
	return name;
}

void
backup_prune(const char *path)
{
	struct list list;
	struct stat st, self;
	size_t kept = 0;

	/* One that is not seen now is so the next time. */
	list_backups(&list, path);
	if (list.directory != NULL && stat(path, &self) == 0)
		for (size_t i = list.count; i-- > 0;) {
			int fd = dirfd(list.directory);
			bool same = fstatat(fd, list.name[i], &st, 0) == 0 &&
			    st.st_dev == self.st_dev &&
			    st.st_ino == self.st_ino;

			if (same || kept == BACKUP_KEPT)
				unlinkat(fd, list.name[i], 0);
			else
				kept++;
		}
	release(&list);
}
