/* SPDX-License-Identifier: MIT */
#ifndef DBMKEY_H
#define DBMKEY_H

#include "key/privkey.h"

/*
 * The private key of a PrivateKeyInfo as key3.db holds it, whose DSA keys are
 * of no standard, and whose symmetric keys are disguised as RSA with the public
 * exponent 0 (PRIVKEY_UNSUPPORTED) [nssdb 16].  public_value: of an EC key,
 * its point.
 */
enum privkey_result dbmkey_build(struct secret *pkcs8,
    const struct secret *stored, struct slice public_value);

#endif
