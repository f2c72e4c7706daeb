/* SPDX-License-Identifier: MIT */
#ifndef RESPONDER_H
#define RESPONDER_H

#include "key/ocsp.h"

/*
 * An OCSP responder at a URL, asked about many certificates one after another,
 * on one connection where it keeps it (RFC 6960, A.1).
 *
 *	struct responder *responder = responder_new(url, &ocsp, 10000);
 *
 *	if (responder == NULL)
 *		return EXIT_TROUBLE;
 *	for (...)
 *		responder_ask(responder, id, &answer[i]);
 *	responder_free(responder);
 */

struct responder;

/* NULL: this is no URL to ask at; reported. */
struct responder *responder_new(const char *url, const struct ocsp *ocsp,
    unsigned milliseconds);

/*
 * answer is filled in any case: with status and all, or with error, which is
 * -1.  A responder that took too long three times in a row is not asked again:
 * of many certificates, it would take for ever to hear nothing.
 */
int responder_ask(struct responder *responder, OCSP_CERTID *id,
    struct ocsp_answer *answer);

void responder_free(struct responder *responder);

#endif
