/* SPDX-License-Identifier: MIT */
#include "dir/digestfile.h"

#include <errno.h>
#include <stdlib.h>

#include "util/diag.h"
#include "util/hex.h"
#include "util/mem.h"

#define HEX_SIZE (2 * (size_t)DIGEST_SIZE)

bool
digestfile_is(FILE *file)
{
	char start[HEX_SIZE + 1];
	size_t size = fread(start, 1, sizeof start, file);

	rewind(file);
	if (size > 2 && start[0] == '~' && start[1] == '\t')
		return true;
	return size == sizeof start && start[size - 1] == '\t' &&
	    memchr(start, ':', size) == NULL;
}

void
digestfile_begin(struct digestfile *file, FILE *in, const char *name)
{
	*file = (struct digestfile){ .in = in, .name = name };
}

void
digestfile_release(struct digestfile *file)
{
	free(file->text);
}

void
digestfile_rewind(struct digestfile *file)
{
	rewind(file->in);
	file->line = file->lines = file->promised = 0;
	file->ended = false;
}

/* -- reading --------------------------------------------------------------- */

static int
read_line(struct digestfile *file, struct slice *line)
{
	ssize_t size;

	errno = 0;
	size = getline(&file->text, &file->room, file->in);
	if (size < 0 && (ferror(file->in) || errno == ENOMEM))
		return fail_errno("cannot read '%s'", file->name);
	if (size < 0)
		return 0;
	file->line++;
	*line = (struct slice){ file->text, (size_t)size };
	if (line->size != 0 && line->at[line->size - 1] == '\n')
		line->size--;
	return 1;
}

static int
bad_line(const struct digestfile *file)
{
	return fail("%s:%zu: not a line of digests", file->name,
	    file->line);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
read_hex(struct slice *line, unsigned char *digest)
{
	const char *at = line->at;

	if (line->size < HEX_SIZE + 1 || at[HEX_SIZE] != '\t')
		return false;
	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		int high = hex_digit(*at++), low = hex_digit(*at++);

		if (high < 0 || low < 0)
			return false;
		digest[i] = (unsigned char)(high << 4 | low);
	}
	line->at += HEX_SIZE + 1;
	line->size -= HEX_SIZE + 1;
	return true;
}

static int
read_end(struct digestfile *file, struct slice line)
{
	char *end;
	size_t count;

	errno = 0;
	count = strtoul(line.at + 2, &end, 10);
	if (errno != 0 || end == line.at + 2 || line.at[2] == '-' ||
	    strcmp(end, "\tentries\n") != 0)
		return bad_line(file);
	file->promised += count;
	file->ended = true;
	return 0;
}

int
digestfile_next(struct digestfile *file)
{
	struct slice line = { "", 0 };
	int more;

	while ((more = read_line(file, &line)) > 0) {
		if (slice_starts(line, slice_of("~\t"))) {
			if (read_end(file, line) < 0)
				return -1;
			continue;
		}
		if (file->ended || !read_hex(&line, file->digest.name) ||
		    !read_hex(&line, file->digest.content))
			return bad_line(file);
		file->dn = line;
		file->lines++;
		return 1;
	}
	if (more == 0 && (!file->ended || file->lines != file->promised))
		return fail("%s: it was cut off, or is not all: %zu lines of "
			    "digests, not %zu", file->name, file->lines,
		    file->promised);
	return more;
}

/* -- writing --------------------------------------------------------------- */

/* Where each one's name is. */
static int
find_names(uint64_t *at, const struct digests *digests, struct spool *names,
    struct digest_hasher *hasher)
{
	struct buf name = { 0 };
	unsigned char digest[DIGEST_SIZE];
	const struct digest *found;
	uint64_t here = 0;
	int more;

	spool_rewind(names);
	while ((more = spool_next(names, &name)) > 0) {
		more = digest_of(hasher, buf_slice(&name), digest);
		if (more < 0)
			break;
		found = digests_find(digests, digest);
		if (found != NULL)
			at[found - digests->at] = here;
		here = names->at;
	}
	buf_release(&name);
	return more;
}

static void
put_digest(FILE *out, const unsigned char *digest)
{
	char text[HEX_SIZE + 1];

	*hex_lower(text, digest, DIGEST_SIZE) = '\t';
	fwrite(text, 1, sizeof text, out);
}

int
digestfile_write(FILE *out, const struct digests *digests,
    struct spool *names, struct digest_hasher *hasher)
{
	uint64_t *at = mem_zalloc(digests->count, sizeof *at);
	int status = find_names(at, digests, names, hasher);
	struct buf name = { 0 };

	for (size_t i = 0; status == 0 && i < digests->count; i++) {
		status = spool_get(names, at[i], &name);
		put_digest(out, digests->at[i].name);
		put_digest(out, digests->at[i].content);
		fwrite(name.at, 1, name.size, out);
		putc('\n', out);
	}
	if (status == 0)
		fprintf(out, "~\t%zu\tentries\n", digests->count);
	buf_release(&name);
	free(at);
	return status;
}
