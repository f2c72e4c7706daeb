/* SPDX-License-Identifier: MIT */
#ifndef UTIL_SECRET_H
#define UTIL_SECRET_H

#include <stddef.h>

#include "util/str.h"

/*
 * Secrets in memory: no core file holds them, and they are wiped before their
 * memory is given back.
 *
 *	struct secret key = { 0 };
 *
 *	secret_set(&key, slice);	a copy
 *	secret_release(&key);		wiped; { 0 } again
 */

struct secret {
	unsigned char *at; /* a NUL follows, which size does not count */
	size_t size;
};

/* size bytes of zeros, in place of what was there, which is wiped. */
void secret_alloc(struct secret *s, size_t size);
void secret_set(struct secret *s, struct slice value);

/* The copy is the caller's from now on: *to gets it, *from is empty. */
void secret_move(struct secret *to, struct secret *from);

void secret_release(struct secret *s);

static inline struct slice
secret_slice(const struct secret *s)
{
	return (struct slice){ (const char *)s->at, s->size };
}

/* No core dump, no ptrace by another process of this user; and at exit, what
 * computing with secrets left on the stack is wiped.  Never fails. */
void secret_guard_process(void);

/* Wipe size bytes at p, then free p; NULL is taken. */
void secret_free(void *p, size_t size);

#endif
