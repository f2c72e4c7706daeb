/* SPDX-License-Identifier: MIT */
#ifndef UTIL_MEM_H
#define UTIL_MEM_H

#include <stddef.h>

/*
 * Memory that is there: each of these dies rather than return NULL, since no
 * tool can go on without it and none may end with half an answer.
 */

void *mem_alloc(size_t size);
void *mem_zalloc(size_t count, size_t size);
void *mem_realloc(void *p, size_t count, size_t size);
char *mem_dup(const char *s, size_t size);	/* and a NUL after it */
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Where p's size bytes are many, have the system map them in large pages: the
 * time of a run over a large file is mostly that of page faults.
 */
void mem_expect_all(void *p, size_t size);

/*
 * Room for one more element in an array that doubles as it fills:
 *
 *	MEM_GROW(list->item, list->count, list->room);
 *	list->item[list->count++] = item;
 */
#define MEM_GROW(array, count, room)                                           \
	do {                                                                   \
		if ((count) == (room)) {                                       \
			(room) = (room) != 0 ? 2 * (room) : 16;                \
			(array) = mem_realloc(array, room, sizeof *(array));   \
		}                                                              \
	} while (0)

#endif
