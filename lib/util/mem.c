/* SPDX-License-Identifier: MIT */
#include "util/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "util/diag.h"

static void *
must(void *p)
{
	if (p == NULL)
		die("out of memory");
	return p;
}

void *
mem_alloc(size_t size)
{
	return must(malloc(size != 0 ? size : 1));
}

void *
mem_zalloc(size_t count, size_t size)
{
	return must(calloc(count != 0 ? count : 1, size));
}

void *
mem_realloc(void *p, size_t count, size_t size)
{
	return must(reallocarray(p, count != 0 ? count : 1, size));
}

char *
mem_dup(const char *s, size_t size)
{
	char *copy = mem_alloc(size + 1);

	if (size != 0)
		memcpy(copy, s, size);
	copy[size] = '\0';
	return copy;
}

char *
mem_printf(const char *fmt, ...)
{
	char *text = NULL;
	va_list args;
	int size;

	va_start(args, fmt);
	size = vasprintf(&text, fmt, args);
	va_end(args);
	return must(size < 0 ? NULL : text);
}

#define MANY ((size_t)8 << 20)
#define PAGE ((uintptr_t)4096)

void
mem_expect_all(void *p, size_t size)
{
	uintptr_t from = (uintptr_t)p & ~(PAGE - 1);
	uintptr_t to = ((uintptr_t)p + size + PAGE - 1) & ~(PAGE - 1);

	/* So large a piece has pages of its own; advice may be ignored. */
	if (size >= MANY)
		madvise((void *)from, to - from, MADV_HUGEPAGE);
}
