/* SPDX-License-Identifier: MIT */
#ifndef HASHFILE_H
#define HASHFILE_H

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#include "util/mem.h"
#include "util/str.h"

/*
 * A writer of Berkeley DB 1.85 hash files, as simple as a reader will take: a
 * record goes into the bucket that is open, whatever its hash.
 *
 *	struct hashfile h;
 *
 *	hashfile_begin(&h, 4096, false);
 *	hashfile_put(&h, key, data);
 *	text = hashfile_text(&h);	good until the next put
 *	hashfile_release(&h);
 */

struct hashfile {
	unsigned char *at;
	unsigned page_size, pages, page, bucket, overflows, records;
	bool big_endian;
};

static inline void
hashfile_number(struct hashfile *h, size_t offset, unsigned number)
{
	for (int i = 0; i < 4; i++)
		h->at[offset + (size_t)i] =
		    (unsigned char)(number >> (24 - 8 * i));
}

static inline unsigned char *
hashfile_page(const struct hashfile *h)
{
	return h->at + (size_t)h->page * h->page_size;
}

static inline unsigned
hashfile_word(const struct hashfile *h, unsigned i)
{
	const unsigned char *b = hashfile_page(h) + 2 * (size_t)i;

	return (unsigned)b[h->big_endian ? 0 : 1] << 8 |
	    b[h->big_endian ? 1 : 0];
}

static inline void
hashfile_set(struct hashfile *h, unsigned i, unsigned word)
{
	unsigned char *b = hashfile_page(h) + 2 * (size_t)i;

	b[h->big_endian ? 0 : 1] = (unsigned char)(word >> 8);
	b[h->big_endian ? 1 : 0] = (unsigned char)word;
}

/* The page that is open has words words, and things down to offset. */
static inline void
hashfile_words(struct hashfile *h, unsigned words, unsigned offset)
{
	hashfile_set(h, 0, words);
	hashfile_set(h, words + 1, offset - 2 * (words + 3));
	hashfile_set(h, words + 2, offset);
}

static inline void
hashfile_new_page(struct hashfile *h)
{
	h->page = h->pages++;
	h->at = mem_realloc(h->at, h->pages, h->page_size);
	memset(hashfile_page(h), 0, h->page_size);
}

static inline void
hashfile_begin(struct hashfile *h, unsigned page_size, bool big_endian)
{
	*h = (struct hashfile){ .page_size = page_size,
		.big_endian = big_endian };
	hashfile_new_page(h);
	hashfile_number(h, 0, 0x061561);
	hashfile_number(h, 4, 2);
	hashfile_number(h, 8, big_endian ? 4321 : 1234);
	hashfile_number(h, 12, page_size);
	hashfile_number(h, 16, (unsigned)__builtin_ctz(page_size));
	hashfile_number(h, 60, 1);
	hashfile_number(h, 64, 0x956e7de3);
	hashfile_new_page(h);
	hashfile_words(h, 0, page_size);
}

/* What follows goes into the next bucket. */
static inline void
hashfile_next_bucket(struct hashfile *h)
{
	h->bucket++;
	hashfile_number(h, 40, h->bucket);
	if ((h->bucket & (h->bucket - 1)) == 0)
		hashfile_number(h,
		    68 + 4 * (size_t)__builtin_ctz(h->bucket), h->overflows);
	hashfile_new_page(h);
	hashfile_words(h, 0, h->page_size);
}

static inline unsigned
hashfile_offset(const struct hashfile *h)
{
	unsigned words = hashfile_word(h, 0);

	return words == 0 ? h->page_size : hashfile_word(h, words + 2);
}

static inline unsigned
hashfile_room(const struct hashfile *h)
{
	return hashfile_offset(h) - 2 * (hashfile_word(h, 0) + 3);
}

/* Lead from the page that is open to a new one, which is open then.  Only of a
 * bucket that is the last of its split point. */
static inline void
hashfile_overflow(struct hashfile *h)
{
	unsigned words = hashfile_word(h, 0), offset = hashfile_offset(h);
	unsigned split = (unsigned)__builtin_ctz(h->bucket + 1);
	unsigned last = (1u << split) - 1, base = 1 + last, i;

	assert(h->bucket == last);
	if (last != 0) { /* as many before it as its spares say */
		const unsigned char *b = h->at + 68 + 4 * (size_t)(split - 1);

		base += (unsigned)b[2] << 8 | b[3];
	}
	i = h->pages - base;
	assert(i < 2048);
	hashfile_set(h, words + 1, split << 11 | i);
	hashfile_set(h, words + 2, 0);
	hashfile_words(h, words + 2, offset);
	h->overflows++;
	hashfile_new_page(h);
	hashfile_words(h, 0, h->page_size);
}

/* size bytes below what is on the page. */
static inline unsigned
hashfile_bytes(struct hashfile *h, const char *at, unsigned size)
{
	unsigned offset = hashfile_offset(h) - size;

	if (size != 0)
		memcpy(hashfile_page(h) + offset, at, size);
	return offset;
}

/* The beginning of *rest, and a tag; the page may lead on. */
static inline void
hashfile_part(struct hashfile *h, struct slice *rest, unsigned tag)
{
	unsigned room = hashfile_room(h) - 8, offset;
	unsigned size = rest->size < room ? (unsigned)rest->size : room;

	offset = hashfile_bytes(h, rest->at, size);
	hashfile_set(h, 1, offset);
	hashfile_set(h, 2, tag);
	hashfile_words(h, 2, offset);
	rest->at += size;
	rest->size -= size;
}

/* As __big_insert() does: the data begins where the key ends, if there is room
 * for it, and if it ends there, too, some room stays free. */
static inline void
hashfile_put_big(struct hashfile *h, struct slice key, struct slice data)
{
	unsigned key_page, next, room, offset;

	hashfile_part(h, &key, 1);
	key_page = h->page;
	hashfile_overflow(h);
	while (key.size != 0) {
		hashfile_part(h, &key, 1);
		key_page = h->page;
		hashfile_overflow(h);
	}
	next = h->page;
	h->page = key_page;
	hashfile_set(h, 2, 2);
	room = hashfile_room(h);
	if (room != 0 && room != data.size) {
		room = room < data.size ? room : (unsigned)data.size;
		offset = hashfile_bytes(h, data.at, room);
		hashfile_set(h, 2, 3);
		hashfile_set(h, 4, offset);
		hashfile_words(h, 4, offset);
		data.at += room;
		data.size -= room;
	}
	h->page = next;
	if (hashfile_word(h, 0) == 0 && data.size == 0)
		return;
	for (;;) {
		hashfile_part(h, &data, 2);
		if (data.size == 0)
			break;
		hashfile_overflow(h);
	}
	hashfile_set(h, 2, 3);
}

static inline void
hashfile_put(struct hashfile *h, struct slice key, struct slice data)
{
	size_t size = key.size + data.size + 8; /* and what may lead on */
	unsigned words, offset;

	hashfile_number(h, 56, ++h->records);
	if (size > hashfile_room(h) ||
	    (hashfile_word(h, 0) != 0 && hashfile_word(h, 2) < 4))
		hashfile_overflow(h);
	if (size > hashfile_room(h)) {
		hashfile_put_big(h, key, data);
		return;
	}
	words = hashfile_word(h, 0);
	offset = hashfile_bytes(h, key.at, (unsigned)key.size);
	hashfile_set(h, words + 1, offset);
	hashfile_words(h, words + 1, offset);
	offset = hashfile_bytes(h, data.at, (unsigned)data.size);
	hashfile_set(h, words + 2, offset);
	hashfile_words(h, words + 2, offset);
}

static inline struct slice
hashfile_text(const struct hashfile *h)
{
	return (struct slice){ (const char *)h->at,
		(size_t)h->pages * h->page_size };
}

static inline void
hashfile_release(struct hashfile *h)
{
	free(h->at);
}

#endif
