/* SPDX-License-Identifier: MIT */
#ifndef LDIF_H
#define LDIF_H

#include <stdio.h>

#include "util/arena.h"
#include "util/buf.h"

/*
 * LDIF content records (RFC 2849), one entry at a time: what ldapsearch,
 * db2ldif and dsconf's backups write.  Lines may be folded, values be base64,
 * line ends be CRLF.
 *
 *	struct ldif ldif;
 *	int more;
 *
 *	ldif_begin(&ldif, file, "dump.ldif");
 *	while ((more = ldif_next(&ldif)) > 0)
 *		... ldif.dn, ldif_value(&ldif, "cn", 0) ...
 *	ldif_release(&ldif);
 *
 * Not taken: changes (changetype:), values out of other files (:<), NUL bytes,
 * and what ldapsearch prints of a search that ended early (result: 4 ...),
 * since that is less than there is.
 */

#define LDIF_LIMIT ((size_t)64 << 20) /* of an entry, and of a line */

struct ldif_attribute {
	struct slice name, value; /* the name with its options, as it stands */
};

struct ldif {
	FILE *in; /* borrowed */
	const char *file;
	size_t line; /* of the input, read so far */

	/* The entry: until the next call. */
	struct slice dn;
	struct ldif_attribute *attribute;
	size_t attributes, room;
	size_t dn_line; /* where it begins */

	struct arena arena;
	char *ahead; /* the next physical line, from getline() */
	size_t ahead_room;
	ssize_t ahead_size; /* -1: none */
	struct buf logical;
	size_t logical_line, entry_size;
};

/* file is for messages. */
void ldif_begin(struct ldif *ldif, FILE *in, const char *file);
void ldif_release(struct ldif *ldif);

/* 1: an entry; 0: no more; -1: bad LDIF, or it could not be read; reported. */
int ldif_next(struct ldif *ldif);

/* The nth value, from 0, of an attribute; names are compared without case and
 * without options.  at is NULL when there is none. */
struct slice ldif_value(const struct ldif *ldif, const char *name, size_t nth);

/* Has an attribute that value, case aside? */
bool ldif_has(const struct ldif *ldif, const char *name, const char *value);

#endif
