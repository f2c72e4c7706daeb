/* SPDX-License-Identifier: MIT */
#ifndef DIR_SOURCE_H
#define DIR_SOURCE_H

#include <stdio.h>

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
struct ldapopt; /* dir/ldapconn.h: how to bind */

/* Is operand the URL of a server: ldap, ldaps, ldapi? */
bool source_is_url(const char *operand);

/* Opens the file or the server that operand names.  Both are borrowed until the
 * close.  NULL: reported. */
struct source *source_open(const char *operand, const struct ldapopt *options);

/* Of a file that is open, and can be read more than once; it is closed with
 * the source. */
struct source *source_of_file(FILE *in, const char *name,
    const struct ldapopt *options);

/*
 * What a server does for a source; arg is the server's own.  Through this a
 * program that only searches sources does not need libldap.
 */
struct source_server {
	const char *(*name)(const void *arg);
	const char *(*base)(const void *arg);
	int (*search)(void *arg, const struct source_query *query);
	int (*next)(void *arg, struct entry *entry);
	void (*close)(void *arg);
};

struct source *source_of_server(const struct source_server *server, void *arg,
    const struct ldapopt *options);

/* Where it is searched, unless a query says so: --base, or what the URL says;
 * NULL: all of a file. */
const char *source_base(const struct source *source);

/* Is it a server? */
bool source_is_server(const struct source *source);

/* For messages: the file's name, or the URL without secrets. */
const char *source_name(const struct source *source);

/*
 * Several can be made, one after another, each in place of the one before.  A
 * file is read once more each time; of standard input there is one search.
 */
int source_search(struct source *source, const struct source_query *query);

/* 1: an entry, until the next call; 0: that was all; -1: reported. */
int source_next(struct source *source, struct entry *entry);

void source_close(struct source *source);

#endif
