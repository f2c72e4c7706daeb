/* SPDX-License-Identifier: MIT */
/*
 * nssls - list the certificates and keys of an NSS database
 *
 * in:	a directory with cert9.db and key4.db, or cert8.db and key3.db; or an
 *	instance's directory
 * out:	records of certificates, with --keys of private keys; with --certutil
 *	what certutil -L and -K print
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "nss/nssdb.h"
#include "pki/keystore.h"
#include "util/cli.h"
#include "util/crypto.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/record.h"
#include "x509/cert.h"

struct listing_options {
	int keys, certutil, verify, expires_within;
	struct record_format format;
};

/* What is listed. */
struct contents {
	const struct listing_options *options;
	const struct nssdb *db;
	struct nsscerts certs;
	int64_t now, soon;
};

enum { KEY_ID, KEY_NICKNAME, KEY_STATE, KEY_TYPE, KEY_SIZE, KEY_FIELDS };

static const struct record_column key_columns[] = {
	[KEY_ID] = { "key-id",
	    "ID of the key, in hex, as certutil -K shows it" },
	[KEY_NICKNAME] = { "nickname",
	    "of its certificate, or the key's own label" },
	[KEY_STATE] = { "state", "current; superseded: the nickname has a "
				 "newer certificate; orphan: no certificate" },
	[KEY_TYPE] = { "key-type", "rsa, ec, dsa or other" },
	[KEY_SIZE] = { "key-size", "in bits" },
	{ NULL, NULL }
};

static void
put_cert(const struct contents *c, struct records *out,
    const struct nsscerts_item *item)
{
	const struct nss_cert *object = item->object;
	char trust[NSS_TRUST_SIZE];
	struct certrow row = { 0 };
	struct certrow_about about = {
		.nickname = object->nickname.size != 0 ? object->nickname :
							 (struct slice){ 0 },
		.key_id = item->key != NULL ? item->key->id : object->id,
		.has_key = item->key != NULL,
		.now = c->now,
		.soon = c->soon,
	};

	nss_trust_text(trust, &object->trust, object->user);
	about.trust = slice_of(trust);
	if (about.key_id.size == 0 && item->cert.has_key_id)
		about.key_id = (struct slice){ (const char *)item->cert.key_id,
			sizeof item->cert.key_id };
	if (about.key_id.size == 0)
		about.key_id.at = NULL;
	if (item->readable) {
		certrow_fill(&row, &item->cert, &about);
	} else {
		row.field[CERTROW_NICKNAME] = about.nickname;
		row.field[CERTROW_TRUST] = about.trust;
		row.field[CERTROW_STATE] = slice_of("unreadable");
	}
	records_put(out, row.field);
	certrow_release(&row);
}

static int
list_certs(const struct contents *c)
{
	struct records out;
	int status = STATUS_OK;

	if (records_begin(&out, certrow_columns, &c->options->format) < 0)
		return STATUS_ERROR;
	for (size_t i = 0; i < c->certs.count; i++) {
		put_cert(c, &out, &c->certs.item[i]);
		if (!c->certs.item[i].readable)
			status = STATUS_ERROR;
	}
	records_end(&out);
	return status;
}

static int
list_keys(const struct contents *c)
{
	struct records out;

	if (records_begin(&out, key_columns, &c->options->format) < 0)
		return STATUS_ERROR;
	for (size_t i = 0; i < c->db->objects.keys; i++) {
		const struct nss_key *key = &c->db->objects.key[i];
		const struct nsscerts_item *item = nsscerts_of_key(&c->certs,
		    key);
		unsigned bits = keytype_bits(key);
		char *id = mem_alloc(2 * key->id.size + 1), size[16];
		struct slice field[KEY_FIELDS] = { 0 };

		certrow_hex(id, key->id.at, key->id.size);
		snprintf(size, sizeof size, "%u", bits);
		field[KEY_ID] = slice_of(id);
		field[KEY_NICKNAME] = item != NULL ? nsscerts_name(item) :
						     key->label;
		field[KEY_STATE] = slice_of(item == NULL ? "orphan" :
			item->current ? "current" : "superseded");
		field[KEY_TYPE] = slice_of(keytype_name(key));
		if (bits != 0)
			field[KEY_SIZE] = slice_of(size);
		records_put(&out, field);
		free(id);
	}
	records_end(&out);
	return STATUS_OK;
}

static int
print_certs(const struct contents *c)
{
	printf("\n%-60s %-5s\n%-60s %-5s\n\n", "Certificate Nickname",
	    "Trust Attributes", "", "SSL,S/MIME,JAR/XPI");
	for (size_t i = 0; i < c->certs.count; i++) {
		const struct nsscerts_item *item = &c->certs.item[i];
		struct slice name = nsscerts_name(item);
		char trust[NSS_TRUST_SIZE];
		char *text = name.size == 0 ? mem_dup("(NULL)", 6) :
		    memchr(name.at, ':', name.size) == NULL ?
		    mem_dup(name.at, name.size) :
		    mem_printf("%s:%.*s", nssdb_token_name(c->db),
			SLICE_ARG(name));

		nss_trust_text(trust, &item->object->trust,
		    item->object->user);
		printf("%-60s %-5s\n", text, trust);
		free(text);
	}
	return STATUS_OK;
}

/* An ID of printable characters is shown as text, others as 20 bytes. */
static void
print_key_id(struct slice id)
{
	bool text = id.size != 0;

	for (size_t i = 0; i < id.size; i++)
		text = text && id.at[i] >= ' ' && id.at[i] <= '~';
	if (id.size == 0) {
		printf("%-42.42s", "(no CKA_ID)");
	} else if (text) {
		char *quoted = mem_printf("\"%.*s\"", SLICE_ARG(id));

		printf("%-42.42s", quoted);
		free(quoted);
	} else {
		char *hex = mem_alloc(2 * id.size + 1);

		certrow_hex(hex, id.at, id.size < 20 ? id.size : 20);
		printf("%-42.42s", hex);
		free(hex);
	}
}

/* A key's own label goes before its certificate's name, without the token's. */
static int
print_keys(const struct contents *c)
{
	printf("certutil: Checking token \"%.33s\" in slot \"%.65s\"\n",
	    nssdb_token_name(c->db), c->db->fips ?
	    "NSS FIPS 140-2 User Private Key Services" :
	    "NSS User Private Key and Certificate Services");
	for (size_t i = 0; i < c->db->objects.keys; i++) {
		const struct nss_key *key = &c->db->objects.key[i];
		const struct nsscerts_item *item = nsscerts_of_key(&c->certs,
		    key);

		printf("<%2zu> %-8.8s ", i, keytype_name(key));
		print_key_id(key->id);
		if (key->label.size != 0)
			printf(" %.*s\n", SLICE_ARG(key->label));
		else if (item != NULL && nsscerts_name(item).size != 0)
			printf(" %s:%.*s\n", nssdb_token_name(c->db),
			    SLICE_ARG(nsscerts_name(item)));
		else
			puts(" (orphan)");
	}
	if (c->db->objects.keys != 0)
		return STATUS_OK;
	puts("certutil: no keys found");
	return STATUS_DIFFER;
}

static int
check_dates(const struct contents *c)
{
	int status = STATUS_OK;

	for (size_t i = 0; i < c->certs.count; i++) {
		const struct nsscerts_item *item = &c->certs.item[i];
		char end[CERT_TIME_SIZE];

		if (!item->readable || item->cert.not_after >= c->soon)
			continue;
		cert_time(end, item->cert.not_after);
		say("%s: '%.*s' (serial %s) %s %s", c->db->directory,
		    SLICE_ARG(nsscerts_name(item)), item->cert.serial,
		    item->cert.not_after < c->now ? "expired" : "expires", end);
		status = STATUS_DIFFER;
	}
	return status;
}

static int
say_signature(const struct contents *c, enum nssdb_signed result,
    const char *what, struct slice name)
{
	static const char *const text[] = {
		[NSSDB_SIGNATURE_MISSING] = "not signed: NSS ignores them",
		[NSSDB_SIGNATURE_BAD] = "the signature is wrong: somebody "
					"without the password changed them",
		[NSSDB_SIGNATURE_UNREADABLE] = "the signature's algorithm is "
					       "not supported",
	};

	if (result == NSSDB_SIGNED || result == NSSDB_NOTHING_TO_SIGN)
		return STATUS_OK;
	say("%s: %s of '%.*s': %s", c->db->directory, what, SLICE_ARG(name),
	    text[result]);
	return STATUS_DIFFER;
}

static int
verify(const struct contents *c)
{
	int status = STATUS_OK;

	if (c->db->dbm)
		say("%s: databases of the old format have no signatures",
		    c->db->directory);
	for (size_t i = 0; i < c->certs.count; i++) {
		const struct nsscerts_item *item = &c->certs.item[i];

		if (say_signature(c, nssdb_verify_trust(c->db, item->object),
			"trust flags", nsscerts_name(item)) != STATUS_OK)
			status = STATUS_DIFFER;
		if (item->object->two_trusts)
			say("%s: '%.*s' has other trust flags for NSS before "
			    "3.114", c->db->directory,
			    SLICE_ARG(nsscerts_name(item)));
	}
	for (size_t i = 0; i < c->db->objects.keys; i++) {
		const struct nss_key *key = &c->db->objects.key[i];
		const struct nsscerts_item *item = nsscerts_of_key(&c->certs,
		    key);

		if (say_signature(c, nssdb_verify_key(c->db, key),
			"parts of the key",
			item != NULL ? nsscerts_name(item) : key->label) !=
		    STATUS_OK)
			status = STATUS_DIFFER;
	}
	return status;
}

static void
say_elsewhere(const struct nssdb *db)
{
	for (size_t i = 0; i < db->tokens; i++)
		say("%s: keys on the token of '%.*s' (%.*s) are not listed: "
		    "they are not in these files", db->directory,
		    SLICE_ARG(db->token[i].name),
		    SLICE_ARG(db->token[i].module));
	if (db->objects.secrets != 0)
		say("%s: %zu symmetric keys are not listed (tkstool -L does)",
		    db->directory, db->objects.secrets);
}

static int
list(struct keystore *store, const struct listing_options *options)
{
	struct contents c = { .options = options, .db = store->db,
		.now = time(NULL) };
	int status, more = STATUS_OK;

	if (options->verify && keystore_login(store) < 0)
		return STATUS_ERROR;
	if (options->expires_within >= 0)
		c.soon = c.now + 86400 * (int64_t)options->expires_within;
	nsscerts_load(&c.certs, c.db, c.now);
	if (options->certutil)
		status = options->keys ? print_keys(&c) : print_certs(&c);
	else
		status = options->keys ? list_keys(&c) : list_certs(&c);
	if (options->keys && !options->certutil)
		say_elsewhere(c.db);
	if (options->expires_within >= 0)
		more = check_dates(&c);
	if (options->verify && verify(&c) != STATUS_OK)
		more = STATUS_DIFFER;
	nsscerts_release(&c.certs);
	return status != STATUS_OK ? status : more;
}

int
main(int argc, char **argv)
{
	struct keystore_options options = KEYSTORE_DEFAULTS;
	struct listing_options listing = { .expires_within = -1 };
	const struct poptOption table[] = {
		{ "keys", 'k', POPT_ARG_NONE, &listing.keys, 0,
		  "list private keys instead of certificates", NULL },
		{ "certutil", '\0', POPT_ARG_NONE, &listing.certutil, 0,
		  "print what certutil -L prints, with --keys certutil -K",
		  NULL },
		{ "expires-within", '\0', POPT_ARG_INT,
		  &listing.expires_within, 0,
		  "report certificates that expire within DAYS; status 1",
		  "DAYS" },
		{ "verify", '\0', POPT_ARG_NONE, &listing.verify, 0,
		  "check the signatures of trust flags and keys", NULL },
		KEYSTORE_OPTIONS(options),
		RECORD_OPTIONS(listing.format),
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "[DIR]", "\
DIR is the directory of a database (also sql:DIR, dbm:DIR) or of an instance.\n\
Only --verify needs the password.  Examples:\n\
\n\
  nssls --table /etc/pki/pki-tomcat/alias\n\
  nssls --keys /var/lib/pki/pki-tomcat | cfgrekey -i CS.cfg\n\
  nssls --expires-within 30 alias >/dev/null || echo renew\n\
\n\
Status: 0 listed; 1 a certificate expires, a signature is wrong, or with\n\
--certutil --keys there are no keys; 2 error.\n", 0, 1 };
	const char **operands;
	struct keystore store;
	int status = STATUS_ERROR;

	crypto_wipe_memory();
	operands = cli_parse(argc, argv, table, &help);
	if (keystore_open(&store, operands[0], &options) == 0) {
		status = list(&store, &listing);
		keystore_close(&store);
	}
	return status;
}
