/* SPDX-License-Identifier: MIT */
#include "key/p12bags.h"

#include <stdint.h>
#include <stdlib.h>

#include "key/ber.h"
#include "key/p12alg.h"
#include "util/buf.h"
#include "util/mem.h"

#define MOST_BAGS ((size_t)50000)
#define MOST_NESTED 8

#define PKCS "\x2a\x86\x48\x86\xf7\x0d\x01"
static const char x509_certificate[] = PKCS "\x09\x16\x01";
static const char friendly_name[] = PKCS "\x09\x14";
static const char local_key_id[] = PKCS "\x09\x15";
/* Dogtag's CERT_TRUST_FLAGS_OID, 2.16.840.1.113730.5.1.1.1 [pkcs12 2] */
static const char trust_flags[] =
    "\x60\x86\x48\x01\x86\xf8\x42\x05\x01\x01\x01";

/* -- memory ---------------------------------------------------------------- */

struct p12bags_room {
	struct secret secret;
	struct p12bags_room *before;
};

struct secret *
p12bags_room(struct p12bags *list)
{
	struct p12bags_room *room = arena_alloc(&list->arena, sizeof *room);

	*room = (struct p12bags_room){ .before = list->room };
	list->room = room;
	return &room->secret;
}

void
p12bags_release(struct p12bags *list)
{
	for (; list->room != NULL; list->room = list->room->before)
		secret_release(&list->room->secret);
	free(list->bag);
	arena_release(&list->arena);
	*list = (struct p12bags){ 0 };
}

static char *
keep(struct p12bags *list, struct slice text)
{
	return (char *)(uintptr_t)arena_copy(&list->arena, text).at;
}

/* -- attributes ------------------------------------------------------------ */

static void
add_utf8(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_putc(out, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_putc(out, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_putc(out, (char)(0xe0 | c >> 12));
		} else {
			buf_putc(out, (char)(0xf0 | c >> 18));
			buf_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_putc(out, (char)(0x80 | (c & 0x3f)));
}

static uint32_t
unit_at(struct slice text, size_t i)
{
	return i + 2 > text.size ? 0 :
	    (uint32_t)(unsigned char)text.at[i] << 8 |
	    (unsigned char)text.at[i + 1];
}

/* A BMPString, in fact UTF-16, as UTF-8.  Some writers end it with a zero; one
 * within, which would cut off what follows, is shown, as is half a pair. */
static char *
bmp_text(struct p12bags *list, struct slice bmp)
{
	struct buf out = { 0 };
	char *text;

	if (bmp.size >= 2 && unit_at(bmp, bmp.size - 2) == 0)
		bmp.size -= 2;
	for (size_t i = 0; i < bmp.size; i += 2) {
		uint32_t c = unit_at(bmp, i), low = unit_at(bmp, i + 2);

		if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 &&
		    low < 0xe000) {
			c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
			i += 2;
		} else if (c == 0 || (c >= 0xd800 && c < 0xe000)) {
			c = 0xfffd;
		}
		add_utf8(&out, c);
	}
	text = keep(list, out.size != 0 ? buf_slice(&out) : slice_of(""));
	buf_release(&out);
	return text;
}

/* One Attribute; what it is not sure of it leaves out, as readers do. */
static bool
read_attribute(struct p12bags *list, struct p12_bag *bag, struct slice in)
{
	struct slice type, values, value;

	if (!ber_take(&in, BER_OID, &type) || !ber_take(&in, BER_SET, &values))
		return false;
	if (slice_is(type, slice_of(local_key_id))) {
		if (bag->local_key_id.at == NULL)
			ber_take_octets(&values, BER_OCTETS,
			    p12bags_room(list), &bag->local_key_id);
	} else if (slice_is(type, slice_of(friendly_name))) {
		if (bag->friendly_name == NULL &&
		    ber_take(&values, BER_BMP_STRING, &value))
			bag->friendly_name = bmp_text(list, value);
	} else if (slice_is(type, slice_of(trust_flags))) {
		if (bag->trust == NULL &&
		    ber_take(&values, BER_BMP_STRING, &value))
			bag->trust = bmp_text(list, value);
	}
	return true;
}

static bool
read_attributes(struct p12bags *list, struct p12_bag *bag, struct slice in)
{
	struct slice attribute;

	while (in.size != 0)
		if (!ber_take(&in, BER_SEQUENCE, &attribute) ||
		    !read_attribute(list, bag, attribute))
			return false;
	return true;
}

/* -- bags ------------------------------------------------------------------ */

/* CertBag { type, [0] { OCTET STRING } } */
static bool
read_cert(struct p12bags *list, struct p12_bag *bag, struct slice in)
{
	struct slice inner, type, octets;

	if (!ber_take(&in, BER_SEQUENCE, &inner) ||
	    !ber_take(&inner, BER_OID, &type))
		return false;
	if (!slice_is(type, slice_of(x509_certificate))) {
		bag->kind = P12_OTHER;
		return true;
	}
	return ber_take(&inner, BER_EXPLICIT_0, &octets) &&
	    ber_take_octets(&octets, BER_OCTETS, p12bags_room(list),
		&bag->value) && octets.size == 0;
}

static bool
read_shrouded(struct p12bags *list, struct p12_bag *bag)
{
	struct slice value = bag->value, inner;
	struct p12alg alg = { 0 };
	enum p12alg_result result = P12ALG_BAD;

	if (ber_take(&value, BER_SEQUENCE, &inner))
		result = p12alg_take(&alg, &inner);
	bag->scheme = keep(list, slice_of(alg.name));
	bag->rounds = alg.rounds;
	bag->salt = alg.salt.size;
	return result == P12ALG_OK || result == P12ALG_UNKNOWN;
}

static enum p12_bag_kind
kind_of(struct slice type)
{
	static const char bag_type[] = PKCS "\x0c\x0a\x01";
	static const enum p12_bag_kind kinds[] = { P12_KEY, P12_SHROUDED,
		P12_CERT, P12_CRL, P12_SECRET };
	struct slice start = slice_of(bag_type);
	size_t number;

	if (type.size != start.size + 1 || !slice_starts(type, start))
		return P12_OTHER;
	number = (unsigned char)type.at[start.size];
	return number >= 1 && number <= sizeof kinds / sizeof *kinds ?
	    kinds[number - 1] : P12_OTHER;
}

static int
add_bag(struct p12bags *list, const struct p12bags_safe *safe,
    struct slice type, const struct ber *value, struct slice attributes)
{
	struct p12_bag bag = { .kind = kind_of(type), .value = value->whole,
		.scheme = safe->scheme, .rounds = safe->rounds,
		.safe = safe->number };

	if (!read_attributes(list, &bag, attributes) ||
	    (bag.kind == P12_CERT && !read_cert(list, &bag, value->whole)) ||
	    (bag.kind == P12_SHROUDED && !read_shrouded(list, &bag)))
		return -1;
	MEM_GROW(list->bag, list->bags, list->bags_size);
	list->bag[list->bags++] = bag;
	return 0;
}

static int read_contents(struct p12bags *list, struct p12bags_safe *safe,
    struct slice contents, unsigned depth);

static int
read_bag(struct p12bags *list, struct p12bags_safe *safe, struct slice in,
    unsigned depth)
{
	static const char nested[] = PKCS "\x0c\x0a\x01\x06";
	struct slice type, holder, attributes = { 0 };
	struct ber value;

	if (!ber_take(&in, BER_OID, &type) ||
	    !ber_take(&in, BER_EXPLICIT_0, &holder) ||
	    !ber_next(&holder, &value) || holder.size != 0 ||
	    (in.size != 0 && !ber_take(&in, BER_SET, &attributes)) ||
	    in.size != 0)
		return -1;
	if (list->bags == MOST_BAGS) {
		safe->why = "more than 50000 bags";
		return -1;
	}
	if (slice_is(type, slice_of(nested)))
		return read_contents(list, safe, value.whole, depth + 1);
	return add_bag(list, safe, type, &value, attributes);
}

static int
read_contents(struct p12bags *list, struct p12bags_safe *safe,
    struct slice contents, unsigned depth)
{
	struct slice bags, bag;

	if (depth > MOST_NESTED) {
		safe->why = "safes within safes, too deep";
		return -1;
	}
	if (!ber_take(&contents, BER_SEQUENCE, &bags) || contents.size != 0)
		return -1;
	while (bags.size != 0)
		if (!ber_take(&bags, BER_SEQUENCE, &bag) ||
		    read_bag(list, safe, bag, depth) < 0)
			return -1;
	return 0;
}

int
p12bags_read(struct p12bags *list, struct p12bags_safe *safe,
    struct slice contents)
{
	safe->why = "damaged";
	if (safe->scheme != NULL)
		safe->scheme = keep(list, slice_of(safe->scheme));
	return read_contents(list, safe, contents, 0);
}
