/* SPDX-License-Identifier: MIT */
#include "util/base64.h"

#include <stdint.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789+/";

/* What a byte below 128 stands for. */
static const int8_t value_of[128] = {
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, -1, -1, 63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1,
	-1,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, -1,
	-1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1,
};

static int
value(char c)
{
	const unsigned char byte = (unsigned char)c;

	return byte < 128 ? value_of[byte] : -1;
}

/* As many whole groups of four digits as there are. */
static char *
decode_groups(char *to, struct slice *text)
{
	for (; text->size >= 4; text->at += 4, text->size -= 4) {
		const int a = value(text->at[0]), b = value(text->at[1]),
			  c = value(text->at[2]), d = value(text->at[3]);
		uint32_t bits;

		if ((a | b | c | d) < 0)
			break;
		bits = (uint32_t)a << 18 | (uint32_t)b << 12 |
		    (uint32_t)c << 6 | (uint32_t)d;
		*to++ = (char)(bits >> 16);
		*to++ = (char)(bits >> 8 & 0xff);
		*to++ = (char)(bits & 0xff);
	}
	return to;
}

ssize_t
base64_decode_to(char *to, struct slice text)
{
	const char *start = to;
	uint32_t bits = 0;
	int have = 0, padding = 0, got;

	while (text.size != 0) {
		if (have == 0 && padding == 0)
			to = decode_groups(to, &text);
		if (text.size == 0)
			break;
		text.size--;
		if (strchr(" \t\r\n", *text.at) != NULL && *text.at != '\0') {
			text.at++;
			continue;
		}
		if (*text.at == '=') {
			text.at++;
			padding++;
			continue;
		}
		got = value(*text.at++);
		if (got < 0 || padding != 0)
			return -1;
		bits = bits << 6 | (uint32_t)got;
		have += 6;
		if (have >= 8) {
			have -= 8;
			*to++ = (char)(bits >> have & 0xff);
		}
	}
	/* Padded to whole groups of four, and nothing in the bits left over. */
	if (have == 6 || padding > 2 || (have + padding * 6) % 8 != 0 ||
	    (bits & ((1U << have) - 1)) != 0 || (have == 0 && padding != 0))
		return -1;
	return to - start;
}

int
base64_decode(struct buf *out, struct slice text)
{
	ssize_t size;

	buf_reserve(out, text.size / 4 * 3 + 3);
	size = base64_decode_to(out->at + out->size, text);
	if (size < 0)
		return -1;
	out->size += (size_t)size;
	return 0;
}

void
base64_encode(struct buf *out, struct slice bytes)
{
	char *to;

	buf_reserve(out, bytes.size / 3 * 4 + 4);
	to = out->at + out->size;
	for (size_t i = 0; i < bytes.size; i += 3) {
		const size_t left = bytes.size - i;
		uint32_t bits = (uint32_t)(unsigned char)bytes.at[i] << 16;

		if (left > 1)
			bits |= (uint32_t)(unsigned char)bytes.at[i + 1] << 8;
		if (left > 2)
			bits |= (unsigned char)bytes.at[i + 2];
		*to++ = digits[bits >> 18];
		*to++ = digits[bits >> 12 & 63];
		*to++ = '=';
		*to++ = '=';
		if (left > 1)
			to[-2] = digits[bits >> 6 & 63];
		if (left > 2)
			to[-1] = digits[bits & 63];
	}
	out->size = (size_t)(to - out->at);
}
