/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include "dir/dn.h"
#include "pki/keyid.h"
#include "pki/tags.h"
#include "util/base64.h"
#include "util/mem.h"
#include "x509/cert.h"
#include "x509/certkey.h"
#include "x509/serial.h"

static struct slice
without_zeros(struct slice s)
{
	while (s.size != 0 && *s.at == '0') {
		s.at++;
		s.size--;
	}
	return s;
}

static bool
is_case_equal(struct slice a, struct slice b)
{
	return a.size == b.size && strncasecmp(a.at, b.at, a.size) == 0;
}

/* The digits of minus the number whose bytes these are, in its own size: what
 * BigInteger makes of bytes with the top bit set.  hex has room. */
static void
negative_hex(char *hex, struct slice value)
{
	char *bytes = mem_dup(value.at, value.size);
	size_t i = value.size;
	unsigned carry = 1;

	while (i-- > 0) {
		carry += (unsigned char)~(unsigned char)bytes[i];
		bytes[i] = (char)(carry & 0xff);
		carry >>= 8;
	}
	certrow_hex(hex, bytes, value.size);
	free(bytes);
}

/* Is text the number, in hexadecimal as byte2string() writes it? */
static bool
is_number(struct slice text, struct slice value)
{
	char *hex = mem_alloc(2 * value.size + 1);
	bool minus = text.size != 0 && *text.at == '-', same;

	if (minus) {
		text.at++;
		text.size--;
		negative_hex(hex, value);
	} else {
		certrow_hex(hex, value.at, value.size);
	}
	same = is_case_equal(without_zeros(text), without_zeros(slice_of(hex)));
	free(hex);
	return same;
}

/* Or in decimal, as some write an exponent? */
static bool
is_decimal(struct slice text, struct slice value)
{
	uint64_t number = 0, is = 0;

	if (value.size > 4 || text.size == 0 || text.size > 10)
		return false;
	for (size_t i = 0; i < value.size; i++)
		is = is << 8 | (unsigned char)value.at[i];
	for (size_t i = 0; i < text.size; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		number = number * 10 + (uint64_t)(text.at[i] - '0');
	}
	return number == is;
}

/* What is no hexadecimal number at all is written in a way of its own. */
static bool
is_hex(struct slice text)
{
	for (size_t i = 0; i < text.size; i++)
		if (strchr("0123456789abcdefABCDEF", text.at[i]) == NULL &&
		    !(i == 0 && *text.at == '-'))
			return false;
	return text.size != 0;
}

static void
check_part(
    struct check_file *l, const struct cfg_line *line, struct slice value)
{
	struct slice text;

	if (line == NULL || value.at == NULL)
		return;
	text = cfg_trim(cfg_value(line));
	if (is_hex(text) && !is_number(text, value) &&
	    !is_decimal(text, value))
		lint_at(l, line, "key-stale", NULL);
}

/* The whole key has the public value in it. */
static void
check_whole(
    struct check_file *l, const struct cfg_line *line, struct slice value)
{
	struct slice text;
	char *hex, *lower;

	if (line == NULL || value.at == NULL || line->value_size == 0)
		return;
	text = cfg_trim(cfg_value(line));
	lower = mem_dup(text.at, text.size);
	for (size_t i = 0; i < text.size; i++)
		if (lower[i] >= 'A' && lower[i] <= 'F')
			lower[i] |= 0x20;
	hex = mem_alloc(2 * value.size + 1);
	certrow_hex(hex, value.at, value.size);
	if (strspn(lower, "0123456789abcdef") == text.size &&
	    strstr(lower, hex) == NULL)
		lint_at(l, line, "key-stale", NULL);
	free(hex);
	free(lower);
}

static void
check_type(
    struct check_file *l, const struct cfg_line *line, const struct cert *cert)
{
	bool rsa = strcmp(cert->key_type, "rsa") == 0;
	bool ec = strcmp(cert->key_type, "ec") == 0;
	struct slice type;

	if (line == NULL)
		return;
	type = cfg_trim(cfg_value(line));
	if ((rsa && is_case_equal(type, slice_of("ecc"))) ||
	    (ec && is_case_equal(type, slice_of("rsa"))))
		lint_at(l, line, "key-stale", "the certificate's is %s",
		    cert->key_type);
}

static void
check_public_key(struct check_file *l, const char *family, struct slice tag,
    const struct cert *cert)
{
	struct certkey key;
	char oid[64];

	certkey_read(&key, cert->x509, oid);
	if (key.exponent.at != NULL)
		check_part(l,
		    lint_find(
			l, "%s.%.*s.pubkey.modulus", family, SLICE_ARG(tag)),
		    key.value);
	check_part(l,
	    lint_find(l, "%s.%.*s.pubkey.exponent", family, SLICE_ARG(tag)),
	    key.exponent);
	check_whole(l,
	    lint_find(l, "%s.%.*s.pubkey.encoded", family, SLICE_ARG(tag)),
	    key.value);
	check_type(
	    l, lint_find(l, "%s.%.*s.keytype", family, SLICE_ARG(tag)), cert);
}

/* One certificate of the file. */
struct known {
	struct check_file *l;
	const char *subsystem;
	struct slice tag;
	const struct cfg_line *line; /* its SUB.TAG.cert; NULL: none */
	struct buf der;		     /* empty: none that can be read */
};

static struct slice
value_of(const struct cfg_line *line)
{
	return line != NULL ? cfg_trim(cfg_value(line)) : (struct slice){ 0 };
}

static struct slice
list_of(const struct check_file *l, const char *subsystem)
{
	return value_of(lint_find(l, "%s.cert.list", subsystem));
}

static void
check_copy(struct known *k)
{
	struct cert cert;

	k->line = lint_find(k->l, "%s.%.*s.cert", k->subsystem,
	    SLICE_ARG(k->tag));
	if (k->line == NULL || k->line->value_size == 0)
		return;
	if (base64_decode(&k->der, cfg_value(k->line)) < 0 ||
	    cert_parse(&cert, buf_slice(&k->der)) < 0) {
		lint_at(k->l, k->line, "cert-bad", NULL);
		k->der.size = 0;
		return;
	}
	if (cert.not_after < k->l->now) {
		char when[CERT_TIME_SIZE];

		cert_time(when, cert.not_after);
		lint_at(k->l, k->line, "cert-expired", "%s", when);
	} else if (cert.not_before > k->l->now) {
		char when[CERT_TIME_SIZE];

		cert_time(when, cert.not_before);
		lint_at(k->l, k->line, "cert-early", "%s", when);
	}
	check_public_key(k->l, "cloning", k->tag, &cert);
	check_public_key(k->l, "preop.cert", k->tag, &cert);
	cert_release(&cert);
}

/* A request is DER of a SEQUENCE; more is its CA's business. */
static void
check_request(struct known *k)
{
	const struct cfg_line *line = lint_find(k->l, "%s.%.*s.certreq",
	    k->subsystem, SLICE_ARG(k->tag));
	struct buf der = { 0 };

	if (line == NULL || line->value_size == 0)
		return;
	if (base64_decode(&der, cfg_value(line)) < 0 || der.size < 3 ||
	    der.at[0] != 0x30)
		lint_at(k->l, line, "req-bad", NULL);
	buf_release(&der);
}

static void
check_key_id(struct known *k, const char *family)
{
	const struct cfg_line *line = lint_find(k->l, "%s.%.*s.privkey.id",
	    family, SLICE_ARG(k->tag));
	unsigned char id[CERTKEY_ID_SIZE];
	char octets[KEYID_SIZE], wanted[2 * CERTKEY_ID_SIZE + 1];

	if (line == NULL || line->value_size == 0)
		return;
	if (keyid_to_octets(octets, value_of(line), KEYID_BYTES) == 0) {
		lint_at(k->l, line, "key-spell", "%s",
		    lint_shown(k->l, line));
		return;
	}
	if (k->der.size == 0 ||
	    certkey_id(id, cfg_value(k->line)) != CERTKEY_OK)
		return;
	certrow_hex(wanted, id, sizeof id);
	if (strcmp(octets, wanted) != 0) {
		char *right = keyid_bigint(slice_of(wanted));

		lint_at(k->l, line, "key-id", "the certificate's is %s",
		    right);
		free(right);
	}
}

static struct slice
without_token(struct slice nickname, struct slice token)
{
	if (nickname.size > token.size + 1 && token.size != 0 &&
	    slice_starts(nickname, token) && nickname.at[token.size] == ':') {
		nickname.at += token.size + 1;
		nickname.size -= token.size + 1;
	}
	return nickname;
}

static void
check_own_names(struct known *k)
{
	struct check_file *l = k->l;
	const struct cfg_line *own = lint_find(l, "%s.%.*s.nickname",
	    k->subsystem, SLICE_ARG(k->tag));
	const struct cfg_line *full = lint_find(l, "%s.cert.%.*s.nickname",
	    k->subsystem, SLICE_ARG(k->tag));
	struct slice token = value_of(lint_find(l, "%s.%.*s.tokenname",
	    k->subsystem, SLICE_ARG(k->tag)));
	struct slice a = value_of(own), b = value_of(full);

	if (a.size == 0 && b.size == 0) {
		/* Optional since 11.6. */
		if (!slice_equal(k->tag, slice_of("audit_signing")))
			lint_at(l, lint_find(l, "%s.cert.list", k->subsystem),
			    "nick-none", "%.*s", SLICE_ARG(k->tag));
	} else if (a.size != 0 && b.size != 0 &&
	    !slice_equal(without_token(a, token), without_token(b, token))) {
		lint_at(l, full, "nick-two", "%s is '%.*s'",
		    "the other", SLICE_ARG(a));
	}
}

static const struct nsscerts_item *
in_database(const struct nsscerts *database, struct slice nickname)
{
	for (size_t i = 0; i < database->count; i++)
		if (database->item[i].current && database->item[i].readable &&
		    slice_equal(nsscerts_name(&database->item[i]), nickname))
			return &database->item[i];
	return NULL;
}

static void
compare(struct known *k, const struct cfg_line *name,
    const struct nsscerts_item *item)
{
	char when[CERT_TIME_SIZE];

	if (k->der.size != 0 &&
	    !slice_equal(buf_slice(&k->der), item->object->der))
		lint_at(k->l, k->line, "alias-cert",
		    "there it has the serial number %s", item->cert.serial);
	if (item->key == NULL && !item->object->user)
		lint_at(k->l, name, "alias-key", NULL);
	cert_time(when, item->cert.not_after);
	if (item->cert.not_after < k->l->now)
		lint_at(k->l, name, "alias-expired", "%s", when);
}

static void
check_database(struct known *k)
{
	struct check_file *l = k->l;
	const struct cfg_line *name = lint_find(l, "%s.%.*s.nickname",
	    k->subsystem, SLICE_ARG(k->tag));
	struct slice token = value_of(lint_find(l, "%s.%.*s.tokenname",
	    k->subsystem, SLICE_ARG(k->tag)));
	const struct nsscerts_item *item;

	if (name == NULL)
		name = lint_find(l, "%s.cert.%.*s.nickname", k->subsystem,
		    SLICE_ARG(k->tag));
	if (l->database == NULL || value_of(name).size == 0 ||
	    !(token.size == 0 || tags_is_internal(token)))
		return;
	item = in_database(l->database, value_of(name));
	if (item == NULL)
		lint_at(l, name, "alias-nick", "%s", lint_shown(l, name));
	else
		compare(k, name, item);
}

/* Each goes by a nickname of its own [5.3]. */
static void
check_units(struct check_file *l)
{
	static const struct {
		const char *unit, *tag;
	} units[] = {
		{ "ca.signing.certnickname", "ca.signing" },
		{ "ca.ocsp_signing.certnickname", "ca.ocsp_signing" },
		{ "ocsp.signing.certnickname", "ocsp.signing" },
		{ "kra.storageUnit.nickName", "kra.storage" },
		{ "kra.transportUnit.nickName", "kra.transport" },
	};

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		struct slice used = cfg_string(l->cfg, units[i].unit);
		struct slice own = value_of(lint_find(l, "%s.nickname",
		    units[i].tag));
		struct slice token = value_of(lint_find(l, "%s.tokenname",
		    units[i].tag));

		if (used.size != 0 && own.size != 0 &&
		    !slice_equal(without_token(used, token),
			without_token(own, token)))
			lint_key(l, units[i].unit, "nick-unit",
			    "%s.nickname is '%.*s'", units[i].tag,
			    SLICE_ARG(own));
	}
}

/* The log's key goes by this name alone [5.3]. */
static void
check_audit(struct check_file *l, const char *subsystem)
{
	static const char key[] =
	    "log.instance.SignedAudit.signedAuditCertNickname";
	struct slice used = cfg_string(l->cfg, key);
	struct slice own = value_of(lint_find(l, "%s.audit_signing.nickname",
	    subsystem));
	struct slice token = value_of(lint_find(l,
	    "%s.audit_signing.tokenname", subsystem));

	if (used.size == 0 || list_of(l, subsystem).size == 0)
		return;
	if (own.size != 0 && !slice_equal(without_token(used, token),
		without_token(own, token)))
		lint_key(l, key, "nick-unit",
		    "%s.audit_signing.nickname is '%.*s'", subsystem,
		    SLICE_ARG(own));
	if (l->database != NULL && memchr(used.at, ':', used.size) == NULL &&
	    setting_bool(l->cfg, "log.instance.SignedAudit.logSigning") &&
	    in_database(l->database, used) == NULL)
		lint_key(l, key, "alias-nick", "'%.*s'", SLICE_ARG(used));
}

static void
check_own_tag(struct check_file *l, const char *subsystem, struct slice tag,
    bool listed)
{
	struct known k = { .l = l, .subsystem = subsystem, .tag = tag };

	check_copy(&k);
	check_request(&k);
	check_key_id(&k, "cloning");
	check_key_id(&k, "preop.cert");
	if (listed)
		check_own_names(&k);
	check_database(&k);
	buf_release(&k.der);
}

/* The next of a list "a,b, c"; size 0: there is none. */
static struct slice
next_tag(struct slice *list)
{
	struct slice tag = { list->at, 0 };

	while (list->size != 0 && tag.size == 0) {
		const char *comma = memchr(list->at, ',', list->size);

		tag.at = list->at;
		tag.size = comma != NULL ? (size_t)(comma - list->at) :
					   list->size;
		list->at += tag.size + (comma != NULL);
		list->size -= tag.size + (comma != NULL);
		tag = cfg_trim(tag);
	}
	return tag;
}

static bool
is_listed(const struct check_file *l, const char *subsystem, struct slice tag)
{
	struct slice list = list_of(l, subsystem), one;

	while ((one = next_tag(&list)).size != 0)
		if (slice_equal(one, tag))
			return true;
	return false;
}

/* SUB.TAG.cert of a tag that SUB.cert.list has not, such as the
 * administrator's [2.7]. */
static void
check_unlisted(struct check_file *l, const struct cfg_line *line)
{
	static const char end[] = ".cert";
	struct slice key = cfg_key(line), tag;
	size_t last = strlen(end);

	if (key.size <= last ||
	    memcmp(key.at + key.size - last, end, last) != 0)
		return;
	key.size -= last;
	for (size_t i = 0; i < SETTING_SUBSYSTEMS; i++) {
		size_t size = strlen(setting_subsystem[i]);

		if (key.size <= size + 1 || key.at[size] != '.' ||
		    memcmp(key.at, setting_subsystem[i], size) != 0)
			continue;
		tag = (struct slice){ key.at + size + 1, key.size - size - 1 };
		if (memchr(tag.at, '.', tag.size) == NULL &&
		    !is_listed(l, setting_subsystem[i], tag))
			check_own_tag(l, setting_subsystem[i], tag, false);
	}
}

static void
check_own_certs(struct check_file *l)
{
	for (size_t i = 0; i < SETTING_SUBSYSTEMS; i++) {
		struct slice list = list_of(l, setting_subsystem[i]), tag;

		while ((tag = next_tag(&list)).size != 0)
			check_own_tag(l, setting_subsystem[i], tag, true);
		check_audit(l, setting_subsystem[i]);
	}
	for (uint32_t i = 0; i < l->cfg->lines; i++)
		if (cfg_is_live(l->cfg, l->cfg->line + i))
			check_unlisted(l, l->cfg->line + i);
	check_units(l);
}

struct pair {
	const struct check_group *set;
	const struct check_host *master, *clone;
	const char *subsystem;
	const struct tag *tag, *twin; /* the clone's */
};

/* Where the clone says "<subsystem>.<tag>.<what>", or "cloning....". */
static struct findings_place
place_of(const struct check_host *side, const char *before,
    const struct tag *tag, const char *what)
{
	char *key = mem_printf("%s.%s.%s", before, tag->name, what);
	struct findings_place place = check_place(side->cfg, key);

	free(key);
	return place;
}

static struct findings_place
name_place(const struct pair *p)
{
	struct findings_place place =
	    place_of(p->clone, p->subsystem, p->tag, "nickname");
	char *cert;

	if (place.line != 0)
		return place;
	cert = mem_printf("%s.cert", p->subsystem);
	place = place_of(p->clone, cert, p->tag, "nickname");
	free(cert);
	return place;
}

static const char *
or_internal(const char *token)
{
	return token != NULL ? token : "internal";
}

/* The server finds its keys by these names: they come with the keys. */
static void
check_names(const struct pair *p)
{
	const char *x = or_internal(p->tag->token);
	const char *y = or_internal(p->twin->token);
	const char *file = p->master->cfg->file;
	struct findings *found = p->set->found;

	if (strcmp(x, y) != 0)
		findings_add(found,
		    place_of(p->clone, p->subsystem, p->tag, "tokenname"),
		    "token",
		    "the key of %s is in token '%s' here and in token '%s' in "
		    "%s: the server looks for the key in the token that its "
		    "CS.cfg names",
		    p->tag->name, y, x, file);
	if (p->tag->nickname == NULL || p->twin->nickname == NULL)
		return;
	if (strcmp(p->tag->nickname, p->twin->nickname) != 0)
		findings_add(found, name_place(p), "nickname",
		    "the nickname of %s is '%s' here and '%s' in %s: the "
		    "PKCS#12 file brings the master's",
		    p->tag->name, p->twin->nickname, p->tag->nickname, file);
}

static void
check_certificate(const struct pair *p, const struct keydb_item *a,
    const struct keydb_item *b)
{
	const struct keydb *master = p->master->shelf;
	struct findings_place place = { p->clone->shelf->name, 0 };
	struct findings *found = p->set->found;
	bool one_key = a->key_id != NULL && b->key_id != NULL &&
		       strcmp(a->key_id, b->key_id) == 0;

	if (a->sha256 != NULL && b->sha256 != NULL &&
	    strcmp(a->sha256, b->sha256) == 0)
		return;
	if (a->key_id != NULL && b->key_id != NULL && !one_key)
		findings_add(found, place, "cert-rekeyed",
		    "the key of '%s' has the ID %s, and %s in %s: what one "
		    "signs does not fit the certificate of the other",
		    b->nickname, b->key_id, a->key_id, master->name);
	else if (one_key && a->sha256 != NULL && b->sha256 != NULL)
		findings_add(found, place, "cert-renewed",
		    "'%s' has the serial number %s, and %s in %s: renewed on "
		    "one side only",
		    b->nickname, b->serial, a->serial, master->name);
}

static void
check_flags(const struct pair *p, const struct keydb_item *a,
    const struct keydb_item *b)
{
	if (a->trust != NULL && b->trust != NULL &&
	    strcmp(a->trust, b->trust) != 0)
		findings_add(p->set->found,
		    (struct findings_place){ p->clone->shelf->name, 0 },
		    "cert-trust",
		    "'%s' has the trust flags '%s', and '%s' in %s: NSS "
		    "decides by the flags which CAs it trusts",
		    b->nickname, b->trust, a->trust, p->master->shelf->name);
}

static void
check_shelves(const struct pair *p)
{
	const struct keydb *master = p->master->shelf;
	const struct keydb *clone = p->clone->shelf;
	struct findings_place place = { clone->name, 0 };
	const struct keydb_item *a, *b;

	a = keydb_find(master, p->tag->nickname);
	b = keydb_find(clone, p->twin->nickname);
	if (a == NULL || (b == NULL && !clone->knows_certs && !a->has_key))
		return;
	if (b == NULL) {
		findings_add(p->set->found, place,
		    "cert-missing",
		    "no certificate '%s', which %s has: the server cannot "
		    "sign, decrypt or connect with it",
		    p->twin->nickname, master->name);
		return;
	}
	if (a->has_key && clone->knows_keys && !b->has_key) {
		findings_add(p->set->found, place,
		    "key-missing",
		    "no private key of '%s', which %s has: the server cannot "
		    "sign, decrypt or connect with the certificate",
		    b->nickname, master->name);
		return;
	}
	check_certificate(p, a, b);
	check_flags(p, a, b);
}

static void
compare_copies(const struct pair *p, const struct cert *a, const struct cert *b)
{
	struct findings_place place =
	    place_of(p->clone, p->subsystem, p->tag, "cert");
	const char *file = p->master->cfg->file;

	if (memcmp(a->sha256, b->sha256, sizeof a->sha256) == 0)
		return;
	if (a->has_key_id && b->has_key_id &&
	    memcmp(a->key_id, b->key_id, sizeof a->key_id) == 0)
		findings_add(p->set->found, place,
		    "cert-renewed",
		    "the copy of '%s' has the serial number %s, and %s in %s: "
		    "renewed on one side only",
		    p->tag->name, b->serial, a->serial, file);
	else
		findings_add(p->set->found, place,
		    "cert-rekeyed",
		    "the copies of '%s' here (serial number %s) and in %s "
		    "(%s) have different keys",
		    p->tag->name, b->serial, file, a->serial);
}

/* What does not parse is cfglint's. */
static void
check_copies(const struct pair *p)
{
	struct buf x = { 0 }, y = { 0 };
	struct cert a = { 0 }, b = { 0 };

	if (check_cert_copy(&a, &x, p->master->cfg, p->subsystem,
		p->tag->name) == 0) {
		if (check_cert_copy(&b, &y, p->clone->cfg, p->subsystem,
			p->tag->name) == 0) {
			compare_copies(p, &a, &b);
			cert_release(&b);
		}
		cert_release(&a);
	}
	buf_release(&x);
	buf_release(&y);
}

static void
mend_ids(struct findings *found, const struct check_host *side)
{
	if (side->shelf != NULL && check_is_file(side->cfg))
		findings_fix(found, "nssls --keys %s | cfgrekey -i %s",
		    findings_word(found, side->shelf->name),
		    findings_word(found, side->cfg->file));
}

static bool
same_id(struct slice id, const char *octets)
{
	char *own = keyid_octets(id);
	bool same = own == NULL || strcmp(own, octets) == 0;

	free(own);
	return same;
}

/* Of one file, by its own database; without, a clone's by its master's. */
static void
check_id(const struct check_group *set, const struct check_host *side,
    const struct tag *tag, const struct tag *master)
{
	const struct keydb_item *item =
	    side->shelf != NULL && tag->nickname != NULL && tag->token == NULL
		? keydb_find(side->shelf, tag->nickname)
		: NULL;
	struct findings_place place =
	    place_of(side, "cloning", tag, "privkey.id");

	if (tag->key_id.at == NULL)
		return;
	if (item != NULL && item->key_id != NULL) {
		if (!same_id(tag->key_id, item->key_id)) {
			findings_add(set->found, place,
			    "key-id",
			    "the ID here is '%.*s', and the key of '%s' in %s "
			    "has the ID %s. Fix with the server stopped",
			    SLICE_ARG(tag->key_id), tag->nickname,
			    side->shelf->name, item->key_id);
			mend_ids(set->found, side);
		}
		return;
	}
	if (master != NULL && master->key_id.at != NULL &&
	    !slice_equal(tag->key_id, master->key_id))
		findings_add(set->found, place, "key-id-other",
		    "the key of '%s' has the ID '%.*s' here and '%.*s' in %s: "
		    "re-keyed on one side only",
		    tag->name, SLICE_ARG(tag->key_id),
		    SLICE_ARG(master->key_id), set->side[0].cfg->file);
}

static void
check_tag(const struct pair *p)
{
	check_names(p);
	check_id(p->set, p->clone, p->twin, p->tag);
	if (p->tag->token != NULL || p->twin->token != NULL ||
	    p->tag->nickname == NULL || p->twin->nickname == NULL)
		return;
	if (p->master->shelf != NULL && p->clone->shelf != NULL)
		check_shelves(p);
	else
		check_copies(p);
}

static void
check_shared_certs(const struct check_group *set)
{
	const struct tags *master = set->side[0].tags;

	for (size_t t = 0; t < master->count; t++)
		check_id(set, &set->side[0], &master->tag[t], NULL);
	for (size_t i = 1; i < set->count; i++) {
		struct pair p = { .set = set,
			.master = &set->side[0],
			.clone = &set->side[i],
			.subsystem = master->subsystem };

		for (size_t t = 0; t < master->count; t++) {
			p.tag = &master->tag[t];
			p.twin = &set->side[i].tags->tag[t];
			check_tag(&p);
		}
	}
}

#define DIGEST 32

struct user {
	struct check_servers *live;
	const char *where, *dn;
	bool binds; /* the server, by its certificate */
	const char *nickname; /* of the certificate that it is to have */
	unsigned char sha256[DIGEST];
	char *serial;	     /* the certificate's; NULL: not known */
	struct buf serials;  /* of the entry's certificates, for people */
	bool found;
};

static void
expect_shelved(struct user *u, const struct keydb *shelf)
{
	const struct keydb_item *item = keydb_find(shelf, u->nickname);

	if (item == NULL || item->sha256 == NULL || item->serial == NULL)
		return;
	for (size_t i = 0; i < DIGEST; i++) {
		const char pair[] = { item->sha256[2 * i],
			item->sha256[2 * i + 1], '\0' };

		u->sha256[i] = (unsigned char)strtoul(pair, NULL, 16);
	}
	u->serial = mem_dup(item->serial, strlen(item->serial));
}

/* The copy in CS.cfg, until 11.4; cfglint says what is wrong with it. */
static void
expect_copied(struct user *u, const struct cfg *cfg, const char *subsystem)
{
	char *key = mem_printf("%s.subsystem.cert", subsystem);
	struct slice text = cfg_string(cfg, key);
	struct buf der = { 0 };
	struct cert cert;

	if (text.size != 0 && base64_decode(&der, text) == 0 &&
	    cert_parse(&cert, buf_slice(&der)) == 0) {
		memcpy(u->sha256, cert.sha256, DIGEST);
		u->serial = mem_dup(cert.serial, strlen(cert.serial));
		cert_release(&cert);
	}
	buf_release(&der);
	free(key);
}

/* Of another token the database knows nothing. */
static void
expect(struct user *u, const struct check_host *side,
    const struct tags *tags)
{
	const struct tag *tag = &tags->tag[0];

	u->nickname = tag->nickname;
	if (u->nickname == NULL)
		return;
	if (side->shelf != NULL && tag->token == NULL)
		expect_shelved(u, side->shelf);
	if (u->serial == NULL)
		expect_copied(u, side->cfg, tags->subsystem);
}

static bool
same_name(struct slice a, const char *b)
{
	struct buf x = { 0 }, y = { 0 };
	bool same = dn_normalise(a, &x) == 0 &&
	    dn_normalise(slice_of(b), &y) == 0 &&
	    slice_equal(buf_slice(&x), buf_slice(&y));

	buf_release(&x);
	buf_release(&y);
	return same;
}

/* Decimal here, hexadecimal there. */
static bool
same_serial(struct slice a, const char *b)
{
	unsigned char x[SERIAL_MOST], y[SERIAL_MOST];
	char *text = mem_dup(a.at, a.size);
	size_t size = serial_parse(x, text);
	bool same = size != 0 && size == serial_parse(y, b) &&
	    memcmp(x, y, size) == 0;

	free(text);
	return same;
}

/* "2;SERIAL;ISSUER;SUBJECT": the serial number, and where the names begin. */
static bool
split(struct slice text, struct slice *serial, struct slice *names)
{
	const char *end = text.at + text.size, *semicolon;

	if (!slice_starts(text, slice_of("2;")))
		return false;
	serial->at = text.at + 2;
	semicolon = memchr(serial->at, ';', (size_t)(end - serial->at));
	if (semicolon == NULL)
		return false;
	serial->size = (size_t)(semicolon - serial->at);
	*names = (struct slice){ semicolon + 1,
		(size_t)(end - semicolon) - 1 };
	return true;
}

/* Names may have semicolons of their own. */
static bool
same_names(struct slice both, const struct cert *cert)
{
	const char *end = both.at + both.size, *at = both.at;

	while ((at = memchr(at, ';', (size_t)(end - at))) != NULL) {
		struct slice issuer = { both.at, (size_t)(at - both.at) };
		struct slice subject = { at + 1, (size_t)(end - at) - 1 };

		if (same_name(issuer, cert->issuer) &&
		    same_name(subject, cert->subject))
			return true;
		at++;
	}
	return false;
}

static void
add(struct user *u, const char *code, const char *what, struct slice has,
    const char *should)
{
	findings_add(u->live->found, (struct findings_place){ u->where, 0 },
	    u->binds ? "db-user-login" : code,
	    "%s: %s '%.*s', and the certificate '%s' has %s", u->dn, what,
	    SLICE_ARG(has), u->nickname, should);
}

/* The one that it is to have, which it has. */
static void
check_user_names(struct user *u, const struct entry *entry,
    const struct cert *cert)
{
	struct slice text = entry_value(entry, "description", 0), serial,
		     names;
	struct slice see = entry_value(entry, "seeAlso", 0);
	char *should = mem_printf("2;%s;%s;%s", cert->serial, cert->issuer,
	    cert->subject);

	if (text.at == NULL || !split(text, &serial, &names) ||
	    !same_serial(serial, cert->serial) || !same_names(names, cert))
		add(u, "db-user-description", "the description is",
		    text.at != NULL ? text : slice_of(""), should);
	if (see.at != NULL && !same_name(see, cert->subject))
		add(u, "db-user-subject", "seeAlso is", see,
		    cert->subject);
	free(should);
}

static void
check_serial(struct user *u, const struct entry *entry)
{
	struct slice text = entry_value(entry, "description", 0), serial,
		     names;

	if (text.at != NULL && split(text, &serial, &names) &&
	    !same_serial(serial, u->serial))
		add(u, "db-user-description",
		    "the description has the serial number", serial, u->serial);
}

/* Is it in the entry? */
static bool
find_cert(struct user *u, const struct entry *entry)
{
	struct slice der;
	bool found = false;

	for (size_t i = 0; !found &&
	     (der = entry_value(entry, "userCertificate", i)).at != NULL;
	     i++) {
		struct cert cert;

		if (cert_parse(&cert, der) < 0)
			continue;
		found = memcmp(cert.sha256, u->sha256, DIGEST) == 0;
		if (found)
			check_user_names(u, entry, &cert);
		if (u->serials.size != 0)
			buf_puts(&u->serials, ", ");
		buf_puts(&u->serials, cert.serial);
		cert_release(&cert);
	}
	return found;
}

static int
take(void *arg, const struct entry *entry)
{
	struct user *u = arg;

	u->found = true;
	if (u->serial == NULL || find_cert(u, entry))
		return 0;
	add(u, "db-user-cert", "the certificates have the serial numbers",
	    buf_slice(&u->serials), u->serial);
	check_serial(u, entry);
	return 0;
}

static int
search(struct user *u, struct csdir *dir)
{
	static const char *const attributes[] = { "userCertificate",
		"description", "seeAlso", NULL };
	const struct source_query query = { .base = u->dn,
		.scope = SOURCE_BASE,
		.attributes = attributes,
		.absent_is_empty = true };

	if (check_search(dir, &query, take, u) < 0)
		return -1;
	/* A KRA or a responder may do well without. */
	if (!u->found)
		findings_add(u->live->found,
		    (struct findings_place){ u->where, 0 },
		    u->binds ? "db-user-login" : "db-user-missing",
		    "no entry '%s': the server cannot bind by its subsystem "
		    "certificate",
		    u->dn);
	return 0;
}

/* As whom the server binds, if that is an entry of the suffix. */
static char *
dn_of(const struct cfg *cfg, const char *base)
{
	struct slice dn = cfg_string(cfg, "internaldb.ldapauth.bindDN");

	if (dn.size > 4 && strncasecmp(dn.at, "uid=", 4) == 0)
		return mem_dup(dn.at, dn.size);
	return mem_printf("uid=pkidbuser,ou=people,%s", base);
}

static int
check_side(struct check_servers *live, struct check_server *side)
{
	const struct cfg *cfg = side->is->cfg;
	char *dn = dn_of(cfg, side->dir.base);
	struct user u = { .live = live,
		.where = source_name(side->dir.source),
		.dn = dn,
		.binds = slice_equal(cfg_string(cfg,
		    "internaldb.ldapauth.authtype"),
		    slice_of("SslClientAuth")) };
	int status;

	expect(&u, side->is, side->is->tags);
	status = search(&u, &side->dir);
	buf_release(&u.serials);
	free(u.serial);
	free(dn);
	return status;
}

static int
check_users(struct check_servers *live)
{
	for (size_t i = 0; i < live->set->count; i++)
		if (live->side[i].dir.source != NULL &&
		    check_side(live, &live->side[i]) < 0)
			return -1;
	return 0;
}

const struct check check_certs[] = {
	{ .file = check_own_certs },
	{ .group = check_shared_certs },
	{ .servers = check_users },
	{ .file = NULL }
};
