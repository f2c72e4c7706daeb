/* SPDX-License-Identifier: MIT */
#include "pki/instance.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pki/locate.h"
#include "util/buf.h"
#include "util/mem.h"

#define BASE "-Dcatalina.base="

/* The arguments of a process, each with its NUL.  -1: not to be read. */
static int
read_arguments(const char *pid, struct buf *out)
{
	char *path = mem_printf("/proc/%s/cmdline", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 0;

	free(path);
	out->size = 0;
	if (fd < 0)
		/* A process that has ended is none. */
		return errno == ENOENT || errno == ESRCH ? 0 : -1;
	do {
		buf_reserve(out, 4096);
		got = read(fd, out->at + out->size, 4096);
		if (got > 0)
			out->size += (size_t)got;
	} while (got > 0);
	if (got < 0 && errno == ESRCH)
		got = 0;
	close(fd);
	buf_putc(out, '\0');
	return got < 0 ? -1 : 0;
}

static bool
serves(const char *pid, const struct buf *arguments, const struct stat *file)
{
	const char *at = arguments->at, *end = at + arguments->size;
	const char *base = NULL;
	char *inside;
	bool found;

	/* The last one counts, as for Java. */
	for (; at < end; at += strlen(at) + 1)
		if (starts_with(at, BASE))
			base = at + strlen(BASE);
	if (base == NULL)
		return false;
	/* As that process sees it, be it in a container. */
	inside = mem_printf("/proc/%s/root%s", pid, base);
	found = locate_is_of(base, file) || locate_is_of(inside, file);
	free(inside);
	return found;
}

enum instance_state
instance_state(const struct stat *file, int *pid)
{
	enum instance_state state = INSTANCE_STOPPED;
	struct buf arguments = { 0 };
	struct dirent *entry;
	DIR *proc;

	proc = opendir("/proc");
	/* Where process 1 is hidden, so may a server be. */
	if (proc == NULL || access("/proc/1", F_OK) < 0)
		state = INSTANCE_UNKNOWN;
	while (state != INSTANCE_RUNS && proc != NULL) {
		errno = 0;
		entry = readdir(proc);
		if (entry == NULL) {
			if (errno != 0)
				state = INSTANCE_UNKNOWN;
			break;
		}
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		if (read_arguments(entry->d_name, &arguments) < 0)
			state = INSTANCE_UNKNOWN;
		else if (arguments.size != 0 &&
		    serves(entry->d_name, &arguments, file)) {
			state = INSTANCE_RUNS;
			*pid = atoi(entry->d_name);
		}
	}
	if (proc != NULL)
		closedir(proc);
	buf_release(&arguments);
	return state;
}

char *
instance_restart(const char *file)
{
	static const char *const above[] = { "/etc/pki/", "/var/lib/pki/" };
	/* What needs no quotes: somebody will copy it into a shell. */
	static const char in_names[] = "abcdefghijklmnopqrstuvwxyz"
				       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789_.-";

	for (size_t i = 0; i < sizeof above / sizeof *above; i++) {
		const char *at = strstr(file, above[i]);
		size_t size;

		if (at == NULL)
			continue;
		at += strlen(above[i]);
		size = strspn(at, in_names);
		if (size != 0 && *at != '-' && at[size] == '/')
			return mem_printf("systemctl restart "
					  "pki-tomcatd@%.*s.service",
			    (int)size, at);
	}
	return mem_printf("restart the server that reads it");
}
