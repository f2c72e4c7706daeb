/* SPDX-License-Identifier: MIT */
/* Encryption and MAC of our bundles, as OpenSSL reads them. */
#include "p12/p12write.h"

#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/pkcs12.h>

#include "p12bundle.h"

/* PBKDF2's parameters, and what stands after them: the cipher or the MAC. */
static PBKDF2PARAM *
kdf_of(const X509_ALGOR *algorithm, int nid, X509_ALGOR **other)
{
	PBE2PARAM *both = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM),
	    algorithm->parameter);
	PBKDF2PARAM *kdf;

	assert_int_equal(OBJ_obj2nid(algorithm->algorithm), nid);
	assert_non_null(both);
	assert_int_equal(OBJ_obj2nid(both->keyfunc->algorithm),
	    NID_id_pbkdf2);
	kdf = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM),
	    both->keyfunc->parameter);
	assert_non_null(kdf);
	assert_int_equal(ASN1_INTEGER_get(kdf->iter), ROUNDS);
	assert_int_equal(ASN1_INTEGER_get(kdf->keylength), 32);
	assert_int_equal(OBJ_obj2nid(kdf->prf->algorithm),
	    NID_hmacWithSHA256);
	assert_int_equal(kdf->salt->value.octet_string->length, 16);
	*other = X509_ALGOR_dup(both->encryption);
	PBE2PARAM_free(both);
	return kdf;
}

static void
one_salt_and_many_ivs(void **state)
{
	const struct p12_item item[] = {
		{ cert_of(&rsa), key_of(&rsa), slice_of("1"), .trust = "" },
		{ cert_of(&ec), key_of(&ec), slice_of("2"), .trust = "" },
	};
	PBKDF2PARAM *kdf[2];
	X509_ALGOR *cipher[2];
	struct bundle b;

	(void)state;
	build(&b, item, 2, "p", (struct p12_layout)P12_LAYOUT);
	for (int i = 0; i < 2; i++) {
		const X509_SIG *key = PKCS12_SAFEBAG_get0_pkcs8(
		    sk_PKCS12_SAFEBAG_value(b.bag[0], i));
		const X509_ALGOR *algorithm;

		X509_SIG_get0(key, &algorithm, NULL);
		kdf[i] = kdf_of(algorithm, NID_pbes2, &cipher[i]);
		assert_int_equal(OBJ_obj2nid(cipher[i]->algorithm),
		    NID_aes_256_cbc);
		assert_int_equal(
		    cipher[i]->parameter->value.octet_string->length, 16);
	}
	assert_int_equal(ASN1_TYPE_cmp(kdf[0]->salt, kdf[1]->salt), 0);
	assert_int_not_equal(ASN1_TYPE_cmp(cipher[0]->parameter,
	    cipher[1]->parameter), 0);
	for (int i = 0; i < 2; i++) {
		PBKDF2PARAM_free(kdf[i]);
		X509_ALGOR_free(cipher[i]);
	}
	dispose(&b);
}

static void
encrypted_certificates(void **state)
{
	const struct p12_item item = { cert_of(&ec), key_of(&ec),
		slice_of("1"), "n", NULL, ",," };
	struct p12_layout layout = P12_LAYOUT;
	X509_ALGOR *cipher;
	PBKDF2PARAM *kdf;
	struct bundle b;
	PKCS7 *safe;

	(void)state;
	layout.encrypt_certs = true;
	build(&b, &item, 1, "p", layout);
	assert_null(memmem(b.text.at, b.text.size, ec.cert, 32));
	safe = sk_PKCS7_value(b.safes, 1);
	assert_true(PKCS7_type_is_encrypted(safe));
	kdf = kdf_of(safe->d.encrypted->enc_data->algorithm, NID_pbes2,
	    &cipher);
	assert_int_equal(OBJ_obj2nid(cipher->algorithm), NID_aes_256_cbc);
	assert_cert(sk_PKCS12_SAFEBAG_value(b.bag[1], 0), &ec);
	assert_text(sk_PKCS12_SAFEBAG_value(b.bag[1], 0), FRIENDLY_NAME, "n");
	PBKDF2PARAM_free(kdf);
	X509_ALGOR_free(cipher);
	dispose(&b);
}

static void
classic_mac(void **state)
{
	const ASN1_OCTET_STRING *mac, *salt;
	const ASN1_INTEGER *rounds;
	const X509_ALGOR *digest;
	struct bundle b;

	(void)state;
	build(&b, NULL, 0, "p", (struct p12_layout)P12_LAYOUT);
	PKCS12_get0_mac(&mac, &digest, &salt, &rounds, b.p12);
	assert_int_equal(OBJ_obj2nid(digest->algorithm), NID_sha256);
	assert_int_equal(salt->length, 16);
	assert_int_equal(ASN1_INTEGER_get(rounds), ROUNDS);
	assert_int_equal(PKCS12_verify_mac(b.p12, "q", -1), 0);
	dispose(&b);
	/* The default: DER has no place for it. */
	build(&b, NULL, 0, "p", (struct p12_layout){ .rounds = 1 });
	PKCS12_get0_mac(&mac, &digest, &salt, &rounds, b.p12);
	assert_null(rounds);
	dispose(&b);
}

/* What the MAC is of: the OCTET STRING in [0] of the ContentInfo. */
static struct slice
authenticated(struct slice text)
{
	const unsigned char *at = (const unsigned char *)text.at;
	const char *end = text.at + text.size;
	static const bool enter[] = { true, false, true, false, true };
	long size;
	int tag, class;

	for (size_t i = 0; i < sizeof enter / sizeof *enter; i++) {
		ASN1_get_object(&at, &size, &tag, &class,
		    end - (const char *)at);
		at += enter[i] ? 0 : size;
	}
	ASN1_get_object(&at, &size, &tag, &class, end - (const char *)at);
	assert_int_equal(tag, V_ASN1_OCTET_STRING);
	return (struct slice){ (const char *)at, (size_t)size };
}

static void
pbmac1(void **state)
{
	const struct p12_item item = { cert_of(&ec), key_of(&ec),
		slice_of("1"), "n", NULL, ",," };
	const char *const password = "Ge\xc3\xafm";
	struct p12_layout layout = P12_LAYOUT;
	const ASN1_OCTET_STRING *mac, *salt;
	unsigned char key[32], want[32];
	const X509_ALGOR *algorithm;
	const ASN1_INTEGER *rounds;
	struct slice content;
	PBKDF2PARAM *kdf;
	X509_ALGOR *hmac;
	struct bundle b;

	(void)state;
	layout.pbmac1 = true;
	build(&b, &item, 1, password, layout);
	PKCS12_get0_mac(&mac, &algorithm, &salt, &rounds, b.p12);
	kdf = kdf_of(algorithm, NID_pbmac1, &hmac);
	assert_int_equal(OBJ_obj2nid(hmac->algorithm), NID_hmacWithSHA256);
	assert_int_equal(ASN1_STRING_cmp(salt, kdf->salt->value.octet_string),
	    0);
	assert_null(rounds); /* 1 */
	assert_int_equal(PKCS5_PBKDF2_HMAC(password, -1, salt->data, 16,
			     ROUNDS, EVP_sha256(), 32, key), 1);
	content = authenticated(buf_slice(&b.text));
	HMAC(EVP_sha256(), key, 32, (const unsigned char *)content.at,
	    content.size, want, NULL);
	assert_int_equal(mac->length, 32);
	assert_memory_equal(mac->data, want, 32);
	assert_key(sk_PKCS12_SAFEBAG_value(b.bag[0], 0), password, &ec);
	PBKDF2PARAM_free(kdf);
	X509_ALGOR_free(hmac);
	dispose(&b);
}

static void
passwords(void **state)
{
	static const char *const all[] = { "", " ", "P\xc3\xa4\xc3\x9fwort",
		"\xf0\x9f\x94\x91", "not UTF-8: \xe4" };
	const struct p12_item item = { cert_of(&ec), key_of(&ec),
		slice_of("1"), "n", NULL, ",," };
	struct p12_layout layout = { .rounds = 2 };
	struct buf none = { 0 };
	struct bundle b;
	PKCS12 *p12;

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		build(&b, &item, 1, all[i], layout);
		assert_key(sk_PKCS12_SAFEBAG_value(b.bag[0], 0), all[i], &ec);
		dispose(&b);
	}
	/* A slice without bytes is the empty one, too. */
	assert_int_equal(p12_build(&none, &item, 1, (struct slice){ 0 },
			     &layout), 0);
	p12 = d2i_PKCS12(NULL, &(const unsigned char *){
	    (unsigned char *)none.at }, (long)none.size);
	assert_int_equal(PKCS12_verify_mac(p12, "", 0), 1);
	PKCS12_free(p12);
	buf_release(&none);
}

/* As in FIPS mode: no provider that may be used has it. */
static void
no_kdf(void **state)
{
	struct p12_layout layout = { .rounds = 1 };
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(EVP_set_default_properties(NULL, "provider=none"),
	    1);
	assert_int_equal(p12_build(&out, NULL, 0, slice_of("p"), &layout), -1);
	assert_string_equal(scratch_said(),
	    "this OpenSSL has no PKCS12KDF, which the classic MAC takes "
	    "(FIPS mode?): --for=fips writes PBMAC1\n");
	assert_int_equal(EVP_set_default_properties(NULL, ""), 1);
	assert_int_equal(ERR_peek_error(), 0);
	assert_null(out.at);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("keys share a salt, and have an IV each",
		    one_salt_and_many_ivs),
		SCRATCH_TEST("certificates can be encrypted, too",
		    encrypted_certificates),
		SCRATCH_TEST("the classic MAC is right", classic_mac),
		SCRATCH_TEST("PBMAC1 is what RFC 9579 says", pbmac1),
		SCRATCH_TEST("passwords are any bytes", passwords),
		SCRATCH_TEST("an OpenSSL without PKCS12KDF is named", no_kdf),
	};

	return BUNDLE_RUN(tests);
}
