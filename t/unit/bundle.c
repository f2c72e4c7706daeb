/* SPDX-License-Identifier: MIT */
/* Bundles that no program of today writes, and what importers make of them. */
#include "check/p12.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "scratch.h"
#include "util/buf.h"

struct specimen {
	EVP_PKEY *key;
	struct slice cert, pkcs8;
};

/* old and new have one subject; other is another's. */
static struct specimen old, new, other;

static void
make(struct specimen *s, const char *name, long age)
{
	PKCS8_PRIV_KEY_INFO *info;
	X509 *x509 = X509_new();
	unsigned char *der = NULL;
	X509_NAME *subject = X509_get_subject_name(x509);

	s->key = EVP_EC_gen("P-256");
	assert_non_null(s->key);
	info = EVP_PKEY2PKCS8(s->key);
	s->pkcs8.size = (size_t)i2d_PKCS8_PRIV_KEY_INFO(info, &der);
	s->pkcs8.at = (char *)der;
	der = NULL;
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
	    (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(x509, subject);
	X509_gmtime_adj(X509_getm_notBefore(x509), -age);
	X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
	X509_set_pubkey(x509, s->key);
	assert_true(X509_sign(x509, s->key, EVP_sha256()) > 0);
	s->cert.size = (size_t)i2d_X509(x509, &der);
	s->cert.at = (char *)der;
	PKCS8_PRIV_KEY_INFO_free(info);
	X509_free(x509);
}

static int
make_all(void **state)
{
	(void)state;
	make(&old, "ca", 7200);
	make(&new, "ca", 60);
	make(&other, "other", 60);
	return 0;
}

static int
discard_all(void **state)
{
	struct specimen *all[] = { &old, &new, &other };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		EVP_PKEY_free(all[i]->key);
		OPENSSL_free((void *)all[i]->cert.at);
		OPENSSL_free((void *)all[i]->pkcs8.at);
	}
	return 0;
}

static struct p12_bag
cert(const struct specimen *s, const char *name, const char *id)
{
	return (struct p12_bag){ .kind = P12_CERT, .value = s->cert,
		.friendly_name = (char *)name, .trust = (char *)",,",
		.local_key_id = id != NULL ? slice_of(id) :
					     (struct slice){ 0 } };
}

static struct p12_bag
key(const struct specimen *s, const char *id)
{
	return (struct p12_bag){ .kind = P12_KEY, .value = s->pkcs8,
		.friendly_name = (char *)"key",
		.local_key_id = id != NULL ? slice_of(id) :
					     (struct slice){ 0 } };
}

/* What is said of this file, besides that keys are in the clear: codes. */
static void
finds_in(struct p12 *p12, const char *codes)
{
	struct findings found = { 0 };
	struct buf text = { 0 };

	assert_int_equal(bundle_check(p12, slice_of(""), "p12export", NULL,
	    &found), 0);
	for (size_t i = 0; i < found.count; i++) {
		if (strcmp(found.item[i].is->code, "plain-key") == 0)
			continue;
		if (text.size != 0)
			buf_putc(&text, ' ');
		buf_puts(&text, found.item[i].is->code);
	}
	buf_putc(&text, '\0');
	assert_string_equal(text.at, codes);
	buf_release(&text);
	findings_release(&found);
}

/* The same of these bags. */
static void
finds(const struct p12_bag *bag, size_t bags, const char *codes)
{
	struct p12 p12 = { .file = "unit", .bag = bag, .bags = bags,
		.mac = P12_CLASSIC_MAC, .mac_rounds = BUNDLE_LEAST_ROUNDS };

	finds_in(&p12, codes);
}

static void
keys_and_their_certificates(void **state)
{
	const struct p12_bag bag[] = { key(&new, "1"), cert(&new, "ca", "1"),
		cert(&other, "root", NULL) };

	(void)state;
	finds(bag, 3, "");
	finds(bag, 2, "");
	/* The order does not matter. */
	finds((struct p12_bag[]){ bag[1], bag[2], bag[0] }, 3, "");
	finds(bag, 1, "empty orphan-key");
	finds(bag + 1, 2, "dangling-key-id");
	finds(bag, 0, "empty");
}

static void
wrong_keys(void **state)
{
	(void)state;
	finds((struct p12_bag[]){ key(&old, "1"), cert(&new, "ca", "1") }, 2,
	    "wrong-key");
	finds((struct p12_bag[]){ key(&new, "1"), cert(&new, "ca", "2") }, 2,
	    "stray-key");
	finds((struct p12_bag[]){ key(&new, "1"), cert(&new, "ca", NULL) }, 2,
	    "stray-key");
	finds((struct p12_bag[]){ key(&new, NULL), cert(&new, "ca", NULL) }, 2,
	    "no-key-id stray-key");
	finds((struct p12_bag[]){ key(&new, "1"), key(&other, "2"),
	    cert(&new, "ca", "1") }, 3, "orphan-key");
	/* Two certificates of a key, one of them another's. */
	finds((struct p12_bag[]){ key(&new, "1"), cert(&new, "ca", "1"),
	    cert(&other, "other", "1") }, 3, "wrong-key");
}

static void
one_certificate_twice(void **state)
{
	const struct p12_bag with = cert(&new, "ca", "1"),
			     without = cert(&new, "ca", NULL),
			     of_key = key(&new, "1");

	(void)state;
	finds((struct p12_bag[]){ of_key, with, without }, 3, "key-lost");
	finds((struct p12_bag[]){ of_key, without, with }, 3, "twice");
	finds((struct p12_bag[]){ of_key, with, with }, 3, "twice");
}

static void
two_certificates_of_a_nickname(void **state)
{
	const struct p12_bag was = cert(&old, "ca", "1"),
			     is = cert(&new, "ca", "2"),
			     key_was = key(&old, "1"),
			     key_is = key(&new, "2");

	(void)state;
	finds((struct p12_bag[]){ key_was, key_is, was, is }, 4, "old-first");
	finds((struct p12_bag[]){ key_was, key_is, is, was }, 4,
	    "superseded");
}

static void
names(void **state)
{
	(void)state;
	finds((struct p12_bag[]){ cert(&new, "a:b", NULL) }, 1, "colon");
	finds((struct p12_bag[]){ cert(&new, "\xf0\x9f\x94\x91", NULL) }, 1,
	    "beyond-bmp");
	finds((struct p12_bag[]){ cert(&new, "\xef\xbf\xbd", NULL) }, 1, "");
	finds((struct p12_bag[]){ cert(&new, NULL, NULL) }, 1, "");
	finds((struct p12_bag[]){ key(&new, "1"), cert(&new, NULL, "1") }, 2,
	    "no-nickname");
}

static void
flags(void **state)
{
	static const struct {
		const char *trust, *codes;
	} cases[] = {
		{ "CTu,Cu,Cu", "" }, { ",,", "" }, { "pPcCTuwig,,", "" },
		{ "", "bad-trust" }, { "CT,C", "bad-trust" },
		{ "u,u,u,u", "bad-trust" }, { "I,,", "bad-trust" },
		{ "u, u, u", "bad-trust" }, { NULL, "no-trust" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct p12_bag bag = cert(&new, "ca", NULL);

		bag.trust = (char *)cases[i].trust;
		finds(&bag, 1, cases[i].codes);
	}
}

static void
no_certificate(void **state)
{
	struct p12_bag bag = cert(&new, "ca", "1");

	(void)state;
	bag.value.size--;
	finds(&bag, 1, "bad-certificate");
	finds((struct p12_bag[]){ key(&new, "1"), bag }, 2,
	    "bad-certificate");
}

static void
schemes(void **state)
{
	static const struct {
		enum pbe_strength strength;
		const char *scheme, *codes;
	} cases[] = {
		{ PBE_STRONG, "PBES2 AES-128-CBC", "" },
		{ PBE_OLD, "PBE-SHA1-RC2-40", "old-encryption" },
		{ PBE_WEAK, "PBE-SHA1-3DES", "weak-encryption" },
		{ PBE_FOREIGN, "PBES2 CAMELLIA-128-CBC",
		    "foreign-encryption" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct p12_bag bag[2] = { cert(&new, "ca", NULL),
			cert(&other, "other", NULL) };

		bag[0].scheme = bag[1].scheme = cases[i].scheme;
		bag[0].strength = bag[1].strength = cases[i].strength;
		finds(bag, 2, cases[i].codes);
	}
}

static void
macs(void **state)
{
	static const struct {
		enum p12_mac mac;
		const char *digest, *prf;
		unsigned long rounds;
		size_t salt, key;
		const char *codes;
	} cases[] = {
		{ P12_CLASSIC_MAC, "SHA-1", "SHA-1", 100000, 8, 20, "" },
		{ P12_CLASSIC_MAC, "SHA-256", "SHA-256", 100000, 20, 32, "" },
		{ P12_CLASSIC_MAC, "SHA-384", "SHA-384", 100000, 16, 48, "" },
		{ P12_CLASSIC_MAC, "SHA-512", "SHA-512", 100000, 16, 64, "" },
		{ P12_CLASSIC_MAC, "SHA-256", "SHA-256", 100000, 7, 32,
		    "short-salt" },
		{ P12_CLASSIC_MAC, "SHA-1", "SHA-1", 1, 0, 20,
		    "weak-mac short-salt" },
		{ P12_CLASSIC_MAC, "MD5", "MD5", 100000, 8, 16, "foreign-mac" },
		{ P12_CLASSIC_MAC, "SHA-224", "SHA-224", 100000, 8, 28,
		    "foreign-mac" },
		{ P12_PBMAC1, "SHA-256", "SHA-256", 100000, 16, 32, "pbmac1" },
		{ P12_PBMAC1, "SHA-512", "SHA-1", 100000, 16, 64, "pbmac1" },
		{ P12_PBMAC1, "SHA-256", "SHA-256", 100000, 16, 65,
		    "pbmac1 long-mac-key" },
		{ P12_PBMAC1, "SHA-256", "SHA-224", 100000, 16, 32,
		    "pbmac1 foreign-mac" },
		{ P12_NO_MAC, NULL, NULL, 0, 0, 0, "no-mac" },
	};
	struct p12_bag bag = cert(&new, "ca", NULL);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct p12 p12 = { .file = "unit", .bag = &bag, .bags = 1,
			.mac = cases[i].mac, .mac_digest = cases[i].digest,
			.mac_prf = cases[i].prf, .mac_rounds = cases[i].rounds,
			.mac_salt = cases[i].salt, .mac_key = cases[i].key };

		finds_in(&p12, cases[i].codes);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_and_their_certificates),
		cmocka_unit_test(wrong_keys),
		cmocka_unit_test(one_certificate_twice),
		cmocka_unit_test(two_certificates_of_a_nickname),
		cmocka_unit_test(names),
		cmocka_unit_test(flags),
		cmocka_unit_test(no_certificate),
		cmocka_unit_test(schemes),
		cmocka_unit_test(macs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return _cmocka_run_group_tests("", tests,
	    sizeof tests / sizeof *tests, make_all, discard_all);
}
