/* SPDX-License-Identifier: MIT */
#include "x509/cert.h"

#include <inttypes.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "util/base64.h"
#include "util/diag.h"
#include "util/hex.h"
#include "util/mem.h"
#include "util/slurp.h"
#include "x509/certkey.h"
#include "x509/name.h"

/*
 * d2i_X509() decodes the key, too, which is nine tenths of its time: in a
 * library context that has no provider it finds nobody to do so.
 */
static OSSL_LIB_CTX *no_keys;

static void
make_no_keys(void)
{
	no_keys = OSSL_LIB_CTX_new();
	if (no_keys != NULL)
		(void)OSSL_PROVIDER_load(no_keys, "null");
}

static X509 *
decode(struct slice der, OSSL_LIB_CTX *context)
{
	const unsigned char *at = (const unsigned char *)der.at;
	X509 *x509 = NULL;

	if (der.size != 0 && der.size <= INT32_MAX)
		x509 = X509_new_ex(context, NULL);
	if (x509 != NULL && (d2i_X509(&x509, &at, (long)der.size) == NULL ||
	    (const char *)at != der.at + der.size)) {
		X509_free(x509);
		x509 = NULL;
	}
	ERR_clear_error();
	return x509;
}

/* Java's BigInteger.toByteArray() in digits: two's complement, as DER is. */
static char *
serial_text(const ASN1_INTEGER *serial)
{
	unsigned char *der = NULL;
	int size = i2d_ASN1_INTEGER(serial, &der);
	const unsigned char *at = der;
	int tag, class;
	long left = 0;
	char *text, *end;

	if (size > 0)
		ASN1_get_object(&at, &left, &tag, &class, size);
	if (left > 0 && ASN1_STRING_type(serial) != V_ASN1_NEG_INTEGER)
		for (; left > 1 && *at == 0; left--)
			at++;
	text = mem_alloc(2 + 2 * (size_t)left + 2);
	end = text + sprintf(text, "0x");
	for (long i = 0; i < left; i++)
		end += sprintf(end, i == 0 && at[0] < 0x80 ? "%x" : "%02x",
		    at[i]);
	if (left == 0)
		memcpy(end, "0", sizeof "0");
	OPENSSL_free(der);
	return text;
}

static bool
seconds_of(const ASN1_TIME *time, int64_t *seconds)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return false;
	*seconds = timegm(&tm);
	return true;
}

static bool
is_ca(const X509 *x509)
{
	BASIC_CONSTRAINTS *constraints;
	int found;
	bool ca;

	constraints = X509_get_ext_d2i(x509, NID_basic_constraints, &found,
	    NULL);
	ca = constraints != NULL && constraints->ca != 0;
	BASIC_CONSTRAINTS_free(constraints);
	ERR_clear_error();
	return ca || (found == -1 && X509_get_version(x509) == X509_VERSION_1 &&
	    X509_NAME_cmp(X509_get_subject_name(x509),
		X509_get_issuer_name(x509)) == 0);
}

int
cert_parse(struct cert *cert, struct slice der)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct certkey key;

	*cert = (struct cert){ .der = der };
	pthread_once(&once, make_no_keys);
	cert->x509 = decode(der, no_keys);
	if (cert->x509 == NULL ||
	    !seconds_of(X509_get0_notBefore(cert->x509), &cert->not_before) ||
	    !seconds_of(X509_get0_notAfter(cert->x509), &cert->not_after) ||
	    X509_get_X509_PUBKEY(cert->x509) == NULL) {
		cert_release(cert);
		return -1;
	}
	cert->subject = name_text(X509_get_subject_name(cert->x509));
	cert->issuer = name_text(X509_get_issuer_name(cert->x509));
	cert->serial = serial_text(X509_get0_serialNumber(cert->x509));
	cert->is_ca = is_ca(cert->x509);
	SHA1((const unsigned char *)der.at, der.size, cert->sha1);
	SHA256((const unsigned char *)der.at, der.size, cert->sha256);
	certkey_read(&key, cert->x509, cert->oid);
	cert->key_type = key.type;
	cert->key_bits = key.bits;
	cert->has_key_id = certkey_id_of(cert->key_id, key.value);
	return 0;
}

void
cert_release(struct cert *cert)
{
	X509_free(cert->x509);
	free(cert->subject);
	free(cert->issuer);
	free(cert->serial);
	*cert = (struct cert){ 0 };
}

/* Two digits; snprintf() would be most of the time of a long list. */
static inline char *
two_digits(char *dst, unsigned number, char after)
{
	dst[0] = (char)('0' + number / 10);
	dst[1] = (char)('0' + number % 10);
	dst[2] = after;
	return dst + 3;
}

/* Days since 1970 to a date, by eras of 400 years from 1 March on, since
 * gmtime() knows fewer years than there are seconds. */
void
cert_time(char dst[CERT_TIME_SIZE], int64_t seconds)
{
	int64_t day = seconds / 86400 - (seconds % 86400 < 0);
	int64_t from = day + 719468;
	int64_t era = (from >= 0 ? from : from - 146096) / 146097;
	unsigned left = (unsigned)(seconds - day * 86400);
	unsigned of_era = (unsigned)(from - era * 146097);
	unsigned of_400 = (of_era - of_era / 1460 + of_era / 36524 -
			      of_era / 146096) / 365;
	unsigned of_year = of_era - (365 * of_400 + of_400 / 4 - of_400 / 100);
	unsigned month = (5 * of_year + 2) / 153; /* from March on */
	int64_t year = of_400 + era * 400 + (month >= 10);

	if (year >= 0 && year <= 9999) {
		two_digits(dst, (unsigned)year / 100, '-');
		dst = two_digits(dst + 2, (unsigned)year % 100, '-');
	} else {
		dst += sprintf(dst, "%04" PRId64 "-", year);
	}
	dst = two_digits(dst, month < 10 ? month + 3 : month - 9, '-');
	dst = two_digits(dst, of_year - (153 * month + 2) / 5 + 1, 'T');
	dst = two_digits(dst, left / 3600, ':');
	dst = two_digits(dst, left / 60 % 60, ':');
	*two_digits(dst, left % 60, 'Z') = '\0';
}

X509 *
cert_x509(const struct cert *cert)
{
	return decode(cert->der, NULL);
}

EVP_PKEY *
cert_key(const struct cert *cert)
{
	X509 *x509 = cert_x509(cert);
	EVP_PKEY *key = x509 != NULL ? X509_get_pubkey(x509) : NULL;

	X509_free(x509);
	ERR_clear_error();
	return key;
}

bool
cert_issued(const struct cert *issuer, const struct cert *cert)
{
	X509 *above, *below;
	bool issued = false;
	int found;

	if (X509_NAME_cmp(X509_get_subject_name(issuer->x509),
		X509_get_issuer_name(cert->x509)) != 0)
		return false;
	above = cert_x509(issuer);
	below = cert_x509(cert);
	if (above != NULL && below != NULL) {
		found = X509_check_issued(above, below);
		issued = (found == X509_V_OK ||
			     found == X509_V_ERR_KEYUSAGE_NO_CERTSIGN) &&
		    X509_verify(below, X509_get0_pubkey(above)) == 1;
	}
	X509_free(above);
	X509_free(below);
	ERR_clear_error();
	return issued;
}

enum cert_signed
cert_signed_how(char why[SIGALG_WHY], const struct cert *issuer,
    const struct cert *cert)
{
	const X509_ALGOR *algorithm;
	EVP_PKEY *key;
	bool refused;

	if (slice_equal(issuer->der, cert->der))
		return CERT_SIGNED_WELL;
	key = cert_key(issuer);
	X509_get0_signature(NULL, &algorithm, cert->x509);
	refused = sigalg_refuses(why, algorithm, key);
	EVP_PKEY_free(key);
	if (refused)
		return CERT_FORGEABLE;
	return sigalg_is_sha1(algorithm) ? CERT_SIGNED_SHA1 : CERT_SIGNED_WELL;
}

static bool
same_number(const EVP_PKEY *a, const EVP_PKEY *b, const char *name)
{
	BIGNUM *of_a = NULL, *of_b = NULL;
	bool same = EVP_PKEY_get_bn_param(a, name, &of_a) == 1 &&
	    EVP_PKEY_get_bn_param(b, name, &of_b) == 1 &&
	    BN_cmp(of_a, of_b) == 0;

	BN_free(of_a);
	BN_free(of_b);
	return same;
}

static bool
is_rsa(const EVP_PKEY *key)
{
	return EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS");
}

/* *info is its own structure, whether or not OpenSSL knows the type. */
static EVP_PKEY *
decode_private(struct slice pkcs8, PKCS8_PRIV_KEY_INFO **info)
{
	const unsigned char *at = (const unsigned char *)pkcs8.at;

	*info = NULL;
	if (pkcs8.size != 0 && pkcs8.size <= INT32_MAX)
		*info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)pkcs8.size);
	return *info != NULL ? EVP_PKCS82PKEY(*info) : NULL;
}

bool
cert_fits_key(const struct cert *cert, struct slice pkcs8)
{
	PKCS8_PRIV_KEY_INFO *info;
	EVP_PKEY *private = decode_private(pkcs8, &info);
	EVP_PKEY *public = cert_key(cert);
	bool fits = false;

	if (private != NULL && public != NULL)
		fits = is_rsa(public) ? is_rsa(private) &&
		    same_number(public, private, OSSL_PKEY_PARAM_RSA_N) &&
		    same_number(public, private, OSSL_PKEY_PARAM_RSA_E) :
		    EVP_PKEY_eq(public, private) == 1;
	EVP_PKEY_free(private);
	EVP_PKEY_free(public);
	PKCS8_PRIV_KEY_INFO_free(info);
	ERR_clear_error();
	return fits;
}

int
cert_key_kind(struct slice pkcs8, const char **type, unsigned *bits,
    char oid[64])
{
	PKCS8_PRIV_KEY_INFO *info;
	EVP_PKEY *private = decode_private(pkcs8, &info);
	const ASN1_OBJECT *algorithm = NULL;
	bool ours;
	int known = -1;

	if (info != NULL && PKCS8_pkey_get0(&algorithm, NULL, NULL, NULL,
				info) == 1) {
		*type = certkey_name(algorithm, oid, &ours);
		*bits = private != NULL ? (unsigned)EVP_PKEY_get_bits(private) :
					  0;
		/* What OpenSSL has no word for it cannot decode either. */
		known = private != NULL || !ours ? 0 : -1;
	}
	EVP_PKEY_free(private);
	PKCS8_PRIV_KEY_INFO_free(info);
	ERR_clear_error();
	return known;
}

void
cert_add_pem(struct buf *out, struct slice der)
{
	const unsigned char *at = (const unsigned char *)der.at;

	buf_puts(out, "-----BEGIN CERTIFICATE-----\n");
	for (size_t left = der.size; left != 0;) {
		int part = left < 48 ? (int)left : 48;

		buf_reserve(out, 65);
		out->size += (size_t)EVP_EncodeBlock(
		    (unsigned char *)out->at + out->size, at, part);
		buf_putc(out, '\n');
		at += part;
		left -= (size_t)part;
	}
	buf_puts(out, "-----END CERTIFICATE-----\n");
}

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

/* "valid", "expiring" (before soon), "expired", "future". */
static const char *
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

#define LARGEST ((size_t)64 << 20)

static const struct slice begin = { "-----BEGIN CERTIFICATE-----", 27 };
static const struct slice end = { "-----END CERTIFICATE-----", 25 };

static const char *
find(struct slice in, struct slice what)
{
	return memmem(in.at, in.size, what.at, what.size);
}

/* A SEQUENCE of more than 127 bytes: no text begins so. */
static bool
is_der(struct slice text)
{
	return text.size > 2 && text.at[0] == 0x30 &&
	    ((unsigned char)text.at[1] & 0x80) != 0;
}

bool
certfile_detect(struct slice text)
{
	return is_der(text) ||
	    find(text, (struct slice){ "-----BEGIN ", 11 }) != NULL;
}

/* der is malloc()ed, and the file's from now on. */
static int
add(struct certfile *file, struct slice der)
{
	struct cert *cert = mem_zalloc(1, sizeof *cert);

	if (cert_parse(cert, der) < 0) {
		free((char *)der.at);
		free(cert);
		return -1;
	}
	MEM_GROW(file->item, file->count, file->room);
	file->item[file->count++].cert = cert;
	return 0;
}

static unsigned
line_of(struct slice text, const char *at)
{
	unsigned line = 1;

	for (const char *c = text.at; c < at; c++)
		line += *c == '\n';
	return line;
}

static int
add_pem(struct certfile *file, const char *name, struct slice text)
{
	struct slice rest = text, block;
	const char *from, *until;
	struct buf der;

	while ((from = find(rest, begin)) != NULL) {
		block.at = from + begin.size;
		block.size = (size_t)(text.at + text.size - block.at);
		until = find(block, end);
		if (until == NULL)
			return fail("%s:%u: a certificate that is cut off",
			    name, line_of(text, from));
		block.size = (size_t)(until - block.at);
		der = (struct buf){ 0 };
		if (base64_decode(&der, block) < 0) {
			buf_release(&der);
			return fail("%s:%u: a certificate that is not base64",
			    name, line_of(text, from));
		}
		if (add(file, buf_slice(&der)) < 0)
			return fail("%s:%u: a certificate that cannot be read",
			    name, line_of(text, from));
		rest.at = until + end.size;
		rest.size = (size_t)(text.at + text.size - rest.at);
	}
	return 0;
}

int
certfile_parse(struct certfile *file, const char *name, struct slice text)
{
	int added;

	*file = (struct certfile){ 0 };
	if (is_der(text))
		added = add(file, (struct slice){ mem_dup(text.at, text.size),
					 text.size });
	else
		added = add_pem(file, name, text);
	if (added == 0 && file->count != 0)
		return 0;
	certfile_release(file);
	return added < 0 && !is_der(text) ? -1 :
					    fail("%s: no certificate in it",
						name);
}

int
certfile_read(struct certfile *file, const char *path)
{
	size_t size;
	char *text;
	int status;

	if (slurp(path, LARGEST, &text, &size) < 0)
		return -1;
	status = certfile_parse(file, slurp_name(path),
	    (struct slice){ text, size });
	free(text);
	return status;
}

void
certfile_release(struct certfile *file)
{
	for (size_t i = 0; i < file->count; i++) {
		char *der = (char *)file->item[i].cert->der.at;

		cert_release(file->item[i].cert);
		free(file->item[i].cert);
		free(der);
	}
	free(file->item);
	*file = (struct certfile){ 0 };
}
