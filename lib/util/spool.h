/* SPDX-License-Identifier: MIT */
#ifndef UTIL_SPOOL_H
#define UTIL_SPOOL_H

#include <stdint.h>
#include <stdio.h>

#include "util/buf.h"

/*
 * Byte strings that are too many for memory, in a file without a name, which
 * only this process can read and which is gone with it.  It is made in
 * $TMPDIR, or in /tmp.
 *
 *	struct spool spool = { 0 };
 *	uint64_t at;
 *
 *	if (spool_begin(&spool) < 0 || spool_put(&spool, text, &at) < 0 ||
 *	    spool_get(&spool, at, &copy) < 0)
 *		return -1;
 *	spool_rewind(&spool);
 *	while ((more = spool_next(&spool, &copy)) > 0)
 *		...
 *	spool_release(&spool);
 */

struct spool {
	FILE *file; /* NULL: not begun, or released */
	uint64_t size, at;
	enum { SPOOL_WRITES, SPOOL_READS } state;
};

/* All return -1 having reported why. */
int spool_begin(struct spool *spool);

/* Where it is goes to *at, unless at is NULL. */
int spool_put(struct spool *spool, struct slice text, uint64_t *at);

/* The text there, in place of what was in text. */
int spool_get(struct spool *spool, uint64_t at, struct buf *text);

/* From the first one on: 1; 0: no more. */
void spool_rewind(struct spool *spool);
int spool_next(struct spool *spool, struct buf *text);

void spool_release(struct spool *spool);

/* An empty file without a name, to be written and read. */
FILE *spool_file(void);

#endif
