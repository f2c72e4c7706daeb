/* SPDX-License-Identifier: MIT */
#ifndef DIR_CANON_H
#define DIR_CANON_H

#include "dir/entry.h"
#include "util/buf.h"

/*
 * What an entry says, in a form in which two entries that say the same are
 * the same bytes: names of attributes in lower case, their options in order,
 * values as sets by their bytes, and without what each server keeps for itself
 * (entry_class()) or the caller does not ask for.  Of the state of
 * replication that db2ldif -r writes into options, values that were deleted are
 * left out, and so are the CSNs of the others.
 *
 *	struct canon *canon = canon_new(&choice);
 *	struct buf content = { 0 };
 *	struct canon_value value;
 *	struct slice rest;
 *
 *	canon_entry(canon, &entry, &content);
 *	rest = buf_slice(&content);
 *	while (canon_next(&rest, &value))
 *		... value.name, value.value ...
 *
 * Values are compared by their bytes whatever the attribute's syntax: replicas
 * hold the same bytes [dogtag 10].
 */

/* Lists of names, as options give them: each may be several, parted by
 * commas.  NULL: none. */
struct canon_choice {
	char **ignore; /* besides those of each server */
	char **only;   /* these alone, those of each server too */
};

struct canon; /* one a thread */

struct canon *canon_new(const struct canon_choice *choice);
void canon_free(struct canon *canon);

/* What entry says, in place of what was in content. */
void canon_entry(struct canon *canon, const struct entry *entry,
    struct buf *content);

struct canon_value {
	struct slice name, value;
};

/* Take the next value off content: in order of names, then of values. */
bool canon_next(struct slice *content, struct canon_value *value);

/* As the name, which canon_next() gave, was spelt when it was seen first. */
struct slice canon_spelling(const struct canon *canon, struct slice name);

/* Bytewise; the shorter one first where it begins the other. */
int canon_order(struct slice a, struct slice b);

#endif
