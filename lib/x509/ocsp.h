/* SPDX-License-Identifier: MIT */
#ifndef X509_OCSP_H
#define X509_OCSP_H

#include <openssl/ocsp.h>

#include "x509/cert.h"

/*
 * Questions to OCSP responders and their answers (RFC 6960): one certificate
 * each, and nothing is believed that is not signed by who may sign it.
 *
 *	struct ocsp ocsp;
 *	struct ocsp_question question;
 *	struct ocsp_answer answer;
 *	OCSP_CERTID *id;
 *
 *	if (ocsp_init(&ocsp, &issuer, "sha1") < 0)
 *		return -1;
 *	id = ocsp_id(&ocsp, "0x1f");
 *	if (ocsp_ask(&question, &ocsp, id) < 0)
 *		return -1;
 *	...			send question.der, receive der
 *	if (ocsp_read(&answer, &ocsp, &question, der, time(NULL)) < 0)
 *		puts(answer.error);
 *	ocsp_answer_release(&answer);
 *	ocsp_question_release(&question);
 *	OCSP_CERTID_free(id);
 *	ocsp_release(&ocsp);
 *
 * Only ocsp_init() reports.
 */

struct ocsp {
	X509 *issuer;
	char *name;	      /* the issuer's, as name.h writes it */
	STACK_OF(X509) *also; /* responders trusted besides (4.2.2.2, 1.) */
	const EVP_MD *hash;   /* of the certificate's ID */
	bool no_nonce;	      /* do not ask for one */
	int64_t skew;	      /* seconds by which clocks may differ */
};

/* hash: as OpenSSL calls it.  The skew is 300.  -1: no such hash, or the
 * issuer has no key that is understood; reported. */
int ocsp_init(struct ocsp *ocsp, const struct cert *issuer, const char *hash);

/* Trust this responder's signature, too, whoever issued its certificate. */
void ocsp_trust(struct ocsp *ocsp, const struct cert *responder);

void ocsp_release(struct ocsp *ocsp);

/* The ID of a certificate by its serial number, as serial_parse() takes it;
 * NULL: it is none, negative, or longer than RFC 5280's 20 bytes. */
OCSP_CERTID *ocsp_id(const struct ocsp *ocsp, const char *serial);

/* The serial number as cert.h writes it. */
char *ocsp_serial(OCSP_CERTID *id);

struct ocsp_question {
	OCSP_REQUEST *request;
	const OCSP_CERTID *id; /* borrowed */
	struct buf der;
};

/* -1: OpenSSL failed, for lack of random bytes. */
int ocsp_ask(struct ocsp_question *question, const struct ocsp *ocsp,
    OCSP_CERTID *id);

void ocsp_question_release(struct ocsp_question *question);

enum ocsp_status {
	OCSP_IS_NOTHING, /* there is no answer, or none to rely on */
	OCSP_IS_GOOD,
	OCSP_IS_REVOKED,
	OCSP_IS_UNKNOWN,
};

#define OCSP_NO_TIME INT64_MIN

struct ocsp_answer {
	enum ocsp_status status;
	/* What is below is there when the signature was good, even of an
	 * answer that is refused for its age. */
	int64_t this_update, next_update, revoked; /* or OCSP_NO_TIME */
	const char *reason;   /* RFC 5280's word for it; NULL: none */
	char *responder;      /* the subject of the signer */
	char *signer;	      /* its serial number */
	unsigned char sha256[32]; /* of its certificate */
	bool has_nonce;		  /* ours; without, it may be a cached one */
	char error[300];	  /* printable */
};

/* No answer at all yet. */
extern const struct ocsp_answer ocsp_nothing;

/*
 * 0: this answers the question, is signed by the issuer, by a responder that
 * it certified for that (OCSPSigning) or by one that is trusted, is of now,
 * and has our nonce or none.  -1: error says why not.
 */
int ocsp_read(struct ocsp_answer *answer, const struct ocsp *ocsp,
    const struct ocsp_question *question, struct slice der, int64_t now);

void ocsp_answer_release(struct ocsp_answer *answer);

/*
 * What two responders' answers about one certificate differ in.
 *
 *	struct buf what = { 0 };
 *
 *	puts(ocspdiff(&what, first, second, skew, ignored));
 *	printf("%.*s\n", SLICE_ARG(buf_slice(&what)));
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

/*
 * An OCSP responder at a URL, asked about many certificates one after another,
 * on one connection where it keeps it (RFC 6960, A.1).
 *
 *	struct responder *responder = responder_new(url, &ocsp, 10000);
 *
 *	if (responder == NULL)
 *		return STATUS_ERROR;
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
