/* SPDX-License-Identifier: MIT */
#include "cfg/instance.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/diag.h"
#include "util/mem.h"

#define BASE "-Dcatalina.base="

static const char *const subsystems[] = { "ca", "kra", "ocsp", "tks", "tps",
	"est" };
#define SUBSYSTEMS (sizeof subsystems / sizeof *subsystems)

/* %1$s the directory, %2$s the subsystem. */
static const char *const of_subsystem[] = { "%1$s/conf/%2$s/CS.cfg",
	"%1$s/%2$s/conf/CS.cfg", "%1$s/%2$s/CS.cfg" };
static const char *const of_instance[] = { "%1$s/conf/CS.cfg",
	"%1$s/CS.cfg" };
#define COUNT(array) (sizeof(array) / sizeof *(array))

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* The first of the layouts that is there, or NULL. */
static char *
first_of(const char *const *layouts, size_t count, const char *directory,
    const char *subsystem)
{
	for (size_t i = 0; i < count; i++) {
		char *path = mem_printf(layouts[i], directory, subsystem);

		if (access(path, F_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

#pragma GCC diagnostic pop

static char *
only_subsystem(const char *directory)
{
	char *found = NULL, *path;

	for (size_t i = 0; i < SUBSYSTEMS; i++) {
		path = first_of(of_subsystem, COUNT(of_subsystem), directory,
		    subsystems[i]);
		if (path != NULL && found != NULL) {
			fail("'%s' has several subsystems: choose one with "
			     "--subsystem", directory);
			free(path);
			free(found);
			return NULL;
		}
		if (path != NULL)
			found = path;
	}
	if (found == NULL)
		found = first_of(of_instance, COUNT(of_instance), directory,
		    "");
	if (found == NULL)
		fail("'%s' is a directory without a CS.cfg in it", directory);
	return found;
}

char *
instance_file(const char *operand, const char *subsystem)
{
	struct stat st;
	char *path;

	if (stat(operand, &st) < 0 || !S_ISDIR(st.st_mode))
		return mem_dup(operand, strlen(operand));
	if (subsystem == NULL)
		return only_subsystem(operand);
	path = first_of(of_subsystem, COUNT(of_subsystem), operand, subsystem);
	if (path == NULL)
		path = first_of(of_instance, COUNT(of_instance), operand, "");
	if (path == NULL)
		fail("'%s' has no CS.cfg of a subsystem '%s'", operand,
		    subsystem);
	return path;
}

bool
instance_is_in(const char *directory)
{
	char *path = first_of(of_instance, COUNT(of_instance), directory, "");

	for (size_t i = 0; i < SUBSYSTEMS && path == NULL; i++)
		path = first_of(of_subsystem, COUNT(of_subsystem), directory,
		    subsystems[i]);
	free(path);
	return path != NULL;
}

/* -- running servers ------------------------------------------------------- */

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
is_file(const char *path, const struct stat *file)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == file->st_dev &&
	    st.st_ino == file->st_ino;
}

/* Is file the CS.cfg of any subsystem of the instance in directory? */
static bool
is_of(const char *directory, const struct stat *file)
{
	bool found = false;

	for (size_t i = 0; i < SUBSYSTEMS && !found; i++) {
		char *path = first_of(of_subsystem, COUNT(of_subsystem),
		    directory, subsystems[i]);

		found = path != NULL && is_file(path, file);
		free(path);
	}
	if (!found) {
		char *path = first_of(of_instance, COUNT(of_instance),
		    directory, "");

		found = path != NULL && is_file(path, file);
		free(path);
	}
	return found;
}

static bool
serves(const char *pid, const struct buf *arguments, const struct stat *file)
{
	const char *at = arguments->at, *end = at + arguments->size;
	bool found = false;

	for (; at < end && !found; at += strlen(at) + 1) {
		char *inside;

		if (!starts_with(at, BASE))
			continue;
		/* As that process sees it, be it in a container. */
		inside = mem_printf("/proc/%s/root%s", pid, at + strlen(BASE));
		found = is_of(at + strlen(BASE), file) || is_of(inside, file);
		free(inside);
	}
	return found;
}

enum instance_state
instance_state(const char *file, int *pid)
{
	enum instance_state state = INSTANCE_STOPPED;
	struct buf arguments = { 0 };
	struct dirent *entry;
	struct stat st;
	DIR *proc;

	if (stat(file, &st) < 0)
		return INSTANCE_UNKNOWN;
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
		    serves(entry->d_name, &arguments, &st)) {
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

	for (size_t i = 0; i < COUNT(above); i++) {
		const char *at = strstr(file, above[i]);
		size_t size;

		if (at == NULL)
			continue;
		at += strlen(above[i]);
		size = strcspn(at, "/");
		if (size != 0 && at[size] == '/')
			return mem_printf("systemctl restart "
					  "pki-tomcatd@%.*s.service",
			    (int)size, at);
	}
	return mem_printf("restart the server that reads it");
}
