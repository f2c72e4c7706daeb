/* SPDX-License-Identifier: MIT */
#include "pbe/p12alg.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <stdarg.h>
#include <stdio.h>

#include "asn1/der.h"
#include "util/diag.h"

#define MOST_KEY_SIZE 128 /* of a cipher, by far */

/* Of a MAC.  What is longer than the HMAC's block is hashed first, and yet
 * such files are valid; each 20 bytes cost the rounds once more. */
#define MOST_MAC_KEY 1024

static enum p12alg_result judge(struct p12alg *alg,
    enum p12alg_result result, const char *fmt, ...) PRINTF_LIKE(3, 4);

static enum p12alg_result
judge(struct p12alg *alg, enum p12alg_result result, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(alg->name, sizeof alg->name, fmt, args);
	va_end(args);
	return result;
}

/* The algorithm in an AlgorithmIdentifier and its parameters, which *in then
 * is; its dotted name or OpenSSL's goes to name. */
static int
take_algorithm(struct slice *in, struct slice *parameters,
    char name[P12ALG_NAME_SIZE])
{
	ASN1_OBJECT *object = NULL;
	struct der oid;
	const unsigned char *at;
	int nid = NID_undef;

	if (!ber_take(in, DER_SEQUENCE, parameters) ||
	    !ber_next(parameters, &oid) || oid.id != DER_OID)
		return -1;
	at = (const unsigned char *)oid.whole.at;
	object = d2i_ASN1_OBJECT(NULL, &at, (long)oid.whole.size);
	if (object == NULL) {
		ERR_clear_error();
		return -1;
	}
	nid = OBJ_obj2nid(object);
	if (nid != NID_undef)
		snprintf(name, P12ALG_NAME_SIZE, "%s", OBJ_nid2sn(nid));
	else
		OBJ_obj2txt(name, P12ALG_NAME_SIZE, object, 1);
	ASN1_OBJECT_free(object);
	return nid;
}

struct digest {
	int nid;
	const char *name;
	size_t size;
};

/* MD5 is here for MACs that `openssl pkcs12 -macalg md5' makes: HMAC does not
 * need what MD5 has lost (RFC 6151, 2.3). */
static const struct digest digests[] = {
	{ NID_sha1, "SHA-1", 20 },
	{ NID_sha224, "SHA-224", 28 },
	{ NID_sha256, "SHA-256", 32 },
	{ NID_sha384, "SHA-384", 48 },
	{ NID_sha512, "SHA-512", 64 },
	{ NID_sha512_224, "SHA-512/224", 28 },
	{ NID_sha512_256, "SHA-512/256", 32 },
	{ NID_sha3_224, "SHA3-224", 28 },
	{ NID_sha3_256, "SHA3-256", 32 },
	{ NID_sha3_384, "SHA3-384", 48 },
	{ NID_sha3_512, "SHA3-512", 64 },
	{ NID_md5, "MD5", 16 },
};

static const struct digest *
find_digest(int nid)
{
	for (size_t i = 0; i < sizeof digests / sizeof *digests; i++)
		if (digests[i].nid == nid)
			return &digests[i];
	return NULL;
}

/* The digest of an HMAC's identifier; NULL: unknown. */
static const struct digest *
hmac_digest(int nid)
{
	int digest = NID_undef;

	EVP_PBE_find(EVP_PBE_TYPE_PRF, nid, NULL, &digest, NULL);
	return find_digest(digest);
}

static void
set_digest(struct p12alg *alg, const struct digest *digest)
{
	alg->digest = digest->name;
	alg->digest_size = digest->size;
}

/* keyLength, which is OPTIONAL; *said: it is there.  What is no positive
 * number is 0. */
static void
take_key_size(struct slice *in, struct p12alg *alg, bool *said)
{
	struct slice number;

	*said = ber_take_count(in, &alg->key_size);
	if (!*said) {
		alg->key_size = 0;
		*said = ber_take(in, DER_INTEGER, &number);
	}
}

static enum p12alg_result
take_pbkdf2(struct p12alg *alg, struct slice *in, bool *has_key_size)
{
	struct slice parameters, prf, unused;
	const struct digest *digest;
	int nid = take_algorithm(in, &parameters, alg->name);

	if (nid != NID_id_pbkdf2)
		return nid < 0 ? P12ALG_BAD : P12ALG_UNKNOWN;
	alg->kdf = P12ALG_PBKDF2;
	set_digest(alg, find_digest(NID_sha1)); /* RFC 8018, A.2: the default */
	if (!ber_take(&parameters, DER_SEQUENCE, &prf) ||
	    !ber_take(&prf, DER_OCTET_STRING, &alg->salt) ||
	    !ber_take_count(&prf, &alg->rounds))
		return P12ALG_BAD;
	take_key_size(&prf, alg, has_key_size);
	if (prf.size == 0)
		return P12ALG_OK;
	nid = take_algorithm(&prf, &unused, alg->name);
	if (nid < 0 || prf.size != 0)
		return P12ALG_BAD;
	digest = hmac_digest(nid);
	if (digest == NULL)
		return P12ALG_UNKNOWN;
	set_digest(alg, digest);
	return P12ALG_OK;
}

/* NSS before 3.35, asked for AES-128 or AES-192, named that and a key of 32
 * bytes, and encrypted by AES-256: the length is what counts. */
static const char *
aes_of(const char *cipher, unsigned long key_size)
{
	if (strcmp(cipher, "AES-128-CBC") != 0 &&
	    strcmp(cipher, "AES-192-CBC") != 0 &&
	    strcmp(cipher, "AES-256-CBC") != 0)
		return cipher;
	switch (key_size) {
	case 16:
		return "AES-128-CBC";
	case 24:
		return "AES-192-CBC";
	case 32:
		return "AES-256-CBC";
	default:
		return cipher;
	}
}

static size_t
key_size_of(const char *cipher)
{
	const EVP_CIPHER *known = EVP_get_cipherbyname(cipher);

	return known != NULL ? (size_t)EVP_CIPHER_get_key_length(known) : 0;
}

static enum p12alg_result
take_pbes2(struct p12alg *alg, struct slice parameters)
{
	struct slice both, iv;
	enum p12alg_result result;
	bool has_key_size;
	size_t size;
	int nid;

	if (!ber_take(&parameters, DER_SEQUENCE, &both))
		return P12ALG_BAD;
	result = take_pbkdf2(alg, &both, &has_key_size);
	if (result != P12ALG_OK)
		return result;
	if (has_key_size &&
	    (alg->key_size == 0 || alg->key_size > MOST_KEY_SIZE))
		return P12ALG_BAD;
	nid = take_algorithm(&both, &iv, alg->name);
	if (nid < 0 || both.size != 0)
		return P12ALG_BAD;
	alg->cipher = nid != NID_undef ? OBJ_nid2sn(nid) : NULL;
	if (alg->cipher == NULL || !ber_take(&iv, DER_OCTET_STRING, &alg->iv))
		return P12ALG_UNKNOWN;
	alg->cipher = aes_of(alg->cipher, alg->key_size);
	size = key_size_of(alg->cipher);
	if (has_key_size && size != 0 && alg->key_size != size)
		return judge(alg, P12ALG_UNKNOWN, "PBES2 %s with key length "
		    "%lu", alg->cipher, alg->key_size);
	snprintf(alg->name, sizeof alg->name, "PBES2 %s", alg->cipher);
	return P12ALG_OK;
}

/* RFC 7292, appendix C */
static const struct {
	int nid;
	const char *cipher, *name;
} pbes[] = {
	{ NID_pbe_WithSHA1And128BitRC4, "RC4", "PBE-SHA1-RC4-128" },
	{ NID_pbe_WithSHA1And40BitRC4, "RC4-40", "PBE-SHA1-RC4-40" },
	{ NID_pbe_WithSHA1And3_Key_TripleDES_CBC, "DES-EDE3-CBC",
	    "PBE-SHA1-3DES" },
	{ NID_pbe_WithSHA1And2_Key_TripleDES_CBC, "DES-EDE-CBC",
	    "PBE-SHA1-2DES" },
	{ NID_pbe_WithSHA1And128BitRC2_CBC, "RC2-CBC", "PBE-SHA1-RC2-128" },
	{ NID_pbe_WithSHA1And40BitRC2_CBC, "RC2-40-CBC", "PBE-SHA1-RC2-40" },
};

static enum p12alg_result
take_pbe(struct p12alg *alg, int nid, struct slice parameters)
{
	struct slice both;
	size_t i = 0;

	while (i < sizeof pbes / sizeof *pbes && pbes[i].nid != nid)
		i++;
	if (i == sizeof pbes / sizeof *pbes)
		return P12ALG_UNKNOWN;
	snprintf(alg->name, sizeof alg->name, "%s", pbes[i].name);
	alg->kdf = P12ALG_PKCS12;
	set_digest(alg, find_digest(NID_sha1));
	alg->cipher = pbes[i].cipher;
	if (!ber_take(&parameters, DER_SEQUENCE, &both) ||
	    !ber_take(&both, DER_OCTET_STRING, &alg->salt) ||
	    !ber_take_count(&both, &alg->rounds))
		return P12ALG_BAD;
	return P12ALG_OK;
}

enum p12alg_result
p12alg_take(struct p12alg *alg, struct slice *in)
{
	struct slice parameters;
	int nid;

	*alg = (struct p12alg){ 0 };
	nid = take_algorithm(in, &parameters, alg->name);
	if (nid < 0)
		return P12ALG_BAD;
	if (nid == NID_pbes2)
		return take_pbes2(alg, parameters);
	return take_pbe(alg, nid, parameters);
}

/*
 * A key of few bytes makes a MAC that is forged by trying them all: with one,
 * 256 files do for any password (CVE-2026-34181).
 */
static enum p12alg_result
check_pbmac1(struct p12alg *alg, bool has_key_size)
{
	if (!has_key_size)
		return judge(alg, P12ALG_UNSAFE, "PBMAC1 without key length "
		    "(RFC 9579, 5)");
	if (alg->key_size < P12ALG_LEAST_MAC_KEY)
		return judge(alg, P12ALG_UNSAFE, "PBMAC1 with key length %lu, "
		    "and %d is the least (RFC 9579, 9)", alg->key_size,
		    P12ALG_LEAST_MAC_KEY);
	if (alg->salt.size == 0)
		return judge(alg, P12ALG_UNSAFE, "PBMAC1 without a salt (RFC "
		    "8018, 4.1)");
	if (alg->key_size > MOST_MAC_KEY)
		return judge(alg, P12ALG_UNKNOWN, "PBMAC1 with a key of %lu "
		    "bytes (%d at most)", alg->key_size, MOST_MAC_KEY);
	if (strcmp(alg->mac, "MD5") == 0 || strcmp(alg->digest, "MD5") == 0)
		return judge(alg, P12ALG_UNKNOWN, "PBMAC1 with MD5");
	return P12ALG_OK;
}

/* RFC 9579, 4: the parameters have salt and rounds; MacData's own are
 * ignored. */
static enum p12alg_result
take_pbmac1(struct p12alg *alg, struct slice parameters, size_t *mac_size)
{
	struct slice both, unused;
	const struct digest *digest;
	enum p12alg_result result;
	bool has_key_size;
	int nid;

	if (!ber_take(&parameters, DER_SEQUENCE, &both))
		return P12ALG_BAD;
	result = take_pbkdf2(alg, &both, &has_key_size);
	if (result != P12ALG_OK)
		return result;
	nid = take_algorithm(&both, &unused, alg->name);
	if (nid < 0 || both.size != 0)
		return P12ALG_BAD;
	digest = hmac_digest(nid);
	if (digest == NULL)
		return P12ALG_UNKNOWN;
	alg->mac = digest->name;
	*mac_size = digest->size;
	return check_pbmac1(alg, has_key_size);
}

static enum p12alg_result
take_mac_algorithm(struct p12alg *alg, struct slice *in, size_t *mac_size)
{
	struct slice parameters;
	const struct digest *digest;
	int nid = take_algorithm(in, &parameters, alg->name);

	if (nid < 0)
		return P12ALG_BAD;
	if (nid == NID_pbmac1)
		return take_pbmac1(alg, parameters, mac_size);
	alg->kdf = P12ALG_PKCS12;
	digest = find_digest(nid);
	if (digest == NULL)
		return P12ALG_UNKNOWN;
	set_digest(alg, digest);
	alg->mac = digest->name;
	alg->key_size = *mac_size = digest->size;
	return P12ALG_OK;
}

/* MacData's salt and rounds, which PBMAC1 has elsewhere: there, they may be
 * anything (RFC 9579, 4). */
static bool
take_salt_and_rounds(struct p12alg *alg, struct slice in)
{
	unsigned long rounds = 1; /* RFC 7292, 4: the default */
	struct slice salt, number;

	if (!ber_take(&in, DER_OCTET_STRING, &salt))
		return false;
	if (in.size != 0 && !ber_take_count(&in, &rounds) &&
	    (alg->kdf != P12ALG_PBKDF2 ||
		!ber_take(&in, DER_INTEGER, &number)))
		return false;
	if (alg->kdf == P12ALG_PKCS12) {
		alg->salt = salt;
		alg->rounds = rounds;
	}
	return in.size == 0;
}

enum p12alg_result
p12alg_take_mac(struct p12alg *alg, struct slice in, struct slice *mac)
{
	struct slice info;
	size_t size = 0;
	enum p12alg_result result;

	*alg = (struct p12alg){ 0 };
	if (!ber_take(&in, DER_SEQUENCE, &info))
		return P12ALG_BAD;
	result = take_mac_algorithm(alg, &info, &size);
	if (result != P12ALG_OK)
		return result;
	if (!ber_take(&info, DER_OCTET_STRING, mac) || info.size != 0 ||
	    !take_salt_and_rounds(alg, in))
		return P12ALG_BAD;
	if (mac->size != size)
		return judge(alg, P12ALG_UNSAFE, "%zu byte%s, and HMAC with "
		    "%s has %zu", mac->size, mac->size == 1 ? "" : "s",
		    alg->mac, size);
	return P12ALG_OK;
}
