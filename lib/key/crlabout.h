/* SPDX-License-Identifier: MIT */
#ifndef CRLABOUT_H
#define CRLABOUT_H

#include <openssl/evp.h>

#include "key/crlext.h"
#include "key/serial.h"

/*
 * What a CRL says of itself, taken field by field by who reads it (crl.h).
 * Nothing is reported; false: it is no such field, or there are two.
 */

struct crl_number {
	unsigned char octets[SERIAL_MOST];
	size_t size; /* 0: there is none */
};

struct crl_about {
	char *issuer; /* as dn.h writes it */
	struct slice issuer_der;
	int64_t this_update, next_update;
	bool has_next_update;
	struct crl_number number;
	struct crl_number delta_base; /* BaseCRLNumber: it is a delta CRL */
	char *authority;	      /* the key's identifier, in hex; NULL */
	char *issuing_point;	      /* NULL: of all that the issuer issues */
	struct slice issuing_point_der;
	struct crlext_scope scope;
	char *critical;	 /* OIDs of critical extensions that are not
			    understood, of it or of an entry; NULL: none */
	char *algorithm; /* by which it is signed */
	struct slice algorithm_der;
	const EVP_MD *md; /* NULL: by no digest, or one not known */
};

/* From whole elements. */
bool crlabout_algorithm(struct crl_about *about, struct slice whole);
bool crlabout_issuer(struct crl_about *about, struct slice whole);

bool crlabout_extension(struct crl_about *about, const struct crlext *ext);

/* Note a critical extension. */
void crlabout_not_understood(struct crl_about *about,
    const struct crlext *ext);

void crlabout_release(struct crl_about *about);

#endif
