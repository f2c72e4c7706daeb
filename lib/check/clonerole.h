/* SPDX-License-Identifier: MIT */
#ifndef CLONEROLE_H
#define CLONEROLE_H

#include "check/cloneset.h"

/* Who makes CRLs, or is sent them: one of all, to which the others point
 * [dogtag 2.1, 2.4]. */
void clonerole_check(const struct cloneset *set);

/* Does the CA make CRLs?  A file that says nothing of it is a master's. */
bool clonerole_makes_crls(const struct cfg *cfg);

/* The one CA that makes CRLs; NULL: none does, or several, or these are no
 * CAs. */
const struct cfg *clonerole_crl_master(const struct cloneset *set);

#endif
