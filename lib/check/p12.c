/* SPDX-License-Identifier: MIT */
#include "check/p12.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "check/keyfile.h"
#include "pki/keyid.h"
#include "util/hashmap.h"
#include "util/mem.h"
#include "util/password.h"
#include "util/path.h"
#include "util/slurp.h"
#include "util/utf8.h"
#include "x509/cert.h"

/* Shorter salts are weak: RFC 8018, 4.1. */
#define BUNDLE_LEAST_SALT ((size_t)8)

/* A PKCS#12 file whose keys were tried on its certificates. */
struct bundle_cert {
	const struct p12_bag *bag;
	struct cert cert;   /* if readable */
	bool readable;
	const char *name;   /* the nickname, or else the subject; borrowed */
	size_t first;	    /* certificate of this nickname; itself, if none */
	size_t twin;	    /* the same certificate, earlier; or itself */
	const struct p12_bag *key; /* by localKeyID; NULL: none */
	bool fits;	    /* that key is its key */
	bool has_stray_key; /* key is NULL, and yet its key is there */
};

struct bundle_key {
	const struct p12_bag *bag;
	bool has_cert; /* of its localKeyID */
	bool strays;   /* no, but it is some certificate's key */
};

struct bundle {
	const struct p12 *p12;
	struct bundle_cert *cert; /* in the file's order */
	size_t certs;
	struct bundle_key *key;
	size_t keys;
};

/*
 * Is all in a bundle that a clone needs, as it needs it?  Nicknames and key
 * IDs are CS.cfg's, and findings about them are at its lines.
 */
struct bundle_clone {
	const struct cfg *cfg;	 /* NULL: every key's certificate is needed, */
	const struct tags *tags; /* and nothing else is known of it */
	int64_t now, soon;	 /* soon: what has expired by then expires */
	const char *export;	 /* commands: to make the bundle anew; */
	const char *rekey;	 /* to put key IDs into CS.cfg; */
	const char *alias;	 /* and the database's directory in others */
};

/* Of PBMAC1, from 3.4 on. */
#define OPENSSL_MOST_KEY 64

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

		if (!p12_is_key(&p12->bag[i]))
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

static void
bundle_release(struct bundle *b)
{
	for (size_t i = 0; i < b->certs; i++)
		if (b->cert[i].readable)
			cert_release(&b->cert[i].cert);
	free(b->cert);
	free(b->key);
	*b = (struct bundle){ 0 };
}

static int
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

/* The issuer of a certificate in the bundle; NULL: not there.  It is the
 * certificate itself where that is self-signed. */
static const struct bundle_cert *
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

/* The first certificate of a nickname, or NULL. */
static const struct bundle_cert *
bundle_find(const struct bundle *b, const char *nickname)
{
	for (size_t i = 0; i < b->certs; i++)
		if (b->cert[i].bag->friendly_name != NULL &&
		    strcmp(b->cert[i].bag->friendly_name, nickname) == 0)
			return &b->cert[i];
	return NULL;
}

struct bundle_check {
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
check_mac_digest(const struct bundle_check *c)
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
check_mac(const struct bundle_check *c)
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
check_rounds(const struct bundle_check *c)
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
check_salts(const struct bundle_check *c)
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
check_scheme(const struct bundle_check *c, const struct p12_bag *bag)
{
	const char *what = bag->kind == P12_CERT ? "certificates" : "keys";

	if (bag->strength == PBE_STRONG)
		return;
	if (bag->strength == PBE_FOREIGN)
		ADD_EXPORT(c, "foreign-encryption",
		    "its %s are encrypted by %s, and pki takes only AES", what,
		    bag->scheme);
	else if (bag->strength == PBE_OLD && bag->kind == P12_CERT)
		ADD_EXPORT(c, "old-encryption",
		    "its certificates are encrypted by %s, which stops "
		    "pkispawn where OpenSSL is 3", bag->scheme);
	else
		ADD_EXPORT(c, "weak-encryption",
		    "its %s are encrypted by %s, which is weak, and which pki "
		    "11.3 cannot read", what, bag->scheme);
}

/* A finding for each scheme, not for each bag. */
static void
check_schemes(const struct bundle_check *c)
{
	const char *last = NULL;

	for (size_t i = 0; i < c->b->certs; i++) {
		const struct p12_bag *bag = c->b->cert[i].bag;

		if (bag->scheme == NULL ||
		    (last != NULL && strcmp(last, bag->scheme) == 0))
			continue;
		last = bag->scheme;
		check_scheme(c, bag);
	}
	last = NULL;
	for (size_t i = 0; i < c->b->keys; i++) {
		const struct p12_bag *bag = c->b->key[i].bag;

		if (bag->kind != P12_SHROUDED || (last != NULL &&
			strcmp(last, bag->scheme) == 0))
			continue;
		last = bag->scheme;
		check_scheme(c, bag);
	}
}

static void
check_key(const struct bundle_check *c, const struct bundle_key *key)
{
	const char *name = key->bag->friendly_name != NULL ?
	    key->bag->friendly_name : "";

	if (key->bag->kind == P12_KEY)
		ADD_EXPORT(c, "plain-key",
		    "the key '%s' is not encrypted, and pki rejects it",
		    name);
	if (key->bag->local_key_id.at == NULL)
		ADD_EXPORT(c, "no-key-id",
		    "the key '%s' has no localKeyID: pki's importer aborts on "
		    "it", name);
	else if (!key->has_cert && !key->strays)
		ADD_EXPORT(c, "orphan-key",
		    "the key '%s' has no certificate: pk12util rejects the "
		    "file", name);
}

static void
check_cert(const struct bundle_check *c, const struct bundle_cert *cert)
{
	if (!cert->readable)
		ADD_EXPORT(c, "bad-certificate",
		    "'%s' is not a certificate", cert->name);
	else if (cert->key != NULL && !cert->fits)
		ADD_EXPORT(c, "wrong-key",
		    "'%s' names the key of another certificate", cert->name);
	else if (cert->has_stray_key)
		ADD_EXPORT(c, "stray-key",
		    "the localKeyID of '%s' differs from its key's: importers "
		    "lose the key", cert->name);
	else if (cert->bag->local_key_id.at != NULL && cert->key == NULL)
		ADD_EXPORT(c, "dangling-key-id",
		    "'%s' names a key that the file lacks: pki's importer "
		    "aborts on it", cert->name);
}

/* pki keeps what it reads last of a certificate, pk12util and others what is
 * first of a nickname. */
static void
check_double(const struct bundle_check *c, size_t i)
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

static void
check_name(const struct bundle_check *c, const struct bundle_cert *cert)
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
	if (utf8_is_beyond_bmp(slice_of(name)))
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
check_flags(const struct bundle_check *c)
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

static void
check_bundle(const struct bundle *b, const char *export,
    struct findings *found)
{
	const struct bundle_check c = { b, export, found, { b->p12->file, 0 } };

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

struct tags_check {
	const struct bundle_clone *want;
	const struct bundle *bundle;
	struct findings *found;
	struct findings_place place; /* the bundle */
	bool anchor_said, *chained;  /* once for all, once each */
};

#define ADD_AT(c, at, ...) findings_add((c)->found, at, __VA_ARGS__)
#define MEND_EXPORT(c) findings_fix((c)->found, "%s", (c)->want->export)

static struct findings_place
line_of(const struct tags_check *c, const char *key)
{
	const struct cfg *cfg = c->want->cfg;
	const struct cfg_line *line = cfg_find(cfg, slice_of(key));
	struct findings_place place = { cfg->file, 0 };

	if (line != NULL)
		place.line = cfg_number(cfg, line);
	return place;
}

/* Where the nickname of a tag stands, as tags_read() looks for it. */
static struct findings_place
nickname_line(const struct tags_check *c, const char *tag)
{
	const char *subsystem = c->want->tags->subsystem;
	char *key[] = { mem_printf("%s.%s.nickname", subsystem, tag),
		mem_printf("%s.cert.%s.nickname", subsystem, tag),
		mem_printf("cloning.%s.nickname", tag) };
	struct findings_place place = { c->want->cfg->file, 0 };

	for (size_t i = 0; i < sizeof key / sizeof *key; i++) {
		if (place.line == 0 &&
		    cfg_string(c->want->cfg, key[i]).size != 0)
			place = line_of(c, key[i]);
		free(key[i]);
	}
	return place;
}

static void
check_dates(struct tags_check *c, const struct bundle_cert *cert, bool needed)
{
	const struct bundle_clone *want = c->want;
	char time[CERT_TIME_SIZE];

	if (cert->cert.not_before > want->now) {
		cert_time(time, cert->cert.not_before);
		findings_add(c->found, c->place,
		    needed ? "not-yet-valid" : "not-yet-valid-other",
		    "'%s' is valid from %s on", cert->name, time);
		MEND_EXPORT(c);
	}
	cert_time(time, cert->cert.not_after);
	if (cert->cert.not_after < want->now)
		findings_add(c->found, c->place,
		    needed ? "expired" : "expired-other",
		    "'%s' expired %s: renew it, export anew", cert->name,
		    time);
	else if (cert->cert.not_after < want->soon)
		ADD_AT(c, c->place, "expires-soon",
		    "'%s' expires %s: renew it, export anew", cert->name,
		    time);
	else
		return;
	MEND_EXPORT(c);
}

/* Set the flags of a certificate in the database anew, with more options for
 * certutil, and export again.  It runs as the database's owner, since it loads
 * what that user's pkcs11.txt names. */
static void
mend_trust(struct tags_check *c, const char *option, const char *name,
    const char *trust, const char *more)
{
	const char *alias = findings_word(c->found, c->want->alias);

	findings_fix(c->found, "asowner %s certutil %s -d %s -n %s -t %s%s "
	    "-f /dev/stdin <PASSWORD.txt && %s", alias, option, alias,
	    findings_word(c->found, name), trust, more, c->want->export);
}

/* Is it, or one above it, a trusted CA for servers? */
static bool
is_anchor(const struct bundle_cert *cert)
{
	const char *trust = cert->bag->trust;

	return trust != NULL && memchr(trust, 'C', strcspn(trust, ",")) != NULL;
}

static void
say_no_issuer(struct tags_check *c, const struct bundle_cert *cert)
{
	ADD_AT(c, c->place, "no-issuer",
	    "'%s': its issuer is not in the file: '%s'", cert->name,
	    cert->cert.issuer);
	mend_trust(c, "-A", cert->cert.issuer, "CT,C,C", " -a -i ISSUER.pem");
}

static void
say_no_anchor(struct tags_check *c, const struct bundle_cert *root)
{
	if (c->want->cfg == NULL || c->anchor_said)
		return;
	c->anchor_said = true;
	ADD_AT(c, c->place, "no-trusted-root",
	    "the clone would trust none of the CAs above its certificates: "
	    "'%s' has '%s'", root->name,
	    root->bag->trust != NULL ? root->bag->trust : "no flags");
	mend_trust(c, "-M", root->name, "CT,C,C", "");
}

/* What servers and clients make of a signature in a chain. */
static void
check_signature(struct tags_check *c, const struct bundle_cert *above,
    const struct bundle_cert *cert)
{
	char why[SIGALG_WHY];

	switch (cert_signed_how(why, &above->cert, &cert->cert)) {
	case CERT_SIGNED_WELL:
		break;
	case CERT_SIGNED_SHA1:
		ADD_AT(c, c->place, "sha1-signature",
		    "'%s' is signed with SHA-1, which RHEL 9 and later do not "
		    "believe: before the move there, renew it, export anew",
		    cert->name);
		MEND_EXPORT(c);
		break;
	case CERT_FORGEABLE:
		ADD_AT(c, c->place, "weak-signature",
		    "'%s' is %s, which NSS and OpenSSL do not believe: renew "
		    "it, export anew", cert->name, why);
		MEND_EXPORT(c);
		break;
	}
}

/* Up to a self-signed one; no further than where another chain has been. */
static void
check_chain(struct tags_check *c, const struct bundle_cert *cert)
{
	const struct bundle *b = c->bundle;
	bool trusted = is_anchor(cert);

	while (!c->chained[cert - b->cert]) {
		const struct bundle_cert *above = bundle_issuer(b, cert);

		c->chained[cert - b->cert] = true;
		if (above == NULL) {
			say_no_issuer(c, cert);
			return;
		}
		if (above == cert) {
			if (!trusted)
				say_no_anchor(c, cert);
			return;
		}
		check_signature(c, above, cert);
		trusted = trusted || is_anchor(above);
		cert = above;
	}
}

static void
check_key_id(struct tags_check *c, const struct tag *tag,
    const struct bundle_cert *cert)
{
	char *line, *in_file, in_cert[2 * CERT_ID_SIZE + 1];

	if (tag->key_id.at == NULL || !cert->cert.has_key_id)
		return;
	line = mem_printf("cloning.%s.privkey.id", tag->name);
	in_file = keyid_octets(tag->key_id);
	certrow_hex(in_cert, cert->cert.key_id, sizeof cert->cert.key_id);
	if (in_file == NULL)
		ADD_AT(c, line_of(c, line), "bad-key-id",
		    "'%s' is not the ID of a key", line);
	else if (strcmp(in_file, in_cert) != 0)
		ADD_AT(c, line_of(c, line), "key-id",
		    "'%s' is not the key of '%s', whose ID is %s", line,
		    cert->name, in_cert);
	if (in_file == NULL || strcmp(in_file, in_cert) != 0)
		findings_fix(c->found, "%s", c->want->rekey);
	free(in_file);
	free(line);
}

/* Of trust, in the number-th field: is a letter there?  What has a key has u,
 * and c and p follow from others. */
static bool
has_flag(const char *trust, size_t number, char flag)
{
	for (; number > 0; number--) {
		trust += strcspn(trust, ",");
		trust += *trust == ',';
	}
	return memchr(trust, flag, strcspn(trust, ",")) != NULL;
}

static void
compare_flags(const char *is, const char *wants, bool *lacks, bool *exceeds)
{
	*lacks = *exceeds = false;
	for (size_t i = 0; i < 3; i++)
		for (const char *flag = "CTP"; *flag != '\0'; flag++) {
			bool here = has_flag(is, i, *flag);
			bool wanted = has_flag(wants, i, *flag);

			*lacks = *lacks || (wanted && !here);
			*exceeds = *exceeds || (here && !wanted);
		}
}

static void
check_trust(struct tags_check *c, const struct tag *tag,
    const struct bundle_cert *cert)
{
	const char *is = cert->bag->trust;
	char settable[16];
	bool lacks, exceeds;
	size_t used = 0;

	compare_flags(is != NULL ? is : "", tag->trust, &lacks, &exceeds);
	if (!lacks && !exceeds)
		return;
	findings_add(c->found, c->place,
	    lacks ? "trust" : "trust-exceeds",
	    "'%s' has %s%s%s, and as %s certificate should have '%s'",
	    cert->name, is != NULL ? "the trust flags '" : "no trust flags",
	    is != NULL ? is : "", is != NULL ? "'" : "", tag->name,
	    tag->trust);
	/* certutil -M takes all but u. */
	for (const char *t = tag->trust; *t != '\0' &&
	    used < sizeof settable - 1; t++)
		if (*t != 'u')
			settable[used++] = *t;
	settable[used] = '\0';
	mend_trust(c, "-M", cert->name, settable, "");
}

static void
check_tag(struct tags_check *c, const struct tag *tag)
{
	struct findings_place line = nickname_line(c, tag->name);
	const struct bundle_cert *cert;

	if (tag->nickname == NULL) {
		if (!tag->optional)
			ADD_AT(c, line, "nickname-missing",
			    "no nickname of the %s certificate", tag->name);
		return;
	}
	if (tag->token != NULL) {
		ADD_AT(c, line, "on-token",
		    "'%s' (%s) is on the token '%s', not in a PKCS#12 file: "
		    "give the clone that token", tag->nickname, tag->name,
		    tag->token);
		return;
	}
	cert = bundle_find(c->bundle, tag->nickname);
	if (cert == NULL) {
		ADD_AT(c, line, "missing",
		    "'%s' (%s) is not in %s", tag->nickname, tag->name,
		    c->place.file);
		MEND_EXPORT(c);
		return;
	}
	if (!cert->readable)
		return;
	if (cert->key == NULL && !cert->has_stray_key) {
		ADD_AT(c, line, "no-key",
		    "'%s' (%s) is in %s without its key", tag->nickname,
		    tag->name, c->place.file);
		MEND_EXPORT(c);
	}
	check_key_id(c, tag, cert);
	check_trust(c, tag, cert);
	check_chain(c, cert);
}

static bool
is_needed(const struct bundle_clone *want, const struct bundle_cert *cert)
{
	const char *name = cert->bag->friendly_name;

	for (size_t i = 0; want->cfg != NULL && i < want->tags->count; i++) {
		const struct tag *tag = &want->tags->tag[i];

		if (tag->nickname != NULL && tag->token == NULL &&
		    name != NULL && strcmp(name, tag->nickname) == 0)
			return true;
	}
	return want->cfg == NULL && cert->key != NULL;
}

/* Is it the one that importers take of its nickname? */
static bool
is_taken(const struct bundle *b, size_t i)
{
	return b->cert[i].first == i && b->cert[i].twin == i;
}

/* The name of the server's own certificate; at NULL: not known. */
static struct slice
sslserver(const struct bundle_clone *want)
{
	char *key = mem_printf("%s.sslserver.nickname",
	    want->tags->subsystem);
	struct slice name = cfg_string(want->cfg, key);

	free(key);
	if (name.size == 0) {
		key = mem_printf("%s.cert.sslserver.nickname",
		    want->tags->subsystem);
		name = cfg_string(want->cfg, key);
		free(key);
	}
	return name.size != 0 ? name : (struct slice){ 0 };
}

static void
check_others(struct tags_check *c, struct slice server)
{
	const struct bundle *b = c->bundle;

	for (size_t i = 0; i < b->certs; i++) {
		const struct bundle_cert *cert = &b->cert[i];

		if (cert->key == NULL || !is_taken(b, i) ||
		    is_needed(c->want, cert))
			continue;
		if (server.at != NULL &&
		    slice_equal(slice_of(cert->name), server)) {
			ADD_AT(c, nickname_line(c, "sslserver"),
			    "sslserver", "'%s' and its key are in %s: the "
			    "clone gets the master's own TLS key", cert->name,
			    c->place.file);
			MEND_EXPORT(c);
		} else {
			ADD_AT(c, c->place, "not-needed",
			    "'%s' and its key: no clone of this %s needs "
			    "them", cert->name, c->want->tags->subsystem);
		}
	}
}

static void
check_for_clone(const struct bundle_clone *want, const struct bundle *b,
    struct findings *found)
{
	struct tags_check c = { want, b, found, { b->p12->file, 0 }, false,
		mem_zalloc(b->certs + 1, sizeof *c.chained) };

	for (size_t i = 0; want->cfg != NULL && i < want->tags->count; i++)
		check_tag(&c, &want->tags->tag[i]);
	for (size_t i = 0; i < b->certs; i++) {
		const struct bundle_cert *cert = &b->cert[i];

		if (!cert->readable || !is_taken(b, i))
			continue;
		check_dates(&c, cert, is_needed(want, cert));
		if (want->cfg == NULL && cert->key != NULL)
			check_chain(&c, cert);
	}
	if (want->cfg != NULL)
		check_others(&c, sslserver(want));
	free(c.chained);
}

int
bundle_check(struct p12 *p12, struct slice password, const char *export,
    const struct bundle_clone *clone, struct findings *found)
{
	struct bundle bundle;

	if (bundle_load(&bundle, p12, password) < 0)
		return -1;
	if (clone != NULL)
		check_for_clone(clone, &bundle, found);
	check_bundle(&bundle, export, found);
	bundle_release(&bundle);
	return 0;
}

struct commands {
	char *export, *rekey, *alias; /* parts of commands that mend */
};

/* How the bundle was, or should have been, made: of an instance, when one is
 * given, or of a database that the reader knows. */
static void
find_commands(
    struct commands *c, const struct bundlefile *p, struct findings *f)
{
	const char *file = findings_word(f, p->file);
	const char *from =
	    p->operand != NULL ? findings_word(f, p->operand) : NULL;
	char *password =
	    p->password_file != NULL
		? mem_printf("-w %s ", findings_word(f, p->password_file))
		: mem_dup("", 0);

	if (from != NULL && p->tags != NULL && path_is_directory(p->operand)) {
		c->alias = mem_printf("%s/alias", p->operand);
		c->export = mem_printf("p12export --force %s-o %s %s %s",
		    password, file, from, p->tags->subsystem);
		c->rekey = mem_printf("nssls --keys %s | cfgrekey "
				      "--subsystem=%s -i %s",
		    from, p->tags->subsystem, from);
	} else {
		c->alias = mem_dup("alias", strlen("alias"));
		c->export = mem_printf("p12export --force %s-o %s %s%s%s"
				       "-d alias",
		    password, file, from != NULL ? "--clone-of " : "",
		    from != NULL ? from : "", from != NULL ? " " : "");
		c->rekey = mem_printf("nssls --keys alias | cfgrekey -i %s",
		    from != NULL ? from : "CS.cfg");
	}
	free(password);
}

static int
check_contents(const struct bundlefile *p, struct p12 *p12,
    struct slice password, struct findings *found)
{
	static const struct tags none;
	struct commands c;
	struct bundle_clone want = { .cfg = p->cfg,
		.tags = p->tags != NULL ? p->tags : &none,
		.now = time(NULL) };
	int status;

	find_commands(&c, p, found);
	want.export = c.export;
	want.rekey = c.rekey;
	want.alias = c.alias;
	if (p->expires_within >= 0)
		want.soon = want.now + 86400 * (int64_t)p->expires_within;
	status = bundle_check(p12, password, c.export, &want, found);
	free(c.export);
	free(c.rekey);
	free(c.alias);
	return status;
}

static int
check_file(const struct bundlefile *p, struct findings *found)
{
	struct keyfile_user user;
	int status;

	if (strcmp(p->file, "-") == 0)
		return 0;
	if (keyfile_user_find(&user, p->user) < 0)
		return -1;
	status = keyfile_check(p->file, &user, found);
	keyfile_user_release(&user);
	return status;
}

/* Without a MAC, that a key opens shows that the password is right. */
static int
open_and_check(const struct bundlefile *p, struct p12 *p12,
    struct findings *found)
{
	struct secret password = { 0 };
	int status = -1;

	if (password_of_bundle(&password, p->password_file, p12->file) == 0 &&
	    (p12->mac == P12_NO_MAC ||
		p12_check_mac(p12, secret_slice(&password)) == 0) &&
	    p12_open(p12, secret_slice(&password)) == 0)
		status = check_contents(p, p12, secret_slice(&password),
		    found);
	secret_release(&password);
	return status;
}

int
bundlefile_check(const struct bundlefile *b, struct findings *found)
{
	struct slice text;
	struct p12 *p12;
	int status = -1;
	char *bytes;

	if (slurp(b->file, P12_LIMIT, &bytes, &text.size) < 0)
		return -1;
	text.at = bytes;
	p12 = p12_parse(slurp_name(b->file), text, b->most_rounds);
	if (p12 != NULL && open_and_check(b, p12, found) == 0)
		status = check_file(b, found);
	p12_free(p12);
	secret_free(bytes, text.size);
	return status;
}
