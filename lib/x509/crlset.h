/* SPDX-License-Identifier: MIT */
#ifndef X509_CRLSET_H
#define X509_CRLSET_H

#include "util/hashmap.h"
#include "x509/crl.h"

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
 *	if (at != HASHMAP_NONE)
 *		crlset_mark(&set, at);
 *	crlset_release(&set);
 *
 * Of two entries for one certificate, the later one counts.
 */

struct crlset {
	struct buf text;
	size_t *start; /* of each entry in the text */
	size_t count, room;
	struct hashmap map;
};

/* 0, or -1 having reported why; to be released in any case. */
int crlset_read(struct crlset *set, struct crl *crl);

/* Which one is of the same certificate; HASHMAP_NONE: none is. */
uint32_t crlset_find(const struct crlset *set, const struct crl_entry *entry);

/* It lives as long as the set. */
void crlset_get(const struct crlset *set, uint32_t at,
    struct crl_entry *entry);

/* Note that it was found; an earlier entry of the same certificate always
 * was. */
void crlset_mark(struct crlset *set, uint32_t at);
bool crlset_is_marked(const struct crlset *set, uint32_t at);

void crlset_release(struct crlset *set);

/*
 * The entries of a CRL, brought up to date by a delta CRL or as they are.
 *
 *	struct crldelta entries;
 *
 *	if (crldelta_check(base, delta) < 0)
 *		return -1;
 *	more = crldelta_begin(&entries, base, delta);
 *	while (more >= 0 && (more = crldelta_next(&entries, &entry)) > 0)
 *		...
 *	crldelta_end(&entries);
 *
 * Of the base those come that the delta does not name, then what the delta
 * says, less the certificates that it takes off.
 */

struct crldelta {
	struct crl *base, *delta;
	struct crlset changes; /* what the delta says */
	uint32_t change;       /* the next one of them */
	bool at_changes;
};

/* Does it say that it is a delta CRL? */
bool crl_is_delta(const struct crl *crl);

/* Are both of one issuer and issuing point?  -1: reported. */
int crldelta_check_scope(const struct crl *a, const struct crl *b);

/* May this delta CRL be applied to this base (RFC 5280, 5.2.4)?  -1: reported,
 * the reason too. */
int crldelta_check(const struct crl *base, const struct crl *delta);

/* delta: NULL, or one that crldelta_check() took.  To be ended in any case. */
int crldelta_begin(struct crldelta *e, struct crl *base, struct crl *delta);

/* As crl_next() does, once. */
int crldelta_next(struct crldelta *e, struct crl_entry *entry);

void crldelta_end(struct crldelta *e);

#endif
