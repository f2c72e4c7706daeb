/* SPDX-License-Identifier: MIT */
#ifndef SOURCE_H
#define SOURCE_H

#include "dir/entry.h"

/*
 * Entries out of an LDIF file ("-": standard input) or from an LDAP server,
 * one at a time: memory does not grow with their number.
 *
 *	struct source_query query = { .base = "o=pki-tomcat-CA",
 *		.filter = "(objectClass=pkiRange)" };
 *	struct source *source = source_open(operand, options);
 *	struct entry entry;
 *	int more;
 *
 *	if (source == NULL || source_search(source, &query) < 0)
 *		...
 *	while ((more = source_next(source, &entry)) > 0)
 *		... entry_value(&entry, "cn", 0) ...
 *	source_close(source);
 *
 * A search that the server ended early (size, time, administrative limit, a
 * referral, a lost connection) is -1, never fewer entries.
 */

struct source;
struct ldapopt; /* dir/ldapopt.h: how to bind */

enum source_scope { SOURCE_SUBTREE, SOURCE_BASE, SOURCE_ONE };

struct source_query {
	const char *base; /* NULL: all of a file; what the URL says */
	enum source_scope scope;
	const char *filter; /* for a server; a file gives all within base:
			       the caller looks again.  NULL: all */
	const char *const *attributes; /* NULL: all user attributes; a file
					  gives all */
	bool absent_is_empty; /* noSuchObject of base: no entries */
};

/* NULL: reported. */
struct source *source_open(const char *operand, const struct ldapopt *options);

/* Is it a server?  Then several searches can be made, one after another; a
 * file is read once. */
bool source_is_server(const struct source *source);

/* For messages: the file's name, or the URL without secrets. */
const char *source_name(const struct source *source);

int source_search(struct source *source, const struct source_query *query);

/* 1: an entry, until the next call; 0: that was all; -1: reported. */
int source_next(struct source *source, struct entry *entry);

void source_close(struct source *source);

#endif
