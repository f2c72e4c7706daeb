/* SPDX-License-Identifier: MIT */
#ifndef ENTRY_H
#define ENTRY_H

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

#endif
