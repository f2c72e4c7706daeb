/* SPDX-License-Identifier: MIT */
#include "pki/rekey.h"

#include <stdlib.h>

#include "cfg/setting.h"
#include "pki/keyid.h"
#include "pki/tags.h"
#include "util/diag.h"
#include "util/glob.h"
#include "util/hex.h"
#include "util/mem.h"
#include "util/slurp.h"
#include "x509/certkey.h"

#define LIST_LIMIT ((size_t)64 << 20)

void
rekey_keys_release(struct rekey_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++) {
		free(keys->key[i].id);
		free(keys->key[i].nickname);
		free(keys->key[i].token);
	}
	free(keys->key);
	*keys = (struct rekey_keys){ 0 };
}

/* An ID of certutil's as octets, whatever its width; NULL: it is none. */
static char *
octets_of(const struct listing_key *key, enum listing_kind kind)
{
	char id[KEYID_SIZE];
	size_t size = 0;

	if (kind == LISTING_ID)
		return keyid_octets(key->id);
	if (!key->quoted && keyid_to_bigint(id, key->id, 0) != 0)
		size = keyid_to_octets(id, slice_of(id), key->id.size / 2);
	if (key->quoted)
		size = (size_t)(hex_lower(id, key->id.at, key->id.size) - id);
	return size != 0 ? mem_dup(id, size) : NULL;
}

/* What kind of line it was; LISTING_BAD, too, for an ID that is none. */
static enum listing_kind
add_line(struct rekey_keys *keys, struct listing *listing, struct slice line)
{
	struct listing_key key;
	enum listing_kind kind = listing_read(listing, line, &key);
	struct rekey_key new = { .current = key.current,
		.may_be_cut = key.may_be_cut };

	if (kind != LISTING_KEY && kind != LISTING_ID)
		return kind;
	new.id = octets_of(&key, kind);
	if (new.id == NULL || memchr(line.at, '\0', line.size) != NULL) {
		free(new.id);
		return LISTING_BAD;
	}
	new.nickname = mem_dup(key.name.at, key.name.size);
	if (key.token.at != NULL)
		new.token = mem_dup(key.token.at, key.token.size);
	MEM_GROW(keys->key, keys->count, keys->room);
	keys->key[keys->count++] = new;
	return kind;
}

static int
complain(const char *path, size_t number, const char *what, struct slice line)
{
	return fail("%s:%zu: %s: '%.*s'", slurp_name(path), number, what,
	    line.size < 80 ? (int)line.size : 80, line.at);
}

int
rekey_keys_read(struct rekey_keys *keys, const char *path)
{
	struct listing listing = { { NULL, 0 } };
	char *text;
	size_t size, number = 1;
	struct slice rest;
	int status = 0;

	if (slurp(path, LIST_LIMIT, &text, &size) < 0)
		return -1;
	for (rest = (struct slice){ text, size }; rest.size != 0; number++) {
		const struct slice line = slice_cut(&rest, '\n');
		enum listing_kind kind = add_line(keys, &listing, line);

		if (kind == LISTING_NO_ID)
			complain(path, number, "skipped, for want of an ID",
			    line);
		if (kind == LISTING_BAD)
			status = complain(path, number,
			    "not a key ID with its nickname", line);
	}
	if (status == 0 && keys->count == 0)
		status = fail("%s: no key in the list", slurp_name(path));
	free(text);
	return status;
}

void
rekey_release(struct rekey *rekey)
{
	free(rekey->setting);
	*rekey = (struct rekey){ 0 };
}

/* The value of a key made of format, subsystem and tag, or at NULL. */
static struct slice
look_up(const struct cfg *cfg, const char *before, const char *middle,
    struct slice tag, const char *after)
{
	char *key = mem_printf("%s%s%.*s%s", before, middle, SLICE_ARG(tag),
	    after);
	struct slice value = cfg_string(cfg, key);

	free(key);
	return value.size != 0 ? value : (struct slice){ 0 };
}

/* Over all subsystems: one file is of one. */
static struct slice
of_subsystem(const struct cfg *cfg, const char *middle, struct slice tag,
    const char *after)
{
	struct slice value = { 0 };

	for (size_t i = 0; i < SETTING_SUBSYSTEMS && value.at == NULL; i++)
		value = look_up(cfg, setting_subsystem[i], middle, tag, after);
	return value;
}

struct name {
	struct slice nickname; /* "[TOKEN:]NICKNAME" or at NULL */
	struct slice token;    /* where that is known; at NULL: not said */
};

static bool
same_token(struct slice a, struct slice b)
{
	return slice_equal(a, b) ||
	    (tags_is_internal(a) && tags_is_internal(b));
}

/* Of other tokens' names, which may have colons, none tells the end. */
static void
split_internal(struct name *name)
{
	for (size_t i = 0; i < TAGS_INTERNALS; i++) {
		struct slice token = slice_of(tags_internal[i]);

		if (!slice_starts(name->nickname, token) ||
		    name->nickname.size == token.size ||
		    name->nickname.at[token.size] != ':')
			continue;
		name->token = token;
		name->nickname.at += token.size + 1;
		name->nickname.size -= token.size + 1;
		return;
	}
}

static struct name
name_in_file(const struct cfg *cfg, struct slice tag)
{
	struct name name = { of_subsystem(cfg, ".cert.", tag, ".nickname"),
		{ 0 } };

	if (name.nickname.at == NULL)
		name.nickname = look_up(cfg, "cloning.", "", tag, ".nickname");
	if (name.nickname.at == NULL) {
		name.nickname = of_subsystem(cfg, ".", tag, ".nickname");
		name.token = of_subsystem(cfg, ".", tag, ".tokenname");
	}
	return name;
}

/* Is text "TOKEN:NICKNAME" of this name?  Either may have colons. */
static bool
is_both(struct slice text, struct name name)
{
	struct slice before = text, after = name.nickname;

	if (text.size < after.size + 2)
		return false;
	before.size = text.size - after.size - 1;
	after.at = text.at + before.size + 1;
	return text.at[before.size] == ':' && slice_equal(before, name.token) &&
	    slice_equal(after, name.nickname);
}

/* A list may leave the token out, or in the nickname, as keyid does; where
 * file and list both say it, they must agree. */
static bool
has_name(const struct rekey_key *key, struct name name)
{
	struct name own = { slice_of(key->nickname), { 0 } };

	if (key->token != NULL)
		own.token = slice_of(key->token);
	else
		split_internal(&own);
	split_internal(&name);
	if (slice_equal(own.nickname, name.nickname) &&
	    (own.token.at == NULL || same_token(own.token, name.token)))
		return true;
	return own.token.at != NULL ? is_both(name.nickname, own) :
				      is_both(own.nickname, name);
}

/* The manual's and pkispawn's names; a token's is before them, the instance's
 * follows a blank. */
static bool
has_usual_name(const struct rekey_key *key, struct slice tag)
{
	static const struct {
		const char *tag, *name;
	} usual[] = {
		{ "signing", "caSigningCert" },
		{ "ocsp_signing", "ocspSigningCert" },
		{ "subsystem", "subsystemCert" },
		{ "sslserver", "sslserverCert" },
		{ "sslserver", "Server-Cert" },
		{ "audit_signing", "auditSigningCert" },
		{ "transport", "transportCert" },
		{ "storage", "storageCert" },
	};

	const char *colon = strrchr(key->nickname, ':');
	const char *nickname = colon != NULL ? colon + 1 : key->nickname;

	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		size_t size = strlen(usual[i].name);

		if (slice_equal(tag, slice_of(usual[i].tag)) &&
		    starts_with(nickname, usual[i].name) &&
		    strchr(" ", nickname[size]) != NULL)
			return true;
	}
	return false;
}

struct choice {
	const struct rekey_key *key, *other;
	const struct rekey_key *marked;
	size_t marks; /* different keys that are marked current */
};

static void
consider(struct choice *c, const struct rekey_key *key)
{
	if (key->current &&
	    (c->marked == NULL || strcmp(c->marked->id, key->id) != 0)) {
		c->marked = key;
		c->marks++;
	}
	if (c->key == NULL)
		c->key = key;
	else if (strcmp(c->key->id, key->id) != 0)
		c->other = key;
}

/* The ID of the key that the certificate in the file is for, or "". */
static void
id_in_file(const struct cfg *cfg, struct slice tag,
    char id[2 * CERTKEY_ID_SIZE + 1])
{
	struct slice certificate = of_subsystem(cfg, ".", tag, ".cert");
	unsigned char octets[CERTKEY_ID_SIZE];

	*id = '\0';
	if (certificate.at == NULL ||
	    certkey_id(octets, certificate) != CERTKEY_OK)
		return;
	*hex_lower(id, octets, sizeof octets) = '\0';
}

static bool
is_named(const struct rekey_setting *s, const struct rekey_key *key,
    struct name name)
{
	return s->guessed ? has_usual_name(key, s->tag) : has_name(key, name);
}

static void
choose(struct rekey_setting *s, const struct cfg *cfg,
    const struct rekey_keys *keys, struct name name)
{
	char wanted[2 * CERTKEY_ID_SIZE + 1];
	const struct rekey_key *fits = NULL;
	struct choice c = { 0 };

	id_in_file(cfg, s->tag, wanted);
	for (size_t i = 0; i < keys->count; i++) {
		if (!is_named(s, &keys->key[i], name))
			continue;
		consider(&c, &keys->key[i]);
		if (strcmp(keys->key[i].id, wanted) == 0)
			fits = &keys->key[i];
	}
	s->key = c.key;
	if (c.other != NULL)
		s->key = fits != NULL ? fits : c.marks == 1 ? c.marked : NULL;
	if (s->key == NULL && c.other != NULL) {
		s->key = c.key;
		s->other = c.other;
	}
	s->may_be_cut = s->key != NULL && s->key->may_be_cut &&
	    strcmp(s->key->id, wanted) != 0;
}

/* The server reads a BigInteger, never the octets that somebody pasted: with
 * the top bit they are no number of so many bytes [dogtag 5.2]. */
static bool
holds_id(const struct rekey_setting *s)
{
	char octets[KEYID_SIZE];
	struct slice value = cfg_trim(cfg_value(s->line));
	size_t size = strlen(s->key->id);
	size_t most = s->may_be_cut ? KEYID_MOST_BYTES : size / 2;

	for (size_t bytes = size / 2; bytes <= most; bytes++)
		if (keyid_to_octets(octets, value, bytes) != 0 &&
		    strncmp(octets, s->key->id, size) == 0)
			return true;
	return false;
}

static void
match(struct rekey_setting *s, const struct cfg *cfg,
    const struct rekey_keys *keys)
{
	struct name name = name_in_file(cfg, s->tag);

	s->nickname = name.nickname;
	s->guessed = name.nickname.at == NULL;
	choose(s, cfg, keys, name);
	if (s->key == NULL)
		s->state = REKEY_MISSING;
	else if (s->other != NULL)
		s->state = REKEY_AMBIGUOUS;
	else if (holds_id(s))
		s->state = REKEY_SAME;
	else
		s->state = REKEY_STALE;
}

/* The tag of a setting's key; size 0: it is none. */
static struct slice
tag_of(struct slice key)
{
	static const char *const before[] = { "cloning.", "preop.cert." };
	static const char after[] = ".privkey.id";

	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		char *pattern = mem_printf("%s*%s", before[i], after);
		bool is_one = glob_match(slice_of(pattern), key);

		free(pattern);
		if (is_one)
			return (struct slice){ key.at + strlen(before[i]),
				key.size - strlen(before[i]) -
				    (sizeof after - 1) };
	}
	return (struct slice){ "", 0 };
}

void
rekey_match(struct rekey *rekey, const struct cfg *cfg,
    const struct rekey_keys *keys)
{
	*rekey = (struct rekey){ .cfg = cfg };
	for (uint32_t i = 0; i < cfg->lines; i++) {
		const struct cfg_line *line = cfg->line + i;
		struct rekey_setting s = { .line = line };

		if (!cfg_is_live(cfg, line))
			continue;
		s.tag = tag_of(cfg_key(line));
		if (s.tag.size == 0)
			continue;
		match(&s, cfg, keys);
		MEM_GROW(rekey->setting, rekey->count, rekey->room);
		rekey->setting[rekey->count++] = s;
	}
}

void
rekey_edit(const struct rekey *rekey, struct edits *edits)
{
	for (size_t i = 0; i < rekey->count; i++) {
		const struct rekey_setting *s = &rekey->setting[i];
		const char *why;
		char *value;

		if (s->state != REKEY_STALE)
			continue;
		value = keyid_bigint(slice_of(s->key->id));
		edits_set(edits, rekey->cfg, cfg_key(s->line), slice_of(value),
		    &why);
		free(value);
	}
}
