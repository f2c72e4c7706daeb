/* SPDX-License-Identifier: MIT */
#include "key/crlext.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "key/derread.h"
#include "key/dn.h"
#include "key/serial.h"
#include "util/hex.h"
#include "util/mem.h"

#define BER_BOOLEAN 0x01
#define BER_ENUMERATED 0x0a

/* id-ce, 2.5.29, and one octet more. */
static enum crlext_kind
kind_of(struct slice oid)
{
	static const struct {
		unsigned char arc;
		enum crlext_kind kind;
	} known[] = {
		{ 20, CRLEXT_NUMBER },
		{ 21, CRLEXT_REASON },
		{ 23, CRLEXT_HOLD },
		{ 24, CRLEXT_INVALIDITY },
		{ 27, CRLEXT_DELTA },
		{ 28, CRLEXT_ISSUING_POINT },
		{ 29, CRLEXT_ISSUER },
		{ 35, CRLEXT_AUTHORITY },
	};

	if (oid.size != 3 || memcmp(oid.at, "\x55\x1d", 2) != 0)
		return CRLEXT_OTHER;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].arc == (unsigned char)oid.at[2])
			return known[i].kind;
	return CRLEXT_OTHER;
}

/* Whole arcs, in the fewest octets (X.690, 8.19.2). */
static bool
is_oid(struct slice oid)
{
	bool at_start = true;

	for (size_t i = 0; i < oid.size; i++) {
		if (at_start && (unsigned char)oid.at[i] == 0x80)
			return false;
		at_start = (unsigned char)oid.at[i] < 0x80;
	}
	return oid.size != 0 && at_start;
}

bool
crlext_next(struct slice *rest, struct crlext *ext)
{
	struct slice in, critical;

	if (!derread_take(rest, BER_SEQUENCE, &in) ||
	    !derread_take(&in, BER_OID, &ext->oid) || !is_oid(ext->oid))
		return false;
	ext->critical = derread_take(&in, BER_BOOLEAN, &critical);
	/* FALSE is the default, which DER leaves out. */
	if (ext->critical && !slice_is(critical, slice_of("\xff")))
		return false;
	ext->kind = kind_of(ext->oid);
	return derread_only(in, BER_OCTETS, &ext->value);
}

char *
crlext_oid(struct slice oid, bool by_name)
{
	size_t size = 2 + oid.size;
	unsigned char *der = mem_alloc(size);
	const unsigned char *at = der;
	ASN1_OBJECT *object = NULL;
	char text[256];

	if (oid.size < 0x80) {
		der[0] = BER_OID;
		der[1] = (unsigned char)oid.size;
		memcpy(der + 2, oid.at, oid.size);
		object = d2i_ASN1_OBJECT(NULL, &at, (long)size);
	}
	free(der);
	ERR_clear_error();
	if (object == NULL)
		return mem_dup("?", 1);
	if (by_name && OBJ_obj2nid(object) != NID_undef)
		snprintf(text, sizeof text, "%s",
		    OBJ_nid2sn(OBJ_obj2nid(object)));
	else
		OBJ_obj2txt(text, sizeof text, object, 1);
	ASN1_OBJECT_free(object);
	return mem_dup(text, strlen(text));
}

char *
crlext_authority(struct slice value)
{
	const unsigned char *at = (const unsigned char *)value.at;
	AUTHORITY_KEYID *id = d2i_AUTHORITY_KEYID(NULL, &at, (long)value.size);
	const ASN1_OCTET_STRING *keyid;
	char *digits;
	size_t size;

	ERR_clear_error();
	if (id == NULL || (const char *)at != value.at + value.size) {
		AUTHORITY_KEYID_free(id);
		return NULL;
	}
	keyid = id->keyid;
	size = keyid != NULL ? (size_t)keyid->length : 0;
	digits = mem_alloc(2 * size + 1);
	*hex_lower(digits, keyid != NULL ? keyid->data : NULL, size) = '\0';
	AUTHORITY_KEYID_free(id);
	return digits;
}

/* -- names ----------------------------------------------------------------- */

static void
add_string(struct buf *out, const char *what, const ASN1_STRING *value)
{
	buf_puts(out, what);
	buf_add(out, (struct slice){
	    (const char *)ASN1_STRING_get0_data(value),
	    (size_t)ASN1_STRING_length(value) });
}

static void
add_name(struct buf *out, const GENERAL_NAME *name)
{
	char *dn;

	switch (name->type) {
	case GEN_URI:
		add_string(out, "URI:", name->d.uniformResourceIdentifier);
		break;
	case GEN_DNS:
		add_string(out, "DNS:", name->d.dNSName);
		break;
	case GEN_DIRNAME:
		dn = dn_text(name->d.directoryName);
		buf_puts(out, dn);
		free(dn);
		break;
	default:
		buf_puts(out, "another kind of name");
	}
}

static void
add_names(struct buf *out, const GENERAL_NAMES *names)
{
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		if (i != 0)
			buf_puts(out, " ");
		add_name(out, sk_GENERAL_NAME_value(names, i));
	}
}

static void
add_point(struct buf *out, const DIST_POINT_NAME *name)
{
	X509_NAME *relative;
	char *dn;

	if (name == NULL)
		return;
	if (name->type == 0) {
		add_names(out, name->name.fullname);
		return;
	}
	relative = X509_NAME_new();
	for (int i = 0; relative != NULL &&
	    i < sk_X509_NAME_ENTRY_num(name->name.relativename); i++)
		X509_NAME_add_entry(relative, sk_X509_NAME_ENTRY_value(
		    name->name.relativename, i), -1, i == 0 ? 0 : -1);
	dn = dn_text(relative);
	buf_puts(out, dn);
	free(dn);
	X509_NAME_free(relative);
}

/* The bits of ReasonFlags go by another count than CRLReason does. */
static unsigned
reasons_of(const ASN1_BIT_STRING *flags)
{
	static const unsigned char reason[] = { 0, 1, 2, 3, 4, 5, 6, 9, 10 };
	unsigned reasons = 0;

	for (size_t i = 0; flags != NULL && i < sizeof reason; i++)
		if (ASN1_BIT_STRING_get_bit(flags, (int)i))
			reasons |= 1U << reason[i];
	return reasons;
}

char *
crlext_issuing_point(struct slice value, struct crlext_scope *scope)
{
	const unsigned char *at = (const unsigned char *)value.at;
	ISSUING_DIST_POINT *point;
	struct buf out = { 0 };

	point = d2i_ISSUING_DIST_POINT(NULL, &at, (long)value.size);
	ERR_clear_error();
	if (point == NULL || (const char *)at != value.at + value.size) {
		ISSUING_DIST_POINT_free(point);
		return NULL;
	}
	add_point(&out, point->distpoint);
	/* A BOOLEAN of DEFAULT FALSE is 0 where it is not there. */
	const struct {
		bool is_so;
		const char *text;
	} limits[] = {
		{ point->onlyuser > 0, "only user certificates" },
		{ point->onlyCA > 0, "only CA certificates" },
		{ point->onlyattr > 0, "only attribute certificates" },
		{ point->onlysomereasons != NULL, "only some reasons" },
		{ point->indirectCRL > 0, "indirect" },
	};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		if (!limits[i].is_so)
			continue;
		buf_puts(&out, out.size != 0 ? "; " : "");
		buf_puts(&out, limits[i].text);
	}
	*scope = (struct crlext_scope){ point->indirectCRL > 0,
		point->onlyCA > 0, reasons_of(point->onlysomereasons) };
	buf_putc(&out, '\0');
	ISSUING_DIST_POINT_free(point);
	return out.at;
}

char *
crlext_issuer(struct slice value)
{
	const unsigned char *at = (const unsigned char *)value.at;
	GENERAL_NAMES *names = d2i_GENERAL_NAMES(NULL, &at, (long)value.size);
	char *dn = NULL;

	ERR_clear_error();
	if ((const char *)at == value.at + value.size)
		for (int i = 0; dn == NULL && i < sk_GENERAL_NAME_num(names);
		    i++) {
			const GENERAL_NAME *name =
			    sk_GENERAL_NAME_value(names, i);

			if (name->type == GEN_DIRNAME)
				dn = dn_text(name->d.directoryName);
		}
	GENERAL_NAMES_free(names);
	return dn;
}

/* -- others ---------------------------------------------------------------- */

char *
crlext_hold(struct slice value)
{
	struct slice oid;

	return derread_only(value, BER_OID, &oid) && is_oid(oid) ?
	    crlext_oid(oid, true) : NULL;
}

bool
crlext_reason(struct slice value, int *reason)
{
	struct slice octets;

	if (!derread_only(value, BER_ENUMERATED, &octets) ||
	    octets.size != 1 || (unsigned char)octets.at[0] >= 0x80)
		return false;
	*reason = (unsigned char)octets.at[0];
	return true;
}

bool
crlext_time(struct slice value, int64_t *seconds)
{
	struct slice time;

	return derread_only(value, DERREAD_GENERALIZED_TIME, &time) &&
	    derread_time(DERREAD_GENERALIZED_TIME, time, seconds);
}

bool
crlext_number(struct slice value, struct slice *octets)
{
	return derread_only(value, BER_INTEGER, octets) &&
	    derread_is_integer(*octets) && octets->size <= SERIAL_MOST &&
	    (unsigned char)octets->at[0] < 0x80;
}
