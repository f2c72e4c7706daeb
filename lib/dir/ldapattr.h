/* SPDX-License-Identifier: MIT */
#ifndef DIR_LDAPATTR_H
#define DIR_LDAPATTR_H

#include "util/str.h"

/*
 * What is known of directory attributes: compiled in from
 * share/lists/attributes, where the same text can be read.
 */

enum attribute_class {
	ATTRIBUTE_PLAIN,
	ATTRIBUTE_LOCAL, /* kept by each server for itself, or on demand */
	ATTRIBUTE_SECRET, /* a value that is not to be shown */
};

/* Of a name in any case, whose options do not count. */
enum attribute_class attribute_class(struct slice name);

/* The name without its options. */
struct slice attribute_base(struct slice name);

#endif
