/* SPDX-License-Identifier: MIT */
#ifndef ASN1_DER_H
#define ASN1_DER_H

#include <stdbool.h>
#include <stdint.h>

#include "util/secret.h"
#include "util/str.h"

/*
 * Tag, length and value (X.690), read where they stand.  Everything stays
 * within the slice that is read.  Nothing is reported.
 *
 *	struct slice in = text, sequence;
 *
 *	if (!der_take(&in, DER_SEQUENCE, &sequence) || in.size != 0)
 *		return -1;
 *
 * One reader with two sets of rules: der_...() takes DER, strictly: definite
 * lengths in the fewest octets, tags below 31.  ber_...() takes what BER allows
 * besides: any length, indefinite ones too, as NSS writes bundles, and nesting
 * is limited.
 */

enum { /* identifier octets: class, form, tag */
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_BMP_STRING = 0x1e,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT_0 = 0x80, /* implicit, of a primitive */
	DER_CONSTRUCTED = 0x20,
	DER_EXPLICIT_0 = 0xa0,
	DER_EXPLICIT_1 = 0xa1,
};

struct der {
	unsigned char id; /* the first identifier octet */
	struct slice whole, content;
};

/* How many octets an identifier and its length take at most in DER: contents
 * of 4 GB. */
#define DER_HEADER 6

/* The identifier and length at the start of in; false: cut off, or no DER. */
bool der_header(struct slice in, size_t *header, size_t *content);

/* Take the first element off *in; false: there is none, or it is damaged. */
bool der_next(struct slice *in, struct der *element);
bool ber_next(struct slice *in, struct der *element);

/* The same, if it has this identifier; else *in is as it was. */
bool der_take(struct slice *in, unsigned char id, struct slice *content);
bool ber_take(struct slice *in, unsigned char id, struct slice *content);

/* Take off what must be all of it. */
bool der_only(struct slice in, unsigned char id, struct slice *content);
bool ber_only(struct slice in, unsigned char id, struct slice *content);

/*
 * Take an OCTET STRING off, which may come in pieces: id is that of its
 * primitive form.  Pieces are put together in *room; else *octets points into
 * what *in did.
 */
bool ber_take_octets(struct slice *in, unsigned char id, struct secret *room,
    struct slice *octets);

/* Take a positive INTEGER off; what is too large for a long is ULONG_MAX. */
bool ber_take_count(struct slice *in, unsigned long *count);

/* Is this the content of an INTEGER: no octet too many? */
bool der_is_integer(struct slice content);

/* Of an unsigned number, big-endian: it, less its leading zeros; its bits. */
struct slice der_strip(struct slice number);
unsigned der_bits(struct slice number);

/*
 * A UTCTime or GeneralizedTime, by id, as RFC 5280 4.1.2.5 has them: with
 * seconds, without fractions, Z; years of two digits are 1950 to 2049.
 */
bool der_time(unsigned char id, struct slice content, int64_t *seconds);

/*
 * DER written from the inside out, in memory that is wiped: a private key goes
 * through it.
 *
 *	struct secret key = { 0 };
 *
 *	der_integer(&key, n);
 *	der_integer(&key, e);
 *	der_wrap(&key, DER_SEQUENCE);
 */

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

#endif
