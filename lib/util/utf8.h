/* SPDX-License-Identifier: MIT */
#ifndef UTIL_UTF8_H
#define UTIL_UTF8_H

#include <stdint.h>

#include "util/str.h"

#define UTF8_BAD UINT32_MAX

/*
 * Take the first character off a text that is not empty (RFC 3629: no
 * surrogates, no overlong forms, nothing above U+10FFFF).  Where it is no
 * UTF-8, one byte is taken and UTF8_BAD returned.
 */
uint32_t utf8_next(struct slice *text);

/* Has it a character above U+FFFF? */
bool utf8_is_beyond_bmp(struct slice text);

/* Python's str.isspace(), which is Unicode's White_Space and U+001C..1F. */
bool utf8_is_space(uint32_t c);

#endif
