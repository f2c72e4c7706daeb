/* SPDX-License-Identifier: MIT */
#include "key/p12seal.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>

#include "key/crypto.h"
#include "key/der.h"
#include "util/diag.h"
#include "util/parallel.h"

#define BLOCK_SIZE 16
#define KEY_SIZE 32 /* of AES-256, and of a MAC by SHA-256 */

/* -- derivations ----------------------------------------------------------- */

/* PBKDF2, but for the classic MAC. */
void
p12seal_work(void *arg, size_t job)
{
	struct p12seal *seal = arg;
	struct p12seal_key *k = &seal->by_use[seal->job[job]];
	/* For PKCS12KDF, none at all is not the empty one. */
	const char *password = seal->password.at != NULL ?
	    seal->password.at : "";
	const int size = (int)seal->password.size;
	const int rounds = (int)seal->rounds;
	int done;

	secret_alloc(&k->key, KEY_SIZE);
	if (k->use == P12SEAL_MAC && !seal->pbmac1)
		done = PKCS12_key_gen_utf8(password, size, k->salt,
		    sizeof k->salt, PKCS12_MAC_ID, rounds, KEY_SIZE,
		    k->key.at, EVP_sha256());
	else
		done = PKCS5_PBKDF2_HMAC(password, size, k->salt,
		    sizeof k->salt, rounds, EVP_sha256(), KEY_SIZE, k->key.at);
	if (done != 1)
		secret_release(&k->key);
}

static int
check_kdf(void)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "PKCS12KDF", NULL);

	EVP_KDF_free(kdf);
	if (kdf != NULL)
		return 0;
	ERR_clear_error();
	return fail("this OpenSSL has no PKCS12KDF, which the classic MAC "
		    "takes (FIPS mode?): --for=fips writes PBMAC1");
}

int
p12seal_begin(struct p12seal *seal, bool keys, bool certs)
{
	const bool wanted[P12SEAL_USES] = { keys, certs, true };

	seal->jobs = 0;
	if (!seal->pbmac1 && check_kdf() < 0)
		return -1;
	for (int use = 0; use < P12SEAL_USES; use++) {
		struct p12seal_key *k = &seal->by_use[use];

		if (!wanted[use])
			continue;
		k->use = (enum p12seal_use)use;
		if (RAND_bytes(k->salt, sizeof k->salt) != 1)
			return fail_crypto("no random numbers");
		seal->job[seal->jobs++] = k->use;
	}
	return 0;
}

int
p12seal_end(const struct p12seal *seal)
{
	for (size_t i = 0; i < seal->jobs; i++)
		if (seal->by_use[seal->job[i]].key.size == 0)
			return fail("cannot derive a key from the password");
	return 0;
}

int
p12seal_derive(struct p12seal *seal, bool keys, bool certs)
{
	if (p12seal_begin(seal, keys, certs) < 0)
		return -1;
	parallel_run(p12seal_work, seal, seal->jobs, NULL);
	return p12seal_end(seal);
}

void
p12seal_release(struct p12seal *seal)
{
	for (int use = 0; use < P12SEAL_USES; use++)
		secret_release(&seal->by_use[use].key);
}

/* -- algorithms ------------------------------------------------------------ */

/* Append an AlgorithmIdentifier. */
static void
add_algorithm(struct secret *to, int nid, int tag, struct slice parameters)
{
	const ASN1_OBJECT *oid = OBJ_nid2obj(nid);
	struct secret algorithm = { 0 };

	der_value(&algorithm, V_ASN1_OBJECT,
	    (struct slice){ (const char *)OBJ_get0_data(oid),
		OBJ_length(oid) });
	der_value(&algorithm, tag, parameters);
	der_put(to, DER_SEQUENCE, &algorithm);
}

static void
add_digest(struct secret *to, int nid)
{
	add_algorithm(to, nid, V_ASN1_NULL, (struct slice){ "", 0 });
}

static struct slice
salt_of(const struct p12seal_key *k)
{
	return (struct slice){ (const char *)k->salt, sizeof k->salt };
}

/* RFC 8018, appendix A.2; RFC 9579 wants the key's length. */
static void
add_kdf(struct secret *to, const struct p12seal *seal,
    const struct p12seal_key *k)
{
	struct secret parameters = { 0 };

	der_value(&parameters, DER_OCTET_STRING, salt_of(k));
	der_number(&parameters, seal->rounds);
	der_number(&parameters, KEY_SIZE);
	add_digest(&parameters, NID_hmacWithSHA256);
	add_algorithm(to, NID_id_pbkdf2, DER_SEQUENCE,
	    secret_slice(&parameters));
	secret_release(&parameters);
}

static void
add_pbes2(struct secret *to, const struct p12seal *seal,
    const struct p12seal_key *k, const unsigned char iv[BLOCK_SIZE])
{
	struct secret parameters = { 0 };

	add_kdf(&parameters, seal, k);
	add_algorithm(&parameters, NID_aes_256_cbc, DER_OCTET_STRING,
	    (struct slice){ (const char *)iv, BLOCK_SIZE });
	add_algorithm(to, NID_pbes2, DER_SEQUENCE, secret_slice(&parameters));
	secret_release(&parameters);
}

/* RFC 9579, section 4 */
static void
add_pbmac1(struct secret *to, const struct p12seal *seal,
    const struct p12seal_key *k)
{
	struct secret parameters = { 0 };

	add_kdf(&parameters, seal, k);
	add_digest(&parameters, NID_hmacWithSHA256);
	add_algorithm(to, NID_pbmac1, DER_SEQUENCE, secret_slice(&parameters));
	secret_release(&parameters);
}

/* -- encryption and MAC ---------------------------------------------------- */

/* text has room for a block more than plain, and is of its size then. */
static int
encrypt(struct secret *text, const struct p12seal_key *k,
    const unsigned char iv[BLOCK_SIZE], struct slice plain)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int size = 0, rest = 0, status = -1;

	if (context != NULL &&
	    EVP_EncryptInit_ex(context, EVP_aes_256_cbc(), NULL, k->key.at,
		iv) == 1 &&
	    EVP_EncryptUpdate(context, text->at, &size,
		(const unsigned char *)plain.at, (int)plain.size) == 1 &&
	    EVP_EncryptFinal_ex(context, text->at + size, &rest) == 1)
		status = 0;
	text->size = (size_t)size + (size_t)rest;
	EVP_CIPHER_CTX_free(context);
	return status < 0 ? fail_crypto("cannot encrypt") : 0;
}

int
p12seal_encrypt(struct secret *to, const struct p12seal *seal,
    enum p12seal_use use, int tag, struct slice plain)
{
	const struct p12seal_key *k = &seal->by_use[use];
	unsigned char iv[BLOCK_SIZE];
	struct secret text = { 0 };
	int status;

	if (plain.size > INT_MAX - BLOCK_SIZE)
		return fail("more than a bundle can hold");
	if (RAND_bytes(iv, sizeof iv) != 1)
		return fail_crypto("no random numbers");
	secret_alloc(&text, plain.size + BLOCK_SIZE);
	status = encrypt(&text, k, iv, plain);
	if (status == 0) {
		add_pbes2(to, seal, k, iv);
		der_put(to, tag, &text);
	}
	secret_release(&text);
	return status;
}

/*
 * Of PBMAC1, salt and rounds are in the algorithm; JSS repeats the salt here
 * and says 1 [pkcs12 2].  Rounds of 1 are the default, which DER leaves out.
 */
int
p12seal_mac(struct secret *to, const struct p12seal *seal,
    struct slice content)
{
	const struct p12seal_key *k = &seal->by_use[P12SEAL_MAC];
	const unsigned long rounds = seal->pbmac1 ? 1 : seal->rounds;
	struct secret data = { 0 }, digest = { 0 };
	unsigned char mac[KEY_SIZE];

	if (HMAC(EVP_sha256(), k->key.at, KEY_SIZE,
		(const unsigned char *)content.at, content.size, mac,
		NULL) == NULL)
		return fail_crypto("cannot make a MAC");
	if (seal->pbmac1)
		add_pbmac1(&digest, seal, k);
	else
		add_digest(&digest, NID_sha256);
	der_value(&digest, DER_OCTET_STRING,
	    (struct slice){ (char *)mac, sizeof mac });
	der_put(&data, DER_SEQUENCE, &digest);
	der_value(&data, DER_OCTET_STRING, salt_of(k));
	if (rounds != 1)
		der_number(&data, rounds);
	der_put(to, DER_SEQUENCE, &data);
	return 0;
}
