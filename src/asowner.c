/* SPDX-License-Identifier: MIT */
/*
 * asowner - run a command with the rights of a file's owner
 *
 * in:	a path, a command; standard input is the command's
 * out:	what the command writes
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"

#define LARGEST_OUTPUT ((size_t)64 << 20)

enum { IN, OUT, ERR, STREAMS };

struct run {
	const struct owner *owner;
	const char **command;
	char **keep;	 /* names of variables; NULL: none */
	int seconds;	 /* at most */
	int pipe[STREAMS][2];
	pid_t child;
	size_t written;
	char input[4096]; /* from read to fed is still to be fed */
	ssize_t read, fed;
};

/* -- the command's side ---------------------------------------------------- */

static bool
is_kept(const struct run *r, const char *variable)
{
	static const char *const always[] = { "PATH", "LANG", "LC_ALL",
		"LC_CTYPE", "LC_MESSAGES", "TZ" };
	const size_t size = strcspn(variable, "=");

	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		if (strlen(always[i]) == size &&
		    memcmp(always[i], variable, size) == 0)
			return true;
	for (char **name = r->keep; name != NULL && *name != NULL; name++)
		if (strlen(*name) == size &&
		    memcmp(*name, variable, size) == 0)
			return true;
	return false;
}

/* What is in root's variables is none of the owner's business. */
static void
clear_environment(const struct run *r)
{
	const struct passwd *entry = getpwuid(r->owner->uid);
	char **kept;
	size_t count = 0;

	for (char **v = environ; *v != NULL; v++)
		count++;
	kept = mem_zalloc(count + 1, sizeof *kept);
	count = 0;
	for (char **v = environ; *v != NULL; v++)
		if (is_kept(r, *v))
			kept[count++] = *v;
	environ = kept;
	setenv("HOME", entry != NULL ? entry->pw_dir : "/", 1);
	setenv("USER", r->owner->name, 1);
	setenv("LOGNAME", r->owner->name, 1);
}

/* All ids, the saved ones too: there is no way back. */
static int
become(const struct owner *owner)
{
	if (setgroups((size_t)owner->count, owner->groups) < 0 ||
	    setresgid(owner->gid, owner->gid, owner->gid) < 0 ||
	    setresuid(owner->uid, owner->uid, owner->uid) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fail_errno("cannot become %s", owner->name);
	return 0;
}

static void
close_others(void)
{
	const long most = sysconf(_SC_OPEN_MAX);

	if (close_range(STREAMS, ~0U, 0) == 0)
		return;
	for (int fd = STREAMS; fd < most; fd++)
		close(fd);
}

/* Returns only where the command cannot be run. */
static int
execute(const char **command)
{
	execvp(command[0], (char *const *)command);
	fail_errno("cannot run '%s'", command[0]);
	return EXIT_TROUBLE;
}

static noreturn void
be_command(const struct run *r)
{
	int own[STREAMS] = { r->pipe[IN][0], r->pipe[OUT][1],
		r->pipe[ERR][1] };

	signal(SIGPIPE, SIG_DFL);
	/* No terminal of root's, into which one could type. */
	if (setsid() < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		_exit(EXIT_TROUBLE);
	for (int i = 0; i < STREAMS; i++)
		if (dup2(own[i], i) < 0)
			_exit(EXIT_TROUBLE);
	close_others();
	clear_environment(r);
	if (become(r->owner) < 0)
		_exit(EXIT_TROUBLE);
	/* The directory may be one where the owner may not be. */
	if (access(".", X_OK) < 0 && chdir("/") < 0)
		_exit(EXIT_TROUBLE);
	_exit(execute(r->command));
}

/* -- our side -------------------------------------------------------------- */

/* The owner makes the pipes, since /dev/stdin is opened with its rights. */
static int
make_pipes(struct run *r)
{
	int status = 0;

	if (owner_enter(r->owner) < 0)
		return fail_errno("cannot act as %s", r->owner->name);
	for (int i = 0; status == 0 && i < STREAMS; i++)
		status = pipe2(r->pipe[i], O_CLOEXEC);
	owner_leave();
	return status == 0 ? 0 : fail_errno("cannot make a pipe");
}

/* No terminal is driven by what comes from there. */
static void
make_harmless(char *text, ssize_t size)
{
	for (ssize_t i = 0; i < size; i++)
		if (iscntrl((unsigned char)text[i]) && text[i] != '\n' &&
		    text[i] != '\t')
			text[i] = '?';
}

static int
put(int to, const char *text, ssize_t size)
{
	while (size > 0) {
		ssize_t put = write(to, text, (size_t)size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		text += put;
		size -= put;
	}
	return 0;
}

/* Pass on what there is.  1: more may come; 0: that was all; -1: reported. */
static int
pass(struct run *r, int stream)
{
	const int to = stream == OUT ? STDOUT_FILENO : STDERR_FILENO;
	char text[16384];
	ssize_t got = read(r->pipe[stream][0], text, sizeof text);

	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? 1 : 0;
	if (got == 0)
		return 0;
	r->written += (size_t)got;
	if (r->written > LARGEST_OUTPUT)
		return fail("'%s' writes more than %zu bytes", r->command[0],
		    LARGEST_OUTPUT);
	if (stream == ERR || isatty(to))
		make_harmless(text, got);
	return put(to, text, got) < 0 ?
	    fail_errno("cannot write what '%s' writes", r->command[0]) : 1;
}

/* Read what is on standard input, or feed what was read.  0: that was all. */
static int
feed(struct run *r)
{
	ssize_t size;

	if (r->fed == r->read) {
		r->fed = 0;
		r->read = read(STDIN_FILENO, r->input, sizeof r->input);
		return r->read > 0 || (r->read < 0 && errno == EINTR);
	}
	size = write(r->pipe[IN][1], r->input + r->fed,
	    (size_t)(r->read - r->fed));
	if (size < 0)
		return errno == EINTR || errno == EAGAIN;
	r->fed += size;
	return 1;
}

static long
left_of(const struct timespec *end)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (end->tv_sec - now.tv_sec) * 1000 +
	    (end->tv_nsec - now.tv_nsec) / 1000000;
}

static void
close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Until the command has closed both of its streams.  -1: its time is over, or
 * this cannot go on; reported. */
static int
serve(struct run *r)
{
	struct pollfd fds[STREAMS] = {
		[OUT] = { .fd = r->pipe[OUT][0], .events = POLLIN },
		[ERR] = { .fd = r->pipe[ERR][0], .events = POLLIN },
	};
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += r->seconds;
	if (isatty(STDIN_FILENO))
		close_end(&r->pipe[IN][1]);
	while (fds[OUT].fd >= 0 || fds[ERR].fd >= 0) {
		long left = left_of(&end);

		/* What cannot be fed is not read; nothing waits for it. */
		fds[IN] = r->fed < r->read ?
		    (struct pollfd){ .fd = r->pipe[IN][1], .events = POLLOUT } :
		    (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
		if (r->pipe[IN][1] < 0)
			fds[IN].fd = -1;
		if (left <= 0)
			return fail("'%s' was stopped after %d s (see "
				    "--timeout)", r->command[0], r->seconds);
		if (poll(fds, STREAMS, (int)left) < 0 && errno != EINTR)
			return fail_errno("cannot wait for '%s'",
			    r->command[0]);
		if (fds[IN].fd >= 0 && fds[IN].revents != 0 && !feed(r))
			close_end(&r->pipe[IN][1]);
		for (int i = OUT; i < STREAMS; i++) {
			int more = fds[i].fd >= 0 && fds[i].revents != 0 ?
			    pass(r, i) : 1;

			if (more < 0)
				return -1;
			if (more == 0)
				fds[i].fd = -1;
		}
	}
	return 0;
}

/* What it leaves running may hold the pipes, but not us. */
static int
reap(const struct run *r)
{
	int status;

	while (waitpid(r->child, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_TROUBLE;
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}

static int
finish(const struct run *r, int served)
{
	int status;

	if (served < 0)
		kill(-r->child, SIGKILL);
	status = reap(r);
	return served < 0 ? EXIT_TROUBLE : status;
}

static int
run(struct run *r)
{
	int status = EXIT_TROUBLE;

	for (int i = 0; i < STREAMS; i++)
		r->pipe[i][0] = r->pipe[i][1] = -1;
	signal(SIGPIPE, SIG_IGN);
	if (make_pipes(r) < 0)
		goto out;
	fflush(NULL);
	r->child = fork();
	if (r->child == 0)
		be_command(r);
	if (r->child < 0) {
		fail_errno("cannot start a process");
		goto out;
	}
	close_end(&r->pipe[IN][0]);
	close_end(&r->pipe[OUT][1]);
	close_end(&r->pipe[ERR][1]);
	fcntl(r->pipe[IN][1], F_SETFL, O_NONBLOCK);
	status = finish(r, serve(r));
out:
	explicit_bzero(r->input, sizeof r->input);
	for (int i = 0; i < STREAMS; i++) {
		close_end(&r->pipe[i][0]);
		close_end(&r->pipe[i][1]);
	}
	return status;
}

/* A directory's own owner counts, too. */
static int
find_owner(struct run *r, const char *given)
{
	struct path p;
	struct stat st;
	int status = path_find_directory(&p, given);

	if (status < 0 && errno == ENOTDIR) {
		path_release(&p);
		status = path_find(&p, given, PATH_FOLLOW);
	}
	if (status == 0)
		status = path_stat(&p, &st);
	if (status < 0)
		path_fail(&p, "cannot find");
	r->owner = p.owner;
	path_release(&p);
	return status;
}

int
main(int argc, char **argv)
{
	struct run r = { .seconds = 60 };
	const struct poptOption options[] = {
		{ "env", 'e', POPT_ARG_ARGV, &r.keep, 0,
		  "let COMMAND have this variable of the caller's", "NAME" },
		{ "timeout", 't', POPT_ARG_INT, &r.seconds, 0,
		  "stop COMMAND after that time (60)", "SECONDS" },
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "PATH COMMAND [ARG...]", "\
COMMAND runs as the user who owns PATH, or the first directory on the way to\n\
it that root does not own.  Where that is root, or the caller is not root,\n\
COMMAND is run as it is.  Example:\n\
\n\
  asowner alias certutil -K -d alias -f password.txt\n\
\n\
Status: 0 or another one of COMMAND; 2 error, or COMMAND was stopped.\n",
		2, -1 };
	const char **operands = cli_parse_command(argc, argv, options, &help);

	if (r.seconds < 1)
		cli_usage("--timeout: not a positive number: '%d'", r.seconds);
	r.command = operands + 1;
	if (find_owner(&r, operands[0]) < 0)
		return EXIT_TROUBLE;
	return r.owner != NULL ? run(&r) : execute(r.command);
}
