/* SPDX-License-Identifier: MIT */
#include "x509/crlsign.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "util/crypto.h"
#include "util/mem.h"
#include "util/slurp.h"
#include "x509/sigalg.h"

#define FILE_LIMIT ((size_t)16 << 20)

struct crlsign {
	char *file;
	struct {
		X509 *cert;
	} *item;
	size_t certs, room;
};

static void
add(struct crlsign *issuers, X509 *cert)
{
	MEM_GROW(issuers->item, issuers->certs, issuers->room);
	issuers->item[issuers->certs++].cert = cert;
}

static int
read_certs(struct crlsign *issuers, struct slice text)
{
	const unsigned char *at = (const unsigned char *)text.at;
	X509 *cert = d2i_X509(NULL, &at, (long)text.size);
	BIO *bio;

	if (cert != NULL && (const char *)at == text.at + text.size) {
		add(issuers, cert);
		return 0;
	}
	X509_free(cert);
	ERR_clear_error();
	bio = BIO_new_mem_buf(text.at, (int)text.size);
	while (bio != NULL &&
	    (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
		add(issuers, cert);
	BIO_free(bio);
	if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		return fail_crypto("%s: certificate %zu", issuers->file,
		    issuers->certs + 1);
	ERR_clear_error();
	return issuers->certs != 0 ? 0 :
	    fail("%s: no certificate in it", issuers->file);
}

struct crlsign *
crlsign_read(const char *file)
{
	struct crlsign *issuers;
	char *text;
	size_t size;
	int status;

	if (slurp(file, FILE_LIMIT, &text, &size) < 0)
		return NULL;
	issuers = mem_zalloc(1, sizeof *issuers);
	file = slurp_name(file);
	issuers->file = mem_dup(file, strlen(file));
	status = read_certs(issuers, (struct slice){ text, size });
	free(text);
	if (status < 0) {
		crlsign_free(issuers);
		return NULL;
	}
	return issuers;
}

void
crlsign_free(struct crlsign *issuers)
{
	if (issuers == NULL)
		return;
	for (size_t i = 0; i < issuers->certs; i++)
		X509_free(issuers->item[i].cert);
	free(issuers->item);
	free(issuers->file);
	free(issuers);
}

static const EVP_MD *
digest_in(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *object;

	if (algorithm == NULL)
		return EVP_sha1();
	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	return EVP_get_digestbyobj(object);
}

/* MGF1's digest. */
static const EVP_MD *
mask_digest(const RSA_PSS_PARAMS *pss)
{
	const ASN1_OBJECT *object;
	const void *value;
	const EVP_MD *md;
	X509_ALGOR *inner;
	int type;

	if (pss->maskGenAlgorithm == NULL)
		return EVP_sha1();
	X509_ALGOR_get0(&object, &type, &value, pss->maskGenAlgorithm);
	if (OBJ_obj2nid(object) != NID_mgf1 || type != V_ASN1_SEQUENCE)
		return NULL;
	inner = ASN1_item_unpack(value, ASN1_ITEM_rptr(X509_ALGOR));
	md = inner != NULL ? digest_in(inner) : NULL;
	X509_ALGOR_free(inner);
	return md;
}

static bool
set_pss(EVP_PKEY_CTX *ctx, struct slice algorithm_der)
{
	const unsigned char *at = (const unsigned char *)algorithm_der.at;
	X509_ALGOR *algorithm;
	RSA_PSS_PARAMS *pss = NULL;
	const void *value;
	const EVP_MD *mask;
	int type;
	long salt = 20;
	bool set;

	algorithm = d2i_X509_ALGOR(NULL, &at, (long)algorithm_der.size);
	X509_ALGOR_get0(NULL, &type, &value, algorithm);
	if (type == V_ASN1_SEQUENCE)
		pss = ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
	if (pss != NULL && pss->saltLength != NULL)
		salt = ASN1_INTEGER_get(pss->saltLength);
	mask = pss != NULL ? mask_digest(pss) : NULL;
	set = mask != NULL && salt >= 0 && salt <= EVP_MAX_MD_SIZE * 16 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)salt) > 0 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, mask) > 0;
	RSA_PSS_PARAMS_free(pss);
	X509_ALGOR_free(algorithm);
	return set;
}

static int
algorithm_nid(const struct crl *crl)
{
	int nid = OBJ_ln2nid(crl->about.algorithm);

	return nid != NID_undef ? nid : OBJ_txt2nid(crl->about.algorithm);
}

/* Is it a key of the algorithm? */
static bool
is_key_for(const struct crl *crl, const EVP_PKEY *key)
{
	int md, type = NID_undef, nid = algorithm_nid(crl);

	if (nid == NID_rsassaPss)
		return EVP_PKEY_is_a(key, "RSA") ||
		    EVP_PKEY_is_a(key, "RSA-PSS");
	if (OBJ_find_sigid_algs(nid, &md, &type) == 1 && type != NID_undef)
		return EVP_PKEY_get_base_id(key) == type;
	return EVP_PKEY_is_a(key, crl->about.algorithm);
}

/* 1: good, 0: bad, -1: reported. */
static int
verify_digest(const struct crl *crl, EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	bool is_pss = algorithm_nid(crl) == NID_rsassaPss;
	int result = -1;

	if (ctx != NULL && EVP_PKEY_verify_init(ctx) > 0 &&
	    EVP_PKEY_CTX_set_signature_md(ctx, crl->about.md) > 0 &&
	    (!is_pss || set_pss(ctx, crl->about.algorithm_der)))
		result = EVP_PKEY_verify(ctx,
		    (const unsigned char *)crl->signature.at,
		    crl->signature.size, crl->digest, crl->digest_size) == 1;
	EVP_PKEY_CTX_free(ctx);
	return result >= 0 ? result :
	    fail_crypto("%s: not supported: %s", crl->file,
		crl->about.algorithm);
}

static int
verify_at_once(const struct crl *crl, EVP_PKEY *key)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char digest[EVP_MAX_MD_SIZE];
	int result = -1;
	size_t size;
	char *text;

	text = crl_signed_part(crl, CRLSIGN_AT_ONCE, &size);
	if (text == NULL) {
		EVP_MD_CTX_free(ctx);
		return -1;
	}
	/* These are the octets that will be listed. */
	if (EVP_Digest(text, size, digest, NULL, EVP_sha256(), NULL) != 1 ||
	    memcmp(digest, crl->digest, crl->digest_size) != 0)
		result = fail("%s: changed while it was read", crl->file);
	else if (ctx == NULL ||
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) != 1)
		result = fail_crypto("%s: not supported: %s", crl->file,
		    crl->about.algorithm);
	else
		result = EVP_DigestVerify(ctx,
		    (const unsigned char *)crl->signature.at,
		    crl->signature.size, (const unsigned char *)text,
		    size) == 1;
	EVP_MD_CTX_free(ctx);
	free(text);
	return result;
}

static bool
is_issuer(const X509 *cert, const struct crl *crl)
{
	const unsigned char *at =
	    (const unsigned char *)crl->about.issuer_der.at;
	X509_NAME *name = d2i_X509_NAME(NULL, &at,
	    (long)crl->about.issuer_der.size);
	bool is_so = X509_NAME_cmp(name, X509_get_subject_name(cert)) == 0;

	X509_NAME_free(name);
	return is_so;
}

static int
verify_by(X509 *cert, const struct crl *crl)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);
	int result;

	if (key == NULL || !is_key_for(crl, key)) {
		ERR_clear_error();
		return 0;
	}
	result = crl->about.md != NULL ? verify_digest(crl, key) :
					 verify_at_once(crl, key);
	ERR_clear_error();
	return result;
}

/* Not by a digest or a key for which anybody can make a signature. */
static int
refuse_weak(const struct crl *crl, const EVP_PKEY *key)
{
	const unsigned char *at =
	    (const unsigned char *)crl->about.algorithm_der.at;
	X509_ALGOR *algorithm = d2i_X509_ALGOR(NULL, &at,
	    (long)crl->about.algorithm_der.size);
	char why[SIGALG_WHY];
	bool weak = sigalg_refuses(why, algorithm, key);

	X509_ALGOR_free(algorithm);
	return weak ? fail("%s: not to be trusted: %s", crl->file, why) : 0;
}

int
crlsign_verify(const struct crlsign *issuers, struct crl *crl)
{
	size_t named = 0, allowed = 0;
	int result = refuse_weak(crl, NULL);

	for (size_t i = 0; i < issuers->certs && result == 0; i++) {
		X509 *cert = issuers->item[i].cert;

		if (!is_issuer(cert, crl))
			continue;
		named++;
		if ((X509_get_key_usage(cert) & KU_CRL_SIGN) == 0)
			continue;
		allowed++;
		result = verify_by(cert, crl);
		if (result > 0 &&
		    refuse_weak(crl, X509_get0_pubkey(cert)) < 0)
			result = -1;
	}
	if (result < 0)
		return -1;
	if (named == 0)
		return fail("%s: no certificate of the CRL's issuer: '%s'",
		    issuers->file, crl->about.issuer);
	if (allowed == 0)
		return fail("%s: the key of '%s' is not for signing CRLs",
		    issuers->file, crl->about.issuer);
	if (result == 0)
		return fail("%s: not signed by the key of '%s' in %s",
		    crl->file, crl->about.issuer, issuers->file);
	crl->is_verified = true;
	return 0;
}
