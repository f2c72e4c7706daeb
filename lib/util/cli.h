/* SPDX-License-Identifier: MIT */
#ifndef UTIL_CLI_H
#define UTIL_CLI_H

#include <popt.h>
#include <stdnoreturn.h>

#include "util/diag.h"
#include "util/str.h"

/*
 * What every main() needs: options, operands, exit status.
 */

/*
 * --help, --usage and --version: the last row but one of every tool's table.
 * The rows above it store into main()'s variables (val 0), repeated options
 * with POPT_ARG_ARGV, so that no tool needs a loop over its options.
 */
extern const struct poptOption cli_common_options[];
#define CLI_COMMON_OPTIONS                                                     \
	{ NULL, '\0', POPT_ARG_INCLUDE_TABLE, (void *)cli_common_options, 0,   \
	  "Common options:", NULL }

/* What --help says besides the options. */
struct cli_help {
	const char *operands; /* for the synopsis: "[FILE...]" */
	const char *about;    /* lines that follow the options */
	int least, most;      /* how many operands; most -1: any number */
};

/*
 * Parse the command line; exit on --help, --version or a usage error.
 * Also guards the process (secret.h) and arranges that a failure to write
 * stdout becomes status 2 whichever way the tool exits.
 *
 * Returns the operands, NULL-terminated; they live until exit.
 */
const char **cli_parse(int argc, char **argv, const struct poptOption *options,
    const struct cli_help *help);

/* The same where the operands end in a command with options of its own: the
 * tool's own options stop at the first operand. */
const char **cli_parse_command(int argc, char **argv,
    const struct poptOption *options, const struct cli_help *help);

/* Exit where there are fewer operands: for tools that take none with some of
 * their options. */
void cli_need(const char **operands, int least);

/* The operands, or "-" alone when there are none. */
const char **cli_files(const char **operands);

/*
 * Standard output.  An error is reported at exit, with the reason of the first
 * one.  cli_print() writes text, to a terminal without control characters, and
 * keeps the reason; cli_note() keeps the reason of what another function has
 * just written.  cli_flush() writes what is buffered, and returns 0, or -1
 * having reported why not.  cli_close() does the same where nothing more will
 * be written: what fails then can still be taken back, as it cannot at exit.
 */
void cli_print(struct slice text);
void cli_note(void);
int cli_flush(void);
int cli_close(void);

/*
 * From now on a pipe or connection that the other side has closed is an error
 * of the write.  Stdout's still ends the tool by SIGPIPE, but at its end.
 */
void cli_outlive_pipes(void);

/* "tool: message (see --help)", status 2. */
noreturn void cli_usage(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

#endif
