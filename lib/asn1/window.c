/* SPDX-License-Identifier: MIT */
#include "asn1/window.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/mem.h"

static void
digest_passed(struct window *in)
{
	if (in->hash != NULL && in->pos > in->hashed)
		(void)EVP_DigestUpdate(in->hash, in->window + in->hashed,
		    in->pos - in->hashed);
	in->hashed = in->pos;
}

static void
fill(struct window *in)
{
	ssize_t got = 1;

	if (in->window == NULL)
		in->window = mem_alloc(WINDOW_SIZE);
	digest_passed(in);
	memmove(in->window, in->window + in->pos, in->have - in->pos);
	in->first += in->pos;
	in->have -= in->pos;
	in->pos = in->hashed = 0;
	while (in->have < WINDOW_SIZE && got != 0) {
		got = pread(in->fd, in->window + in->have,
		    WINDOW_SIZE - in->have,
		    in->start + (int64_t)(in->first + in->have));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			in->failed = true;
			in->error = errno;
			return;
		}
		in->have += (size_t)got;
	}
}

struct slice
window_peek(struct window *in, size_t size)
{
	if (in->have - in->pos < size && !in->failed)
		fill(in);
	if (in->have - in->pos < size)
		size = in->have - in->pos;
	return (struct slice){ in->window + in->pos, size };
}

void
window_skip(struct window *in, size_t size)
{
	in->pos += size;
}

/* An element's header, not taken; WINDOW_DAMAGED where it is none. */
static enum window_result
look(struct window *in, uint64_t end, size_t *header, size_t *content)
{
	uint64_t left = end - window_offset(in);
	struct slice start = window_peek(in, DER_HEADER);

	if (start.size > left)
		start.size = (size_t)left;
	if (!der_header(start, header, content) ||
	    *header + (uint64_t)*content > left)
		return WINDOW_DAMAGED;
	return WINDOW_GOOD;
}

enum window_result
window_open(struct window *in, uint64_t end, unsigned char *id,
    uint64_t *its_end)
{
	size_t header, content;

	if (look(in, end, &header, &content) != WINDOW_GOOD)
		return WINDOW_DAMAGED;
	*id = (unsigned char)in->window[in->pos];
	window_skip(in, header);
	*its_end = window_offset(in) + content;
	return WINDOW_GOOD;
}

enum window_result
window_element(struct window *in, uint64_t end, struct der *element)
{
	size_t header, content;
	struct slice whole;

	if (look(in, end, &header, &content) != WINDOW_GOOD)
		return WINDOW_DAMAGED;
	if (header + content > WINDOW_SIZE / 4)
		return WINDOW_LARGE;
	whole = window_peek(in, header + content);
	if (whole.size != header + content)
		return WINDOW_DAMAGED;
	element->id = (unsigned char)whole.at[0];
	element->whole = whole;
	element->content = (struct slice){ whole.at + header, content };
	window_skip(in, whole.size);
	return WINDOW_GOOD;
}

void
window_seek(struct window *in, uint64_t offset)
{
	in->hash = NULL;
	in->first = offset;
	in->pos = in->have = in->hashed = 0;
	in->failed = false;
}

void
window_hash(struct window *in, EVP_MD_CTX *hash)
{
	in->hash = hash;
	in->hashed = in->pos;
}

void
window_hash_end(struct window *in)
{
	digest_passed(in);
	in->hash = NULL;
}

void
window_release(struct window *in)
{
	free(in->window);
	in->window = NULL;
}
