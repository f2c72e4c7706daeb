/* SPDX-License-Identifier: MIT */
#ifndef UTIL_BASE64_H
#define UTIL_BASE64_H

#include <sys/types.h>

#include "util/buf.h"

/*
 * Base64 (RFC 4648, section 4), as CS.cfg holds certificates: on one line,
 * padded; blanks and line ends within are passed over.
 *
 * Append the bytes that text stands for to out.  -1: it is not base64; out
 * is as it was.
 */
int base64_decode(struct buf *out, struct slice text);

/*
 * The same into the room at to, three bytes for each four of text, and three
 * more; to may be where text is.  How many bytes, or -1.
 */
ssize_t base64_decode_to(char *to, struct slice text);

/* Append bytes as base64. */
void base64_encode(struct buf *out, struct slice bytes);

#endif
