/* SPDX-License-Identifier: MIT */
#include "pbe/pbe.h"

#include <openssl/asn1t.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#define SHA384_SALT 48 /* NSS 3.118 and later */
#define IV_CONTENT 14  /* with tag and length: an AES block */
#define KEY_SIZE 32    /* of AES-256, and of the HMAC with SHA-256 */

/* NSS's private PBE, which OpenSSL has no name for. */
static const char sha1_3des[] = "1.2.840.113549.1.12.5.1.3";

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

/* The slice of an OCTET STRING that points into blob, since what OpenSSL
 * decodes is a copy. */
static struct slice
within(struct slice blob, const ASN1_OCTET_STRING *s)
{
	size_t size = (size_t)ASN1_STRING_length(s);
	const char *at = size <= blob.size ?
	    memmem(blob.at, blob.size, ASN1_STRING_get0_data(s), size) : NULL;

	return (struct slice){ at, at != NULL ? size : 0 };
}

static bool
positive(const ASN1_INTEGER *number, unsigned long *value)
{
	uint64_t n;

	if (ASN1_INTEGER_get_uint64(&n, number) != 1 || n == 0 ||
	    n > INT32_MAX)
		return false;
	*value = (unsigned long)n;
	return true;
}

static enum pbe_result
parse_3des(struct pbe *pbe, struct slice blob, const ASN1_TYPE *parameters)
{
	PBEPARAM *param = parameters == NULL ? NULL :
	    ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), parameters);
	enum pbe_result result = PBE_BAD;

	if (param != NULL && positive(param->iter, &pbe->rounds)) {
		pbe->scheme = PBE_SHA1_3DES;
		pbe->salt = within(blob, param->salt);
		result = PBE_OK;
	}
	PBEPARAM_free(param);
	return result;
}

/* keyLength.  NSS writes it always, and would derive as few bytes as it says:
 * whatever the file says, the key of a MAC is whole. */
static bool
is_key_size(const ASN1_INTEGER *number)
{
	uint64_t size;

	return number != NULL && ASN1_INTEGER_get_uint64(&size, number) == 1 &&
	    size == KEY_SIZE;
}

static bool
is_nid(const X509_ALGOR *algorithm, int nid)
{
	const ASN1_OBJECT *object;

	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	return OBJ_obj2nid(object) == nid;
}

static enum pbe_result
parse_kdf(struct pbe *pbe, struct slice blob, const X509_ALGOR *algorithm)
{
	PBKDF2PARAM *param;
	enum pbe_result result = PBE_BAD;

	if (!is_nid(algorithm, NID_id_pbkdf2))
		return PBE_UNKNOWN;
	param = algorithm->parameter == NULL ? NULL :
	    ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM),
		algorithm->parameter);
	if (param != NULL && param->salt->type == V_ASN1_OCTET_STRING &&
	    positive(param->iter, &pbe->rounds) &&
	    is_key_size(param->keylength)) {
		pbe->salt = within(blob, param->salt->value.octet_string);
		result = param->prf != NULL &&
			is_nid(param->prf, NID_hmacWithSHA256) ?
		    PBE_OK : PBE_UNKNOWN;
	}
	PBKDF2PARAM_free(param);
	return result;
}

/* NSS puts 14 bytes into the OCTET STRING and takes all of its TLV as IV. */
static enum pbe_result
parse_cipher(struct pbe *pbe, const X509_ALGOR *algorithm)
{
	const ASN1_TYPE *iv = algorithm->parameter;

	if (!is_nid(algorithm, NID_aes_256_cbc))
		return PBE_UNKNOWN;
	if (iv == NULL || iv->type != V_ASN1_OCTET_STRING ||
	    ASN1_STRING_length(iv->value.octet_string) != IV_CONTENT)
		return PBE_BAD;
	pbe->iv[0] = V_ASN1_OCTET_STRING;
	pbe->iv[1] = IV_CONTENT;
	memcpy(pbe->iv + 2, ASN1_STRING_get0_data(iv->value.octet_string),
	    IV_CONTENT);
	return PBE_OK;
}

/* PBES2 and PBMAC1: SEQUENCE { key derivation, cipher or MAC }. */
static enum pbe_result
parse_two(struct pbe *pbe, struct slice blob, const ASN1_TYPE *parameters,
    enum pbe_scheme scheme)
{
	PBE2PARAM *param = parameters == NULL ? NULL :
	    ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), parameters);
	enum pbe_result result = PBE_BAD;

	if (param != NULL)
		result = parse_kdf(pbe, blob, param->keyfunc);
	if (result == PBE_OK && scheme == PBE_PBES2)
		result = parse_cipher(pbe, param->encryption);
	else if (result == PBE_OK &&
	    !is_nid(param->encryption, NID_hmacWithSHA256))
		result = PBE_UNKNOWN;
	pbe->scheme = scheme;
	PBE2PARAM_free(param);
	return result;
}

enum pbe_result
pbe_parse(struct pbe *pbe, struct slice blob, char oid[64])
{
	const unsigned char *at = (const unsigned char *)blob.at;
	X509_SIG *both = d2i_X509_SIG(NULL, &at, (long)blob.size);
	enum pbe_result result = PBE_BAD;
	const ASN1_OCTET_STRING *text;
	const X509_ALGOR *algorithm;
	char name[64] = "";

	*pbe = (struct pbe){ .digest = "SHA256" };
	if (both == NULL || at != (const unsigned char *)blob.at + blob.size)
		goto out;
	X509_SIG_get0(both, &algorithm, &text);
	OBJ_obj2txt(name, sizeof name, algorithm->algorithm, 1);
	if (strcmp(name, sha1_3des) == 0)
		result = parse_3des(pbe, blob, algorithm->parameter);
	else if (is_nid(algorithm, NID_pbes2))
		result = parse_two(pbe, blob, algorithm->parameter, PBE_PBES2);
	else if (is_nid(algorithm, NID_pbmac1))
		result = parse_two(pbe, blob, algorithm->parameter, PBE_PBMAC1);
	else
		result = PBE_UNKNOWN;
	pbe->text = within(blob, text);
	if (result == PBE_OK && (pbe->text.at == NULL || pbe->salt.size == 0))
		result = PBE_BAD;
	if (oid != NULL)
		memcpy(oid, name, sizeof name);
out:
	X509_SIG_free(both);
	ERR_clear_error();
	return result;
}

static bool
hmac(unsigned char out[EVP_MAX_MD_SIZE], const EVP_MD *digest,
    const unsigned char *key, size_t key_size, const void *data, size_t size)
{
	return HMAC(digest, key, (int)key_size, data, size, out, NULL) != NULL;
}

/*
 * PBKDF1 with SHA-1, stretched as a draft of PKCS#12 did [nssdb 4.2 (a)]:
 * 40 bytes, of which the first 24 are key and the last 8 IV.
 */
static bool
derive_3des(unsigned char out[2 * EVP_MAX_MD_SIZE], const struct pbe *pbe,
    const struct pbe_key *key)
{
	const size_t pad = pbe->salt.size > SHA_DIGEST_LENGTH ?
	    pbe->salt.size : SHA_DIGEST_LENGTH;
	struct secret first = { 0 }, state = { 0 };
	unsigned char h[EVP_MAX_MD_SIZE] = { 0 };
	unsigned char part[EVP_MAX_MD_SIZE] = { 0 };
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
	    hmac(out, EVP_sha1(), h, SHA_DIGEST_LENGTH, state.at, state.size) &&
	    hmac(part, EVP_sha1(), h, SHA_DIGEST_LENGTH, state.at, pad);
	/* The second state is 20 bytes, whatever the first was. */
	memcpy(state.at, part, SHA_DIGEST_LENGTH);
	memmove(state.at + SHA_DIGEST_LENGTH, pbe->salt.at, pbe->salt.size);
	done = done &&
	    hmac(part, EVP_sha1(), h, SHA_DIGEST_LENGTH, state.at,
		SHA_DIGEST_LENGTH + pbe->salt.size);
	memcpy(out + SHA_DIGEST_LENGTH, part, SHA_DIGEST_LENGTH);
	OPENSSL_cleanse(h, sizeof h);
	OPENSSL_cleanse(part, sizeof part);
	secret_release(&first);
	secret_release(&state);
	return done;
}

static bool
derive_pbkdf2(unsigned char out[KEY_SIZE], const struct pbe *pbe,
    const struct pbe_key *key)
{
	return PKCS5_PBKDF2_HMAC((const char *)key->pass_key.at,
		   (int)key->pass_key.size,
		   (const unsigned char *)pbe->salt.at, (int)pbe->salt.size,
		   (int)pbe->rounds, EVP_sha256(), KEY_SIZE, out) == 1;
}

static enum pbe_result
decipher(const EVP_CIPHER *cipher, const unsigned char *key,
    const unsigned char *iv, struct slice text, struct secret *plain)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	const size_t block = (size_t)EVP_CIPHER_get_block_size(cipher);
	enum pbe_result result = PBE_FAILED;
	int size = 0, rest = 0;

	/* One more than NSS ever stores keeps the sizes within int. */
	if (text.size == 0 || text.size % block != 0 || text.size > 1 << 24) {
		EVP_CIPHER_CTX_free(context);
		return PBE_BAD;
	}
	secret_alloc(plain, text.size + block);
	if (context != NULL &&
	    EVP_DecryptInit_ex(context, cipher, NULL, key, iv) == 1 &&
	    EVP_DecryptUpdate(context, plain->at, &size,
		(const unsigned char *)text.at, (int)text.size) == 1)
		result = EVP_DecryptFinal_ex(context, plain->at + size,
			     &rest) == 1 ? PBE_OK : PBE_WRONG;
	if (result == PBE_OK) {
		struct secret exact = { 0 };

		secret_set(&exact, (struct slice){ (char *)plain->at,
		    (size_t)(size + rest) });
		secret_move(plain, &exact);
	} else {
		secret_release(plain);
	}
	EVP_CIPHER_CTX_free(context);
	return result;
}

enum pbe_result
pbe_decrypt(const struct pbe *pbe, const struct pbe_key *key,
    struct secret *plain)
{
	unsigned char derived[2 * EVP_MAX_MD_SIZE];
	enum pbe_result result = PBE_FAILED;

	if (pbe->rounds > key->most_rounds)
		return PBE_ROUNDS;
	if (key->pass_key.size == 0)
		return PBE_FAILED;
	if (pbe->scheme == PBE_SHA1_3DES) {
		if (derive_3des(derived, pbe, key))
			result = decipher(EVP_des_ede3_cbc(), derived,
			    derived + 32, pbe->text, plain);
	} else if (pbe->scheme == PBE_PBES2) {
		if (derive_pbkdf2(derived, pbe, key))
			result = decipher(EVP_aes_256_cbc(), derived,
			    pbe->iv, pbe->text, plain);
	} else {
		result = PBE_UNKNOWN;
	}
	OPENSSL_cleanse(derived, sizeof derived);
	ERR_clear_error();
	return result;
}

enum pbe_result
pbe_verify(const struct pbe *pbe, const struct pbe_key *key,
    unsigned long object, unsigned long attribute, struct slice data)
{
	unsigned char derived[KEY_SIZE], mac[EVP_MAX_MD_SIZE];
	enum pbe_result result = PBE_FAILED;
	struct secret text = { 0 };

	if (pbe->scheme != PBE_PBMAC1)
		return PBE_UNKNOWN;
	if (pbe->rounds > key->most_rounds)
		return PBE_ROUNDS;
	if (key->pass_key.size == 0)
		return PBE_FAILED;
	secret_alloc(&text, 8 + data.size);
	for (int i = 0; i < 4; i++) {
		text.at[i] = object >> (24 - 8 * i) & 0xff;
		text.at[4 + i] = attribute >> (24 - 8 * i) & 0xff;
	}
	if (data.size != 0)
		memcpy(text.at + 8, data.at, data.size);
	if (derive_pbkdf2(derived, pbe, key) &&
	    hmac(mac, EVP_sha256(), derived, sizeof derived, text.at,
		text.size))
		result = pbe->text.size == SHA256_DIGEST_LENGTH &&
			CRYPTO_memcmp(mac, pbe->text.at,
			    SHA256_DIGEST_LENGTH) == 0 ?
		    PBE_OK : PBE_WRONG;
	OPENSSL_cleanse(derived, sizeof derived);
	secret_release(&text);
	ERR_clear_error();
	return result;
}
