/* SPDX-License-Identifier: MIT */
#include "key/responder.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "key/http.h"
#include "util/mem.h"

#define LARGEST 65536 /* an answer about one certificate, with a chain */
#define PATIENCE 3

static const char answer_type[] = "application/ocsp-response";

struct responder {
	const struct ocsp *ocsp;
	struct http *http;
	unsigned late; /* times in a row */
};

struct responder *
responder_new(const char *url, const struct ocsp *ocsp, unsigned milliseconds)
{
	struct http_limits limits = { milliseconds, LARGEST };
	struct http *http = http_new(url, &limits);
	struct responder *responder;

	if (http == NULL)
		return NULL;
	responder = mem_zalloc(1, sizeof *responder);
	responder->ocsp = ocsp;
	responder->http = http;
	return responder;
}

static int
refuse(struct ocsp_answer *answer, const char *error)
{
	snprintf(answer->error, sizeof answer->error, "%s", error);
	return -1;
}

/* Send der, and get what comes for it. */
static int
exchange(struct responder *responder, struct slice der, struct buf *got,
    struct ocsp_answer *answer)
{
	struct http *http = responder->http;

	if (http_post(http, "application/ocsp-request", der) < 0 ||
	    http_body(http, got) < 0) {
		responder->late = http_was_late(http) ? responder->late + 1 :
							0;
		return refuse(answer, http_error(http));
	}
	responder->late = 0;
	/* A CA of Dogtag 11 says so that it knows no such certificate. */
	if (got->size == 0)
		return refuse(answer, "an empty answer");
	if (*http_type(http) != '\0' &&
	    strcmp(http_type(http), answer_type) != 0)
		return snprintf(answer->error, sizeof answer->error,
			   "the answer is '%s'", http_type(http)),
		       -1;
	return 0;
}

int
responder_ask(struct responder *responder, OCSP_CERTID *id,
    struct ocsp_answer *answer)
{
	struct ocsp_question question;
	struct buf got = { 0 };
	int status = -1;

	*answer = ocsp_nothing;
	if (responder->late >= PATIENCE)
		return refuse(answer, "not asked: late three times in a row");
	if (ocsp_ask(&question, responder->ocsp, id) < 0)
		return refuse(answer, "no request could be made");
	if (exchange(responder, buf_slice(&question.der), &got, answer) == 0)
		status = ocsp_read(answer, responder->ocsp, &question,
		    buf_slice(&got), time(NULL));
	buf_release(&got);
	ocsp_question_release(&question);
	return status;
}

void
responder_free(struct responder *responder)
{
	if (responder == NULL)
		return;
	http_free(responder->http);
	free(responder);
}
