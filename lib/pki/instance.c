/* SPDX-License-Identifier: MIT */
#include "pki/instance.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cfg/setting.h"
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

/* The file that a process means by DIRECTORY/NAME: links lead to where they
 * lead for that process. */
static bool
is_file_in_root(
    int root, const char *directory, const char *name, const struct stat *file)
{
	const struct open_how how = { .flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT };
	char *path = mem_printf("%s/%s", directory, name);
	const int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
	struct stat st;
	bool is;

	free(path);
	if (fd < 0)
		return false;
	is = fstat(fd, &st) == 0 && st.st_dev == file->st_dev &&
	     st.st_ino == file->st_ino;
	close(fd);
	return is;
}

/* Is it the CS.cfg of the instance in base, by the layouts of locate.h? */
static bool
is_in_root(int root, const char *base, const struct stat *file)
{
	bool is = is_file_in_root(root, base, "conf/CS.cfg", file) ||
		  is_file_in_root(root, base, "CS.cfg", file);

	for (size_t i = 0; i < SETTING_SUBSYSTEMS && !is; i++) {
		const char *sub = setting_subsystem[i];
		char *names[] = { mem_printf("conf/%s/CS.cfg", sub),
			mem_printf("%s/conf/CS.cfg", sub),
			mem_printf("%s/CS.cfg", sub) };

		for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
			is = is || is_file_in_root(root, base, names[k], file);
			free(names[k]);
		}
	}
	return is;
}

/* The root of a process in another mount namespace, where a path means other
 * files than here: a descriptor; -1: it is in this one, or cannot be seen. */
static int
open_other_root(const char *pid)
{
	char *path = mem_printf("/proc/%s/ns/mnt", pid);
	char own[64] = "", other[64] = "";
	int fd = -1;

	if (readlink("/proc/self/ns/mnt", own, sizeof own - 1) > 0 &&
	    readlink(path, other, sizeof other - 1) > 0 &&
	    strcmp(own, other) != 0) {
		free(path);
		path = mem_printf("/proc/%s/root", pid);
		fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	free(path);
	return fd;
}

static bool
serves(const char *pid, const struct buf *arguments, const struct stat *file)
{
	const char *at = arguments->at, *end = at + arguments->size;
	const char *base = NULL;
	char *inside;
	bool found;
	int root;

	/* The last one counts, as for Java. */
	for (; at < end; at += strlen(at) + 1)
		if (starts_with(at, BASE))
			base = at + strlen(BASE);
	if (base == NULL)
		return false;
	root = open_other_root(pid);
	if (root >= 0) {
		found = is_in_root(root, base, file);
		close(root);
		return found;
	}
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
instance_name(const char *file)
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
			return mem_dup(at, size);
	}
	return NULL;
}

char *
instance_restart(const char *file)
{
	char *name = instance_name(file);
	char *command = name != NULL ?
	    mem_printf("systemctl restart pki-tomcatd@%s.service", name) :
	    mem_printf("restart the server that reads it");

	free(name);
	return command;
}
