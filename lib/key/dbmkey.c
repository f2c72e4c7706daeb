/* SPDX-License-Identifier: MIT */
#include "key/dbmkey.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "key/der.h"
#include "key/nssobj.h"

#define MOST_NUMBERS 9

/* The INTEGERs and OCTET STRINGs of a SEQUENCE; 0: it is none. */
static size_t
take_apart(struct slice part[MOST_NUMBERS], ASN1_SEQUENCE_ANY **sequence,
    struct slice der)
{
	const unsigned char *at = (const unsigned char *)der.at;
	size_t count = 0;

	*sequence = d2i_ASN1_SEQUENCE_ANY(NULL, &at, (long)der.size);
	if (*sequence == NULL ||
	    at != (const unsigned char *)der.at + der.size)
		return 0;
	for (int i = 0; i < sk_ASN1_TYPE_num(*sequence) &&
	    count < MOST_NUMBERS; i++) {
		const ASN1_TYPE *value = sk_ASN1_TYPE_value(*sequence, i);

		if (value->type != V_ASN1_INTEGER &&
		    value->type != V_ASN1_OCTET_STRING)
			continue;
		part[count++] = (struct slice){
			(const char *)ASN1_STRING_get0_data(
			    value->value.asn1_string),
			(size_t)ASN1_STRING_length(value->value.asn1_string)
		};
	}
	return count;
}

static void
free_parts(ASN1_SEQUENCE_ANY *sequence)
{
	sk_ASN1_TYPE_pop_free(sequence, ASN1_TYPE_free);
}

static struct slice
parameters_of(const X509_ALGOR *algorithm)
{
	const ASN1_STRING *text;

	if (algorithm->parameter == NULL ||
	    algorithm->parameter->type != V_ASN1_SEQUENCE)
		return (struct slice){ NULL, 0 };
	text = algorithm->parameter->value.sequence;
	return (struct slice){ (const char *)ASN1_STRING_get0_data(text),
		(size_t)ASN1_STRING_length(text) };
}

/* part: what the key's SEQUENCE holds.  A symmetric key is disguised as RSA
 * with the public exponent 0. */
static enum privkey_result
rebuild_rsa(struct secret *pkcs8, const struct slice *part, size_t parts)
{
	if (parts != 9)
		return PRIVKEY_BAD;
	if (der_strip(part[2]).size == 0)
		return PRIVKEY_UNSUPPORTED;
	return privkey_build(pkcs8, &(struct privkey){ .type = NSS_RSA,
	    .modulus = part[1], .public_exponent = part[2],
	    .private_exponent = part[3], .prime = part[4] });
}

static enum privkey_result
rebuild_dsa(struct secret *pkcs8, const struct slice *part, size_t parts,
    const X509_ALGOR *algorithm)
{
	struct slice domain[MOST_NUMBERS];
	ASN1_SEQUENCE_ANY *sequence;
	enum privkey_result result = PRIVKEY_BAD;

	if (take_apart(domain, &sequence, parameters_of(algorithm)) == 3 &&
	    parts == 2)
		result = privkey_build(pkcs8, &(struct privkey){
		    .type = NSS_DSA, .p = domain[0], .q = domain[1],
		    .g = domain[2], .public_value = part[0],
		    .value = part[1] });
	free_parts(sequence);
	return result;
}

static enum privkey_result
rebuild_ec(struct secret *pkcs8, const struct slice *part, size_t parts,
    const X509_ALGOR *algorithm, struct slice public_value)
{
	unsigned char *oid = NULL;
	int size = algorithm->parameter != NULL &&
		algorithm->parameter->type == V_ASN1_OBJECT ?
	    i2d_ASN1_OBJECT(algorithm->parameter->value.object, &oid) : -1;
	enum privkey_result result = PRIVKEY_BAD;

	if (size > 0 && parts == 2)
		result = privkey_build(pkcs8, &(struct privkey){
		    .type = NSS_EC,
		    .parameters = { (const char *)oid, (size_t)size },
		    .public_value = public_value, .value = part[1] });
	OPENSSL_free(oid);
	return result;
}

enum privkey_result
dbmkey_build(struct secret *pkcs8, const struct secret *stored,
    struct slice public_value)
{
	const unsigned char *at = stored->at, *inner;
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at,
	    (long)stored->size);
	enum privkey_result result = PRIVKEY_BAD;
	struct slice part[MOST_NUMBERS];
	ASN1_SEQUENCE_ANY *sequence = NULL;
	const X509_ALGOR *algorithm;
	const ASN1_OBJECT *type;
	size_t parts;
	int size;

	if (info == NULL || PKCS8_pkey_get0(&type, &inner, &size, &algorithm,
		info) != 1) {
		PKCS8_PRIV_KEY_INFO_free(info);
		ERR_clear_error();
		return PRIVKEY_BAD;
	}
	parts = take_apart(part, &sequence,
	    (struct slice){ (const char *)inner, (size_t)size });
	switch (OBJ_obj2nid(type)) {
	case NID_rsaEncryption:
	case NID_rsa: /* X.500's */
		result = rebuild_rsa(pkcs8, part, parts);
		break;
	case NID_dsa:
		result = rebuild_dsa(pkcs8, part, parts, algorithm);
		break;
	case NID_X9_62_id_ecPublicKey:
		result = rebuild_ec(pkcs8, part, parts, algorithm,
		    public_value);
		break;
	default:
		result = PRIVKEY_UNSUPPORTED;
		break;
	}
	free_parts(sequence);
	PKCS8_PRIV_KEY_INFO_free(info);
	ERR_clear_error();
	return result;
}
