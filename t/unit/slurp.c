/* SPDX-License-Identifier: MIT */
/* Files that others write while they are read. */
#include "util/slurp.h"

#include "scratch.h"

#include <time.h>

#define CHANGING "/proc/sys/kernel/random/uuid" /* with each reading */

static int
read_named(const char *name, enum path_last last, size_t limit, char **text,
    size_t *size)
{
	struct path path;
	int status;

	assert_int_equal(path_find(&path, name, last), 0);
	status = slurp_stable(&path, limit, text, size);
	path_release(&path);
	return status;
}

static void
reads(void **state)
{
	char *text = NULL;
	size_t size;

	(void)state;
	scratch_put("a", "text");
	assert_int_equal(read_named("a", PATH_FOLLOW, 4, &text, &size), 0);
	assert_int_equal(size, 4);
	assert_string_equal(text, "text");
	free(text);
	assert_string_equal(scratch_said(), "");
}

static void
fails(const char *name, enum path_last last, size_t limit,
    const char *message)
{
	char *text = NULL;
	size_t size;

	assert_int_equal(read_named(name, last, limit, &text, &size), -1);
	assert_null(text);
	assert_string_equal(scratch_said(), message);
}

static void
does_not_settle(void **state)
{
	(void)state;
	fails(CHANGING, PATH_FOLLOW, 100, CHANGING
	    ": somebody is writing it: no two readings are alike\n");
}

static void
refuses(void **state)
{
	(void)state;
	scratch_put("a", "text");
	assert_int_equal(symlink("a", "link"), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	fails("b", PATH_FOLLOW, 9,
	    "cannot open 'b': No such file or directory\n");
	fails("a", PATH_FOLLOW, 3, "a: larger than 3 bytes\n");
	fails(".", PATH_FOLLOW, 9, "'.' is not a regular file\n");
	fails("fifo", PATH_FOLLOW, 9, "'fifo' is not a regular file\n");
	fails("/dev/zero", PATH_FOLLOW, 9,
	    "'/dev/zero' is not a regular file\n");
	fails("link", PATH_KEEP, 9, "'link' is not a regular file\n");
}

/* Older than the file is, so that a plain reading would change it. */
static void
leaves_no_trace(void **state)
{
	const struct timespec old[2] = { { 1000, 0 }, { 2000, 0 } };
	struct stat before, after;
	char *text = NULL;
	size_t size;

	(void)state;
	scratch_put("a", "text");
	assert_int_equal(utimensat(AT_FDCWD, "a", old, 0), 0);
	assert_int_equal(stat("a", &before), 0);
	assert_int_equal(read_named("a", PATH_FOLLOW, 9, &text, &size), 0);
	free(text);
	assert_int_equal(stat("a", &after), 0);
	assert_int_equal(after.st_atim.tv_sec, before.st_atim.tv_sec);
	assert_int_equal(after.st_mtim.tv_sec, 2000);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("reads a file", reads),
		SCRATCH_TEST("gives up on one that changes all the time",
		    does_not_settle),
		SCRATCH_TEST("takes nothing that is no file", refuses),
		SCRATCH_TEST("leaves the time of access", leaves_no_trace),
	};

	return scratch_run(tests, sizeof tests / sizeof *tests);
}
