/* SPDX-License-Identifier: MIT */
#ifndef DIR_FAMILY_H
#define DIR_FAMILY_H

#include "dir/entry.h"

/*
 * The repositories of a subsystem, by what people call them [dogtag 10]:
 *
 *	certs		certificates of a CA
 *	requests	requests of a CA, KRA, TKS or TPS
 *	keys		keys of a KRA
 *	crl		CRL issuing points of a CA
 *	profiles	certificate profiles
 *	authorities	lightweight CAs
 *	ocsp		the CRLs of an OCSP responder, and what is revoked
 *	tokens		tokens of a TPS, their certificates and activities
 *	users		users and groups
 *
 * An entry belongs to one by its object class, and where classes are shared
 * by what is above it: where the subsystem has its suffix does not matter.
 */

bool family_is_known(const char *family);

/* Is entry, of that name in normal form, in one of families?  NULL: all. */
bool family_has(char *const *families, const struct entry *entry,
    struct slice name);

/* What to ask a server for: all that is in families, maybe more.  The
 * caller's to free. */
char *family_filter(char *const *families);

#endif
