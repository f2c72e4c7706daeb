/* SPDX-License-Identifier: MIT */
#include "key/p12alg.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <stdio.h>

#include "key/ber.h"

#define MOST_KEY_SIZE 128 /* of an HMAC: as large as its largest block */

/* -- reading --------------------------------------------------------------- */

/* The algorithm in an AlgorithmIdentifier and its parameters, which *in then
 * is; its dotted name or OpenSSL's goes to name. */
static int
take_algorithm(struct slice *in, struct slice *parameters,
    char name[P12ALG_NAME_SIZE])
{
	ASN1_OBJECT *object = NULL;
	struct ber oid;
	const unsigned char *at;
	int nid = NID_undef;

	if (!ber_take(in, BER_SEQUENCE, parameters) ||
	    !ber_next(parameters, &oid) || oid.id != BER_OID)
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

static const char *
digest_name(int nid)
{
	static const struct {
		int nid;
		const char *name;
	} digests[] = {
		{ NID_sha1, "SHA-1" },
		{ NID_sha224, "SHA-224" },
		{ NID_sha256, "SHA-256" },
		{ NID_sha384, "SHA-384" },
		{ NID_sha512, "SHA-512" },
		{ NID_sha512_224, "SHA-512/224" },
		{ NID_sha512_256, "SHA-512/256" },
		{ NID_sha3_224, "SHA3-224" },
		{ NID_sha3_256, "SHA3-256" },
		{ NID_sha3_384, "SHA3-384" },
		{ NID_sha3_512, "SHA3-512" },
		{ NID_md5, "MD5" },
	};

	for (size_t i = 0; i < sizeof digests / sizeof *digests; i++)
		if (digests[i].nid == nid)
			return digests[i].name;
	return NULL;
}

/* The digest of an HMAC's identifier; NULL: unknown. */
static const char *
hmac_digest(int nid)
{
	int digest = NID_undef;

	EVP_PBE_find(EVP_PBE_TYPE_PRF, nid, NULL, &digest, NULL);
	return digest_name(digest);
}

static enum p12alg_result
take_pbkdf2(struct p12alg *alg, struct slice *in)
{
	struct slice parameters, prf, unused;
	unsigned long size;
	int nid = take_algorithm(in, &parameters, alg->name);

	if (nid != NID_id_pbkdf2)
		return nid < 0 ? P12ALG_BAD : P12ALG_UNKNOWN;
	alg->kdf = P12ALG_PBKDF2;
	alg->digest = "SHA-1"; /* RFC 8018, A.2: the default */
	if (!ber_take(&parameters, BER_SEQUENCE, &prf) ||
	    !ber_take(&prf, BER_OCTETS, &alg->salt) ||
	    !ber_take_count(&prf, &alg->rounds))
		return P12ALG_BAD;
	if (ber_take_count(&prf, &size)) {
		alg->key_size = size;
		if (size > MOST_KEY_SIZE)
			return P12ALG_BAD;
	}
	if (prf.size == 0)
		return P12ALG_OK;
	nid = take_algorithm(&prf, &unused, alg->name);
	if (nid < 0 || prf.size != 0)
		return P12ALG_BAD;
	alg->digest = hmac_digest(nid);
	return alg->digest != NULL ? P12ALG_OK : P12ALG_UNKNOWN;
}

static enum p12alg_result
take_pbes2(struct p12alg *alg, struct slice parameters)
{
	struct slice both, iv;
	enum p12alg_result result;
	int nid;

	if (!ber_take(&parameters, BER_SEQUENCE, &both))
		return P12ALG_BAD;
	result = take_pbkdf2(alg, &both);
	if (result != P12ALG_OK)
		return result;
	nid = take_algorithm(&both, &iv, alg->name);
	if (nid < 0 || both.size != 0)
		return P12ALG_BAD;
	alg->cipher = nid != NID_undef ? OBJ_nid2sn(nid) : NULL;
	if (alg->cipher == NULL || !ber_take(&iv, BER_OCTETS, &alg->iv))
		return P12ALG_UNKNOWN;
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
	alg->digest = "SHA-1";
	alg->cipher = pbes[i].cipher;
	if (!ber_take(&parameters, BER_SEQUENCE, &both) ||
	    !ber_take(&both, BER_OCTETS, &alg->salt) ||
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

/* -- reading MACs ---------------------------------------------------------- */

/* RFC 9579: the parameters have salt and rounds; MacData's own are ignored. */
static enum p12alg_result
take_pbmac1(struct p12alg *alg, struct slice parameters)
{
	struct slice both, unused;
	enum p12alg_result result;
	int nid;

	if (!ber_take(&parameters, BER_SEQUENCE, &both))
		return P12ALG_BAD;
	result = take_pbkdf2(alg, &both);
	if (result != P12ALG_OK)
		return result;
	nid = take_algorithm(&both, &unused, alg->name);
	if (nid < 0 || both.size != 0)
		return P12ALG_BAD;
	alg->mac = hmac_digest(nid);
	return alg->mac != NULL ? P12ALG_OK : P12ALG_UNKNOWN;
}

static enum p12alg_result
take_mac_algorithm(struct p12alg *alg, struct slice *in)
{
	struct slice parameters;
	int nid = take_algorithm(in, &parameters, alg->name);

	if (nid < 0)
		return P12ALG_BAD;
	if (nid == NID_pbmac1)
		return take_pbmac1(alg, parameters);
	alg->kdf = P12ALG_PKCS12;
	alg->digest = alg->mac = digest_name(nid);
	return alg->mac != NULL ? P12ALG_OK : P12ALG_UNKNOWN;
}

enum p12alg_result
p12alg_take_mac(struct p12alg *alg, struct slice in, struct slice *mac)
{
	struct slice info, salt;
	unsigned long rounds = 1; /* RFC 7292, 4: the default */
	enum p12alg_result result;

	*alg = (struct p12alg){ 0 };
	if (!ber_take(&in, BER_SEQUENCE, &info))
		return P12ALG_BAD;
	result = take_mac_algorithm(alg, &info);
	if (result != P12ALG_OK)
		return result;
	if (!ber_take(&info, BER_OCTETS, mac) || info.size != 0 ||
	    !ber_take(&in, BER_OCTETS, &salt) ||
	    (in.size != 0 && !ber_take_count(&in, &rounds)) || in.size != 0)
		return P12ALG_BAD;
	if (alg->kdf == P12ALG_PKCS12) {
		alg->salt = salt;
		alg->rounds = rounds;
	}
	return P12ALG_OK;
}
