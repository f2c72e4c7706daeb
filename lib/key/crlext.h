/* SPDX-License-Identifier: MIT */
#ifndef CRLEXT_H
#define CRLEXT_H

#include <stdint.h>

#include "util/buf.h"

/*
 * The extensions of CRLs and of their entries (RFC 5280, 5.2 and 5.3).
 *
 *	while (rest.size != 0) {
 *		if (!crlext_next(&rest, &ext))
 *			return -1;
 *		switch (ext.kind) {
 */

enum crlext_kind {
	CRLEXT_OTHER,
	CRLEXT_NUMBER,
	CRLEXT_DELTA,
	CRLEXT_ISSUING_POINT,
	CRLEXT_AUTHORITY,
	CRLEXT_REASON,
	CRLEXT_HOLD,
	CRLEXT_INVALIDITY,
	CRLEXT_ISSUER,
};

struct crlext {
	enum crlext_kind kind;
	struct slice oid; /* content octets */
	bool critical;
	struct slice value; /* what is in the OCTET STRING */
};

/* Take the first off the content of Extensions; false: damaged. */
bool crlext_next(struct slice *rest, struct crlext *ext);

/* "2.5.29.20", or the short name that OpenSSL has for it; a new string. */
char *crlext_oid(struct slice oid, bool by_name);

/* What of its issuer's certificates a CRL is about. */
struct crlext_scope {
	bool is_indirect; /* other issuers' certificates, too */
	bool only_ca;	  /* only those of CAs */
	unsigned reasons; /* only these: the bit 1 << N for the reason N of
			     RFC 5280, 5.3.1; 0: all */
};

/* These decode a value; NULL or false: it is none.  Strings are new. */
char *crlext_authority(struct slice value); /* the key identifier, in hex; "" */
char *crlext_issuing_point(struct slice value, struct crlext_scope *scope);
char *crlext_issuer(struct slice value); /* the directory name */
char *crlext_hold(struct slice value);
bool crlext_reason(struct slice value, int *reason);
bool crlext_time(struct slice value, int64_t *seconds);
bool crlext_number(struct slice value, struct slice *octets);

#endif
