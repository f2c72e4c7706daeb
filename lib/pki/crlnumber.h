/* SPDX-License-Identifier: MIT */
#ifndef PKI_CRLNUMBER_H
#define PKI_CRLNUMBER_H

#include <gmp.h>

#include "pki/csdir.h"
#include "util/buf.h"

/*
 * The last CRL of an issuing point, which the CA keeps in its directory as
 * certificateRevocationList of cn=<point>,ou=crlIssuingPoints,ou=ca.
 *
 * 1: *fd is a descriptor of a copy without a name, in DER; 0: the directory
 * has none; -1: reported.  *name is where it is or would be, for messages, and
 * the caller's to free in any case.
 */
int crldir_open(const struct csdir *dir, const char *point, int *fd,
    char **name);

/*
 * The numbers of the last CRL and of the last delta CRL, which a CA keeps in
 * its directory as crlNumber and deltaNumber of the entry
 * cn=<point>,ou=crlIssuingPoints,ou=ca.  A CA reads them when it starts; its
 * next CRL gets the greater one and 1 (CRLIssuingPoint.initCRL).  Where the
 * directory is an old copy, that number is one that relying parties have seen
 * before.
 */

struct crlnumber {
	struct slice dn, point;
	mpz_t crl, delta; /* 0 where the entry does not say */
	bool has_delta;
};

typedef void crlnumber_put(void *arg, const struct crlnumber *number);

/* Each issuing point of the directory goes to put.  0, or -1: reported. */
int crlnumber_list(const struct csdir *dir, crlnumber_put *put, void *arg);

/*
 * Append the LDIF of the change that makes the next CRL's number greater than
 * least; nothing where it is greater already.  Both numbers become least, for
 * a delta CRL's number below crlNumber makes the CA clear its cache.  -1: it
 * has more digits than the directory takes; reported.
 */
int crlnumber_raise(struct buf *out, const struct crlnumber *number,
    mpz_srcptr least);

#endif
