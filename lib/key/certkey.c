/* SPDX-License-Identifier: MIT */
#include "key/certkey.h"

#ifndef WITH_LIBCRYPTO

enum certkey_result
certkey_id(unsigned char id[CERTKEY_ID_SIZE], struct slice base64)
{
	(void)id;
	(void)base64;
	return CERTKEY_UNKNOWN;
}

#else

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "util/base64.h"
#include "util/mem.h"

#include <stdlib.h>

/* The public value's bytes; the caller's to free; NULL: no such type. */
static unsigned char *
public_value(const EVP_PKEY *key, size_t *size)
{
	unsigned char *value = NULL;
	BIGNUM *modulus = NULL;

	if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS")) {
		if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N,
			&modulus) != 1)
			return NULL;
		*size = (size_t)BN_num_bytes(modulus);
		value = mem_alloc(*size);
		BN_bn2bin(modulus, value);
		BN_free(modulus);
	} else if (EVP_PKEY_is_a(key, "EC") &&
	    EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, NULL,
		0, size) == 1) {
		value = mem_alloc(*size);
		if (EVP_PKEY_get_octet_string_param(key,
			OSSL_PKEY_PARAM_PUB_KEY, value, *size, size) != 1) {
			free(value);
			value = NULL;
		}
	}
	return value;
}

static enum certkey_result
id_of(unsigned char id[CERTKEY_ID_SIZE], const X509 *certificate)
{
	const EVP_PKEY *key = X509_get0_pubkey(certificate);
	unsigned char *value;
	size_t size = 0;
	int done = 0;

	value = key != NULL ? public_value(key, &size) : NULL;
	if (value != NULL)
		done = EVP_Digest(value, size, id, NULL, EVP_sha1(), NULL);
	free(value);
	return done == 1 ? CERTKEY_OK : CERTKEY_UNKNOWN;
}

enum certkey_result
certkey_id(unsigned char id[CERTKEY_ID_SIZE], struct slice base64)
{
	struct buf der = { 0 };
	enum certkey_result result = CERTKEY_BAD;
	X509 *certificate = NULL;
	const unsigned char *at;

	if (base64_decode(&der, base64) == 0 && der.size != 0) {
		at = (const unsigned char *)der.at;
		certificate = d2i_X509(NULL, &at, (long)der.size);
		if (certificate != NULL &&
		    at == (const unsigned char *)der.at + der.size)
			result = id_of(id, certificate);
	}
	X509_free(certificate);
	buf_release(&der);
	ERR_clear_error();
	return result;
}

#endif
