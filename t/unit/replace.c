/* SPDX-License-Identifier: MIT */
/* A file is replaced whole or not at all, whatever goes wrong. */
#include "util/replace.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "replacing.h"

static void
nothing_before_commit(void **state)
{
	struct replacement r;
	struct stat before, after;

	(void)state;
	scratch_put("f", "old");
	assert_int_equal(stat("f", &before), 0);
	assert_int_equal(replace_begin(&r, "f", REPLACE_OLD, 0), 0);
	assert_string_equal(r.path.real, scratch_path("f"));
	assert_string_equal(r.path.name, "f");
	assert_int_equal(scratch_count(), 1);
	replace_end(&r);
	replace_end(&r);
	assert_int_equal(stat("f", &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(scratch_count(), 1);
}

static void
any_bytes(void **state)
{
	struct stat st;

	(void)state;
	scratch_put("f", "old");
	assert_int_equal(replace_with("f", REPLACE_OLD,
			     (struct slice){ "a\0b\n", 4 }, NULL), 0);
	assert_memory_equal(scratch_get("f"), "a\0b\n", 5);
	assert_int_equal(replace_with("f", REPLACE_OLD,
			     (struct slice){ NULL, 0 }, NULL), 0);
	assert_int_equal(stat("f", &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(scratch_count(), 1);
}

static void
backup_is_the_old_file(void **state)
{
	struct stat before, after;

	(void)state;
	scratch_put("f", "old");
	assert_int_equal(stat("f", &before), 0);
	assert_int_equal(replace_with("f", REPLACE_OLD, slice_of("new"),
			     "kept"), 0);
	assert_string_equal(scratch_get("f"), "new");
	assert_string_equal(scratch_get("kept"), "old");
	assert_int_equal(stat("kept", &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(after.st_nlink, 1);
}

static void
backup_name_is_taken(void **state)
{
	(void)state;
	scratch_put("f", "old");
	scratch_put("kept", "another's");
	assert_int_equal(replace_with("f", REPLACE_OLD, slice_of("new"),
			     "kept"), -1);
	assert_said("cannot keep the old ", "f", " as 'kept': File exists");
	assert_string_equal(scratch_get("f"), "old");
	assert_string_equal(scratch_get("kept"), "another's");
	assert_int_equal(scratch_count(), 2);
}

static void
old_must_be_there(void **state)
{
	(void)state;
	assert_int_equal(replace_with("f", REPLACE_OLD, slice_of("new"), NULL),
	    -1);
	assert_string_equal(scratch_said(),
	    "cannot replace 'f': No such file or directory\n");
	assert_int_equal(replace_with("no/f", REPLACE_NEW, slice_of("new"),
			     NULL), -1);
	assert_string_equal(scratch_said(),
	    "cannot create 'no/f': No such file or directory\n");
	assert_int_equal(replace_with("f/", REPLACE_NEW, slice_of("new"),
			     NULL), -1);
	assert_string_equal(scratch_said(),
	    "cannot create 'f/': Is a directory\n");
	assert_int_equal(scratch_count(), 0);
}

static void
regular_files_only(void **state)
{
	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	assert_int_equal(replace_with("d", REPLACE_OLD, slice_of("new"), NULL),
	    -1);
	assert_said("", "d", " is not a regular file");
	/* Nobody writes to it: it must not be waited for. */
	assert_int_equal(mkfifo("p", 0600), 0);
	assert_int_equal(replace_with("p", REPLACE_OLD, slice_of("new"), NULL),
	    -1);
	assert_said("", "p", " is not a regular file");
	assert_int_equal(scratch_count(), 2);
}

static void
name_is_too_long(void **state)
{
	char name[NAME_MAX + 1];

	(void)state;
	memset(name, 'x', NAME_MAX);
	name[NAME_MAX] = '\0';
	scratch_put(name, "old");
	assert_int_equal(replace_with(name, REPLACE_OLD, slice_of("new"),
			     NULL), -1);
	assert_said("cannot create a file beside ", name,
	    ": File name too long");
	assert_string_equal(scratch_get(name), "old");
	assert_int_equal(scratch_count(), 1);
}

static void
size_limit(void **state)
{
	struct rlimit old, small;
	int null = open("/dev/null", O_WRONLY), status;

	(void)state;
	scratch_put("f", "old");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 2;
	/* What it says would be too large, too. */
	dup2(null, 2);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	status = replace_with("f", REPLACE_OLD, slice_of("new"), "kept");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	dup2(scratch_stderr, 2);
	close(null);
	assert_int_equal(status, -1);
	assert_string_equal(scratch_get("f"), "old");
	assert_int_equal(scratch_count(), 1);
}

/* A child that holds the lock for so many ms, and dies with it. */
static pid_t
hold(long ms)
{
	const struct timespec pause = { ms / 1000, ms % 1000 * 1000000 };
	int ready[2];
	pid_t child;
	char byte;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		struct replacement r;

		if (replace_begin(&r, "f", REPLACE_OLD, 0) < 0 ||
		    write(ready[1], "", 1) != 1)
			_exit(1);
		nanosleep(&pause, NULL);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return child;
}

static void
one_at_a_time(void **state)
{
	struct replacement r;
	pid_t child;
	int status;

	(void)state;
	scratch_put("f", "old");
	child = hold(60000);
	assert_int_equal(replace_begin(&r, "f", REPLACE_OLD, 0), -1);
	assert_said("", "f", ": another tool is still writing beside it after "
	    "0 s (see --lock-wait)");
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	assert_int_equal(replace_begin(&r, "f", REPLACE_OLD, 0), 0);
	replace_end(&r);
	assert_int_equal(replace_begin(&r, "f", REPLACE_OLD, 0), 0);
	replace_end(&r);
	child = hold(200);
	assert_int_equal(replace_begin(&r, "f", REPLACE_OLD, 30), 0);
	replace_end(&r);
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
}

static void
clears_what_is_dead(void **state)
{
	struct replacement r;

	(void)state;
	scratch_put("f", "old");
	scratch_put(".f.clonekit-000000", "dead");
	scratch_put(".f.clonekit-vvvvvv", "dead");
	scratch_put(".f.clonekit-00000", "another's");
	scratch_put(".f.clonekit-0000000", "another's");
	scratch_put(".g.clonekit-000000", "another's");
	scratch_put("f.clonekit-000000", "another's");
	assert_int_equal(mkdir(".f.clonekit-dddddd", 0700), 0);
	assert_int_equal(replace_begin(&r, "f", REPLACE_OLD, 0), 0);
	replace_end(&r);
	assert_int_equal(scratch_count(), 6);
	assert_string_equal(scratch_get(".f.clonekit-000000"),
	    "(no such file)");
	assert_string_equal(scratch_get(".f.clonekit-vvvvvv"),
	    "(no such file)");
}

static void
ignored_signals_stay_so(void **state)
{
	int status;
	pid_t child;

	(void)state;
	scratch_put("f", "old");
	fflush(stdout);
	child = fork();
	if (child == 0) {
		signal(SIGHUP, SIG_IGN);
		signal(SIGTERM, SIG_DFL);
		if (replace_with("f", REPLACE_OLD, slice_of("new"), NULL) < 0)
			_exit(1);
		raise(SIGHUP);
		raise(SIGTERM);
		_exit(2);
	}
	waitpid(child, &status, 0);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
	assert_string_equal(scratch_get("f"), "new");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		/* First, as the first commit of a process sees to signals. */
		SCRATCH_TEST("ignored signals stay ignored, others kill",
		    ignored_signals_stay_so),
		SCRATCH_TEST("a size limit is an error like others",
		    size_limit),
		SCRATCH_TEST("nothing is written before the commit",
		    nothing_before_commit),
		SCRATCH_TEST("any bytes are written, and none", any_bytes),
		SCRATCH_TEST("the backup is the old file itself",
		    backup_is_the_old_file),
		SCRATCH_TEST("a backup does not overwrite",
		    backup_name_is_taken),
		SCRATCH_TEST("the old file must be there", old_must_be_there),
		SCRATCH_TEST("only a regular file is replaced",
		    regular_files_only),
		SCRATCH_TEST("a name without room for more is left alone",
		    name_is_too_long),
		SCRATCH_TEST("one writer at a time; a dead one is none",
		    one_at_a_time),
		SCRATCH_TEST("what a dead writer left is cleared",
		    clears_what_is_dead),
	};

	return scratch_run(tests, sizeof tests / sizeof *tests);
}
