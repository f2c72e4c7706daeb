/* SPDX-License-Identifier: MIT */
#ifndef DIR_DIGEST_H
#define DIR_DIGEST_H

#include <stdbool.h>
#include <stdio.h>

#include "util/spool.h"
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

/*
 * Digests of entries as text, to be compared far from where the entries are:
 *
 *	DIGEST OF NAME <tab> DIGEST OF CONTENT <tab> NAME
 *	...
 *	~ <tab> COUNT <tab> entries
 *
 * in order of the first, so that sort -m, comm and join take them; digests are
 * 32 hexadecimal digits, names in normal form (dir/dn.h).  The last line shows
 * that nothing was cut off.  Of files that were merged there are several.
 *
 *	struct digestfile file;
 *
 *	digestfile_begin(&file, in, "clone.digests");
 *	while ((more = digestfile_next(&file)) > 0)
 *		... file.digest, file.dn ...
 *	digestfile_release(&file);
 */

struct digestfile {
	FILE *in; /* borrowed */
	const char *name;
	struct digest digest;
	struct slice dn; /* until the next call */
	size_t line, lines, promised;
	char *text;
	size_t room;
	bool ended;
};

/* Does it look like one?  file is at its start, before and after. */
bool digestfile_detect(FILE *file);

void digestfile_begin(struct digestfile *file, FILE *in, const char *name);
void digestfile_release(struct digestfile *file);

/* From the first line on again. */
void digestfile_rewind(struct digestfile *file);

/* 1: a digest; 0: no more; -1: a bad line, or less than all; reported. */
int digestfile_next(struct digestfile *file);

/* Print digests, sorted; names has their names, in any order; name_digest
 * digests one. */
int digestfile_write(FILE *out, const struct digests *digests,
    struct spool *names, struct digest_hasher *hasher);

#endif
