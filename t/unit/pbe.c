/* SPDX-License-Identifier: MIT */
/* What NSS wrote, decrypted: the worked examples of [nssdb 18]. */
#include "pbe/pbecrypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/asn1t.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>

#include "nss/keytype.h"
#include "nss/nssdb.h"
#include "nss/nssobj.h"

/* NSS 3.87: PBES2, and a private EC key with its signature. */
static const char salt_387[] =
    "e2326a6f30a1bb16b802085b0ef124656babc9f8";
static const char check_387[] =
    "308182306e06092a864886f70d01050d3061304206092a864886f70d01050c30"
    "3504207513dd25f0a167d1c9dc2ad5632d4f3ce34efc9595bef99754ac911fdf"
    "dd15b802022710020120300a06082a864886f70d0209301b0609608648016503"
    "04012a040e3f7e505650a7168e1ca788a2aa1c04101187ba9942cd8580a95ee9"
    "209e9cdfe0";
static const char value_387[] =
    "3081a2306e06092a864886f70d01050d3061304206092a864886f70d01050c30"
    "3504205695149de0879b9f57da7296bb37a2dbdb9bc8944a540028e3cd136915"
    "99800b02022710020120300a06082a864886f70d0209301b0609608648016503"
    "04012a040ebcda0747b8e530b50a634a0c45e604307a5df05f2875125b04cab7"
    "a86444580176926aae492722bef82e68f8642e43c9c6f58ec6dda44e99104f08"
    "c02ec4b818";
static const char signature_387[] =
    "308181305d06092a864886f70d01050e3050304206092a864886f70d01050c30"
    "350420286a4c79a607a73d0ecc77cfa9707583ac47a4aba444e079eb539be7cc"
    "b626d102022710020120300a06082a864886f70d0209300a06082a864886f70d"
    "0209042049ae1cf4cf3128fd9430eada4fd0f2419e56134fddefa4f26e9133ef"
    "aaba2c69";
static const char pkcs8_387[] =
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b02"
    "0101042076b99d172d7f4c1ee3d5b81923e9775a197848ba77ec92d9958fb701"
    "8fb0a762a1440342000426767b94d522bf75f6bee1a4745175f41ea747862b5b"
    "d088a45014ca0428f055de7d10b0cc69d08b9dd3bb0439aef1dba980a5d5c451"
    "372d24654ba68f072d8b";
static const char trust_387[] =
    "308181305d06092a864886f70d01050e3050304206092a864886f70d01050c30"
    "35042042fdc816df6c69e57a4c9a7909c2830e2118ba82a067f06fcf036f160c"
    "b37a2102022710020120300a06082a864886f70d0209300a06082a864886f70d"
    "0209042012caf1f556b122594044b7d307939c182945f3f7829a032641b1812c"
    "e089aabe";

/* NSS 3.124: a salt of 48 bytes, and so SHA-384. */
static const char salt_3124[] =
    "67dc6b90559db9d08f9dbc75ffaa2cd7b0bcd070f07e56781d0bd09e26ab8d61"
    "60ddee3c3932a1586f49b2611cda7bf1";
static const char check_3124[] =
    "308182306e06092a864886f70d01050d3061304206092a864886f70d01050c30"
    "3504207d6d28b5fd7de93d209dd6667b688f84efd78c556e21aa826323a9ce27"
    "102bfe02022710020120300a06082a864886f70d0209301b0609608648016503"
    "04012a040ed5136ae64eff595f61bf1ff89e05041091a584b34d690337701fc8"
    "1b596ec281";

/* key3.db: SHA1-3DES. */
static const char salt_dbm[] =
    "395d02ef033625c8384e37209d3d58668f330a2e";
static const char check_salt_dbm[] =
    "88a219fa93ef0ba439168b9743910271ec006d83";
static const char check_text_dbm[] =
    "7e747cb0054f20c97876e620fedaf8a4";
static const char key_dbm[] =
    "3081bd3028060b2a864886f70d010c0501033019041454491eb61cdeb8e85010"
    "1295cc3f99769d15ed9b02010104819031ff38fc327e0f143547908847b165f0"
    "0517755b59ac8884da496a2a4b343cc9885f9df0d402b17de83f806fd857ea99"
    "f98a1f8f69a3ba82cc2a5d70f122d006a342784cef8a0408989a2923fc8ceeb1"
    "c09dbe33606d53a24d29a96fa388b08c59dc2c301911abddb2fb191f95ff9630"
    "cafb669d8c9e18b804130c83975f5145f2a125d437d2fe679ca1d36676103ec5";
static const char point_dbm[] =
    "041a129f9de25f3265f1e56f2c7a0940f7a88b7c509d8d130382fe6fe1f91ee5"
    "011be0c81f961a6d6b71e1332cae5cab5c0db91dc3bab1a793c976a10750290c"
    "b0";
static const char pkcs8_dbm[] =
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b02"
    "01010420076b12ef75e9c349f91ca6e4d113d6abf1831342359011059d47ead7"
    "4b46c9f6a144034200041a129f9de25f3265f1e56f2c7a0940f7a88b7c509d8d"
    "130382fe6fe1f91ee5011be0c81f961a6d6b71e1332cae5cab5c0db91dc3bab1"
    "a793c976a10750290cb0";

static struct secret
unhex(const char *hex)
{
	struct secret s = { 0 };

	secret_alloc(&s, strlen(hex) / 2);
	for (size_t i = 0; i < s.size; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		s.at[i] = (unsigned char)strtoul(two, NULL, 16);
	}
	return s;
}

static void
key_of(struct pbe_key *key, const char *salt, const char *password)
{
	struct secret s = unhex(salt);

	pbe_key_init(key, secret_slice(&s), slice_of(password), 20000);
	secret_release(&s);
}

static enum pbe_result
decrypt(const char *blob, const char *salt, const char *password,
    struct secret *plain)
{
	struct secret s = unhex(blob);
	struct pbe_key key;
	enum pbe_result result;
	struct pbe pbe;

	key_of(&key, salt, password);
	result = pbe_parse(&pbe, secret_slice(&s));
	if (result == PBE_OK)
		result = pbe_decrypt(&pbe, &key, plain);
	pbe_key_release(&key);
	secret_release(&s);
	return result;
}

static void
passwords(void **state)
{
	struct secret plain = { 0 };

	(void)state;
	assert_int_equal(decrypt(check_387, salt_387, "Secret.123", &plain),
	    PBE_OK);
	assert_true(
	    slice_equal(secret_slice(&plain), slice_of("password-check")));
	assert_int_equal(decrypt(check_3124, salt_3124, "Secret.123", &plain),
	    PBE_OK);
	assert_true(
	    slice_equal(secret_slice(&plain), slice_of("password-check")));
	assert_int_equal(decrypt(check_387, salt_387, "Secret.124", &plain),
	    PBE_WRONG);
	assert_int_equal(decrypt(check_387, salt_387, "", &plain), PBE_WRONG);
	assert_null(plain.at);
}

/* The record of key3.db is no DER: its parts come from nssdbm. */
static void
password_of_the_old_kind(void **state)
{
	struct secret salt = unhex(check_salt_dbm);
	struct secret text = unhex(check_text_dbm), plain = { 0 };
	struct pbe pbe = pbe_nss_3des(secret_slice(&salt), 1,
	    secret_slice(&text));
	struct pbe_key key;

	(void)state;
	key_of(&key, salt_dbm, "Secret.123");
	assert_int_equal(pbe_decrypt(&pbe, &key, &plain), PBE_OK);
	assert_true(
	    slice_equal(secret_slice(&plain), slice_of("password-check")));
	pbe.rounds = 2;
	assert_int_not_equal(pbe_decrypt(&pbe, &key, &plain), PBE_OK);
	pbe_key_release(&key);
	secret_release(&salt);
	secret_release(&text);
	secret_release(&plain);
}

static void
private_keys(void **state)
{
	struct secret value = { 0 }, stored = { 0 }, pkcs8 = { 0 };
	struct secret want = unhex(pkcs8_387), old = unhex(pkcs8_dbm);
	struct secret point = unhex(point_dbm);
	struct privkey parts = { .type = NSS_EC,
		.parameters = { "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07",
		    10 } };

	(void)state;
	assert_int_equal(decrypt(value_387, salt_387, "Secret.123", &value),
	    PBE_OK);
	parts.value = secret_slice(&value);
	/* The point is computed where the database has none. */
	assert_int_equal(privkey_build(&pkcs8, &parts), PRIVKEY_OK);
	assert_true(slice_equal(secret_slice(&pkcs8), secret_slice(&want)));
	/* Another's point is not believed. */
	parts.public_value = secret_slice(&point);
	assert_int_equal(privkey_build(&pkcs8, &parts), PRIVKEY_WRONG);
	assert_null(pkcs8.at);

	assert_int_equal(decrypt(key_dbm, salt_dbm, "Secret.123", &stored),
	    PBE_OK);
	assert_int_equal(dbmkey_build(&pkcs8, &stored, secret_slice(&point)),
	    PRIVKEY_OK);
	assert_true(slice_equal(secret_slice(&pkcs8), secret_slice(&old)));
	secret_release(&value);
	secret_release(&stored);
	secret_release(&pkcs8);
	secret_release(&want);
	secret_release(&old);
	secret_release(&point);
}

static void
signatures(void **state)
{
	struct secret row = unhex(signature_387), trust = unhex(trust_387);
	struct secret value = { 0 };
	struct pbe_key key;
	struct pbe pbe;

	(void)state;
	key_of(&key, salt_387, "Secret.123");
	assert_int_equal(decrypt(value_387, salt_387, "Secret.123", &value),
	    PBE_OK);
	assert_int_equal(pbe_parse(&pbe, secret_slice(&row)), PBE_OK);
	assert_int_equal(pbe_verify(&pbe, &key, 0, 0x11, secret_slice(&value)),
	    PBE_OK);
	assert_int_equal(pbe_verify(&pbe, &key, 0, 0x12, secret_slice(&value)),
	    PBE_WRONG);
	value.at[0] ^= 1;
	assert_int_equal(pbe_verify(&pbe, &key, 0, 0x11, secret_slice(&value)),
	    PBE_WRONG);
	assert_int_equal(pbe_parse(&pbe, secret_slice(&trust)), PBE_OK);
	assert_int_equal(pbe_verify(&pbe, &key, 0x2302fa09, 0xce536358,
	    (struct slice){ "\xce\x53\x43\x52", 4 }), PBE_OK);
	pbe_key_release(&key);
	secret_release(&row);
	secret_release(&trust);
	secret_release(&value);
}

/* The signature above, with keyLength, salt and octets of the MAC replaced. */
static struct secret
forge(long key_size, size_t salt_size, struct slice octets)
{
	struct secret row = unhex(signature_387), forged = { 0 };
	const unsigned char *at = row.at;
	X509_SIG *sig = d2i_X509_SIG(NULL, &at, (long)row.size);
	X509_ALGOR *algorithm, *kdf;
	ASN1_OCTET_STRING *mac;
	PBE2PARAM *both;
	PBKDF2PARAM *param;
	unsigned char *der = NULL;
	int size;

	assert_non_null(sig);
	X509_SIG_getm(sig, &algorithm, &mac);
	ASN1_OCTET_STRING_set(mac, (const unsigned char *)octets.at,
	    (int)octets.size);
	both = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM),
	    algorithm->parameter);
	kdf = both->keyfunc;
	param = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM),
	    kdf->parameter);
	param->salt->value.octet_string->length = (int)salt_size;
	if (key_size >= 0) {
		ASN1_INTEGER_set(param->keylength, key_size);
	} else {
		ASN1_INTEGER_free(param->keylength);
		param->keylength = NULL;
	}
	ASN1_TYPE_pack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), param,
	    &kdf->parameter);
	ASN1_TYPE_pack_sequence(ASN1_ITEM_rptr(PBE2PARAM), both,
	    &algorithm->parameter);
	size = i2d_X509_SIG(sig, &der);
	assert_true(size > 0);
	secret_set(&forged, (struct slice){ (char *)der, (size_t)size });
	OPENSSL_free(der);
	PBKDF2PARAM_free(param);
	PBE2PARAM_free(both);
	X509_SIG_free(sig);
	secret_release(&row);
	return forged;
}

static enum pbe_result
verify_forged(long key_size, size_t salt_size, struct slice octets,
    struct slice data)
{
	struct secret row = forge(key_size, salt_size, octets);
	enum pbe_result result;
	struct pbe_key key;
	struct pbe pbe;

	key_of(&key, salt_387, "Secret.123");
	result = pbe_parse(&pbe, secret_slice(&row));
	if (result == PBE_OK)
		result = pbe_verify(&pbe, &key, 0, 0x11, data);
	pbe_key_release(&key);
	secret_release(&row);
	return result;
}

/* The MAC of data under a key of one byte, which nobody has to know. */
static void
mac_under(unsigned char octets[EVP_MAX_MD_SIZE], unsigned char key,
    struct slice data)
{
	unsigned char text[256] = { [7] = 0x11 };

	assert_true(data.size <= sizeof text - 8);
	memcpy(text + 8, data.at, data.size);
	assert_non_null(HMAC(EVP_sha256(), &key, 1, text, 8 + data.size,
	    octets, NULL));
}

static void
forged_signatures(void **state)
{
	struct secret value = { 0 }, row = unhex(signature_387);
	unsigned char octets[EVP_MAX_MD_SIZE] = { 0 };
	struct slice mac = { (char *)octets, 32 }, data;

	(void)state;
	assert_int_equal(decrypt(value_387, salt_387, "Secret.123", &value),
	    PBE_OK);
	data = secret_slice(&value);
	for (int key = 0; key < 256; key++) {
		mac_under(octets, (unsigned char)key, data);
		assert_int_equal(verify_forged(1, 32, mac, data), PBE_BAD);
		assert_int_equal(verify_forged(32, 32, mac, data), PBE_WRONG);
	}
	/* The right octets, and less or more of them. */
	memset(octets, 0, sizeof octets);
	memcpy(octets, row.at + row.size - 32, 32);
	assert_int_equal(verify_forged(32, 32, mac, data), PBE_OK);
	for (mac.size = 0; mac.size <= 64; mac.size++)
		if (mac.size != 32)
			assert_int_equal(verify_forged(32, 32, mac, data),
			    PBE_WRONG);
	mac.size = 32;
	for (long size = -1; size <= 64; size++)
		assert_int_equal(verify_forged(size, 32, mac, data),
		    size == 32 ? PBE_OK : PBE_BAD);
	assert_int_equal(verify_forged(32, 0, mac, data), PBE_BAD);
	secret_release(&value);
	secret_release(&row);
}

/* Each byte of a blob flipped, and each length of it: never its plaintext. */
static void
damage(void **state)
{
	struct secret blob = unhex(check_387), plain = { 0 };
	struct pbe_key key;
	struct pbe pbe;

	(void)state;
	key_of(&key, salt_387, "Secret.123");
	key.most_rounds = 100; /* damaged counts cost nothing */
	for (size_t i = 0; i < blob.size; i++) {
		struct slice cut = { (char *)blob.at, i };

		assert_int_not_equal(pbe_parse(&pbe, cut), PBE_OK);
		for (int bit = 0; bit < 8; bit++) {
			blob.at[i] ^= (unsigned char)(1 << bit);
			if (pbe_parse(&pbe, secret_slice(&blob)) == PBE_OK &&
			    pbe_decrypt(&pbe, &key, &plain) == PBE_OK)
				assert_false(slice_equal(secret_slice(&plain),
				    slice_of("password-check")));
			blob.at[i] ^= (unsigned char)(1 << bit);
		}
	}
	assert_int_equal(pbe_parse(&pbe, secret_slice(&blob)), PBE_OK);
	assert_int_equal(pbe_decrypt(&pbe, &key, &plain), PBE_ROUNDS);
	pbe_key_release(&key);
	secret_release(&blob);
	secret_release(&plain);
}

/* The bytes of an Edwards or Montgomery key are no number: zeros count. */
static void
bits_of_keys(void **state)
{
	static const char bytes[133] = { 0 };
	static const struct {
		uint32_t type;
		size_t size;
		unsigned bits;
	} keys[] = {
		{ NSS_EC_EDWARDS, 32, 256 }, { NSS_EC_EDWARDS, 57, 456 },
		{ NSS_EC_MONTGOMERY, 32, 256 }, { NSS_EC_MONTGOMERY, 56, 448 },
		{ NSS_EC, 65, 256 }, { NSS_EC, 97, 384 }, { NSS_EC, 133, 521 },
		{ NSS_RSA, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const struct nss_key key = { .type = keys[i].type,
			.public_value = { bytes, keys[i].size } };

		assert_int_equal(keytype_bits(&key), keys[i].bits);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_of_keys),
		cmocka_unit_test(passwords),
		cmocka_unit_test(password_of_the_old_kind),
		cmocka_unit_test(private_keys),
		cmocka_unit_test(signatures),
		cmocka_unit_test(forged_signatures),
		cmocka_unit_test(damage),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("pbe", tests, NULL, NULL);
}
