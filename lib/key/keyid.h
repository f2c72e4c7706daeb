/* SPDX-License-Identifier: MIT */
#ifndef KEYID_H
#define KEYID_H

#include "util/str.h"

/*
 * The two spellings of a private key's ID.
 *
 * NSS names a private key by bytes, mostly 20 (its CKA_ID).  certutil -K
 * prints them as hexadecimal digits: here, "octets".  CS.cfg holds the same
 * bytes read as a two's-complement number and spelled as Java's
 * BigInteger.toString(16) spells it, with a sign and without leading zeros:
 * here, a "bigint" [dogtag 5.2, CryptoUtil.encodeKeyID()].
 *
 *	octets                                    bigint
 *	2fe35d9d46b373efabe9ef01b8436667a70df096   2fe35d9d46b373ef...
 *	a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3  -584f6bb4847c688d...
 *
 * Digits of either case and a leading "0x" are taken in; lower case without
 * it is given out.  Nothing here reports anything.
 */

#define KEYID_BYTES ((size_t)20)      /* NSS's own IDs: SHA-1 */
#define KEYID_MOST_BYTES ((size_t)512) /* of IDs that others gave keys */
#define KEYID_SIZE (1 + 2 * KEYID_MOST_BYTES + 1) /* sign, digits, NUL */

/*
 * Both return the length of what they put into dst, which gets a NUL, or 0
 * when id is not an ID of that spelling and of so many bytes (1 to
 * KEYID_MOST_BYTES; keyid_to_bigint() takes 0 for: as many as there are).
 */
size_t keyid_to_bigint(char dst[KEYID_SIZE], struct slice id, size_t bytes);
size_t keyid_to_octets(char dst[KEYID_SIZE], struct slice id, size_t bytes);

/*
 * An ID of 20 bytes in either spelling, as octets: with a sign or fewer than
 * 40 digits it is a bigint; with 40 digits and the top bit, octets; else both
 * spellings agree.  A new string, or NULL.
 */
char *keyid_octets(struct slice id);

/* The bigint of octets that are known to be some.  A new string. */
char *keyid_bigint(struct slice octets);

#endif
