/* SPDX-License-Identifier: MIT */
#include "util/diag.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/str.h"

/*
 * Nicknames and file names reach us from elsewhere: keep them from driving
 * the terminal.  One fputs() a message keeps a pipeline's lines whole.
 */
PRINTF_LIKE(1, 0)
static void
vsay(const char *fmt, va_list args, const char *reason)
{
	char message[1024], line[1280];

	vsnprintf(message, sizeof message, fmt, args);
	for (char *c = message; *c != '\0'; c++)
		memset(c, '?', control_size(c, 2));
	snprintf(line, sizeof line, "%s: %s%s%s\n",
	    program_invocation_short_name, message,
	    reason != NULL ? ": " : "", reason != NULL ? reason : "");
	fputs(line, stderr);
}

void
say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsay(fmt, args, NULL);
	va_end(args);
}

int
fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsay(fmt, args, NULL);
	va_end(args);
	return -1;
}

int
fail_errno(const char *fmt, ...)
{
	const char *reason = strerror(errno);
	va_list args;

	va_start(args, fmt);
	vsay(fmt, args, reason);
	va_end(args);
	return -1;
}

void
die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsay(fmt, args, NULL);
	va_end(args);
	exit(2);
}
