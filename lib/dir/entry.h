/* SPDX-License-Identifier: MIT */
#ifndef DIR_ENTRY_H
#define DIR_ENTRY_H

#include <stdbool.h>

#include "util/str.h"

/*
 * An entry of a directory, wherever it comes from: its DN and its values, in
 * the order of the server or the file.
 */

struct entry_attribute {
	struct slice name; /* with its options, as it stands */
	struct slice value; /* bytes; base64 undone */
};

struct entry {
	struct slice dn; /* as it stands */
	struct entry_attribute *attribute; /* one for each value */
	size_t attributes;
	const char *file; /* for messages: the file, or the server's URL */
	size_t line; /* where it begins in a file; 0: from a server */
};

/* The nth value, from 0, of an attribute; names are compared without case and
 * without options.  at is NULL when there is none. */
struct slice entry_value(const struct entry *entry, const char *name,
    size_t nth);

/* Is it the attribute want, case and options aside? */
bool entry_is_named(struct slice name, const char *want);

/* Has an attribute that value, case aside? */
bool entry_has(const struct entry *entry, const char *name,
    const char *value);

/* The name without its options. */
struct slice entry_base(struct slice name);

/* What is known of an attribute: compiled in from share/lists/attributes, where
 * the same text can be read. */
enum entry_class {
	ENTRY_PLAIN,
	ENTRY_LOCAL, /* kept by each server for itself, or on demand */
	ENTRY_SECRET, /* a value that is not to be shown */
};

/* Of a name in any case, whose options do not count. */
enum entry_class entry_class(struct slice name);

/*
 * What is asked of a source of entries (dir/source.h).
 */

enum source_scope { SOURCE_SUBTREE, SOURCE_BASE, SOURCE_ONE };

struct source_query {
	const char *base; /* NULL: --base, or what the URL says; of a
			     file all */
	enum source_scope scope;
	const char *filter; /* for a server; a file gives all in scope: the
			       caller looks again.  NULL: all */
	const char *const *attributes; /* NULL: all user attributes; a file
					  gives all */
	bool absent_is_empty; /* no base: no entries; else it is trouble */
};

#endif
