/* SPDX-License-Identifier: MIT */
#ifndef PKI_PKITEXT_H
#define PKI_PKITEXT_H

#include "util/buf.h"
#include "x509/cert.h"

/*
 * The text of `pki pkcs12-cert-find` and `pkcs12-key-find`, byte for byte
 * [pkcs12 4], but for control characters: pki prints them raw, so that a
 * newline in a name forges a line; here they are \0A as in RFC 4514.  Scripts,
 * and Dogtag's own up to 11.8, read this text.
 */

enum pkitext_form {
	PKITEXT_11,
	PKITEXT_10, /* 10.3 to 10.5, and the manual's 2.7.2 */
};

struct pkitext_cert {
	const struct cert *cert;
	const char *name;
	const char *trust;   /* NULL: no such line */
	struct slice key_id; /* at NULL: none */
	bool has_key;	     /* the key itself is there, too */
};

/* How many entries follow; an empty line parts one from the next. */
void pkitext_heading(struct buf *out, size_t entries);

void pkitext_cert(struct buf *out, enum pkitext_form form,
    const struct pkitext_cert *cert);

/* subject, which only the older form shows, may be NULL: then it is name. */
void pkitext_key(struct buf *out, enum pkitext_form form,
    struct slice key_id, const char *name, const char *subject);

#endif
