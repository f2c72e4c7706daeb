/* SPDX-License-Identifier: MIT */
#include "check/bundletags.h"

#include <stdlib.h>

#include "pki/keyid.h"
#include "util/mem.h"
#include "x509/cert.h"

struct check {
	const struct bundletags *want;
	struct findings *found;
	struct findings_place place; /* the bundle */
	bool anchor_said, *chained;  /* once for all, once each */
};

#define ADD(c, at, ...) findings_add((c)->found, at, __VA_ARGS__)
#define MEND_EXPORT(c) findings_fix((c)->found, "%s", (c)->want->export)

static struct findings_place
line_of(const struct check *c, const char *key)
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
nickname_line(const struct check *c, const char *tag)
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
check_dates(struct check *c, const struct bundle_cert *cert, bool needed)
{
	const struct bundletags *want = c->want;
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
		ADD(c, c->place, "expires-soon",
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
mend_trust(struct check *c, const char *option, const char *name,
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
say_no_issuer(struct check *c, const struct bundle_cert *cert)
{
	ADD(c, c->place, "no-issuer",
	    "'%s': its issuer is not in the bundle: '%s'", cert->name,
	    cert->cert.issuer);
	mend_trust(c, "-A", cert->cert.issuer, "CT,C,C", " -a -i ISSUER.pem");
}

static void
say_no_anchor(struct check *c, const struct bundle_cert *root)
{
	if (c->want->cfg == NULL || c->anchor_said)
		return;
	c->anchor_said = true;
	ADD(c, c->place, "no-trusted-root",
	    "the clone would trust none of the CAs above its certificates: "
	    "'%s' has '%s'", root->name,
	    root->bag->trust != NULL ? root->bag->trust : "no flags");
	mend_trust(c, "-M", root->name, "CT,C,C", "");
}

/* What servers and clients make of a signature in a chain. */
static void
check_signature(struct check *c, const struct bundle_cert *above,
    const struct bundle_cert *cert)
{
	char why[SIGALG_WHY];

	switch (cert_signed_how(why, &above->cert, &cert->cert)) {
	case CERT_SIGNED_WELL:
		break;
	case CERT_SIGNED_SHA1:
		ADD(c, c->place, "sha1-signature",
		    "'%s' is signed with SHA-1, which RHEL 9 and later do not "
		    "believe: before the move there, renew it, export anew",
		    cert->name);
		MEND_EXPORT(c);
		break;
	case CERT_FORGEABLE:
		ADD(c, c->place, "weak-signature",
		    "'%s' is %s, which NSS and OpenSSL do not believe: renew "
		    "it, export anew", cert->name, why);
		MEND_EXPORT(c);
		break;
	}
}

/* Up to a self-signed one; no further than where another chain has been. */
static void
check_chain(struct check *c, const struct bundle_cert *cert)
{
	const struct bundle *b = c->want->bundle;
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
check_key_id(struct check *c, const struct tag *tag,
    const struct bundle_cert *cert)
{
	char *line, *in_file, in_cert[2 * CERT_ID_SIZE + 1];

	if (tag->key_id.at == NULL || !cert->cert.has_key_id)
		return;
	line = mem_printf("cloning.%s.privkey.id", tag->name);
	in_file = keyid_octets(tag->key_id);
	certrow_hex(in_cert, cert->cert.key_id, sizeof cert->cert.key_id);
	if (in_file == NULL)
		ADD(c, line_of(c, line), "bad-key-id",
		    "'%s' is not the ID of a key", line);
	else if (strcmp(in_file, in_cert) != 0)
		ADD(c, line_of(c, line), "key-id",
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
check_trust(struct check *c, const struct tag *tag,
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
check_tag(struct check *c, const struct tag *tag)
{
	struct findings_place line = nickname_line(c, tag->name);
	const struct bundle_cert *cert;

	if (tag->nickname == NULL) {
		if (!tag->optional)
			ADD(c, line, "nickname-missing",
			    "no nickname of the %s certificate", tag->name);
		return;
	}
	if (tag->token != NULL) {
		ADD(c, line, "on-token",
		    "'%s' (%s) is on the token '%s', and no bundle has it: "
		    "give the clone that token", tag->nickname, tag->name,
		    tag->token);
		return;
	}
	cert = bundle_find(c->want->bundle, tag->nickname);
	if (cert == NULL) {
		ADD(c, line, "missing",
		    "'%s' (%s) is not in %s", tag->nickname, tag->name,
		    c->place.file);
		MEND_EXPORT(c);
		return;
	}
	if (!cert->readable)
		return;
	if (cert->key == NULL && !cert->has_stray_key) {
		ADD(c, line, "no-key",
		    "'%s' (%s) is in %s without its key", tag->nickname,
		    tag->name, c->place.file);
		MEND_EXPORT(c);
	}
	check_key_id(c, tag, cert);
	check_trust(c, tag, cert);
	check_chain(c, cert);
}

static bool
is_needed(const struct bundletags *want, const struct bundle_cert *cert)
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
sslserver(const struct bundletags *want)
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
check_others(struct check *c, struct slice server)
{
	const struct bundle *b = c->want->bundle;

	for (size_t i = 0; i < b->certs; i++) {
		const struct bundle_cert *cert = &b->cert[i];

		if (cert->key == NULL || !is_taken(b, i) ||
		    is_needed(c->want, cert))
			continue;
		if (server.at != NULL &&
		    slice_equal(slice_of(cert->name), server)) {
			ADD(c, nickname_line(c, "sslserver"),
			    "sslserver", "'%s' and its key are in %s: the "
			    "clone gets the master's own TLS key", cert->name,
			    c->place.file);
			MEND_EXPORT(c);
		} else {
			ADD(c, c->place, "not-needed",
			    "'%s' and its key: no clone of this %s needs "
			    "them", cert->name, c->want->tags->subsystem);
		}
	}
}

void
bundletags_check(const struct bundletags *want, struct findings *found)
{
	const struct bundle *b = want->bundle;
	struct check c = { want, found, { b->p12->file, 0 }, false,
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
