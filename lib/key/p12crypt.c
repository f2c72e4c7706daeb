/* SPDX-License-Identifier: MIT */
#include "key/p12crypt.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <stdint.h>
#include <stdlib.h>

#include "util/mem.h"

#define DERIVATIONS 100 /* of most_rounds, in all */

/* -- deriving -------------------------------------------------------------- */

/* RC2, RC4 and others are in a provider that a program loads at most once,
 * in a library context of its own. */
struct p12crypt_legacy {
	OSSL_LIB_CTX *context;
	OSSL_PROVIDER *provider;
};

void
p12crypt_begin(struct p12crypt *crypt, unsigned long most_rounds)
{
	*crypt = (struct p12crypt){ .most_rounds = most_rounds };
	crypt->rounds_left = most_rounds > ULONG_MAX / DERIVATIONS ?
	    ULONG_MAX : most_rounds * DERIVATIONS;
}

void
p12crypt_end(struct p12crypt *crypt)
{
	if (crypt->legacy != NULL) {
		OSSL_PROVIDER_unload(crypt->legacy->provider);
		OSSL_LIB_CTX_free(crypt->legacy->context);
		free(crypt->legacy);
	}
	secret_release(&crypt->key);
	secret_release(&crypt->key_salt);
	secret_release(&crypt->key_password);
	*crypt = (struct p12crypt){ 0 };
}

static EVP_CIPHER *
fetch_cipher(struct p12crypt *crypt, const char *name)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	struct p12crypt_legacy *legacy = crypt->legacy;

	if (cipher != NULL)
		return cipher;
	if (legacy == NULL) {
		legacy = crypt->legacy = mem_zalloc(1, sizeof *legacy);
		legacy->context = OSSL_LIB_CTX_new();
		if (legacy->context != NULL)
			legacy->provider = OSSL_PROVIDER_load(legacy->context,
			    "legacy");
	}
	if (legacy->provider != NULL)
		cipher = EVP_CIPHER_fetch(legacy->context, name, NULL);
	ERR_clear_error();
	return cipher;
}

/* Every digest's worth of a key takes the rounds once more. */
static enum p12alg_result
may_derive(struct p12crypt *crypt, const struct p12alg *alg, size_t size)
{
	unsigned long times = (size + alg->digest_size - 1) / alg->digest_size;

	if (alg->rounds > crypt->most_rounds || alg->rounds > INT_MAX ||
	    (times != 0 && alg->rounds > crypt->rounds_left / times))
		return P12ALG_ROUNDS;
	crypt->rounds_left -= alg->rounds * times;
	return P12ALG_OK;
}

static bool
is_last_key(const struct p12crypt *crypt, const struct p12alg *alg,
    struct slice password, size_t size)
{
	return crypt->key.size == size && crypt->key_digest == alg->digest &&
	    crypt->key_rounds == alg->rounds &&
	    slice_is(secret_slice(&crypt->key_salt), alg->salt) &&
	    slice_is(secret_slice(&crypt->key_password), password);
}

static enum p12alg_result
pbkdf2(struct p12crypt *crypt, const struct p12alg *alg,
    struct slice password, struct secret *key)
{
	enum p12alg_result result = P12ALG_OK;
	EVP_MD *digest;

	if (is_last_key(crypt, alg, password, key->size)) {
		secret_set(key, secret_slice(&crypt->key));
		return P12ALG_OK;
	}
	result = may_derive(crypt, alg, key->size);
	if (result != P12ALG_OK)
		return result;
	digest = EVP_MD_fetch(NULL, alg->digest, NULL);
	if (digest == NULL ||
	    PKCS5_PBKDF2_HMAC(password.at != NULL ? password.at : "",
		(int)password.size, (const unsigned char *)alg->salt.at,
		(int)alg->salt.size, (int)alg->rounds, digest,
		(int)key->size, key->at) != 1)
		result = P12ALG_FAILED;
	EVP_MD_free(digest);
	if (result != P12ALG_OK)
		return result;
	secret_set(&crypt->key, secret_slice(key));
	secret_set(&crypt->key_salt, alg->salt);
	secret_set(&crypt->key_password, password);
	crypt->key_rounds = alg->rounds;
	crypt->key_digest = alg->digest;
	return P12ALG_OK;
}

static enum p12alg_result
pkcs12_kdf(struct p12crypt *crypt, const struct p12alg *alg,
    struct slice password, int id, struct secret *key)
{
	enum p12alg_result result = may_derive(crypt, alg, key->size);
	EVP_KDF *kdf;
	EVP_MD *digest;

	/* Of no password and no salt OpenSSL derives nothing. */
	if (password.at == NULL && alg->salt.size == 0)
		return P12ALG_WRONG;
	if (result != P12ALG_OK)
		return result;
	kdf = EVP_KDF_fetch(NULL, "PKCS12KDF", NULL);
	EVP_KDF_free(kdf);
	if (kdf == NULL)
		return P12ALG_NO_KDF;
	digest = EVP_MD_fetch(NULL, alg->digest, NULL);
	if (digest == NULL || PKCS12_key_gen_utf8(password.at,
		(int)password.size, (unsigned char *)(uintptr_t)alg->salt.at,
		(int)alg->salt.size, id, (int)alg->rounds, (int)key->size,
		key->at, digest) != 1)
		result = P12ALG_FAILED;
	EVP_MD_free(digest);
	return result;
}

/* Both fill what they are given. */
static enum p12alg_result
derive_key(struct p12crypt *crypt, const struct p12alg *alg,
    struct slice password, int id, struct secret *key)
{
	return alg->kdf == P12ALG_PBKDF2 ?
	    pbkdf2(crypt, alg, password, key) :
	    pkcs12_kdf(crypt, alg, password, id, key);
}

static enum p12alg_result
derive_iv(struct p12crypt *crypt, const struct p12alg *alg,
    struct slice password, struct secret *iv)
{
	if (iv->size == 0)
		return P12ALG_OK;
	if (alg->kdf == P12ALG_PKCS12)
		return pkcs12_kdf(crypt, alg, password, PKCS12_IV_ID, iv);
	if (alg->iv.size != iv->size)
		return P12ALG_BAD;
	secret_set(iv, alg->iv);
	return P12ALG_OK;
}

void
p12crypt_bmp(struct secret *bmp, struct slice password)
{
	unsigned char *text = NULL;
	int size = 0;

	if (password.size < INT_MAX / 2 &&
	    OPENSSL_utf82uni(password.at != NULL ? password.at : "",
		(int)password.size, &text, &size) != NULL)
		secret_set(bmp, (struct slice){ (char *)text, (size_t)size });
	OPENSSL_clear_free(text, (size_t)size);
	ERR_clear_error();
}

/* -- using ----------------------------------------------------------------- */

static enum p12alg_result
run_cipher(const EVP_CIPHER *cipher, const struct secret *key,
    const struct secret *iv, struct slice text, struct secret *plain)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	enum p12alg_result result = P12ALG_FAILED;
	struct secret room = { 0 };
	int size, more;

	secret_alloc(&room, text.size + EVP_MAX_BLOCK_LENGTH);
	if (context != NULL && EVP_DecryptInit_ex2(context, cipher, key->at,
		iv->size != 0 ? iv->at : NULL, NULL) == 1 &&
	    EVP_DecryptUpdate(context, room.at, &size,
		(const unsigned char *)text.at, (int)text.size) == 1) {
		result = P12ALG_WRONG;
		if (EVP_DecryptFinal_ex(context, room.at + size, &more) == 1) {
			secret_set(plain, (struct slice){
			    (const char *)room.at, (size_t)(size + more) });
			result = P12ALG_OK;
		}
		ERR_clear_error();
	}
	EVP_CIPHER_CTX_free(context);
	secret_release(&room);
	return result;
}

static bool
is_usable(const EVP_CIPHER *cipher)
{
	int mode = EVP_CIPHER_get_mode(cipher);

	return mode == EVP_CIPH_CBC_MODE || mode == EVP_CIPH_STREAM_CIPHER;
}

enum p12alg_result
p12crypt_decrypt(struct p12crypt *crypt, const struct p12alg *alg,
    struct slice password, struct slice text, struct secret *plain)
{
	EVP_CIPHER *cipher = fetch_cipher(crypt, alg->cipher);
	enum p12alg_result result = P12ALG_UNKNOWN;
	struct secret key = { 0 }, iv = { 0 };

	if (cipher != NULL && is_usable(cipher)) {
		secret_alloc(&key, (size_t)EVP_CIPHER_get_key_length(cipher));
		secret_alloc(&iv, (size_t)EVP_CIPHER_get_iv_length(cipher));
		result = text.size > INT_MAX / 2 || (alg->key_size != 0 &&
		    alg->key_size != key.size) ? P12ALG_BAD : P12ALG_OK;
	}
	if (result == P12ALG_OK)
		result = derive_iv(crypt, alg, password, &iv);
	if (result == P12ALG_OK)
		result = derive_key(crypt, alg, password, PKCS12_KEY_ID, &key);
	if (result == P12ALG_OK)
		result = run_cipher(cipher, &key, &iv, text, plain);
	secret_release(&key);
	secret_release(&iv);
	EVP_CIPHER_free(cipher);
	return result;
}

static enum p12alg_result
compare_mac(const EVP_MD *digest, const struct secret *key, struct slice mac,
    struct slice data)
{
	unsigned char want[EVP_MAX_MD_SIZE];
	unsigned size;

	if (HMAC(digest, key->at, (int)key->size,
		(const unsigned char *)data.at, data.size, want,
		&size) == NULL)
		return P12ALG_FAILED;
	return size == mac.size && CRYPTO_memcmp(want, mac.at, size) == 0 ?
	    P12ALG_OK : P12ALG_WRONG;
}

enum p12alg_result
p12crypt_verify(struct p12crypt *crypt, const struct p12alg *alg,
    struct slice password, struct slice mac, struct slice data)
{
	EVP_MD *digest = EVP_MD_fetch(NULL, alg->mac, NULL);
	enum p12alg_result result = P12ALG_UNKNOWN;
	struct secret key = { 0 };

	if (digest != NULL) {
		secret_alloc(&key, alg->key_size);
		result = derive_key(crypt, alg, password, PKCS12_MAC_ID, &key);
	}
	if (result == P12ALG_OK)
		result = compare_mac(digest, &key, mac, data);
	secret_release(&key);
	EVP_MD_free(digest);
	return result;
}
