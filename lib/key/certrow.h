/* SPDX-License-Identifier: MIT */
#ifndef CERTROW_H
#define CERTROW_H

#include "key/cert.h"
#include "util/record.h"

/*
 * A certificate as a record: the columns that all tools print that list
 * certificates.
 *
 *	struct certrow row;
 *
 *	certrow_fill(&row, &cert, &about);
 *	records_put(&out, row.field);
 *	certrow_release(&row);
 */

enum {
	CERTROW_NICKNAME,
	CERTROW_TRUST,
	CERTROW_KEY_ID,
	CERTROW_KEY_TYPE,
	CERTROW_KEY_SIZE,
	CERTROW_HAS_KEY,
	CERTROW_SERIAL,
	CERTROW_SUBJECT,
	CERTROW_ISSUER,
	CERTROW_NOT_BEFORE,
	CERTROW_NOT_AFTER,
	CERTROW_SHA256,
	CERTROW_STATE,
	CERTROW_FIELDS
};

/* "valid", "expiring" (before soon), "expired", "future". */
const char *certrow_state(const struct cert *cert, int64_t now, int64_t soon);

extern const struct record_column certrow_columns[CERTROW_FIELDS + 1];

/* What the certificate does not know; at NULL: none, JSON's null. */
struct certrow_about {
	struct slice nickname, trust;
	struct slice key_id; /* bytes, of any number */
	bool has_key;	     /* the database or bundle has its private key */
	int64_t now, soon;   /* times; soon 0: nothing is soon to expire */
};

struct certrow {
	struct slice field[CERTROW_FIELDS];
	char *key_id;
	char key_size[16], sha256[65];
	char not_before[CERT_TIME_SIZE], not_after[CERT_TIME_SIZE];
};

/* The fields point into *row, *cert and what *about does. */
void certrow_fill(struct certrow *row, const struct cert *cert,
    const struct certrow_about *about);

void certrow_release(struct certrow *row);

/* Lower-case digits of bytes; dst has room for two each, and a NUL. */
void certrow_hex(char *dst, const void *bytes, size_t size);

#endif
