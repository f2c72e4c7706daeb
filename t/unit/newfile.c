/* SPDX-License-Identifier: MIT */
/* A new file is whole before it is there, and has what was asked for it. */
#include "util/replace.h"

#include <errno.h>
#include <sys/xattr.h>

#include "replacing.h"

static void
new_is_private(void **state)
{
	mode_t umask_was = umask(0);

	(void)state;
	assert_int_equal(symlink(".", "link"), 0);
	assert_int_equal(replace_with("link/f", REPLACE_NEW, slice_of("key"),
			     NULL), 0);
	umask(umask_was);
	assert_string_equal(scratch_get("f"), "key");
	assert_int_equal(mode_of("f"), 0600);
	assert_int_equal(scratch_count(), 2);
}

static void
new_is_not_over_old(void **state)
{
	(void)state;
	scratch_put("f", "old");
	assert_int_equal(replace_with("f", REPLACE_NEW, slice_of("new"), NULL),
	    -1);
	assert_said("cannot put ", "f", " in place: File exists");
	assert_string_equal(scratch_get("f"), "old");
	assert_int_equal(scratch_count(), 1);
	/* A link that leads nowhere is there, too. */
	assert_int_equal(symlink("nowhere", "link"), 0);
	assert_int_equal(replace_with("link", REPLACE_NEW, slice_of("new"),
			     NULL), -1);
	assert_int_equal(scratch_count(), 2);
}

static void
any_keeps_nothing_of_the_old(void **state)
{
	struct stat before, after;

	(void)state;
	assert_int_equal(replace_with("f", REPLACE_ANY, slice_of("old"),
			     NULL), 0);
	assert_string_equal(scratch_get("f"), "old");
	assert_int_equal(mode_of("f"), 0600);
	assert_int_equal(chmod("f", 0666), 0);
	assert_int_equal(stat("f", &before), 0);
	assert_int_equal(link("f", "g"), 0);
	assert_int_equal(replace_with("f", REPLACE_ANY, slice_of("new"),
			     NULL), 0);
	assert_string_equal(scratch_get("f"), "new");
	assert_string_equal(scratch_get("g"), "old");
	assert_int_equal(mode_of("f"), 0600);
	assert_int_equal(stat("f", &after), 0);
	assert_int_not_equal(before.st_ino, after.st_ino);
	assert_int_equal(scratch_count(), 2);
}

/* Links first of all: --force -o /dev/stdout as root. */
static void
any_is_of_regular_files(void **state)
{
	static const char *const names[] = { "d", "p", "link", "dangling" };

	(void)state;
	scratch_put("f", "old");
	assert_int_equal(mkdir("d", 0700), 0);
	assert_int_equal(mkfifo("p", 0600), 0);
	assert_int_equal(symlink("f", "link"), 0);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		assert_int_equal(replace_with(names[i], REPLACE_ANY,
				     slice_of("new"), NULL), -1);
		assert_said("", names[i], " is not a regular file");
	}
	assert_string_equal(scratch_get("f"), "old");
	assert_int_equal(scratch_count(), 5);
}

/* Write f as asked in *wanted. */
static int
create_with(const struct replacement *wanted)
{
	struct replacement r;
	int status;

	assert_int_equal(replace_begin(&r, "f", REPLACE_ANY, 0), 0);
	assert_true(r.owner == (uid_t)-1);
	assert_true(r.group == (gid_t)-1);
	r.owner = wanted->owner;
	r.group = wanted->group;
	r.mode = wanted->mode;
	r.context = wanted->context;
	status = replace_commit(&r, slice_of("new"), NULL);
	replace_end(&r);
	return status;
}

static void
mode_as_asked(void **state)
{
	/* An ACL in the kernel's form: user 65534 may read. */
	static const unsigned char acl[] = { 2, 0, 0, 0,
		1, 0, 7, 0, 255, 255, 255, 255,
		2, 0, 4, 0, 254, 255, 0, 0,
		4, 0, 0, 0, 255, 255, 255, 255,
		16, 0, 7, 0, 255, 255, 255, 255,
		32, 0, 0, 0, 255, 255, 255, 255 };
	const struct replacement wanted = { .owner = (uid_t)-1,
		.group = (gid_t)-1, .mode = 0640 };
	mode_t umask_was = umask(0277);

	(void)state;
	/* Where there are ACLs, it is not inherited. */
	setxattr(".", "system.posix_acl_default", acl, sizeof acl, 0);
	assert_int_equal(create_with(&wanted), 0);
	umask(umask_was);
	assert_int_equal(mode_of("f"), 0640);
	assert_int_equal(getxattr("f", "system.posix_acl_access", NULL, 0),
	    -1);
}

static void
owner_as_asked(void **state)
{
	const struct replacement wanted = { .owner = 12345, .group = 23456 };
	struct stat st;

	(void)state;
	if (geteuid() != 0) {
		assert_int_equal(create_with(&wanted), -1);
		assert_said("cannot give ", "f",
		    " its owner and group: Operation not permitted");
		assert_int_equal(scratch_count(), 0);
		return;
	}
	assert_int_equal(create_with(&wanted), 0);
	assert_int_equal(stat("f", &st), 0);
	assert_int_equal(st.st_uid, 12345);
	assert_int_equal(st.st_gid, 23456);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void
label_as_asked(void **state)
{
	static const char label[] = "system_u:object_r:pki_tomcat_cert_t:s0";
	const struct replacement wanted = { .owner = (uid_t)-1,
		.group = (gid_t)-1, .context = label };
	char got[sizeof label];

	(void)state;
	scratch_put("f", "old");
	/* Not everyone may, and not everywhere. */
	if (setxattr("f", "security.selinux", label, sizeof label, 0) < 0) {
		const char *why = strerror(errno);
		char after[128];

		snprintf(after, sizeof after, " as '%s': %s", label, why);
		assert_int_equal(create_with(&wanted), -1);
		assert_said("cannot label ", "f", after);
		assert_string_equal(scratch_get("f"), "old");
		assert_int_equal(scratch_count(), 1);
		return;
	}
	assert_int_equal(create_with(&wanted), 0);
	assert_int_equal(getxattr("f", "security.selinux", got, sizeof got),
	    sizeof label);
	assert_string_equal(got, label);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("a new file is private", new_is_private),
		SCRATCH_TEST("a new file does not overwrite",
		    new_is_not_over_old),
		SCRATCH_TEST("a new one in place of any has nothing of it",
		    any_keeps_nothing_of_the_old),
		SCRATCH_TEST("neither links nor pipes are given up for it",
		    any_is_of_regular_files),
		SCRATCH_TEST("a new file has the mode that is asked, no more",
		    mode_as_asked),
		SCRATCH_TEST("a new file has the owner that is asked",
		    owner_as_asked),
		SCRATCH_TEST("a new file has the label that is asked",
		    label_as_asked),
	};

	return scratch_run(tests, sizeof tests / sizeof *tests);
}
