/* SPDX-License-Identifier: MIT */
#ifndef LDIF_H
#define LDIF_H

#include <stdio.h>

#include "dir/entry.h"
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
 *		... ldif.entry.dn, entry_value(&ldif.entry, "cn", 0) ...
 *	ldif_release(&ldif);
 *
 * Not taken: changes (changetype:), values out of other files (:<), NUL bytes,
 * and what ldapsearch prints of a search that ended early (result: 4 ...),
 * since that is less than there is.
 */

#define LDIF_LIMIT ((size_t)64 << 20) /* of an entry, and of a line */

struct ldif {
	FILE *in; /* borrowed */
	const char *file;
	size_t line; /* of the input, read so far */

	struct entry entry; /* until the next call */

	size_t room; /* for attributes of it */
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

#endif
