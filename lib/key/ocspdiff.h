/* SPDX-License-Identifier: MIT */
#ifndef OCSPDIFF_H
#define OCSPDIFF_H

#include "key/ocsp.h"

/*
 * What two responders' answers about one certificate differ in.
 *
 *	struct buf what = { 0 };
 *
 *	puts(ocspdiff(&what, first, second, skew, ignored));
 *	printf("%.*s\n", SLICE_FMT(buf_slice(&what)));
 */

/* A name that is in *what, such as "this-update", as a bit of ignored; 0: none
 * that can be ignored, as the status cannot. */
unsigned ocspdiff_bit(const char *name);

/*
 * The verdict; what says more, unless it is "same" or "unknown":
 *
 *	same		good or revoked, by both
 *	unknown		to both
 *	differs		in what, names parted by commas
 *	first-fails	there is no answer to rely on, since what
 *	second-fails
 *	both-fail
 *
 * Times within skew seconds of each other are the same, except that of the
 * revocation.
 */
const char *ocspdiff(struct buf *what, const struct ocsp_answer *first,
    const struct ocsp_answer *second, int64_t skew, unsigned ignored);

#endif
