/* SPDX-License-Identifier: MIT */
/* Paths are walked once, and whose rights they need is found out. */
#include "util/path.h"

#include <errno.h>
#include <sys/types.h>

#include "scratch.h"

#define USER 17171

static void
find(struct path *p, const char *given, enum path_last last)
{
	assert_int_equal(path_find(p, given, last), 0);
}

/* That it is found as this name in this directory, by these rights. */
static void
assert_found(const char *given, const char *name, const char *real, long owner)
{
	struct path p;

	find(&p, given, PATH_FOLLOW);
	assert_string_equal(p.name, name);
	if (real != NULL)
		assert_string_equal(p.real, real);
	if (geteuid() == 0 && owner >= 0) {
		assert_non_null(p.owner);
		assert_int_equal(p.owner->uid, owner);
	} else {
		assert_null(p.owner);
	}
	path_release(&p);
	path_release(&p);
}

static void
assert_not_found(const char *given, int error)
{
	struct path p;

	assert_int_equal(path_find(&p, given, PATH_FOLLOW), -1);
	assert_int_equal(errno, error);
	path_release(&p);
}

static void
need_root(void)
{
	if (geteuid() != 0)
		skip();
	/* For the user to get here. */
	assert_int_equal(chmod("..", 0711), 0);
	assert_int_equal(chmod(".", 0711), 0);
}

static void
make_directory(const char *path, mode_t mode, uid_t owner)
{
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(chmod(path, mode), 0);
	assert_int_equal(chown(path, owner, owner), 0);
}

static void
make_link(const char *target, const char *path, uid_t owner)
{
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(lchown(path, owner, owner), 0);
}

static void
names(void **state)
{
	char real[PATH_MAX];

	(void)state;
	scratch_put("f", "");
	assert_int_equal(mkdir("d", 0700), 0);
	scratch_put("d/g", "");
	snprintf(real, sizeof real, "%s", scratch_path("f"));
	assert_found("f", "f", real, -1);
	assert_found("./f", "f", real, -1);
	assert_found("d/../f", "f", real, -1);
	assert_found("d//..//./f", "f", real, -1);
	assert_found(real, "f", real, -1);
	assert_found("d/none", "none", NULL, -1);
	assert_found("d/", ".", scratch_path("d"), -1);
	assert_found("d/.", ".", scratch_path("d"), -1);
	assert_found("/", ".", "/", -1);
	assert_found("..", "..", NULL, -1);
	assert_not_found("", ENOENT);
	assert_not_found("none/f", ENOENT);
	assert_not_found("f/g", ENOTDIR);
	assert_not_found("f/", ENOTDIR);
}

static void
links(void **state)
{
	char target[PATH_MAX];
	struct path p;

	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	scratch_put("d/f", "");
	make_link("d/f", "near", geteuid());
	make_link("../near", "d/up", geteuid());
	make_link("d", "dir", geteuid());
	snprintf(target, sizeof target, "%s", scratch_path("d"));
	make_link(target, "far", geteuid());
	make_link("nowhere", "dangling", geteuid());
	make_link("b", "a", geteuid());
	make_link("a", "b", geteuid());
	assert_found("near", "f", scratch_path("d/f"), -1);
	assert_found("d/up", "f", scratch_path("d/f"), -1);
	assert_found("dir/f", "f", scratch_path("d/f"), -1);
	assert_found("far/f", "f", scratch_path("d/f"), -1);
	assert_found("dangling", "nowhere", scratch_path("nowhere"), -1);
	assert_not_found("a", ELOOP);
	assert_not_found("a/f", ELOOP);
	find(&p, "near", PATH_KEEP);
	assert_string_equal(p.name, "near");
	assert_int_equal(path_open(&p), -1);
	path_release(&p);
	assert_string_equal(scratch_said(), "'near' is not a regular file\n");
}

static void
beside(void **state)
{
	struct path p, q;

	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	scratch_put("d/f", "");
	scratch_put("g", "");
	find(&p, "d/f", PATH_FOLLOW);
	assert_int_equal(path_find_in(&q, &p, "../g"), 0);
	assert_string_equal(q.real, scratch_path("g"));
	assert_string_equal(q.shown, "d/../g");
	path_release(&q);
	path_release(&p);
	assert_int_equal(path_find_directory(&p, "d"), 0);
	assert_int_equal(path_find_in(&q, &p, "f"), 0);
	assert_string_equal(q.real, scratch_path("d/f"));
	assert_string_equal(q.shown, "d/f");
	path_release(&q);
	path_release(&p);
	assert_int_equal(path_find_directory(&p, "g"), -1);
	assert_int_equal(errno, ENOTDIR);
	path_release(&p);
}

static void
first_owner(void **state)
{
	(void)state;
	need_root();
	make_directory("u", 0755, USER);
	make_directory("u/r", 0755, 0);
	make_directory("u/v", 0755, USER + 1);
	make_directory("r", 0755, 0);
	scratch_put("u/r/f", "");
	scratch_put("r/f", "");
	assert_int_equal(chown("r/f", USER, USER), 0);
	assert_found("u/f", "f", NULL, USER);
	assert_found("u/r/f", "f", NULL, USER);
	assert_found("u/v/f", "f", NULL, USER);
	/* In a directory of root's, a file is root's to use. */
	assert_found("r/f", "f", NULL, -1);
	assert_int_equal(chdir("u/r"), 0);
	assert_found("f", "f", NULL, USER);
	assert_found("../../r/f", "f", NULL, USER);
	assert_int_equal(chdir("../.."), 0);
}

static void
assert_denied(const char *given)
{
	char said[128];

	assert_int_equal(path_open_named(given), -1);
	snprintf(said, sizeof said, "cannot open '%s' with the rights of "
	    "17171: Permission denied\n", given);
	assert_string_equal(scratch_said(), said);
}

static void
owner_of_links(void **state)
{
	(void)state;
	need_root();
	make_directory("u", 0755, USER);
	make_directory("r", 0700, 0);
	scratch_put("r/f", "secret");
	make_link("u", "mine", 0);
	make_link("r", "his", USER);
	make_link("../r/f", "u/out", USER);
	assert_found("mine/f", "f", NULL, USER);
	/* Root's directory is not the user's to pass. */
	assert_denied("his/f");
	assert_denied("u/../r/f");
	assert_denied("u/out");
}

static void
others_write(void **state)
{
	struct path p;

	(void)state;
	need_root();
	make_directory("w", 0777, 0);
	make_directory("g", 0775, 0);
	make_directory("t", 01777, 0);
	scratch_put("w/f", "text");
	scratch_put("t/f", "text");
	assert_int_equal(chown("t/f", USER, USER), 0);
	make_link("f", "w/link", 0);
	make_link("/", "t/link", USER);
	find(&p, "w/f", PATH_FOLLOW);
	assert_true(p.shared);
	path_release(&p);
	find(&p, "g/f", PATH_FOLLOW);
	assert_true(p.shared);
	path_release(&p);
	assert_int_equal(path_find(&p, "w/link", PATH_FOLLOW), -1);
	assert_non_null(p.why);
	path_release(&p);
	find(&p, "t/none", PATH_FOLLOW);
	assert_false(p.shared);
	assert_null(p.owner);
	path_release(&p);
	assert_found("t/f", "f", NULL, USER);
	assert_found("t/link/etc/passwd", "passwd", NULL, USER);
}

static void
below_proc(void **state)
{
	struct path p;
	char name[32];
	int fd, copy;

	(void)state;
	scratch_put("f", "text");
	fd = open("f", O_RDONLY);
	snprintf(name, sizeof name, "/dev/fd/%d", fd);
	find(&p, name, PATH_FOLLOW);
	assert_true(p.in_proc);
	assert_null(p.owner);
	copy = path_open(&p);
	assert_true(copy >= 0);
	assert_string_equal(scratch_read(copy), "text");
	close(copy);
	path_release(&p);
	close(fd);
	find(&p, "/proc/self/cwd/f", PATH_FOLLOW);
	assert_false(p.in_proc);
	copy = path_open(&p);
	assert_true(copy >= 0);
	close(copy);
	path_release(&p);
}

/* After each change of rights, they are what they were. */
static void
rights_come_back(void **state)
{
	gid_t groups[64];
	const int before = getgroups(64, groups);
	struct path p;
	struct stat st;

	(void)state;
	need_root();
	make_directory("u", 0755, USER);
	find(&p, "u/f", PATH_FOLLOW);
	assert_int_equal(path_stat(&p, &st), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(geteuid(), 0);
	assert_int_equal(getegid(), getgid());
	assert_int_equal(getgroups(64, groups), before);
	close(path_openat(&p, "f", O_WRONLY | O_CREAT | O_EXCL, 0600));
	assert_int_equal(path_stat(&p, &st), 0);
	assert_int_equal(st.st_uid, USER);
	assert_int_equal(st.st_gid, USER);
	assert_int_equal(path_unlinkat(&p, "f"), 0);
	path_release(&p);
	assert_int_equal(geteuid(), 0);
}

static void
whose_file(void **state)
{
	static const struct {
		uid_t uid;
		mode_t mode;
		const char *said; /* NULL: it is opened */
	} files[] = {
		{ USER, 0600, NULL },
		{ 0, 0644, NULL },
		{ 0, 0600, "'u/f' belongs to root, and 17171, who owns its "
			   "directory, cannot read it: chown -h 17171:17171 "
			   "u/f\n" },
		{ 0, 0646, "'u/f' belongs to root, and others can write it "
			   "(mode 0646): chown -h 17171:17171 u/f\n" },
		{ USER + 1, 0644, "'u/f' belongs to uid 17172, and its "
				  "directory to 17171: chown -h 17171:17171 "
				  "u/f\n" },
	};

	(void)state;
	need_root();
	make_directory("u", 0755, USER);
	scratch_put("u/f", "text");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		int fd;

		assert_int_equal(chown("u/f", files[i].uid, files[i].uid), 0);
		assert_int_equal(chmod("u/f", files[i].mode), 0);
		fd = path_open_named("u/f");
		assert_int_equal(fd >= 0, files[i].said == NULL);
		assert_string_equal(scratch_said(),
		    files[i].said != NULL ? files[i].said : "");
		if (fd >= 0)
			close(fd);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("a path leads to a name in a directory", names),
		SCRATCH_TEST("links are followed, or the last one is not",
		    links),
		SCRATCH_TEST("a path begins where another file is", beside),
		SCRATCH_TEST("the first owner that is not root decides",
		    first_owner),
		SCRATCH_TEST("so does the owner of a link", owner_of_links),
		SCRATCH_TEST("in some directories others can write",
		    others_write),
		SCRATCH_TEST("below /proc a path is the kernel's", below_proc),
		SCRATCH_TEST("rights come back", rights_come_back),
		SCRATCH_TEST("whose file may be opened, and by whose rights",
		    whose_file),
	};

	return scratch_run(tests, sizeof tests / sizeof *tests);
}
