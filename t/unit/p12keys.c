/* SPDX-License-Identifier: MIT */
/*
 * The keys in the bundle that P12KEYS names, under the password in the file
 * P12KEYS_PASSWORD: a line `# ID HASH HASH' each, parted by tabs, of SHA-256s
 * of public and private key as OpenSSL writes them.  For t/p12-fixtures.t:
 * without P12KEYS there is nothing to do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "p12/p12.h"
#include "util/password.h"
#include "util/slurp.h"
#include "x509/cert.h"

static void
print_hash(const unsigned char *der, int size)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	char text[2 * sizeof hash + 1];

	assert_true(size > 0);
	SHA256(der, (size_t)size, hash);
	certrow_hex(text, hash, sizeof hash);
	printf("\t%s", text);
}

static void
print_key(const struct p12_bag *bag, const struct secret *pkcs8)
{
	const unsigned char *at = pkcs8->at;
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at,
	    (long)pkcs8->size), *again;
	EVP_PKEY *key = info != NULL ? EVP_PKCS82PKEY(info) : NULL;
	unsigned char *spki = NULL, *der = NULL;
	char id[2 * 512 + 1];
	int size;

	assert_non_null(key);
	assert_true(bag->local_key_id.size <= 512);
	certrow_hex(id, bag->local_key_id.at, bag->local_key_id.size);
	printf("#\t%s", id);
	size = i2d_PUBKEY(key, &spki);
	print_hash(spki, size);
	again = EVP_PKEY2PKCS8(key);
	assert_non_null(again);
	size = i2d_PKCS8_PRIV_KEY_INFO(again, &der);
	print_hash(der, size);
	putchar('\n');
	OPENSSL_free(spki);
	OPENSSL_free(der);
	PKCS8_PRIV_KEY_INFO_free(info);
	PKCS8_PRIV_KEY_INFO_free(again);
	EVP_PKEY_free(key);
}

static void
print_keys(struct p12 *p12, struct slice password)
{
	for (size_t i = 0; i < p12->bags; i++) {
		struct secret pkcs8 = { 0 };

		if (p12->bag[i].kind != P12_KEY &&
		    p12->bag[i].kind != P12_SHROUDED)
			continue;
		assert_int_equal(p12_key(p12, &p12->bag[i], password, &pkcs8),
		    0);
		print_key(&p12->bag[i], &pkcs8);
		secret_release(&pkcs8);
	}
}

static void
keys(void **state)
{
	const char *file = getenv("P12KEYS");
	const char *password_file = getenv("P12KEYS_PASSWORD");
	struct secret password = { 0 };
	struct slice text;
	struct p12 *p12;
	char *bytes;

	(void)state;
	if (file == NULL || password_file == NULL)
		return;
	assert_int_equal(password_first_line(&password, password_file), 0);
	assert_int_equal(slurp(file, P12_LIMIT, &bytes, &text.size), 0);
	text.at = bytes;
	p12 = p12_parse(file, text, PBE_MOST_ROUNDS);
	assert_non_null(p12);
	assert_int_equal(p12_open(p12, secret_slice(&password)), 0);
	print_keys(p12, secret_slice(&password));
	p12_free(p12);
	secret_release(&password);
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("p12keys", tests, NULL, NULL);
}
