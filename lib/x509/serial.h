/* SPDX-License-Identifier: MIT */
#ifndef X509_SERIAL_H
#define X509_SERIAL_H

#include <stdbool.h>

#include "util/buf.h"

/*
 * Serial numbers: as DER has them, the content octets of an INTEGER, and as
 * people do.
 */

/* Content octets of one at most (RFC 5280 has 20). */
#define SERIAL_MOST 64
#define SERIAL_TEXT (2 * SERIAL_MOST + 4)

/* "0x1f", "-0x5"; its length. */
size_t serial_text(char dst[SERIAL_TEXT], struct slice serial);

/*
 * The content octets that a text stands for: decimal, hex with 0x, or hex in
 * pairs with colons, as openssl prints it; '-' in front of any.  Returns how
 * many they are; 0: no number, or too large.
 */
size_t serial_parse(unsigned char dst[SERIAL_MOST], const char *text);

/* The same in decimal, of one that is not negative; a new string. */
char *serial_decimal(struct slice serial);

/* Of two that are not negative: below, at or above 0. */
int serial_compare(struct slice a, struct slice b);

#endif
