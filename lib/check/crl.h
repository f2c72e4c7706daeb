/* SPDX-License-Identifier: MIT */
#ifndef CHECK_CRL_H
#define CHECK_CRL_H

#include "cfg/cfg.h"
#include "check/findings.h"
#include "pki/csdir.h"
#include "util/buf.h"
#include "x509/crlset.h"

/*
 * A CRL against the directory of the CA that made it, serial number by serial
 * number: a CA builds its CRLs out of a cache, and what was revoked on another
 * CA while nobody listened never reaches that cache [crl 2-8].
 *
 *	struct crlagainst against;
 *
 *	if (crlagainst_begin(&against, crl, cfg, "MasterCRL") == 0 &&
 *	    crlagainst_run(&against, &dir, put, arg) == 0)
 *		... against.missing, against.extra ...
 *	crlagainst_end(&against);
 *
 * The CRL's entries are in memory, about 50 octets each; the records of the
 * directory are read one at a time.
 */

enum crlagainst_verdict {
	CRLAGAINST_MISSING, /* revoked in the directory, not in the CRL */
	CRLAGAINST_EXTRA,   /* in the CRL, not revoked in the directory */
};

/* Gets each difference; it points into what lasts until the function ends. */
typedef void crlagainst_put(void *arg, enum crlagainst_verdict verdict,
    const struct crl_entry *entry);

struct crlagainst {
	const struct crl *crl; /* borrowed, as is cfg */
	struct crlset set;
	struct buf issuer; /* normal form */

	/* What the issuing point takes up; all of it where nothing is said. */
	bool only_ca, with_expired;
	struct slice *profile;
	size_t profiles;
	unsigned reasons; /* one bit each; 0: all */
	unsigned char begin[SERIAL_MOST], end[SERIAL_MOST];
	size_t begin_size, end_size; /* 0: no limit */

	uint64_t missing, extra;
	int64_t first_missing; /* when the first of them was revoked */
	uint64_t since;	  /* revoked or released after the CRL was made */
	uint64_t records; /* of this issuer, that were looked at */
	uint64_t others;  /* of other issuers */
	char *other;	  /* one of these; NULL: there are none */
};

/*
 * cfg is the CS.cfg that has the issuing point, whose filters it says; NULL:
 * they are those that the CRL itself names.  Not for delta CRLs.  0, or -1
 * having reported why; to be ended in any case.
 */
int crlagainst_begin(struct crlagainst *a, struct crl *crl,
    const struct cfg *cfg, const char *point);

/* 0: all was compared; -1: reported.  put may be NULL: they are counted. */
int crlagainst_run(struct crlagainst *a, const struct csdir *dir,
    crlagainst_put *put, void *arg);

/*
 * What was found to be missing or extra, and the command that fixes it.  It
 * asks the CA that makes the CRLs, as cfg says, which may be NULL: the CA of
 * that file, or the one to which this clone redirects agents.
 */
void crlagainst_find(struct findings *found, const struct crlagainst *a,
    const struct cfg *cfg, const char *point);

void crlagainst_end(struct crlagainst *a);

#endif
