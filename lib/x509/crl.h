/* SPDX-License-Identifier: MIT */
#ifndef X509_CRL_H
#define X509_CRL_H

#include <openssl/evp.h>
#include <stdint.h>

#include "util/buf.h"
#include "x509/serial.h"

/* What of its issuer's certificates a CRL is about. */
struct crlext_scope {
	bool is_indirect; /* other issuers' certificates, too */
	bool only_ca;	  /* only those of CAs */
	unsigned reasons; /* only these: the bit 1 << N for the reason N of
			     RFC 5280, 5.3.1; 0: all */
};

/*
 * What a CRL says of itself, taken field by field by who reads it (crl.h).
 * Nothing is reported; false: it is no such field, or there are two.
 */

struct crl_number {
	unsigned char octets[SERIAL_MOST];
	size_t size; /* 0: there is none */
};

struct crl_about {
	char *issuer; /* as x509/name.h writes it */
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

/*
 * A certificate revocation list (RFC 5280, 5), entry by entry, in memory that
 * does not depend on how many there are.
 *
 *	struct crl *crl = crl_open(fd, "MasterCRL.bin");
 *	struct crl_entry entry;
 *	int more;
 *
 *	if (crl == NULL || crl_verify(crl, certs) < 0)
 *		...
 *	while ((more = crl_next(crl, &entry)) > 0)
 *		...
 *	if (more < 0)
 *		...
 *	crl_free(crl);
 *
 * crl_open() reads all of it once, so that what is listed later is known to be
 * whole, strict DER and, by crl_verify(), signed; crl_next() reads it again
 * and compares digests at its end: a file that was changed meanwhile is found.
 */

#define CRL_LIMIT ((uint64_t)1 << 30)	/* octets, all of it */
#define CRL_ELEMENT ((size_t)64 * 1024) /* of an entry, the issuer, ... */

enum { /* reasons that mean more than themselves */
	CRL_NO_REASON = -1,
	CRL_HOLD = 6,
	CRL_REMOVE = 8, /* removeFromCRL, in a delta CRL */
};

struct crl_entry {
	/* Content octets of an INTEGER, SERIAL_MOST at most; it points into
	 * what the next crl_next() overwrites. */
	struct slice serial;
	int64_t date;
	int reason; /* of RFC 5280, 5.3.1, or any other up to 127 */
	bool has_invalidity;
	int64_t invalidity; /* the date */
	const char *hold;   /* the instruction; NULL: none.  Until next() */
	const char *issuer; /* NULL: the CRL's own.  Until next() */
};

struct crl {
	const char *file; /* borrowed */
	struct crl_about about;
	uint64_t entries;
	bool is_verified;

	/* For crl_verify(). */
	struct slice signature;
	/* Of the TBSCertList, by about.md, or SHA-256. */
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_size;

	struct crl_reader *reader;
};

/*
 * Read all of it once, from the current offset of fd, a regular file, to its
 * end.  fd stays the caller's.  NULL: reported, with the entry's number.
 */
struct crl *crl_open(int fd, const char *file);

/* The next entry: 1; 0: there are no more, and all is as it was; -1: reported.
 * After 0, it begins again. */
int crl_next(struct crl *crl, struct crl_entry *entry);

/* Begin again. */
void crl_rewind(struct crl *crl);

/* The TBSCertList in memory, the caller's to free; NULL: reported. */
char *crl_signed_part(const struct crl *crl, size_t limit, size_t *size);

void crl_free(struct crl *crl);

/* "keyCompromise"; NULL: no reason has this number. */
const char *crl_reason_name(int reason);

#endif
