/* SPDX-License-Identifier: MIT */
#ifndef RANGESET_H
#define RANGESET_H

#include <gmp.h>

#include "cfg/cfg.h"

/*
 * The ranges of numbers in a CS.cfg, read by the rules of each generator
 * [dogtag 6.1, 6.2].
 */

enum rangeset_kind { RANGESET_SERIAL, RANGESET_REQUEST, RANGESET_REPLICA,
	RANGESET_KINDS };

extern const char *const rangeset_name[RANGESET_KINDS];

struct rangeset_range {
	const struct cfg_line *begin, *end; /* NULL: there is no such range */
	mpz_t first, last;
	bool readable;
};

struct rangeset {
	struct slice generator;		/* "legacy" where absent */
	struct rangeset_range range[2]; /* the current, the next */
	bool has_transfer;
	mpz_t transfer; /* what a clone is given */
};

void rangeset_read(struct rangeset *set, const struct cfg *cfg,
    enum rangeset_kind kind);
void rangeset_release(struct rangeset *set);

/* Do they share a number?  Not when one is not readable. */
bool rangeset_overlap(const struct rangeset_range *a,
    const struct rangeset_range *b);

#endif
