/* SPDX-License-Identifier: MIT */
#ifndef REPLICAS_H
#define REPLICAS_H

#include <stdio.h>

#include "dir/ldapconn.h"
#include "dir/ldif.h"
#include "pki/replica.h"

/* Reads an entry as replls does: from LDIF. */
static inline int
replicas_take(struct replicas *all, size_t server, const struct entry *entry)
{
	static const struct ldapopt options = LDAPOPT_DEFAULTS;
	struct buf text = { 0 };
	struct source *source;
	FILE *in;
	int status = -1;

	ldif_add(&text, entry);
	in = fmemopen(text.at, text.size, "r");
	if (in != NULL) {
		source = source_of_file(in, entry->file, &options);
		status = replicas_read_file(all, source, NULL, server);
		source_close(source);
	}
	buf_release(&text);
	return status;
}

#endif
