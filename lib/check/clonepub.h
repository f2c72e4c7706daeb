/* SPDX-License-Identifier: MIT */
#ifndef CLONEPUB_H
#define CLONEPUB_H

#include "check/cloneset.h"

/*
 * Publishers of CRLs that are not where CRLs are made.  The installation of an
 * OCSP responder writes its publisher into one CA, the one that it was
 * installed against; when another makes the CRLs, the responder keeps the last
 * one that it got [dogtag 2.4].
 */
void clonepub_check(const struct cloneset *set);

/* Is that reported of these two, so that their ca.publish families need not
 * be compared? */
bool clonepub_is_reported(const struct cloneset *set, const struct cfg *a,
    const struct cfg *b);

#endif
