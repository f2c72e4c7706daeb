/* SPDX-License-Identifier: MIT */
#ifndef PKI_RANGESET_H
#define PKI_RANGESET_H

#include <gmp.h>

#include "cfg/cfg.h"

/*
 * The ranges of numbers in a CS.cfg, read by the rules of each generator
 * [dogtag 6.1, 6.2].
 *
 *	struct rangeset set;
 *
 *	rangeset_read(&set, cfg, RANGESET_SERIAL);
 *	if (set.kept && set.range[0].readable)
 *		... from set.range[0].first to set.range[0].last ...
 *	rangeset_release(&set);
 *
 * The rules:
 * - CAs and KRAs (whose serial numbers are key IDs) have ranges; of the
 *   others' files a begin may be left, which is the replica ID of a clone;
 * - dbs.cert.id.generator (CA), dbs.key.id.generator (KRA) and
 *   dbs.request.id.generator are "legacy" where absent; "random" has no range;
 *   replica IDs have one by the rules of "legacy" always;
 * - "legacy" serial numbers are hexadecimal without 0x, requests and replica
 *   IDs decimal; dbs.cert.id.radix, dbs.key.id.radix and dbs.request.id.radix
 *   say otherwise;
 * - numbers of "legacy2" are hexadecimal after 0x, else decimal;
 * - steps, low-water marks and transfers are read as the ranges are;
 * - a next range's "-1", or an empty value, is none.
 */

enum rangeset_kind {
	RANGESET_SERIAL,
	RANGESET_REQUEST,
	RANGESET_REPLICA,
	RANGESET_KINDS
};

/* "serial", "request", "replica" */
extern const char *const rangeset_kind_name[RANGESET_KINDS];

enum rangeset_generator {
	RANGESET_LEGACY,
	RANGESET_LEGACY2,
	RANGESET_RANDOM,
	RANGESET_UNKNOWN
};

/* What radix 0 stands for: by the prefix of each number. */
#define RANGESET_BY_PREFIX 0

struct rangeset_range {
	const struct cfg_line *begin, *end; /* NULL: there is no such range */
	mpz_t first, last;
	bool readable; /* both are there and are numbers */
};

struct rangeset_number {
	const struct cfg_line *line; /* NULL: the key is not there */
	mpz_t value;
	bool readable;
};

struct rangeset {
	enum rangeset_kind kind;
	bool kept; /* are there ranges by the rules above? */
	struct slice generator; /* "legacy" where absent */
	const struct cfg_line *generator_line; /* NULL: it is absent */
	enum rangeset_generator type;
	int radix; /* 10, 16, ... or RANGESET_BY_PREFIX */
	struct rangeset_range range[2]; /* the current, the next */
	struct rangeset_number increment, low_water;
	struct rangeset_number transfer; /* what a clone is given */
};

void rangeset_read(
    struct rangeset *set, const struct cfg *cfg, enum rangeset_kind kind);
void rangeset_release(struct rangeset *set);

/*
 * A number as the server reads it: digits of radix and nothing else, but for
 * blanks at the ends, which ConfigStore.getString() trims; getBigInteger(),
 * which goes by the prefix, does not.  A sign is none.
 */
bool rangeset_parse(mpz_t number, struct slice text, int radix);

/* Do they share a number?  Not when one is not readable. */
bool rangeset_overlap(
    const struct rangeset_range *a, const struct rangeset_range *b);

/*
 * Can a clone be given its numbers?  By the master's rule the tail of the
 * current range goes, where all of it is still there to give, else that of
 * the next [6.4].  How many of the current one have been used a CS.cfg does
 * not say: used may be NULL for none.  True also where nothing says how many
 * a clone is given.
 */
bool rangeset_can_give(const struct rangeset *set, mpz_srcptr used);

#endif
