/* SPDX-License-Identifier: MIT */
#include "check/lintcert.h"

#include <stdlib.h>

#include "check/lintkey.h"
#include "pki/keyid.h"
#include "pki/tags.h"
#include "util/base64.h"
#include "x509/cert.h"
#include "x509/certkey.h"

/* One certificate of the file. */
struct known {
	struct lintfile *l;
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
list_of(const struct lintfile *l, const char *subsystem)
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
	lintkey_check(k->l, "cloning", k->tag, &cert);
	lintkey_check(k->l, "preop.cert", k->tag, &cert);
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
check_names(struct known *k)
{
	struct lintfile *l = k->l;
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
	struct lintfile *l = k->l;
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
check_units(struct lintfile *l)
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
check_audit(struct lintfile *l, const char *subsystem)
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
check_tag(struct lintfile *l, const char *subsystem, struct slice tag,
    bool listed)
{
	struct known k = { .l = l, .subsystem = subsystem, .tag = tag };

	check_copy(&k);
	check_request(&k);
	check_key_id(&k, "cloning");
	check_key_id(&k, "preop.cert");
	if (listed)
		check_names(&k);
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
is_listed(const struct lintfile *l, const char *subsystem, struct slice tag)
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
check_unlisted(struct lintfile *l, const struct cfg_line *line)
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
			check_tag(l, setting_subsystem[i], tag, false);
	}
}

void
lintcert_check(struct lintfile *l)
{
	for (size_t i = 0; i < SETTING_SUBSYSTEMS; i++) {
		struct slice list = list_of(l, setting_subsystem[i]), tag;

		while ((tag = next_tag(&list)).size != 0)
			check_tag(l, setting_subsystem[i], tag, true);
		check_audit(l, setting_subsystem[i]);
	}
	for (uint32_t i = 0; i < l->cfg->lines; i++)
		if (cfg_is_live(l->cfg, l->cfg->line + i))
			check_unlisted(l, l->cfg->line + i);
	check_units(l);
}
