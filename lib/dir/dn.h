/* SPDX-License-Identifier: MIT */
#ifndef DIR_DN_H
#define DIR_DN_H

#include "util/buf.h"

/*
 * Names of entries, so that two spellings of one name are the same bytes.
 *
 *	struct buf name = { 0 };
 *
 *	if (dn_normalise(entry.dn, &name) < 0)
 *		... no DN
 *	if (dn_within(buf_slice(&name), base))
 *		...
 *
 * Taken are RFC 4514 and the older spellings that RFC 2253 has parsers take:
 * blanks around separators, ';' for ',', values in quotes, 'OID.' before a
 * number.
 *
 * The normal form has
 *
 * - types in lower case, those of RFC 4514's table (cn, ou, dc, ...) by their
 *   short names;
 * - values without escapes that are not needed; of bytes that need one ('"',
 *   '+', ',', ';', '<', '=', '>', '\', a '#' at the start, controls) each is
 *   '\' and two hexadecimal digits, so that a ',' always parts two RDNs, a
 *   '+' two values of one;
 * - the letters A to Z of a value in lower case, blanks at its ends removed,
 *   several blanks in it one.  All types are treated so, as 389-ds does, since
 *   a type's syntax is the server's to know: where two entries have names that
 *   differ in case alone, the two look like one, which is for the caller to
 *   notice.  Letters outside ASCII stay as they are;
 * - '#' and hexadecimal digits, in lower case, where the value was so written;
 * - the values of one RDN in bytewise order.
 */

/* Append the normal form of dn.  -1: it is none, and out is as it was; silent,
 * since only the caller knows where it stands. */
int dn_normalise(struct slice dn, struct buf *out);

/* Is a name base, or below it?  Both in normal form; all are below "". */
bool dn_within(struct slice name, struct slice base);

/* What stands before base in a name that is within it: "" for base itself. */
struct slice dn_relative(struct slice name, struct slice base);

/* How many RDNs it has more than base: -1 when it is not within it. */
int dn_depth(struct slice name, struct slice base);

/* The name of the entry above it, "" at the top.  In normal form. */
struct slice dn_parent(struct slice name);

#endif
