/* SPDX-License-Identifier: MIT */
#ifndef BASE64_H
#define BASE64_H

#include "util/buf.h"

/*
 * Base64 (RFC 4648, section 4), as CS.cfg holds certificates: on one line,
 * padded; blanks and line ends within are passed over.
 *
 * Append the bytes that text stands for to out.  -1: it is not base64; out
 * then has what came before.
 */
int base64_decode(struct buf *out, struct slice text);

#endif
