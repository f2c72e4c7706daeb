/* SPDX-License-Identifier: MIT */
/* Backups are in the order of their names, whatever the clock says. */
#include "cfg/backup.h"

#include <sys/resource.h>

#include "scratch.h"

#define NINES "99999999T999999.999999Z"

static void
assert_newest(const char *file, const char *want)
{
	char *name;

	assert_int_equal(backup_newest(scratch_path(file), &name), 0);
	if (want == NULL)
		assert_null(name);
	else
		assert_string_equal(name, want);
	free(name);
}

static void
assert_next(const char *file, const char *want)
{
	char *name = backup_name(scratch_path(file));

	assert_non_null(name);
	assert_string_equal(name, want);
	free(name);
}

static void
newest_of_none(void **state)
{
	(void)state;
	scratch_put("f", "");
	assert_newest("f", NULL);
}

static void
newest_by_name(void **state)
{
	(void)state;
	scratch_put("f.clonekit.20260101T000000.000002Z", "");
	scratch_put("f.clonekit.20260101T000000.000001Z", "");
	scratch_put("f.clonekit.20251231T235959.999999Z", "");
	assert_newest("f", "f.clonekit.20260101T000000.000002Z");
}

static void
other_names(void **state)
{
	static const char *const others[] = {
		"f.clonekit.", "f.clonekit.old",
		"f.clonekit.20260101T000000.00000Z",
		"f.clonekit.20260101T000000.0000000Z",
		"f.clonekit.20260101T000000,000000Z",
		"f.clonekit.20260101t000000.000000Z",
		"f.clonekit.2026-101T000000.000000Z",
		"f.clonekit.20260101T000000.000000Z~",
		"f.clonekit.20260101T000000.000000Z.clonekit."
		"20260101T000000.000000Z",
		"ff.clonekit.20260101T000000.000000Z",
		".f.clonekit.20260101T000000.000000Z",
		"f.1795239582000", "f.bak",
	};
	size_t count = sizeof others / sizeof *others;

	(void)state;
	for (size_t i = 0; i < count; i++)
		scratch_put(others[i], "");
	assert_newest("f", NULL);
	backup_prune(scratch_path("f"));
	assert_int_equal(scratch_count(), count);
}

static void
next_is_later(void **state)
{
	char *last = NULL;

	(void)state;
	for (int i = 0; i < 50; i++) {
		char *name = backup_name(scratch_path("f"));

		assert_non_null(name);
		assert_true(last == NULL || strcmp(last, name) < 0);
		scratch_put(name, "");
		assert_newest("f", name);
		free(last);
		last = name;
	}
	free(last);
}

static void
next_to_the_future(void **state)
{
	(void)state;
	scratch_put("f.clonekit.20990101T000000.000009Z", "");
	assert_next("f", "f.clonekit.20990101T000000.000010Z");
	scratch_put("f.clonekit.20991231T235959.999999Z", "");
	assert_next("f", "f.clonekit.20991231T235960.000000Z");
}

static void
end_of_time(void **state)
{
	(void)state;
	scratch_put("f9.clonekit." NINES, "");
	assert_next("f9", "f9.clonekit.00000000T000000.000000Z");
}

static void
unseen(void **state)
{
	struct rlimit old, none;
	char *name = NULL;
	int status;

	(void)state;
	scratch_put("f.clonekit.20260101T000000.000001Z", "");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	status = backup_newest(scratch_path("f"), &name);
	assert_null(backup_name(scratch_path("f")));
	backup_prune(scratch_path("f"));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(status, -1);
	assert_null(name);
	assert_non_null(strstr(scratch_said(), "cannot list the backups of"));
}

static void
five_stay(void **state)
{
	char name[64];

	(void)state;
	scratch_put("f", "");
	for (int i = 1; i <= 9; i++) {
		snprintf(name, sizeof name,
		    "f.clonekit.20260101T00000%d.000000Z", i);
		scratch_put(name, "");
	}
	backup_prune(scratch_path("f"));
	assert_int_equal(scratch_count(), 1 + BACKUP_KEPT);
	assert_string_equal(scratch_get("f.clonekit.20260101T000005.000000Z"),
	    "");
	assert_string_equal(scratch_get("f.clonekit.20260101T000004.000000Z"),
	    "(no such file)");
	backup_prune(scratch_path("f"));
	assert_int_equal(scratch_count(), 1 + BACKUP_KEPT);
}

static void
itself_is_none(void **state)
{
	(void)state;
	scratch_put("f", "now");
	scratch_put("f.clonekit.20260101T000001.000000Z", "before");
	assert_int_equal(link("f", "f.clonekit.20260101T000002.000000Z"), 0);
	backup_prune(scratch_path("f"));
	assert_newest("f", "f.clonekit.20260101T000001.000000Z");
	assert_string_equal(scratch_get("f"), "now");
	assert_int_equal(scratch_count(), 2);
}

static void
without_the_file(void **state)
{
	(void)state;
	scratch_put("f.clonekit.20260101T000001.000000Z", "all there is");
	backup_prune(scratch_path("f"));
	assert_int_equal(scratch_count(), 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("there may be no backup", newest_of_none),
		SCRATCH_TEST("the newest has the last name", newest_by_name),
		SCRATCH_TEST("other names are no backups", other_names),
		SCRATCH_TEST("each is later than the one before",
		    next_is_later),
		SCRATCH_TEST("one from the future is followed all the same",
		    next_to_the_future),
		SCRATCH_TEST("the last stamp does not change the file's name",
		    end_of_time),
		SCRATCH_TEST("a directory that cannot be read is an error",
		    unseen),
		SCRATCH_TEST("the five newest stay", five_stay),
		SCRATCH_TEST("a link to the file itself is no backup",
		    itself_is_none),
		SCRATCH_TEST("nothing goes where the file is missing",
		    without_the_file),
	};

	return scratch_run(tests, sizeof tests / sizeof *tests);
}
