/* SPDX-License-Identifier: MIT */
#ifndef X509_HTTP_H
#define X509_HTTP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/buf.h"

/*
 * Answers of an HTTP server, through OpenSSL's OSSL_HTTP: OCSP responders and
 * places of CRLs, whose answers are signed themselves.  https is refused, and
 * so no proxy of the environment is asked: it is this server's answer that
 * is wanted.
 *
 *	struct http_limits limits = { 10000, 1 << 20 };
 *	struct http *server = http_new("http://ca1:8080/ca/ocsp", &limits);
 *
 *	if (server == NULL)
 *		return STATUS_ERROR;
 *	if (http_post(server, "application/ocsp-request", request) < 0 ||
 *	    http_body(server, &answer) < 0)
 *		return fail("%s: %s", url, http_error(server));
 *	http_free(server);
 *
 * The connection is kept for the next request where the server keeps it; a
 * request that it had closed for is made anew once.  Nothing is reported
 * except by http_new(): what went wrong is a text, for a record or a message.
 */

struct http;

struct http_limits {
	unsigned milliseconds; /* for one exchange, from the connecting to the
				  last byte, less the resolver's own time */
	uint64_t size;	       /* bytes of an answer */
};

/* Nothing is asked yet.  NULL: this is no http URL; reported. */
struct http *http_new(const char *url, const struct http_limits *limits);

void http_free(struct http *http);

/* Ask, and read the head of the answer.  -1: there is none, or its status is
 * not 200; a redirection is not followed but named. */
int http_get(struct http *http);
int http_post(struct http *http, const char *type, struct slice body);

/* Did the last call fail because the time was over? */
bool http_was_late(const struct http *http);

/* The media type of the answer, lower case and without parameters; "" is none.
 * Lives until the next request. */
const char *http_type(const struct http *http);

/* The next bytes of the answer: how many, 0 at its end, -1 when it was cut
 * off, is too large or too slow. */
ssize_t http_read(struct http *http, void *dst, size_t room);

/* Append the rest of the answer. */
int http_body(struct http *http, struct buf *out);

/* What made the last call fail, in words, printable and on one line. */
const char *http_error(const struct http *http);

#endif
