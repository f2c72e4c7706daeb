/* SPDX-License-Identifier: MIT */
#include "key/p12.h"

#include <stdio.h>
#include <stdlib.h>

#include "key/ber.h"
#include "key/crypto.h"
#include "key/p12crypt.h"
#include "util/arena.h"
#include "util/diag.h"
#include "util/mem.h"

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

/* -- messages -------------------------------------------------------------- */

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

/* -- the outermost --------------------------------------------------------- */

/* Take off a ContentInfo: its type, and what [0] holds. */
static bool
take_content(struct slice *in, struct slice *type, struct slice *content)
{
	struct slice info;

	return ber_take(in, BER_SEQUENCE, &info) &&
	    ber_take(&info, BER_OID, type) &&
	    ber_take(&info, BER_EXPLICIT_0, content) && info.size == 0;
}

static bool
type_is(struct slice type, const char *oid)
{
	return slice_is(type, slice_of(oid));
}

static int
read_mac(struct p12 *p12, struct slice in)
{
	struct p12_inside *inside = p12->inside;
	struct slice mac;

	if (in.size == 0)
		return 0;
	if (!ber_take(&in, BER_SEQUENCE, &mac) || in.size != 0)
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
	if (!ber_take(&in, BER_SEQUENCE, &outer) ||
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
	if (!ber_take_octets(&content, BER_OCTETS, room,
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

/* -- decrypting ------------------------------------------------------------ */

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
	    (!ber_take(&in, BER_SEQUENCE, &sequence) || in.size != 0))
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

	if (ber_take(&value, BER_SEQUENCE, &inner))
		result = p12alg_take(alg, &inner);
	if (result == P12ALG_OK &&
	    (!ber_take_octets(&inner, BER_OCTETS, &room, &text) ||
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

/* -- safes ----------------------------------------------------------------- */

/* EncryptedData (RFC 5652, 8): its algorithm, and its text in room. */
static enum p12alg_result
take_encrypted(struct slice in, struct p12alg *alg, struct secret *room,
    struct slice *text)
{
	struct slice data, info, type;
	unsigned long version;
	enum p12alg_result result;

	/* Version 0 is no count. */
	if (!ber_take(&in, BER_SEQUENCE, &data) || in.size != 0 ||
	    (!ber_take_count(&data, &version) &&
		!ber_take(&data, BER_INTEGER, &type)) ||
	    !ber_take(&data, BER_SEQUENCE, &info) ||
	    !ber_take(&info, BER_OID, &type))
		return P12ALG_BAD;
	result = p12alg_take(alg, &info);
	if (result == P12ALG_OK &&
	    (!ber_take_octets(&info, BER_CONTEXT_0, room, text) ||
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
		result = ber_take_octets(&content, BER_OCTETS,
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
	if (!ber_take(&in, BER_SEQUENCE, &safes) || in.size != 0)
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
		    slice_is(p12->bag[i].local_key_id, cert->local_key_id))
			return &p12->bag[i];
	return NULL;
}

/* -- the MAC --------------------------------------------------------------- */

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

	if (!ber_take(&in, BER_SEQUENCE, &safes))
		return;
	while (!is_done(probe) && take_content(&safes, &type, &content)) {
		if (type_is(type, pkcs7_encrypted))
			probe_result(probe, decrypt_safe(p12, content,
						password, &alg, &contents));
		else if (type_is(type, pkcs7_data) &&
		    ber_take_octets(&content, BER_OCTETS,
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
