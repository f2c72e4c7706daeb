/* SPDX-License-Identifier: MIT */
#include "nss/keytype.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "asn1/der.h"

#define LITERAL(s) { s, sizeof(s) - 1 }
#define SLICE(s) ((struct slice)LITERAL(s))

/* PrivateKeyInfo { 0, AlgorithmIdentifier algorithm, OCTET STRING key }; both
 * are empty then. */
static void
package(struct secret *pkcs8, struct secret *algorithm, struct secret *key)
{
	secret_release(pkcs8);
	der_number(pkcs8, 0);
	der_put(pkcs8, DER_SEQUENCE, algorithm);
	der_put(pkcs8, DER_OCTET_STRING, key);
	der_wrap(pkcs8, DER_SEQUENCE);
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

/* The first SEQUENCE within CKA_PUBLIC_KEY_INFO, whose rest NSS cuts off: what
 * is in an RSA-PSS key's AlgorithmIdentifier [nssdb 7]; else the row's. */
static void
add_algorithm(struct secret *algorithm, const struct keytype *row,
    struct slice info)
{
	size_t header, size;
	struct slice inner;

	if (info.size != 0 && *info.at == DER_SEQUENCE &&
	    der_header(info, &header, &size)) {
		info.at += header;
		info.size -= header;
		if (der_take(&info, DER_SEQUENCE, &inner)) {
			der_add(algorithm, inner);
			return;
		}
	}
	der_value(algorithm, DER_OID, row->oid);
	der_value(algorithm, DER_NULL, SLICE(""));
}

static void
write_rsa(struct secret *pkcs8, const struct rsa *r, const struct keytype *row,
    struct slice info)
{
	const BIGNUM *const number[8] = { r->n, r->e, r->d, r->p, r->q, r->dp,
		r->dq, r->qinv };
	struct secret key = { 0 }, algorithm = { 0 };

	der_number(&key, 0);
	for (size_t i = 0; i < 8; i++)
		add_bignum(&key, number[i]);
	der_wrap(&key, DER_SEQUENCE);
	add_algorithm(&algorithm, row, info);
	package(pkcs8, &algorithm, &key);
}

static enum privkey_result
build_rsa(struct secret *pkcs8, const struct keytype *row,
    const struct privkey *key)
{
	struct rsa r = { .context = BN_CTX_secure_new() };
	BIGNUM **const number[] = { &r.n, &r.e, &r.d, &r.p, &r.q, &r.dp,
		&r.dq, &r.qinv, &r.rest, &r.less };
	enum privkey_result result = PRIVKEY_BAD;

	if (r.context == NULL)
		return PRIVKEY_BAD;
	BN_CTX_start(r.context);
	for (size_t i = 0; i < sizeof number / sizeof *number; i++)
		*number[i] = BN_CTX_get(r.context);
	if (r.less != NULL)
		result = solve(&r, key);
	if (result == PRIVKEY_OK)
		write_rsa(pkcs8, &r, row, key->public_info);
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
	struct slice inner;

	return der_only(point, DER_OCTET_STRING, &inner) && inner.size > 1 &&
		*inner.at == 0x04 ? inner : point;
}

/* The length of a curve's private numbers: that of its order [nssdb 7]; 0: as
 * long as it is stored. */
static size_t
order_size(struct slice parameters)
{
	static const struct {
		struct slice oid;
		size_t size;
	} curves[] = {
		{ LITERAL("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"), 32 },
		{ LITERAL("\x06\x05\x2b\x81\x04\x00\x22"), 48 },
		{ LITERAL("\x06\x05\x2b\x81\x04\x00\x23"), 66 },
	};

	for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
		if (slice_equal(parameters, curves[i].oid))
			return curves[i].size;
	return 0;
}

static void
write_ec(struct secret *pkcs8, const struct keytype *row,
    const struct privkey *key, struct slice number, struct slice point)
{
	struct secret inner = { 0 }, bits = { 0 }, algorithm = { 0 };

	der_number(&inner, 1);
	der_value(&inner, DER_OCTET_STRING, number);
	if (point.size != 0) {
		der_add(&bits, SLICE("\0"));
		der_add(&bits, point);
		der_wrap(&bits, DER_BIT_STRING);
		der_put(&inner, DER_EXPLICIT_1, &bits);
	}
	der_wrap(&inner, DER_SEQUENCE);
	der_value(&algorithm, DER_OID, row->oid);
	der_add(&algorithm, key->parameters);
	package(pkcs8, &algorithm, &inner);
}

static enum privkey_result
build_ec(struct secret *pkcs8, const struct keytype *row,
    const struct privkey *key)
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
	write_ec(pkcs8, row, key, secret_slice(&number), point);
	if (point.size == 0 && (parsed = parse(pkcs8)) != NULL &&
	    public_octets(&computed, parsed))
		write_ec(pkcs8, row, key, secret_slice(&number),
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
build_raw(struct secret *pkcs8, const struct keytype *row,
    const struct privkey *key)
{
	struct secret inner = { 0 }, algorithm = { 0 }, octets = { 0 };
	enum privkey_result result = PRIVKEY_BAD;
	EVP_PKEY *parsed;

	der_value(&inner, DER_OCTET_STRING, key->value);
	if (row->oid.size != 0)
		der_value(&algorithm, DER_OID, row->oid);
	else
		der_add(&algorithm, key->parameters);
	package(pkcs8, &algorithm, &inner);
	parsed = parse(pkcs8);
	if (parsed != NULL && public_octets(&octets, parsed))
		result = key->public_value.size == 0 ||
			slice_equal(secret_slice(&octets), key->public_value) ?
		    PRIVKEY_OK : PRIVKEY_WRONG;
	EVP_PKEY_free(parsed);
	secret_release(&octets);
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
build_dsa(struct secret *pkcs8, const struct keytype *row,
    const struct privkey *key)
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
	der_value(&algorithm, DER_OID, row->oid);
	der_put(&algorithm, DER_SEQUENCE, &numbers);
	package(pkcs8, &algorithm, &inner);
	return PRIVKEY_OK;
}

/* A symmetric key is disguised as RSA with the public exponent 0. */
static enum privkey_result
unpack_rsa(struct privkey *key, const struct slice *number, size_t numbers,
    struct slice parameters)
{
	(void)parameters;
	if (numbers != 9)
		return PRIVKEY_BAD;
	if (der_strip(number[2]).size == 0)
		return PRIVKEY_UNSUPPORTED;
	key->modulus = number[1];
	key->public_exponent = number[2];
	key->private_exponent = number[3];
	key->prime = number[4];
	return PRIVKEY_OK;
}

#define MOST_NUMBERS 9

/* The INTEGERs and OCTET STRINGs of a SEQUENCE; 0: it is none. */
static size_t
take_apart(struct slice number[MOST_NUMBERS], struct slice der)
{
	struct slice sequence;
	struct der part;
	size_t count = 0;

	if (!ber_only(der, DER_SEQUENCE, &sequence))
		return 0;
	while (count < MOST_NUMBERS && sequence.size != 0) {
		if (!ber_next(&sequence, &part))
			return 0;
		if (part.id == DER_INTEGER || part.id == DER_OCTET_STRING)
			number[count++] = part.content;
	}
	return count;
}

static enum privkey_result
unpack_dsa(struct privkey *key, const struct slice *number, size_t numbers,
    struct slice parameters)
{
	struct slice domain[MOST_NUMBERS];

	if (take_apart(domain, parameters) != 3 || numbers != 2)
		return PRIVKEY_BAD;
	key->p = domain[0];
	key->q = domain[1];
	key->g = domain[2];
	key->public_value = number[0];
	key->value = number[1];
	return PRIVKEY_OK;
}

static enum privkey_result
unpack_ec(struct privkey *key, const struct slice *number, size_t numbers,
    struct slice parameters)
{
	struct der curve;

	if (!ber_next(&parameters, &curve) || curve.id != DER_OID ||
	    parameters.size != 0 || numbers != 2)
		return PRIVKEY_BAD;
	key->parameters = curve.whole;
	key->value = number[1];
	return PRIVKEY_OK;
}

static unsigned
modulus_bits(const struct nss_key *key)
{
	return der_bits(key->public_value);
}

static unsigned
prime_bits(const struct nss_key *key)
{
	return der_bits(nss_attr_value(&key->object, CKA_PRIME));
}

/* Of a point 04 X Y; P-521's coordinates have 66 bytes.  X25519's is X. */
static unsigned
point_bits(const struct nss_key *key)
{
	size_t size = key->public_value.size, bytes = size / 2;

	if (size == 32)
		return 256;
	return bytes == 66 ? 521 : (unsigned)(8 * bytes);
}

/* Bytes, which may begin with zeros: RFC 8032 */
static unsigned
raw_bits(const struct nss_key *key)
{
	return (unsigned)(8 * key->public_value.size);
}

#define PLAIN(attribute, member)                                               \
	{ attribute, offsetof(struct privkey, member), false }
#define HIDDEN(attribute, member)                                              \
	{ attribute, offsetof(struct privkey, member), true }
#define RSA_PARTS                                                              \
	{ HIDDEN(CKA_PRIVATE_EXPONENT, private_exponent),                      \
	  HIDDEN(CKA_PRIME_1, prime), PLAIN(CKA_MODULUS, modulus),             \
	  PLAIN(CKA_PUBLIC_EXPONENT, public_exponent),                         \
	  PLAIN(CKA_PUBLIC_KEY_INFO, public_info) }
#define DSA_PARTS                                                              \
	{ HIDDEN(CKA_VALUE, value), PLAIN(CKA_PRIME, p),                       \
	  PLAIN(CKA_SUBPRIME, q), PLAIN(CKA_BASE, g) }
#define EC_PARTS                                                               \
	{ HIDDEN(CKA_VALUE, value), PLAIN(CKA_EC_PARAMS, parameters) }

/* Of two rows of a type, the one with the key's curve, else the one of any. */
static const struct keytype rows[] = {
	{ .type = NSS_RSA, .name = "rsa",
	  .oid = LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"),
	  .bits = modulus_bits, .part = RSA_PARTS, .build = build_rsa,
	  .unpack = unpack_rsa },
	{ .type = NSS_DSA, .name = "dsa",
	  .oid = LITERAL("\x2a\x86\x48\xce\x38\x04\x01"),
	  .bits = prime_bits, .part = DSA_PARTS, .build = build_dsa,
	  .unpack = unpack_dsa },
	{ .type = NSS_DH, .name = "dh" },
	{ .type = NSS_EC, .name = "ec",
	  .curve = LITERAL("\x06\x0a\x2b\x06\x01\x04\x01\xda\x47\x0f\x01"),
	  .oid = LITERAL("\x2b\x65\x6e"), /* X25519 */
	  .bits = point_bits, .part = EC_PARTS, .build = build_raw },
	{ .type = NSS_EC, .name = "ec",
	  .oid = LITERAL("\x2a\x86\x48\xce\x3d\x02\x01"),
	  .bits = point_bits, .part = EC_PARTS, .build = build_ec,
	  .unpack = unpack_ec },
	{ .type = NSS_EC_EDWARDS, .name = "ed", .bits = raw_bits,
	  .part = EC_PARTS, .build = build_raw },
	{ .type = NSS_EC_MONTGOMERY, .name = "ecMont", .bits = raw_bits,
	  .part = EC_PARTS, .build = build_raw },
	{ .type = NSS_ML_KEM, .name = "mlkem" },
	{ .type = NSS_ML_DSA, .name = "mldsa" },
	{ .type = 0xce534355, .name = "kyber" },
	{ .type = 0xce534356, .name = "mlkem" },
};
#define ROWS (sizeof rows / sizeof *rows)

static const struct keytype *
find(uint32_t type, struct slice curve)
{
	static const struct keytype unknown = { .name = "unknown" };

	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].type == type && (rows[i].curve.size == 0 ||
			slice_equal(rows[i].curve, curve)))
			return &rows[i];
	return &unknown;
}

const struct keytype *
keytype_row(size_t i)
{
	return i < ROWS ? &rows[i] : NULL;
}

const struct keytype *
keytype_of(const struct nss_key *key)
{
	return find(key->type, nss_attr_value(&key->object, CKA_EC_PARAMS));
}

const char *
keytype_name(const struct nss_key *key)
{
	return keytype_of(key)->name;
}

unsigned
keytype_bits(const struct nss_key *key)
{
	const struct keytype *row = keytype_of(key);

	return row->bits != NULL ? row->bits(key) : 0;
}

enum privkey_result
privkey_build(struct secret *pkcs8, const struct privkey *key)
{
	const struct keytype *row = find(key->type, key->parameters);
	enum privkey_result result = row->build == NULL ?
	    PRIVKEY_UNSUPPORTED : row->build(pkcs8, row, key);

	if (result != PRIVKEY_OK)
		secret_release(pkcs8);
	ERR_clear_error();
	return result;
}

/* The row of an algorithm in key3.db, which writes X.500's rsa, too. */
static const struct keytype *
find_stored(struct slice oid)
{
	if (slice_equal(oid, SLICE("\x55\x08\x01\x01")))
		return &rows[0];
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].unpack != NULL && slice_equal(rows[i].oid, oid))
			return &rows[i];
	return NULL;
}

enum privkey_result
dbmkey_build(struct secret *pkcs8, const struct secret *stored,
    struct slice public_value)
{
	struct slice in = secret_slice(stored), info, algorithm, oid, inner;
	struct slice number[MOST_NUMBERS], version;
	struct privkey key = { .public_value = public_value };
	const struct keytype *row;
	enum privkey_result result;

	if (!ber_take(&in, DER_SEQUENCE, &info) ||
	    !ber_take(&info, DER_INTEGER, &version) ||
	    !ber_take(&info, DER_SEQUENCE, &algorithm) ||
	    !ber_take(&algorithm, DER_OID, &oid) ||
	    !ber_take(&info, DER_OCTET_STRING, &inner))
		return PRIVKEY_BAD;
	row = find_stored(oid);
	if (row == NULL)
		return PRIVKEY_UNSUPPORTED;
	key.type = row->type;
	result = row->unpack(&key, number, take_apart(number, inner),
	    algorithm);
	return result == PRIVKEY_OK ? privkey_build(pkcs8, &key) : result;
}
