/* SPDX-License-Identifier: MIT */
#include "cfg/instance.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"

#define BASE "-Dcatalina.base="

static const char *const subsystems[] = { "ca", "kra", "ocsp", "tks", "tps",
	"est" };
#define SUBSYSTEMS (sizeof subsystems / sizeof *subsystems)

/* %s is the subsystem. */
static const char *const of_subsystem[] = { "conf/%s/CS.cfg",
	"%s/conf/CS.cfg", "%s/CS.cfg" };
static const char *const of_instance[] = { "conf/CS.cfg", "CS.cfg" };
#define COUNT(array) (sizeof(array) / sizeof *(array))

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* The first name of the layouts that is in the directory: a new string, or
 * NULL. */
static char *
first_of(const char *const *layouts, size_t count,
    const struct path *directory, const char *subsystem)
{
	struct stat st;

	for (size_t i = 0; i < count; i++) {
		char *name = mem_printf(layouts[i], subsystem);

		if (path_has(directory, name, &st))
			return name;
		free(name);
	}
	return NULL;
}

#pragma GCC diagnostic pop

static char *
first_of_subsystem(const struct path *directory, const char *subsystem)
{
	return first_of(of_subsystem, COUNT(of_subsystem), directory,
	    subsystem);
}

static char *
first_of_instance(const struct path *directory)
{
	return first_of(of_instance, COUNT(of_instance), directory, "");
}

static char *
only_subsystem(const struct path *directory, const char *operand)
{
	char *found = NULL, *name;

	for (size_t i = 0; i < SUBSYSTEMS; i++) {
		name = first_of_subsystem(directory, subsystems[i]);
		if (name != NULL && found != NULL) {
			fail("'%s' has several subsystems: choose one with "
			     "--subsystem", operand);
			free(name);
			free(found);
			return NULL;
		}
		if (name != NULL)
			found = name;
	}
	if (found == NULL)
		found = first_of_instance(directory);
	if (found == NULL)
		fail("'%s' is a directory without a CS.cfg in it", operand);
	return found;
}

static char *
named_subsystem(const struct path *directory, const char *operand,
    const char *subsystem)
{
	char *name = first_of_subsystem(directory, subsystem);

	if (name == NULL)
		name = first_of_instance(directory);
	if (name == NULL)
		fail("'%s' has no CS.cfg of a subsystem '%s'", operand,
		    subsystem);
	return name;
}

/* The path of a file that was found: a new string; NULL: it is something that
 * could keep its reader waiting; reported. */
static char *
found(const struct path *directory, const char *operand, const char *name)
{
	char *path = mem_printf("%s/%s", operand, name);
	struct stat st;

	if (path_has(directory, name, &st) &&
	    (S_ISREG(st.st_mode) || st.st_mode == 0))
		return path;
	fail("'%s' is not a regular file", path);
	free(path);
	return NULL;
}

char *
instance_file(const char *operand, const char *subsystem)
{
	char *name, *path = NULL;
	struct path directory;

	if (!path_is_directory(operand))
		return mem_dup(operand, strlen(operand));
	if (path_find_directory(&directory, operand) < 0) {
		path_fail(&directory, "cannot open");
	} else {
		name = subsystem != NULL ?
		    named_subsystem(&directory, operand, subsystem) :
		    only_subsystem(&directory, operand);
		if (name != NULL)
			path = found(&directory, operand, name);
		free(name);
	}
	path_release(&directory);
	return path;
}

bool
instance_is_in(const char *path)
{
	struct path directory;
	char *name = NULL;
	bool is = false;

	if (path_find_directory(&directory, path) == 0) {
		name = first_of_instance(&directory);
		for (size_t i = 0; i < SUBSYSTEMS && name == NULL; i++)
			name = first_of_subsystem(&directory, subsystems[i]);
		is = name != NULL;
		free(name);
	}
	path_release(&directory);
	return is;
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

/* Does the name, which is freed, mean the file? */
static bool
is_this(const struct path *directory, char *name, const struct stat *file)
{
	struct stat st;
	bool is = name != NULL && path_has(directory, name, &st) &&
	    st.st_dev == file->st_dev && st.st_ino == file->st_ino;

	free(name);
	return is;
}

/* Is file the CS.cfg of any subsystem of the instance in directory? */
static bool
is_of(const char *path, const struct stat *file)
{
	struct path directory;
	bool found = false;

	if (path_find_directory(&directory, path) == 0) {
		for (size_t i = 0; i < SUBSYSTEMS && !found; i++)
			found = is_this(&directory,
			    first_of_subsystem(&directory, subsystems[i]),
			    file);
		found = found || is_this(&directory,
		    first_of_instance(&directory), file);
	}
	path_release(&directory);
	return found;
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
	found = is_of(base, file) || is_of(inside, file);
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

	for (size_t i = 0; i < COUNT(above); i++) {
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
