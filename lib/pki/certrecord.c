/* SPDX-License-Identifier: MIT */
#include "pki/certrecord.h"

#include <gmp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "asn1/der.h"
#include "dir/serialno.h"
#include "util/diag.h"
#include "x509/crl.h"

const char *const certrecord_attributes[] = { "objectClass", "serialno",
	"certStatus", "revokedOn", "revInfo", "notAfter", "dateOfModify",
	"issuerName", "metaInfo", "extension", NULL };

static bool
read_serial(struct certrecord *record, struct slice text)
{
	unsigned char *octets = record->octets;
	mpz_t number;
	size_t bits;
	bool ok;

	mpz_init(number);
	ok = serialno_parse(number, text) == 0;
	bits = ok ? mpz_sizeinbase(number, 2) : 0;
	/* One bit more, for the sign. */
	record->size = bits / 8 + 1;
	ok = ok && record->size <= SERIAL_MOST;
	if (ok) {
		memset(octets, 0, record->size);
		mpz_export(octets + record->size - (bits + 7) / 8, NULL, 1, 1,
		    1, 0, number);
	}
	mpz_clear(number);
	return ok;
}

/* 20261121024715Z */
static int64_t
read_time(struct slice text)
{
	int64_t seconds;

	return text.at != NULL &&
	    der_time(DER_GENERALIZED_TIME, text, &seconds) ?
	    seconds : CERTRECORD_NO_TIME;
}

/* 20261121024715Z;CRLReasonExtension=1;... */
static int
read_reason(struct slice text)
{
	static const char name[] = ";CRLReasonExtension=";
	const char *at;
	long reason;

	if (text.at == NULL)
		return CRL_NO_REASON;
	at = memmem(text.at, text.size, name, strlen(name));
	if (at == NULL)
		return CRL_NO_REASON;
	/* An entry's values end in NUL. */
	reason = strtol(at + strlen(name), NULL, 10);
	return reason >= 0 && reason < 128 ? (int)reason : CRL_NO_REASON;
}

static enum certrecord_status
read_status(struct slice text)
{
	static const struct {
		const char *name;
		enum certrecord_status status;
	} names[] = {
		{ "REVOKED", CERTRECORD_REVOKED },
		{ "REVOKED_EXPIRED", CERTRECORD_REVOKED_EXPIRED },
		{ "EXPIRED", CERTRECORD_EXPIRED },
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (text.size == strlen(names[i].name) &&
		    strncasecmp(text.at, names[i].name, text.size) == 0)
			return names[i].status;
	return CERTRECORD_VALID;
}

static int
complain(const struct entry *entry, const char *what, struct slice value)
{
	return fail("%s:%zu: %.*s: no %s: '%.*s'", entry->file, entry->line,
	    (int)entry->dn.size, entry->dn.at, what, (int)value.size,
	    value.at != NULL ? value.at : "");
}

int
certrecord_read(struct certrecord *record, const struct entry *entry)
{
	struct slice serial = entry_value(entry, "serialno", 0);
	struct slice revoked = entry_value(entry, "revokedOn", 0);

	if (!entry_has(entry, "objectClass", "certificateRecord"))
		return 0;
	*record = (struct certrecord){
		.status = read_status(entry_value(entry, "certStatus", 0)),
		.reason = read_reason(entry_value(entry, "revInfo", 0)),
		.revoked = read_time(revoked),
		.expires = read_time(entry_value(entry, "notAfter", 0)),
		.modified = read_time(entry_value(entry, "dateOfModify", 0)),
		.entry = entry,
	};
	if (serial.at == NULL || !read_serial(record, serial))
		return complain(entry, "serial number", serial);
	if (record->status == CERTRECORD_REVOKED &&
	    record->revoked == CERTRECORD_NO_TIME)
		return complain(entry, "time of revocation", revoked);
	return 1;
}

bool
certrecord_is_ca(const struct certrecord *record)
{
	static const char is_ca[] = "2.5.29.19;isCA=true";
	struct slice value;

	for (size_t i = 0;
	     (value = entry_value(record->entry, "extension", i)).at != NULL;
	     i++)
		if (value.size >= strlen(is_ca) &&
		    strncasecmp(value.at, is_ca, strlen(is_ca)) == 0)
			return true;
	return false;
}

bool
certrecord_has_profile(const struct certrecord *record, struct slice profile)
{
	static const char name[] = "profileId:";
	const size_t start = strlen(name);
	struct slice value;

	for (size_t i = 0;
	     (value = entry_value(record->entry, "metaInfo", i)).at != NULL;
	     i++)
		if (value.size == start + profile.size &&
		    memcmp(value.at, name, start) == 0 &&
		    memcmp(value.at + start, profile.at, profile.size) == 0)
			return true;
	return false;
}
