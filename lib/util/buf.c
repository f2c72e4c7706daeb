/* SPDX-License-Identifier: MIT */
#include "util/buf.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

void
buf_reserve(struct buf *b, size_t size)
{
	size_t room = b->room != 0 ? b->room : 256;

	if (b->room - b->size >= size)
		return;
	while (room - b->size < size)
		room *= 2;
	b->at = mem_realloc(b->at, room, 1);
	b->room = room;
	mem_expect_all(b->at, room);
}

void
buf_add(struct buf *b, struct slice s)
{
	if (s.size == 0)
		return;
	buf_reserve(b, s.size);
	memcpy(b->at + b->size, s.at, s.size);
	b->size += s.size;
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_add(b, slice_of(s));
}

void
buf_putc(struct buf *b, char c)
{
	buf_reserve(b, 1);
	b->at[b->size++] = c;
}

void
buf_put_word(struct buf *b, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-";

	if (*text != '\0' && text[strspn(text, plain)] == '\0') {
		buf_puts(b, text);
		return;
	}
	buf_putc(b, '\'');
	for (; *text != '\0'; text++)
		if (*text == '\'')
			buf_puts(b, "'\\''");
		else
			buf_putc(b, *text);
	buf_putc(b, '\'');
}

void
buf_put_visible(struct buf *b, struct slice text, const char *kept)
{
	for (size_t i = 0; i < text.size; i++) {
		const char c = text.at[i];
		const size_t size = control_size(text.at + i, text.size - i);

		if (size == 0 || (c != '\0' && strchr(kept, c) != NULL)) {
			buf_putc(b, c);
		} else {
			buf_putc(b, '?');
			i += size - 1;
		}
	}
}

void
buf_release(struct buf *b)
{
	free(b->at);
	*b = (struct buf){ 0 };
}
