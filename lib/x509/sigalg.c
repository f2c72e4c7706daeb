/* SPDX-License-Identifier: MIT */
#include "x509/sigalg.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <stdio.h>

#define LEAST_DIGEST 20 /* bytes */

static int
named_in(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *object;

	if (algorithm == NULL)
		return NID_sha1; /* the default */
	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	return OBJ_obj2nid(object);
}

/* MGF1's digest. */
static int
mask_digest(const RSA_PSS_PARAMS *pss)
{
	const ASN1_OBJECT *object;
	const void *value;
	X509_ALGOR *inner = NULL;
	int type, nid = NID_undef;

	if (pss->maskGenAlgorithm == NULL)
		return NID_sha1; /* the default */
	X509_ALGOR_get0(&object, &type, &value, pss->maskGenAlgorithm);
	if (OBJ_obj2nid(object) == NID_mgf1 && type == V_ASN1_SEQUENCE)
		inner = ASN1_item_unpack(value, ASN1_ITEM_rptr(X509_ALGOR));
	if (inner != NULL)
		nid = named_in(inner);
	X509_ALGOR_free(inner);
	return nid;
}

/* Of the message and, for RSASSA-PSS, of the mask; NID_undef: none. */
static void
digests_of(const X509_ALGOR *algorithm, int *digest, int *mask)
{
	const ASN1_OBJECT *object;
	const void *value;
	RSA_PSS_PARAMS *pss;
	int type, key;

	X509_ALGOR_get0(&object, &type, &value, algorithm);
	*digest = *mask = NID_undef;
	if (OBJ_obj2nid(object) != NID_rsassaPss) {
		if (OBJ_find_sigid_algs(OBJ_obj2nid(object), digest,
			&key) != 1)
			*digest = NID_undef;
		return;
	}
	if (type != V_ASN1_SEQUENCE)
		return;
	pss = ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
	if (pss != NULL) {
		*digest = named_in(pss->hashAlgorithm);
		*mask = mask_digest(pss);
	}
	RSA_PSS_PARAMS_free(pss);
	ERR_clear_error();
}

const EVP_MD *
sigalg_digest(const X509_ALGOR *algorithm)
{
	int digest, mask;

	digests_of(algorithm, &digest, &mask);
	return digest != NID_undef ? EVP_get_digestbynid(digest) : NULL;
}

const EVP_MD *
sigalg_mask(const X509_ALGOR *algorithm)
{
	int digest, mask;

	digests_of(algorithm, &digest, &mask);
	return mask != NID_undef ? EVP_get_digestbynid(mask) : NULL;
}

bool
sigalg_is_sha1(const X509_ALGOR *algorithm)
{
	int digest, mask;

	digests_of(algorithm, &digest, &mask);
	return digest == NID_sha1;
}

/* One that OpenSSL has been built without, such as MD2, is refused, too. */
static bool
is_weak(int nid)
{
	const EVP_MD *md;

	if (nid == NID_undef)
		return false;
	md = EVP_get_digestbynid(nid);
	return md == NULL || EVP_MD_get_size(md) < LEAST_DIGEST;
}

static int
least_bits(const EVP_PKEY *key)
{
	if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS") ||
	    EVP_PKEY_is_a(key, "DSA"))
		return 1023;
	return EVP_PKEY_is_a(key, "EC") ? 160 : 0;
}

bool
sigalg_refuses(char why[SIGALG_WHY], const X509_ALGOR *algorithm,
    const EVP_PKEY *key)
{
	int digest, mask, least;

	digests_of(algorithm, &digest, &mask);
	if (is_weak(digest) || is_weak(mask)) {
		snprintf(why, SIGALG_WHY, "signed with %s",
		    OBJ_nid2sn(is_weak(digest) ? digest : mask));
		return true;
	}
	least = key != NULL ? least_bits(key) : 0;
	if (least == 0 || EVP_PKEY_get_bits(key) >= least)
		return false;
	snprintf(why, SIGALG_WHY, "signed by a key of %d bits (%d at least)",
	    EVP_PKEY_get_bits(key), least);
	return true;
}
