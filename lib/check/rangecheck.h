/* SPDX-License-Identifier: MIT */
#ifndef CHECK_RANGECHECK_H
#define CHECK_RANGECHECK_H

#include "check/findings.h"
#include "pki/ranges.h"

/*
 * What is wrong with the ranges of a whole deployment, by the invariants of
 * [dogtag 6.6]; findings are added to found.
 *
 *	ranges_add_cfg(&all, cfg);
 *	rangecheck_cfg(&found, cfg);
 *	...
 *	first = all.count;
 *	ranges_add_entry(&all, &entry, source);
 *	rangecheck_entries(&all, first, &found);
 *	...
 *	ranges_settle(&all);
 *	rangecheck(&all, &found);
 */

/* What is wrong with the ranges of a CS.cfg by themselves: range-half,
 * range-digits, range-prefix, range-low, range-step, int-blank. */
void rangecheck_cfg(struct findings *found, const struct cfg *cfg);

/* What is wrong with the entries from first on: range-digits, range-reversed,
 * range-conflict, range-name. */
void rangecheck_entries(const struct ranges *all, size_t first,
    struct findings *found);

/*
 * What is wrong between the ranges of a settled model.
 *
 * Errors: numbers may be given out twice, or none will be.
 *	range-overlap	two ranges share numbers
 *	range-beyond	a range reaches into what the directory gives away next
 *	range-next	nextRange is not above all ranges of its directory
 *	range-unrecorded	a next range that the directory knows nothing of
 *	range-owner	it gave the range to another host
 *	range-end	the range is longer than the directory says
 *	range-depleted	used up, and no next one
 *	generator	hosts make numbers in different ways
 *	replica-id-twice, replica-id-unassigned
 * Warnings:
 *	range-size	an entry that no increment explains
 *	unrelated	of another base DN or CA; the two are not compared
 *	range-depleted	used up, and there is a next one
 *	serial-management	new ranges are not asked for
 *	range-behind	another directory's nextRange is higher
 * Information:
 *	range-gap	numbers that are in no range
 *	range-host	a host that the security domain does not have
 *	range-lost	a block ahead of its host, whose CS.cfg lacks it
 *	range-radix	the directory counted in decimal, the server does not
 *
 * Blocks of the directory are judged by the numbers that their hosts make of
 * them (ranges.h).  A part of another host's block is no overlap where it looks
 * handed on: as large as a transfer, with whole transfers after it; or that
 * host's CS.cfg leaves it out.  Time grows with n log n of the entries, times
 * the number of CS.cfg files.
 */
void rangecheck(const struct ranges *all, struct findings *found);

#endif
