/* SPDX-License-Identifier: MIT */
#ifndef UTIL_BUF_H
#define UTIL_BUF_H

#include <stddef.h>

#include "util/str.h"

/*
 * A text that grows.  All bytes zero is an empty one:
 *
 *	struct buf out = { 0 };
 *
 *	buf_add(&out, slice);
 *	fwrite(out.at, 1, out.size, stdout);
 *	buf_release(&out);
 */

struct buf {
	char *at; /* no NUL after it */
	size_t size, room;
};

void buf_add(struct buf *b, struct slice s);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);

/* The text as one word of a shell's: quoted where it must be. */
void buf_put_word(struct buf *b, const char *text);

/* Append text with '?' for each control character, C0 or C1 (U+0080 to
 * U+009F), that is not one of kept: names and values in files are strangers',
 * and none may drive a terminal. */
void buf_put_visible(struct buf *b, struct slice text, const char *kept);

/* Room for size more bytes, to be written at b->at + b->size. */
void buf_reserve(struct buf *b, size_t size);

static inline struct slice
buf_slice(const struct buf *b)
{
	return (struct slice){ b->at, b->size };
}

void buf_release(struct buf *b);

#endif
