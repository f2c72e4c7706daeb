/* SPDX-License-Identifier: MIT */
#include "util/base64.h"

#include <stdint.h>

static int
digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = memchr(digits, c, sizeof digits - 1);

	return at != NULL ? (int)(at - digits) : -1;
}

int
base64_decode(struct buf *out, struct slice text)
{
	uint32_t bits = 0;
	int have = 0, padding = 0, value;

	for (; text.size != 0; text.at++, text.size--) {
		if (strchr(" \t\r\n", *text.at) != NULL && *text.at != '\0')
			continue;
		if (*text.at == '=') {
			padding++;
			continue;
		}
		value = digit(*text.at);
		if (value < 0 || padding != 0)
			return -1;
		bits = bits << 6 | (uint32_t)value;
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_putc(out, (char)(bits >> have & 0xff));
		}
	}
	/* Padded to whole groups of four, and nothing in the bits left over. */
	if (have == 6 || padding > 2 || (have + padding * 6) % 8 != 0 ||
	    (bits & ((1U << have) - 1)) != 0)
		return -1;
	return have == 0 && padding != 0 ? -1 : 0;
}
