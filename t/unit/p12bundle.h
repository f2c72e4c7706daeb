/* SPDX-License-Identifier: MIT */
#ifndef P12BUNDLE_H
#define P12BUNDLE_H

#include "p12/p12write.h"

#include <iconv.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "scratch.h"

/*
 * Specimens of keys, and our bundles as OpenSSL reads them.
 */

#define ROUNDS 1000

struct specimen {
	EVP_PKEY *key;
	unsigned char *cert, *pkcs8;
	int cert_size, pkcs8_size;
};

/* A self-signed certificate, and its key. */
static inline void
make(struct specimen *s, EVP_PKEY *key, long serial)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	X509 *x509 = X509_new();

	*s = (struct specimen){ .key = key };
	assert_non_null(info);
	s->pkcs8_size = i2d_PKCS8_PRIV_KEY_INFO(info, &s->pkcs8);
	assert_true(s->pkcs8_size > 0);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), serial);
	X509_gmtime_adj(X509_getm_notBefore(x509), 0);
	X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
	X509_set_pubkey(x509, key);
	assert_true(X509_sign(x509, key, EVP_sha256()) > 0);
	s->cert_size = i2d_X509(x509, &s->cert);
	assert_true(s->cert_size > 0);
	PKCS8_PRIV_KEY_INFO_free(info);
	X509_free(x509);
}

static inline void
discard(struct specimen *s)
{
	EVP_PKEY_free(s->key);
	OPENSSL_free(s->cert);
	OPENSSL_clear_free(s->pkcs8, (size_t)s->pkcs8_size);
}

static inline struct slice
cert_of(const struct specimen *s)
{
	return (struct slice){ (char *)s->cert, (size_t)s->cert_size };
}

static inline struct slice
key_of(const struct specimen *s)
{
	return (struct slice){ (char *)s->pkcs8, (size_t)s->pkcs8_size };
}

struct bundle {
	struct buf text;
	PKCS12 *p12;
	STACK_OF(PKCS7) *safes;
	STACK_OF(PKCS12_SAFEBAG) *bag[2];
};

/* A SafeContents that is written in DER comes out of OpenSSL as it was. */
static inline void
assert_der(const STACK_OF(PKCS12_SAFEBAG) *bags, struct slice text)
{
	unsigned char *again = NULL;
	int size = ASN1_item_i2d((const ASN1_VALUE *)bags, &again,
	    ASN1_ITEM_rptr(PKCS12_SAFEBAGS));

	assert_int_equal(size, text.size);
	assert_non_null(memmem(text.at, text.size, again, (size_t)size));
	OPENSSL_free(again);
}

static inline void
read_bundle(struct bundle *b, const char *password)
{
	const unsigned char *at = (unsigned char *)b->text.at;
	int size = (int)strlen(password);

	b->p12 = d2i_PKCS12(NULL, &at, (long)b->text.size);
	assert_non_null(b->p12);
	assert_ptr_equal(at, b->text.at + b->text.size);
	b->safes = PKCS12_unpack_authsafes(b->p12);
	assert_non_null(b->safes);
	assert_true(sk_PKCS7_num(b->safes) <= 2);
	for (int i = 0; i < sk_PKCS7_num(b->safes); i++) {
		PKCS7 *safe = sk_PKCS7_value(b->safes, i);

		if (PKCS7_type_is_data(safe)) {
			b->bag[i] = PKCS12_unpack_p7data(safe);
			assert_der(b->bag[i], (struct slice){
			    (const char *)safe->d.data->data,
			    (size_t)safe->d.data->length });
		} else {
			b->bag[i] = PKCS12_unpack_p7encdata(safe, password,
			    size);
		}
		assert_non_null(b->bag[i]);
	}
}

static inline void
build(struct bundle *b, const struct p12_item *item, size_t count,
    const char *password, struct p12_layout layout)
{
	*b = (struct bundle){ .p12 = NULL };
	layout.rounds = layout.rounds == P12_ROUNDS ? ROUNDS : layout.rounds;
	assert_int_equal(p12_build(&b->text, item, count, slice_of(password),
			     &layout), 0);
	read_bundle(b, password);
	if (!layout.pbmac1)
		assert_int_equal(PKCS12_verify_mac(b->p12, password, -1), 1);
}

static inline void
dispose(struct bundle *b)
{
	PKCS12_free(b->p12);
	sk_PKCS7_pop_free(b->safes, PKCS7_free);
	for (int i = 0; i < 2; i++)
		sk_PKCS12_SAFEBAG_pop_free(b->bag[i], PKCS12_SAFEBAG_free);
	buf_release(&b->text);
}

/* An attribute of the only value that it may have; NULL: none. */
static inline const ASN1_STRING *
attribute(const PKCS12_SAFEBAG *bag, const char *oid)
{
	const STACK_OF(X509_ATTRIBUTE) *all = PKCS12_SAFEBAG_get0_attrs(bag);
	ASN1_OBJECT *wanted = OBJ_txt2obj(oid, 1);
	int at = X509at_get_attr_by_OBJ(all, wanted, -1);
	const ASN1_TYPE *type;

	ASN1_OBJECT_free(wanted);
	if (at < 0)
		return NULL;
	assert_int_equal(X509_ATTRIBUTE_count(X509at_get_attr(all, at)), 1);
	type = X509_ATTRIBUTE_get0_type(X509at_get_attr(all, at), 0);
	return type->value.asn1_string;
}

#define FRIENDLY_NAME "1.2.840.113549.1.9.20"
#define LOCAL_KEY_ID "1.2.840.113549.1.9.21"
#define TRUST "2.16.840.1.113730.5.1.1.1"

/*
 * UTF-16 as the C library reads it; free() the text.  OPENSSL_uni2utf8() is no
 * judge of names: that of OpenSSL 3.0.19 returns NULL for those that end with
 * a character of three bytes of UTF-8 and have no zero after it, which
 * RFC 2985 (5.5.1) does not ask for.
 */
static inline char *
utf8_of(const ASN1_STRING *utf16)
{
	size_t left = (size_t)ASN1_STRING_length(utf16), room = 2 * left;
	char *in = (char *)(uintptr_t)ASN1_STRING_get0_data(utf16);
	char *text = calloc(1, room + 1), *end = text;
	iconv_t convert = iconv_open("UTF-8", "UTF-16BE");

	assert_non_null(text);
	assert_true(convert != (iconv_t)-1);
	assert_int_equal(iconv(convert, &in, &left, &end, &room), 0);
	iconv_close(convert);
	return text;
}

/* NULL: it must not be there. */
static inline void
assert_text(const PKCS12_SAFEBAG *bag, const char *oid, const char *want)
{
	const ASN1_STRING *got = attribute(bag, oid);
	char *text;

	if (want == NULL) {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	assert_int_equal(ASN1_STRING_type(got), V_ASN1_BMPSTRING);
	text = utf8_of(got);
	assert_string_equal(text, want);
	free(text);
}

static inline void
assert_id(const PKCS12_SAFEBAG *bag, const char *want)
{
	const ASN1_STRING *got = attribute(bag, LOCAL_KEY_ID);

	if (want == NULL) {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	assert_int_equal(ASN1_STRING_type(got), V_ASN1_OCTET_STRING);
	assert_int_equal(ASN1_STRING_length(got), strlen(want));
	assert_memory_equal(ASN1_STRING_get0_data(got), want, strlen(want));
}

static inline void
assert_cert(const PKCS12_SAFEBAG *bag, const struct specimen *want)
{
	X509 *x509 = PKCS12_SAFEBAG_get1_cert(bag);
	unsigned char *der = NULL;

	assert_non_null(x509);
	assert_int_equal(i2d_X509(x509, &der), want->cert_size);
	assert_memory_equal(der, want->cert, want->cert_size);
	OPENSSL_free(der);
	X509_free(x509);
}

static inline void
assert_key(const PKCS12_SAFEBAG *bag, const char *password,
    const struct specimen *want)
{
	PKCS8_PRIV_KEY_INFO *info;
	unsigned char *der = NULL;

	assert_int_equal(PKCS12_SAFEBAG_get_nid(bag),
	    NID_pkcs8ShroudedKeyBag);
	info = PKCS12_decrypt_skey(bag, password, -1);
	assert_non_null(info);
	assert_int_equal(i2d_PKCS8_PRIV_KEY_INFO(info, &der),
	    want->pkcs8_size);
	assert_memory_equal(der, want->pkcs8, want->pkcs8_size);
	OPENSSL_free(der);
	PKCS8_PRIV_KEY_INFO_free(info);
}

static struct specimen rsa, ec, second;

static inline int
make_specimens(void **state)
{
	(void)state;
	make(&rsa, EVP_RSA_gen(2048), 1);
	make(&ec, EVP_EC_gen("P-256"), 2);
	make(&second, EVP_EC_gen("P-384"), 3);
	return 0;
}

static inline int
discard_specimens(void **state)
{
	(void)state;
	discard(&rsa);
	discard(&ec);
	discard(&second);
	return 0;
}

#define BUNDLE_RUN(tests)                                                      \
	(cmocka_set_message_output(CM_OUTPUT_TAP),                             \
	    cmocka_run_group_tests_name("", tests, make_specimens,             \
		discard_specimens))

#endif
