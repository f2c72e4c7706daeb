/* SPDX-License-Identifier: MIT */
#ifndef PUBLISH_H
#define PUBLISH_H

#include "cfg/edits.h"
#include "pki/address.h"

/*
 * Which of the OCSP responders that a CA sends its CRLs to is the old one?
 * The one at old's address, or, where old is NULL, the only one that is not
 * the new one.  The edits of ca send its CRLs to new; none where they go
 * there already.
 *
 * 1: it is none, or one of several; -1: a value that cannot stand in the
 * file; both reported.
 */
int publish_edits(struct edits *edits, const struct cfg *ca,
    const struct address *new, const struct address *old);

#endif
