/* SPDX-License-Identifier: MIT */
#ifndef DER_H
#define DER_H

#include "util/secret.h"

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
