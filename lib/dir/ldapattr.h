/* SPDX-License-Identifier: MIT */
#ifndef DIR_LDAPATTR_H
#define DIR_LDAPATTR_H

#include "util/str.h"

/*
 * What is known of directory attributes: compiled in from
 * share/lists/attributes, where the same text can be read.
 */

enum ldapattr_class {
	LDAPATTR_PLAIN,
	LDAPATTR_LOCAL, /* kept by each server for itself, or on demand */
	LDAPATTR_SECRET, /* a value that is not to be shown */
};

/* Of a name in any case, whose options do not count. */
enum ldapattr_class ldapattr_class(struct slice name);

/* The name without its options. */
struct slice ldapattr_base(struct slice name);

#endif
