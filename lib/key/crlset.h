/* SPDX-License-Identifier: MIT */
#ifndef CRLSET_H
#define CRLSET_H

#include "key/crl.h"
#include "util/bytemap.h"

/*
 * The entries of a CRL in memory, to be found by serial number and issuer:
 * CRLs come in no order (Dogtag's in that of a hash table), and so a second
 * one is compared through this.  About 50 octets an entry.
 *
 *	struct crlset set;
 *
 *	if (crlset_read(&set, crl) < 0)
 *		return -1;
 *	at = crlset_find(&set, &entry);
 *	if (at != BYTEMAP_NONE)
 *		crlset_mark(&set, at);
 *	crlset_release(&set);
 *
 * Of two entries for one certificate, the later one counts.
 */

struct crlset {
	struct buf text;
	size_t *start; /* of each entry in the text */
	size_t count, room;
	struct bytemap map;
};

/* 0, or -1 having reported why; to be released in any case. */
int crlset_read(struct crlset *set, struct crl *crl);

/* Which one is of the same certificate; BYTEMAP_NONE: none is. */
uint32_t crlset_find(const struct crlset *set, const struct crl_entry *entry);

/* It lives as long as the set. */
void crlset_get(const struct crlset *set, uint32_t at,
    struct crl_entry *entry);

/* Note that it was found; an earlier entry of the same certificate always
 * was. */
void crlset_mark(struct crlset *set, uint32_t at);
bool crlset_is_marked(const struct crlset *set, uint32_t at);

void crlset_release(struct crlset *set);

#endif
