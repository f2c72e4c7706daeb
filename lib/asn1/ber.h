/* SPDX-License-Identifier: MIT */
#ifndef ASN1_BER_H
#define ASN1_BER_H

#include <stdbool.h>

#include "util/secret.h"
#include "util/str.h"

/*
 * BER (X.690), read where it stands: definite and indefinite lengths, as NSS
 * writes bundles.  Everything stays within the slice that is read, and
 * nesting is limited.  Nothing is reported.
 *
 *	struct slice in = text, sequence;
 *
 *	if (!ber_take(&in, BER_SEQUENCE, &sequence) || in.size != 0)
 *		return -1;
 */

enum { /* identifier octets: class, form, tag */
	BER_INTEGER = 0x02,
	BER_OCTETS = 0x04,
	BER_NULL = 0x05,
	BER_OID = 0x06,
	BER_BMP_STRING = 0x1e,
	BER_SEQUENCE = 0x30,
	BER_SET = 0x31,
	BER_CONTEXT_0 = 0x80, /* implicit, of a primitive */
	BER_CONSTRUCTED = 0x20,
	BER_EXPLICIT_0 = 0xa0,
};

struct ber {
	unsigned char id; /* the first identifier octet */
	struct slice whole, content;
};

/* Take the first element off *in; false: there is none, or it is damaged. */
bool ber_next(struct slice *in, struct ber *element);

/* The same, if it has this identifier; else *in is as it was. */
bool ber_take(struct slice *in, unsigned char id, struct slice *content);

/*
 * Take an OCTET STRING off, which may come in pieces: id is that of its
 * primitive form.  Pieces are put together in *room; else *octets points into
 * what *in did.
 */
bool ber_take_octets(struct slice *in, unsigned char id, struct secret *room,
    struct slice *octets);

/* Take a positive INTEGER off; what is too large for a long is ULONG_MAX. */
bool ber_take_count(struct slice *in, unsigned long *count);

#endif
