/* SPDX-License-Identifier: MIT */
#ifndef DIGEST_H
#define DIGEST_H

#include <stdbool.h>

#include "util/str.h"

/*
 * Entries by digests of their names and contents: 32 bytes each, however
 * large they are, so that two directories can be compared in any order.
 *
 *	struct digests a = { 0 }, b = { 0 };
 *
 *	if ((hasher = digest_hasher()) == NULL ||
 *	    digest_of(hasher, name, digest.name) < 0 ...)
 *		...
 *	digests_add(&a, &digest);
 *	digests_sort(&a);
 *	digests_merge(&a, &b, differs, arg);
 *
 * A digest is the first half of a SHA-256: that two of 2^32 entries have the
 * same by chance has a probability of 2^-65.
 */

#define DIGEST_SIZE 16

struct digest {
	unsigned char name[DIGEST_SIZE], content[DIGEST_SIZE];
};

struct digest_hasher; /* one a thread */

/* NULL: reported. */
struct digest_hasher *digest_hasher(void);
void digest_hasher_free(struct digest_hasher *hasher);

/* -1: reported. */
int digest_of(struct digest_hasher *hasher, struct slice bytes,
    unsigned char *digest);

struct digests {
	struct digest *at;
	size_t count, room;
};

void digests_add(struct digests *d, const struct digest *digest);
void digests_release(struct digests *d);

/* By name, in place. */
void digests_sort(struct digests *d);

/* The first that has the name of the one before; NULL: all differ.  Sorted. */
const struct digest *digests_twice(const struct digests *d);

/* The one with that name, or NULL.  Sorted. */
const struct digest *digests_find(const struct digests *d,
    const unsigned char *name);

/* Call differs for what is in one only (the other is NULL) or has another
 * content, in order.  Both sorted, no name twice. */
typedef void digests_differ(void *arg, const struct digest *a,
    const struct digest *b);
void digests_merge(const struct digests *a, const struct digests *b,
    digests_differ *differs, void *arg);

#endif
