/* SPDX-License-Identifier: MIT */
#ifndef DIGESTFILE_H
#define DIGESTFILE_H

#include <stdio.h>

#include "dir/digest.h"
#include "util/spool.h"

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
bool digestfile_is(FILE *file);

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
