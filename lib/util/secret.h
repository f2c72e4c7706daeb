/* SPDX-License-Identifier: MIT */
#ifndef SECRET_H
#define SECRET_H

#include <stddef.h>

/*
 * Secrets in memory: no core file holds them, and they are wiped before their
 * memory is given back.
 */

/* No core dump, no ptrace by another process of this user.  Never fails. */
void secret_guard_process(void);

/* Wipe size bytes at p, then free p; NULL is taken. */
void secret_free(void *p, size_t size);

#endif
