/* SPDX-License-Identifier: MIT */
#include "p12/p12.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "asn1/der.h"
#include "pbe/p12alg.h"
#include "util/arena.h"
#include "util/buf.h"
#include "util/crypto.h"
#include "util/diag.h"
#include "util/mem.h"

/*
 * Decrypt what a PKCS#12 bundle encrypts, and verify its MAC.  Passwords are
 * UTF-8: PKCS#12's own derivation makes them BMPStrings, PBKDF2 takes the
 * bytes.  A password at NULL is none at all, which for the former is not an
 * empty one.  Rounds are limited, each and in all.  Nothing here reports
 * anything.
 *
 *	struct p12crypt crypt;
 *
 *	p12crypt_begin(&crypt, most_rounds);
 *	result = p12crypt_verify(&crypt, &alg, password, mac, data);
 *	p12crypt_end(&crypt);
 */
struct p12crypt {
	unsigned long most_rounds; /* of one derivation */
	unsigned long rounds_left; /* of all */
	struct p12crypt_legacy *legacy;
	/* PBKDF2's last key: bags often share a salt. */
	struct secret key, key_salt, key_password;
	unsigned long key_rounds;
	const char *key_digest;
};

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
	unsigned long rounds;
	const char *why;    /* it could not be read */
};

#define DERIVATIONS 100 /* of most_rounds, in all */

/* RC2, RC4 and others are in a provider that a program loads at most once,
 * in a library context of its own. */
struct p12crypt_legacy {
	OSSL_LIB_CTX *context;
	OSSL_PROVIDER *provider;
};

static void
p12crypt_begin(struct p12crypt *crypt, unsigned long most_rounds)
{
	*crypt = (struct p12crypt){ .most_rounds = most_rounds };
	crypt->rounds_left = most_rounds > ULONG_MAX / DERIVATIONS ?
	    ULONG_MAX : most_rounds * DERIVATIONS;
}

static void
p12crypt_end(struct p12crypt *crypt)
{
	if (crypt->legacy != NULL) {
		OSSL_PROVIDER_unload(crypt->legacy->provider);
		OSSL_LIB_CTX_free(crypt->legacy->context);
		free(crypt->legacy);
	}
	secret_release(&crypt->key);
	secret_release(&crypt->key_salt);
	secret_release(&crypt->key_password);
	*crypt = (struct p12crypt){ 0 };
}

static EVP_CIPHER *
fetch_cipher(struct p12crypt *crypt, const char *name)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	struct p12crypt_legacy *legacy = crypt->legacy;

	if (cipher != NULL)
		return cipher;
	if (legacy == NULL) {
		legacy = crypt->legacy = mem_zalloc(1, sizeof *legacy);
		legacy->context = OSSL_LIB_CTX_new();
		if (legacy->context != NULL)
			legacy->provider = OSSL_PROVIDER_load(legacy->context,
			    "legacy");
	}
	if (legacy->provider != NULL)
		cipher = EVP_CIPHER_fetch(legacy->context, name, NULL);
	ERR_clear_error();
	return cipher;
}

/* Every digest's worth of a key takes the rounds once more. */
static enum p12alg_result
may_derive(struct p12crypt *crypt, const struct p12alg *alg, size_t size)
{
	unsigned long times = (size + alg->digest_size - 1) / alg->digest_size;

	if (alg->rounds > crypt->most_rounds || alg->rounds > INT_MAX ||
	    (times != 0 && alg->rounds > crypt->rounds_left / times))
		return P12ALG_ROUNDS;
	crypt->rounds_left -= alg->rounds * times;
	return P12ALG_OK;
}

static bool
is_last_key(const struct p12crypt *crypt, const struct p12alg *alg,
    struct slice password, size_t size)
{
	return crypt->key.size == size && crypt->key_digest == alg->digest &&
	    crypt->key_rounds == alg->rounds &&
	    slice_equal(secret_slice(&crypt->key_salt), alg->salt) &&
	    slice_equal(secret_slice(&crypt->key_password), password);
}

static enum p12alg_result
pbkdf2(struct p12crypt *crypt, const struct p12alg *alg,
    struct slice password, struct secret *key)
{
	enum p12alg_result result = P12ALG_OK;
	EVP_MD *digest;

	if (is_last_key(crypt, alg, password, key->size)) {
		secret_set(key, secret_slice(&crypt->key));
		return P12ALG_OK;
	}
	result = may_derive(crypt, alg, key->size);
	if (result != P12ALG_OK)
		return result;
	digest = EVP_MD_fetch(NULL, alg->digest, NULL);
	if (digest == NULL ||
	    PKCS5_PBKDF2_HMAC(password.at != NULL ? password.at : "",
		(int)password.size, (const unsigned char *)alg->salt.at,
		(int)alg->salt.size, (int)alg->rounds, digest,
		(int)key->size, key->at) != 1)
		result = P12ALG_FAILED;
	EVP_MD_free(digest);
	if (result != P12ALG_OK)
		return result;
	secret_set(&crypt->key, secret_slice(key));
	secret_set(&crypt->key_salt, alg->salt);
	secret_set(&crypt->key_password, password);
	crypt->key_rounds = alg->rounds;
	crypt->key_digest = alg->digest;
	return P12ALG_OK;
}

static enum p12alg_result
pkcs12_kdf(struct p12crypt *crypt, const struct p12alg *alg,
    struct slice password, int id, struct secret *key)
{
	enum p12alg_result result = may_derive(crypt, alg, key->size);
	EVP_KDF *kdf;
	EVP_MD *digest;

	/* Of no password and no salt OpenSSL derives nothing. */
	if (password.at == NULL && alg->salt.size == 0)
		return P12ALG_WRONG;
	if (result != P12ALG_OK)
		return result;
	kdf = EVP_KDF_fetch(NULL, "PKCS12KDF", NULL);
	EVP_KDF_free(kdf);
	if (kdf == NULL)
		return P12ALG_NO_KDF;
	digest = EVP_MD_fetch(NULL, alg->digest, NULL);
	if (digest == NULL || PKCS12_key_gen_utf8(password.at,
		(int)password.size, (unsigned char *)(uintptr_t)alg->salt.at,
		(int)alg->salt.size, id, (int)alg->rounds, (int)key->size,
		key->at, digest) != 1)
		result = P12ALG_FAILED;
	EVP_MD_free(digest);
	return result;
}

/* Both fill what they are given. */
static enum p12alg_result
derive_key(struct p12crypt *crypt, const struct p12alg *alg,
    struct slice password, int id, struct secret *key)
{
	return alg->kdf == P12ALG_PBKDF2 ?
	    pbkdf2(crypt, alg, password, key) :
	    pkcs12_kdf(crypt, alg, password, id, key);
}

static enum p12alg_result
derive_iv(struct p12crypt *crypt, const struct p12alg *alg,
    struct slice password, struct secret *iv)
{
	if (iv->size == 0)
		return P12ALG_OK;
	if (alg->kdf == P12ALG_PKCS12)
		return pkcs12_kdf(crypt, alg, password, PKCS12_IV_ID, iv);
	if (alg->iv.size != iv->size)
		return P12ALG_BAD;
	secret_set(iv, alg->iv);
	return P12ALG_OK;
}

/* The password as PKCS#12's own derivation takes it: a BMPString with two zeros
 * at its end (RFC 7292, B.1).  Empty: it has no such form. */
static void
p12crypt_bmp(struct secret *bmp, struct slice password)
{
	unsigned char *text = NULL;
	int size = 0;

	if (password.size < INT_MAX / 2 &&
	    OPENSSL_utf82uni(password.at != NULL ? password.at : "",
		(int)password.size, &text, &size) != NULL)
		secret_set(bmp, (struct slice){ (char *)text, (size_t)size });
	OPENSSL_clear_free(text, (size_t)size);
	ERR_clear_error();
}

static enum p12alg_result
run_cipher(const EVP_CIPHER *cipher, const struct secret *key,
    const struct secret *iv, struct slice text, struct secret *plain)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	enum p12alg_result result = P12ALG_FAILED;
	struct secret room = { 0 };
	int size, more;

	secret_alloc(&room, text.size + EVP_MAX_BLOCK_LENGTH);
	if (context != NULL && EVP_DecryptInit_ex2(context, cipher, key->at,
		iv->size != 0 ? iv->at : NULL, NULL) == 1 &&
	    EVP_DecryptUpdate(context, room.at, &size,
		(const unsigned char *)text.at, (int)text.size) == 1) {
		result = P12ALG_WRONG;
		if (EVP_DecryptFinal_ex(context, room.at + size, &more) == 1) {
			secret_set(plain, (struct slice){
			    (const char *)room.at, (size_t)(size + more) });
			result = P12ALG_OK;
		}
		ERR_clear_error();
	}
	EVP_CIPHER_CTX_free(context);
	secret_release(&room);
	return result;
}

static bool
is_usable(const EVP_CIPHER *cipher)
{
	int mode = EVP_CIPHER_get_mode(cipher);

	return mode == EVP_CIPH_CBC_MODE || mode == EVP_CIPH_STREAM_CIPHER;
}

static enum p12alg_result
p12crypt_decrypt(struct p12crypt *crypt, const struct p12alg *alg,
    struct slice password, struct slice text, struct secret *plain)
{
	EVP_CIPHER *cipher = fetch_cipher(crypt, alg->cipher);
	enum p12alg_result result = P12ALG_UNKNOWN;
	struct secret key = { 0 }, iv = { 0 };

	if (cipher != NULL && is_usable(cipher)) {
		secret_alloc(&key, (size_t)EVP_CIPHER_get_key_length(cipher));
		secret_alloc(&iv, (size_t)EVP_CIPHER_get_iv_length(cipher));
		result = text.size > INT_MAX / 2 || (alg->key_size != 0 &&
		    alg->key_size != key.size) ? P12ALG_BAD : P12ALG_OK;
	}
	if (result == P12ALG_OK)
		result = derive_iv(crypt, alg, password, &iv);
	if (result == P12ALG_OK)
		result = derive_key(crypt, alg, password, PKCS12_KEY_ID, &key);
	if (result == P12ALG_OK)
		result = run_cipher(cipher, &key, &iv, text, plain);
	secret_release(&key);
	secret_release(&iv);
	EVP_CIPHER_free(cipher);
	return result;
}

static enum p12alg_result
compare_mac(const EVP_MD *digest, const struct secret *key, struct slice mac,
    struct slice data)
{
	unsigned char want[EVP_MAX_MD_SIZE];
	unsigned size;

	if (HMAC(digest, key->at, (int)key->size,
		(const unsigned char *)data.at, data.size, want,
		&size) == NULL)
		return P12ALG_FAILED;
	return size == mac.size && CRYPTO_memcmp(want, mac.at, size) == 0 ?
	    P12ALG_OK : P12ALG_WRONG;
}

static enum p12alg_result
p12crypt_verify(struct p12crypt *crypt, const struct p12alg *alg,
    struct slice password, struct slice mac, struct slice data)
{
	EVP_MD *digest = EVP_MD_fetch(NULL, alg->mac, NULL);
	enum p12alg_result result = P12ALG_UNKNOWN;
	struct secret key = { 0 };

	if (digest != NULL) {
		secret_alloc(&key, alg->key_size);
		result = derive_key(crypt, alg, password, PKCS12_MAC_ID, &key);
	}
	if (result == P12ALG_OK)
		result = compare_mac(digest, &key, mac, data);
	secret_release(&key);
	EVP_MD_free(digest);
	return result;
}

#define MOST_BAGS ((size_t)50000)
#define MOST_NESTED 8

#define PKCS "\x2a\x86\x48\x86\xf7\x0d\x01"
static const char x509_certificate[] = PKCS "\x09\x16\x01";
static const char friendly_name[] = PKCS "\x09\x14";
static const char local_key_id[] = PKCS "\x09\x15";
/* Dogtag's CERT_TRUST_FLAGS_OID, 2.16.840.1.113730.5.1.1.1 [pkcs12 2] */
static const char trust_flags[] =
    "\x60\x86\x48\x01\x86\xf8\x42\x05\x01\x01\x01";

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
	} else if (slice_equal(type, slice_of(trust_flags))) {
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
	struct p12alg alg = { 0 };
	enum p12alg_result result = P12ALG_BAD;

	if (ber_take(&value, DER_SEQUENCE, &inner))
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
    struct slice type, const struct der *value, struct slice attributes)
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
	struct p12alg mac;
	struct slice mac_value;
	enum p12alg_result mac_read;
	bool mac_fits;	 /* the password, to the MAC */
	bool is_guessing; /* why the MAC does not fit */
	bool bmp;	 /* what opened last was of BMP */
	struct p12crypt crypt;
	struct p12bags list;
};

/* RFC 5652, RFC 2315: the kinds of ContentInfo */
static const char pkcs7_data[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
static const char pkcs7_encrypted[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06";

static int
report(const struct p12 *p12, const char *what, const struct p12alg *alg,
    enum p12alg_result result)
{
	const char *name = alg->name;

	switch (result) {
	case P12ALG_OK:
		return 0;
	case P12ALG_WRONG:
		if (p12->inside->mac_fits)
			return fail("%s: %s: under another password than the "
				    "MAC, or damaged", p12->file, what);
		return fail("%s: %s: wrong password, or damaged", p12->file,
		    what);
	case P12ALG_UNKNOWN:
		if (starts_with(name, "PBE-SHA1-"))
			name += strlen("PBE-SHA1-");
		return fail("%s: %s: not supported: %s", p12->file, what,
		    name);
	case P12ALG_UNSAFE:
		return fail("%s: %s: not to be trusted: %s: have the file "
			    "made again", p12->file, what, name);
	case P12ALG_ROUNDS:
		return fail("%s: %s: %lu rounds, over the limit of %lu",
		    p12->file, what, alg->rounds,
		    p12->inside->crypt.most_rounds);
	case P12ALG_NO_KDF:
		return fail("%s: %s: this OpenSSL has no PKCS12KDF (FIPS "
			    "mode?)", p12->file, what);
	case P12ALG_FAILED:
		return fail_crypto("%s: %s", p12->file, what);
	case P12ALG_BAD:
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
		return fail("%s: not a PKCS#12 bundle, or damaged", p12->file);
	inside->mac_read = p12alg_take_mac(&inside->mac, mac,
	    &inside->mac_value);
	if (inside->mac_read == P12ALG_BAD)
		return report(p12, "MAC", &inside->mac, P12ALG_BAD);
	p12->mac = inside->mac.kdf == P12ALG_PBKDF2 ? P12_PBMAC1 :
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
		return fail("%s: not a PKCS#12 bundle, or damaged", p12->file);
	if (in.size != 0)
		return fail("%s: bytes after the bundle: %zu", p12->file,
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
		return fail("%s: not a PKCS#12 bundle, or damaged", p12->file);
	return read_mac(p12, outer);
}

struct p12 *
p12_parse(const char *file, struct slice text, unsigned long most_rounds)
{
	struct p12 *p12 = mem_zalloc(1, sizeof *p12);

	p12->file = file;
	p12->inside = mem_zalloc(1, sizeof *p12->inside);
	p12crypt_begin(&p12->inside->crypt, most_rounds);
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
	p12crypt_end(&p12->inside->crypt);
	p12bags_release(&p12->inside->list);
	free(p12->inside);
	free(p12);
}

/* Padding is right by chance once in 256 times: what comes out is what it
 * should be only if it is one whole SEQUENCE. */
static enum p12alg_result
try_decrypt(struct p12 *p12, const struct p12alg *alg, struct slice password,
    struct slice text, struct secret *plain)
{
	enum p12alg_result result = p12crypt_decrypt(&p12->inside->crypt, alg,
	    password, text, plain);
	struct slice in = secret_slice(plain), sequence;

	if (result == P12ALG_OK &&
	    (!ber_take(&in, DER_SEQUENCE, &sequence) || in.size != 0))
		result = P12ALG_WRONG;
	if (result != P12ALG_OK)
		secret_release(plain);
	return result;
}

/*
 * To PBKDF2 a password is UTF-8, but NSS before 3.31 gave it what PKCS#12's own
 * derivation takes, a BMPString and two zeros, and since then reads both.
 */
static enum p12alg_result
decrypt_pbes2(struct p12 *p12, const struct p12alg *alg,
    struct slice password, struct slice text, struct secret *plain)
{
	struct p12_inside *inside = p12->inside;
	struct secret bmp = { 0 };
	enum p12alg_result result = P12ALG_WRONG;

	if (!inside->is_guessing)
		p12crypt_bmp(&bmp, password);
	for (int i = 0; i < 2 && result == P12ALG_WRONG; i++) {
		bool try_bmp = inside->bmp != (i == 1);

		if (try_bmp && bmp.size == 0)
			continue;
		result = try_decrypt(p12, alg, try_bmp ? secret_slice(&bmp) :
		    password, text, plain);
		if (result == P12ALG_OK)
			inside->bmp = try_bmp;
	}
	secret_release(&bmp);
	return result;
}

/* To PKCS#12's own derivation, an empty password and none are different, and
 * programs do not agree which of them an empty one is. */
static enum p12alg_result
decrypt(struct p12 *p12, const struct p12alg *alg, struct slice password,
    struct slice text, struct secret *plain)
{
	static const struct slice none = { 0 }, empty = { "", 0 };
	enum p12alg_result result;

	if (alg->kdf != P12ALG_PKCS12)
		return decrypt_pbes2(p12, alg, password, text, plain);
	if (password.size != 0)
		return try_decrypt(p12, alg, password, text, plain);
	result = try_decrypt(p12, alg, empty, text, plain);
	return result == P12ALG_WRONG ?
	    try_decrypt(p12, alg, none, text, plain) : result;
}

/* EncryptedPrivateKeyInfo */
static enum p12alg_result
decrypt_key(struct p12 *p12, const struct p12_bag *bag, struct slice password,
    struct p12alg *alg, struct secret *plain)
{
	struct slice value = bag->value, inner, text;
	enum p12alg_result result = P12ALG_BAD;
	struct secret room = { 0 };

	if (ber_take(&value, DER_SEQUENCE, &inner))
		result = p12alg_take(alg, &inner);
	if (result == P12ALG_OK &&
	    (!ber_take_octets(&inner, DER_OCTET_STRING, &room, &text) ||
		inner.size != 0))
		result = P12ALG_BAD;
	if (result == P12ALG_OK)
		result = decrypt(p12, alg, password, text, plain);
	secret_release(&room);
	return result;
}

int
p12_key(struct p12 *p12, const struct p12_bag *bag, struct slice password,
    struct secret *pkcs8)
{
	struct p12alg alg = { 0 };
	enum p12alg_result result;
	char *what;

	if (bag->kind == P12_KEY) {
		secret_set(pkcs8, bag->value);
		return 0;
	}
	result = decrypt_key(p12, bag, password, &alg, pkcs8);
	if (result == P12ALG_OK)
		return 0;
	what = mem_printf("key '%s'",
	    bag->friendly_name != NULL ? bag->friendly_name : "");
	report(p12, what, &alg, result);
	free(what);
	return -1;
}

/* EncryptedData (RFC 5652, 8): its algorithm, and its text in room. */
static enum p12alg_result
take_encrypted(struct slice in, struct p12alg *alg, struct secret *room,
    struct slice *text)
{
	struct slice data, info, type;
	unsigned long version;
	enum p12alg_result result;

	/* Version 0 is no count. */
	if (!ber_take(&in, DER_SEQUENCE, &data) || in.size != 0 ||
	    (!ber_take_count(&data, &version) &&
		!ber_take(&data, DER_INTEGER, &type)) ||
	    !ber_take(&data, DER_SEQUENCE, &info) ||
	    !ber_take(&info, DER_OID, &type))
		return P12ALG_BAD;
	result = p12alg_take(alg, &info);
	if (result == P12ALG_OK &&
	    (!ber_take_octets(&info, DER_CONTEXT_0, room, text) ||
		info.size != 0))
		result = P12ALG_BAD;
	return result;
}

/* The SafeContents of an encrypted safe. */
static enum p12alg_result
decrypt_safe(struct p12 *p12, struct slice content, struct slice password,
    struct p12alg *alg, struct slice *contents)
{
	struct secret room = { 0 }, *plain;
	struct slice text;
	enum p12alg_result result = take_encrypted(content, alg, &room, &text);

	if (result == P12ALG_OK) {
		plain = p12bags_room(&p12->inside->list);
		result = decrypt(p12, alg, password, text, plain);
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
	struct p12alg alg = { .name = "public-key encryption" };
	enum p12alg_result result = P12ALG_UNKNOWN;
	struct slice contents;
	char what[32];

	snprintf(what, sizeof what, "safe %zu", number + 1);
	if (type_is(type, pkcs7_data)) {
		result = ber_take_octets(&content, DER_OCTET_STRING,
		    p12bags_room(&p12->inside->list), &contents) &&
			content.size == 0 ? P12ALG_OK : P12ALG_BAD;
	} else if (type_is(type, pkcs7_encrypted)) {
		result = decrypt_safe(p12, content, password, &alg, &contents);
		safe.scheme = alg.name;
		safe.rounds = alg.rounds;
	}
	if (result != P12ALG_OK)
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
probe_result(struct probe *probe, enum p12alg_result result)
{
	if (result == P12ALG_OK)
		probe->opened = true;
	if (result == P12ALG_OK || result == P12ALG_WRONG)
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
	struct p12alg alg;

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
	enum p12alg_result result = inside->mac_read;

	if (p12->mac == P12_NO_MAC)
		return fail("%s: no MAC: nothing shows that it is whole",
		    p12->file);
	if (result == P12ALG_OK)
		result = p12crypt_verify(&inside->crypt, &inside->mac,
		    password.size != 0 ? password : empty, inside->mac_value,
		    inside->safes);
	if (result == P12ALG_WRONG && password.size == 0 &&
	    inside->mac.kdf == P12ALG_PKCS12)
		result = p12crypt_verify(&inside->crypt, &inside->mac, none,
		    inside->mac_value, inside->safes);
	inside->mac_fits = result == P12ALG_OK;
	if (result == P12ALG_WRONG)
		return explain_mac(p12, password);
	return report(p12, "MAC", &inside->mac, result);
}
