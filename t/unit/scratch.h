/* SPDX-License-Identifier: MIT */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Unit tests that need files: each test runs in an empty directory, and what
 * it says on stderr can be asked for.
 *
 *	static const struct CMUnitTest tests[] = {
 *		SCRATCH_TEST("does what it says", does_it),
 *	};
 *	return scratch_run(tests, sizeof tests / sizeof *tests);
 */

#define SCRATCH_TEST(title, function)                                          \
	{ title, function, scratch_enter, scratch_leave, NULL }

static char scratch_directory[32], scratch_text[4096];
static int scratch_stderr, scratch_real_stderr;

static inline int
scratch_enter(void **state)
{
	(void)state;
	strcpy(scratch_directory, "/tmp/clonekit.XXXXXX");
	if (mkdtemp(scratch_directory) == NULL ||
	    chdir(scratch_directory) < 0 || mkdir("here", 0700) < 0)
		return -1;
	scratch_stderr = open("stderr", O_RDWR | O_CREAT | O_APPEND, 0600);
	scratch_real_stderr = dup(2);
	if (scratch_stderr < 0 || dup2(scratch_stderr, 2) < 0)
		return -1;
	return chdir("here");
}

static inline int
scratch_leave(void **state)
{
	char command[64];

	(void)state;
	dup2(scratch_real_stderr, 2);
	close(scratch_real_stderr);
	close(scratch_stderr);
	snprintf(command, sizeof command, "rm -rf %s", scratch_directory);
	return chdir("/") < 0 || system(command) != 0 ? -1 : 0;
}

/* Write a file. */
static inline void
scratch_put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* The beginning of what fd has; valid until the next call of these. */
static inline const char *
scratch_read(int fd)
{
	ssize_t got = pread(fd, scratch_text, sizeof scratch_text - 1, 0);

	assert_true(got >= 0);
	scratch_text[got] = '\0';
	return scratch_text;
}

static inline const char *
scratch_get(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return "(no such file)";
	scratch_read(fd);
	close(fd);
	return scratch_text;
}

/* What was said since the last call, after "program: "; "" is nothing. */
static inline const char *
scratch_said(void)
{
	const char *colon = strstr(scratch_read(scratch_stderr), ": ");

	assert_int_equal(ftruncate(scratch_stderr, 0), 0);
	return colon != NULL ? colon + 2 : scratch_text;
}

/* How many files there are. */
static inline int
scratch_count(void)
{
	DIR *here = opendir(".");
	int count = -2; /* . and .. */

	assert_non_null(here);
	while (readdir(here) != NULL)
		count++;
	closedir(here);
	return count;
}

/* "here/name", as the code that is tested sees it: no links in it. */
static inline const char *
scratch_path(const char *name)
{
	static char path[PATH_MAX];
	size_t used;

	assert_non_null(getcwd(path, sizeof path));
	used = strlen(path);
	snprintf(path + used, sizeof path - used, "/%s", name);
	return path;
}

static inline int
scratch_run(const struct CMUnitTest *tests, size_t count)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return _cmocka_run_group_tests("", tests, count, NULL, NULL);
}

#endif
