/* SPDX-License-Identifier: MIT */
#include "dir/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "util/crypto.h"
#include "util/diag.h"
#include "util/hex.h"
#include "util/mem.h"

#define FEW 24 /* digests that are sorted by insertion */

struct digest_hasher {
	EVP_MD *type; /* fetched once: that costs more than a digest */
	EVP_MD_CTX *context;
};

struct digest_hasher *
digest_hasher(void)
{
	struct digest_hasher *hasher = mem_zalloc(1, sizeof *hasher);

	hasher->type = EVP_MD_fetch(NULL, "SHA256", NULL);
	hasher->context = EVP_MD_CTX_new();
	if (hasher->type != NULL && hasher->context != NULL)
		return hasher;
	fail_crypto("no SHA-256");
	digest_hasher_free(hasher);
	return NULL;
}

void
digest_hasher_free(struct digest_hasher *hasher)
{
	if (hasher == NULL)
		return;
	EVP_MD_CTX_free(hasher->context);
	EVP_MD_free(hasher->type);
	free(hasher);
}

int
digest_of(struct digest_hasher *hasher, struct slice bytes,
    unsigned char *digest)
{
	unsigned char whole[EVP_MAX_MD_SIZE];

	if (EVP_DigestInit_ex2(hasher->context, hasher->type, NULL) != 1 ||
	    EVP_DigestUpdate(hasher->context, bytes.at, bytes.size) != 1 ||
	    EVP_DigestFinal_ex(hasher->context, whole, NULL) != 1)
		return fail_crypto("cannot make a digest");
	memcpy(digest, whole, DIGEST_SIZE);
	return 0;
}

void
digests_add(struct digests *d, const struct digest *digest)
{
	MEM_GROW(d->at, d->count, d->room);
	d->at[d->count++] = *digest;
}

void
digests_release(struct digests *d)
{
	free(d->at);
	*d = (struct digests){ 0 };
}

static int
compare(const struct digest *a, const struct digest *b)
{
	return memcmp(a->name, b->name, DIGEST_SIZE);
}

static void
sort_few(struct digest *at, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct digest this = at[i];
		size_t to = i;

		for (; to != 0 && compare(&this, &at[to - 1]) < 0; to--)
			at[to] = at[to - 1];
		at[to] = this;
	}
}

/*
 * In place, by one byte after the other: digests are spread evenly, and a sort
 * that merges would take as much memory again.
 */
static void
sort(struct digest *at, size_t count, size_t byte)
{
	size_t next[256], end[256], size[256] = { 0 }, sum = 0;

	if (count <= FEW || byte == DIGEST_SIZE) {
		sort_few(at, byte == DIGEST_SIZE ? 0 : count);
		return;
	}
	for (size_t i = 0; i < count; i++)
		size[at[i].name[byte]]++;
	for (size_t i = 0; i < 256; i++) {
		next[i] = sum;
		end[i] = sum += size[i];
	}
	for (size_t i = 0; i < 256; i++)
		while (next[i] < end[i]) {
			struct digest this = at[next[i]];
			unsigned char home = this.name[byte];

			at[next[i]] = at[next[home]];
			at[next[home]++] = this;
		}
	for (size_t i = 0; i < 256; i++)
		sort(at + end[i] - size[i], size[i], byte + 1);
}

void
digests_sort(struct digests *d)
{
	sort(d->at, d->count, 0);
}

const struct digest *
digests_twice(const struct digests *d)
{
	for (size_t i = 1; i < d->count; i++)
		if (compare(&d->at[i - 1], &d->at[i]) == 0)
			return &d->at[i];
	return NULL;
}

static int
by_name(const void *a, const void *b)
{
	return compare(a, b);
}

const struct digest *
digests_find(const struct digests *d, const unsigned char *name)
{
	struct digest key;

	if (d->count == 0)
		return NULL;
	memcpy(key.name, name, DIGEST_SIZE);
	return bsearch(&key, d->at, d->count, sizeof *d->at, by_name);
}

void
digests_merge(const struct digests *a, const struct digests *b,
    digests_differ *differs, void *arg)
{
	size_t i = 0, j = 0;

	while (i < a->count || j < b->count) {
		int order = i == a->count ? 1 :
		    j == b->count	  ? -1 :
					    compare(&a->at[i], &b->at[j]);
		const struct digest *x = order <= 0 ? &a->at[i++] : NULL;
		const struct digest *y = order >= 0 ? &b->at[j++] : NULL;

		if (x == NULL || y == NULL ||
		    memcmp(x->content, y->content, DIGEST_SIZE) != 0)
			differs(arg, x, y);
	}
}

#define HEX_SIZE (2 * (size_t)DIGEST_SIZE)

bool
digestfile_detect(FILE *file)
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

static bool
read_hex(struct slice *line, unsigned char *digest)
{
	const char *at = line->at;

	if (line->size < HEX_SIZE + 1 || at[HEX_SIZE] != '\t')
		return false;
	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		int high = hex_worth(*at++), low = hex_worth(*at++);

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

/* Where each one's name is. */
static int
find_names(uint64_t *at, const struct digests *digests, struct spool *names,
    struct digest_hasher *hasher)
{
	struct buf name = { 0 };
	unsigned char digest[DIGEST_SIZE] = { 0 };
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
