/* SPDX-License-Identifier: MIT */
#include "util/password.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/slurp.h"

#define FILE_LIMIT ((size_t)64 << 10)

/* "name = VALUE", as PlainPasswordFile.java reads it. */
static bool
take_setting(struct slice line, const char *name, struct slice *value)
{
	const char *equals = memchr(line.at, '=', line.size);
	struct slice got;

	if (equals == NULL)
		return false;
	got = slice_trim((struct slice){ line.at, (size_t)(equals - line.at) });
	if (!slice_equal(got, slice_of(name)))
		return false;
	*value = slice_trim((struct slice){ equals + 1,
	    line.size - (size_t)(equals + 1 - line.at) });
	return true;
}

/* "TOKEN:VALUE", as certutil and, under their own names, others have it. */
static bool
take_token(struct slice line, struct slice *value)
{
	static const char *const tokens[] = { "NSS Certificate DB:",
		"NSS FIPS 140-2 Certificate DB:", "Internal (Software) Token:",
		"internal:" };

	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
		struct slice token = slice_of(tokens[i]);

		if (!slice_starts(line, token))
			continue;
		*value = (struct slice){ line.at + token.size,
			line.size - token.size };
		return true;
	}
	return false;
}

static void
add(struct password_candidates *list, struct slice password)
{
	for (size_t i = 0; i < list->count; i++)
		if (slice_equal(secret_slice(&list->password[i]), password))
			return;
	if (password.size <= PASSWORD_MOST &&
	    list->count < PASSWORD_CANDIDATES)
		secret_set(&list->password[list->count++], password);
}

/* The forms in which a file may hold it; at NULL: it does not. */
struct forms {
	struct slice setting, token, first, last;
};

static struct forms
forms_of(struct slice text)
{
	struct forms forms = { 0 };
	struct slice value;

	forms.first = forms.last = (struct slice){ text.at, 0 };
	for (bool first = true; text.size != 0; first = false) {
		struct slice line = slice_cut_line(&text);

		if (first)
			forms.first = line;
		if (line.size != 0)
			forms.last = line;
		/* Of two, Dogtag takes the last, certutil the first. */
		if (take_setting(line, "internal", &value))
			forms.setting = value;
		if (forms.token.at == NULL && take_token(line, &value))
			forms.token = value;
	}
	return forms;
}

/* Into memory of its final size: growing would leave copies behind. */
static ssize_t
read_all(int fd, struct secret *text)
{
	size_t used = 0;
	ssize_t got;

	secret_alloc(text, FILE_LIMIT + 1);
	do {
		got = read(fd, text->at + used, text->size - used);
		if (got > 0)
			used += (size_t)got;
	} while (used < text->size &&
	    (got > 0 || (got < 0 && errno == EINTR)));
	return got < 0 ? -1 : (ssize_t)used;
}

/* As ldapsearch's -y does.  The group may well be the server's. */
static void
warn_if_open(int fd, const struct path *p)
{
	struct buf mend = { 0 };
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    (st.st_mode & (S_IROTH | S_IWOTH)) == 0)
		return;
	path_put_command(&mend, p, "chmod o=", p->shown);
	say("%s: every user can %s this password file (mode %04o): %.*s",
	    p->shown, (st.st_mode & S_IWOTH) != 0 ? "change" : "read",
	    st.st_mode & 07777, SLICE_ARG(buf_slice(&mend)));
	buf_release(&mend);
}

/* Which file, and who decided that. */
struct source {
	const char *file;
	const struct path *from; /* the file that names it; NULL: none does */
	bool found;		 /* in an instance: a regular file */
};

static int
open_file(const struct source *source)
{
	struct path p;
	int fd;

	if (strcmp(source->file, "-") == 0)
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	if ((source->from != NULL ?
	    path_find_in(&p, source->from, source->file) :
	    path_find(&p, source->file, PATH_FOLLOW)) < 0)
		fd = path_fail(&p, "cannot open");
	else
		fd = source->found ? path_open_regular(&p) : path_open(&p);
	if (fd >= 0)
		warn_if_open(fd, &p);
	path_release(&p);
	return fd;
}

static int
read_file(struct secret *text, const struct source *source)
{
	const char *name = slurp_name(source->file);
	int fd = open_file(source), status = 0;
	ssize_t size;

	if (fd < 0)
		return -1;
	size = read_all(fd, text);
	if (size < 0)
		status = fail_errno("cannot read '%s'", name);
	else if ((size_t)size > FILE_LIMIT)
		status = fail("%s: larger than %zu bytes", name, FILE_LIMIT);
	else if (memchr(text->at, '\0', (size_t)size) != NULL)
		status = fail("%s: NUL byte in a password", name);
	else
		text->size = (size_t)size;
	close(fd);
	return status;
}

static int
list_candidates(struct password_candidates *list, const struct source *source)
{
	struct secret text = { 0 };
	struct forms forms;
	int status = read_file(&text, source);

	*list = (struct password_candidates){ .count = 0 };
	if (status < 0)
		goto out;
	forms = forms_of(secret_slice(&text));
	if (forms.setting.at != NULL)
		add(list, forms.setting);
	if (forms.token.at != NULL)
		add(list, forms.token);
	add(list, forms.first);
	add(list, forms.last);
	if (list->count == 0)
		status = fail("%s: no password of %zu bytes at most",
		    slurp_name(source->file), PASSWORD_MOST);
out:
	secret_release(&text);
	return status;
}

int
password_candidates(struct password_candidates *list, const char *file)
{
	const struct source source = { .file = file };

	return list_candidates(list, &source);
}

int
password_candidates_found(struct password_candidates *list, const char *file)
{
	const struct source source = { .file = file, .found = true };

	return list_candidates(list, &source);
}

void
password_candidates_release(struct password_candidates *list)
{
	while (list->count != 0)
		secret_release(&list->password[--list->count]);
}

/* The last line `name=` (NULL: none will do), else with first the first. */
static int
find(struct secret *password, const struct source *source, const char *name,
    bool first)
{
	struct secret text = { 0 };
	struct slice rest, line, found = { NULL, 0 };
	int status = read_file(&text, source);

	if (status < 0)
		goto out;
	rest = secret_slice(&text);
	if (first)
		found = slice_cut_line(&rest);
	rest = secret_slice(&text);
	while (name != NULL && rest.size != 0) {
		line = slice_cut_line(&rest);
		take_setting(line, name, &found);
	}
	if (found.at == NULL && name == NULL)
		status = fail("%s: no password", slurp_name(source->file));
	else if (found.at == NULL)
		status = fail("%s: no line '%s='", slurp_name(source->file),
		    name);
	else if (found.size > PASSWORD_MOST)
		status = fail("%s: a password of more than %zu bytes",
		    slurp_name(source->file), PASSWORD_MOST);
	else
		secret_set(password, found);
out:
	secret_release(&text);
	return status;
}

int
password_first_line(struct secret *password, const char *file)
{
	const struct source source = { .file = file };

	return find(password, &source, NULL, true);
}

int
password_of(struct secret *password, const char *file, const char *name)
{
	const struct source source = { .file = file };

	return find(password, &source, name, true);
}

int
password_setting(struct secret *password, const struct path *from,
    const char *file, const char *name)
{
	const struct source source = { .file = file, .from = from,
		.found = true };

	return find(password, &source, name, false);
}

static int terminal = -1;
static struct termios echoing;
static const int fatal[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
#define FATAL (sizeof fatal / sizeof *fatal)

/* Never leave a terminal without echo behind. */
static void
restore_and_raise(int signo)
{
	tcsetattr(terminal, TCSAFLUSH, &echoing);
	signal(signo, SIG_DFL);
	raise(signo);
}

static int
read_line(struct secret *password)
{
	char line[PASSWORD_MOST + 2];
	size_t size = 0;
	ssize_t got = 0;

	while (size < sizeof line &&
	    (got = read(terminal, line + size, 1)) == 1 &&
	    line[size] != '\n')
		size++;
	if (got == 1 && size <= PASSWORD_MOST)
		secret_set(password, (struct slice){ line, size });
	else
		got = -1;
	explicit_bzero(line, sizeof line);
	return got == 1 ? 0 : -1;
}

static int
ask_once(struct secret *password, const char *prompt)
{
	struct sigaction act = { .sa_handler = restore_and_raise }, was[FATAL];
	struct termios silent;
	int status = -1;

	if (tcgetattr(terminal, &echoing) < 0)
		return -1;
	for (size_t i = 0; i < FATAL; i++)
		if (sigaction(fatal[i], NULL, &was[i]) == 0 &&
		    was[i].sa_handler != SIG_IGN)
			sigaction(fatal[i], &act, NULL);
	silent = echoing;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	silent.c_lflag |= ICANON;
	/* A shell would get the terminal without echo, and we it back with. */
	silent.c_cc[VSUSP] = _POSIX_VDISABLE;
	if (tcsetattr(terminal, TCSAFLUSH, &silent) == 0) {
		dprintf(terminal, "%s: ", prompt);
		status = read_line(password);
		dprintf(terminal, "\n");
		tcsetattr(terminal, TCSAFLUSH, &echoing);
	}
	for (size_t i = 0; i < FATAL; i++)
		sigaction(fatal[i], &was[i], NULL);
	return status;
}

int
password_ask(struct secret *password, const char *prompt, bool again)
{
	struct secret second = { 0 };
	int status;

	terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal < 0)
		return -1;
	do {
		status = ask_once(password, prompt);
		if (status < 0 || !again)
			break;
		status = ask_once(&second, "The same again");
		if (status < 0 || slice_equal(secret_slice(password),
		    secret_slice(&second)))
			break;
		dprintf(terminal, "They are not alike.\n");
	} while (true);
	secret_release(&second);
	if (status < 0)
		secret_release(password);
	close(terminal);
	return status;
}

int
password_of_bundle(struct secret *password, const char *file,
    const char *bundle)
{
	char *prompt;
	int status;

	if (file != NULL)
		return password_first_line(password, file);
	prompt = mem_printf("Password of %s", bundle);
	status = password_ask(password, prompt, false);
	free(prompt);
	return status == 0 ? 0 :
	    fail("%s: no terminal to ask for its password on (-w FILE)",
		bundle);
}
