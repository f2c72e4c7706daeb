/* SPDX-License-Identifier: MIT */
#include "dir/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "key/crypto.h"
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

/* -- sorting --------------------------------------------------------------- */

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

/* -- what is sorted -------------------------------------------------------- */

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
