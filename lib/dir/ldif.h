/* SPDX-License-Identifier: MIT */
#ifndef DIR_LDIF_H
#define DIR_LDIF_H

#include <stdio.h>

#include "dir/entry.h"
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
	size_t line; /* the last one that was begun */
	/* What the caller takes besides, for a file that does not even begin as
	 * LDIF does; NULL: the error is LDIF's own. */
	const char *forms;
	bool known; /* it began as LDIF does */

	struct entry entry; /* until the next call; NUL follows each text */

	size_t room; /* for attributes of it */
	size_t block; /* to read at once, 256 KB; a test may want less */
	char *text; /* what was read and is still needed */
	size_t size, text_room;
	size_t start; /* of the entry, in text */
	size_t at;    /* of what was not parsed yet */
	size_t nul;   /* the first NUL in text, or size */
	bool ended;   /* nothing more can be read */
	size_t logical_line; /* where the logical line began */
};

/* file is for messages. */
void ldif_begin(struct ldif *ldif, FILE *in, const char *file);
void ldif_release(struct ldif *ldif);

/* 1: an entry; 0: no more; -1: bad LDIF, or it could not be read; reported. */
int ldif_next(struct ldif *ldif);

/*
 * Append entry, and an empty line: folded at 76 columns, values as base64
 * where RFC 2849 has no other way.  ldif_next() takes it back as it is.
 */
void ldif_add(struct buf *out, const struct entry *entry);

#endif
