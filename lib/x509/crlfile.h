/* SPDX-License-Identifier: MIT */
#ifndef X509_CRLFILE_H
#define X509_CRLFILE_H

#include "x509/cert.h"
#include "x509/crl.h"

/*
 * A CRL as it comes: a file or standard input ("-"), in DER or PEM (the labels
 * X509 CRL, CRL and Dogtag's CERTIFICATE REVOCATION LIST), or an http URL of
 * the same, whose answer is to be whole within so many milliseconds.
 *
 * Returns a descriptor of a regular file that stands before DER: the file
 * itself, or a copy without a name in $TMPDIR (/tmp) of what is a pipe, a URL
 * or PEM; -1: reported.  *name is that for messages, and the caller's to free.
 */
int crlfile_open(const char *operand, unsigned milliseconds, char **name);

/*
 * Is a CRL signed by its issuer?  0: the key of a certificate whose subject is
 * the CRL's issuer, and which may sign CRLs (RFC 5280, 6.3.3 (f)), did;
 * crl->is_verified is set.  -1: reported.  file is that of the issuers.
 *
 * RSA (PKCS#1 and PSS), ECDSA and DSA sign a digest, which crl_open() made.
 * Ed25519, Ed448 and what else OpenSSL has that signs all octets at once wants
 * them in memory, 256 MB at most.
 */
int crlfile_verify(struct crl *crl, const struct certfile *issuers,
    const char *file);

#endif
