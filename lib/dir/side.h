/* SPDX-License-Identifier: MIT */
#ifndef SIDE_H
#define SIDE_H

#include <stdatomic.h>

#include "dir/canon.h"
#include "dir/digestfile.h"
#include "dir/ldapopt.h"
#include "dir/source.h"
#include "util/arena.h"
#include "util/spool.h"

/*
 * One side of a comparison (dir/compare.h): a server, an LDIF file, or a file
 * of digests (dir/digestfile.h).
 *
 *	struct side side;
 *
 *	if (side_open_file(&side, path, &ldap, &options) < 0 ||
 *	    side_read(&side) < 0)
 *		...
 *	... side.digests, sorted ...
 *	if (side_search(&side) < 0)
 *		...
 *	while ((more = side_next(&side)) > 0)
 *		... side.name, side.content, side.digest ...
 *	side_close(&side);
 *
 * An entry's name is in normal form and relative to the side's base, if that
 * is asked for.  Tombstones are passed over.
 */

struct side_options {
	struct canon_choice choice;
	char **families; /* NULL: all */
	bool keep_names; /* of a file, too */
	atomic_bool *stop; /* the other side failed */
};

struct side {
	const struct side_options *options;
	struct source *source; /* NULL: a file of digests */
	struct source *own; /* the same, when it is ours to close */
	char *filter;
	const char **only; /* NULL: all data */
	size_t only_count;
	struct arena arena; /* of only */
	struct buf base; /* in normal form; empty: names are whole */

	FILE *in;
	struct digestfile listed; /* unless there is a source */
	const char *file;

	struct canon *canon;
	struct digest_hasher *hasher;

	/* Unless NULL: pass over what has another name than these. */
	bool (*wanted)(const void *arg, const unsigned char *name);
	const void *arg;

	/* What side_next() found.  Of a file of digests, the entry has only a
	 * DN and there is no content. */
	struct entry entry;
	struct buf name, content, asked;
	struct digest digest;

	/* What side_read() found. */
	struct digests digests;
	struct spool names; /* of a server; with keep_names: of a file */
	atomic_size_t read;
};

/*
 * A file; "-" is standard input.  That and pipes are copied to a file that only
 * we can read.  Of ldap, the base counts.  All is borrowed until the close.
 * -1: reported; to be closed all the same.
 */
int side_open_file(struct side *side, const char *path,
    const struct ldapopt *ldap, const struct side_options *options);

/* The same of a source that is open, which stays the caller's to close. */
int side_open_source(struct side *side, struct source *source,
    const struct side_options *options);

void side_close(struct side *side);

/* For messages. */
const char *side_name(const struct side *side);

bool side_is_server(const struct side *side);
bool side_is_digests(const struct side *side);

/* Where its entries are: --base, or what the URL says; NULL: not said. */
const char *side_base(const struct side *side);

/* Names are relative to the base from now on. */
int side_make_relative(struct side *side);

/* Read all of it, for the first time: digests, sorted.  Two entries of one
 * name are reported, and -1. */
int side_read(struct side *side);

/* Read all once more. */
int side_search(struct side *side);

/* Or ask a server for the entry of that name, if there is one. */
int side_search_name(struct side *side, struct slice name);

/* 1: an entry; 0: no more; -1: reported. */
int side_next(struct side *side);

#endif
