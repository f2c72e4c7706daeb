/* SPDX-License-Identifier: MIT */
#ifndef DIR_CSN_H
#define DIR_CSN_H

#include <stdbool.h>
#include <stdint.h>

#include "util/str.h"

/*
 * The numbers of changes in 389-ds, and the vectors of them that tell how far
 * a replica has come: nsds50ruv.
 *
 * A CSN is written in 20 hexadecimal digits: seconds since 1970, a count
 * within the second, the replica's ID and a count within the operation.  In
 * that order they compare.
 */

struct csn {
	uint32_t seconds;
	uint16_t sequence, replica, part;
};

/* -1: it is none. */
int csn_parse(struct csn *csn, struct slice text);

/* Below, at or above 0, as a is before, at or after b. */
int csn_compare(const struct csn *a, const struct csn *b);

#define CSN_TEXT_SIZE (20 + 1)

void csn_print(const struct csn *csn, char text[CSN_TEXT_SIZE]);

/*
 * What a replica has of another's changes:
 *
 *	{replica 97 ldap://ds2.example.com:389} 6b0104...0000 6b010a...0000
 *
 * URL and CSNs may be missing, when none ever came.  One value has the
 * generation of the data instead, {replicageneration} 6b01043f000000600000,
 * which all replicas of a suffix have in common.
 */
struct ruv_element {
	uint16_t replica;
	struct slice url;  /* within the text; at NULL: not there */
	bool is_generation; /* max is it; nothing else is set */
	bool has_csn;
	struct csn min, max;
};

/* -1: it is none. */
int ruv_parse(struct ruv_element *element, struct slice text);

#endif
