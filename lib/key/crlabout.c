/* SPDX-License-Identifier: MIT */
#include "key/crlabout.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "key/dn.h"
#include "key/sigalg.h"
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
		    &about->scope);
		about->issuing_point_der = keep(ext->value);
		return about->issuing_point != NULL;
	default:
		if (ext->critical)
			crlabout_not_understood(about, ext);
		return true;
	}
}

/* -- algorithm and issuer ------------------------------------------------- */

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
	about->md = sigalg_digest(algorithm);
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
