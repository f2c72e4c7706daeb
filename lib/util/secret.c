/* SPDX-License-Identifier: MIT */
#include "util/secret.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "util/mem.h"

/* Deeper than OpenSSL goes; and as large as what memcpy() does with
 * registers. */
#define STACK_SIZE ((size_t)64 << 10)
#define COPY_SIZE ((size_t)4096)

/*
 * Who computes with secrets leaves pieces of them on the stack, and in vector
 * registers, which a core file has, too.
 */
static void
forget(void)
{
	static char from[COPY_SIZE], to[COPY_SIZE];
	void *(*volatile copy)(void *, const void *, size_t) = memcpy;
	char stack[STACK_SIZE];

	for (size_t size = 1; size <= COPY_SIZE; size *= 2)
		copy(to, from, size);
	explicit_bzero(stack, sizeof stack);
}

void
secret_guard_process(void)
{
	const struct rlimit none = { 0, 0 };

	atexit(forget);
	setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* the leak checker must ptrace itself */
	prctl(PR_SET_DUMPABLE, 0);
#endif
}

void
secret_free(void *p, size_t size)
{
	if (p != NULL)
		explicit_bzero(p, size);
	free(p);
}

void
secret_alloc(struct secret *s, size_t size)
{
	secret_release(s);
	s->at = mem_zalloc(size + 1, 1);
	s->size = size;
}

void
secret_set(struct secret *s, struct slice value)
{
	struct secret copy = { 0 };

	secret_alloc(&copy, value.size);
	if (value.size != 0)
		memcpy(copy.at, value.at, value.size);
	secret_move(s, &copy);
}

void
secret_move(struct secret *to, struct secret *from)
{
	secret_release(to);
	*to = *from;
	*from = (struct secret){ 0 };
}

void
secret_release(struct secret *s)
{
	secret_free(s->at, s->size);
	*s = (struct secret){ 0 };
}
