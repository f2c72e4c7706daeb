/* SPDX-License-Identifier: MIT */
#ifndef UTIL_HEX_H
#define UTIL_HEX_H

#include <stddef.h>

/*
 * Bytes as hexadecimal digits: 2 * size of them at dst, and no NUL.  What is
 * after them, for those who write on.
 */
static inline char *
hex_digits(char *dst, const void *bytes, size_t size, const char *digits)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < size; i++) {
		*dst++ = digits[at[i] >> 4];
		*dst++ = digits[at[i] & 15];
	}
	return dst;
}

static inline char *
hex_lower(char *dst, const void *bytes, size_t size)
{
	return hex_digits(dst, bytes, size, "0123456789abcdef");
}

static inline char *
hex_upper(char *dst, const void *bytes, size_t size)
{
	return hex_digits(dst, bytes, size, "0123456789ABCDEF");
}

/* What a digit is worth, of the lower-case ones; else -1. */
static inline int
hex_worth(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif
