/* SPDX-License-Identifier: MIT */
#ifndef CRLDELTA_H
#define CRLDELTA_H

#include "key/crlset.h"

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
bool crldelta_is(const struct crl *crl);

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
