/* SPDX-License-Identifier: MIT */
#ifndef DIR_COMPARE_H
#define DIR_COMPARE_H

#include <stdatomic.h>

#include "dir/canon.h"
#include "dir/digest.h"
#include "dir/ldapconn.h"
#include "dir/source.h"
#include "util/arena.h"
#include "util/spool.h"

/*
 * One side of a comparison (dir/compare.h): a server, an LDIF file, or a file
 * of digests (dir/digest.h).
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

/* Read all of it, for the first time: digests, sorted.  Two entries of one
 * name are reported, and -1. */
int side_read(struct side *side);

/*
 * Compare two directories, each a server or a file, in any order.
 *
 *	struct compare compare = { 0 };
 *
 *	... side_open_file(&compare.side[0], ...), [1] ...
 *	if (compare_read(&compare, progress, arg) < 0 ||
 *	    compare_settle(&compare, seconds) < 0 ||
 *	    compare_report(&compare, report, arg) < 0)
 *		...
 *	compare_release(&compare);
 *
 * compare_read() reads both sides at the same time and keeps two digests of
 * each entry.  compare_settle() looks once more for what seems to differ, and
 * at servers again and again: what arrives within some seconds was in flight,
 * by replication, and is no difference.  compare_report() tells the rest.
 *
 * An entry that a server adds while it is read may be missed, one that it
 * moves may be seen twice, which is trouble; what is not said to differ was
 * the same when it was read.
 */

struct compare_found {
	bool is;
	uint64_t at; /* in found: name, DN, content */
	unsigned char content[DIGEST_SIZE];
};

struct compare_difference {
	unsigned char name[DIGEST_SIZE];
	bool had[2]; /* when it was read first */
	unsigned char content[2][DIGEST_SIZE];
	bool settled, named;
	uint64_t name_at; /* in found */
	struct compare_found found[2];
};

struct compare {
	struct side side[2];
	struct compare_difference *difference; /* in order of name */
	size_t differences, room;
	struct spool found;
	size_t in_flight; /* of them are no more */
};

/* Called about five times a second; NULL: not. */
typedef void compare_progress(void *arg, size_t first, size_t second);

/* Names are compared relative to the sides' bases where both have one and
 * they differ.  -1: reported. */
int compare_read(struct compare *compare, compare_progress *progress,
    void *arg);

/* With files alone, seconds do not count. */
int compare_settle(struct compare *compare, unsigned seconds);

enum compare_kind {
	COMPARE_ONLY_FIRST,
	COMPARE_ONLY_SECOND,
	COMPARE_DIFFERS,
};

struct compare_finding {
	enum compare_kind kind;
	struct slice dn; /* as it stands, on the first side if there */
	struct slice attribute; /* at NULL: of an entry as a whole */
	struct slice values[2]; /* of the attribute: canon_next() */
};

/* In bytewise order of names, each entry's attributes too. */
typedef void compare_tell(void *arg, const struct compare_finding *finding);
int compare_report(struct compare *compare, compare_tell *tell, void *arg);

void compare_release(struct compare *compare);

#endif
