/* SPDX-License-Identifier: MIT */
#ifndef ASN1_WINDOW_H
#define ASN1_WINDOW_H

#include <openssl/evp.h>
#include <stdint.h>

#include "asn1/ber.h"

/*
 * A DER file through a window: elements one at a time, and a digest of what
 * was passed over.
 *
 *	struct crlinput in = { .fd = fd, .start = offset };
 *
 *	if (crlinput_element(&in, end, &element) != CRLINPUT_GOOD)
 *		...
 *	crlinput_release(&in);
 */

#define CRLINPUT_WINDOW ((size_t)256 * 1024)

enum crlinput_result {
	CRLINPUT_GOOD,
	CRLINPUT_DAMAGED, /* no DER, cut off, beyond its end */
	CRLINPUT_LARGE,	  /* of more than CRLINPUT_WINDOW / 4 octets */
};

struct crlinput {
	int fd;
	int64_t start;	/* in the file, of what is offset 0 here */
	char *window;
	uint64_t first; /* the offset of the window's first octet */
	size_t pos, have;
	bool failed; /* read(2) did, for the reason in errno */
	int error;
	EVP_MD_CTX *hash; /* NULL: not now */
	size_t hashed;	  /* of the window */
};

/* Where it is. */
static inline uint64_t
crlinput_offset(const struct crlinput *in)
{
	return in->first + in->pos;
}

/* The next octets, size at most, less at the end of the file; a view, until
 * the next call of anything. */
struct slice crlinput_peek(struct crlinput *in, size_t size);

/* Pass over octets that were peeked at. */
void crlinput_skip(struct crlinput *in, size_t size);

/* Take an element's header off that ends at end at the latest. */
enum crlinput_result crlinput_open(struct crlinput *in, uint64_t end,
    unsigned char *id, uint64_t *its_end);

/* Take all of one off; it is a view, until the next call of anything. */
enum crlinput_result crlinput_element(struct crlinput *in, uint64_t end,
    struct ber *element);

/* Go to an offset; nothing is digested from there on. */
void crlinput_seek(struct crlinput *in, uint64_t offset);

/* Digest from here on; what is between begin and end. */
void crlinput_hash(struct crlinput *in, EVP_MD_CTX *hash);
void crlinput_hash_end(struct crlinput *in);

void crlinput_release(struct crlinput *in);

#endif
