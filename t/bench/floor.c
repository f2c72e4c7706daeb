/* SPDX-License-Identifier: MIT */
/*
 * floor - the least that an export of keys can cost: the derivations that the
 * database and the bundle prescribe, one after the other, and nothing else
 *
 *	floor TIMES ROUNDS BUNDLE-ROUNDS
 *
 * TIMES PBKDF2 of ROUNDS for the database, one of BUNDLE-ROUNDS for the keys
 * in the bundle, one PKCS12KDF of as many for its MAC.
 */
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <stdlib.h>

static int
pbkdf2(const char *password, int size, unsigned char *salt, int salt_size,
    int rounds)
{
	unsigned char key[32];

	salt[0]++;
	return PKCS5_PBKDF2_HMAC(password, size, salt, salt_size, rounds,
	    EVP_sha256(), sizeof key, key);
}

int
main(int argc, char **argv)
{
	static const char pass_key[20] = "", password[] = "Secret.123";
	unsigned char salt[32] = { 0 }, key[32];

	if (argc != 4)
		return 2;
	for (int i = atoi(argv[1]); i > 0; i--)
		if (!pbkdf2(pass_key, sizeof pass_key, salt, 32,
			atoi(argv[2])))
			return 2;
	if (!pbkdf2(password, sizeof password - 1, salt, 16, atoi(argv[3])))
		return 2;
	if (!PKCS12_key_gen_utf8(password, sizeof password - 1, salt, 16,
		PKCS12_MAC_ID, atoi(argv[3]), sizeof key, key, EVP_sha256()))
		return 2;
	return 0;
}
