/* SPDX-License-Identifier: MIT */
#include "x509/http.h"

#include <ctype.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "util/diag.h"
#include "util/endpoint.h"
#include "util/mem.h"
#include "util/tcp.h"

#define LARGEST_HEAD 65536

/*
 * OpenSSL speaks the protocol over a BIO of ours: so the time of the whole
 * exchange is limited whatever the server does, and the head's lines can be
 * looked at, of which OSSL_HTTP tells too few: with Content-Length missing or
 * 0 it would wait for an answer that never comes.
 */
struct http {
	char *host, *port, *authority, *path;
	struct http_limits limits;
	struct tcp tcp;
	BIO *bio;
	OSSL_HTTP_REQ_CTX *context;

	bool in_head, answered; /* answered: some byte of it came */
	size_t head;		/* bytes of it so far */
	int status;
	bool sized, chunked;
	uint64_t length, got;
	char reason[80], type[80], location[160];
};

static void
hang_up(struct http *http)
{
	tcp_close(&http->tcp);
	OSSL_HTTP_close(http->context, 1);
	http->context = NULL;
}

static int
dial(struct http *http)
{
	if (tcp_connect(&http->tcp, http->host, http->port) < 0)
		return -1;
	http->context = OSSL_HTTP_open(http->host, http->port, NULL, NULL, 0,
	    http->bio, http->bio, NULL, NULL, 0, 0);
	return http->context != NULL ? 0 :
	    tcp_refuse(&http->tcp, "OpenSSL has no memory");
}

/* How much there is to read, 0 at the end, or -1. */
static ssize_t
fill(struct http *http)
{
	ssize_t got;

	if (http->tcp.at != http->tcp.end)
		return (ssize_t)(http->tcp.end - http->tcp.at);
	got = tcp_fill(&http->tcp);
	http->answered |= got > 0;
	return got;
}

static void
keep_text(char *dst, size_t room, const char *value, const char *end)
{
	size_t size = (size_t)(end - value);

	size = size < room ? size : room - 1;
	memcpy(dst, value, size);
	dst[size] = '\0';
}

static void
note_type(struct http *http, const char *value, const char *end)
{
	const char *stop = memchr(value, ';', (size_t)(end - value));

	stop = stop != NULL ? stop : end;
	while (stop > value && isspace((unsigned char)stop[-1]))
		stop--;
	keep_text(http->type, sizeof http->type, value, stop);
	for (char *c = http->type; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
}

static int
note_length(struct http *http, const char *value, const char *end)
{
	uint64_t length = 0;

	for (const char *c = value; c < end; c++)
		if (!isdigit((unsigned char)*c) || length > UINT64_MAX / 16)
			return tcp_refuse(&http->tcp,
			    "a Content-Length of '%.*s'",
			    (int)(end - value), value);
		else
			length = 10 * length + (unsigned char)(*c - '0');
	if (value == end || (http->sized && length != http->length))
		return tcp_refuse(&http->tcp, "no clear Content-Length");
	http->sized = true;
	http->length = length;
	return 0;
}

static bool
is_name(const char *line, const char *colon, const char *name)
{
	return (size_t)(colon - line) == strlen(name) &&
	    strncasecmp(line, name, strlen(name)) == 0;
}

/* line is NUL-terminated. */
static int
note_line(struct http *http, const char *line)
{
	const char *end = line + strlen(line), *colon, *value;

	while (end > line && isspace((unsigned char)end[-1]))
		end--;
	if (http->status == 0) {
		if (sscanf(line, "HTTP/1.%*u %d", &http->status) == 1) {
			value = strchr(line, ' ') + 1;
			keep_text(http->reason, sizeof http->reason, value,
			    end > value ? end : value);
		}
		return 0; /* else OpenSSL finds that this is not HTTP */
	}
	if (line == end)
		http->in_head = false;
	if ((colon = memchr(line, ':', (size_t)(end - line))) == NULL)
		return 0;
	for (value = colon + 1; value < end && isspace((unsigned char)*value);)
		value++;
	if (is_name(line, colon, "Content-Length"))
		return note_length(http, value, end);
	if (is_name(line, colon, "Content-Type"))
		note_type(http, value, end);
	if (is_name(line, colon, "Location"))
		keep_text(http->location, sizeof http->location, value, end);
	if (is_name(line, colon, "Transfer-Encoding"))
		http->chunked = true;
	return 0;
}

static int
bio_write(BIO *bio, const char *from, int size)
{
	struct http *http = BIO_get_data(bio);

	return (int)tcp_send(&http->tcp, from, (size_t)size);
}

/* One line of the head. */
static int
bio_gets(BIO *bio, char *dst, int room)
{
	struct http *http = BIO_get_data(bio);
	int size = 0;

	while (size < room - 1) {
		if (fill(http) <= 0)
			return tcp_refuse(&http->tcp, !http->answered ?
				"the connection was closed without an answer" :
				"the head of the answer was cut off");
		dst[size++] = http->tcp.in[http->tcp.at++];
		if (dst[size - 1] == '\n')
			break;
	}
	dst[size] = '\0';
	http->head += (size_t)size;
	if (http->head > LARGEST_HEAD)
		return tcp_refuse(&http->tcp,
		    "the head of the answer does not end");
	return note_line(http, dst) < 0 ? -1 : size;
}

/* Whatever a later OpenSSL may want of an answer that it refuses. */
static int
bio_read(BIO *bio, char *dst, int room)
{
	(void)bio;
	(void)dst;
	(void)room;
	return 0;
}

static long
bio_ctrl(BIO *bio, int command, long number, void *p)
{
	(void)bio;
	(void)number;
	(void)p;
	return command == BIO_CTRL_FLUSH;
}

static BIO *
bio_new(struct http *http)
{
	static BIO_METHOD *method;
	BIO *bio;

	if (method == NULL) {
		method = BIO_meth_new(
		    BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "clonekit");
		if (method == NULL ||
		    BIO_meth_set_write(method, bio_write) != 1 ||
		    BIO_meth_set_read(method, bio_read) != 1 ||
		    BIO_meth_set_gets(method, bio_gets) != 1 ||
		    BIO_meth_set_ctrl(method, bio_ctrl) != 1)
			die("OpenSSL: no memory");
	}
	bio = BIO_new(method);
	if (bio == NULL)
		die("OpenSSL: no memory");
	BIO_set_data(bio, http);
	BIO_set_init(bio, 1);
	return bio;
}

/* OpenSSL's own view of the head, once ours found nothing. */
static int
no_answer(struct http *http)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	if (http->location[0] != '\0')
		return tcp_refuse(&http->tcp, "HTTP %s, moved to '%s'",
		    http->reason, http->location);
	if (http->status != 0 && http->status != 200)
		return tcp_refuse(&http->tcp, "HTTP %s", http->reason);
	return tcp_refuse(&http->tcp, "not an answer of HTTP: %s",
	    reason != NULL ? reason : "failed");
}

static int
check_head(struct http *http)
{
	if (http->status != 200)
		return no_answer(http);
	if (http->chunked)
		return tcp_refuse(&http->tcp,
		    "an answer in chunks to HTTP/1.0");
	if (http->sized && http->length > http->limits.size)
		return tcp_refuse(&http->tcp,
		    "an answer of %llu bytes, over the limit of %llu",
		    (unsigned long long)http->length,
		    (unsigned long long)http->limits.size);
	return 0;
}

static int
exchange(struct http *http, const char *type, const struct slice *body)
{
	STACK_OF(CONF_VALUE) *headers = NULL;
	char *location = NULL;
	BIO *request = NULL, *answer = NULL;

	if (body != NULL)
		request = BIO_new_mem_buf(body->at, (int)body->size);
	if (X509V3_add_value("Host", http->authority, &headers) == 1 &&
	    OSSL_HTTP_set1_request(http->context, http->path, headers, type,
		request, NULL, 0, 0, 0, 1) == 1)
		answer = OSSL_HTTP_exchange(http->context, &location);
	sk_CONF_VALUE_pop_free(headers, X509V3_conf_free);
	OPENSSL_free(location);
	BIO_free(request);
	if (answer == NULL)
		no_answer(http);
	ERR_clear_error();
	BIO_free(answer);
	return answer == NULL ? -1 : check_head(http);
}

/* Is the connection free for another request? */
static bool
is_idle(const struct http *http)
{
	return http->tcp.fd >= 0 && OSSL_HTTP_is_alive(http->context) == 1 &&
	    !http->in_head && http->sized && http->got == http->length &&
	    http->tcp.at == http->tcp.end && http->tcp.error[0] == '\0';
}

static void
forget_answer(struct http *http)
{
	http->in_head = true;
	http->answered = http->sized = http->chunked = false;
	http->head = 0;
	http->status = 0;
	http->length = http->got = 0;
	http->reason[0] = http->type[0] = http->location[0] = '\0';
}

static int
ask(struct http *http, const char *type, const struct slice *body)
{
	bool kept = is_idle(http);

	if (!kept)
		hang_up(http);
	forget_answer(http);
	tcp_limit(&http->tcp, http->limits.milliseconds);
	if (kept && exchange(http, type, body) == 0)
		return 0;
	/* A server may close a connection that it kept at any time. */
	if (kept && (http->answered || tcp_is_late(&http->tcp))) {
		hang_up(http);
		return -1;
	}
	hang_up(http);
	forget_answer(http);
	http->tcp.error[0] = '\0';
	if (dial(http) == 0 && exchange(http, type, body) == 0)
		return 0;
	hang_up(http);
	return -1;
}

int
http_get(struct http *http)
{
	return ask(http, NULL, NULL);
}

int
http_post(struct http *http, const char *type, struct slice body)
{
	return ask(http, type, &body);
}

bool
http_was_late(const struct http *http)
{
	return http->tcp.error[0] != '\0' && tcp_is_late(&http->tcp);
}

const char *
http_type(const struct http *http)
{
	return http->type;
}

ssize_t
http_read(struct http *http, void *dst, size_t room)
{
	size_t size;

	if (http->tcp.error[0] != '\0' || http->tcp.fd < 0 || http->in_head)
		return tcp_refuse(&http->tcp, "there is no answer");
	if (room == 0 || (http->sized && http->got == http->length))
		return 0;
	if (fill(http) <= 0) {
		if (http->tcp.error[0] == '\0' && !http->sized)
			return 0;
		return tcp_refuse(&http->tcp,
		    "cut off after %llu of %llu bytes",
		    (unsigned long long)http->got,
		    (unsigned long long)http->length);
	}
	size = http->tcp.end - http->tcp.at;
	size = size < room ? size : room;
	if (http->sized && size > http->length - http->got)
		size = (size_t)(http->length - http->got);
	if (size > http->limits.size - http->got)
		return tcp_refuse(&http->tcp, "an answer of over %llu bytes",
		    (unsigned long long)http->limits.size);
	memcpy(dst, http->tcp.in + http->tcp.at, size);
	http->tcp.at += size;
	http->got += size;
	return (ssize_t)size;
}

int
http_body(struct http *http, struct buf *out)
{
	ssize_t got;

	do {
		buf_reserve(out, sizeof http->tcp.in);
		got = http_read(http, out->at + out->size,
		    sizeof http->tcp.in);
		out->size += got > 0 ? (size_t)got : 0;
	} while (got > 0);
	return got < 0 ? -1 : 0;
}

const char *
http_error(const struct http *http)
{
	return http->tcp.error;
}

/* What follows the host, without the fragment. */
static char *
path_of(const char *url)
{
	const char *from = strstr(url, "://") + 3;

	from += strcspn(from, "/?#");
	return mem_printf("%s%.*s", *from == '/' ? "" : "/",
	    (int)strcspn(from, "#"), from);
}

static int
check_url(const char *url)
{
	if (strncasecmp(url, "https://", 8) == 0)
		return fail("%s: https is not spoken here, only http: what is"
			    " fetched is signed itself", url);
	if (strncasecmp(url, "http://", 7) != 0)
		return fail("%s: not a URL: 'http://' is missing", url);
	for (const char *c = url; *c != '\0'; c++)
		if (!isgraph((unsigned char)*c))
			return fail("%s: not a URL: a blank or control"
				    " character in it", url);
	return 0;
}

struct http *
http_new(const char *url, const struct http_limits *limits)
{
	struct http *http;
	char *host = NULL, *port = NULL;

	if (check_url(url) < 0)
		return NULL;
	if (OSSL_HTTP_parse_url(url, NULL, NULL, &host, &port, NULL, NULL,
		NULL, NULL) != 1 || *host == '\0') {
		OPENSSL_free(host);
		OPENSSL_free(port);
		ERR_clear_error();
		fail("%s: not a URL", url);
		return NULL;
	}
	http = mem_zalloc(1, sizeof *http);
	http->host = mem_dup(host, strlen(host));
	http->port = mem_dup(port, strlen(port));
	http->authority = endpoint_text(&(struct endpoint){ slice_of(host),
	    slice_of(port) });
	http->path = path_of(url);
	http->limits = *limits;
	http->tcp.fd = -1;
	http->bio = bio_new(http);
	OPENSSL_free(host);
	OPENSSL_free(port);
	return http;
}

void
http_free(struct http *http)
{
	if (http == NULL)
		return;
	hang_up(http);
	BIO_free(http->bio);
	free(http->host);
	free(http->port);
	free(http->authority);
	free(http->path);
	free(http);
}
