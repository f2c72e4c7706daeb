/* SPDX-License-Identifier: MIT */
/* Certificates and names, made here for what no tool would make. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "util/mem.h"
#include "x509/cert.h"
#include "x509/name.h"

static EVP_PKEY *
new_key(const char *type, const char *how)
{
	EVP_PKEY *key = strcmp(type, "EC") == 0 ?
	    EVP_PKEY_Q_keygen(NULL, NULL, type, how) :
	    strcmp(type, "RSA") == 0 ?
	    EVP_PKEY_Q_keygen(NULL, NULL, type, (size_t)1024) :
	    EVP_PKEY_Q_keygen(NULL, NULL, type);

	assert_non_null(key);
	return key;
}

static void
add(X509_NAME *name, const char *type, int form, const char *text, int size,
    int set)
{
	assert_int_equal(X509_NAME_add_entry_by_txt(name, type, form,
			     (const unsigned char *)text, size, -1, set), 1);
}

static X509 *
new_cert(EVP_PKEY *key, const char *subject, const char *issuer)
{
	X509 *x509 = X509_new();

	assert_non_null(x509);
	X509_set_version(x509, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
	add(X509_get_subject_name(x509), "CN", MBSTRING_UTF8, subject, -1, 0);
	X509_NAME_add_entry_by_txt(
	    (X509_NAME *)(uintptr_t)X509_get_issuer_name(x509), "CN",
	    MBSTRING_UTF8, (const unsigned char *)issuer, -1, -1, 0);
	ASN1_TIME_set(X509_getm_notBefore(x509), 0);
	ASN1_TIME_set_string(X509_getm_notAfter(x509), "99991231235959Z");
	assert_int_equal(X509_set_pubkey(x509, key), 1);
	return x509;
}

/* Its DER, signed by key; x509 is freed. */
static struct slice
sign_with(X509 *x509, EVP_PKEY *key, const EVP_MD *digest)
{
	unsigned char *der = NULL;
	struct slice copy;
	int size;

	assert_true(X509_sign(x509, key, digest) > 0);
	size = i2d_X509(x509, &der);
	assert_true(size > 0);
	copy = (struct slice){ mem_dup((char *)der, (size_t)size),
		(size_t)size };
	OPENSSL_free(der);
	X509_free(x509);
	return copy;
}

static struct slice
sign(X509 *x509, EVP_PKEY *key)
{
	return sign_with(x509, key,
	    EVP_PKEY_is_a(key, "ED25519") ? NULL : EVP_sha256());
}

static struct slice
pkcs8_of(EVP_PKEY *key)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	unsigned char *der = NULL;
	int size = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
	struct slice copy = { mem_dup((char *)der, (size_t)size),
		(size_t)size };

	OPENSSL_free(der);
	PKCS8_PRIV_KEY_INFO_free(info);
	return copy;
}

static void
drop(struct slice s)
{
	free((char *)(uintptr_t)s.at);
}

static void
fields(void **state)
{
	EVP_PKEY *key = new_key("EC", "P-384");
	struct slice der = sign(new_cert(key, "a", "b"), key);
	struct slice longer = { mem_dup(der.at, der.size), der.size + 1 };
	struct cert cert;
	char time[CERT_TIME_SIZE];

	(void)state;
	assert_int_equal(cert_parse(&cert, der), 0);
	assert_string_equal(cert.subject, "CN=a");
	assert_string_equal(cert.issuer, "CN=b");
	assert_string_equal(cert.serial, "0x1");
	assert_string_equal(cert.key_type, "ec");
	assert_int_equal(cert.key_bits, 384);
	assert_true(cert.has_key_id);
	assert_false(cert.is_ca);
	assert_int_equal(cert.not_before, 0);
	cert_time(time, cert.not_after);
	assert_string_equal(time, "9999-12-31T23:59:59Z");
	cert_release(&cert);
	assert_int_equal(cert_parse(&cert, longer), -1);
	for (size_t size = 0; size < der.size; size++) {
		char *copy = mem_dup(der.at, size);

		assert_int_equal(cert_parse(&cert,
				     (struct slice){ copy, size }), -1);
		free(copy);
	}
	drop(longer);
	drop(der);
	EVP_PKEY_free(key);
}

static void
serial_equal(EVP_PKEY *key, const char *number, const char *want)
{
	X509 *x509 = new_cert(key, "a", "a");
	BIGNUM *n = NULL;
	struct cert cert;
	struct slice der;

	assert_true(BN_hex2bn(&n, number) > 0);
	assert_non_null(BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x509)));
	BN_free(n);
	der = sign(x509, key);
	assert_int_equal(cert_parse(&cert, der), 0);
	assert_string_equal(cert.serial, want);
	cert_release(&cert);
	drop(der);
}

/* As Java's BigInteger.toByteArray() has them. */
static void
serials(void **state)
{
	EVP_PKEY *key = new_key("ED25519", NULL);

	(void)state;
	serial_equal(key, "0", "0x0");
	serial_equal(key, "7", "0x7");
	serial_equal(key, "7F", "0x7f");
	serial_equal(key, "80", "0x80");
	serial_equal(key, "ABC", "0xabc");
	serial_equal(key, "FFFFFFFFFFFFFFFFFFFF", "0xffffffffffffffffffff");
	serial_equal(key, "-5", "0xfb");
	serial_equal(key, "-80", "0x80");
	serial_equal(key, "-81", "0xff7f");
	serial_equal(key, "-100", "0xff00");
	EVP_PKEY_free(key);
}

static void
times(void **state)
{
	static const struct {
		int64_t seconds;
		const char *want;
	} t[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ -1, "1969-12-31T23:59:59Z" },
		{ 951782399, "2000-02-28T23:59:59Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		{ 951868800, "2000-03-01T00:00:00Z" },
		{ 4107542400, "2100-03-01T00:00:00Z" },
		{ 4107542399, "2100-02-28T23:59:59Z" },
		{ 253402300799, "9999-12-31T23:59:59Z" },
		{ -62135596800, "0001-01-01T00:00:00Z" },
		{ INT64_MAX, "292277026596-12-04T15:30:07Z" },
		{ INT64_MIN, "-292277022657-01-27T08:29:52Z" },
	};
	char got[CERT_TIME_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		cert_time(got, t[i].seconds);
		assert_string_equal(got, t[i].want);
	}
}

static void
issuers(void **state)
{
	EVP_PKEY *key = new_key("EC", "P-256"), *other = new_key("EC", "P-256");
	struct slice ca_der = sign(new_cert(key, "ca", "ca"), key);
	struct slice der = sign(new_cert(other, "ee", "ca"), key);
	struct slice forged_der = sign(new_cert(other, "ee", "ca"), other);
	struct cert ca, cert, forged;

	(void)state;
	assert_int_equal(cert_parse(&ca, ca_der), 0);
	assert_int_equal(cert_parse(&cert, der), 0);
	assert_int_equal(cert_parse(&forged, forged_der), 0);
	assert_true(cert_issued(&ca, &ca));
	assert_true(cert_issued(&ca, &cert));
	assert_false(cert_issued(&cert, &ca));
	assert_false(cert_issued(&cert, &cert));
	assert_false(cert_issued(&ca, &forged));
	cert_release(&ca);
	cert_release(&cert);
	cert_release(&forged);
	drop(ca_der);
	drop(der);
	drop(forged_der);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

/* Old roots signed themselves with MD5, which protects nothing. */
static void
weak_signatures(void **state)
{
	const struct {
		const EVP_MD *digest;
		enum cert_signed want;
	} cases[] = {
		{ EVP_sha256(), CERT_SIGNED_WELL },
		{ EVP_sha1(), CERT_SIGNED_SHA1 },
		{ EVP_md5(), CERT_FORGEABLE },
	};
	EVP_PKEY *key = new_key("RSA", NULL);
	struct slice ca_der = sign_with(new_cert(key, "ca", "ca"), key,
	    EVP_md5());
	char why[SIGALG_WHY];
	struct cert ca, cert;

	(void)state;
	assert_int_equal(cert_parse(&ca, ca_der), 0);
	assert_true(cert_issued(&ca, &ca));
	assert_int_equal(cert_signed_how(why, &ca, &ca), CERT_SIGNED_WELL);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct slice der = sign_with(new_cert(key, "ee", "ca"), key,
		    cases[i].digest);

		assert_int_equal(cert_parse(&cert, der), 0);
		assert_true(cert_issued(&ca, &cert));
		assert_int_equal(cert_signed_how(why, &ca, &cert),
		    cases[i].want);
		cert_release(&cert);
		drop(der);
	}
	assert_string_equal(why, "signed with MD5");
	cert_release(&ca);
	drop(ca_der);
	EVP_PKEY_free(key);
}

static void
keys(void **state)
{
	static const struct {
		const char *type, *how, *name;
		unsigned bits;
	} k[] = {
		{ "RSA", NULL, "rsa", 1024 },
		{ "EC", "P-256", "ec", 256 },
		{ "EC", "P-521", "ec", 521 },
		{ "EC", "brainpoolP320r1", "ec", 320 },
		{ "ED25519", NULL, "ED25519", 256 },
	};
	enum { KINDS = sizeof k / sizeof *k };
	struct slice der[KINDS], pkcs8[KINDS];

	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		EVP_PKEY *key = new_key(k[i].type, k[i].how);

		der[i] = sign(new_cert(key, "a", "a"), key);
		pkcs8[i] = pkcs8_of(key);
		EVP_PKEY_free(key);
	}
	for (size_t i = 0; i < KINDS; i++) {
		struct cert cert;
		const char *type;
		unsigned bits;
		char oid[64];

		assert_int_equal(cert_parse(&cert, der[i]), 0);
		assert_string_equal(cert.key_type, k[i].name);
		assert_int_equal(cert.key_bits, k[i].bits);
		assert_int_equal(cert_key_kind(pkcs8[i], &type, &bits, oid),
		    0);
		assert_string_equal(type, k[i].name);
		assert_int_equal(bits, k[i].bits);
		for (size_t j = 0; j < KINDS; j++)
			assert_int_equal(cert_fits_key(&cert, pkcs8[j]),
			    i == j);
		cert_release(&cert);
	}
	for (size_t i = 0; i < KINDS; i++) {
		drop(der[i]);
		drop(pkcs8[i]);
	}
}

struct part {
	const char *type;
	int form;
	const char *text;
	int size, set; /* -1: together with the one before */
};

static void
name_is(const struct part *part, size_t parts, const char *text,
    const char *values)
{
	X509_NAME *name = X509_NAME_new();
	char *got;

	for (size_t i = 0; i < parts; i++)
		add(name, part[i].type, part[i].form, part[i].text,
		    part[i].size, part[i].set);
	got = name_text(name);
	assert_string_equal(got, text);
	free(got);
	got = name_values(name);
	assert_string_equal(got, values);
	free(got);
	X509_NAME_free(name);
}
#define PARTS(...)                                                             \
	(const struct part[]){ __VA_ARGS__ },                                  \
	    sizeof((const struct part[]){ __VA_ARGS__ }) / sizeof(struct part)

static void
names(void **state)
{
	(void)state;
	name_is(NULL, 0, "", "");
	name_is(PARTS({ "C", V_ASN1_PRINTABLESTRING, "US", -1, 0 },
		    { "O", MBSTRING_UTF8, "a, b", -1, 0 },
		    { "CN", MBSTRING_UTF8, "x", -1, 0 },
		    { "UID", MBSTRING_UTF8, "u", -1, -1 },
		    { "emailAddress", V_ASN1_IA5STRING, "a@b", -1, 0 }),
	    "E=a@b,CN=x+UID=u,O=a\\, b,C=US", "a@b - x - a, b - US");
	/* Of several, the first by type; an OID that has no word. */
	name_is(PARTS({ "SN", MBSTRING_UTF8, "s", -1, 0 },
		    { "CN", MBSTRING_UTF8, "c", -1, -1 },
		    { "1.2.3", MBSTRING_UTF8, "o", -1, 0 }),
	    "1.2.3=o,SN=s+CN=c", "o - c");
	name_is(PARTS({ "CN", MBSTRING_UTF8, "  a  ", -1, 0 }),
	    "CN=\\ \\ a\\ \\ ", "  a  ");
	name_is(PARTS({ "CN", MBSTRING_UTF8, "  ", -1, 0 }), "CN=\\ \\ ",
	    "  ");
	name_is(PARTS({ "CN", MBSTRING_UTF8, ",=+<>#;\"\\", -1, 0 }),
	    "CN=\\,\\=\\+\\<\\>\\#\\;\\\"\\\\", ",=+<>#;\"\\");
	name_is(PARTS({ "CN", V_ASN1_BMPSTRING, "\x20\xac\0a", 4, 0 }),
	    "CN=\xe2\x82\xac" "a", "\xe2\x82\xac" "a");
	name_is(PARTS({ "CN", V_ASN1_T61STRING, "\xe9", 1, 0 }),
	    "CN=\xc3\xa9", "\xc3\xa9");
}

/* What could forge a line or drive a terminal; what is no text at all. */
static void
odd_names(void **state)
{
	(void)state;
	name_is(PARTS({ "CN", V_ASN1_UTF8STRING, "a\nb\x1b\x7f", 5, 0 }),
	    "CN=a\\0Ab\\1B\\7F", "a\nb\x1b\x7f");
	name_is(PARTS({ "CN", V_ASN1_UTF8STRING, "\xc2\x9b" "2J", 4, 0 }),
	    "CN=\\C2\\9B2J", "\xc2\x9b" "2J");
	name_is(PARTS({ "CN", V_ASN1_UTF8STRING, "a\0b", 3, 0 }),
	    "CN=a\\00b", "a");
	name_is(PARTS({ "CN", V_ASN1_UTF8STRING, "\xff", 1, 0 }),
	    "CN=#0C01FF", "#0C01FF");
	name_is(PARTS({ "x500UniqueIdentifier", V_ASN1_BIT_STRING, "\xab", 1,
		    0 }), "2.5.4.45=#030200AB", "#030200AB");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
		cmocka_unit_test(serials),
		cmocka_unit_test(times),
		cmocka_unit_test(issuers),
		cmocka_unit_test(weak_signatures),
		cmocka_unit_test(keys),
		cmocka_unit_test(names),
		cmocka_unit_test(odd_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cert", tests, NULL, NULL);
}
