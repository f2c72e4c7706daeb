/* SPDX-License-Identifier: MIT */
#include "x509/certkey.h"

#ifndef WITH_LIBCRYPTO

enum certkey_result
certkey_id(unsigned char id[CERTKEY_ID_SIZE], struct slice base64)
{
	(void)id;
	(void)base64;
	return CERTKEY_UNKNOWN;
}

struct slice
certkey_rsa_exponent(const void *x509)
{
	(void)x509;
	return (struct slice){ 0 };
}

#else

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "asn1/der.h"
#include "util/base64.h"

/* Take an INTEGER off, without leading zeros; at NULL: it is not positive. */
static struct slice
take_number(struct slice *der)
{
	struct slice number;

	if (!ber_take(der, DER_INTEGER, &number) ||
	    (number.size != 0 && (number.at[0] & 0x80) != 0))
		return (struct slice){ 0 };
	number = der_strip(number);
	return number.size != 0 ? number : (struct slice){ 0 };
}

/* The bits of its public key, and their type. */
static struct slice
key_of(const void *x509, int *type)
{
	const X509_PUBKEY *key = X509_get_X509_PUBKEY((const X509 *)x509);
	const unsigned char *at = NULL;
	ASN1_OBJECT *algorithm = NULL;
	struct slice value = { 0 };
	int size = 0;

	*type = NID_undef;
	if (key == NULL ||
	    X509_PUBKEY_get0_param(&algorithm, &at, &size, NULL, key) != 1)
		return value;
	*type = OBJ_obj2nid(algorithm);
	if (at != NULL && size > 0)
		value = (struct slice){ (const char *)at, (size_t)size };
	return value;
}

struct slice
certkey_rsa_exponent(const void *x509)
{
	int type;
	struct slice value = key_of(x509, &type), numbers;

	if ((type != NID_rsaEncryption && type != NID_rsa &&
		type != NID_rsassaPss) ||
	    !ber_take(&value, DER_SEQUENCE, &numbers))
		return (struct slice){ 0 };
	take_number(&numbers);
	return take_number(&numbers);
}

struct slice
certkey_public_value(const void *x509)
{
	int type;
	struct slice value = key_of(x509, &type), numbers;

	switch (type) {
	case NID_rsaEncryption:
	case NID_rsa:
	case NID_rsassaPss:
		return ber_take(&value, DER_SEQUENCE, &numbers) ?
		    take_number(&numbers) : (struct slice){ 0 };
	case NID_dsa:
		return take_number(&value);
	case NID_X9_62_id_ecPublicKey:
	case NID_ED25519:
	case NID_ED448:
	case NID_X25519:
	case NID_X448:
		return value;
	default:
		return (struct slice){ 0 };
	}
}

bool
certkey_id_of(unsigned char id[CERTKEY_ID_SIZE], struct slice value)
{
	if (value.at == NULL || value.size < CERTKEY_ID_SIZE)
		return false;
	if (value.size == CERTKEY_ID_SIZE)
		memcpy(id, value.at, value.size);
	else if (EVP_Digest(value.at, value.size, id, NULL, EVP_sha1(),
		     NULL) != 1)
		return false;
	return true;
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
			result = certkey_id_of(id,
			    certkey_public_value(certificate)) ?
			    CERTKEY_OK : CERTKEY_UNKNOWN;
	}
	X509_free(certificate);
	buf_release(&der);
	ERR_clear_error();
	return result;
}

#endif
