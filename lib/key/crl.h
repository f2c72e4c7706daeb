/* SPDX-License-Identifier: MIT */
#ifndef CRL_H
#define CRL_H

#include "key/crlabout.h"

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
