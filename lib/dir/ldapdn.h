/* SPDX-License-Identifier: MIT */
#ifndef LDAPDN_H
#define LDAPDN_H

#include "util/buf.h"

/*
 * DNs of a directory in one form, so that bytes say whether two are the same
 * (RFC 4514, and what RFC 2253 and 1779 allowed before it): names of
 * attributes in lower case, values too, their escapes and quotes undone,
 * blanks at their ends taken away and those within made one; ',' and '+' of a
 * value are \2c and \2b, so that a bare one parts RDNs; the parts of a
 * multi-valued RDN are sorted.
 *
 * Values are compared without case, as all naming attributes that Dogtag
 * uses are.
 */

/* Append dn's normal form to out.  -1: it is no DN; out is as it was. */
int ldapdn_normal(struct buf *out, struct slice dn);

/* How many RDNs lie between dn and base, both in normal form: 0 when they are
 * the same, -1 when dn is not within base.  An empty base has all. */
int ldapdn_depth(struct slice dn, struct slice base);

/* The normal form of the entry above, in that of dn; empty: there is none. */
struct slice ldapdn_parent(struct slice dn);

#endif
