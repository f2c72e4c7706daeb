/* SPDX-License-Identifier: MIT */
/* Answers of a server, and what may be wrong with them. */
#include "x509/http.h"

#include "scratch.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

#include "util/mem.h"

/* A server that plays a script: an answer for each request, and then. */
enum then { KEEP, CLOSE, STALL, RESET, DRIP };

struct step {
	const char *answer;
	enum then then;
};

static struct server {
	int fd;
	pthread_t thread;
	char url[64];
	const struct step *step;
	size_t steps, played;
	int connections;
	char request[4096]; /* the last one */
	struct http *client;
} server;

/* A request, by its Content-Length; false: the client is gone. */
static bool
receive(int fd)
{
	size_t size = 0, want = SIZE_MAX;
	const char *body, *length;
	ssize_t got;

	while (size < want) {
		got = read(fd, server.request + size,
		    sizeof server.request - size - 1);
		if (got <= 0)
			return false;
		size += (size_t)got;
		server.request[size] = '\0';
		body = strstr(server.request, "\r\n\r\n");
		length = strstr(server.request, "Content-Length: ");
		if (body != NULL)
			want = (size_t)(body + 4 - server.request) +
			    (length != NULL ? strtoul(length + 16, NULL, 10) :
					      0);
	}
	return true;
}

/* Until the client goes. */
static void
stall(int fd)
{
	char c;

	while (read(fd, &c, 1) > 0)
		;
}

static void
drip(int fd)
{
	while (send(fd, "a", 1, MSG_NOSIGNAL) >= 0)
		poll(NULL, 0, 20);
}

/* Serve one connection as long as it is to be kept. */
static void
serve(int fd)
{
	enum then then = KEEP;

	while (then == KEEP && server.played < server.steps && receive(fd)) {
		const struct step *step = &server.step[server.played++];

		then = step->then;
		if (send(fd, step->answer, strlen(step->answer),
			MSG_NOSIGNAL) < 0)
			break;
		if (then == STALL)
			stall(fd);
		if (then == DRIP)
			drip(fd);
		if (then == RESET)
			setsockopt(fd, SOL_SOCKET, SO_LINGER,
			    &(struct linger){ 1, 0 }, sizeof(struct linger));
	}
	close(fd);
}

static void *
run(void *arg)
{
	int fd;

	(void)arg;
	while (server.played < server.steps &&
	    (fd = accept(server.fd, NULL, NULL)) >= 0) {
		server.connections++;
		serve(fd);
	}
	return NULL;
}

static struct http *
begin(const struct step *step, size_t steps, struct http_limits limits)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server = (struct server){ .step = step, .steps = steps };
	server.fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(server.fd >= 0);
	assert_int_equal(bind(server.fd, (struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(server.fd, 4), 0);
	assert_int_equal(getsockname(server.fd, (struct sockaddr *)&at, &size),
	    0);
	snprintf(server.url, sizeof server.url, "http://127.0.0.1:%d/a/b?c=d#e",
	    ntohs(at.sin_port));
	assert_int_equal(pthread_create(&server.thread, NULL, run, NULL), 0);
	server.client = http_new(server.url, &limits);
	assert_non_null(server.client);
	return server.client;
}

static void
end(void)
{
	http_free(server.client);
	shutdown(server.fd, SHUT_RDWR);
	close(server.fd);
	pthread_join(server.thread, NULL);
}

/* Milliseconds and bytes.  All but BRIEF is long enough for a machine that has
 * much to do. */
#define LIMITS { 300000, 100 }
#define SMALL { 5000, 8 }
#define BRIEF { 300, 100 }

#define BEGIN(limits, ...)                                                     \
	static const struct step steps[] = { __VA_ARGS__ };                    \
	struct http *http = begin(steps, sizeof steps / sizeof *steps,         \
	    (struct http_limits)limits)

static void
gives(struct http *http, const char *want)
{
	struct buf body = { 0 };

	assert_int_equal(http_body(http, &body), 0);
	assert_int_equal(body.size, strlen(want));
	assert_memory_equal(body.at, want, body.size);
	buf_release(&body);
}

static void
asks(void **state)
{
	BEGIN(LIMITS, { "HTTP/1.0 200 OK\r\nContent-Type: Text/X; q=1\r\n"
	    "Content-Length: 5\r\n\r\nhello", KEEP },
	    { "HTTP/1.1 200 OK\r\n\r\nto the end", CLOSE });
	char authority[40];

	(void)state;
	assert_int_equal(http_post(http, "a/b", (struct slice){ "xyz", 3 }), 0);
	assert_string_equal(http_type(http), "text/x");
	gives(http, "hello");
	gives(http, "");
	assert_memory_equal(server.request, "POST /a/b?c=d HTTP/1.0\r\n", 24);
	snprintf(authority, sizeof authority, "\r\nHost: %.*s\r\n",
	    (int)strcspn(server.url + 7, "/"), server.url + 7);
	assert_non_null(strstr(server.request, authority));
	assert_non_null(strstr(server.request, "\r\nContent-Type: a/b\r\n"));
	assert_non_null(strstr(server.request, "\r\n\r\nxyz"));
	/* Without its consent, no connection is kept. */
	assert_int_equal(http_get(http), 0);
	assert_string_equal(http_type(http), "");
	assert_memory_equal(server.request, "GET /a/b?c=d HTTP/1.0\r\n", 23);
	gives(http, "to the end");
	assert_int_equal(server.connections, 2);
	end();
}

#define KEPT "Connection: keep-alive\r\nContent-Length: "

static void
keeps(void **state)
{
	BEGIN(LIMITS, { "HTTP/1.0 200 OK\r\n" KEPT "1\r\n\r\na", KEEP },
	    { "HTTP/1.0 200 OK\r\n" KEPT "0\r\n\r\n", KEEP },
	    { "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb", CLOSE },
	    { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\ncd", KEEP },
	    { "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ne", KEEP });
	char c;

	(void)state;
	assert_int_equal(http_get(http), 0);
	gives(http, "a");
	assert_int_equal(http_get(http), 0);
	gives(http, "");
	assert_int_equal(http_get(http), 0);
	gives(http, "b");
	assert_int_equal(server.connections, 1);
	/* Closed while nobody asked: asked anew. */
	assert_int_equal(http_get(http), 0);
	assert_int_equal(server.connections, 2);
	/* An answer half read is not taken for the next. */
	assert_int_equal(http_read(http, &c, 1), 1);
	assert_int_equal(http_get(http), 0);
	gives(http, "e");
	assert_int_equal(server.connections, 3);
	end();
}

static void
is_wrong(struct http *http, const char *why)
{
	assert_int_equal(http_get(http), -1);
	assert_string_equal(http_error(http), why);
}

static void
refuses(void **state)
{
	BEGIN(LIMITS,
	    { "HTTP/1.1 500 Server\tError \r\n" KEPT "0\r\n\r\n", KEEP },
	    { "HTTP/1.0 404\r\n\r\n", CLOSE },
	    { "HTTP/1.0 204 None\r\n\r\n", CLOSE },
	    { "HTTP/1.0 302 Found\r\nLocation: https://x/y\r\n\r\n", CLOSE },
	    { "SSH-2.0-OpenSSH_9\r\n", CLOSE },
	    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		CLOSE },
	    { "HTTP/1.0 200 OK\r\nContent-Length: 101\r\n\r\n", CLOSE },
	    { "HTTP/1.0 200 OK\r\nContent-Length: 1x\r\n\r\n", CLOSE },
	    { "HTTP/1.0 200 OK\r\nContent-Length: \r\n\r\n", CLOSE },
	    { "HTTP/1.0 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n"
	      "\r\nab", CLOSE },
	    { "", CLOSE }, { "HTTP/1.0 200 OK\r\nX: y\r\n", CLOSE },
	    { "", RESET });

	(void)state;
	is_wrong(http, "HTTP 500 Server?Error");
	is_wrong(http, "HTTP 404");
	is_wrong(http, "HTTP 204 None");
	is_wrong(http, "HTTP 302 Found, moved to 'https://x/y'");
	assert_int_equal(http_get(http), -1);
	assert_non_null(strstr(http_error(http), "not an answer of HTTP: "));
	is_wrong(http, "an answer in chunks to HTTP/1.0");
	is_wrong(http, "an answer of 101 bytes, over the limit of 100");
	is_wrong(http, "a Content-Length of '1x'");
	is_wrong(http, "no clear Content-Length");
	is_wrong(http, "no clear Content-Length");
	is_wrong(http, "the connection was closed without an answer");
	is_wrong(http, "the head of the answer was cut off");
	assert_int_equal(http_get(http), -1);
	assert_int_equal(server.played, server.steps);
	end();
}

static void
is_cut(struct http *http, const char *why)
{
	struct buf body = { 0 };

	assert_int_equal(http_get(http), 0);
	assert_int_equal(http_body(http, &body), -1);
	assert_string_equal(http_error(http), why);
	assert_int_equal(http_body(http, &body), -1);
	assert_string_equal(http_error(http), why);
	buf_release(&body);
}

static void
misses(void **state)
{
	BEGIN(SMALL, { "HTTP/1.0 200 OK\r\n" KEPT "4\r\n\r\nabc", CLOSE },
	    { "HTTP/1.0 200 OK\r\n\r\n123456789", CLOSE },
	    { "HTTP/1.0 200 OK\r\n" KEPT "4\r\n\r\nabc", STALL },
	    { "HTTP/1.0 200 OK\r\n" KEPT "1\r\n\r\nz", KEEP });

	(void)state;
	is_cut(http, "cut off after 3 of 4 bytes");
	is_cut(http, "an answer of over 8 bytes");
	is_cut(http, "not done within 5 s");
	assert_int_equal(http_get(http), 0);
	gives(http, "z");
	end();
}

static long
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The server neither ends nor falls silent before the client is gone. */
static void
ends(void **state)
{
	BEGIN(BRIEF, { "", STALL }, { "", DRIP },
	    { "HTTP/1.0 200 OK\r\nX: ", DRIP });
	long from = milliseconds();

	(void)state;
	is_wrong(http, "not done within 0.3 s");
	is_wrong(http, "not done within 0.3 s");
	is_wrong(http, "not done within 0.3 s");
	assert_true(milliseconds() - from >= 890);
	end();
}

/* A head without end would be read for ever by who limits lines only. */
static void
heads_end(void **state)
{
	struct buf head = { 0 };
	struct step step = { NULL, CLOSE };
	struct http *http;

	(void)state;
	buf_puts(&head, "HTTP/1.0 200 OK\r\n");
	while (head.size < 100000)
		buf_puts(&head, "X: y\r\n");
	buf_putc(&head, '\0');
	step.answer = head.at;
	http = begin(&step, 1, (struct http_limits)LIMITS);
	assert_int_equal(http_get(http), -1);
	assert_true(http_error(http)[0] != '\0');
	end();
	buf_release(&head);
}

static void
nobody(void **state)
{
	struct http_limits limits = { 1000, 100 };
	struct http *http;
	char url[64];

	(void)state;
	begin(NULL, 0, limits);
	strcpy(url, server.url);
	end();
	http = http_new(url, &limits);
	assert_int_equal(http_get(http), -1);
	assert_non_null(strstr(http_error(http), "cannot connect to port "));
	assert_non_null(strstr(http_error(http), "Connection refused"));
	http_free(http);
}

static void
urls(void **state)
{
	static const char *const bad[][2] = {
		{ "https://h/", "https is not spoken here" },
		{ "ftp://h/", "not a URL: 'http://' is missing" },
		{ "", "not a URL: 'http://' is missing" },
		{ "http://", "not a URL" },
		{ "http:///x", "not a URL" },
		{ "http://h:0x/", "not a URL" },
		{ "http://h:99999/", "not a URL" },
		{ "http://h/a b", "not a URL: a blank" },
		{ "http://h/\r\nX: y", "not a URL: a blank" },
	};
	struct http_limits limits = { 1, 1 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_null(http_new(bad[i][0], &limits));
		assert_non_null(strstr(scratch_said(), bad[i][1]));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("asks, and reads answers with a size or none",
		    asks),
		SCRATCH_TEST("keeps a connection that the server keeps", keeps),
		SCRATCH_TEST("says what is wrong with a head", refuses),
		SCRATCH_TEST("says what is missing of an answer", misses),
		SCRATCH_TEST("no server holds it for longer than it is given",
		    ends),
		SCRATCH_TEST("a head has an end", heads_end),
		SCRATCH_TEST("says that nobody is there", nobody),
		SCRATCH_TEST("takes URLs of http", urls),
	};

	alarm(600); /* a client that does not give up is waited for no longer */
	return scratch_run(tests, sizeof tests / sizeof *tests);
}
