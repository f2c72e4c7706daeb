/* SPDX-License-Identifier: MIT */
#ifndef ASN1_WINDOW_H
#define ASN1_WINDOW_H

#include <openssl/evp.h>
#include <stdint.h>

#include "asn1/der.h"

/*
 * A DER file through a window: elements one at a time, and a digest of what
 * was passed over.
 *
 *	struct window in = { .fd = fd, .start = offset };
 *
 *	if (window_element(&in, end, &element) != WINDOW_GOOD)
 *		...
 *	window_release(&in);
 */

#define WINDOW_SIZE ((size_t)256 * 1024)

enum window_result {
	WINDOW_GOOD,
	WINDOW_DAMAGED, /* no DER, cut off, beyond its end */
	WINDOW_LARGE,	/* of more than WINDOW_SIZE / 4 octets */
};

struct window {
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
window_offset(const struct window *in)
{
	return in->first + in->pos;
}

/* The next octets, size at most, less at the end of the file; a view, until
 * the next call of anything. */
struct slice window_peek(struct window *in, size_t size);

/* Pass over octets that were peeked at. */
void window_skip(struct window *in, size_t size);

/* Take an element's header off that ends at end at the latest. */
enum window_result window_open(struct window *in, uint64_t end,
    unsigned char *id, uint64_t *its_end);

/* Take all of one off; it is a view, until the next call of anything. */
enum window_result window_element(struct window *in, uint64_t end,
    struct der *element);

/* Go to an offset; nothing is digested from there on. */
void window_seek(struct window *in, uint64_t offset);

/* Digest from here on; what is between begin and end. */
void window_hash(struct window *in, EVP_MD_CTX *hash);
void window_hash_end(struct window *in);

void window_release(struct window *in);

#endif
