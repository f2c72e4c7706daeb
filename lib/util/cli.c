/* SPDX-License-Identifier: MIT */
#include "util/cli.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/spell.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

const struct poptOption cli_common_options[] = {
	{ "help", 'h', POPT_ARG_NONE, NULL, 'h',
	  "show this help and exit", NULL },
	{ "usage", '\0', POPT_ARG_NONE, NULL, 'u',
	  "show a one-line synopsis and exit", NULL },
	{ "version", 'V', POPT_ARG_NONE, NULL, 'V',
	  "show the version and exit", NULL },
	POPT_TABLEEND
};

static poptContext context;

static bool outliving;

void
cli_outlive_pipes(void)
{
	struct sigaction act = { .sa_handler = SIG_IGN }, was;

	if (sigaction(SIGPIPE, NULL, &was) < 0 || was.sa_handler != SIG_DFL)
		return;
	sigaction(SIGPIPE, &act, NULL);
	outliving = true;
}

/* What was written before may have found the pipe broken. */
static void
end_by_pipe(bool was_bad)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	signal(SIGPIPE, SIG_DFL);
	if (was_bad && poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0)
		raise(SIGPIPE);
}

/* Why standard output cannot be written; 0: it can, or the reason was lost. */
static int reason;
static bool reported;

void
cli_note(void)
{
	if (reason == 0 && ferror(stdout))
		reason = errno;
}

static bool
is_terminal(void)
{
	static int is = -1;

	if (is < 0)
		is = isatty(STDOUT_FILENO);
	return is != 0;
}

void
cli_print(struct slice text)
{
	struct buf visible = { 0 };

	if (is_terminal()) {
		buf_put_visible(&visible, text, "\n\t");
		text = buf_slice(&visible);
	}
	if (text.size != 0 &&
	    fwrite(text.at, 1, text.size, stdout) != text.size)
		cli_note();
	buf_release(&visible);
}

static int
fail_stdout(void)
{
	if (reported)
		return -1;
	reported = true;
	if (reason == 0)
		return fail("cannot write standard output");
	errno = reason;
	return fail_errno("cannot write standard output");
}

int
cli_flush(void)
{
	if (fflush(stdout) != 0)
		cli_note();
	return ferror(stdout) ? fail_stdout() : 0;
}

int
cli_close(void)
{
	static bool closed;
	bool was_bad;

	if (closed)
		return 0;
	closed = true;
	was_bad = ferror(stdout);
	if (outliving)
		end_by_pipe(was_bad);
	errno = 0;
	if (fclose(stdout) != 0 && reason == 0)
		reason = errno;
	return was_bad || reason != 0 ? fail_stdout() : 0;
}

/* Buffered output that cannot be written is only noticed here. */
static void
close_stdout(void)
{
	if (cli_close() < 0)
		_exit(STATUS_ERROR);
}

/*
 * The strings that popt made for main()'s variables live until exit.  Here
 * they can be found, too, when main() has returned.
 */
static void
keep_strings(const struct poptOption *options)
{
	static const void **kept;
	static size_t count, room;

	for (; options->longName != NULL || options->arg != NULL; options++) {
		unsigned type = options->argInfo & POPT_ARG_MASK;

		if (type != POPT_ARG_STRING && type != POPT_ARG_ARGV)
			continue;
		MEM_GROW(kept, count, room);
		kept[count++] = *(void *const *)options->arg;
	}
}

static void
check_operands(const char **operands, const struct cli_help *help)
{
	int count = 0;

	while (operands[count] != NULL)
		count++;
	if (count < help->least)
		cli_usage("too few operands, want %s", help->operands);
	if (help->most >= 0 && count > help->most)
		cli_usage("one operand too many: '%s'", operands[help->most]);
}

void
cli_need(const char **operands, int least)
{
	for (int i = 0; i < least; i++)
		if (operands[i] == NULL)
			cli_usage("too few operands, want %d or more", least);
}

static noreturn void
print_help(const struct cli_help *help)
{
	poptPrintHelp(context, stdout, 0);
	if (help->about != NULL)
		printf("\n%s", help->about);
	printf("\nManual page: %s(1); overview: clonekit(1).\n",
	    program_invocation_short_name);
	exit(STATUS_OK);
}

/* popt names the word that it stopped at: --name=value, or the value alone. */
static noreturn void
bad_number(char **argv, const char *what)
{
	static char *value; /* found until exit */
	const char *word = poptBadOption(context, POPT_BADOPTION_NOALIAS);
	size_t size = strlen(word), after;

	value = poptGetOptArg(context);
	after = strlen(value);
	for (size_t i = 2; size == after && argv[i] != NULL; i++)
		if (argv[i] == word)
			cli_usage("%s: %s: '%s'", argv[i - 1], what, value);
	if (size > after)
		size -= after + (word[size - after - 1] == '=');
	cli_usage("%.*s: %s: '%s'", (int)size, word, what, value);
}

/* A table may include others. */
static void
spell_options(struct spell *s, const struct poptOption *option)
{
	for (; option->longName != NULL || option->shortName != '\0' ||
	    option->arg != NULL; option++)
		if ((option->argInfo & POPT_ARG_MASK) == POPT_ARG_INCLUDE_TABLE)
			spell_options(s, option->arg);
		else if (option->longName != NULL)
			spell_try(s, slice_of(option->longName));
}

static noreturn void
bad_option(char **argv, const struct poptOption *options, int error)
{
	struct spell s = { .mistakes = 0 };
	const char *word;

	if (error == POPT_ERROR_BADNUMBER)
		bad_number(argv, "not a number");
	if (error == POPT_ERROR_OVERFLOW)
		bad_number(argv, poptStrerror(error));
	word = poptBadOption(context, POPT_BADOPTION_NOALIAS);
	if (error == POPT_ERROR_BADOPT && starts_with(word, "--")) {
		spell_begin(&s, (struct slice){ word + 2,
			strcspn(word + 2, "=") }, 0);
		spell_options(&s, options);
	}
	if (s.nearest.at != NULL)
		cli_usage("%s: %s: is --%s meant?", word, poptStrerror(error),
		    s.nearest.at);
	cli_usage("%s: %s", word, poptStrerror(error));
}

static const char **
parse(int argc, char **argv, const struct poptOption *options,
    const struct cli_help *help, unsigned flags)
{
	static const char *none[] = { NULL };
	const char **operands;
	int option;

	secret_guard_process();
	atexit(close_stdout);

	/* No poptReadDefaultConfig(): ~/.popt could alias or exec anything. */
	context = poptGetContext(NULL, argc, (const char **)argv, options,
	    flags);
	if (context == NULL)
		die("out of memory");
	poptSetOtherOptionHelp(context, help->operands);
	option = poptGetNextOpt(context);
	switch (option) {
	case -1:
		keep_strings(options);
		operands = poptGetArgs(context);
		if (operands == NULL)
			operands = none;
		check_operands(operands, help);
		return operands;
	case 'h':
		print_help(help);
	case 'u':
		poptPrintUsage(context, stdout, 0);
		exit(STATUS_OK);
	case 'V':
		puts(VERSION);
		exit(STATUS_OK);
	default:
		bad_option(argv, options, option);
	}
}

const char **
cli_parse(int argc, char **argv, const struct poptOption *options,
    const struct cli_help *help)
{
	return parse(argc, argv, options, help, 0);
}

const char **
cli_parse_command(int argc, char **argv, const struct poptOption *options,
    const struct cli_help *help)
{
	return parse(argc, argv, options, help, POPT_CONTEXT_POSIXMEHARDER);
}

const char **
cli_files(const char **operands)
{
	static const char *only_stdin[] = { "-", NULL };

	return operands[0] != NULL ? operands : only_stdin;
}

void
cli_usage(const char *fmt, ...)
{
	char message[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof message, fmt, args);
	va_end(args);
	die("%s (see --help)", message);
}
