/* SPDX-License-Identifier: MIT */
#ifndef X509_CRLSIGN_H
#define X509_CRLSIGN_H

#include "x509/crl.h"

/*
 * Is a CRL signed by its issuer?
 *
 *	struct crlsign *issuers = crlsign_read("CA.pem");
 *
 *	if (issuers == NULL || crlsign_verify(issuers, crl) < 0)
 *		return STATUS_ERROR;
 *	crlsign_free(issuers);
 *
 * RSA (PKCS#1 and PSS), ECDSA and DSA sign a digest, which crl_open() made.
 * Ed25519, Ed448 and what else OpenSSL has that signs all octets at once wants
 * them in memory, CRLSIGN_AT_ONCE at most.
 */

#define CRLSIGN_AT_ONCE ((size_t)256 << 20)

struct crlsign;

/* Certificates in PEM, or one in DER; NULL: reported. */
struct crlsign *crlsign_read(const char *file);

/*
 * 0: the key of a certificate whose subject is the CRL's issuer, and which may
 * sign CRLs (RFC 5280, 6.3.3 (f)), did; crl->is_verified is set.  -1: reported.
 */
int crlsign_verify(const struct crlsign *issuers, struct crl *crl);

void crlsign_free(struct crlsign *issuers);

#endif
