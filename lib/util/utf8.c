/* SPDX-License-Identifier: MIT */
#include "util/utf8.h"

uint32_t
utf8_next(struct slice *text)
{
	const unsigned char *at = (const unsigned char *)text->at;
	/* By the number of bytes that follow: the least value allowed. */
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	size_t more = at[0] >= 0xf0 ? 3 : at[0] >= 0xe0 ? 2 : at[0] >= 0xc0;
	uint32_t c = at[0];

	text->at++;
	text->size--;
	if (c < 0x80)
		return c;
	if (c < 0xc2 || c > 0xf4 || text->size < more)
		return UTF8_BAD;
	c &= 0x3fU >> more;
	for (size_t i = 1; i <= more; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return UTF8_BAD;
		c = c << 6 | (at[i] & 0x3f);
	}
	if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return UTF8_BAD;
	text->at += more;
	text->size -= more;
	return c;
}

bool
utf8_is_beyond_bmp(struct slice text)
{
	while (text.size != 0) {
		const uint32_t c = utf8_next(&text);

		if (c != UTF8_BAD && c > 0xffff)
			return true;
	}
	return false;
}

bool
utf8_is_space(uint32_t c)
{
	return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) ||
	    c == 0x85 || c == 0xa0 || c == 0x1680 ||
	    (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
	    c == 0x202f || c == 0x205f || c == 0x3000;
}
