/* SPDX-License-Identifier: MIT */
/* The bags of our bundles, as OpenSSL reads them. */
#include "p12/p12write.h"

#include <openssl/pkcs12.h>

#include "p12bundle.h"

static void
keys_and_certificates(void **state)
{
	const struct p12_item item[] = {
		{ cert_of(&rsa), key_of(&rsa), slice_of("id-rsa"), "ca",
		    NULL, "CTu,Cu,Cu" },
		{ cert_of(&second), { 0 }, slice_of("id-none"), "root",
		    NULL, ",," },
		{ cert_of(&ec), key_of(&ec), slice_of("id-ec"), "audit",
		    "CN=audit", "u,u,Pu" },
	};
	struct bundle b;

	(void)state;
	build(&b, item, 3, "Secret.123", (struct p12_layout)P12_LAYOUT);
	assert_int_equal(sk_PKCS12_SAFEBAG_num(b.bag[0]), 2);
	assert_int_equal(sk_PKCS12_SAFEBAG_num(b.bag[1]), 3);
	for (int i = 0; i < 2; i++) {
		const struct p12_item *of = &item[2 * i];
		PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(b.bag[0], i);

		assert_key(bag, "Secret.123", i == 0 ? &rsa : &ec);
		assert_id(bag, of->key_id.at);
		assert_text(bag, FRIENDLY_NAME, i == 0 ? "ca" : "CN=audit");
		assert_text(bag, TRUST, NULL);
	}
	for (int i = 0; i < 3; i++) {
		PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(b.bag[1], i);

		assert_cert(bag, i == 0 ? &rsa : i == 1 ? &second : &ec);
		assert_id(bag, i == 1 ? NULL : item[i].key_id.at);
		assert_text(bag, FRIENDLY_NAME, item[i].nickname);
		assert_text(bag, TRUST, item[i].trust);
	}
	dispose(&b);
}

static void
certificates_only(void **state)
{
	const struct p12_item item = { cert_of(&ec), { 0 }, slice_of("1"),
		"n", NULL, "C,," };
	struct bundle b;

	(void)state;
	build(&b, &item, 1, "p", (struct p12_layout)P12_LAYOUT);
	assert_int_equal(sk_PKCS7_num(b.safes), 1);
	assert_id(sk_PKCS12_SAFEBAG_value(b.bag[0], 0), NULL);
	dispose(&b);
}

static void
two_certificates_of_a_key(void **state)
{
	const struct p12_item item[] = {
		{ cert_of(&second), { 0 }, slice_of("1"), "a", NULL, ",," },
		{ cert_of(&ec), key_of(&ec), slice_of("1"), "b", NULL, ",," },
		{ cert_of(&second), key_of(&second), slice_of("1"), "c", NULL,
		    ",," },
	};
	struct bundle b;

	(void)state;
	build(&b, item, 3, "p", (struct p12_layout)P12_LAYOUT);
	assert_int_equal(sk_PKCS12_SAFEBAG_num(b.bag[0]), 1);
	assert_key(sk_PKCS12_SAFEBAG_value(b.bag[0], 0), "p", &ec);
	assert_text(sk_PKCS12_SAFEBAG_value(b.bag[0], 0), FRIENDLY_NAME, "b");
	for (int i = 0; i < 3; i++)
		assert_id(sk_PKCS12_SAFEBAG_value(b.bag[1], i), "1");
	dispose(&b);
}

static void
nicknames(void **state)
{
	static const char *const names[] = { "", "a:b", "\"q\" \\",
		"Zert\xc3\xa4", "\xe2\x82\xac \xe8\xaf\x81",
		"\xf0\x9f\x94\x91 key", NULL };
	static const unsigned char key_utf16[] = { 0xd8, 0x3d, 0xdd, 0x11, 0,
		' ', 0, 'k', 0, 'e', 0, 'y' };
	const ASN1_STRING *raw;
	struct bundle b;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct p12_item item = { cert_of(&ec), key_of(&ec),
			slice_of("1"), names[i], NULL, NULL };

		build(&b, &item, 1, "p", (struct p12_layout){ .rounds = 1 });
		for (int safe = 0; safe < 2; safe++)
			assert_text(sk_PKCS12_SAFEBAG_value(b.bag[safe], 0),
			    FRIENDLY_NAME, names[i]);
		assert_text(sk_PKCS12_SAFEBAG_value(b.bag[1], 0), TRUST,
		    NULL);
		if (i == 5) {
			raw = attribute(sk_PKCS12_SAFEBAG_value(b.bag[1], 0),
			    FRIENDLY_NAME);
			assert_int_equal(raw->length, sizeof key_utf16);
			assert_memory_equal(raw->data, key_utf16,
			    sizeof key_utf16);
		}
		dispose(&b);
	}
}

static void
empty_bundle(void **state)
{
	struct bundle b;

	(void)state;
	for (int encrypt = 0; encrypt < 2; encrypt++) {
		build(&b, NULL, 0, "p", (struct p12_layout){
		    .rounds = ROUNDS, .encrypt_certs = encrypt != 0 });
		assert_int_equal(sk_PKCS7_num(b.safes), 1);
		assert_int_equal(sk_PKCS12_SAFEBAG_num(b.bag[0]), 0);
		dispose(&b);
	}
}

/* What OpenSSL's own programs do. */
static void
openssl_parses(void **state)
{
	const struct p12_item item = { cert_of(&rsa), key_of(&rsa),
		slice_of("1"), "n", NULL, ",," };
	EVP_PKEY *key = NULL;
	X509 *x509 = NULL;
	struct bundle b;

	(void)state;
	build(&b, &item, 1, "p", (struct p12_layout)P12_LAYOUT);
	assert_int_equal(PKCS12_parse(b.p12, "p", &key, &x509, NULL), 1);
	assert_int_equal(EVP_PKEY_eq(key, rsa.key), 1);
	assert_int_equal(X509_check_private_key(x509, key), 1);
	EVP_PKEY_free(key);
	X509_free(x509);
	dispose(&b);
}

static void
no_id(void **state)
{
	const struct p12_item item = { cert_of(&ec), key_of(&ec), { 0 }, "n",
		NULL, ",," };
	struct p12_layout layout = { .rounds = 1 };
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(p12_build(&out, &item, 1, slice_of("p"), &layout),
	    -1);
	assert_string_equal(scratch_said(), "the key of 'n' has no ID\n");
	assert_null(out.at);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("keys and certificates come back with all names",
		    keys_and_certificates),
		SCRATCH_TEST("certificates go without keys", certificates_only),
		SCRATCH_TEST("two certificates of a key share its bag",
		    two_certificates_of_a_key),
		SCRATCH_TEST("nicknames are any characters", nicknames),
		SCRATCH_TEST("an empty bundle is one", empty_bundle),
		SCRATCH_TEST("OpenSSL's own parser takes it", openssl_parses),
		SCRATCH_TEST("a key that no certificate could name is refused",
		    no_id),
	};

	return BUNDLE_RUN(tests);
}
