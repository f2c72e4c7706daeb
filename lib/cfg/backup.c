/* SPDX-License-Identifier: MIT */
#include "cfg/backup.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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

static struct list
list_backups(const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	char *above = mem_dup(path, (size_t)(name - path));
	char *mark = mem_printf("%s.clonekit.", name);
	struct list list = { .directory = opendir(above) };
	struct dirent *entry;

	while (list.directory != NULL &&
	    (entry = readdir(list.directory)) != NULL) {
		if (!starts_with(entry->d_name, mark) ||
		    !is_stamp(entry->d_name + strlen(mark)))
			continue;
		MEM_GROW(list.name, list.count, list.room);
		list.name[list.count++] =
		    mem_dup(entry->d_name, strlen(entry->d_name));
	}
	if (list.count != 0)
		qsort(list.name, list.count, sizeof *list.name, by_name);
	free(mark);
	free(above);
	return list;
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

char *
backup_newest(const char *path)
{
	struct list list = list_backups(path);
	char *name = NULL;

	if (list.count != 0) {
		name = list.name[list.count - 1];
		list.name[list.count - 1] = NULL;
	}
	release(&list);
	return name;
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

char *
backup_name(const char *path)
{
	char *newest = backup_newest(path), *name = NULL;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	name = name_at(path, &now);
	/* A clock that went back must not make the newest look old. */
	if (newest != NULL && strcmp(name, newest) <= 0) {
		char *digit = strrchr(newest, 'Z') - 1;

		free(name);
		name = newest;
		newest = NULL;
		for (; digit > name; digit--) {
			if (*digit < '0' || *digit > '9')
				continue;
			if (++*digit <= '9')
				break;
			*digit = '0';
		}
	}
	free(newest);
	return name;
}

void
backup_prune(const char *path)
{
	struct list list = list_backups(path);
	struct stat st, self;
	size_t kept = 0;

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
