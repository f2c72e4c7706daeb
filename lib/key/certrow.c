/* SPDX-License-Identifier: MIT */
#include "key/certrow.h"

#include <stdio.h>
#include <stdlib.h>

#include "util/hex.h"
#include "util/mem.h"

const struct record_column certrow_columns[] = {
	[CERTROW_NICKNAME] = { "nickname", "its nickname, or friendly name" },
	[CERTROW_TRUST] = { "trust", "trust flags, as certutil shows them" },
	[CERTROW_KEY_ID] = { "key-id", "the ID of its private key, in hex" },
	[CERTROW_KEY_TYPE] = { "key-type", "rsa, rsa-pss, ec, dsa or other" },
	[CERTROW_KEY_SIZE] = { "key-size", "bits of the public key" },
	[CERTROW_HAS_KEY] = { "has-key", "yes: its private key is there; no" },
	[CERTROW_SERIAL] = { "serial", "serial number, in hex" },
	[CERTROW_SUBJECT] = { "subject", "whom it names" },
	[CERTROW_ISSUER] = { "issuer", "who issued it" },
	[CERTROW_NOT_BEFORE] = { "not-before", "valid from, UTC" },
	[CERTROW_NOT_AFTER] = { "not-after", "valid until, UTC" },
	[CERTROW_SHA256] = { "sha256", "SHA-256 of the certificate" },
	[CERTROW_STATE] = { "state", "valid, expiring, expired or future" },
	{ NULL, NULL }
};

const char *
certrow_state(const struct cert *cert, int64_t now, int64_t soon)
{
	if (cert->not_after < now)
		return "expired";
	if (cert->not_before > now)
		return "future";
	return soon != 0 && cert->not_after < soon ? "expiring" : "valid";
}

void
certrow_hex(char *dst, const void *bytes, size_t size)
{
	*hex_lower(dst, bytes, size) = '\0';
}

void
certrow_fill(struct certrow *row, const struct cert *cert,
    const struct certrow_about *about)
{
	struct slice *field = row->field;

	*row = (struct certrow){ 0 };
	if (about->key_id.at != NULL) {
		row->key_id = mem_alloc(2 * about->key_id.size + 1);
		certrow_hex(row->key_id, about->key_id.at,
		    about->key_id.size);
		field[CERTROW_KEY_ID] = slice_of(row->key_id);
	}
	if (cert->key_bits != 0) {
		snprintf(row->key_size, sizeof row->key_size, "%u",
		    cert->key_bits);
		field[CERTROW_KEY_SIZE] = slice_of(row->key_size);
	}
	certrow_hex(row->sha256, cert->sha256, sizeof cert->sha256);
	cert_time(row->not_before, cert->not_before);
	cert_time(row->not_after, cert->not_after);
	field[CERTROW_NICKNAME] = about->nickname;
	field[CERTROW_TRUST] = about->trust;
	field[CERTROW_KEY_TYPE] = slice_of(cert->key_type);
	field[CERTROW_HAS_KEY] = slice_of(about->has_key ? "yes" : "no");
	field[CERTROW_SERIAL] = slice_of(cert->serial);
	field[CERTROW_SUBJECT] = slice_of(cert->subject);
	field[CERTROW_ISSUER] = slice_of(cert->issuer);
	field[CERTROW_NOT_BEFORE] = slice_of(row->not_before);
	field[CERTROW_NOT_AFTER] = slice_of(row->not_after);
	field[CERTROW_SHA256] = slice_of(row->sha256);
	field[CERTROW_STATE] = slice_of(certrow_state(cert, about->now,
	    about->soon));
}

void
certrow_release(struct certrow *row)
{
	free(row->key_id);
	*row = (struct certrow){ 0 };
}
