/* SPDX-License-Identifier: MIT */
#ifndef RANGENTRY_H
#define RANGENTRY_H

#include "check/rangemap.h"
#include "dir/entry.h"

/*
 * What the entries of a directory tell of ranges [dogtag 6.3, 10]:
 *
 *	pkiRange, below ou=ranges or ou=ranges_v2	who has which
 *	repository			what will be given away next
 *	certificateRecord, keyRecord, request	numbers that were given out
 *	pkiSubsystem			hosts of the security domain
 *	nsDS5Replica (of cn=config)	replica IDs
 *
 * All others are passed over.
 */

/* A filter for a server: all of these but the numbers, which are many; and
 * one with them.  Replicas are below RANGENTRY_CONFIG. */
extern const char rangentry_filter[], rangentry_filter_all[];
extern const char *const rangentry_attributes[];

#define RANGENTRY_CONFIG "cn=mapping tree,cn=config"

/*
 * source: which directory or file it is, for what has to agree within one.
 * 1: taken; 0: it is of another kind; -1: its DN is none, reported.
 */
int
rangentry_add(struct rangemap *map, const struct entry *entry, size_t source);

#endif
