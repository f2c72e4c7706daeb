/* SPDX-License-Identifier: MIT */
#ifndef CRLOCSP_H
#define CRLOCSP_H

#include "check/findings.h"
#include "x509/crl.h"

/*
 * Do OCSP responders answer by this CRL, or by an older one?
 *
 * A responder that is sent CRLs answers with thisUpdate of the CRL that it
 * looks into [DefStore]; one that looks into a directory answers with the time
 * that it is.  Each is asked for the certificate of the CRL that was
 * revoked last, or, of an empty CRL, for serial number 1.
 *
 * issuer: a file with the certificate of the CRL's issuer; urls: the
 * responders, and NULL.  0, or -1: one has no answer to rely on; reported.
 */
int crlocsp_check(struct findings *found, struct crl *crl, const char *issuer,
    char *const *urls, unsigned milliseconds);

#endif
