/* SPDX-License-Identifier: MIT */
#ifndef RANGECHECK_H
#define RANGECHECK_H

#include "check/rangemap.h"

/*
 * What is wrong between the blocks of a map, by the invariants of
 * [dogtag 6.6]; findings are added to map->found.  (What is wrong with a file
 * or an entry by itself was found when it was added.)
 *
 * Errors: numbers may be given out twice, or none will be.
 *	range-overlap	two blocks share numbers
 *	range-beyond	a block reaches into what the directory gives away next
 *	range-next	nextRange is not above all ranges of its directory
 *	range-unrecorded	a next block that the directory knows nothing of
 *	range-owner	it gave the block to another host
 *	range-end	the block is longer than the directory says
 *	range-depleted	used up, and no next one
 *	range-radix	see below
 *	generator	hosts make numbers in different ways
 *	replica-id-twice, replica-id-unassigned
 * Warnings:
 *	range-radix	the directory counted these digits in decimal, the
 *			server in another radix: a warning for a next block,
 *			an error for a current one
 *	range-depleted	used up, and there is a next one
 *	serial-management	new ranges are not asked for
 *	range-behind	another directory's nextRange is higher
 *	range-host	a host that the security domain does not have
 * Information:
 *	range-gap	numbers that are in no block
 */
void rangecheck(const struct rangemap *map);

#endif
