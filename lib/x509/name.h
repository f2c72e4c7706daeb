/* SPDX-License-Identifier: MIT */
#ifndef X509_NAME_H
#define X509_NAME_H

#include <openssl/x509.h>

#include "util/buf.h"

/*
 * Distinguished names in the one text form that all tools print: that of
 * pki's LdapV3DNStrConverter [pkcs12 4], most specific RDN first, ',' without
 * a blank, '+' within an RDN, UTF-8.  Control characters, which pki prints
 * raw and which could forge lines, are escaped as RFC 4514's \0A.
 *
 * A new string; "" for an empty name.
 */
char *name_text(const X509_NAME *name);

/* The name that pki makes up for a certificate without a friendlyName: the
 * RDNs' values, most specific first, joined by " - " [pkcs12 4]. */
char *name_values(const X509_NAME *name);

/* A byte as RFC 4514 escapes it: \0A. */
void name_escape(struct buf *out, unsigned char c);

#endif
