/* SPDX-License-Identifier: MIT */
#include "check/bundle.h"

#include <stdlib.h>

#include "util/hashmap.h"
#include "util/mem.h"
#include "util/utf8.h"

/* Of PBMAC1, from 3.4 on. */
#define OPENSSL_MOST_KEY 64

static bool
is_key(const struct p12_bag *bag)
{
	return bag->kind == P12_KEY || bag->kind == P12_SHROUDED;
}

static void
load_certs(struct bundle *b)
{
	for (size_t i = 0; i < b->p12->bags; i++) {
		const struct p12_bag *bag = &b->p12->bag[i];
		struct bundle_cert *cert = &b->cert[b->certs];

		if (bag->kind != P12_CERT)
			continue;
		cert->bag = bag;
		cert->readable = cert_parse(&cert->cert, bag->value) == 0;
		cert->name = bag->friendly_name != NULL ? bag->friendly_name :
		    cert->readable ? cert->cert.subject : "";
		cert->key = p12_key_of(b->p12, bag);
		b->certs++;
	}
}

static struct slice
name_of(const void *arg, uint32_t i)
{
	const struct bundle *b = arg;

	return slice_of(b->cert[i].name);
}

static struct slice
value_of(const void *arg, uint32_t i)
{
	const struct bundle *b = arg;

	return b->cert[i].bag->value;
}

static void
find_doubles(struct bundle *b)
{
	struct hashmap names, values;

	hashmap_init(&names, b->certs, name_of, b);
	hashmap_init(&values, b->certs, value_of, b);
	for (uint32_t i = 0; i < b->certs; i++) {
		uint32_t twin = hashmap_put(&values, value_of(b, i), i);
		uint32_t other = HASHMAP_NONE;

		if (b->cert[i].bag->friendly_name != NULL)
			other = hashmap_put(&names, name_of(b, i), i);
		b->cert[i].first = other != HASHMAP_NONE ?
		    b->cert[other].first : i;
		b->cert[i].twin = twin != HASHMAP_NONE ? b->cert[twin].twin :
							 i;
	}
	hashmap_release(&names);
	hashmap_release(&values);
}

/* The certificates that name this key, or else any that it fits: of these, so
 * many in all that nobody can make us try for hours. */
static void
try_key(struct bundle *b, struct bundle_key *key, struct slice pkcs8,
    size_t *tries)
{
	for (size_t i = 0; i < b->certs; i++)
		if (b->cert[i].key == key->bag) {
			key->has_cert = true;
			b->cert[i].fits = b->cert[i].readable &&
			    cert_fits_key(&b->cert[i].cert, pkcs8);
		}
	for (size_t i = 0; !key->has_cert && i < b->certs && *tries != 0; i++)
		if (b->cert[i].key == NULL && b->cert[i].readable) {
			(*tries)--;
			if (cert_fits_key(&b->cert[i].cert, pkcs8))
				b->cert[i].has_stray_key = key->strays = true;
		}
}

static int
load_keys(struct bundle *b, struct p12 *p12, struct slice password)
{
	struct secret pkcs8 = { 0 };
	size_t tries = 10000;

	for (size_t i = 0; i < p12->bags; i++) {
		struct bundle_key *key = &b->key[b->keys];

		if (!is_key(&p12->bag[i]))
			continue;
		key->bag = &p12->bag[i];
		b->keys++;
		if (p12_key(p12, key->bag, password, &pkcs8) < 0)
			return -1;
		try_key(b, key, secret_slice(&pkcs8), &tries);
		secret_release(&pkcs8);
	}
	return 0;
}

int
bundle_load(struct bundle *b, struct p12 *p12, struct slice password)
{
	*b = (struct bundle){ .p12 = p12 };
	b->cert = mem_zalloc(p12->bags + 1, sizeof *b->cert);
	b->key = mem_zalloc(p12->bags + 1, sizeof *b->key);
	load_certs(b);
	find_doubles(b);
	if (load_keys(b, p12, password) == 0)
		return 0;
	bundle_release(b);
	return -1;
}

const struct bundle_cert *
bundle_issuer(const struct bundle *b, const struct bundle_cert *cert)
{
	if (cert_issued(&cert->cert, &cert->cert))
		return cert;
	for (size_t i = 0; i < b->certs; i++)
		if (b->cert[i].readable &&
		    cert_issued(&b->cert[i].cert, &cert->cert))
			return &b->cert[i];
	return NULL;
}

const struct bundle_cert *
bundle_find(const struct bundle *b, const char *nickname)
{
	for (size_t i = 0; i < b->certs; i++)
		if (b->cert[i].bag->friendly_name != NULL &&
		    strcmp(b->cert[i].bag->friendly_name, nickname) == 0)
			return &b->cert[i];
	return NULL;
}

void
bundle_release(struct bundle *b)
{
	for (size_t i = 0; i < b->certs; i++)
		if (b->cert[i].readable)
			cert_release(&b->cert[i].cert);
	free(b->cert);
	free(b->key);
	*b = (struct bundle){ 0 };
}

struct check {
	const struct bundle *b;
	const char *export;
	struct findings *found;
	struct findings_place place;
};

#define ADD(c, ...) findings_add((c)->found, (c)->place, __VA_ARGS__)
#define ADD_EXPORT(c, ...)                                                     \
	do {                                                                   \
		ADD(c, __VA_ARGS__);                                           \
		findings_fix((c)->found, "%s", (c)->export);                  \
	} while (0)

/* JSS's MacData.computeMAC() knows these, whichever kind of MAC it is. */
static bool
is_digest_of_pki(const char *digest)
{
	return strcmp(digest, "SHA-1") == 0 || strcmp(digest, "SHA-256") == 0 ||
	    strcmp(digest, "SHA-384") == 0 || strcmp(digest, "SHA-512") == 0;
}

static void
check_mac_digest(const struct check *c)
{
	const struct p12 *p12 = c->b->p12;
	const char *digest = is_digest_of_pki(p12->mac_digest) ?
	    p12->mac_prf : p12->mac_digest;

	if (!is_digest_of_pki(digest))
		ADD_EXPORT(c, "foreign-mac",
		    "its MAC is made with %s%s, and pki takes only SHA-1, "
		    "SHA-256, SHA-384 and SHA-512", digest,
		    strcmp(digest, "MD5") == 0 ? ", which is weak" : "");
}

static void
check_mac(const struct check *c)
{
	const struct p12 *p12 = c->b->p12;

	if (p12->mac == P12_NO_MAC)
		ADD_EXPORT(c, "no-mac",
		    "no MAC: pki and pk12util do not take it");
	if (p12->mac == P12_PBMAC1) {
		ADD(c, "pbmac1",
		    "its MAC is PBMAC1, which pki takes from 11.10 on");
		findings_fix(c->found, "%s --for=pki", c->export);
	}
	if (p12->mac == P12_PBMAC1 && p12->mac_key > OPENSSL_MOST_KEY)
		ADD_EXPORT(c, "long-mac-key",
		    "the key of its MAC has %zu bytes, and OpenSSL takes %d at "
		    "most", p12->mac_key, OPENSSL_MOST_KEY);
	if (p12->mac_digest != NULL)
		check_mac_digest(c);
	if (p12->mac != P12_NO_MAC && p12->mac_rounds < BUNDLE_LEAST_ROUNDS)
		ADD_EXPORT(c, "weak-mac",
		    "its MAC has %lu rounds, and a password is guessed as "
		    "quickly (%lu at least)", p12->mac_rounds,
		    BUNDLE_LEAST_ROUNDS);
}

static void
check_rounds(const struct check *c)
{
	unsigned long least = BUNDLE_LEAST_ROUNDS;
	size_t weak = 0;

	for (size_t i = 0; i < c->b->keys; i++) {
		const struct p12_bag *bag = c->b->key[i].bag;

		if (bag->kind != P12_SHROUDED ||
		    bag->rounds >= BUNDLE_LEAST_ROUNDS)
			continue;
		weak++;
		least = bag->rounds < least ? bag->rounds : least;
	}
	if (weak != 0)
		ADD_EXPORT(c, "weak-rounds",
		    "%zu of %zu keys are encrypted with %lu rounds (%lu at "
		    "least)", weak, c->b->keys, least, BUNDLE_LEAST_ROUNDS);
}

/* Of keys and MAC, in one finding: the shortest. */
static void
check_salts(const struct check *c)
{
	const struct p12 *p12 = c->b->p12;
	size_t least = BUNDLE_LEAST_SALT, weak = 0;

	if (p12->mac_digest != NULL && p12->mac_salt < least) {
		least = p12->mac_salt;
		weak++;
	}
	for (size_t i = 0; i < c->b->keys; i++) {
		const struct p12_bag *bag = c->b->key[i].bag;

		if (bag->kind != P12_SHROUDED ||
		    bag->salt >= BUNDLE_LEAST_SALT)
			continue;
		weak++;
		least = bag->salt < least ? bag->salt : least;
	}
	if (weak != 0)
		ADD_EXPORT(c, "short-salt",
		    "%zu salts of keys and MAC have %zu bytes (%zu at least), "
		    "and guesses made for another file serve for this one",
		    weak, least, BUNDLE_LEAST_SALT);
}

/* "PBE-...": that of RFC 7292's appendix C.  OpenSSL 3 has only 3DES of these
 * at hand, and pkispawn reads the certificates by it. */
static void
check_scheme(const struct check *c, const char *scheme, bool certs)
{
	const char *what = certs ? "certificates" : "keys";

	if (scheme == NULL || starts_with(scheme, "PBES2 AES-"))
		return;
	if (starts_with(scheme, "PBES2"))
		ADD_EXPORT(c, "foreign-encryption",
		    "its %s are encrypted by %s, and pki takes only AES", what,
		    scheme);
	else if (certs && strstr(scheme, "DES") == NULL)
		ADD_EXPORT(c, "old-encryption",
		    "its certificates are encrypted by %s, which stops "
		    "pkispawn where OpenSSL is 3", scheme);
	else
		ADD_EXPORT(c, "weak-encryption",
		    "its %s are encrypted by %s, which is weak, and which pki "
		    "11.3 cannot read", what, scheme);
}

/* A finding for each scheme, not for each bag. */
static void
check_schemes(const struct check *c)
{
	const char *last = NULL;

	for (size_t i = 0; i < c->b->certs; i++) {
		const char *scheme = c->b->cert[i].bag->scheme;

		if (scheme == NULL || (last != NULL &&
			strcmp(last, scheme) == 0))
			continue;
		check_scheme(c, last = scheme, true);
	}
	last = NULL;
	for (size_t i = 0; i < c->b->keys; i++) {
		const struct p12_bag *bag = c->b->key[i].bag;

		if (bag->kind != P12_SHROUDED || (last != NULL &&
			strcmp(last, bag->scheme) == 0))
			continue;
		check_scheme(c, last = bag->scheme, false);
	}
}

static void
check_key(const struct check *c, const struct bundle_key *key)
{
	const char *name = key->bag->friendly_name != NULL ?
	    key->bag->friendly_name : "";

	if (key->bag->kind == P12_KEY)
		ADD_EXPORT(c, "plain-key",
		    "the key '%s' is not encrypted, and pki does not take it",
		    name);
	if (key->bag->local_key_id.at == NULL)
		ADD_EXPORT(c, "no-key-id",
		    "the key '%s' has no localKeyID: pki's importer dies of "
		    "it", name);
	else if (!key->has_cert && !key->strays)
		ADD_EXPORT(c, "orphan-key",
		    "the key '%s' has no certificate: pk12util does not take "
		    "the bundle", name);
}

static void
check_cert(const struct check *c, const struct bundle_cert *cert)
{
	if (!cert->readable)
		ADD_EXPORT(c, "bad-certificate",
		    "'%s' is not a certificate", cert->name);
	else if (cert->key != NULL && !cert->fits)
		ADD_EXPORT(c, "wrong-key",
		    "the key that '%s' names is another one's", cert->name);
	else if (cert->has_stray_key)
		ADD_EXPORT(c, "stray-key",
		    "'%s' and its key have not the same localKeyID: importers "
		    "lose the key", cert->name);
	else if (cert->bag->local_key_id.at != NULL && cert->key == NULL)
		ADD_EXPORT(c, "dangling-key-id",
		    "'%s' names a key that is not there: pki's importer dies "
		    "of it", cert->name);
}

/* pki keeps what it reads last of a certificate, pk12util and others what is
 * first of a nickname. */
static void
check_double(const struct check *c, size_t i)
{
	const struct bundle_cert *cert = &c->b->cert[i];
	const struct bundle_cert *first = &c->b->cert[cert->first];
	const struct bundle_cert *twin = &c->b->cert[cert->twin];

	if (cert != twin) {
		if (twin->bag->local_key_id.at != NULL &&
		    cert->bag->local_key_id.at == NULL)
			ADD_EXPORT(c, "key-lost",
			    "'%s' comes again without its localKeyID: pki "
			    "loses its key", cert->name);
		else
			ADD(c, "twice", "'%s' is there twice",
			    cert->name);
	} else if (cert != first && cert->readable && first->readable) {
		if (first->cert.not_before < cert->cert.not_before)
			ADD_EXPORT(c, "old-first",
			    "'%s' is there twice, the older one (serial %s) "
			    "first: pki takes that", cert->name,
			    first->cert.serial);
		else
			ADD(c, "superseded",
			    "'%s' is there twice: importers leave out that "
			    "with the serial %s", cert->name,
			    cert->cert.serial);
	}
}

static bool
is_beyond_bmp(const char *name)
{
	struct slice rest = slice_of(name);

	while (rest.size != 0) {
		uint32_t character = utf8_next(&rest);

		if (character > 0xffff && character != UTF8_BAD)
			return true;
	}
	return false;
}

static void
check_name(const struct check *c, const struct bundle_cert *cert)
{
	const char *name = cert->bag->friendly_name;

	if (name == NULL && cert->key != NULL)
		ADD_EXPORT(c, "no-nickname",
		    "'%s' has a key and no nickname: importers make one up",
		    cert->name);
	if (name == NULL)
		return;
	if (strchr(name, ':') != NULL)
		ADD(c, "colon",
		    "'%s': pki takes what is before the colon for a token",
		    name);
	if (is_beyond_bmp(name))
		ADD(c, "beyond-bmp",
		    "'%s' has a character beyond U+FFFF: pki leaves out the "
		    "certificate and its key", name);
}

/* Three fields of the letters that JSS's decodeTrustFlags() knows: it writes
 * I and G, but does not read them. */
static bool
are_flags(const char *trust)
{
	size_t commas = 0;

	for (; *trust != '\0'; trust++)
		if (*trust == ',')
			commas++;
		else if (strchr("pPcCTuwig", *trust) == NULL)
			return false;
	return commas == 2;
}

static void
check_flags(const struct check *c)
{
	const struct bundle_cert *without = NULL;
	size_t count = 0;

	for (size_t i = 0; i < c->b->certs; i++) {
		const struct bundle_cert *cert = &c->b->cert[i];
		const char *trust = cert->bag->trust;

		if (trust == NULL && cert->key == NULL) {
			without = without != NULL ? without : cert;
			count++;
		} else if (trust != NULL && !are_flags(trust)) {
			ADD_EXPORT(c, "bad-trust",
			    "'%s' has trust flags that pki does not take: "
			    "'%s'", cert->name, trust);
		}
	}
	if (without != NULL)
		ADD_EXPORT(c, "no-trust",
		    "%zu certificates without key have no trust flags ('%s'): "
		    "pki 10.3 to 11.8 trusts them as CAs", count,
		    without->name);
}

void
bundle_check(const struct bundle *b, const char *export,
    struct findings *found)
{
	const struct check c = { b, export, found, { b->p12->file, 0 } };

	if (b->certs == 0)
		ADD_EXPORT(&c, "empty",
		    "no certificates: pk12util does not take it");
	check_mac(&c);
	check_rounds(&c);
	check_salts(&c);
	check_schemes(&c);
	for (size_t i = 0; i < b->keys; i++)
		check_key(&c, &b->key[i]);
	for (size_t i = 0; i < b->certs; i++) {
		check_cert(&c, &b->cert[i]);
		check_double(&c, i);
		check_name(&c, &b->cert[i]);
	}
	check_flags(&c);
}
