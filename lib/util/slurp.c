/* SPDX-License-Identifier: MIT */
#include "util/slurp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"

#define FIRST_ROOM ((size_t)64 * 1024)

bool
slurp_is_stdin(const char *path)
{
	return path != NULL && strcmp(path, "-") == 0;
}

const char *
slurp_name(const char *path)
{
	return slurp_is_stdin(path) ? "<stdin>" : path;
}

/* A regular file's size plus one, so that its end is seen in one read. */
static size_t
guess(int fd, size_t limit)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < 0)
		return FIRST_ROOM;
	return (size_t)st.st_size < limit ? (size_t)st.st_size + 1 : limit + 1;
}

int
slurp_fd(int fd, const char *name, size_t limit, char **text, size_t *size)
{
	size_t room = guess(fd, limit), used = 0;
	char *at = mem_alloc(room + 1);
	ssize_t got;

	mem_expect_all(at, room);
	for (;;) {
		if (used == room) {
			room *= 2;
			at = mem_realloc(at, room + 1, 1);
		}
		got = read(fd, at + used, room - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		used += (size_t)got;
		if (used > limit)
			break;
	}
	if (got < 0 || used > limit) {
		free(at);
		return got < 0 ? fail_errno("cannot read '%s'", name) :
				 fail("%s: larger than %zu bytes", name, limit);
	}
	at[used] = '\0';
	*text = at;
	*size = used;
	return 0;
}

/* fd, which is closed, may be -1: its failure was reported. */
static int
slurp_opened(int fd, const char *path, size_t limit, char **text, size_t *size)
{
	int status;

	if (fd < 0)
		return -1;
	status = slurp_fd(fd, path, limit, text, size);
	close(fd);
	return status;
}

int
slurp(const char *path, size_t limit, char **text, size_t *size)
{
	if (slurp_is_stdin(path))
		return slurp_fd(STDIN_FILENO, "<stdin>", limit, text, size);
	return slurp_opened(path_open_named(path), path, limit, text, size);
}

int
slurp_found(const char *path, size_t limit, char **text, size_t *size)
{
	return slurp_opened(path_open_found(path), path, limit, text, size);
}

FILE *
slurp_open(const char *path)
{
	FILE *in;
	int fd;

	if (slurp_is_stdin(path))
		return stdin;
	fd = path_open_named(path);
	if (fd < 0)
		return NULL;
	in = fdopen(fd, "r");
	if (in == NULL) {
		fail_errno("cannot open '%s'", path);
		close(fd);
	}
	return in;
}

void
slurp_close(FILE *in)
{
	if (in != NULL && in != stdin)
		fclose(in);
}

int
slurp_file(struct buf *text, FILE *in, const char *name, size_t limit)
{
	char block[BUFSIZ];
	size_t size;

	while ((size = fread(block, 1, sizeof block, in)) != 0) {
		buf_add(text, (struct slice){ block, size });
		if (text->size > limit)
			return fail("%s: larger than %zu bytes", name, limit);
	}
	if (ferror(in))
		return fail_errno("cannot read '%s'", name);
	buf_putc(text, '\0');
	text->size--;
	return 0;
}

#define READINGS 5
#define PAUSE_MS 20

/* Does the file still hold these bytes, and no more? */
static bool
is_still(int fd, const char *text, size_t size)
{
	char piece[65536];
	size_t used = 0;
	ssize_t got;

	while ((got = pread(fd, piece, sizeof piece, (off_t)used)) > 0) {
		if ((size_t)got > size - used ||
		    memcmp(text + used, piece, (size_t)got) != 0)
			return false;
		used += (size_t)got;
	}
	return got == 0 && used == size;
}

static int
read_twice(int fd, const char *shown, size_t limit, char **text, size_t *size)
{
	const struct timespec pause = { 0, PAUSE_MS * 1000000L };

	for (int i = 0; i < READINGS; i++) {
		if (i != 0)
			nanosleep(&pause, NULL);
		if (lseek(fd, 0, SEEK_SET) < 0)
			return fail_errno("cannot read '%s'", shown);
		if (slurp_fd(fd, shown, limit, text, size) < 0)
			return -1;
		if (is_still(fd, *text, *size))
			return 0;
		free(*text);
		*text = NULL;
	}
	return fail("%s: somebody is writing it: no two readings are alike",
	    shown);
}

int
slurp_stable(const struct path *path, size_t limit, char **text,
    size_t *size)
{
	int fd = path_open_regular(path), status;

	if (fd < 0)
		return -1;
	status = read_twice(fd, path->shown, limit, text, size);
	close(fd);
	return status;
}
