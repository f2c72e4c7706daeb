/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_H
#define COMPARE_H

#include "dir/side.h"
#include "util/arena.h"

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
