/* SPDX-License-Identifier: MIT */
#ifndef X509_CRLTEXT_H
#define X509_CRLTEXT_H

#include "x509/cert.h"
#include "x509/crl.h"

/*
 * CRLs as text: what one says of itself, and its entries as records.
 */

enum {
	CRLROW_SERIAL,
	CRLROW_DATE,
	CRLROW_REASON,
	CRLROW_INVALIDITY,
	CRLROW_HOLD,
	CRLROW_ISSUER,
	CRLROW_FIELDS
};

#define CRLROW_COLUMNS                                                         \
	{ "serial", "serial number, in hex" },                                 \
	{ "date", "when it was revoked, UTC" },                                \
	{ "reason", "of RFC 5280, 5.3.1; none: it is not said" },              \
	{ "invalid-since", "when its key is thought to have been lost, UTC" }, \
	{ "hold", "what to do with a certificate on hold" },                   \
	{ "issuer", "of the certificate, where not the CRL's own" }

struct crlrow {
	struct slice field[CRLROW_FIELDS]; /* into *row and *entry */
	char serial[SERIAL_TEXT], reason[8];
	char date[CERT_TIME_SIZE], invalidity[CERT_TIME_SIZE];
};

void crlrow_fill(struct crlrow *row, const struct crl_entry *entry);

/* "stale": its next update is past; "future": it is not valid yet. */
const char *crlrow_state(const struct crl *crl, int64_t now);

/* On stdout: "# name: value" lines, or with json an object on one line. */
void crlrow_print_about(const struct crl *crl, int64_t now, bool json);

#endif
