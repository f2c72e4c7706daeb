/* SPDX-License-Identifier: MIT */
#include "util/tcp.h"

#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int
tcp_refuse(struct tcp *tcp, const char *fmt, ...)
{
	va_list args;

	if (tcp->error[0] != '\0')
		return -1;
	va_start(args, fmt);
	vsnprintf(tcp->error, sizeof tcp->error, fmt, args);
	va_end(args);
	for (char *c = tcp->error; *c != '\0'; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
	return -1;
}

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
tcp_limit(struct tcp *tcp, unsigned milliseconds)
{
	tcp->limit = milliseconds;
	tcp->deadline = now() + milliseconds;
	tcp->error[0] = '\0';
	tcp->unknown = false;
}

bool
tcp_is_late(const struct tcp *tcp)
{
	return now() >= tcp->deadline;
}

/* Wait until fd is ready or it is deadline: 1, 0; -1 is an error. */
static int
ready_by(int fd, short events, int64_t deadline)
{
	struct pollfd one = { .fd = fd, .events = events };
	int64_t left;
	int got = 0;

	while ((left = deadline - now()) > 0) {
		got = poll(&one, 1, left < 60000 ? (int)left : 60000);
		if (got > 0 || (got < 0 && errno != EINTR))
			return got;
	}
	return 0;
}

static int
await(struct tcp *tcp, short events)
{
	int ready = ready_by(tcp->fd, events, tcp->deadline);

	if (ready == 0)
		return tcp_refuse(tcp, "not done within %g s",
		    tcp->limit / 1000.0);
	return ready < 0 ? tcp_refuse(tcp, "%s", strerror(errno)) : 0;
}

/* A connected socket, or -1 with errno set. */
static int
connect_to(const struct addrinfo *to, int64_t deadline)
{
	int error = 0, ready;
	int fd = socket(to->ai_family,
	    to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to->ai_protocol);

	if (fd < 0)
		return -1;
	if (connect(fd, to->ai_addr, to->ai_addrlen) < 0)
		error = errno;
	if (error == EINPROGRESS) {
		ready = ready_by(fd, POLLOUT, deadline);
		error = ready == 0 ? ETIMEDOUT : errno;
		if (ready > 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error,
				     &(socklen_t){ sizeof error }) < 0)
			error = errno;
	}
	if (error == 0) {
		/* A request in two parts must not wait for the first one's
		 * receipt. */
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 },
		    sizeof(int));
		return fd;
	}
	close(fd);
	errno = error;
	return -1;
}

int
tcp_connect(struct tcp *tcp, const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *all, *one;
	int64_t before = now(), count = 0;
	int error = getaddrinfo(host, port, &hints, &all);

	tcp->unknown = error != 0;
	if (error != 0)
		return tcp_refuse(tcp, "cannot find '%s': %s", host,
		    gai_strerror(error));
	tcp->deadline += now() - before;
	tcp->at = tcp->end = 0;
	for (one = all; one != NULL; one = one->ai_next)
		count++;
	for (one = all; one != NULL && tcp->fd < 0; one = one->ai_next)
		tcp->fd = connect_to(one,
		    now() + (tcp->deadline - now()) / count--);
	error = errno;
	freeaddrinfo(all);
	return tcp->fd >= 0 ? 0 : tcp_refuse(tcp,
	    "cannot connect to port %s of '%s': %s", port, host,
	    strerror(error));
}

ssize_t
tcp_send(struct tcp *tcp, const void *from, size_t size)
{
	ssize_t sent;

	do {
		if (await(tcp, POLLOUT) < 0)
			return -1;
		sent = send(tcp->fd, from, size, MSG_NOSIGNAL);
	} while (sent < 0 && (errno == EAGAIN || errno == EINTR));
	return sent >= 0 ? sent : tcp_refuse(tcp, "the connection broke: %s",
	    strerror(errno));
}

ssize_t
tcp_fill(struct tcp *tcp)
{
	ssize_t got;

	do {
		if (await(tcp, POLLIN) < 0)
			return -1;
		got = recv(tcp->fd, tcp->in, sizeof tcp->in, 0);
	} while (got < 0 && (errno == EAGAIN || errno == EINTR));
	if (got < 0)
		return tcp_refuse(tcp, "the connection broke: %s",
		    strerror(errno));
	tcp->at = 0;
	tcp->end = (size_t)got;
	return got;
}

void
tcp_close(struct tcp *tcp)
{
	if (tcp->fd >= 0)
		close(tcp->fd);
	tcp->fd = -1;
	tcp->at = tcp->end = 0;
}
