/* SPDX-License-Identifier: MIT */
#include "p12/p12.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "asn1/der.h"
#include "pbe/pbecrypt.h"
#include "util/arena.h"
#include "util/buf.h"
#include "util/crypto.h"
#include "util/diag.h"
#include "util/mem.h"

struct p12bags {
	struct p12_bag *bag;
	size_t bags, bags_size;
	/* What they point into, besides the bundle's text. */
	struct p12bags_room *room;
	struct arena arena;
};

struct p12bags_safe {
	size_t number;
	const char *scheme; /* what it was encrypted by; NULL: nothing */
	enum pbe_strength strength;
	unsigned long rounds;
	const char *why;    /* it could not be read */
};

#define MOST_BAGS ((size_t)50000)
#define MOST_NESTED 8

#define PKCS "\x2a\x86\x48\x86\xf7\x0d\x01"
static const char x509_certificate[] = PKCS "\x09\x16\x01";
static const char friendly_name[] = PKCS "\x09\x14";
static const char local_key_id[] = PKCS "\x09\x15";

struct p12bags_room {
	struct secret secret;
	struct p12bags_room *before;
};

/* For what is decrypted or put together: empty; lives as long as list. */
static struct secret *
p12bags_room(struct p12bags *list)
{
	struct p12bags_room *room = arena_alloc(&list->arena, sizeof *room);

	*room = (struct p12bags_room){ .before = list->room };
	list->room = room;
	return &room->secret;
}

static void
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

	if (!ber_take(&in, DER_OID, &type) || !ber_take(&in, DER_SET, &values))
		return false;
	if (slice_equal(type, slice_of(local_key_id))) {
		if (bag->local_key_id.at == NULL)
			ber_take_octets(&values, DER_OCTET_STRING,
			    p12bags_room(list), &bag->local_key_id);
	} else if (slice_equal(type, slice_of(friendly_name))) {
		if (bag->friendly_name == NULL &&
		    ber_take(&values, DER_BMP_STRING, &value))
			bag->friendly_name = bmp_text(list, value);
	} else if (slice_equal(type, slice_of(P12_TRUST_FLAGS))) {
		if (bag->trust == NULL &&
		    ber_take(&values, DER_BMP_STRING, &value))
			bag->trust = bmp_text(list, value);
	}
	return true;
}

static bool
read_attributes(struct p12bags *list, struct p12_bag *bag, struct slice in)
{
	struct slice attribute;

	while (in.size != 0)
		if (!ber_take(&in, DER_SEQUENCE, &attribute) ||
		    !read_attribute(list, bag, attribute))
			return false;
	return true;
}

/* CertBag { type, [0] { OCTET STRING } } */
static bool
read_cert(struct p12bags *list, struct p12_bag *bag, struct slice in)
{
	struct slice inner, type, octets;

	if (!ber_take(&in, DER_SEQUENCE, &inner) ||
	    !ber_take(&inner, DER_OID, &type))
		return false;
	if (!slice_equal(type, slice_of(x509_certificate))) {
		bag->kind = P12_OTHER;
		return true;
	}
	return ber_take(&inner, DER_EXPLICIT_0, &octets) &&
	    ber_take_octets(&octets, DER_OCTET_STRING, p12bags_room(list),
		&bag->value) && octets.size == 0;
}

static bool
read_shrouded(struct p12bags *list, struct p12_bag *bag)
{
	struct slice value = bag->value, inner;
	struct pbe alg = { 0 };
	enum pbe_result result = PBE_BAD;

	if (ber_take(&value, DER_SEQUENCE, &inner))
		result = pbe_take(&alg, &inner);
	bag->scheme = keep(list, slice_of(alg.name));
	bag->strength = alg.strength;
	bag->rounds = alg.rounds;
	bag->salt = alg.salt.size;
	return result == PBE_OK || result == PBE_UNKNOWN;
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
    struct slice type, const struct der *value, struct slice attributes)
{
	struct p12_bag bag = { .kind = kind_of(type), .value = value->whole,
		.scheme = safe->scheme, .strength = safe->strength,
		.rounds = safe->rounds, .safe = safe->number };

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
	struct der value;

	if (!ber_take(&in, DER_OID, &type) ||
	    !ber_take(&in, DER_EXPLICIT_0, &holder) ||
	    !ber_next(&holder, &value) || holder.size != 0 ||
	    (in.size != 0 && !ber_take(&in, DER_SET, &attributes)) ||
	    in.size != 0)
		return -1;
	if (list->bags == MOST_BAGS) {
		safe->why = "more than 50000 bags";
		return -1;
	}
	if (slice_equal(type, slice_of(nested)))
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
	if (!ber_take(&contents, DER_SEQUENCE, &bags) || contents.size != 0)
		return -1;
	while (bags.size != 0)
		if (!ber_take(&bags, DER_SEQUENCE, &bag) ||
		    read_bag(list, safe, bag, depth) < 0)
			return -1;
	return 0;
}

/* Add the bags of contents (SafeContents), those of safes within it too.
 * -1: safe->why; nothing is reported. */
static int
p12bags_read(struct p12bags *list, struct p12bags_safe *safe,
    struct slice contents)
{
	safe->why = "damaged";
	if (safe->scheme != NULL)
		safe->scheme = keep(list, slice_of(safe->scheme));
	return read_contents(list, safe, contents, 0);
}

#define MOST_PROBES 4 /* of what a password opens whose MAC is wrong */

struct p12_inside {
	struct slice safes;    /* AuthenticatedSafe, which the MAC is of */
	struct pbe mac;
	enum pbe_result mac_read;
	bool mac_fits;	 /* the password, to the MAC */
	bool is_guessing; /* why the MAC does not fit */
	bool bmp;	 /* what opened last was of BMP */
	struct pbecrypt crypt;
	struct p12bags list;
};

/* RFC 5652, RFC 2315: the kinds of ContentInfo */
static const char pkcs7_data[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
static const char pkcs7_encrypted[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06";

static int
report(const struct p12 *p12, const char *what, const struct pbe *alg,
    enum pbe_result result)
{
	const char *name = alg->name;

	switch (result) {
	case PBE_OK:
		return 0;
	case PBE_WRONG:
		if (p12->inside->mac_fits)
			return fail("%s: %s: under another password than the "
				    "MAC, or damaged", p12->file, what);
		return fail("%s: %s: wrong password, or damaged", p12->file,
		    what);
	case PBE_UNKNOWN:
		if (starts_with(name, "PBE-SHA1-"))
			name += strlen("PBE-SHA1-");
		return fail("%s: %s: not supported: %s", p12->file, what,
		    name);
	case PBE_UNSAFE:
		return fail("%s: %s: not to be trusted: %s: have the file "
			    "made again", p12->file, what, name);
	case PBE_ROUNDS:
		return fail("%s: %s: %lu rounds, over the limit of %lu",
		    p12->file, what, alg->rounds,
		    p12->inside->crypt.most_rounds);
	case PBE_NO_KDF:
		return fail("%s: %s: this OpenSSL has no PKCS12KDF (FIPS "
			    "mode?)", p12->file, what);
	case PBE_FAILED:
		return fail_crypto("%s: %s", p12->file, what);
	case PBE_BAD:
		break;
	}
	return fail("%s: %s: damaged", p12->file, what);
}

/* Take off a ContentInfo: its type, and what [0] holds. */
static bool
take_content(struct slice *in, struct slice *type, struct slice *content)
{
	struct slice info;

	return ber_take(in, DER_SEQUENCE, &info) &&
	    ber_take(&info, DER_OID, type) &&
	    ber_take(&info, DER_EXPLICIT_0, content) && info.size == 0;
}

static bool
type_is(struct slice type, const char *oid)
{
	return slice_equal(type, slice_of(oid));
}

static int
read_mac(struct p12 *p12, struct slice in)
{
	struct p12_inside *inside = p12->inside;
	struct slice mac;

	if (in.size == 0)
		return 0;
	if (!ber_take(&in, DER_SEQUENCE, &mac) || in.size != 0)
		return fail("%s: not a PKCS#12 file, or damaged", p12->file);
	inside->mac_read = pbe_take_mac(&inside->mac, mac);
	if (inside->mac_read == PBE_BAD)
		return report(p12, "MAC", &inside->mac, PBE_BAD);
	p12->mac = inside->mac.kdf == PBE_PBKDF2 ? P12_PBMAC1 :
						      P12_CLASSIC_MAC;
	p12->mac_digest = inside->mac.mac;
	p12->mac_prf = inside->mac.digest;
	p12->mac_rounds = inside->mac.rounds;
	p12->mac_salt = inside->mac.salt.size;
	p12->mac_key = inside->mac.key_size;
	return 0;
}

static int
read_outer(struct p12 *p12, struct slice in)
{
	struct slice outer, type, content;
	unsigned long version;
	struct secret *room;

	if (in.size > P12_LIMIT)
		return fail("%s: larger than %zu MB", p12->file,
		    P12_LIMIT >> 20);
	if (!ber_take(&in, DER_SEQUENCE, &outer) ||
	    !ber_take_count(&outer, &version) ||
	    !take_content(&outer, &type, &content))
		return fail("%s: not a PKCS#12 file, or damaged", p12->file);
	if (in.size != 0)
		return fail("%s: bytes after the PKCS#12 data: %zu", p12->file,
		    in.size);
	if (version != 3)
		return fail("%s: not supported: version %lu", p12->file,
		    version);
	if (!type_is(type, pkcs7_data))
		return fail("%s: not supported: public-key integrity mode",
		    p12->file);
	room = p12bags_room(&p12->inside->list);
	if (!ber_take_octets(&content, DER_OCTET_STRING, room,
		&p12->inside->safes) || content.size != 0)
		return fail("%s: not a PKCS#12 file, or damaged", p12->file);
	return read_mac(p12, outer);
}

struct p12 *
p12_parse(const char *file, struct slice text, unsigned long most_rounds)
{
	struct p12 *p12 = mem_zalloc(1, sizeof *p12);

	p12->file = file;
	p12->inside = mem_zalloc(1, sizeof *p12->inside);
	pbecrypt_begin(&p12->inside->crypt, most_rounds);
	if (read_outer(p12, text) < 0) {
		p12_free(p12);
		return NULL;
	}
	return p12;
}

void
p12_free(struct p12 *p12)
{
	if (p12 == NULL)
		return;
	pbecrypt_end(&p12->inside->crypt);
	p12bags_release(&p12->inside->list);
	free(p12->inside);
	free(p12);
}

/* Padding is right by chance once in 256 times: what comes out is what it
 * should be only if it is one whole SEQUENCE. */
static enum pbe_result
try_decrypt(struct p12 *p12, const struct pbe *alg, struct slice password,
    struct secret *plain)
{
	enum pbe_result result = pbecrypt_decrypt(&p12->inside->crypt, alg,
	    password, plain);
	struct slice in = secret_slice(plain), sequence;

	if (result == PBE_OK &&
	    (!ber_take(&in, DER_SEQUENCE, &sequence) || in.size != 0))
		result = PBE_WRONG;
	if (result != PBE_OK)
		secret_release(plain);
	return result;
}

/*
 * To PBKDF2 a password is UTF-8, but NSS before 3.31 gave it what PKCS#12's own
 * derivation takes, a BMPString and two zeros, and since then reads both.
 */
static enum pbe_result
decrypt_pbes2(struct p12 *p12, const struct pbe *alg,
    struct slice password, struct secret *plain)
{
	struct p12_inside *inside = p12->inside;
	struct secret bmp = { 0 };
	enum pbe_result result = PBE_WRONG;

	if (!inside->is_guessing)
		pbe_bmp(&bmp, password);
	for (int i = 0; i < 2 && result == PBE_WRONG; i++) {
		bool try_bmp = inside->bmp != (i == 1);

		if (try_bmp && bmp.size == 0)
			continue;
		result = try_decrypt(p12, alg, try_bmp ? secret_slice(&bmp) :
		    password, plain);
		if (result == PBE_OK)
			inside->bmp = try_bmp;
	}
	secret_release(&bmp);
	return result;
}

/* To PKCS#12's own derivation, an empty password and none are different, and
 * programs do not agree which of them an empty one is. */
static enum pbe_result
decrypt(struct p12 *p12, const struct pbe *alg, struct slice password,
    struct secret *plain)
{
	static const struct slice none = { 0 }, empty = { "", 0 };
	enum pbe_result result;

	if (alg->kdf != PBE_PKCS12)
		return decrypt_pbes2(p12, alg, password, plain);
	if (password.size != 0)
		return try_decrypt(p12, alg, password, plain);
	result = try_decrypt(p12, alg, empty, plain);
	return result == PBE_WRONG ?
	    try_decrypt(p12, alg, none, plain) : result;
}

/* EncryptedPrivateKeyInfo */
static enum pbe_result
decrypt_key(struct p12 *p12, const struct p12_bag *bag, struct slice password,
    struct pbe *alg, struct secret *plain)
{
	struct slice value = bag->value, inner;
	enum pbe_result result = PBE_BAD;
	struct secret room = { 0 };

	if (ber_take(&value, DER_SEQUENCE, &inner))
		result = pbe_take(alg, &inner);
	if (result == PBE_OK &&
	    (!ber_take_octets(&inner, DER_OCTET_STRING, &room, &alg->text) ||
		inner.size != 0))
		result = PBE_BAD;
	if (result == PBE_OK)
		result = decrypt(p12, alg, password, plain);
	secret_release(&room);
	return result;
}

int
p12_key(struct p12 *p12, const struct p12_bag *bag, struct slice password,
    struct secret *pkcs8)
{
	struct pbe alg = { 0 };
	enum pbe_result result;
	char *what;

	if (bag->kind == P12_KEY) {
		secret_set(pkcs8, bag->value);
		return 0;
	}
	result = decrypt_key(p12, bag, password, &alg, pkcs8);
	if (result == PBE_OK)
		return 0;
	what = mem_printf("key '%s'",
	    bag->friendly_name != NULL ? bag->friendly_name : "");
	report(p12, what, &alg, result);
	free(what);
	return -1;
}

/* EncryptedData (RFC 5652, 8): its algorithm, and its text in room. */
static enum pbe_result
take_encrypted(struct slice in, struct pbe *alg, struct secret *room)
{
	struct slice data, info, type;
	unsigned long version;
	enum pbe_result result;

	/* Version 0 is no count. */
	if (!ber_take(&in, DER_SEQUENCE, &data) || in.size != 0 ||
	    (!ber_take_count(&data, &version) &&
		!ber_take(&data, DER_INTEGER, &type)) ||
	    !ber_take(&data, DER_SEQUENCE, &info) ||
	    !ber_take(&info, DER_OID, &type))
		return PBE_BAD;
	result = pbe_take(alg, &info);
	if (result == PBE_OK &&
	    (!ber_take_octets(&info, DER_CONTEXT_0, room, &alg->text) ||
		info.size != 0))
		result = PBE_BAD;
	return result;
}

/* The SafeContents of an encrypted safe. */
static enum pbe_result
decrypt_safe(struct p12 *p12, struct slice content, struct slice password,
    struct pbe *alg, struct slice *contents)
{
	struct secret room = { 0 }, *plain;
	enum pbe_result result = take_encrypted(content, alg, &room);

	if (result == PBE_OK) {
		plain = p12bags_room(&p12->inside->list);
		result = decrypt(p12, alg, password, plain);
		*contents = secret_slice(plain);
	}
	secret_release(&room);
	return result;
}

static int
open_safe(struct p12 *p12, size_t number, struct slice type,
    struct slice content, struct slice password)
{
	struct p12bags_safe safe = { .number = number };
	struct pbe alg = { .name = "public-key encryption" };
	enum pbe_result result = PBE_UNKNOWN;
	struct slice contents;
	char what[32];

	snprintf(what, sizeof what, "safe %zu", number + 1);
	if (type_is(type, pkcs7_data)) {
		result = ber_take_octets(&content, DER_OCTET_STRING,
		    p12bags_room(&p12->inside->list), &contents) &&
			content.size == 0 ? PBE_OK : PBE_BAD;
	} else if (type_is(type, pkcs7_encrypted)) {
		result = decrypt_safe(p12, content, password, &alg, &contents);
		safe.scheme = alg.name;
		safe.strength = alg.strength;
		safe.rounds = alg.rounds;
	}
	if (result != PBE_OK)
		return report(p12, what, &alg, result);
	if (p12bags_read(&p12->inside->list, &safe, contents) < 0)
		return fail("%s: %s: %s", p12->file, what, safe.why);
	return 0;
}

int
p12_open(struct p12 *p12, struct slice password)
{
	struct slice in = p12->inside->safes, safes, type, content;

	p12->bags = p12->inside->list.bags = 0;
	if (!ber_take(&in, DER_SEQUENCE, &safes) || in.size != 0)
		return fail("%s: damaged", p12->file);
	for (size_t i = 0; safes.size != 0; i++)
		if (!take_content(&safes, &type, &content))
			return fail("%s: safe %zu: damaged", p12->file, i + 1);
		else if (open_safe(p12, i, type, content, password) < 0)
			return -1;
	p12->bag = p12->inside->list.bag;
	p12->bags = p12->inside->list.bags;
	return 0;
}

const struct p12_bag *
p12_key_of(const struct p12 *p12, const struct p12_bag *cert)
{
	for (size_t i = 0; cert->local_key_id.at != NULL && i < p12->bags; i++)
		if ((p12->bag[i].kind == P12_KEY ||
			p12->bag[i].kind == P12_SHROUDED) &&
		    p12->bag[i].local_key_id.at != NULL &&
		    slice_equal(p12->bag[i].local_key_id, cert->local_key_id))
			return &p12->bag[i];
	return NULL;
}

struct probe {
	unsigned tried;
	bool opened;
};

static void
probe_result(struct probe *probe, enum pbe_result result)
{
	if (result == PBE_OK)
		probe->opened = true;
	if (result == PBE_OK || result == PBE_WRONG)
		probe->tried++;
}

static bool
is_done(const struct probe *probe)
{
	return probe->opened || probe->tried == MOST_PROBES;
}

/* Does the password open anything?  What cannot be read is passed over. */
static void
probe_all(struct p12 *p12, struct slice password, struct probe *probe)
{
	struct slice in = p12->inside->safes, safes, type, content, contents;
	struct p12bags *list = &p12->inside->list;
	struct p12bags_safe safe = { 0 };
	struct pbe alg;

	if (!ber_take(&in, DER_SEQUENCE, &safes))
		return;
	while (!is_done(probe) && take_content(&safes, &type, &content)) {
		if (type_is(type, pkcs7_encrypted))
			probe_result(probe, decrypt_safe(p12, content,
						password, &alg, &contents));
		else if (type_is(type, pkcs7_data) &&
		    ber_take_octets(&content, DER_OCTET_STRING,
			p12bags_room(list), &contents))
			(void)p12bags_read(list, &safe, contents);
	}
	for (size_t i = 0; i < list->bags && !is_done(probe); i++) {
		struct secret key = { 0 };

		if (list->bag[i].kind == P12_SHROUDED)
			probe_result(probe, decrypt_key(p12, &list->bag[i],
						password, &alg, &key));
		secret_release(&key);
	}
	list->bags = 0;
}

static int
explain_mac(struct p12 *p12, struct slice password)
{
	struct probe probe = { 0 };

	p12->inside->is_guessing = true;
	probe_all(p12, password, &probe);
	p12->inside->is_guessing = false;
	if (probe.opened)
		return fail("%s: corrupted: the password is right, but not "
			    "the MAC", p12->file);
	if (probe.tried != 0)
		return fail("%s: wrong password", p12->file);
	return fail("%s: wrong password, or corrupted: the MAC is not that of "
		    "the contents", p12->file);
}

int
p12_check_mac(struct p12 *p12, struct slice password)
{
	static const struct slice none = { 0 }, empty = { "", 0 };
	struct p12_inside *inside = p12->inside;
	enum pbe_result result = inside->mac_read;

	if (p12->mac == P12_NO_MAC)
		return fail("%s: no MAC: nothing shows that it is whole",
		    p12->file);
	if (result == PBE_OK)
		result = pbecrypt_verify(&inside->crypt, &inside->mac,
		    password.size != 0 ? password : empty, inside->safes);
	if (result == PBE_WRONG && password.size == 0 &&
	    inside->mac.kdf == PBE_PKCS12)
		result = pbecrypt_verify(&inside->crypt, &inside->mac, none,
		    inside->safes);
	inside->mac_fits = result == PBE_OK;
	if (result == PBE_WRONG)
		return explain_mac(p12, password);
	return report(p12, "MAC", &inside->mac, result);
}
