/* SPDX-License-Identifier: MIT */
#ifndef RANGEPLOT_H
#define RANGEPLOT_H

#include "check/rangemap.h"
#include "util/buf.h"

/*
 * Each space of a settled map as text, for people: one row a host, and one for
 * what the directory has not given away yet.
 *
 *	serial numbers of CA, dc=ca
 *	ca1.example.com |##########                    |
 *	ca2.example.com |          #######++++         |
 *	free            |                           ...|
 *	                 a         b      c   d     e
 *	a=1 b=268369921 c=268435457 d=536870913 e=10598175831
 *
 * '#' is current, '+' next, '-' known to the directory alone, '!' in two
 * blocks.  Where a block begins or ends a column begins; wide ones are wider,
 * by the number of their digits.
 */
void rangeplot(const struct rangemap *map, struct buf *out);

#endif
