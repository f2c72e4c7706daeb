/* SPDX-License-Identifier: MIT */
/* Passwords from files of all the forms there are, and from terminals. */
#include "util/password.h"

#include <sys/wait.h>
#include <sys/prctl.h>
#include <termios.h>

#include "scratch.h"

/* What the forms of a file come to, one after the other with '|' between. */
static const struct {
	const char *text, *want;
} files[] = {
	{ "", "" },
	{ "\n", "" },
	{ "secret", "secret" },
	{ "secret\n", "secret" },
	{ "secret\r\n", "secret" },
	{ " a blank each side \n", " a blank each side " },
	{ "Ge\xc3\xafm \xf0\x9f\x94\x91\n", "Ge\xc3\xafm \xf0\x9f\x94\x91" },
	{ "one\ntwo\n", "one|two" },
	{ "one\rtwo\r", "one|two" },
	{ "one\n\n\n", "one" },
	{ "\nlast\n", "|last" },
	{ "same\nsame\n", "same" },
	/* Dogtag's password.conf */
	{ "internal=x\n", "x|internal=x" },
	{ "# c\n\tinternal = a b=c \t\nhardware-HSM=y\n",
	    "a b=c|# c|hardware-HSM=y" },
	{ "internaldb=d\ninternal=first\ninternal=last\n",
	    "last|internaldb=d|internal=last" },
	{ "internal=\n", "|internal=" },
	{ "#internal=x\n", "#internal=x" },
	{ "Internal=x\n", "Internal=x" },
	/* certutil's -f, 389-ds's pin.txt, mod_nss's */
	{ "NSS Certificate DB:p:q\n", "p:q|NSS Certificate DB:p:q" },
	{ "HSM:x\nNSS FIPS 140-2 Certificate DB: p\n",
	    " p|HSM:x|NSS FIPS 140-2 Certificate DB: p" },
	{ "Internal (Software) Token:pin\n",
	    "pin|Internal (Software) Token:pin" },
	{ "internal:a\ninternal:b\n", "a|internal:a|internal:b" },
	{ "internal:t\ninternal=s\n", "s|t|internal:t|internal=s" },
};

static const char *
candidates_of(const char *file)
{
	static char text[4096];
	struct password_candidates list;
	size_t used = 0;

	assert_int_equal(password_candidates(&list, file), 0);
	for (size_t i = 0; i < list.count; i++) {
		const struct secret *one = &list.password[i];

		assert_int_equal(one->size, strlen((char *)one->at));
		used += (size_t)snprintf(text + used, sizeof text - used,
		    "%s%s", i != 0 ? "|" : "", (char *)one->at);
	}
	password_candidates_release(&list);
	assert_int_equal(list.count, 0);
	return text;
}

static void
forms_of_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		scratch_put("f", files[i].text);
		assert_string_equal(candidates_of("f"), files[i].want);
	}
}

static void
first_line_as_it_is(void **state)
{
	struct secret password = { 0 };

	(void)state;
	scratch_put("f", " internal=x \nsecond\n");
	assert_int_equal(password_first_line(&password, "f"), 0);
	assert_int_equal(password.size, 12);
	assert_string_equal((char *)password.at, " internal=x ");
	scratch_put("f", "");
	assert_int_equal(password_first_line(&password, "f"), 0);
	assert_int_equal(password.size, 0);
	secret_release(&password);
}

static void
from_a_pipe(void **state)
{
	struct secret password = { 0 };
	char name[32];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "secret\nmore", 11), 11);
	close(ends[1]);
	snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
	assert_int_equal(password_first_line(&password, name), 0);
	assert_string_equal((char *)password.at, "secret");
	close(ends[0]);
	secret_release(&password);
}

static void
most_bytes(void **state)
{
	char text[PASSWORD_MOST + 3];
	struct secret password = { 0 };
	struct password_candidates list;

	(void)state;
	memset(text, 'x', sizeof text);
	strcpy(text + PASSWORD_MOST, "\n");
	scratch_put("f", text);
	assert_int_equal(password_first_line(&password, "f"), 0);
	assert_int_equal(password.size, PASSWORD_MOST);
	secret_release(&password);
	strcpy(text + PASSWORD_MOST, "x\n");
	scratch_put("f", text);
	assert_int_equal(password_first_line(&password, "f"), -1);
	assert_string_equal(scratch_said(),
	    "f: a password of more than 500 bytes\n");
	assert_int_equal(password_candidates(&list, "f"), -1);
	assert_string_equal(scratch_said(),
	    "f: no password of 500 bytes at most\n");
}

static void
files_that_are_none(void **state)
{
	struct secret password = { 0 };
	struct password_candidates list;

	(void)state;
	assert_int_equal(password_first_line(&password, "f"), -1);
	assert_string_equal(scratch_said(),
	    "cannot open 'f': No such file or directory\n");
	assert_int_equal(password_candidates(&list, "."), -1);
	assert_string_equal(scratch_said(),
	    "cannot read '.': Is a directory\n");
	assert_int_equal(list.count, 0);
	scratch_put("f", "");
	assert_int_equal(truncate("f", 3), 0);
	assert_int_equal(password_first_line(&password, "f"), -1);
	assert_string_equal(scratch_said(), "f: NUL byte in a password\n");
	assert_int_equal(truncate("f", 65537), 0);
	assert_int_equal(password_first_line(&password, "f"), -1);
	assert_string_equal(scratch_said(), "f: larger than 65536 bytes\n");
	assert_null(password.at);
}

struct terminal {
	int fd; /* the end where a person sits */
	pid_t child;
};

/* A child on a terminal of its own, which asks and says what it got. */
static void
begin(struct terminal *t, bool again)
{
	struct secret password = { 0 };
	int slave;

	t->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(t->fd >= 0);
	assert_int_equal(grantpt(t->fd), 0);
	assert_int_equal(unlockpt(t->fd), 0);
	fflush(stdout);
	t->child = fork();
	assert_true(t->child >= 0);
	if (t->child != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* it must not outlive us */
	setsid();
	slave = open(ptsname(t->fd), O_RDWR); /* and it is /dev/tty now */
	if (password_ask(&password, "Password", again) < 0)
		_exit(password.at == NULL ? 1 : 2);
	dprintf(slave, "<%s>", (char *)password.at);
	tcdrain(slave);
	_exit(0);
}

/* Wait until it has shown want; else the test hangs up on an alarm. */
static void
expect(const struct terminal *t, const char *want)
{
	char seen[256] = "";
	size_t used = 0;

	while (strcmp(seen, want) != 0) {
		assert_true(used < sizeof seen - 1);
		if (read(t->fd, seen + used, 1) != 1)
			break;
		seen[++used] = '\0';
	}
	assert_string_equal(seen, want);
}

static void
type(const struct terminal *t, const char *keys)
{
	assert_int_equal(write(t->fd, keys, strlen(keys)), strlen(keys));
}

static void
end(struct terminal *t, int want)
{
	struct termios now;
	int status;

	assert_int_equal(waitpid(t->child, &status, 0), t->child);
	assert_int_equal(tcgetattr(t->fd, &now), 0);
	assert_true(now.c_lflag & ECHO);
	assert_int_equal(status, want);
	close(t->fd);
}

static void
asks_without_echo(void **state)
{
	struct terminal t;

	(void)state;
	begin(&t, false);
	expect(&t, "Password: ");
	type(&t, " secr\xc3\xa9t \n");
	expect(&t, "\r\n< secr\xc3\xa9t >");
	end(&t, 0);
}

static void
asks_until_alike(void **state)
{
	struct terminal t;

	(void)state;
	begin(&t, true);
	expect(&t, "Password: ");
	type(&t, "one\n");
	expect(&t, "\r\nThe same again: ");
	type(&t, "two\n");
	expect(&t, "\r\nThey are not alike.\r\nPassword: ");
	type(&t, "three\n");
	expect(&t, "\r\nThe same again: ");
	type(&t, "three\n");
	expect(&t, "\r\n<three>");
	end(&t, 0);
}

static void
no_answer(void **state)
{
	struct terminal t;

	(void)state;
	begin(&t, true);
	expect(&t, "Password: ");
	type(&t, "one\n");
	expect(&t, "\r\nThe same again: ");
	type(&t, "\004");
	end(&t, 1 << 8);
}

static void
no_terminal(void **state)
{
	struct secret password = { 0 };
	int status;
	pid_t child;

	(void)state;
	fflush(stdout);
	child = fork();
	if (child == 0) {
		setsid();
		_exit(password_ask(&password, "Password", false) < 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 1 << 8);
}

static void
interrupted(void **state)
{
	struct terminal t;

	(void)state;
	begin(&t, false);
	expect(&t, "Password: ");
	type(&t, "half\003");
	end(&t, SIGINT);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("each form of a file gives its passwords",
		    forms_of_files),
		SCRATCH_TEST("a bundle's password is the first line as it is",
		    first_line_as_it_is),
		SCRATCH_TEST("a descriptor is a file", from_a_pipe),
		SCRATCH_TEST("500 bytes are the most", most_bytes),
		SCRATCH_TEST("what is no password file is said",
		    files_that_are_none),
		SCRATCH_TEST("a terminal is asked without echo",
		    asks_without_echo),
		SCRATCH_TEST("it is asked twice until both are alike",
		    asks_until_alike),
		SCRATCH_TEST("an end of file is no password", no_answer),
		SCRATCH_TEST("without a terminal nobody is asked",
		    no_terminal),
		SCRATCH_TEST("an interrupt gives the terminal its echo back",
		    interrupted),
	};

	signal(SIGINT, SIG_DFL); /* in the background it may be ignored */
	alarm(60); /* a terminal that says nothing is waited for no longer */
	return scratch_run(tests, sizeof tests / sizeof *tests);
}
