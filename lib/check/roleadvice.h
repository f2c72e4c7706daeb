/* SPDX-License-Identifier: MIT */
#ifndef ROLEADVICE_H
#define ROLEADVICE_H

#include "pki/role.h"

/*
 * What there is to say about a role, on stderr.
 */

/* What is wrong with keys, or missing without harm; who disagrees. */
void roleadvice_notes(const struct role *role, const char *file);

/*
 * -1: not the CS.cfg of an old master whose issuing points a new one can take;
 * reported.  That it is a master still is but said: it may be dead.
 */
int roleadvice_from(const struct cfg *from);

/*
 * Where the proxy of a FreeIPA host does not go with a CA of that role; path
 * is the CS.cfg's file.  -1: it cannot be read, reported.
 */
int roleadvice_ipa(const char *path, enum role_kind kind);

/*
 * What a change leaves to do.  A new CRL master still needs what the manual
 * forgets [dogtag 14.5]: publishing, algorithms that fit its key, an order to
 * start in, and a CRL from a cleared cache [crl].  path is cfg's file; quiet
 * leaves out what is no warning.  -1 as above.
 */
int roleadvice_change(const struct cfg *cfg, const char *path,
    const struct role *role, const struct role_wanted *wanted, bool quiet);

#endif
