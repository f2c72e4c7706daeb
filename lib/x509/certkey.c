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

#else

#include <openssl/ec.h>
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

static unsigned
value_bits(struct slice value, const ASN1_TYPE *parameters)
{
	(void)parameters;
	return der_bits(value);
}

static unsigned
bits_256(struct slice value, const ASN1_TYPE *parameters)
{
	(void)value;
	(void)parameters;
	return 256;
}

static unsigned
curve_bits(struct slice value, const ASN1_TYPE *parameters)
{
	EC_GROUP *group = NULL;
	const unsigned char *at;
	unsigned char *der = NULL;
	unsigned bits = 0;
	int size;

	(void)value;
	if (parameters == NULL)
		return 0;
	if (parameters->type == V_ASN1_OBJECT)
		switch (OBJ_obj2nid(parameters->value.object)) {
		case NID_X9_62_prime256v1:
			return 256;
		case NID_secp384r1:
			return 384;
		case NID_secp521r1:
			return 521;
		}
	size = i2d_ASN1_TYPE(parameters, &der);
	at = der;
	if (size > 0)
		group = d2i_ECPKParameters(NULL, &at, size);
	if (group != NULL)
		bits = (unsigned)EC_GROUP_order_bits(group);
	EC_GROUP_free(group);
	OPENSSL_free(der);
	return bits;
}

/* The bits of p, the first number in a DSA key's parameters. */
static unsigned
prime_bits(struct slice value, const ASN1_TYPE *parameters)
{
	struct slice text, numbers, p;

	(void)value;
	if (parameters == NULL || parameters->type != V_ASN1_SEQUENCE)
		return 0;
	text.at = (const char *)ASN1_STRING_get0_data(
	    parameters->value.sequence);
	text.size = (size_t)ASN1_STRING_length(parameters->value.sequence);
	return ber_take(&text, DER_SEQUENCE, &numbers) &&
		ber_take(&numbers, DER_INTEGER, &p) ? der_bits(p) : 0;
}

/* Types of public keys. */
static const struct row {
	const char *name; /* NULL: OpenSSL's */
	/* NULL: not known. */
	unsigned (*bits)(struct slice value, const ASN1_TYPE *parameters);
	int nid;
	enum { BYTES, NUMBER, NUMBERS } form; /* of its bits */
} rows[] = {
	{ "rsa", value_bits, NID_rsaEncryption, NUMBERS },
	{ "rsa", value_bits, NID_rsa, NUMBERS },
	{ "rsa-pss", value_bits, NID_rsassaPss, NUMBERS },
	{ "dsa", prime_bits, NID_dsa, NUMBER },
	{ "ec", curve_bits, NID_X9_62_id_ecPublicKey, BYTES },
	{ NULL, bits_256, NID_ED25519, BYTES },
	{ NULL, bits_256, NID_X25519, BYTES },
	{ NULL, NULL, NID_ED448, BYTES },
	{ NULL, NULL, NID_X448, BYTES },
};

static const struct row *
find(int nid)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].nid == nid)
			return &rows[i];
	return NULL;
}

static const char *
name_of(const ASN1_OBJECT *type, const struct row *row, char oid[64])
{
	if (row != NULL && row->name != NULL)
		return row->name;
	if (OBJ_obj2nid(type) != NID_undef)
		return OBJ_nid2sn(OBJ_obj2nid(type));
	OBJ_obj2txt(oid, 64, type, 1);
	return oid;
}

const char *
certkey_name(const void *type, char oid[64], bool *ours)
{
	const struct row *row = find(OBJ_obj2nid(type));

	*ours = row != NULL && row->name != NULL;
	return name_of(type, row, oid);
}

/* What of a public key is hashed; value: its bits. */
static void
take_value(struct certkey *key, const struct row *row, struct slice value)
{
	struct slice numbers;

	if (row->form == BYTES) {
		key->value = value;
	} else if (row->form == NUMBER) {
		key->value = take_number(&value);
	} else if (ber_take(&value, DER_SEQUENCE, &numbers)) {
		key->value = take_number(&numbers);
		key->exponent = take_number(&numbers);
	}
}

void
certkey_read(struct certkey *key, const void *x509, char oid[64])
{
	const X509_PUBKEY *public = X509_get_X509_PUBKEY((const X509 *)x509);
	const unsigned char *at = NULL;
	ASN1_OBJECT *type = NULL;
	X509_ALGOR *algorithm;
	const struct row *row;
	int size = 0;

	*key = (struct certkey){ .type = "" };
	if (public == NULL || X509_PUBKEY_get0_param(&type, &at, &size,
		&algorithm, public) != 1)
		return;
	row = find(OBJ_obj2nid(type));
	key->type = name_of(type, row, oid);
	if (row == NULL)
		return;
	if (at != NULL && size > 0)
		take_value(key, row,
		    (struct slice){ (const char *)at, (size_t)size });
	if (row->bits != NULL)
		key->bits = row->bits(key->value, algorithm->parameter);
	ERR_clear_error();
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
	struct certkey key;
	char oid[64];

	if (base64_decode(&der, base64) == 0 && der.size != 0) {
		at = (const unsigned char *)der.at;
		certificate = d2i_X509(NULL, &at, (long)der.size);
		if (certificate != NULL &&
		    at == (const unsigned char *)der.at + der.size) {
			certkey_read(&key, certificate, oid);
			result = certkey_id_of(id, key.value) ?
			    CERTKEY_OK : CERTKEY_UNKNOWN;
		}
	}
	X509_free(certificate);
	buf_release(&der);
	ERR_clear_error();
	return result;
}

#endif
