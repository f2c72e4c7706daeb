/* SPDX-License-Identifier: MIT */
#ifndef X509_CRLFILE_H
#define X509_CRLFILE_H

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

#endif
