/* SPDX-License-Identifier: MIT */
#ifndef LINTKEY_H
#define LINTKEY_H

#include "check/lintfile.h"
#include "x509/cert.h"

/*
 * What up to 10.8 stands beside FAMILY.TAG.privkey.id (FAMILY is "cloning",
 * or "preop.cert"): pubkey.modulus, .exponent, .encoded and keytype, held
 * against the certificate [dogtag 5.1, trap 9].
 */
void lintkey_check(struct lintfile *l, const char *family, struct slice tag,
    const struct cert *cert);

#endif
