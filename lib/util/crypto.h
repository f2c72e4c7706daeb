/* SPDX-License-Identifier: MIT */
#ifndef UTIL_CRYPTO_H
#define UTIL_CRYPTO_H

#include "util/diag.h"

/*
 * What every user of OpenSSL here needs.
 */

/*
 * To be called before anything else of OpenSSL: all memory that it frees is
 * wiped first, so that no key or password outlives its use.
 */
void crypto_wipe_memory(void);

/* "tool: message: OpenSSL's reason"; its queue is empty then; returns -1. */
int fail_crypto(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
