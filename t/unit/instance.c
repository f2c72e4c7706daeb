/* SPDX-License-Identifier: MIT */
/* Where an instance has its CS.cfg, and whose process serves it. */
#include "pki/instance.h"
#include "pki/locate.h"

#include <signal.h>
#include <sys/wait.h>

#include "scratch.h"

#define OPTION "-Dcatalina.base="

static void
make(const char *path)
{
	char part[PATH_MAX];

	for (size_t i = 0; path[i] != '\0'; i++) {
		if (path[i] == '/') {
			part[i] = '\0';
			mkdir(part, 0700);
		}
		part[i] = path[i];
	}
	scratch_put(path, "a=1\n");
}

static void
assert_file(const char *operand, const char *subsystem, const char *want)
{
	char *got = locate_cfg(operand, subsystem);

	assert_non_null(got);
	assert_string_equal(got, want);
	free(got);
}

static void
files_are_themselves(void **state)
{
	(void)state;
	scratch_put("f", "");
	assert_file("f", NULL, "f");
	assert_file("f", "kra", "f");
	assert_file("-", NULL, "-");
	assert_file("not/there", NULL, "not/there");
}

static void
layouts(void **state)
{
	static const char *const of_ca[] = { "i/CS.cfg", "i/conf/CS.cfg",
		"i/ca/CS.cfg", "i/ca/conf/CS.cfg", "i/conf/ca/CS.cfg" };

	(void)state;
	assert_int_equal(mkdir("i", 0700), 0);
	assert_false(locate_has_cfg("i", NULL));
	/* Each goes before those above it. */
	for (size_t i = 0; i < sizeof of_ca / sizeof *of_ca; i++) {
		make(of_ca[i]);
		assert_true(locate_has_cfg("i", NULL));
		assert_file("i", NULL, of_ca[i]);
		assert_file("i", "ca", of_ca[i]);
	}
}

static void
none(void **state)
{
	(void)state;
	assert_int_equal(mkdir("i", 0700), 0);
	assert_null(locate_cfg("i", NULL));
	assert_string_equal(scratch_said(),
	    "'i' is a directory without a CS.cfg in it\n");
	make("i/conf/ca/CS.cfg");
	assert_null(locate_cfg("i", "kra"));
	assert_string_equal(scratch_said(),
	    "'i' has no CS.cfg of a subsystem 'kra'\n");
}

static void
several(void **state)
{
	(void)state;
	make("i/conf/ca/CS.cfg");
	make("i/conf/kra/CS.cfg");
	assert_null(locate_cfg("i", NULL));
	assert_string_equal(scratch_said(),
	    "'i' has several subsystems (ca, kra): choose one with "
	    "--subsystem\n");
	assert_file("i", "kra", "i/conf/kra/CS.cfg");
}

struct server {
	pid_t pid;
	int end; /* closed, it ends */
};

/* A process with these two arguments, after a lot of others. */
static struct server
start(const char *one, const char *two)
{
	static char lots[3][9000];
	struct server s;
	int input[2];
	char path[64];

	for (size_t i = 0; i < 3; i++)
		memset(lots[i], 'x', sizeof lots[i] - 1);
	assert_int_equal(pipe2(input, O_CLOEXEC), 0);
	fflush(stdout);
	s = (struct server){ fork(), input[1] };
	if (s.pid == 0) {
		dup2(input[0], 0);
		execl("/bin/sh", "sh", "-c", "read -r end", "java", lots[0],
		    lots[1], lots[2], one, two, (char *)NULL);
		_exit(1);
	}
	close(input[0]);
	/* Not yet a shell, it has our arguments. */
	snprintf(path, sizeof path, "/proc/%d/cmdline", (int)s.pid);
	while (strcmp(scratch_get(path), "sh") != 0)
		assert_int_equal(kill(s.pid, 0), 0);
	return s;
}

static void
stop(struct server s)
{
	close(s.end);
	waitpid(s.pid, NULL, 0);
}

static void
assert_state(const char *file, enum instance_state want, pid_t server)
{
	struct stat st;
	int pid = 0;

	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(instance_state(&st, &pid), want);
	assert_int_equal(pid, server);
}

static void
assert_served(const char *base, const char *file)
{
	char option[PATH_MAX + sizeof OPTION];
	struct server s;

	snprintf(option, sizeof option, OPTION "%s", scratch_path(base));
	s = start(option, "start");
	assert_state(file, INSTANCE_RUNS, s.pid);
	stop(s);
	s = start("start", option);
	assert_state(file, INSTANCE_RUNS, s.pid);
	stop(s);
	assert_state(file, INSTANCE_STOPPED, 0);
}

static void
servers_are_found(void **state)
{
	(void)state;
	make("i/conf/tks/CS.cfg");
	assert_served("i", "i/conf/tks/CS.cfg");
	assert_served("i/", "i/conf/tks/CS.cfg");
	assert_served("./i/conf/..", "i/conf/tks/CS.cfg");
	make("j/conf/CS.cfg");
	assert_served("j", "j/conf/CS.cfg");
	assert_int_equal(link("j/conf/CS.cfg", "hard"), 0);
	assert_served("j", "hard");
}

static void
others_are_not(void **state)
{
	char option[PATH_MAX + 32], base[PATH_MAX];
	struct server s;

	(void)state;
	make("i/conf/ca/CS.cfg");
	make("i/conf/ca/CS.cfg.copy");
	make("ii/conf/ca/CS.cfg");
	snprintf(base, sizeof base, "%s", scratch_path("i"));
	snprintf(option, sizeof option, "x" OPTION "%s", base);
	s = start(option, base);
	assert_state("i/conf/ca/CS.cfg", INSTANCE_STOPPED, 0);
	stop(s);
	s = start(OPTION, base);
	assert_state("i/conf/ca/CS.cfg", INSTANCE_STOPPED, 0);
	stop(s);
	snprintf(option, sizeof option, OPTION "%s", base);
	s = start(option, "");
	assert_state("ii/conf/ca/CS.cfg", INSTANCE_STOPPED, 0);
	assert_state("i/conf/ca/CS.cfg.copy", INSTANCE_STOPPED, 0);
	stop(s);
}

static void
restart_words(void **state)
{
	static const char *const rows[][2] = {
		{ "/var/lib/pki/pki-tomcat/conf/ca/CS.cfg",
		  "systemctl restart pki-tomcatd@pki-tomcat.service" },
		{ "/etc/pki/rhcs-ca/ca/CS.cfg",
		  "systemctl restart pki-tomcatd@rhcs-ca.service" },
		{ "/var/lib/pki-ca/conf/CS.cfg",
		  "restart the server that reads it" },
		{ "/etc/pki/CS.cfg", "restart the server that reads it" },
		{ "/home/me/CS.cfg", "restart the server that reads it" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *got = instance_restart(rows[i][0]);

		assert_string_equal(got, rows[i][1]);
		free(got);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("what is no directory is meant itself",
		    files_are_themselves),
		SCRATCH_TEST("all layouts are known, the new ones first",
		    layouts),
		SCRATCH_TEST("a directory without one is an error", none),
		SCRATCH_TEST("several must be chosen from", several),
		SCRATCH_TEST("a server is found by its base, of any layout",
		    servers_are_found),
		SCRATCH_TEST("other processes are none of it", others_are_not),
		SCRATCH_TEST("the unit to restart is in the path",
		    restart_words),
	};

	return scratch_run(tests, sizeof tests / sizeof *tests);
}
