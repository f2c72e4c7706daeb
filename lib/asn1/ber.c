/* SPDX-License-Identifier: MIT */
#include "asn1/ber.h"

#include <limits.h>

#define MOST_NESTED 32 /* indefinite lengths are found by looking inside */

static struct slice
rest(struct slice s, size_t skip)
{
	return (struct slice){ s.at + skip, s.size - skip };
}

/* The identifier; its size, 0 if it is cut off. */
static size_t
read_id(struct slice in, unsigned char *id)
{
	size_t size = 1;

	if (in.size == 0)
		return 0;
	*id = (unsigned char)in.at[0];
	if ((*id & 0x1f) != 0x1f)
		return 1;
	do
		if (size == in.size)
			return 0;
	while ((in.at[size++] & 0x80) != 0);
	return size;
}

/* The length octets; how many they are, 0 if they are cut off or too many. */
static size_t
read_length(struct slice in, size_t *length, bool *indefinite)
{
	size_t octets;

	*indefinite = false;
	if (in.size == 0)
		return 0;
	*length = (unsigned char)in.at[0];
	if (*length < 0x80)
		return 1;
	octets = *length & 0x7f;
	*length = 0;
	*indefinite = octets == 0;
	if (octets > sizeof *length || octets >= in.size)
		return 0;
	for (size_t i = 1; i <= octets; i++)
		*length = *length << 8 | (unsigned char)in.at[i];
	return 1 + octets;
}

/* What stands before the end-of-contents octets is *content. */
static bool next_at(struct slice *in, struct ber *element, unsigned depth);

static bool
find_end(struct slice *in, struct slice *content, unsigned depth)
{
	const char *start = in->at;
	struct ber inner;

	while (in->size >= 2 && (in->at[0] != '\0' || in->at[1] != '\0'))
		if (depth == MOST_NESTED || !next_at(in, &inner, depth + 1))
			return false;
	if (in->size < 2)
		return false;
	*content = (struct slice){ start, (size_t)(in->at - start) };
	*in = rest(*in, 2);
	return true;
}

static bool
next_at(struct slice *in, struct ber *element, unsigned depth)
{
	struct slice left = *in;
	size_t size, length;
	bool indefinite;

	size = read_id(left, &element->id);
	if (size == 0)
		return false;
	left = rest(left, size);
	size = read_length(left, &length, &indefinite);
	if (size == 0)
		return false;
	left = rest(left, size);
	if (indefinite) {
		if ((element->id & BER_CONSTRUCTED) == 0 ||
		    !find_end(&left, &element->content, depth))
			return false;
	} else {
		if (length > left.size)
			return false;
		element->content = (struct slice){ left.at, length };
		left = rest(left, length);
	}
	element->whole = (struct slice){ in->at, in->size - left.size };
	*in = left;
	return true;
}

bool
ber_next(struct slice *in, struct ber *element)
{
	return next_at(in, element, 0);
}

bool
ber_take(struct slice *in, unsigned char id, struct slice *content)
{
	struct slice left = *in;
	struct ber element;

	if (left.size == 0 || (unsigned char)left.at[0] != id ||
	    !ber_next(&left, &element))
		return false;
	*content = element.content;
	*in = left;
	return true;
}

/* Append the pieces, or with NULL count them. */
static bool
gather(struct slice pieces, unsigned char *to, size_t *size)
{
	struct slice piece;

	*size = 0;
	while (pieces.size != 0) {
		if (!ber_take(&pieces, BER_OCTETS, &piece))
			return false;
		if (to != NULL && piece.size != 0)
			memcpy(to + *size, piece.at, piece.size);
		*size += piece.size;
	}
	return true;
}

bool
ber_take_octets(struct slice *in, unsigned char id, struct secret *room,
    struct slice *octets)
{
	struct slice pieces, one;
	size_t size;

	if (ber_take(in, id, octets))
		return true;
	if (!ber_take(in, id | BER_CONSTRUCTED, &pieces) ||
	    !gather(pieces, NULL, &size))
		return false;
	one = pieces;
	if (ber_take(&one, BER_OCTETS, octets) && one.size == 0)
		return true;
	secret_alloc(room, size);
	gather(pieces, room->at, &size);
	*octets = secret_slice(room);
	return true;
}

bool
ber_take_count(struct slice *in, unsigned long *count)
{
	struct slice left = *in, digits;

	if (!ber_take(&left, BER_INTEGER, &digits) || digits.size == 0 ||
	    (digits.at[0] & 0x80) != 0)
		return false;
	*count = 0;
	for (size_t i = 0; i < digits.size; i++)
		*count = *count > ULONG_MAX >> 8 ?
		    ULONG_MAX : *count << 8 | (unsigned char)digits.at[i];
	if (*count == 0)
		return false;
	*in = left;
	return true;
}
