/* SPDX-License-Identifier: MIT */
#include "util/spool.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/mem.h"

/* Without a name from the start, where the file system can do that. */
static int
open_nameless(const char *directory)
{
	int fd = open(directory, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
	char *path;

	if (fd >= 0)
		return fd;
	path = mem_printf("%s/clonekit.XXXXXX", directory);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		fail_errno("cannot make a temporary file in '%s'", directory);
	else if (unlink(path) < 0)
		fail_errno("cannot remove '%s'", path);
	free(path);
	return fd;
}

FILE *
spool_file(void)
{
	const char *directory = getenv("TMPDIR");
	int fd = open_nameless(directory != NULL && *directory != '\0' ?
	    directory : "/tmp");
	FILE *file;

	if (fd < 0)
		return NULL;
	file = fdopen(fd, "w+");
	if (file == NULL) {
		fail_errno("cannot open a temporary file");
		close(fd);
	}
	return file;
}

int
spool_begin(struct spool *spool)
{
	*spool = (struct spool){ .file = spool_file() };
	return spool->file != NULL ? 0 : -1;
}

/* To at, for writing or reading: a stream wants that between the two. */
static int
turn(struct spool *spool, int state, uint64_t at)
{
	if (fseeko(spool->file, (off_t)at, SEEK_SET) < 0)
		return fail_errno("cannot use a temporary file");
	spool->state = state;
	spool->at = at;
	return 0;
}

int
spool_put(struct spool *spool, struct slice text, uint64_t *at)
{
	if (spool->state != SPOOL_WRITES &&
	    turn(spool, SPOOL_WRITES, spool->size) < 0)
		return -1;
	if (fwrite(&text.size, sizeof text.size, 1, spool->file) != 1 ||
	    (text.size != 0 &&
	    fwrite(text.at, text.size, 1, spool->file) != 1))
		return fail_errno("cannot write a temporary file");
	if (at != NULL)
		*at = spool->size;
	spool->size += sizeof text.size + text.size;
	return 0;
}

/* The text that begins here. */
static int
read_text(struct spool *spool, struct buf *text)
{
	size_t size;

	text->size = 0;
	if (fread(&size, sizeof size, 1, spool->file) != 1)
		return fail_errno("cannot read a temporary file");
	buf_reserve(text, size);
	if (size != 0 && fread(text->at, size, 1, spool->file) != 1)
		return fail_errno("cannot read a temporary file");
	text->size = size;
	spool->at += sizeof size + size;
	return 0;
}

int
spool_get(struct spool *spool, uint64_t at, struct buf *text)
{
	if (turn(spool, SPOOL_READS, at) < 0)
		return -1;
	return read_text(spool, text);
}

void
spool_rewind(struct spool *spool)
{
	spool->state = SPOOL_WRITES;
	spool->at = 0;
}

int
spool_next(struct spool *spool, struct buf *text)
{
	if (spool->at == spool->size)
		return 0;
	if (spool->state != SPOOL_READS &&
	    turn(spool, SPOOL_READS, spool->at) < 0)
		return -1;
	return read_text(spool, text) < 0 ? -1 : 1;
}

void
spool_release(struct spool *spool)
{
	if (spool->file != NULL)
		fclose(spool->file);
	*spool = (struct spool){ 0 };
}
