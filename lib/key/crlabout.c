/* SPDX-License-Identifier: MIT */
#include "key/crlabout.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "key/dn.h"
#include "util/mem.h"

static struct slice
keep(struct slice s)
{
	return (struct slice){ mem_dup(s.at, s.size), s.size };
}

/* -- extensions ------------------------------------------------------------ */

void
crlabout_not_understood(struct crl_about *about, const struct crlext *ext)
{
	char *oid = crlext_oid(ext->oid, false);
	char *both;

	if (about->critical == NULL) {
		about->critical = oid;
		return;
	}
	if (strstr(about->critical, oid) == NULL &&
	    strlen(about->critical) < 512) {
		both = mem_printf("%s %s", about->critical, oid);
		free(about->critical);
		about->critical = both;
	}
	free(oid);
}

static bool
take_number(struct crl_number *number, struct slice value)
{
	struct slice octets;

	if (number->size != 0 || !crlext_number(value, &octets))
		return false;
	memcpy(number->octets, octets.at, octets.size);
	number->size = octets.size;
	return true;
}

bool
crlabout_extension(struct crl_about *about, const struct crlext *ext)
{
	switch (ext->kind) {
	case CRLEXT_NUMBER:
		return take_number(&about->number, ext->value);
	case CRLEXT_DELTA:
		return take_number(&about->delta_base, ext->value);
	case CRLEXT_AUTHORITY:
		if (about->authority != NULL)
			return false;
		about->authority = crlext_authority(ext->value);
		return about->authority != NULL;
	case CRLEXT_ISSUING_POINT:
		if (about->issuing_point != NULL)
			return false;
		about->issuing_point = crlext_issuing_point(ext->value,
		    &about->is_indirect);
		about->issuing_point_der = keep(ext->value);
		return about->issuing_point != NULL;
	default:
		if (ext->critical)
			crlabout_not_understood(about, ext);
		return true;
	}
}

/* -- algorithm and issuer ------------------------------------------------- */

/* By which digest it is signed; NULL: by none, or one not known. */
static const EVP_MD *
digest_of(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *object;
	const EVP_MD *md = NULL;
	int nid, type, md_nid = NID_undef, key_nid;
	const void *value;
	RSA_PSS_PARAMS *pss;

	X509_ALGOR_get0(&object, &type, &value, algorithm);
	nid = OBJ_obj2nid(object);
	if (nid == NID_rsassaPss && type == V_ASN1_SEQUENCE) {
		pss = ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
		md_nid = NID_sha1;
		if (pss != NULL && pss->hashAlgorithm != NULL) {
			X509_ALGOR_get0(&object, NULL, NULL,
			    pss->hashAlgorithm);
			md_nid = OBJ_obj2nid(object);
		}
		RSA_PSS_PARAMS_free(pss);
	} else if (OBJ_find_sigid_algs(nid, &md_nid, &key_nid) != 1) {
		md_nid = NID_undef;
	}
	if (md_nid != NID_undef)
		md = EVP_get_digestbynid(md_nid);
	ERR_clear_error();
	return md;
}

bool
crlabout_algorithm(struct crl_about *about, struct slice whole)
{
	const unsigned char *at = (const unsigned char *)whole.at;
	X509_ALGOR *algorithm = d2i_X509_ALGOR(NULL, &at, (long)whole.size);
	const ASN1_OBJECT *object;
	char text[128];

	ERR_clear_error();
	if (algorithm == NULL || (const char *)at != whole.at + whole.size) {
		X509_ALGOR_free(algorithm);
		return false;
	}
	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	if (OBJ_obj2nid(object) != NID_undef)
		snprintf(text, sizeof text, "%s",
		    OBJ_nid2ln(OBJ_obj2nid(object)));
	else
		OBJ_obj2txt(text, sizeof text, object, 1);
	about->algorithm = mem_dup(text, strlen(text));
	about->algorithm_der = keep(whole);
	about->md = digest_of(algorithm);
	X509_ALGOR_free(algorithm);
	return true;
}

bool
crlabout_issuer(struct crl_about *about, struct slice whole)
{
	const unsigned char *at = (const unsigned char *)whole.at;
	X509_NAME *name = d2i_X509_NAME(NULL, &at, (long)whole.size);

	ERR_clear_error();
	if (name == NULL || (const char *)at != whole.at + whole.size) {
		X509_NAME_free(name);
		return false;
	}
	about->issuer = dn_text(name);
	about->issuer_der = keep(whole);
	X509_NAME_free(name);
	return true;
}

static void
free_slice(struct slice s)
{
	free((char *)(uintptr_t)s.at);
}

void
crlabout_release(struct crl_about *about)
{
	free(about->issuer);
	free_slice(about->issuer_der);
	free(about->authority);
	free(about->issuing_point);
	free_slice(about->issuing_point_der);
	free(about->critical);
	free(about->algorithm);
	free_slice(about->algorithm_der);
}
