/* SPDX-License-Identifier: MIT */
#include "asn1/window.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "asn1/der.h"
#include "util/mem.h"

static void
digest_passed(struct crlinput *in)
{
	if (in->hash != NULL && in->pos > in->hashed)
		(void)EVP_DigestUpdate(in->hash, in->window + in->hashed,
		    in->pos - in->hashed);
	in->hashed = in->pos;
}

static void
fill(struct crlinput *in)
{
	ssize_t got = 1;

	if (in->window == NULL)
		in->window = mem_alloc(CRLINPUT_WINDOW);
	digest_passed(in);
	memmove(in->window, in->window + in->pos, in->have - in->pos);
	in->first += in->pos;
	in->have -= in->pos;
	in->pos = in->hashed = 0;
	while (in->have < CRLINPUT_WINDOW && got != 0) {
		got = pread(in->fd, in->window + in->have,
		    CRLINPUT_WINDOW - in->have,
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
crlinput_peek(struct crlinput *in, size_t size)
{
	if (in->have - in->pos < size && !in->failed)
		fill(in);
	if (in->have - in->pos < size)
		size = in->have - in->pos;
	return (struct slice){ in->window + in->pos, size };
}

void
crlinput_skip(struct crlinput *in, size_t size)
{
	in->pos += size;
}

/* An element's header, not taken; CRLINPUT_DAMAGED where it is none. */
static enum crlinput_result
look(struct crlinput *in, uint64_t end, size_t *header, size_t *content)
{
	uint64_t left = end - crlinput_offset(in);
	struct slice start = crlinput_peek(in, DER_HEADER);

	if (start.size > left)
		start.size = (size_t)left;
	if (!der_header(start, header, content) ||
	    *header + (uint64_t)*content > left)
		return CRLINPUT_DAMAGED;
	return CRLINPUT_GOOD;
}

enum crlinput_result
crlinput_open(struct crlinput *in, uint64_t end, unsigned char *id,
    uint64_t *its_end)
{
	size_t header, content;

	if (look(in, end, &header, &content) != CRLINPUT_GOOD)
		return CRLINPUT_DAMAGED;
	*id = (unsigned char)in->window[in->pos];
	crlinput_skip(in, header);
	*its_end = crlinput_offset(in) + content;
	return CRLINPUT_GOOD;
}

enum crlinput_result
crlinput_element(struct crlinput *in, uint64_t end, struct ber *element)
{
	size_t header, content;
	struct slice whole;

	if (look(in, end, &header, &content) != CRLINPUT_GOOD)
		return CRLINPUT_DAMAGED;
	if (header + content > CRLINPUT_WINDOW / 4)
		return CRLINPUT_LARGE;
	whole = crlinput_peek(in, header + content);
	if (whole.size != header + content)
		return CRLINPUT_DAMAGED;
	element->id = (unsigned char)whole.at[0];
	element->whole = whole;
	element->content = (struct slice){ whole.at + header, content };
	crlinput_skip(in, whole.size);
	return CRLINPUT_GOOD;
}

void
crlinput_seek(struct crlinput *in, uint64_t offset)
{
	in->hash = NULL;
	in->first = offset;
	in->pos = in->have = in->hashed = 0;
	in->failed = false;
}

void
crlinput_hash(struct crlinput *in, EVP_MD_CTX *hash)
{
	in->hash = hash;
	in->hashed = in->pos;
}

void
crlinput_hash_end(struct crlinput *in)
{
	digest_passed(in);
	in->hash = NULL;
}

void
crlinput_release(struct crlinput *in)
{
	free(in->window);
	in->window = NULL;
}
