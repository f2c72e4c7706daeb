/* SPDX-License-Identifier: MIT */
/* Backups are in the order of their stamps, which no one can forge. */
#include "pki/editfile.h"

#include <sys/resource.h>

#include "scratch.h"

/* 2026-11-20 04:30:00.123456 */
static const struct timespec now = { 1795149000, 123456789 };

static void
begin(struct replacement *r, const char *file)
{
	if (access(file, F_OK) < 0)
		scratch_put(file, "");
	assert_int_equal(replace_begin(r, file, REPLACE_OLD, 0), 0);
}

/* And what is said of files that are none. */
static void
assert_newest(const char *file, const char *want, const char *said)
{
	struct replacement r;
	struct backups all;

	begin(&r, file);
	assert_int_equal(backups_list(&all, &r), 0);
	replace_end(&r);
	if (want == NULL) {
		assert_int_equal(all.count, 0);
	} else {
		assert_int_not_equal(all.count, 0);
		assert_string_equal(all.name[0], want);
	}
	backups_release(&all);
	if (said == NULL)
		assert_string_equal(scratch_said(), "");
	else
		assert_non_null(strstr(scratch_said(), said));
}

static void
assert_next(const char *file, const struct timespec *when, const char *want)
{
	struct replacement r;
	char *name;

	begin(&r, file);
	name = backup_name(&r, when);
	replace_end(&r);
	assert_non_null(name);
	assert_string_equal(name, want);
	free(name);
}

static void
prune(const char *file)
{
	struct replacement r;

	begin(&r, file);
	backup_prune(&r);
	replace_end(&r);
}

static void
newest_of_none(void **state)
{
	(void)state;
	assert_newest("f", NULL, NULL);
}

static void
newest_by_stamp(void **state)
{
	(void)state;
	scratch_put("f.clonekit.20260101T000000.000002Z", "");
	scratch_put("f.clonekit.20260101T000000.000001Z", "");
	scratch_put("f.clonekit.20251231T235959.999999Z", "");
	assert_newest("f", "f.clonekit.20260101T000000.000002Z", NULL);
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
		("f.clonekit.20260101T000000.000000Z.clonekit."
		"20260101T000000.000000Z"),
		"ff.clonekit.20260101T000000.000000Z",
		".f.clonekit.20260101T000000.000000Z",
		"f.1795239582000", "f.bak",
	};
	size_t count = sizeof others / sizeof *others;

	(void)state;
	for (size_t i = 0; i < count; i++)
		scratch_put(others[i], "");
	assert_newest("f", NULL, NULL);
	prune("f");
	assert_int_equal(scratch_count(), count + 1);
}

static void
no_time(void **state)
{
	static const char *const stamps[] = {
		"20260001T000000.000000Z", "20261301T000000.000000Z",
		"20260132T000000.000000Z", "20260229T000000.000000Z",
		"20260101T240000.000000Z", "20260101T006000.000000Z",
		"20260101T000060.000000Z", "00000000T000000.000000Z",
		"99999999T999999.999999Z", "19691231T235959.999999Z",
	};
	char name[64];

	(void)state;
	scratch_put("f.clonekit.20250101T000000.000000Z", "");
	for (size_t i = 0; i < sizeof stamps / sizeof *stamps; i++) {
		snprintf(name, sizeof name, "f.clonekit.%s", stamps[i]);
		scratch_put(name, "planted");
		assert_newest("f", "f.clonekit.20250101T000000.000000Z",
		    ": passed over 1 file with the name of a backup, such as");
		assert_next("f", &now,
		    "f.clonekit.20261120T043000.123456Z");
		prune("f");
		assert_string_equal(scratch_get(name), "planted");
		assert_int_equal(unlink(name), 0);
	}
}

static void
in_the_future(void **state)
{
	(void)state;
	scratch_put("f.clonekit.20250101T000000.000000Z", "");
	scratch_put("f.clonekit.29991231T235959.999999Z", "planted");
	assert_newest("f", "f.clonekit.20250101T000000.000000Z",
	    "its stamp is in the future");
	assert_next("f", &now, "f.clonekit.20261120T043000.123456Z");
}

static void
not_regular(void **state)
{
	(void)state;
	scratch_put("secret", "secret");
	scratch_put("f.clonekit.20250101T000000.000000Z", "");
	assert_int_equal(symlink("secret",
			     "f.clonekit.20250102T000000.000000Z"), 0);
	assert_newest("f", "f.clonekit.20250101T000000.000000Z",
	    "it is not a regular file");
	assert_int_equal(mkfifo("f.clonekit.20250103T000000.000000Z", 0600),
	    0);
	assert_int_equal(mkdir("f.clonekit.20250104T000000.000000Z", 0700), 0);
	assert_newest("f", "f.clonekit.20250101T000000.000000Z",
	    "passed over 3 files with the name of a backup");
	prune("f");
	assert_int_equal(scratch_count(), 6);
}

static void
of_another_owner(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	scratch_put("f.clonekit.20250101T000000.000000Z", "");
	scratch_put("f.clonekit.20250102T000000.000000Z", "");
	assert_int_equal(chown("f.clonekit.20250102T000000.000000Z", 12345,
			     12345), 0);
	assert_newest("f", "f.clonekit.20250101T000000.000000Z",
	    "its owner is not the file's");
}

static void
next_is_later(void **state)
{
	struct timespec when;
	struct replacement r;
	char *last = NULL;

	(void)state;
	begin(&r, "f");
	for (int i = 0; i < 50; i++) {
		char *name;

		clock_gettime(CLOCK_REALTIME, &when);
		name = backup_name(&r, &when);
		assert_non_null(name);
		assert_true(last == NULL || strcmp(last, name) < 0);
		scratch_put(name, "");
		free(last);
		last = name;
	}
	replace_end(&r);
	assert_newest("f", last, NULL);
	free(last);
}

static void
same_microsecond(void **state)
{
	(void)state;
	scratch_put("f.clonekit.20261120T043000.123456Z", "");
	assert_next("f", &now, "f.clonekit.20261120T043000.123457Z");
	scratch_put("f.clonekit.20261120T043000.999999Z", "");
	assert_next("f", &now, "f.clonekit.20261120T043001.000000Z");
}

static void
taken_by_others(void **state)
{
	(void)state;
	assert_int_equal(mkdir("f.clonekit.20261120T043000.123456Z", 0700), 0);
	assert_int_equal(symlink("nowhere",
			     "f.clonekit.20261120T043000.123457Z"), 0);
	assert_next("f", &now, "f.clonekit.20261120T043000.123458Z");
}

/* Backups of today, and a clock that says that it is last year. */
static void
clock_went_back(void **state)
{
	static const struct timespec before = { 1763613000, 2000 };
	static const char *const names[] = {
		"f.clonekit.20200101T000000.000000Z",
		"f.clonekit.20251120T043000.000000Z",
		"f.clonekit.20251120T043000.000001Z",
	};

	(void)state;
	scratch_put("f.clonekit.20200101T000000.000000Z", "1");
	scratch_put("f.clonekit.20260101T000000.000000Z", "2");
	scratch_put("f.clonekit.20260102T000000.000000Z", "3");
	assert_next("f", &before, "f.clonekit.20251120T043000.000002Z");
	assert_int_equal(scratch_count(), 4);
	for (int i = 0; i < 3; i++)
		assert_int_equal(*scratch_get(names[i]), '1' + i);
	assert_newest("f", names[2], NULL);
}

static void
clock_went_back_among_many(void **state)
{
	static const struct timespec before = { 1763613000, 2000 };

	(void)state;
	scratch_put("f.clonekit.20251120T043000.000000Z", "1");
	scratch_put("f.clonekit.20251120T043000.000001Z", "2");
	scratch_put("f.clonekit.20260102T000000.000000Z", "3");
	assert_next("f", &before, "f.clonekit.20251120T043000.000002Z");
	assert_string_equal(
	    scratch_get("f.clonekit.20251120T042959.999999Z"), "1");
	assert_string_equal(
	    scratch_get("f.clonekit.20251120T043000.000000Z"), "2");
	assert_string_equal(
	    scratch_get("f.clonekit.20251120T043000.000001Z"), "3");
}

static void
unseen(void **state)
{
	struct rlimit old, none;
	struct replacement r;
	struct backups all;
	int status;

	(void)state;
	scratch_put("f.clonekit.20260101T000000.000001Z", "");
	begin(&r, "f");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	status = backups_list(&all, &r);
	assert_null(backup_name(&r, &now));
	backup_prune(&r);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	replace_end(&r);
	assert_int_equal(status, -1);
	assert_int_equal(all.count, 0);
	backups_release(&all);
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
	prune("f");
	assert_int_equal(scratch_count(), 1 + BACKUP_KEPT);
	assert_string_equal(scratch_get("f.clonekit.20260101T000005.000000Z"),
	    "");
	assert_string_equal(scratch_get("f.clonekit.20260101T000004.000000Z"),
	    "(no such file)");
	prune("f");
	assert_int_equal(scratch_count(), 1 + BACKUP_KEPT);
}

static void
itself_is_none(void **state)
{
	(void)state;
	scratch_put("f", "now");
	scratch_put("f.clonekit.20260101T000001.000000Z", "before");
	assert_int_equal(link("f", "f.clonekit.20260101T000002.000000Z"), 0);
	assert_newest("f", "f.clonekit.20260101T000001.000000Z", NULL);
	prune("f");
	assert_newest("f", "f.clonekit.20260101T000001.000000Z", NULL);
	assert_string_equal(scratch_get("f"), "now");
	assert_int_equal(scratch_count(), 2);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("there may be no backup", newest_of_none),
		SCRATCH_TEST("the newest has the last stamp", newest_by_stamp),
		SCRATCH_TEST("other names are no backups", other_names),
		SCRATCH_TEST("a stamp that is no time is no backup's", no_time),
		SCRATCH_TEST("a stamp in the future is no backup's",
		    in_the_future),
		SCRATCH_TEST("a link, a pipe, a directory are no backups",
		    not_regular),
		SCRATCH_TEST("another owner's file is no backup",
		    of_another_owner),
		SCRATCH_TEST("each is later than the one before",
		    next_is_later),
		SCRATCH_TEST("two in one microsecond have two names",
		    same_microsecond),
		SCRATCH_TEST("what is no backup has its name to itself",
		    taken_by_others),
		SCRATCH_TEST("where the clock went back, they keep their order",
		    clock_went_back),
		SCRATCH_TEST("and also where earlier ones are in the way",
		    clock_went_back_among_many),
		SCRATCH_TEST("a directory that cannot be read is an error",
		    unseen),
		SCRATCH_TEST("the five newest stay", five_stay),
		SCRATCH_TEST("a link to the file itself is no backup",
		    itself_is_none),
	};

	return scratch_run(tests, sizeof tests / sizeof *tests);
}
