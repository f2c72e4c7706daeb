/* SPDX-License-Identifier: MIT */
#ifndef DERREAD_H
#define DERREAD_H

#include <stdint.h>

#include "key/ber.h"

/*
 * DER, read strictly: definite lengths in the fewest octets, tags below 31.
 * What ber.h would take, and DER forbids, is damage here.  Nothing is
 * reported.
 */

/* How many octets an identifier and its length take at most here: contents of
 * 4 GB. */
#define DERREAD_HEADER 6

/* The identifier and length at the start of in; false: cut off, or no DER. */
bool derread_header(struct slice in, size_t *header, size_t *content);

/* Take the first element off *in; false: there is none, or it is damaged. */
bool derread_next(struct slice *in, struct ber *element);

/* The same, if it has this identifier; else *in is as it was. */
bool derread_take(struct slice *in, unsigned char id, struct slice *content);

/* Take off what must be all of it. */
bool derread_only(struct slice in, unsigned char id, struct slice *content);

/* Is this the content of an INTEGER: no octet too many? */
bool derread_is_integer(struct slice content);

/*
 * A UTCTime or GeneralizedTime, by id, as RFC 5280 4.1.2.5 has them: with
 * seconds, without fractions, Z; years of two digits are 1950 to 2049.
 */
#define DERREAD_UTC_TIME 0x17
#define DERREAD_GENERALIZED_TIME 0x18
bool derread_time(unsigned char id, struct slice content, int64_t *seconds);

#endif
