/* SPDX-License-Identifier: MIT */
#include "x509/crltext.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	FILE_NAME,
	ISSUER,
	NUMBER,
	DELTA_BASE,
	THIS_UPDATE,
	NEXT_UPDATE,
	STATE,
	ALGORITHM,
	SIGNATURE,
	AUTHORITY,
	ISSUING_POINT,
	CRITICAL,
	ENTRIES,
	FIELDS
};

static const struct record_column about_columns[] = {
	[FILE_NAME] = { "file", "" },
	[ISSUER] = { "issuer", "" },
	[NUMBER] = { "number", "" },
	[DELTA_BASE] = { "delta-base", "" },
	[THIS_UPDATE] = { "this-update", "" },
	[NEXT_UPDATE] = { "next-update", "" },
	[STATE] = { "state", "" },
	[ALGORITHM] = { "signature-algorithm", "" },
	[SIGNATURE] = { "signature", "" },
	[AUTHORITY] = { "authority-key", "" },
	[ISSUING_POINT] = { "issuing-point", "" },
	[CRITICAL] = { "critical", "" },
	[ENTRIES] = { "entries", "" },
	[FIELDS] = { NULL, NULL },
};

void
crlrow_fill(struct crlrow *row, const struct crl_entry *entry)
{
	struct slice *field = row->field;
	const char *reason = crl_reason_name(entry->reason);

	field[CRLROW_SERIAL] = (struct slice){ row->serial,
		serial_text(row->serial, entry->serial) };
	cert_time(row->date, entry->date);
	field[CRLROW_DATE] = slice_of(row->date);
	if (reason == NULL && entry->reason != CRL_NO_REASON) {
		snprintf(row->reason, sizeof row->reason, "%d", entry->reason);
		reason = row->reason;
	}
	field[CRLROW_REASON] = slice_or_none(reason);
	if (entry->has_invalidity)
		cert_time(row->invalidity, entry->invalidity);
	field[CRLROW_INVALIDITY] = slice_or_none(entry->has_invalidity ?
	    row->invalidity : NULL);
	field[CRLROW_HOLD] = slice_or_none(entry->hold);
	field[CRLROW_ISSUER] = slice_or_none(entry->issuer);
}

const char *
crlrow_state(const struct crl *crl, int64_t now)
{
	if (crl->about.has_next_update && crl->about.next_update < now)
		return "stale";
	return crl->about.this_update > now ? "future" : "current";
}

static char *
number_text(const struct crl_number *number)
{
	return number->size == 0 ? NULL : serial_decimal((struct slice){
	    (const char *)number->octets, number->size });
}

static void
print_line(const char *name, struct slice value)
{
	printf("# %s: ", name);
	for (size_t i = 0; i < value.size; i++)
		putchar((unsigned char)value.at[i] < ' ' ||
		    value.at[i] == 0x7f ? '?' : value.at[i]);
	putchar('\n');
}

static void
print_fields(const struct slice *field, bool json)
{
	static const struct record_format format = { .json = true };
	struct records out;

	if (json) {
		if (records_begin(&out, about_columns, &format) < 0)
			return;
		records_put(&out, field);
		records_end(&out);
		return;
	}
	for (size_t i = 0; i < FIELDS; i++)
		if (field[i].at != NULL)
			print_line(about_columns[i].name, field[i]);
}

void
crlrow_print_about(const struct crl *crl, int64_t now, bool json)
{
	const struct crl_about *about = &crl->about;
	char *number = number_text(&about->number);
	char *base = number_text(&about->delta_base);
	char this_update[CERT_TIME_SIZE], next_update[CERT_TIME_SIZE];
	char entries[24];

	cert_time(this_update, about->this_update);
	if (about->has_next_update)
		cert_time(next_update, about->next_update);
	snprintf(entries, sizeof entries, "%" PRIu64, crl->entries);
	const struct slice field[FIELDS] = {
		[FILE_NAME] = slice_of(crl->file),
		[ISSUER] = slice_of(about->issuer),
		[NUMBER] = slice_or_none(number),
		[DELTA_BASE] = slice_or_none(base),
		[THIS_UPDATE] = slice_of(this_update),
		[NEXT_UPDATE] = slice_or_none(
		    about->has_next_update ? next_update : NULL),
		[STATE] = slice_of(crlrow_state(crl, now)),
		[ALGORITHM] = slice_of(about->algorithm),
		[SIGNATURE] = slice_of(crl->is_verified ? "verified" :
							  "not verified"),
		[AUTHORITY] = slice_or_none(about->authority),
		[ISSUING_POINT] = slice_or_none(about->issuing_point),
		[CRITICAL] = slice_or_none(about->critical),
		[ENTRIES] = slice_of(entries),
	};

	print_fields(field, json);
	free(number);
	free(base);
}
