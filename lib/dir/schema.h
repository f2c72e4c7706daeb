/* SPDX-License-Identifier: MIT */
#ifndef DIR_SCHEMA_H
#define DIR_SCHEMA_H

#include "util/arena.h"
#include "util/str.h"

/*
 * The schema of a directory: its object classes and attribute types, as
 * libldap reads their definitions [RFC 4512 4.1].
 *
 *	struct schema s = { .count = 0 };
 *
 *	schema_add(&s, value, is_class, &why);	for each value
 *	schema_settle(&s);
 *	... schema_find(&s, "cmsuser", true) ...
 *	schema_release(&s);
 */

struct schema_definition {
	const char *name; /* in lower case; each name has one of its own */
	/* What entries of a class must and may have: names in lower case and in
	 * order, a blank before each. */
	const char *attributes;
	/* custom: not what a server brings by itself; see X-ORIGIN of 389-ds */
	bool is_class, is_custom;
};

struct schema {
	struct schema_definition *item;
	size_t count, room;
	struct arena arena;
};

/* Add what a value of objectClasses or attributeTypes defines.  -1: it is no
 * definition, and *why says so. */
int schema_add(struct schema *s, struct slice text, bool is_class,
    const char **why);

/* After the last one, before the first is looked for. */
void schema_settle(struct schema *s);

/* NULL: there is none.  name is in any case. */
const struct schema_definition *schema_find(const struct schema *s,
    const char *name, bool is_class);

void schema_release(struct schema *s);

#endif
