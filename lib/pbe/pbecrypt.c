/* SPDX-License-Identifier: MIT */
#include "pbe/pbecrypt.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/sha.h>
#include <stdlib.h>

#include "util/mem.h"

static bool
hmac(unsigned char out[EVP_MAX_MD_SIZE], const EVP_MD *digest,
    struct slice key, struct slice data)
{
	return HMAC(digest, key.at, (int)key.size,
		   (const unsigned char *)data.at, data.size, out,
		   NULL) != NULL;
}

bool
pbe_has_pkcs12_kdf(void)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "PKCS12KDF", NULL);

	EVP_KDF_free(kdf);
	if (kdf == NULL)
		ERR_clear_error();
	return kdf != NULL;
}

enum pbe_result
pbe_derive(const struct pbe *pbe, struct slice password, int id,
    struct secret *key)
{
	EVP_MD *digest = EVP_MD_fetch(NULL, pbe->digest, NULL);
	const int rounds = (int)pbe->rounds;
	int done = 0;

	if (digest != NULL && pbe->kdf == PBE_PBKDF2)
		done = PKCS5_PBKDF2_HMAC(password.at != NULL ? password.at :
		    "", (int)password.size,
		    (const unsigned char *)pbe->salt.at, (int)pbe->salt.size,
		    rounds, digest, (int)key->size, key->at);
	else if (digest != NULL)
		done = PKCS12_key_gen_utf8(password.at, (int)password.size,
		    (unsigned char *)(uintptr_t)pbe->salt.at,
		    (int)pbe->salt.size, id, rounds, (int)key->size, key->at,
		    digest);
	EVP_MD_free(digest);
	return done == 1 ? PBE_OK : PBE_FAILED;
}

/* Encrypt or decrypt.  1; 0: the padding is wrong; -1: OpenSSL would not. */
static int
run_cipher(const EVP_CIPHER *cipher, const struct secret *key,
    struct slice iv, struct slice from, struct secret *to, bool encrypt)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	struct secret room = { 0 };
	int size, more, result = -1;

	secret_alloc(&room, from.size + EVP_MAX_BLOCK_LENGTH);
	if (context != NULL && EVP_CipherInit_ex2(context, cipher, key->at,
		iv.size != 0 ? (const unsigned char *)iv.at : NULL, encrypt,
		NULL) == 1 &&
	    EVP_CipherUpdate(context, room.at, &size,
		(const unsigned char *)from.at, (int)from.size) == 1)
		result = EVP_CipherFinal_ex(context, room.at + size, &more);
	if (result == 1)
		secret_set(to, (struct slice){ (const char *)room.at,
		    (size_t)(size + more) });
	EVP_CIPHER_CTX_free(context);
	secret_release(&room);
	return result;
}

static enum pbe_result
decipher(const EVP_CIPHER *cipher, const struct secret *key, struct slice iv,
    struct slice text, struct secret *plain)
{
	int done = run_cipher(cipher, key, iv, text, plain, false);

	if (done != 1)
		secret_release(plain);
	if (done == 0)
		ERR_clear_error();
	return done == 1 ? PBE_OK : done == 0 ? PBE_WRONG : PBE_FAILED;
}

enum pbe_result
pbe_encrypt(const struct pbe *pbe, const struct secret *key,
    struct slice plain, struct secret *text)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, pbe->cipher, NULL);
	int done = cipher != NULL ?
	    run_cipher(cipher, key, pbe->iv, plain, text, true) : -1;

	EVP_CIPHER_free(cipher);
	return done == 1 ? PBE_OK : PBE_FAILED;
}

enum pbe_result
pbe_mac(const struct pbe *pbe, const struct secret *key, struct slice data,
    struct secret *mac)
{
	EVP_MD *digest = EVP_MD_fetch(NULL, pbe->mac, NULL);
	unsigned char octets[EVP_MAX_MD_SIZE];
	bool done = digest != NULL &&
	    hmac(octets, digest, secret_slice(key), data);

	if (done)
		secret_set(mac, (struct slice){ (char *)octets,
		    (size_t)EVP_MD_get_size(digest) });
	EVP_MD_free(digest);
	return done ? PBE_OK : PBE_FAILED;
}

/* Is it what pbe says? */
static enum pbe_result
check_mac(const struct pbe *pbe, const struct secret *key, struct slice data)
{
	struct secret mac = { 0 };
	enum pbe_result result = pbe_mac(pbe, key, data, &mac);

	if (result == PBE_OK && (mac.size != pbe->text.size ||
		CRYPTO_memcmp(mac.at, pbe->text.at, mac.size) != 0))
		result = PBE_WRONG;
	secret_release(&mac);
	return result;
}

#define DERIVATIONS 100 /* of most_rounds, in all */

/* RC2, RC4 and others are in a provider that a program loads at most once,
 * in a library context of its own. */
struct pbe_legacy {
	OSSL_LIB_CTX *context;
	OSSL_PROVIDER *provider;
};

void
pbecrypt_begin(struct pbecrypt *crypt, unsigned long most_rounds)
{
	*crypt = (struct pbecrypt){ .most_rounds = most_rounds };
	crypt->rounds_left = most_rounds > ULONG_MAX / DERIVATIONS ?
	    ULONG_MAX : most_rounds * DERIVATIONS;
}

void
pbecrypt_end(struct pbecrypt *crypt)
{
	if (crypt->legacy != NULL) {
		OSSL_PROVIDER_unload(crypt->legacy->provider);
		OSSL_LIB_CTX_free(crypt->legacy->context);
		free(crypt->legacy);
	}
	secret_release(&crypt->key);
	secret_release(&crypt->key_salt);
	secret_release(&crypt->key_password);
	*crypt = (struct pbecrypt){ 0 };
}

static EVP_CIPHER *
fetch_cipher(struct pbecrypt *crypt, const char *name)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	struct pbe_legacy *legacy = crypt->legacy;

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
static enum pbe_result
may_derive(struct pbecrypt *crypt, const struct pbe *pbe, size_t size)
{
	unsigned long times = (size + pbe->digest_size - 1) / pbe->digest_size;

	if (pbe->rounds > crypt->most_rounds || pbe->rounds > INT_MAX ||
	    (times != 0 && pbe->rounds > crypt->rounds_left / times))
		return PBE_ROUNDS;
	crypt->rounds_left -= pbe->rounds * times;
	return PBE_OK;
}

static bool
is_last_key(const struct pbecrypt *crypt, const struct pbe *pbe,
    struct slice password, size_t size)
{
	return pbe->kdf == PBE_PBKDF2 && crypt->key.size == size &&
	    crypt->key_digest == pbe->digest &&
	    crypt->key_rounds == pbe->rounds &&
	    slice_equal(secret_slice(&crypt->key_salt), pbe->salt) &&
	    slice_equal(secret_slice(&crypt->key_password), password);
}

/* Fills what it is given. */
static enum pbe_result
derive_limited(struct pbecrypt *crypt, const struct pbe *pbe,
    struct slice password, int id, struct secret *key)
{
	enum pbe_result result;

	if (is_last_key(crypt, pbe, password, key->size)) {
		secret_set(key, secret_slice(&crypt->key));
		return PBE_OK;
	}
	result = may_derive(crypt, pbe, key->size);
	/* Of no password and no salt OpenSSL derives nothing. */
	if (pbe->kdf == PBE_PKCS12 && password.at == NULL &&
	    pbe->salt.size == 0)
		return PBE_WRONG;
	if (result != PBE_OK)
		return result;
	if (pbe->kdf == PBE_PKCS12 && !pbe_has_pkcs12_kdf())
		return PBE_NO_KDF;
	result = pbe_derive(pbe, password, id, key);
	if (result != PBE_OK || pbe->kdf == PBE_PKCS12)
		return result;
	secret_set(&crypt->key, secret_slice(key));
	secret_set(&crypt->key_salt, pbe->salt);
	secret_set(&crypt->key_password, password);
	crypt->key_rounds = pbe->rounds;
	crypt->key_digest = pbe->digest;
	return PBE_OK;
}

static enum pbe_result
derive_iv(struct pbecrypt *crypt, const struct pbe *pbe,
    struct slice password, struct secret *iv)
{
	if (iv->size == 0)
		return PBE_OK;
	if (pbe->kdf == PBE_PKCS12)
		return derive_limited(crypt, pbe, password, PKCS12_IV_ID, iv);
	if (pbe->iv.size != iv->size)
		return PBE_BAD;
	secret_set(iv, pbe->iv);
	return PBE_OK;
}

void
pbe_bmp(struct secret *bmp, struct slice password)
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

static bool
is_usable(const EVP_CIPHER *cipher)
{
	int mode = EVP_CIPHER_get_mode(cipher);

	return mode == EVP_CIPH_CBC_MODE || mode == EVP_CIPH_STREAM_CIPHER;
}

enum pbe_result
pbecrypt_decrypt(struct pbecrypt *crypt, const struct pbe *pbe,
    struct slice password, struct secret *plain)
{
	EVP_CIPHER *cipher = fetch_cipher(crypt, pbe->cipher);
	enum pbe_result result = PBE_UNKNOWN;
	struct secret key = { 0 }, iv = { 0 };

	if (cipher == NULL || !is_usable(cipher))
		goto out;
	secret_alloc(&key, (size_t)EVP_CIPHER_get_key_length(cipher));
	secret_alloc(&iv, (size_t)EVP_CIPHER_get_iv_length(cipher));
	result = pbe->text.size > INT_MAX / 2 || (pbe->key_size != 0 &&
		pbe->key_size != key.size) ? PBE_BAD :
	    derive_iv(crypt, pbe, password, &iv);
	if (result == PBE_OK)
		result = derive_limited(crypt, pbe, password, PKCS12_KEY_ID,
		    &key);
	if (result == PBE_OK)
		result = decipher(cipher, &key, secret_slice(&iv), pbe->text,
		    plain);
out:
	secret_release(&key);
	secret_release(&iv);
	EVP_CIPHER_free(cipher);
	return result;
}

enum pbe_result
pbecrypt_verify(struct pbecrypt *crypt, const struct pbe *pbe,
    struct slice password, struct slice data)
{
	EVP_MD *digest = EVP_MD_fetch(NULL, pbe->mac, NULL);
	enum pbe_result result = PBE_UNKNOWN;
	struct secret key = { 0 };

	if (digest != NULL) {
		secret_alloc(&key, pbe->key_size);
		result = derive_limited(crypt, pbe, password, PKCS12_MAC_ID,
		    &key);
	}
	if (result == PBE_OK)
		result = check_mac(pbe, &key, data);
	secret_release(&key);
	EVP_MD_free(digest);
	return result;
}

#define SHA384_SALT 48 /* NSS 3.118 and later */

void
pbe_key_init(struct pbe_key *key, struct slice salt, struct slice password,
    unsigned long most_rounds)
{
	const EVP_MD *digest = salt.size == SHA384_SALT ? EVP_sha384() :
							  EVP_sha1();
	struct secret both = { 0 };

	*key = (struct pbe_key){ .most_rounds = most_rounds };
	secret_alloc(&both, salt.size + password.size);
	if (salt.size != 0)
		memcpy(both.at, salt.at, salt.size);
	if (password.size != 0)
		memcpy(both.at + salt.size, password.at, password.size);
	secret_alloc(&key->pass_key, (size_t)EVP_MD_get_size(digest));
	if (EVP_Digest(both.at, both.size, key->pass_key.at, NULL, digest,
		NULL) != 1)
		secret_release(&key->pass_key);
	secret_release(&both);
}

void
pbe_key_release(struct pbe_key *key)
{
	secret_release(&key->pass_key);
}

/*
 * PBKDF1 with SHA-1, stretched as a draft of PKCS#12 did [nssdb 4.2 (a)]:
 * 40 bytes, of which the first 24 are key and the last 8 IV.
 */
static bool
derive_nss(unsigned char out[2 * EVP_MAX_MD_SIZE], const struct pbe *pbe,
    const struct pbe_key *key)
{
	const size_t pad = pbe->salt.size > SHA_DIGEST_LENGTH ?
	    pbe->salt.size : SHA_DIGEST_LENGTH;
	struct secret first = { 0 }, state = { 0 };
	unsigned char h[EVP_MAX_MD_SIZE] = { 0 };
	unsigned char part[EVP_MAX_MD_SIZE] = { 0 };
	const struct slice hash = { (char *)h, SHA_DIGEST_LENGTH };
	bool done;

	secret_alloc(&first, key->pass_key.size + pbe->salt.size);
	memcpy(first.at, key->pass_key.at, key->pass_key.size);
	memcpy(first.at + key->pass_key.size, pbe->salt.at, pbe->salt.size);
	secret_alloc(&state, pad + pbe->salt.size);
	memcpy(state.at, pbe->salt.at, pbe->salt.size);
	memcpy(state.at + pad, pbe->salt.at, pbe->salt.size);

	done = EVP_Digest(first.at, first.size, h, NULL, EVP_sha1(), NULL) == 1;
	for (unsigned long i = 1; done && i < pbe->rounds; i++)
		done = EVP_Digest(h, SHA_DIGEST_LENGTH, h, NULL, EVP_sha1(),
			   NULL) == 1;
	done = done &&
	    hmac(out, EVP_sha1(), hash, secret_slice(&state)) &&
	    hmac(part, EVP_sha1(), hash,
		(struct slice){ (char *)state.at, pad });
	/* The second state is 20 bytes, whatever the first was. */
	memcpy(state.at, part, SHA_DIGEST_LENGTH);
	memmove(state.at + SHA_DIGEST_LENGTH, pbe->salt.at, pbe->salt.size);
	done = done &&
	    hmac(part, EVP_sha1(), hash, (struct slice){ (char *)state.at,
		SHA_DIGEST_LENGTH + pbe->salt.size });
	memcpy(out + SHA_DIGEST_LENGTH, part, SHA_DIGEST_LENGTH);
	OPENSSL_cleanse(h, sizeof h);
	OPENSSL_cleanse(part, sizeof part);
	secret_release(&first);
	secret_release(&state);
	return done;
}

/* Before anything is derived. */
static enum pbe_result
may_use(const struct pbe *pbe, const struct pbe_key *key)
{
	if (pbe->rounds > key->most_rounds)
		return PBE_ROUNDS;
	return key->pass_key.size == 0 ? PBE_FAILED : PBE_OK;
}

/* One more than NSS ever stores keeps the sizes within int. */
static bool
is_whole(const EVP_CIPHER *cipher, struct slice text)
{
	return text.size != 0 && text.size <= 1 << 24 &&
	    text.size % (size_t)EVP_CIPHER_get_block_size(cipher) == 0;
}

enum pbe_result
pbe_decrypt(const struct pbe *pbe, const struct pbe_key *key,
    struct secret *plain)
{
	unsigned char derived[2 * EVP_MAX_MD_SIZE];
	struct secret cipher_key = { 0 };
	struct slice iv = pbe->iv;
	enum pbe_result result = may_use(pbe, key);
	EVP_CIPHER *cipher;

	if (pbe->cipher == NULL)
		return PBE_UNKNOWN;
	if (result != PBE_OK)
		return result;
	cipher = EVP_CIPHER_fetch(NULL, pbe->cipher, NULL);
	secret_alloc(&cipher_key, PBE_NSS_KEY);
	if (cipher == NULL) {
		result = PBE_FAILED;
	} else if (!is_whole(cipher, pbe->text)) {
		result = PBE_BAD;
	} else if (pbe->kdf == PBE_NSS) {
		result = derive_nss(derived, pbe, key) ? PBE_OK : PBE_FAILED;
		memcpy(cipher_key.at, derived, PBE_NSS_KEY);
		iv = (struct slice){ (char *)derived + 32, 8 };
	} else {
		result = pbe_derive(pbe, secret_slice(&key->pass_key), 0,
		    &cipher_key);
	}
	if (result == PBE_OK)
		result = decipher(cipher, &cipher_key, iv, pbe->text, plain);
	OPENSSL_cleanse(derived, sizeof derived);
	secret_release(&cipher_key);
	EVP_CIPHER_free(cipher);
	ERR_clear_error();
	return result;
}

enum pbe_result
pbe_verify(const struct pbe *pbe, const struct pbe_key *key,
    unsigned long object, unsigned long attribute, struct slice data)
{
	struct secret text = { 0 }, mac_key = { 0 };
	enum pbe_result result = may_use(pbe, key);

	if (pbe->mac == NULL)
		return PBE_UNKNOWN;
	if (result != PBE_OK)
		return result;
	secret_alloc(&text, 8 + data.size);
	for (int i = 0; i < 4; i++) {
		text.at[i] = object >> (24 - 8 * i) & 0xff;
		text.at[4 + i] = attribute >> (24 - 8 * i) & 0xff;
	}
	if (data.size != 0)
		memcpy(text.at + 8, data.at, data.size);
	secret_alloc(&mac_key, PBE_NSS_KEY);
	result = pbe_derive(pbe, secret_slice(&key->pass_key), 0, &mac_key);
	if (result == PBE_OK)
		result = check_mac(pbe, &mac_key, secret_slice(&text));
	secret_release(&mac_key);
	secret_release(&text);
	ERR_clear_error();
	return result;
}
