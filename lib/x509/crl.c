/* SPDX-License-Identifier: MIT */
#include "x509/crl.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>

#include "asn1/der.h"
#include "asn1/window.h"
#include "util/diag.h"
#include "util/hex.h"
#include "util/mem.h"
#include "x509/name.h"
#include "x509/serial.h"
#include "x509/sigalg.h"

/*
 * The extensions of CRLs and of their entries (RFC 5280, 5.2 and 5.3).
 *
 *	while (rest.size != 0) {
 *		if (!crlext_next(&rest, &ext))
 *			return -1;
 *		switch (ext.kind) {
 */
enum crlext_kind {
	CRLEXT_OTHER,
	CRLEXT_NUMBER,
	CRLEXT_DELTA,
	CRLEXT_ISSUING_POINT,
	CRLEXT_AUTHORITY,
	CRLEXT_REASON,
	CRLEXT_HOLD,
	CRLEXT_INVALIDITY,
	CRLEXT_ISSUER,
};

struct crlext {
	enum crlext_kind kind;
	struct slice oid; /* content octets */
	bool critical;
	struct slice value; /* what is in the OCTET STRING */
};

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

/* Take the first off the content of Extensions; false: damaged. */
static bool
crlext_next(struct slice *rest, struct crlext *ext)
{
	struct slice in, critical;

	if (!der_take(rest, DER_SEQUENCE, &in) ||
	    !der_take(&in, DER_OID, &ext->oid) || !is_oid(ext->oid))
		return false;
	ext->critical = der_take(&in, DER_BOOLEAN, &critical);
	/* FALSE is the default, which DER leaves out. */
	if (ext->critical && !slice_equal(critical, slice_of("\xff")))
		return false;
	ext->kind = kind_of(ext->oid);
	return der_only(in, DER_OCTET_STRING, &ext->value);
}

/* "2.5.29.20", or the short name that OpenSSL has for it; a new string. */
static char *
crlext_oid(struct slice oid, bool by_name)
{
	size_t size = 2 + oid.size;
	unsigned char *der = mem_alloc(size);
	const unsigned char *at = der;
	ASN1_OBJECT *object = NULL;
	char text[256];

	if (oid.size < 0x80) {
		der[0] = DER_OID;
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

/* These decode a value; NULL or false: it is none.  Strings are new. */
static char *
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
		dn = name_text(name->d.directoryName);
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
	dn = name_text(relative);
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

static char *
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

static char *
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
				dn = name_text(name->d.directoryName);
		}
	GENERAL_NAMES_free(names);
	return dn;
}

static char *
crlext_hold(struct slice value)
{
	struct slice oid;

	return der_only(value, DER_OID, &oid) && is_oid(oid) ?
	    crlext_oid(oid, true) : NULL;
}

static bool
crlext_reason(struct slice value, int *reason)
{
	struct slice octets;

	if (!der_only(value, DER_ENUMERATED, &octets) ||
	    octets.size != 1 || (unsigned char)octets.at[0] >= 0x80)
		return false;
	*reason = (unsigned char)octets.at[0];
	return true;
}

static bool
crlext_time(struct slice value, int64_t *seconds)
{
	struct slice time;

	return der_only(value, DER_GENERALIZED_TIME, &time) &&
	    der_time(DER_GENERALIZED_TIME, time, seconds);
}

static bool
crlext_number(struct slice value, struct slice *octets)
{
	return der_only(value, DER_INTEGER, octets) &&
	    der_is_integer(*octets) && octets->size <= SERIAL_MOST &&
	    (unsigned char)octets->at[0] < 0x80;
}

static struct slice
keep(struct slice s)
{
	return (struct slice){ mem_dup(s.at, s.size), s.size };
}

/* Note a critical extension. */
static void
crlabout_not_understood(struct crl_about *about, const struct crlext *ext)
{
	char *oid = crlext_oid(ext->oid, false);
	char *both;

	if (about->critical == NULL) {
		about->critical = oid;
		return;
	}
	if (strstr(about->critical, oid) == NULL &&
	    strlen(about->critical) < 512) {
		both = mem_printf("%s %s", about->critical, oid);
		free(about->critical);
		about->critical = both;
	}
	free(oid);
}

static bool
take_number(struct crl_number *number, struct slice value)
{
	struct slice octets;

	if (number->size != 0 || !crlext_number(value, &octets))
		return false;
	memcpy(number->octets, octets.at, octets.size);
	number->size = octets.size;
	return true;
}

static bool
crlabout_extension(struct crl_about *about, const struct crlext *ext)
{
	switch (ext->kind) {
	case CRLEXT_NUMBER:
		return take_number(&about->number, ext->value);
	case CRLEXT_DELTA:
		return take_number(&about->delta_base, ext->value);
	case CRLEXT_AUTHORITY:
		if (about->authority != NULL)
			return false;
		about->authority = crlext_authority(ext->value);
		return about->authority != NULL;
	case CRLEXT_ISSUING_POINT:
		if (about->issuing_point != NULL)
			return false;
		about->issuing_point = crlext_issuing_point(ext->value,
		    &about->scope);
		about->issuing_point_der = keep(ext->value);
		return about->issuing_point != NULL;
	default:
		if (ext->critical)
			crlabout_not_understood(about, ext);
		return true;
	}
}

/* From whole elements. */
static bool
crlabout_algorithm(struct crl_about *about, struct slice whole)
{
	const unsigned char *at = (const unsigned char *)whole.at;
	X509_ALGOR *algorithm = d2i_X509_ALGOR(NULL, &at, (long)whole.size);
	const ASN1_OBJECT *object;
	char text[128];

	ERR_clear_error();
	if (algorithm == NULL || (const char *)at != whole.at + whole.size) {
		X509_ALGOR_free(algorithm);
		return false;
	}
	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	if (OBJ_obj2nid(object) != NID_undef)
		snprintf(text, sizeof text, "%s",
		    OBJ_nid2ln(OBJ_obj2nid(object)));
	else
		OBJ_obj2txt(text, sizeof text, object, 1);
	about->algorithm = mem_dup(text, strlen(text));
	about->algorithm_der = keep(whole);
	about->md = sigalg_digest(algorithm);
	X509_ALGOR_free(algorithm);
	return true;
}

static bool
crlabout_issuer(struct crl_about *about, struct slice whole)
{
	const unsigned char *at = (const unsigned char *)whole.at;
	X509_NAME *name = d2i_X509_NAME(NULL, &at, (long)whole.size);

	ERR_clear_error();
	if (name == NULL || (const char *)at != whole.at + whole.size) {
		X509_NAME_free(name);
		return false;
	}
	about->issuer = name_text(name);
	about->issuer_der = keep(whole);
	X509_NAME_free(name);
	return true;
}

static void
free_slice(struct slice s)
{
	free((char *)(uintptr_t)s.at);
}

static void
crlabout_release(struct crl_about *about)
{
	free(about->issuer);
	free_slice(about->issuer_der);
	free(about->authority);
	free(about->issuing_point);
	free_slice(about->issuing_point_der);
	free(about->critical);
	free(about->algorithm);
	free_slice(about->algorithm_der);
}

#define VERSION_2 "\x01"

struct crl_reader {
	struct window in;
	EVP_MD_CTX *hash;
	bool was_read; /* once, to its end */
	uint64_t end, tbs, tbs_end, list, list_end;
	uint64_t entry; /* the number of the next */
	char *hold, *issuer;
};

static int
damaged(const struct crl *crl, const char *what)
{
	const struct crl_reader *r = crl->reader;

	if (r->in.failed) {
		errno = r->in.error;
		return fail_errno("cannot read '%s'", crl->file);
	}
	if (r->was_read)
		return fail("%s: changed while it was read", crl->file);
	return fail("%s: not a CRL in DER: %s", crl->file, what);
}

static int
damaged_entry(const struct crl *crl, const char *what)
{
	if (crl->reader->was_read)
		return damaged(crl, what);
	return fail("%s: entry %llu: %s", crl->file,
	    (unsigned long long)crl->reader->entry + 1, what);
}

static bool
take_extensions(struct crl *crl, struct slice list)
{
	struct crlext ext;

	while (list.size != 0)
		if (!crlext_next(&list, &ext) ||
		    !crlabout_extension(&crl->about, &ext))
			return false;
	return true;
}

static bool
take_entry_extension(struct crl *crl, struct crl_entry *entry,
    const struct crlext *ext)
{
	struct crl_reader *r = crl->reader;

	switch (ext->kind) {
	case CRLEXT_REASON:
		return entry->reason == CRL_NO_REASON &&
		    crlext_reason(ext->value, &entry->reason);
	case CRLEXT_INVALIDITY:
		if (entry->has_invalidity)
			return false;
		entry->has_invalidity = true;
		return crlext_time(ext->value, &entry->invalidity);
	case CRLEXT_HOLD:
		if (entry->hold != NULL)
			return false;
		entry->hold = r->hold = crlext_hold(ext->value);
		return r->hold != NULL;
	case CRLEXT_ISSUER:
		/* It is that of the entries that follow, too. */
		free(r->issuer);
		r->issuer = crlext_issuer(ext->value);
		return r->issuer != NULL;
	default:
		if (ext->critical && !r->was_read)
			crlabout_not_understood(&crl->about, ext);
		return true;
	}
}

static bool
is_time(unsigned char id)
{
	return id == DER_UTC_TIME || id == DER_GENERALIZED_TIME;
}

/* The identifier of what comes next in the TBSCertList; 0: nothing does. */
static unsigned char
next_id(struct crl_reader *r)
{
	struct slice s;

	if (window_offset(&r->in) >= r->tbs_end)
		return 0;
	s = window_peek(&r->in, 1);
	return s.size != 0 ? (unsigned char)s.at[0] : 0;
}

static bool
element(struct crl_reader *r, struct der *e)
{
	return window_element(&r->in, r->tbs_end, e) == WINDOW_GOOD;
}

static int
read_times(struct crl *crl)
{
	struct crl_reader *r = crl->reader;
	struct der e;

	if (!element(r, &e) || !der_time(e.id, e.content,
	    &crl->about.this_update))
		return damaged(crl, "thisUpdate");
	crl->about.has_next_update = is_time(next_id(r));
	if (crl->about.has_next_update && (!element(r, &e) ||
	    !der_time(e.id, e.content, &crl->about.next_update)))
		return damaged(crl, "nextUpdate");
	return 0;
}

static int
read_frame(struct crl *crl)
{
	struct crl_reader *r = crl->reader;
	unsigned char id;

	if (window_open(&r->in, CRL_LIMIT, &id, &r->end) != WINDOW_GOOD ||
	    id != DER_SEQUENCE)
		return damaged(crl, "CertificateList");
	r->tbs = window_offset(&r->in);
	window_hash(&r->in, r->hash);
	if (window_open(&r->in, r->end, &id, &r->tbs_end) != WINDOW_GOOD ||
	    id != DER_SEQUENCE)
		return damaged(crl, "tbsCertList");
	return 0;
}

static int
begin_hash(struct crl *crl)
{
	return EVP_DigestInit_ex(crl->reader->hash, crl->about.md != NULL ?
	    crl->about.md : EVP_sha256(), NULL) == 1 ? 0 :
	    fail("%s: not supported: %s", crl->file, crl->about.algorithm);
}

/* Up to the first entry.  All of it fits into the window, so that the digest
 * begins when its kind is known. */
static int
read_header(struct crl *crl, bool *is_v2)
{
	struct crl_reader *r = crl->reader;
	unsigned char id;
	struct der e;

	*is_v2 = next_id(r) == DER_INTEGER;
	if (*is_v2 && (!element(r, &e) ||
	    !slice_equal(e.content, slice_of(VERSION_2))))
		return damaged(crl, "version");
	if (!element(r, &e) || e.id != DER_SEQUENCE)
		return damaged(crl, "signature algorithm");
	if (!crlabout_algorithm(&crl->about, e.whole))
		return damaged(crl, "signature algorithm");
	if (begin_hash(crl) < 0)
		return -1;
	if (!element(r, &e) || e.id != DER_SEQUENCE)
		return damaged(crl, "issuer");
	if (!crlabout_issuer(&crl->about, e.whole))
		return damaged(crl, "issuer");
	if (read_times(crl) < 0)
		return -1;
	r->list = r->list_end = window_offset(&r->in);
	if (next_id(r) != DER_SEQUENCE)
		return 0;
	if (window_open(&r->in, r->tbs_end, &id, &r->list_end) !=
	    WINDOW_GOOD)
		return damaged(crl, "revokedCertificates");
	r->list = window_offset(&r->in);
	return 0;
}

static int
read_entry(struct crl *crl, struct slice in, struct crl_entry *entry)
{
	struct crl_reader *r = crl->reader;
	struct slice list;
	struct crlext ext;
	struct der time;

	free(r->hold);
	r->hold = NULL;
	*entry = (struct crl_entry){ .reason = CRL_NO_REASON };
	if (!der_take(&in, DER_INTEGER, &entry->serial) ||
	    !der_is_integer(entry->serial) ||
	    entry->serial.size > SERIAL_MOST)
		return damaged_entry(crl, "serial number");
	if (!der_next(&in, &time) ||
	    !der_time(time.id, time.content, &entry->date))
		return damaged_entry(crl, "revocation date");
	if (in.size != 0 && (!der_only(in, DER_SEQUENCE, &list)))
		return damaged_entry(crl, "extensions");
	if (in.size != 0)
		while (list.size != 0)
			if (!crlext_next(&list, &ext) ||
			    !take_entry_extension(crl, entry, &ext))
				return damaged_entry(crl, "extensions");
	entry->issuer = r->issuer;
	if (r->issuer != NULL && strcmp(r->issuer, crl->about.issuer) == 0)
		entry->issuer = NULL;
	return 0;
}

static int
end_hash(const struct crl *crl, unsigned char digest[EVP_MAX_MD_SIZE],
    unsigned *size)
{
	window_hash_end(&crl->reader->in);
	return EVP_DigestFinal_ex(crl->reader->hash, digest, size) == 1 ? 0 :
	    fail("%s: no digest", crl->file);
}

static int
read_extensions(struct crl *crl, bool is_v2)
{
	struct crl_reader *r = crl->reader;
	struct slice list;
	struct der e;

	if (next_id(r) == 0)
		return 0;
	if (!is_v2 || !element(r, &e) || e.id != DER_EXPLICIT_0 ||
	    !der_only(e.content, DER_SEQUENCE, &list) ||
	    window_offset(&r->in) != r->tbs_end ||
	    !take_extensions(crl, list))
		return damaged(crl, "crlExtensions");
	return 0;
}

static int
read_signature(struct crl *crl)
{
	struct crl_reader *r = crl->reader;
	struct der e;

	if (window_element(&r->in, r->end, &e) != WINDOW_GOOD ||
	    !slice_equal(e.whole, crl->about.algorithm_der))
		return damaged(crl, "two signature algorithms");
	if (window_element(&r->in, r->end, &e) != WINDOW_GOOD ||
	    e.id != DER_BIT_STRING || e.content.size < 1 ||
	    e.content.at[0] != 0)
		return damaged(crl, "signature");
	crl->signature.size = e.content.size - 1;
	crl->signature.at = mem_dup(e.content.at + 1, crl->signature.size);
	if (window_offset(&r->in) != r->end)
		return damaged(crl, "more than a signature");
	if (window_peek(&r->in, 1).size != 0 || r->in.failed)
		return damaged(crl, "bytes after it");
	return 0;
}

/* Again: is it what it was? */
static int
check_digest(const struct crl *crl)
{
	struct crl_reader *r = crl->reader;
	size_t left = (size_t)(r->tbs_end - window_offset(&r->in));
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size;

	if (window_peek(&r->in, left).size != left)
		return damaged(crl, "");
	window_skip(&r->in, left);
	if (end_hash(crl, digest, &size) < 0)
		return -1;
	return memcmp(digest, crl->digest, size) == 0 ? 0 : damaged(crl, "");
}

void
crl_rewind(struct crl *crl)
{
	struct crl_reader *r = crl->reader;
	size_t header = (size_t)(r->list - r->tbs);

	free(r->issuer);
	r->issuer = NULL;
	r->entry = 0;
	window_seek(&r->in, r->tbs);
	(void)EVP_DigestInit_ex(r->hash, NULL, NULL);
	window_hash(&r->in, r->hash);
	/* A file that has become shorter is found by who reads on. */
	window_skip(&r->in, window_peek(&r->in, header).size);
}

int
crl_next(struct crl *crl, struct crl_entry *entry)
{
	struct crl_reader *r = crl->reader;
	struct der e;

	if (window_offset(&r->in) == r->list_end) {
		if (!r->was_read)
			return 0;
		if (check_digest(crl) < 0)
			return -1;
		crl_rewind(crl);
		return 0;
	}
	switch (window_element(&r->in, r->list_end, &e)) {
	case WINDOW_LARGE:
		return damaged_entry(crl, "too large");
	case WINDOW_DAMAGED:
		return damaged_entry(crl, "cut off, or no DER");
	case WINDOW_GOOD:
		break;
	}
	if (e.id != DER_SEQUENCE)
		return damaged_entry(crl, "no SEQUENCE");
	if (read_entry(crl, e.content, entry) < 0)
		return -1;
	r->entry++;
	return 1;
}

static int
read_all(struct crl *crl)
{
	struct crl_entry entry;
	bool is_v2;
	int more;

	if (read_frame(crl) < 0 || read_header(crl, &is_v2) < 0)
		return -1;
	while ((more = crl_next(crl, &entry)) > 0)
		crl->entries++;
	if (more < 0 || read_extensions(crl, is_v2) < 0 ||
	    end_hash(crl, crl->digest, &crl->digest_size) < 0 ||
	    read_signature(crl) < 0)
		return -1;
	crl->reader->was_read = true;
	crl_rewind(crl);
	return 0;
}

struct crl *
crl_open(int fd, const char *file)
{
	struct crl *crl = mem_zalloc(1, sizeof *crl);

	crl->file = file;
	crl->reader = mem_zalloc(1, sizeof *crl->reader);
	crl->reader->in.fd = fd;
	crl->reader->in.start = lseek(fd, 0, SEEK_CUR);
	crl->reader->hash = EVP_MD_CTX_new();
	if (crl->reader->hash == NULL || read_all(crl) < 0) {
		crl_free(crl);
		return NULL;
	}
	return crl;
}

char *
crl_signed_part(const struct crl *crl, size_t limit, size_t *size)
{
	const struct crl_reader *r = crl->reader;
	uint64_t left = r->tbs_end - r->tbs;
	char *text;
	ssize_t got;

	if (left > limit) {
		fail("%s: larger than %zu bytes, which are signed at once",
		    crl->file, limit);
		return NULL;
	}
	text = mem_alloc((size_t)left);
	for (*size = 0; *size < left; *size += (size_t)got) {
		got = pread(r->in.fd, text + *size, (size_t)left - *size,
		    r->in.start + (int64_t)(r->tbs + *size));
		if (got <= 0) {
			fail("%s: changed while it was read", crl->file);
			free(text);
			return NULL;
		}
	}
	return text;
}

void
crl_free(struct crl *crl)
{
	if (crl == NULL)
		return;
	crlabout_release(&crl->about);
	free((char *)(uintptr_t)crl->signature.at);
	EVP_MD_CTX_free(crl->reader->hash);
	window_release(&crl->reader->in);
	free(crl->reader->hold);
	free(crl->reader->issuer);
	free(crl->reader);
	free(crl);
}

const char *
crl_reason_name(int reason)
{
	static const char *const names[] = { "unspecified", "keyCompromise",
		"cACompromise", "affiliationChanged", "superseded",
		"cessationOfOperation", "certificateHold", NULL,
		"removeFromCRL", "privilegeWithdrawn", "aACompromise" };

	return reason >= 0 && (size_t)reason < sizeof names / sizeof *names ?
	    names[reason] : NULL;
}
