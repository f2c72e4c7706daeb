/* SPDX-License-Identifier: MIT */
#ifndef ASN1_DER_H
#define ASN1_DER_H

#include <stdint.h>

#include "asn1/ber.h"
#include "util/secret.h"

/*
 * DER, read strictly: definite lengths in the fewest octets, tags below 31.
 * What ber.h would take, and DER forbids, is damage here.  Nothing is
 * reported.
 */

/* How many octets an identifier and its length take at most here: contents of
 * 4 GB. */
#define DER_HEADER 6

/* The identifier and length at the start of in; false: cut off, or no DER. */
bool der_header(struct slice in, size_t *header, size_t *content);

/* Take the first element off *in; false: there is none, or it is damaged. */
bool der_next(struct slice *in, struct ber *element);

/* The same, if it has this identifier; else *in is as it was. */
bool der_take(struct slice *in, unsigned char id, struct slice *content);

/* Take off what must be all of it. */
bool der_only(struct slice in, unsigned char id, struct slice *content);

/* Is this the content of an INTEGER: no octet too many? */
bool der_is_integer(struct slice content);

/*
 * A UTCTime or GeneralizedTime, by id, as RFC 5280 4.1.2.5 has them: with
 * seconds, without fractions, Z; years of two digits are 1950 to 2049.
 */
#define DER_UTC_TIME 0x17
#define DER_GENERALIZED_TIME 0x18
bool der_time(unsigned char id, struct slice content, int64_t *seconds);

/*
 * DER (X.690) written from the inside out, in memory that is wiped: a private
 * key goes through it.
 *
 *	struct secret key = { 0 };
 *
 *	der_integer(&key, n);
 *	der_integer(&key, e);
 *	der_wrap(&key, DER_SEQUENCE);
 */

enum {
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
};

/* Append bytes as they are. */
void der_add(struct secret *to, struct slice bytes);

/* Append one value. */
void der_value(struct secret *to, int tag, struct slice value);

/* Append an unsigned big-endian number: positive, no longer than it must be. */
void der_integer(struct secret *to, struct slice number);

/* The same of a number in C. */
void der_number(struct secret *to, unsigned long number);

/* What was appended becomes the content of one value. */
void der_wrap(struct secret *content, int tag);

/* Append it to *to as one value; *content is empty then. */
void der_put(struct secret *to, int tag, struct secret *content);

/* A number less its leading zeros. */
struct slice der_strip(struct slice number);

#endif
