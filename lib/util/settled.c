/* SPDX-License-Identifier: MIT */
#include "util/settled.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/path.h"
#include "util/slurp.h"

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
settled_read(const struct path *path, size_t limit, char **text,
    size_t *size)
{
	int fd = path_open_regular(path), status;

	if (fd < 0)
		return -1;
	status = read_twice(fd, path->shown, limit, text, size);
	close(fd);
	return status;
}
