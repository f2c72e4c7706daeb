/* SPDX-License-Identifier: MIT */
#include "util/crypto.h"

#include <malloc.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
plain_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return malloc(size);
}

static void
wiping_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	if (p != NULL)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

static void *
wiping_realloc(void *p, size_t size, const char *file, int line)
{
	size_t had = p != NULL ? malloc_usable_size(p) : 0;
	void *new = size != 0 ? malloc(size) : NULL;

	if (new != NULL && had != 0)
		memcpy(new, p, had < size ? had : size);
	if (new != NULL || size == 0)
		wiping_free(p, file, line);
	return new;
}

void
crypto_wipe_memory(void)
{
	/* Too late is no error: OpenSSL itself wipes most of its secrets. */
	CRYPTO_set_mem_functions(plain_malloc, wiping_realloc, wiping_free);
}

int
fail_crypto(const char *fmt, ...)
{
	unsigned long error = ERR_peek_last_error();
	const char *reason = error != 0 ? ERR_reason_error_string(error) : NULL;
	char message[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof message, fmt, args);
	va_end(args);
	ERR_clear_error();
	return fail("%s: %s", message, reason != NULL ? reason : "failed");
}
