/* SPDX-License-Identifier: MIT */
#include "pbe/pbe.h"

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

/* By digests and ciphers that are fixed: RFC 7292, appendix C, and NSS's own,
 * which OpenSSL has no number for. */
static const struct scheme {
	const char *name; /* without a number, the OID */
	const char *cipher;
	int nid;
	enum pbe_kdf kdf; /* with SHA-1 */
	enum pbe_strength strength;
} schemes[] = {
	{ "PBE-SHA1-RC4-128", "RC4", NID_pbe_WithSHA1And128BitRC4,
	    PBE_PKCS12, PBE_OLD },
	{ "PBE-SHA1-RC4-40", "RC4-40", NID_pbe_WithSHA1And40BitRC4,
	    PBE_PKCS12, PBE_OLD },
	{ "PBE-SHA1-3DES", "DES-EDE3-CBC",
	    NID_pbe_WithSHA1And3_Key_TripleDES_CBC, PBE_PKCS12, PBE_WEAK },
	{ "PBE-SHA1-2DES", "DES-EDE-CBC",
	    NID_pbe_WithSHA1And2_Key_TripleDES_CBC, PBE_PKCS12, PBE_WEAK },
	{ "PBE-SHA1-RC2-128", "RC2-CBC", NID_pbe_WithSHA1And128BitRC2_CBC,
	    PBE_PKCS12, PBE_OLD },
	{ "PBE-SHA1-RC2-40", "RC2-40-CBC", NID_pbe_WithSHA1And40BitRC2_CBC,
	    PBE_PKCS12, PBE_OLD },
	{ "1.2.840.113549.1.12.5.1.3", "DES-EDE3-CBC", NID_undef, PBE_NSS,
	    PBE_WEAK },
};

/* The ciphers of PBES2 that all have. */
static const struct {
	const char *name;
	unsigned long key_size;
} aes[] = {
	{ "AES-128-CBC", 16 },
	{ "AES-192-CBC", 24 },
	{ "AES-256-CBC", 32 },
};
#define COUNT(table) (sizeof(table) / sizeof *(table))

static enum pbe_result judge(struct pbe *pbe,
    enum pbe_result result, const char *fmt, ...) PRINTF_LIKE(3, 4);

static enum pbe_result
judge(struct pbe *pbe, enum pbe_result result, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(pbe->name, sizeof pbe->name, fmt, args);
	va_end(args);
	return result;
}

/* The algorithm in an AlgorithmIdentifier and its parameters, which *in then
 * is; its dotted name or OpenSSL's goes to pbe->name; -1: it is none. */
static int
take_algorithm(struct slice *in, struct slice *parameters, struct pbe *pbe)
{
	ASN1_OBJECT *object;
	struct der oid;
	const unsigned char *at;
	int nid;

	if (!ber_take(in, DER_SEQUENCE, parameters) ||
	    !ber_next(parameters, &oid) || oid.id != DER_OID)
		return -1;
	at = (const unsigned char *)oid.whole.at;
	object = d2i_ASN1_OBJECT(NULL, &at, (long)oid.whole.size);
	if (object == NULL) {
		ERR_clear_error();
		return -1;
	}
	if (pbe->oid.at == NULL)
		pbe->oid = oid.whole;
	nid = OBJ_obj2nid(object);
	if (nid != NID_undef)
		snprintf(pbe->name, sizeof pbe->name, "%s", OBJ_nid2sn(nid));
	else
		OBJ_obj2txt(pbe->name, sizeof pbe->name, object, 1);
	ASN1_OBJECT_free(object);
	return nid;
}

void
pbe_oid_text(const struct pbe *pbe, char text[PBE_NAME_SIZE])
{
	const unsigned char *at = (const unsigned char *)pbe->oid.at;
	ASN1_OBJECT *object = at != NULL ?
	    d2i_ASN1_OBJECT(NULL, &at, (long)pbe->oid.size) : NULL;

	*text = '\0';
	if (object != NULL)
		OBJ_obj2txt(text, PBE_NAME_SIZE, object, 1);
	ASN1_OBJECT_free(object);
}

static const struct digest *
find_digest(int nid)
{
	for (size_t i = 0; i < COUNT(digests); i++)
		if (digests[i].nid == nid)
			return &digests[i];
	return NULL;
}

static void
set_digest(struct pbe *pbe, const struct digest *digest)
{
	pbe->digest = digest->name;
	pbe->digest_size = digest->size;
}

static void
set_mac(struct pbe *pbe, const struct digest *digest)
{
	pbe->mac = digest->name;
	pbe->mac_size = digest->size;
}

/* The digest of an HMAC's identifier; NULL: unknown. */
static const struct digest *
hmac_digest(int nid)
{
	int digest = NID_undef;

	EVP_PBE_find(EVP_PBE_TYPE_PRF, nid, NULL, &digest, NULL);
	return find_digest(digest);
}

/* keyLength, which is OPTIONAL; *said: it is there.  What is no positive
 * number is 0. */
static void
take_key_size(struct slice *in, struct pbe *pbe, bool *said)
{
	struct slice number;

	*said = ber_take_count(in, &pbe->key_size);
	if (!*said) {
		pbe->key_size = 0;
		*said = ber_take(in, DER_INTEGER, &number);
	}
}

static enum pbe_result
take_pbkdf2(struct pbe *pbe, struct slice *in, bool *has_key_size)
{
	struct slice parameters, prf, unused;
	const struct digest *digest;
	int nid = take_algorithm(in, &parameters, pbe);

	if (nid != NID_id_pbkdf2)
		return nid < 0 ? PBE_BAD : PBE_UNKNOWN;
	pbe->kdf = PBE_PBKDF2;
	set_digest(pbe, find_digest(NID_sha1)); /* RFC 8018, A.2 */
	if (!ber_take(&parameters, DER_SEQUENCE, &prf) ||
	    !ber_take(&prf, DER_OCTET_STRING, &pbe->salt) ||
	    !ber_take_count(&prf, &pbe->rounds))
		return PBE_BAD;
	take_key_size(&prf, pbe, has_key_size);
	if (prf.size == 0)
		return PBE_OK;
	nid = take_algorithm(&prf, &unused, pbe);
	if (nid < 0 || prf.size != 0)
		return PBE_BAD;
	digest = hmac_digest(nid);
	if (digest == NULL)
		return PBE_UNKNOWN;
	set_digest(pbe, digest);
	return PBE_OK;
}

/*
 * PBES2 and PBMAC1 (RFC 8018, A.4 and A.5): the key derivation, and the cipher
 * or the MAC, which are *nid and its parameters.
 */
static enum pbe_result
take_two(struct pbe *pbe, struct slice in, bool *has_key_size, int *nid,
    struct slice *parameters)
{
	enum pbe_result result;
	struct slice both;

	if (!ber_take(&in, DER_SEQUENCE, &both))
		return PBE_BAD;
	result = take_pbkdf2(pbe, &both, has_key_size);
	if (result != PBE_OK)
		return result;
	*nid = take_algorithm(&both, parameters, pbe);
	return *nid < 0 || both.size != 0 ? PBE_BAD : PBE_OK;
}

/* NSS before 3.35, asked for AES-128 or AES-192, named that and a key of 32
 * bytes, and encrypted by AES-256: the length is what counts. */
static const char *
aes_of(const char *cipher, unsigned long key_size)
{
	const char *by_size = cipher;
	bool is_aes = false;

	for (size_t i = 0; i < COUNT(aes); i++) {
		is_aes |= strcmp(cipher, aes[i].name) == 0;
		if (aes[i].key_size == key_size)
			by_size = aes[i].name;
	}
	return is_aes ? by_size : cipher;
}

static size_t
key_size_of(const char *cipher)
{
	const EVP_CIPHER *known = EVP_get_cipherbyname(cipher);

	return known != NULL ? (size_t)EVP_CIPHER_get_key_length(known) : 0;
}

static enum pbe_result
take_pbes2(struct pbe *pbe, struct slice parameters)
{
	struct slice iv;
	bool has_key_size;
	size_t size;
	int nid;
	enum pbe_result result = take_two(pbe, parameters, &has_key_size,
	    &nid, &iv);

	if (result != PBE_OK)
		return result;
	if (has_key_size &&
	    (pbe->key_size == 0 || pbe->key_size > MOST_KEY_SIZE))
		return PBE_BAD;
	pbe->cipher = nid != NID_undef ? OBJ_nid2sn(nid) : NULL;
	if (pbe->cipher == NULL || !ber_take(&iv, DER_OCTET_STRING, &pbe->iv))
		return PBE_UNKNOWN;
	pbe->cipher = aes_of(pbe->cipher, pbe->key_size);
	pbe->strength = starts_with(pbe->cipher, "AES-") ? PBE_STRONG :
							   PBE_FOREIGN;
	size = key_size_of(pbe->cipher);
	if (has_key_size && size != 0 && pbe->key_size != size)
		return judge(pbe, PBE_UNKNOWN, "PBES2 %s with key length "
		    "%lu", pbe->cipher, pbe->key_size);
	return judge(pbe, PBE_OK, "PBES2 %s", pbe->cipher);
}

static enum pbe_result
take_scheme(struct pbe *pbe, int nid, struct slice parameters)
{
	const struct scheme *s = schemes;
	struct slice both;

	while (s->nid != nid || (nid == NID_undef &&
	    strcmp(s->name, pbe->name) != 0))
		if (++s == schemes + COUNT(schemes))
			return PBE_UNKNOWN;
	pbe->kdf = s->kdf;
	pbe->strength = s->strength;
	set_digest(pbe, find_digest(NID_sha1));
	pbe->cipher = s->cipher;
	if (!ber_take(&parameters, DER_SEQUENCE, &both) ||
	    !ber_take(&both, DER_OCTET_STRING, &pbe->salt) ||
	    !ber_take_count(&both, &pbe->rounds))
		return judge(pbe, PBE_BAD, "%s", s->name);
	return judge(pbe, PBE_OK, "%s", s->name);
}

/* Any encryption. */
static enum pbe_result
take_any(struct pbe *pbe, struct slice *in)
{
	struct slice parameters;
	int nid = take_algorithm(in, &parameters, pbe);

	if (nid < 0)
		return PBE_BAD;
	return nid == NID_pbes2 ? take_pbes2(pbe, parameters) :
				  take_scheme(pbe, nid, parameters);
}

enum pbe_result
pbe_take(struct pbe *pbe, struct slice *in)
{
	enum pbe_result result;

	*pbe = (struct pbe){ 0 };
	result = take_any(pbe, in);
	return pbe->kdf == PBE_NSS ? PBE_UNKNOWN : result;
}

/*
 * A key of few bytes makes a MAC that is forged by trying them all: with one,
 * 256 files do for any password (CVE-2026-34181).
 */
static enum pbe_result
check_pbmac1(struct pbe *pbe, bool has_key_size)
{
	if (!has_key_size)
		return judge(pbe, PBE_UNSAFE, "PBMAC1 without key length "
		    "(RFC 9579, 5)");
	if (pbe->key_size < PBE_LEAST_MAC_KEY)
		return judge(pbe, PBE_UNSAFE, "PBMAC1 with key length %lu, "
		    "and %d is the least (RFC 9579, 9)", pbe->key_size,
		    PBE_LEAST_MAC_KEY);
	if (pbe->salt.size == 0)
		return judge(pbe, PBE_UNSAFE, "PBMAC1 without a salt (RFC "
		    "8018, 4.1)");
	if (pbe->key_size > MOST_MAC_KEY)
		return judge(pbe, PBE_UNKNOWN, "PBMAC1 with a key of %lu "
		    "bytes (%d at most)", pbe->key_size, MOST_MAC_KEY);
	if (strcmp(pbe->mac, "MD5") == 0 || strcmp(pbe->digest, "MD5") == 0)
		return judge(pbe, PBE_UNKNOWN, "PBMAC1 with MD5");
	return PBE_OK;
}

/* RFC 9579, 4: the parameters have salt and rounds; MacData's own are
 * ignored. */
static enum pbe_result
take_pbmac1(struct pbe *pbe, struct slice parameters)
{
	const struct digest *digest;
	struct slice unused;
	bool has_key_size;
	int nid;
	enum pbe_result result = take_two(pbe, parameters, &has_key_size,
	    &nid, &unused);

	if (result != PBE_OK)
		return result;
	digest = hmac_digest(nid);
	if (digest == NULL)
		return PBE_UNKNOWN;
	set_mac(pbe, digest);
	return check_pbmac1(pbe, has_key_size);
}

static enum pbe_result
take_mac_algorithm(struct pbe *pbe, struct slice *in)
{
	struct slice parameters;
	const struct digest *digest;
	int nid = take_algorithm(in, &parameters, pbe);

	if (nid < 0)
		return PBE_BAD;
	if (nid == NID_pbmac1)
		return take_pbmac1(pbe, parameters);
	pbe->kdf = PBE_PKCS12;
	digest = find_digest(nid);
	if (digest == NULL)
		return PBE_UNKNOWN;
	set_digest(pbe, digest);
	set_mac(pbe, digest);
	pbe->key_size = digest->size;
	return PBE_OK;
}

/* MacData's salt and rounds, which PBMAC1 has elsewhere: there, they may be
 * anything (RFC 9579, 4). */
static bool
take_salt_and_rounds(struct pbe *pbe, struct slice in)
{
	unsigned long rounds = 1; /* RFC 7292, 4: the default */
	struct slice salt, number;

	if (!ber_take(&in, DER_OCTET_STRING, &salt))
		return false;
	if (in.size != 0 && !ber_take_count(&in, &rounds) &&
	    (pbe->kdf != PBE_PBKDF2 ||
		!ber_take(&in, DER_INTEGER, &number)))
		return false;
	if (pbe->kdf == PBE_PKCS12) {
		pbe->salt = salt;
		pbe->rounds = rounds;
	}
	return in.size == 0;
}

enum pbe_result
pbe_take_mac(struct pbe *pbe, struct slice in)
{
	struct slice info;
	enum pbe_result result;

	*pbe = (struct pbe){ 0 };
	if (!ber_take(&in, DER_SEQUENCE, &info))
		return PBE_BAD;
	result = take_mac_algorithm(pbe, &info);
	if (result != PBE_OK)
		return result;
	if (!ber_take(&info, DER_OCTET_STRING, &pbe->text) ||
	    info.size != 0 || !take_salt_and_rounds(pbe, in))
		return PBE_BAD;
	if (pbe->text.size != pbe->mac_size)
		return judge(pbe, PBE_UNSAFE, "%zu byte%s, and HMAC with %s "
		    "has %zu", pbe->text.size, pbe->text.size == 1 ? "" : "s",
		    pbe->mac, pbe->mac_size);
	return PBE_OK;
}

#define IV_CONTENT 14 /* with tag and length: an AES block */

/* PBES2 as NSS has it: it puts 14 bytes into the OCTET STRING and takes all of
 * its TLV as IV. */
static bool
take_whole_iv(struct slice *iv)
{
	if (iv->size != IV_CONTENT ||
	    memcmp(iv->at - 2, "\x04\x0e", 2) != 0)
		return false;
	*iv = (struct slice){ iv->at - 2, IV_CONTENT + 2 };
	return true;
}

/* keyLength is always there: NSS would derive as few bytes as it says. */
static enum pbe_result
check_nss(struct pbe *pbe, enum pbe_result result)
{
	static const char sha256[] = "SHA-256";

	if (result == PBE_UNSAFE || (pbe->kdf == PBE_PBKDF2 &&
		pbe->rounds != 0 && pbe->key_size != PBE_NSS_KEY))
		return PBE_BAD;
	if (result != PBE_OK)
		return result;
	if (pbe->salt.size == 0 || pbe->rounds > INT32_MAX)
		return PBE_BAD;
	if (pbe->kdf == PBE_NSS)
		return PBE_OK;
	if (pbe->kdf == PBE_PKCS12 || strcmp(pbe->digest, sha256) != 0 ||
	    (pbe->mac != NULL && strcmp(pbe->mac, sha256) != 0) ||
	    (pbe->cipher != NULL && strcmp(pbe->cipher, "AES-256-CBC") != 0))
		return PBE_UNKNOWN;
	return pbe->cipher == NULL || take_whole_iv(&pbe->iv) ?
	    PBE_OK : PBE_BAD;
}

enum pbe_result
pbe_parse(struct pbe *pbe, struct slice blob)
{
	struct slice in, again, parameters;
	enum pbe_result result;
	int nid;

	*pbe = (struct pbe){ 0 };
	if (!ber_only(blob, DER_SEQUENCE, &in))
		return PBE_BAD;
	again = in;
	nid = take_algorithm(&in, &parameters, pbe);
	result = nid == NID_pbmac1 ? take_pbmac1(pbe, parameters) :
				     take_any(pbe, &again);
	if (nid < 0 || !ber_take(&in, DER_OCTET_STRING, &pbe->text) ||
	    in.size != 0)
		return PBE_BAD;
	return check_nss(pbe, result);
}

struct pbe
pbe_nss_3des(struct slice salt, unsigned long rounds, struct slice text)
{
	return (struct pbe){ .kdf = PBE_NSS, .cipher = "DES-EDE3-CBC",
		.salt = salt, .rounds = rounds, .text = text };
}

/* Append an AlgorithmIdentifier; *parameters is empty then. */
static void
put_algorithm(struct secret *to, int nid, int tag, struct secret *parameters)
{
	const ASN1_OBJECT *oid = OBJ_nid2obj(nid);
	struct secret algorithm = { 0 };

	der_value(&algorithm, DER_OID, (struct slice){
	    (const char *)OBJ_get0_data(oid), OBJ_length(oid) });
	der_put(&algorithm, tag, parameters);
	der_put(to, DER_SEQUENCE, &algorithm);
}

/* RFC 8018, appendix A.2; RFC 9579 wants the key's length. */
static void
put_pbkdf2(struct secret *to, const struct pbe *pbe)
{
	struct secret parameters = { 0 }, none = { 0 };

	der_value(&parameters, DER_OCTET_STRING, pbe->salt);
	der_number(&parameters, pbe->rounds);
	der_number(&parameters, pbe->key_size);
	put_algorithm(&parameters, NID_hmacWithSHA256, DER_NULL, &none);
	put_algorithm(to, NID_id_pbkdf2, DER_SEQUENCE, &parameters);
}

void
pbe_put(struct secret *to, const struct pbe *pbe)
{
	struct secret both = { 0 }, inner = { 0 };

	if (pbe->kdf == PBE_PKCS12) {
		put_algorithm(to, NID_sha256, DER_NULL, &inner);
		return;
	}
	put_pbkdf2(&both, pbe);
	if (pbe->cipher != NULL) {
		secret_set(&inner, pbe->iv);
		put_algorithm(&both, NID_aes_256_cbc, DER_OCTET_STRING,
		    &inner);
	} else {
		put_algorithm(&both, NID_hmacWithSHA256, DER_NULL, &inner);
	}
	put_algorithm(to, pbe->cipher != NULL ? NID_pbes2 : NID_pbmac1,
	    DER_SEQUENCE, &both);
}
