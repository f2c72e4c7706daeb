/* SPDX-License-Identifier: MIT */
#include "check/liveuser.h"

#include <stdlib.h>
#include <strings.h>

#include "dir/dn.h"
#include "pki/tags.h"
#include "util/base64.h"
#include "util/mem.h"
#include "x509/cert.h"
#include "x509/serial.h"

#define DIGEST 32

struct user {
	struct liveset *live;
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
expect(struct user *u, const struct cloneset_side *side,
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
	    "%s: %s '%.*s', and '%s' is %s", u->dn, what,
	    SLICE_ARG(has), u->nickname, should);
}

/* The one that it is to have, which it has. */
static void
check_names(struct user *u, const struct entry *entry,
    const struct cert *cert)
{
	struct slice text = entry_value(entry, "description", 0), serial,
		     names;
	struct slice see = entry_value(entry, "seeAlso", 0);
	char *should = mem_printf("2;%s;%s;%s", cert->serial, cert->issuer,
	    cert->subject);

	if (text.at == NULL || !split(text, &serial, &names) ||
	    !same_serial(serial, cert->serial) || !same_names(names, cert))
		add(u, "db-user-description", "its description is",
		    text.at != NULL ? text : slice_of(""), should);
	if (see.at != NULL && !same_name(see, cert->subject))
		add(u, "db-user-subject", "its seeAlso is", see,
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
		    "its description names serial number", serial, u->serial);
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
			check_names(u, entry, &cert);
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
	add(u, "db-user-cert", "its certificates have the serial numbers",
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

	if (liveset_search(dir, &query, take, u) < 0)
		return -1;
	/* A KRA or a responder may do well without. */
	if (!u->found)
		findings_add(u->live->found,
		    (struct findings_place){ u->where, 0 },
		    u->binds ? "db-user-login" : "db-user-missing",
		    "no '%s': nobody can bind by the subsystem's certificate",
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
check_side(struct liveset *live, struct liveset_side *side)
{
	const struct cfg *cfg = side->is->cfg;
	char *dn = dn_of(cfg, side->dir.base);
	struct user u = { .live = live,
		.where = source_name(side->dir.source),
		.dn = dn,
		.binds = slice_equal(cfg_string(cfg,
		    "internaldb.ldapauth.authtype"),
		    slice_of("SslClientAuth")) };
	struct tags tags;
	int status = tags_read(&tags, cfg);

	if (status == 0) {
		expect(&u, side->is, &tags);
		status = search(&u, &side->dir);
		tags_release(&tags);
	}
	buf_release(&u.serials);
	free(u.serial);
	free(dn);
	return status;
}

int
liveuser_check(struct liveset *live)
{
	for (size_t i = 0; i < live->set->count; i++)
		if (live->side[i].dir.source != NULL &&
		    check_side(live, &live->side[i]) < 0)
			return -1;
	return 0;
}
