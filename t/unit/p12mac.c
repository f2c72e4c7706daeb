/* SPDX-License-Identifier: MIT */
/*
 * MACs whose parameters, which stand in the file, are such that they prove
 * nothing: their keys are few bytes, their octets a part, their salt nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pkcs12.h>

#include "asn1/der.h"
#include "p12/p12.h"
#include "util/buf.h"

static const struct slice secret = { "secret", 6 }, wrong = { "secrer", 6 };
static const struct slice no_password = { "", 0 };

static void
put(struct buf *out, unsigned char id, struct slice content)
{
	assert_true(content.size < 1 << 16);
	buf_putc(out, (char)id);
	if (content.size >= 0x80) {
		buf_putc(out, (char)0x82);
		buf_putc(out, (char)(content.size >> 8));
	}
	buf_putc(out, (char)content.size);
	buf_add(out, content);
}

static void
enclose(struct buf *b, unsigned char id)
{
	struct buf out = { 0 };

	put(&out, id, buf_slice(b));
	buf_release(b);
	*b = out;
}

static void
put_number(struct buf *out, long number)
{
	char octets[4] = { (char)(number >> 24), (char)(number >> 16),
		(char)(number >> 8), (char)number };

	put(out, DER_INTEGER, (struct slice){ octets, sizeof octets });
}

static void
put_hmac(struct buf *out, int nid)
{
	X509_ALGOR *algorithm = X509_ALGOR_new();
	unsigned char *der = NULL;
	int size;

	X509_ALGOR_set0(algorithm, OBJ_nid2obj(nid), V_ASN1_NULL, NULL);
	size = i2d_X509_ALGOR(algorithm, &der);
	assert_true(size > 0);
	buf_add(out, (struct slice){ (char *)der, (size_t)size });
	OPENSSL_free(der);
	X509_ALGOR_free(algorithm);
}

#define PKCS "\x2a\x86\x48\x86\xf7\x0d\x01"

/* A bag of somebody's certificate would do as well: this is what is MACed. */
static void
put_content(struct buf *out)
{
	struct buf bag = { 0 };

	put(&bag, DER_OID, slice_of(PKCS "\x0c\x0a\x01\x05"));
	put(&bag, DER_EXPLICIT_0, (struct slice){ "\x05\x00", 2 });
	enclose(&bag, DER_SEQUENCE); /* of the bag */
	enclose(&bag, DER_SEQUENCE); /* of SafeContents */
	enclose(&bag, DER_OCTET_STRING);
	enclose(&bag, DER_EXPLICIT_0);
	put(out, DER_OID, slice_of(PKCS "\x07\x01"));
	buf_add(out, buf_slice(&bag));
	enclose(out, DER_SEQUENCE); /* ContentInfo */
	enclose(out, DER_SEQUENCE); /* AuthenticatedSafe */
	buf_release(&bag);
}

struct mac {
	const EVP_MD *digest, *prf; /* prf: NULL is classic */
	int digest_nid, prf_nid;    /* of the HMACs, or of the digest */
	struct slice salt;
	long rounds, length, outer;
	bool no_length, forged;
	unsigned char forged_key;   /* of one byte: nobody asked a password */
	long octets;		    /* how many are written; 0: all */
};

#define SALT { "saltsalt", 8 }
#define PBMAC1 { .digest = EVP_sha256(), .prf = EVP_sha256(),                  \
	.digest_nid = NID_hmacWithSHA256, .prf_nid = NID_hmacWithSHA256,       \
	.salt = SALT, .rounds = 2, .length = 32, .outer = 1 }
#define CLASSIC { .digest = EVP_sha256(), .digest_nid = NID_sha256,            \
	.salt = SALT, .rounds = 2, .length = 32 }

static void
derive(const struct mac *mac, unsigned char *key)
{
	const unsigned char *salt = (const unsigned char *)mac->salt.at;

	if (mac->forged)
		*key = mac->forged_key;
	else if (mac->length <= 0)
		return;
	else if (mac->prf != NULL)
		assert_int_equal(PKCS5_PBKDF2_HMAC(secret.at, 6, salt,
		    (int)mac->salt.size, (int)mac->rounds, mac->prf,
		    (int)mac->length, key), 1);
	else
		assert_int_equal(PKCS12_key_gen_utf8(secret.at, 6,
		    (unsigned char *)(uintptr_t)salt, (int)mac->salt.size,
		    PKCS12_MAC_ID, (int)mac->rounds, (int)mac->length, key,
		    mac->digest), 1);
}

static void
put_algorithm(struct buf *out, const struct mac *mac)
{
	struct buf kdf = { 0 };

	if (mac->prf == NULL) {
		put_hmac(out, mac->digest_nid);
		return;
	}
	put(&kdf, DER_OCTET_STRING, mac->salt);
	put_number(&kdf, mac->rounds);
	if (!mac->no_length)
		put_number(&kdf, mac->length);
	put_hmac(&kdf, mac->prf_nid);
	enclose(&kdf, DER_SEQUENCE);
	put(out, DER_OID, slice_of(PKCS "\x05\x0c"));
	buf_add(out, buf_slice(&kdf));
	enclose(out, DER_SEQUENCE);
	put_hmac(out, mac->digest_nid);
	enclose(out, DER_SEQUENCE);
	buf_release(&kdf);
	put(&kdf, DER_OID, slice_of(PKCS "\x05\x0e"));
	buf_add(&kdf, buf_slice(out));
	buf_release(out);
	*out = kdf;
	enclose(out, DER_SEQUENCE);
}

static void
put_mac(struct buf *out, const struct mac *mac, struct slice content)
{
	unsigned char key[4096] = { 0 }, octets[2 * EVP_MAX_MD_SIZE] = { 0 };
	struct buf algorithm = { 0 };
	int key_size = mac->forged ? 1 : mac->length < 0 ? 0 :
	    (int)mac->length;
	unsigned size;

	derive(mac, key);
	assert_non_null(HMAC(mac->digest, key, key_size,
	    (const unsigned char *)content.at, content.size, octets, &size));
	if (mac->octets != 0)
		size = (unsigned)mac->octets;
	put_algorithm(&algorithm, mac);
	put(&algorithm, DER_OCTET_STRING,
	    (struct slice){ (char *)octets, size });
	enclose(&algorithm, DER_SEQUENCE);
	put(&algorithm, DER_OCTET_STRING,
	    mac->prf != NULL ? slice_of("unused") : mac->salt);
	put_number(&algorithm, mac->prf != NULL ? mac->outer : mac->rounds);
	put(out, DER_SEQUENCE, buf_slice(&algorithm));
	buf_release(&algorithm);
}

static void
put_file(struct buf *out, const struct mac *mac)
{
	struct buf content = { 0 }, info = { 0 };

	put_content(&content);
	put(&info, DER_OCTET_STRING, buf_slice(&content));
	enclose(&info, DER_EXPLICIT_0);
	put(out, DER_OID, slice_of(PKCS "\x07\x01"));
	buf_add(out, buf_slice(&info));
	enclose(out, DER_SEQUENCE);
	buf_release(&info);
	buf_add(&info, (struct slice){ "\x02\x01\x03", 3 });
	buf_add(&info, buf_slice(out));
	buf_release(out);
	*out = info;
	put_mac(out, mac, buf_slice(&content));
	enclose(out, DER_SEQUENCE);
	buf_release(&content);
}

/* What is said of the MAC on stderr, "" when it is believed. */
static const char *
verdict(const struct mac *mac, struct slice password)
{
	static char said[256];
	struct buf b = { 0 };
	FILE *usual = stderr;
	struct p12 *p12;

	memset(said, 0, sizeof said);
	put_file(&b, mac);
	stderr = fmemopen(said, sizeof said, "w");
	assert_non_null(stderr);
	p12 = p12_parse("f", buf_slice(&b), PBE_MOST_ROUNDS);
	if (p12 != NULL && p12_check_mac(p12, password) == 0)
		assert_int_equal(p12_open(p12, password), 0);
	p12_free(p12);
	fclose(stderr);
	stderr = usual;
	buf_release(&b);
	return said;
}

static void
is_unsafe(const struct mac *mac, const char *why)
{
	const char *middle = ": MAC: not to be trusted: ";
	const struct slice passwords[] = { secret, wrong, no_password };

	for (size_t i = 0; i < 3; i++) {
		const char *said = verdict(mac, passwords[i]);

		if (strstr(said, middle) == NULL || strstr(said, why) == NULL)
			fail_msg("'%s' has not '%s'", said, why);
	}
}

static void
is_refused(const struct mac *mac, const char *why)
{
	const char *said = verdict(mac, secret);

	if (strstr(said, why) == NULL)
		fail_msg("'%s' has not '%s'", said, why);
}

/* By the password, and by no other. */
static void
is_believed(const struct mac *mac)
{
	assert_string_equal(verdict(mac, secret), "");
	assert_non_null(strstr(verdict(mac, wrong), "wrong password"));
	assert_non_null(strstr(verdict(mac, no_password), "wrong password"));
}

/* CVE-2026-34181: of 256 files one has the right MAC for any password. */
static void
a_key_of_one_byte(void **state)
{
	struct mac mac = PBMAC1;

	(void)state;
	mac.length = 1;
	mac.forged = true;
	for (int key = 0; key < 256; key++) {
		mac.forged_key = (unsigned char)key;
		is_unsafe(&mac, "key length 1, ");
	}
}

static void
lengths_of_the_key(void **state)
{
	struct mac mac = PBMAC1;
	char why[64];

	(void)state;
	for (mac.length = 0; mac.length < 20; mac.length++) {
		snprintf(why, sizeof why, "key length %ld, ", mac.length);
		is_unsafe(&mac, why);
	}
	for (; mac.length <= 129; mac.length++)
		is_believed(&mac);
	mac.length = 256;
	is_believed(&mac);
	mac.length = 1024;
	is_believed(&mac);
	for (mac.length = 1025; mac.length < 4096; mac.length += 3070)
		is_refused(&mac, "not supported: PBMAC1 with a key of ");
	mac.length = -1;
	is_unsafe(&mac, "key length 0, ");
	mac.length = 32;
	mac.no_length = true;
	is_unsafe(&mac, "without key length");
}

/* RFC 9579, 4: MacData's own salt and rounds are ignored. */
static void
rounds_beside_the_parameters(void **state)
{
	struct mac mac = PBMAC1;

	(void)state;
	for (mac.outer = -2; mac.outer < 3; mac.outer++)
		is_believed(&mac);
}

static void
rounds_and_salts(void **state)
{
	struct mac mac = PBMAC1;

	(void)state;
	mac.rounds = 1;
	is_believed(&mac);
	mac.salt.size = 1;
	is_believed(&mac);
	mac.salt.size = 0;
	is_unsafe(&mac, "without a salt");
}

static void
digests(void **state)
{
	const struct { const EVP_MD *md; int hmac, plain; } good[] = {
		{ EVP_sha1(), NID_hmacWithSHA1, NID_sha1 },
		{ EVP_sha224(), NID_hmacWithSHA224, NID_sha224 },
		{ EVP_sha256(), NID_hmacWithSHA256, NID_sha256 },
		{ EVP_sha384(), NID_hmacWithSHA384, NID_sha384 },
		{ EVP_sha512(), NID_hmacWithSHA512, NID_sha512 },
	};
	struct mac mac = PBMAC1, classic = CLASSIC;

	(void)state;
	for (size_t i = 0; i < 5; i++)
		for (size_t j = 0; j < 5; j++) {
			mac.digest = good[i].md;
			mac.digest_nid = good[i].hmac;
			mac.prf = good[j].md;
			mac.prf_nid = good[j].hmac;
			is_believed(&mac);
		}
	mac.prf = EVP_md5();
	mac.prf_nid = NID_hmacWithMD5;
	is_refused(&mac, "not supported: PBMAC1 with MD5");
	mac = (struct mac)PBMAC1;
	mac.digest = EVP_md5();
	mac.digest_nid = NID_hmacWithMD5;
	is_refused(&mac, "not supported: PBMAC1 with MD5");

	for (size_t i = 0; i < 5; i++) {
		classic.digest = good[i].md;
		classic.digest_nid = good[i].plain;
		classic.length = EVP_MD_get_size(good[i].md);
		is_believed(&classic);
	}
}

/* A part of the right octets, or more of them: never compared. */
static void
octets_of_the_mac(void **state)
{
	struct mac mac[] = { PBMAC1, CLASSIC };
	char why[64];

	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (mac[i].octets = 1; mac[i].octets <= 64; mac[i].octets++) {
			if (mac[i].octets == 32)
				continue;
			snprintf(why, sizeof why, "%ld byte%s, and HMAC with "
			    "SHA-256 has 32", mac[i].octets,
			    mac[i].octets == 1 ? "" : "s");
			is_unsafe(&mac[i], why);
		}
}

/* Old files have one round and short salts: weak, and not forged. */
static void
old_files(void **state)
{
	struct mac mac = CLASSIC;

	(void)state;
	mac.rounds = 1;
	is_believed(&mac);
	mac.salt.size = 4;
	is_believed(&mac);
	mac.salt.size = 0;
	is_believed(&mac);
	mac = (struct mac)CLASSIC;
	mac.digest = EVP_md5();
	mac.digest_nid = NID_md5;
	mac.length = 16;
	is_believed(&mac);
}

static void
no_rounds(void **state)
{
	struct mac mac[] = { PBMAC1, CLASSIC };

	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (mac[i].rounds = -1; mac[i].rounds <= 0; mac[i].rounds++) {
			mac[i].length = 0; /* nothing to be derived here */
			is_refused(&mac[i], "damaged");
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_of_one_byte),
		cmocka_unit_test(lengths_of_the_key),
		cmocka_unit_test(rounds_beside_the_parameters),
		cmocka_unit_test(rounds_and_salts),
		cmocka_unit_test(digests),
		cmocka_unit_test(octets_of_the_mac),
		cmocka_unit_test(old_files),
		cmocka_unit_test(no_rounds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("p12mac", tests, NULL, NULL);
}
