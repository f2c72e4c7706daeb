/* SPDX-License-Identifier: MIT */
#include "nss/keytype.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>

#include "asn1/der.h"
#include "nss/nssobj.h"

/* AlgorithmIdentifiers' OIDs, with tag and length. */
#define OID_RSA "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
#define OID_EC "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
#define OID_DSA "\x06\x07\x2a\x86\x48\xce\x38\x04\x01"
#define OID_X25519 "\x06\x03\x2b\x65\x6e"
#define OID_CURVE25519 "\x06\x0a\x2b\x06\x01\x04\x01\xda\x47\x0f\x01"
#define LITERAL(s) ((struct slice){ s, sizeof(s) - 1 })

/* PrivateKeyInfo { 0, algorithm, OCTET STRING key }. */
static void
package(struct secret *pkcs8, struct slice algorithm, struct secret *key)
{
	der_wrap(key, DER_OCTET_STRING);
	secret_release(pkcs8);
	der_integer(pkcs8, (struct slice){ NULL, 0 });
	der_add(pkcs8, algorithm);
	der_add(pkcs8, secret_slice(key));
	der_wrap(pkcs8, DER_SEQUENCE);
	secret_release(key);
}

struct rsa {
	BN_CTX *context;
	BIGNUM *n, *e, *d, *p, *q, *dp, *dq, *qinv, *rest, *less;
};

static bool
set(BIGNUM *number, struct slice s)
{
	return s.size != 0 && s.size <= 1 << 16 &&
	    BN_bin2bn((const unsigned char *)s.at, (int)s.size, number) != NULL;
}

/* e d = 1 modulo prime - 1?  Gives d modulo that. */
static bool
fits(struct rsa *r, const BIGNUM *prime, BIGNUM *exponent)
{
	return BN_copy(r->less, prime) != NULL && BN_sub_word(r->less, 1) &&
	    !BN_is_zero(r->less) &&
	    BN_mod(exponent, r->d, r->less, r->context) &&
	    BN_mod_mul(r->rest, exponent, r->e, r->less, r->context) &&
	    BN_is_one(r->rest);
}

static enum privkey_result
solve(struct rsa *r, const struct privkey *key)
{
	if (!set(r->n, key->modulus) || !set(r->e, key->public_exponent) ||
	    !set(r->d, key->private_exponent) || !set(r->p, key->prime))
		return PRIVKEY_BAD;
	if (BN_is_zero(r->p) || BN_is_one(r->p) ||
	    BN_cmp(r->p, r->n) >= 0 || !BN_is_odd(r->p) ||
	    !BN_div(r->q, r->rest, r->n, r->p, r->context) ||
	    !BN_is_zero(r->rest))
		return PRIVKEY_WRONG;
	if (!fits(r, r->p, r->dp) || !fits(r, r->q, r->dq) ||
	    BN_mod_inverse(r->qinv, r->q, r->p, r->context) == NULL)
		return PRIVKEY_WRONG;
	return PRIVKEY_OK;
}

static void
add_bignum(struct secret *to, const BIGNUM *number)
{
	struct secret bytes = { 0 };

	secret_alloc(&bytes, (size_t)BN_num_bytes(number));
	BN_bn2bin(number, bytes.at);
	der_integer(to, secret_slice(&bytes));
	secret_release(&bytes);
}

static void
write_rsa(struct secret *pkcs8, const struct rsa *r, struct slice pss)
{
	const BIGNUM *const number[8] = { r->n, r->e, r->d, r->p, r->q, r->dp,
		r->dq, r->qinv };
	struct secret key = { 0 }, algorithm = { 0 };

	der_integer(&key, (struct slice){ NULL, 0 });
	for (size_t i = 0; i < 8; i++)
		add_bignum(&key, number[i]);
	der_wrap(&key, DER_SEQUENCE);
	der_add(&algorithm, LITERAL(OID_RSA));
	der_value(&algorithm, DER_NULL, LITERAL(""));
	der_wrap(&algorithm, DER_SEQUENCE);
	package(pkcs8, pss.size != 0 ? pss : secret_slice(&algorithm), &key);
	secret_release(&algorithm);
}

static enum privkey_result
build_rsa(struct secret *pkcs8, const struct privkey *key)
{
	struct rsa r = { .context = BN_CTX_secure_new() };
	enum privkey_result result = PRIVKEY_BAD;

	if (r.context == NULL)
		return PRIVKEY_BAD;
	BN_CTX_start(r.context);
	r.n = BN_CTX_get(r.context);
	r.e = BN_CTX_get(r.context);
	r.d = BN_CTX_get(r.context);
	r.p = BN_CTX_get(r.context);
	r.q = BN_CTX_get(r.context);
	r.dp = BN_CTX_get(r.context);
	r.dq = BN_CTX_get(r.context);
	r.qinv = BN_CTX_get(r.context);
	r.rest = BN_CTX_get(r.context);
	r.less = BN_CTX_get(r.context);
	if (r.less != NULL)
		result = solve(&r, key);
	if (result == PRIVKEY_OK)
		write_rsa(pkcs8, &r, key->algorithm);
	BN_CTX_end(r.context);
	BN_CTX_free(r.context);
	return result;
}

static EVP_PKEY *
parse(const struct secret *pkcs8)
{
	const unsigned char *at = pkcs8->at;
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at,
	    (long)pkcs8->size);
	EVP_PKEY *key = info != NULL ? EVP_PKCS82PKEY(info) : NULL;

	PKCS8_PRIV_KEY_INFO_free(info);
	return key;
}

/* Do private and public half belong together? */
static enum privkey_result
prove(const struct secret *pkcs8)
{
	EVP_PKEY *key = parse(pkcs8);
	EVP_PKEY_CTX *context = key != NULL ?
	    EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
	enum privkey_result result = PRIVKEY_BAD;

	if (context != NULL)
		result = EVP_PKEY_pairwise_check(context) == 1 ?
		    PRIVKEY_OK : PRIVKEY_WRONG;
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(key);
	return result;
}

static bool
public_octets(struct secret *octets, const EVP_PKEY *key)
{
	size_t size = 0;

	if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, NULL,
		0, &size) != 1)
		return false;
	secret_alloc(octets, size);
	return EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
		   octets->at, size, &size) == 1;
}

/* A point that was stored within an OCTET STRING, without it. */
static struct slice
bare_point(struct slice point)
{
	const unsigned char *b = (const unsigned char *)point.at;
	size_t head = point.size > 2 && b[1] == 0x81 ? 3 : 2;

	if (point.size > head + 1 && b[0] == DER_OCTET_STRING &&
	    b[head - 1] == point.size - head && b[head] == 0x04 &&
	    (head == 3 || b[1] < 0x80))
		return (struct slice){ point.at + head, point.size - head };
	return point;
}

/* The length of a curve's private numbers: that of its order [nssdb 7]. */
static size_t
order_size(struct slice parameters)
{
	const unsigned char *at = (const unsigned char *)parameters.at;
	ASN1_OBJECT *oid = d2i_ASN1_OBJECT(NULL, &at, (long)parameters.size);
	size_t size = 0;

	switch (oid != NULL ? OBJ_obj2nid(oid) : NID_undef) {
	case NID_X9_62_prime256v1:
		size = 32;
		break;
	case NID_secp384r1:
		size = 48;
		break;
	case NID_secp521r1:
		size = 66;
		break;
	default: /* as long as it is stored */
		break;
	}
	ASN1_OBJECT_free(oid);
	return size;
}

static void
write_ec(struct secret *pkcs8, const struct privkey *key, struct slice number,
    struct slice point)
{
	struct secret inner = { 0 }, bits = { 0 }, algorithm = { 0 };

	der_integer(&inner, LITERAL("\x01"));
	der_value(&inner, DER_OCTET_STRING, number);
	if (point.size != 0) {
		der_add(&bits, LITERAL("\0"));
		der_add(&bits, point);
		der_wrap(&bits, DER_BIT_STRING);
		der_wrap(&bits, 0xa1);
		der_add(&inner, secret_slice(&bits));
	}
	der_wrap(&inner, DER_SEQUENCE);
	der_add(&algorithm, LITERAL(OID_EC));
	der_add(&algorithm, key->parameters);
	der_wrap(&algorithm, DER_SEQUENCE);
	package(pkcs8, secret_slice(&algorithm), &inner);
	secret_release(&bits);
	secret_release(&algorithm);
}

static enum privkey_result
build_ec(struct secret *pkcs8, const struct privkey *key)
{
	struct slice value = der_strip(key->value);
	struct slice point = bare_point(key->public_value);
	size_t size = order_size(key->parameters);
	struct secret number = { 0 }, computed = { 0 };
	EVP_PKEY *parsed = NULL;
	enum privkey_result result = PRIVKEY_BAD;

	if (size == 0)
		size = key->value.size;
	if (value.size == 0 || value.size > size || size > 1 << 10)
		return PRIVKEY_BAD;
	secret_alloc(&number, size);
	memcpy(number.at + size - value.size, value.at, value.size);
	write_ec(pkcs8, key, secret_slice(&number), point);
	if (point.size == 0 && (parsed = parse(pkcs8)) != NULL &&
	    public_octets(&computed, parsed))
		write_ec(pkcs8, key, secret_slice(&number),
		    secret_slice(&computed));
	if (point.size != 0 || computed.size != 0)
		result = prove(pkcs8);
	EVP_PKEY_free(parsed);
	secret_release(&number);
	secret_release(&computed);
	return result;
}

/* Ed25519 and its like: bytes, whose public half is computed from them. */
static enum privkey_result
build_raw(struct secret *pkcs8, const struct privkey *key, struct slice oid)
{
	struct secret inner = { 0 }, algorithm = { 0 }, octets = { 0 };
	enum privkey_result result = PRIVKEY_BAD;
	EVP_PKEY *parsed;

	der_value(&inner, DER_OCTET_STRING, key->value);
	der_add(&algorithm, oid);
	der_wrap(&algorithm, DER_SEQUENCE);
	package(pkcs8, secret_slice(&algorithm), &inner);
	parsed = parse(pkcs8);
	if (parsed != NULL && public_octets(&octets, parsed))
		result = key->public_value.size == 0 ||
			slice_equal(secret_slice(&octets), key->public_value) ?
		    PRIVKEY_OK : PRIVKEY_WRONG;
	EVP_PKEY_free(parsed);
	secret_release(&octets);
	secret_release(&algorithm);
	return result;
}

/* Is y = g^x modulo p? */
static bool
dsa_fits(const struct privkey *key)
{
	BN_CTX *context = BN_CTX_secure_new();
	bool done = false;
	BIGNUM *p, *g, *x, *y, *got;

	if (context == NULL)
		return false;
	BN_CTX_start(context);
	p = BN_CTX_get(context);
	g = BN_CTX_get(context);
	x = BN_CTX_get(context);
	y = BN_CTX_get(context);
	got = BN_CTX_get(context);
	if (got != NULL && set(p, key->p) && set(g, key->g) &&
	    set(x, key->value) && BN_is_odd(p))
		done = BN_mod_exp(got, g, x, p, context) &&
		    (key->public_value.size == 0 ||
			(set(y, key->public_value) && BN_cmp(got, y) == 0));
	BN_CTX_end(context);
	BN_CTX_free(context);
	return done;
}

static enum privkey_result
build_dsa(struct secret *pkcs8, const struct privkey *key)
{
	struct secret inner = { 0 }, algorithm = { 0 }, numbers = { 0 };

	if (key->p.size == 0 || key->q.size == 0 || key->g.size == 0 ||
	    key->value.size == 0)
		return PRIVKEY_BAD;
	if (!dsa_fits(key))
		return PRIVKEY_WRONG;
	der_integer(&inner, key->value);
	der_integer(&numbers, key->p);
	der_integer(&numbers, key->q);
	der_integer(&numbers, key->g);
	der_wrap(&numbers, DER_SEQUENCE);
	der_add(&algorithm, LITERAL(OID_DSA));
	der_add(&algorithm, secret_slice(&numbers));
	der_wrap(&algorithm, DER_SEQUENCE);
	package(pkcs8, secret_slice(&algorithm), &inner);
	secret_release(&numbers);
	secret_release(&algorithm);
	return PRIVKEY_OK;
}

enum privkey_result
privkey_build(struct secret *pkcs8, const struct privkey *key)
{
	enum privkey_result result = PRIVKEY_UNSUPPORTED;

	if (key->type == NSS_RSA)
		result = build_rsa(pkcs8, key);
	else if (key->type == NSS_DSA)
		result = build_dsa(pkcs8, key);
	else if (key->type == NSS_EC &&
	    slice_equal(key->parameters, LITERAL(OID_CURVE25519)))
		result = build_raw(pkcs8, key, LITERAL(OID_X25519));
	else if (key->type == NSS_EC)
		result = build_ec(pkcs8, key);
	else if (key->type == NSS_EC_EDWARDS || key->type == NSS_EC_MONTGOMERY)
		result = build_raw(pkcs8, key, key->parameters);
	if (result != PRIVKEY_OK)
		secret_release(pkcs8);
	ERR_clear_error();
	return result;
}

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
