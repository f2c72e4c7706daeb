/* SPDX-License-Identifier: MIT */
/*
 * asowner - run a command with the rights of a file's owner
 *
 * in:	a path, a command; standard input is the command's
 * out:	what the command writes
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"

#define LARGEST_OUTPUT ((size_t)64 << 20)
#define MOST_AT_ONCE 256 /* ended processes; the command decides how many */
#define GRACE 10 /* seconds, for killed processes to end */

enum { IN, OUT, ERR, STREAMS };

struct run {
	const struct owner *owner; /* NULL: the caller's own rights will do */
	const char **command;
	char **keep;	 /* names of variables; NULL: none */
	const char *from; /* file for its standard input; NULL: ours */
	int name_only;	 /* the command does not look into the file */
	int seconds;	 /* at most */
	struct timespec end; /* when they are over */
	int pipe[STREAMS][2];
	int signals;	 /* a descriptor: the child's end, and ours */
	int signo;	 /* the signal that ends us; 0: none */
	pid_t parent, child;
	bool ended;	 /* the child has, with this status */
	int status;
	size_t written;
	bool half[STREAMS]; /* the byte that may begin a C1 is held back */
	char input[4096]; /* from read to fed is still to be fed */
	ssize_t read, fed;
};

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
	char **kept = environ;

	for (char **v = environ; *v != NULL; v++)
		if (is_kept(r, *v))
			*kept++ = *v;
	*kept = NULL;
	setenv("HOME", entry != NULL ? entry->pw_dir : "/", 1);
	setenv("USER", r->owner->name, 1);
	setenv("LOGNAME", r->owner->name, 1);
}

/* All ids, the saved ones too, and all capabilities, which some bits of the
 * process keep when the ids change: there is no way back. */
static int
become(const struct owner *owner)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	const struct __user_cap_data_struct none[2] = { { .effective = 0 } };

	if (setgroups((size_t)owner->count, owner->groups) < 0 ||
	    setresgid(owner->gid, owner->gid, owner->gid) < 0 ||
	    setresuid(owner->uid, owner->uid, owner->uid) < 0 ||
	    syscall(SYS_capset, &header, none) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fail_errno("cannot become %s", owner->name);
	return 0;
}

/* The kernel's own limits, for what root can have more of. */
static int
lower_limits(void)
{
	static const struct {
		int resource;
		struct rlimit most;
	} limits[] = {
		{ RLIMIT_CORE, { 0, 0 } },
		{ RLIMIT_MEMLOCK, { 8 << 20, 8 << 20 } },
		{ RLIMIT_MSGQUEUE, { 819200, 819200 } },
		{ RLIMIT_NICE, { 0, 0 } },
		{ RLIMIT_NOFILE, { 1024, 4096 } },
		{ RLIMIT_RTPRIO, { 0, 0 } },
	};

	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		const struct rlimit *most = &limits[i].most;
		struct rlimit l;

		if (getrlimit(limits[i].resource, &l) < 0)
			return -1;
		if (l.rlim_cur > most->rlim_cur)
			l.rlim_cur = most->rlim_cur;
		if (l.rlim_max > most->rlim_max)
			l.rlim_max = most->rlim_max;
		if (setrlimit(limits[i].resource, &l) < 0)
			return -1;
	}
	return 0;
}

/* A user's process must be one that the kernel may kill for its memory. */
static void
lower_oom_score(void)
{
	int fd = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
	char score = '0';

	if (fd < 0)
		return;
	if (read(fd, &score, 1) == 1 && score == '-' && write(fd, "0", 1) < 0)
		say("cannot give back root's oom_score_adj");
	close(fd);
}

/* ioprio_set(2) has no header. */
enum { OF_PROCESS = 1, CLASS_SHIFT = 13, CLASS_REALTIME = 1 };

static int
lower_priority(void)
{
	const int policy = sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
	const struct sched_param zero = { .sched_priority = 0 };

	if (policy != SCHED_OTHER && policy != SCHED_BATCH &&
	    policy != SCHED_IDLE && sched_setscheduler(0, SCHED_OTHER, &zero))
		return -1;
	if (getpriority(PRIO_PROCESS, 0) < 0 &&
	    setpriority(PRIO_PROCESS, 0, 0) < 0)
		return -1;
	if (syscall(SYS_ioprio_get, OF_PROCESS, 0) >> CLASS_SHIFT ==
	    CLASS_REALTIME && syscall(SYS_ioprio_set, OF_PROCESS, 0, 0) < 0)
		return -1;
	return 0;
}

/* Root's keys, such as those of Kerberos, are for whoever has the keyring.
 * Where this call is forbidden, so is every other use of keys. */
static int
leave_keyring(void)
{
	return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 &&
	    errno != ENOSYS && errno != EPERM ? -1 : 0;
}

/* What a process inherits, whatever ids it then takes. */
static int
leave_what_is_roots(void)
{
	lower_oom_score();
	if (lower_priority() < 0)
		return fail_errno("cannot give back root's priority");
	if (lower_limits() < 0)
		return fail_errno("cannot lower the limits of resources");
	if (leave_keyring() < 0)
		return fail_errno("cannot leave the session keyring");
	return 0;
}

/* The directory may be one to which the owner cannot get by its path. */
static int
keep_directory(void)
{
	char here[PATH_MAX];
	struct stat was, is;

	if (stat(".", &was) == 0 && getcwd(here, sizeof here) != NULL &&
	    *here == '/' && chdir(here) == 0 && stat(".", &is) == 0 &&
	    was.st_dev == is.st_dev && was.st_ino == is.st_ino)
		return 0;
	return chdir("/") == 0 ? 0 : fail_errno("cannot go to '/'");
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
	return STATUS_ERROR;
}

static int
take_streams(const struct run *r)
{
	const int own[STREAMS] = { r->pipe[IN][0], r->pipe[OUT][1],
		r->pipe[ERR][1] };

	for (int i = 0; i < STREAMS; i++)
		if (dup2(own[i], i) < 0)
			return fail_errno("cannot give the command its pipes");
	close_others();
	return 0;
}

/* A change of the ids takes the signal away, so it comes last; we may have
 * ended before that. */
static int
die_with_parent(const struct run *r)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return fail_errno("cannot watch for the end of the parent");
	return getppid() == r->parent ? 0 : -1;
}

static noreturn void
be_command(const struct run *r)
{
	sigset_t none;

	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* No terminal of root's, into which one could type. */
	if (setsid() < 0 || take_streams(r) < 0)
		_exit(STATUS_ERROR);
	clear_environment(r);
	if (leave_what_is_roots() < 0 || become(r->owner) < 0 ||
	    die_with_parent(r) < 0 || keep_directory() < 0)
		_exit(STATUS_ERROR);
	_exit(execute(r->command));
}

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

static long
left_of(const struct timespec *end)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (end->tv_sec - now.tv_sec) * 1000 +
	    (end->tv_nsec - now.tv_nsec) / 1000000;
}

/* What has ended, of the command and of what it left to us. */
static void
reap(struct run *r)
{
	int status;

	for (int i = 0; i < MOST_AT_ONCE; i++) {
		const pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid <= 0)
			return;
		if (pid == r->child) {
			r->ended = true;
			r->status = status;
		}
	}
}

static void
take_signals(struct run *r)
{
	struct signalfd_siginfo info;

	while (read(r->signals, &info, sizeof info) == sizeof info)
		if (info.ssi_signo != SIGCHLD)
			r->signo = (int)info.ssi_signo;
	reap(r);
}

/* Wait for anything to happen, the last of fds being the signals'.  -1: the
 * time is over, or we are to end; reported. */
static int
wait_for(struct run *r, struct pollfd *fds, nfds_t count)
{
	const long left = left_of(&r->end);

	fds[count - 1] = (struct pollfd){ .fd = r->signals, .events = POLLIN };
	if (left <= 0)
		return fail("'%s' was stopped after %d s (see --timeout)",
		    r->command[0], r->seconds);
	/* More have ended than were reaped, perhaps. */
	if (poll(fds, count, left < 1000 ? (int)left : 1000) < 0 &&
	    errno != EINTR)
		return fail_errno("cannot wait for '%s'", r->command[0]);
	take_signals(r);
	return r->signo == 0 ? 0 : -1;
}

/*
 * No terminal is driven by what comes from there: by C0, or by C1 (U+0080 to
 * U+009F), whose first byte may come long before the second.  That one is held
 * back, so that the other stream cannot have the second one.  Returns the size
 * of the result, in which there is room for one byte more than that.
 */
static ssize_t
make_harmless(bool *half, const char *text, ssize_t size, char *result)
{
	char *to = result;

	for (ssize_t i = 0; i < size; i++) {
		const unsigned char c = (unsigned char)text[i];

		if (*half && c >= 0x80 && c <= 0x9f) {
			*half = false;
			*to++ = '?';
			continue;
		}
		if (*half)
			*to++ = '\xc2';
		*half = c == 0xc2;
		if (!*half)
			*to++ = iscntrl(c) && c != '\n' && c != '\t' ?
			    '?' : (char)c;
	}
	return to - result;
}

/* Whoever reads it may be slow; a pipe that can be written has room for this
 * much at least. */
static int
put(struct run *r, int to, const char *text, ssize_t size)
{
	struct pollfd fds[2] = { { .fd = to, .events = POLLOUT } };

	while (size > 0) {
		ssize_t put;

		if (wait_for(r, fds, 2) < 0)
			return -1;
		if (fds[0].revents == 0)
			continue;
		put = write(to, text,
		    size < PIPE_BUF ? (size_t)size : PIPE_BUF);
		if (put < 0 && errno != EINTR && errno != EAGAIN)
			return fail_errno("cannot write the output of '%s'",
			    r->command[0]);
		if (put > 0) {
			text += put;
			size -= put;
		}
	}
	return 0;
}

/* Pass on what there is.  1: more may come; 0: that was all; -1: reported. */
static int
pass(struct run *r, int stream)
{
	const int to = stream == OUT ? STDOUT_FILENO : STDERR_FILENO;
	char text[16384], shown[sizeof text + 1];
	ssize_t got = read(r->pipe[stream][0], text, sizeof text);
	int status;

	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? 1 : 0;
	if (got == 0 && !r->half[stream])
		return 0;
	r->written += (size_t)got;
	if (r->written > LARGEST_OUTPUT)
		return fail("'%s' writes more than %zu bytes", r->command[0],
		    LARGEST_OUTPUT);
	if (got == 0)
		status = put(r, to, "?", 1); /* half a character */
	else if (stream == ERR || isatty(to))
		status = put(r, to, shown, make_harmless(&r->half[stream],
		    text, got, shown));
	else
		status = put(r, to, text, got);
	if (status < 0)
		return -1;
	return got > 0;
}

/* Read what is on standard input, or feed what was read.  0: that was all. */
static int
feed(struct run *r)
{
	ssize_t size;

	if (r->fed == r->read) {
		size = read(STDIN_FILENO, r->input, sizeof r->input);
		r->fed = 0;
		r->read = size > 0 ? size : 0;
		return size > 0 ||
		    (size < 0 && (errno == EINTR || errno == EAGAIN));
	}
	size = write(r->pipe[IN][1], r->input + r->fed,
	    (size_t)(r->read - r->fed));
	if (size < 0)
		return errno == EINTR || errno == EAGAIN;
	r->fed += size;
	return 1;
}

static void
close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Until the command has ended and both of its streams are closed.  -1: its time
 * is over, or this cannot go on; reported. */
static int
serve(struct run *r)
{
	struct pollfd fds[STREAMS + 1] = {
		[OUT] = { .fd = r->pipe[OUT][0], .events = POLLIN },
		[ERR] = { .fd = r->pipe[ERR][0], .events = POLLIN },
	};

	clock_gettime(CLOCK_MONOTONIC, &r->end);
	r->end.tv_sec += r->seconds;
	if (isatty(STDIN_FILENO))
		close_end(&r->pipe[IN][1]);
	while (!r->ended || fds[OUT].fd >= 0 || fds[ERR].fd >= 0) {
		/* What cannot be fed is not read; nothing waits for it. */
		fds[IN] = r->fed < r->read ?
		    (struct pollfd){ .fd = r->pipe[IN][1], .events = POLLOUT } :
		    (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
		if (r->pipe[IN][1] < 0)
			fds[IN].fd = -1;
		if (wait_for(r, fds, STREAMS + 1) < 0)
			return -1;
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

/* Is the process the owner's?  Who started us may have left us children. */
static bool
is_owners(const struct run *r, int pid)
{
	char *name = mem_printf("/proc/%d/status", pid), line[256];
	FILE *f = fopen(name, "re");
	uid_t uid = 0;

	free(name);
	if (f == NULL)
		return false;
	while (fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, "Uid:\t", 5) == 0)
			uid = (uid_t)strtoul(line + 5, NULL, 10);
	fclose(f);
	return uid == r->owner->uid;
}

/* What the command has started comes to us when its own parent ends.  Returns
 * whether there was any. */
static bool
kill_children(const struct run *r)
{
	char *name = mem_printf("/proc/self/task/%d/children", (int)getpid());
	FILE *f = fopen(name, "re");
	char *word = NULL;
	size_t room = 0;
	bool any = false;

	free(name);
	if (f == NULL)
		return false;
	while (getdelim(&word, &room, ' ', f) > 0) {
		const pid_t pid = (pid_t)strtol(word, NULL, 10);

		if (pid > 0 && is_owners(r, pid)) {
			kill(pid, SIGKILL);
			any = true;
		}
	}
	free(word);
	fclose(f);
	return any;
}

/* Not for ever: a process in a system call can outlive SIGKILL, and one that
 * starts others can be faster than we are. */
static void
stop_all(struct run *r)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += GRACE;
	if (!r->ended) {
		kill(-r->child, SIGKILL);
		kill(r->child, SIGKILL); /* before its setsid() */
	}
	reap(r);
	while ((kill_children(r) || !r->ended) && left_of(&end) > 0) {
		poll(NULL, 0, 5);
		reap(r);
	}
}

static int
finish(struct run *r, int served)
{
	if (served < 0) {
		stop_all(r);
		return STATUS_ERROR;
	}
	return WIFEXITED(r->status) ? WEXITSTATUS(r->status) :
				      128 + WTERMSIG(r->status);
}

/* What ends us is to end the command first. */
static int
watch_signals(struct run *r)
{
	static const int fatal[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	struct sigaction was;
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL); /* ignored, no status comes */
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
		if (sigaction(fatal[i], NULL, &was) == 0 &&
		    was.sa_handler != SIG_IGN)
			sigaddset(&set, fatal[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	r->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (r->signals < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return fail_errno("cannot watch over a process");
	return 0;
}

/* The owner can open the pipes as well, and take what poll() has told us of. */
static void
keep_our_ends(struct run *r)
{
	close_end(&r->pipe[IN][0]);
	close_end(&r->pipe[OUT][1]);
	close_end(&r->pipe[ERR][1]);
	fcntl(r->pipe[IN][1], F_SETFL, O_NONBLOCK);
	fcntl(r->pipe[OUT][0], F_SETFL, O_NONBLOCK);
	fcntl(r->pipe[ERR][0], F_SETFL, O_NONBLOCK);
}

static void
end_by_signal(int signo)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signo);
	signal(signo, SIG_DFL);
	raise(signo);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static int
run(struct run *r)
{
	int status = STATUS_ERROR;

	for (int i = 0; i < STREAMS; i++)
		r->pipe[i][0] = r->pipe[i][1] = -1;
	r->signals = -1;
	if (watch_signals(r) < 0 || make_pipes(r) < 0)
		goto out;
	fflush(NULL);
	r->parent = getpid();
	r->child = fork();
	if (r->child == 0)
		be_command(r);
	if (r->child < 0) {
		fail_errno("cannot start a process");
		goto out;
	}
	keep_our_ends(r);
	status = finish(r, serve(r));
out:
	explicit_bzero(r->input, sizeof r->input);
	for (int i = 0; i < STREAMS; i++) {
		close_end(&r->pipe[i][0]);
		close_end(&r->pipe[i][1]);
	}
	close_end(&r->signals);
	if (r->signo != 0)
		end_by_signal(r->signo);
	return status;
}

#define OTHERS (S_IWGRP | S_IWOTH)

static int
fail_others(const char *shown)
{
	return fail("users other than root can write to '%s' or above it: "
		    "chown it to the user whose files are in it", shown);
}

static int
fail_writable(const char *shown)
{
	return fail("'%s' belongs to root, and others can write to it: check "
		    "its contents, then chmod go-w", shown);
}

static int
fail_entry(const char *shown, const struct owner *owner)
{
	const char *who = owner != NULL ? owner->name : "another user";

	return fail("'%s' belongs to %s, and its directory to root: chown the "
		    "directory to %s", shown, who, who);
}

/* 0, or -1: somebody else can change what is in it; reported. */
static int
check_entry(const struct path *directory, const char *name)
{
	char *shown = path_shown_beside(directory, name);
	struct path p;
	struct stat st = { .st_mode = 0 };
	int status = path_find_in(&p, directory, name);

	if (status == 0)
		status = path_stat(&p, &st);
	if (status < 0 && errno == ENOENT && p.owner == NULL && !p.shared)
		status = 0; /* a link of root's to nothing */
	else if (p.owner != NULL)
		status = fail_entry(shown, p.owner);
	else if (p.shared)
		status = fail_others(shown);
	else if (status < 0)
		path_fail(&p, "cannot look at");
	else if (st.st_uid != 0)
		status = fail_entry(shown, owner_find(st.st_uid, st.st_gid));
	else if ((st.st_mode & OTHERS) != 0)
		status = fail_writable(shown);
	path_release(&p);
	free(shown);
	return status;
}

static int
check_entries(const struct path *p)
{
	struct dirent **entry;
	int count = scandirat(p->directory, ".", &entry, NULL, alphasort);
	int status = 0;

	if (count < 0)
		return path_fail(p, "cannot read");
	for (int i = 0; i < count; i++) {
		const char *name = entry[i]->d_name;

		if (status == 0 && strcmp(name, ".") != 0 &&
		    strcmp(name, "..") != 0)
			status = check_entry(p, name);
		free(entry[i]);
	}
	free(entry);
	return status;
}

/* In root's directory, others can exchange even what is a third user's. */
static bool
is_shared(const struct path *p)
{
	return p->shared || (p->above.st_uid == 0 && !p->in_proc &&
	    (p->above.st_mode & OTHERS) != 0 &&
	    (p->above.st_mode & S_ISVTX) == 0);
}

static int
fail_unknown(const char *shown, uid_t uid)
{
	return fail("'%s' belongs to uid %u, whose rights are not "
		    "available here: run this as root where that user exists",
	    shown, uid);
}

/* Root's rights are for what nobody but root has written: the file, or what
 * is in the directory.  A file of another user's gives that user's. */
static int
check_roots(struct path *p, const struct stat *st)
{
	if (st->st_uid != 0) {
		p->owner = owner_find(st->st_uid, st->st_gid);
		return p->owner != NULL ? 0 : fail_unknown(p->shown,
		    st->st_uid);
	}
	if (S_ISDIR(st->st_mode) && (st->st_mode & OTHERS) != 0)
		return fail_others(p->shown);
	if ((st->st_mode & OTHERS) != 0)
		return fail_writable(p->shown);
	return S_ISDIR(st->st_mode) ? check_entries(p) : 0;
}

/* A directory's own owner counts, too. */
static int
find(struct path *p, const char *given, bool name_only)
{
	int status;

	if (name_only)
		return path_find(p, given, PATH_KEEP);
	status = path_find_directory(p, given);
	if (status < 0 && errno == ENOTDIR) {
		path_release(p);
		status = path_find(p, given, PATH_FOLLOW);
	}
	return status;
}

static int
find_owner(struct run *r, const char *given)
{
	struct path p;
	struct stat st = { .st_mode = 0 };
	int status = find(&p, given, r->name_only);

	if (status == 0 && !r->name_only)
		status = path_stat(&p, &st);
	if (status < 0)
		path_fail(&p, "cannot find");
	else if (geteuid() == 0 && is_shared(&p))
		status = p.above.st_uid == 0 ? fail_others(given) :
		    fail_unknown(given, p.above.st_uid);
	else if (p.owner == NULL && geteuid() == 0 && !r->name_only)
		status = check_roots(&p, &st);
	r->owner = p.owner;
	path_release(&p);
	return status;
}

/* As the tools read a file that is named to them: with its owner's rights. */
static int
take_input(const char *from)
{
	int fd = path_open_named(from), status;

	if (fd < 0)
		return -1;
	status = dup2(fd, STDIN_FILENO);
	if (fd != STDIN_FILENO)
		close(fd);
	return status < 0 ? fail_errno("cannot read '%s'", from) : 0;
}

int
main(int argc, char **argv)
{
	struct run r = { .seconds = 60 };
	const struct poptOption options[] = {
		{ "env", 'e', POPT_ARG_ARGV, &r.keep, 0,
		  "pass this variable to COMMAND", "NAME" },
		{ "input", 'i', POPT_ARG_STRING, &r.from, 0,
		  "give COMMAND this file as its standard input", "FILE" },
		{ "name-only", 'n', POPT_ARG_NONE, &r.name_only, 0,
		  "COMMAND does not look into PATH, like rm(1)", NULL },
		{ "timeout", 't', POPT_ARG_INT, &r.seconds, 0,
		  "stop COMMAND after this time (60)", "SECONDS" },
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "PATH COMMAND [ARG...]", "\
COMMAND runs as the user who owns the first directory on the way to PATH that\n\
root does not own, or who owns PATH.  If root owns all and nobody else can\n\
write to it, or if the caller is not root, it runs with the caller's rights.\n\
Example:\n\
\n\
  asowner alias certutil -K -d alias -f password.txt\n\
\n\
Status: 0 or another status of COMMAND; 2 error, or COMMAND was stopped.\n",
		2, -1 };
	const char **operands = cli_parse_command(argc, argv, options, &help);

	if (r.seconds < 1)
		cli_usage("--timeout: not a positive number: '%d'", r.seconds);
	r.command = operands + 1;
	if (find_owner(&r, operands[0]) < 0 ||
	    (r.from != NULL && take_input(r.from) < 0))
		return STATUS_ERROR;
	return r.owner != NULL ? run(&r) : execute(r.command);
}
