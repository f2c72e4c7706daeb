/* SPDX-License-Identifier: MIT */
#ifndef UTIL_TCP_H
#define UTIL_TCP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/diag.h"

/*
 * A connection on which no call takes longer than until a given time.
 *
 *	struct tcp tcp = { .fd = -1 };
 *
 *	tcp_limit(&tcp, 10000);
 *	if (tcp_connect(&tcp, host, port) < 0 || tcp_send(...) < 0)
 *		return fail("%s: %s", host, tcp.error);
 *	tcp_close(&tcp);
 *
 * Nothing is reported: error has what went wrong first, in words, printable.
 */

struct tcp {
	int fd;		  /* -1: not connected */
	unsigned limit;	  /* milliseconds */
	int64_t deadline; /* on a clock of its own */
	size_t at, end;	  /* what of in was received and not read yet */
	char in[16 * 1024];
	bool unknown; /* the resolver found no such host */
	char error[320];
};

/* From now on, all together has this long; error is empty. */
void tcp_limit(struct tcp *tcp, unsigned milliseconds);

/* Is the time over? */
bool tcp_is_late(const struct tcp *tcp);

/* The time of the resolver, which keeps its own, does not count; each address
 * of a name gets its share of the rest. */
int tcp_connect(struct tcp *tcp, const char *host, const char *port);

/* As much of from as goes at once. */
ssize_t tcp_send(struct tcp *tcp, const void *from, size_t size);

/* Receive into in, which has been read: how much, 0 at the end, or -1. */
ssize_t tcp_fill(struct tcp *tcp);

void tcp_close(struct tcp *tcp);

/* Put a text into error if that is empty; returns -1. */
int tcp_refuse(struct tcp *tcp, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
