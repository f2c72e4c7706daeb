/* SPDX-License-Identifier: MIT */
#ifndef QUERY_H
#define QUERY_H

#include <stdbool.h>

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
