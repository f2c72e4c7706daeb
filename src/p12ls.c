/* SPDX-License-Identifier: MIT */
/*
 * p12ls - list what is in a PKCS#12 bundle
 *
 * in:	a bundle, and its password
 * out:	records of its certificates, or with --keys of its private keys; or
 *	the text of pki pkcs12-cert-find and pkcs12-key-find; or certificates
 *	as PEM.  Never a private key.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "p12/p12.h"
#include "pki/pkitext.h"
#include "util/cli.h"
#include "util/crypto.h"
#include "util/diag.h"
#include "util/hashmap.h"
#include "util/mem.h"
#include "util/password.h"
#include "util/slurp.h"
#include "x509/cert.h"
#include "x509/name.h"

struct p12ls {
	const char *password_file, *format;
	bool as_pki;
	enum pkitext_form pki_form;
	int keys, no_mac, extract_all;
	char **extract;
	long most_rounds;
	struct record_format records;
	struct p12 *p12;
	struct secret password;
	/* One of each bag that is a certificate, and the bag's number. */
	struct cert *cert;
	size_t *bag;
	size_t certs;
};

static int
read_certs(struct p12ls *ls)
{
	const struct p12 *p12 = ls->p12;

	ls->cert = mem_zalloc(p12->bags + 1, sizeof *ls->cert);
	ls->bag = mem_zalloc(p12->bags + 1, sizeof *ls->bag);
	for (size_t i = 0; i < p12->bags; i++) {
		const struct p12_bag *bag = &p12->bag[i];

		if (bag->kind != P12_CERT)
			continue;
		if (cert_parse(&ls->cert[ls->certs], bag->value) < 0)
			return fail("%s: bag %zu: not a certificate",
			    p12->file, i + 1);
		ls->bag[ls->certs++] = i;
	}
	return 0;
}

static const struct p12_bag *
bag_of(const struct p12ls *ls, size_t i)
{
	return &ls->p12->bag[ls->bag[i]];
}

/* The certificate's friendly name, or the one that pki makes up for it; a new
 * string. */
static char *
name_of(const struct p12ls *ls, size_t i)
{
	const char *name = bag_of(ls, i)->friendly_name;

	if (name != NULL)
		return mem_dup(name, strlen(name));
	return name_values(X509_get_subject_name(ls->cert[i].x509));
}

static size_t
cert_of(const struct p12ls *ls, const struct p12_bag *key)
{
	size_t i = 0;

	while (i < ls->certs && (key->local_key_id.at == NULL ||
	    bag_of(ls, i)->local_key_id.at == NULL ||
	    !slice_equal(bag_of(ls, i)->local_key_id, key->local_key_id)))
		i++;
	return i;
}

static void
say_what_is_left_out(const struct p12 *p12)
{
	size_t crls = 0, others = 0;

	for (size_t i = 0; i < p12->bags; i++) {
		crls += p12->bag[i].kind == P12_CRL;
		others += p12->bag[i].kind == P12_SECRET ||
		    p12->bag[i].kind == P12_OTHER;
	}
	if (crls + others != 0)
		say("%s: not listed: %zu CRLs, %zu secrets or other bags",
		    p12->file, crls, others);
}

static int
print_certs(const struct p12ls *ls)
{
	struct records out;
	struct certrow row;

	if (records_begin(&out, certrow_columns, &ls->records) < 0)
		return STATUS_ERROR;
	for (size_t i = 0; i < ls->certs; i++) {
		const struct p12_bag *bag = bag_of(ls, i);
		struct certrow_about about = {
			.nickname = slice_or_none(bag->friendly_name),
			.trust = slice_or_none(bag->trust),
			.key_id = bag->local_key_id,
			.has_key = p12_key_of(ls->p12, bag) != NULL,
			.now = time(NULL),
		};

		certrow_fill(&row, &ls->cert[i], &about);
		records_put(&out, row.field);
		certrow_release(&row);
	}
	records_end(&out);
	return STATUS_OK;
}

static const struct record_column key_columns[] = {
	{ "key-id", "localKeyID, in hex" },
	{ "nickname", "friendlyName" },
	{ "type", "rsa, rsa-pss, ec, dsa or other" },
	{ "bits", "size of the key" },
	{ "scheme", "encryption of the key; none: it is in the clear" },
	{ "rounds", "rounds of the key derivation" },
	{ "has-cert", "yes if the file has its certificate, else no" },
	{ NULL, NULL }
};

static int
put_key(const struct p12ls *ls, struct records *out,
    const struct p12_bag *bag)
{
	char bits_text[16], rounds[24], oid[64];
	struct secret pkcs8 = { 0 };
	const char *type;
	unsigned bits;
	char *id = NULL;
	struct slice field[sizeof key_columns / sizeof *key_columns] = { 0 };

	if (p12_key(ls->p12, bag, secret_slice(&ls->password), &pkcs8) < 0)
		return -1;
	if (cert_key_kind(secret_slice(&pkcs8), &type, &bits, oid) < 0) {
		secret_release(&pkcs8);
		return fail("%s: not a private key: '%s'", ls->p12->file,
		    bag->friendly_name != NULL ? bag->friendly_name : "");
	}
	secret_release(&pkcs8);
	if (bag->local_key_id.at != NULL) {
		id = mem_alloc(2 * bag->local_key_id.size + 1);
		certrow_hex(id, bag->local_key_id.at, bag->local_key_id.size);
	}
	snprintf(bits_text, sizeof bits_text, "%u", bits);
	snprintf(rounds, sizeof rounds, "%lu", bag->rounds);
	field[0] = slice_or_none(id);
	field[1] = slice_or_none(bag->friendly_name);
	field[2] = slice_of(type);
	field[3] = slice_or_none(bits != 0 ? bits_text : NULL);
	field[4] = slice_of(bag->scheme != NULL ? bag->scheme : "none");
	field[5] = slice_or_none(bag->scheme != NULL ? rounds : NULL);
	field[6] = slice_of(cert_of(ls, bag) < ls->certs ? "yes" : "no");
	records_put(out, field);
	free(id);
	return 0;
}

static int
print_keys(const struct p12ls *ls)
{
	struct records out;

	if (records_begin(&out, key_columns, &ls->records) < 0)
		return STATUS_ERROR;
	for (size_t i = 0; i < ls->p12->bags; i++)
		if (p12_is_key(&ls->p12->bag[i]) &&
		    put_key(ls, &out, &ls->p12->bag[i]) < 0) {
			records_drop(&out);
			return STATUS_ERROR;
		}
	records_end(&out);
	return STATUS_OK;
}

static void
add_cert(struct buf *out, const struct p12ls *ls, size_t i)
{
	const struct p12_bag *bag = bag_of(ls, i);
	char *name = name_of(ls, i);
	struct pkitext_cert cert = {
		.cert = &ls->cert[i],
		.name = name,
		.trust = bag->trust,
		.key_id = bag->local_key_id,
		.has_key = p12_key_of(ls->p12, bag) != NULL,
	};

	pkitext_cert(out, ls->pki_form, &cert);
	free(name);
}

/* pki keeps certificates by their SHA-1: of two that are one, the last, in the
 * place of the first [pkcs12 4]. */
static struct slice
sha1_of(const void *arg, uint32_t i)
{
	const struct p12ls *ls = arg;

	return (struct slice){ (const char *)ls->cert[i].sha1,
		sizeof ls->cert[i].sha1 };
}

static void
print_pki_certs(const struct p12ls *ls)
{
	uint32_t *show = mem_zalloc(ls->certs + 1, sizeof *show);
	size_t shown = 0;
	struct buf out = { 0 };
	struct hashmap map;

	hashmap_init(&map, ls->certs, sha1_of, ls);
	for (uint32_t i = 0; i < ls->certs; i++) {
		uint32_t before = hashmap_put(&map, sha1_of(ls, i), i);
		size_t place = 0;

		while (before != HASHMAP_NONE && show[place] != before)
			place++;
		show[before != HASHMAP_NONE ? place : shown++] = i;
	}
	pkitext_heading(&out, shown);
	for (size_t i = 0; i < shown; i++) {
		if (i != 0)
			buf_putc(&out, '\n');
		add_cert(&out, ls, show[i]);
	}
	cli_print(buf_slice(&out));
	buf_release(&out);
	hashmap_release(&map);
	free(show);
}

/* pki does not see keys in the clear. */
static void
print_pki_keys(const struct p12ls *ls)
{
	const struct p12 *p12 = ls->p12;
	struct buf keys = { 0 }, out = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < p12->bags; i++) {
		const struct p12_bag *bag = &p12->bag[i];
		size_t cert = cert_of(ls, bag);

		if (bag->kind != P12_SHROUDED)
			continue;
		if (count++ != 0)
			buf_putc(&keys, '\n');
		pkitext_key(&keys, ls->pki_form, bag->local_key_id,
		    bag->friendly_name, cert < ls->certs ?
		    ls->cert[cert].subject : NULL);
	}
	pkitext_heading(&out, count);
	if (count != 0)
		buf_add(&out, buf_slice(&keys));
	cli_print(buf_slice(&out));
	buf_release(&keys);
	buf_release(&out);
}

static bool
is_wanted(const struct p12ls *ls, const char *name, bool *found)
{
	bool wanted = ls->extract_all != 0;

	for (size_t i = 0; ls->extract != NULL && ls->extract[i] != NULL; i++)
		if (strcmp(ls->extract[i], name) == 0)
			wanted = found[i] = true;
	return wanted;
}

static int
extract(const struct p12ls *ls)
{
	size_t names = 0;
	int status = STATUS_OK;
	struct buf out = { 0 };
	bool *found;

	while (ls->extract != NULL && ls->extract[names] != NULL)
		names++;
	found = mem_zalloc(names + 1, sizeof *found);
	for (size_t i = 0; i < ls->certs; i++) {
		char *name = name_of(ls, i);

		if (is_wanted(ls, name, found))
			cert_add_pem(&out, ls->cert[i].der);
		free(name);
	}
	for (size_t i = 0; i < names; i++)
		if (!found[i]) {
			say("%s: no certificate has this nickname: '%s'",
			    ls->p12->file, ls->extract[i]);
			status = STATUS_DIFFER;
		}
	if (status == STATUS_OK && out.size != 0)
		cli_print(buf_slice(&out));
	buf_release(&out);
	free(found);
	return status;
}

static int
print(const struct p12ls *ls)
{
	if (ls->extract_all || ls->extract != NULL)
		return extract(ls);
	say_what_is_left_out(ls->p12);
	if (!ls->as_pki)
		return ls->keys ? print_keys(ls) : print_certs(ls);
	if (ls->keys)
		print_pki_keys(ls);
	else
		print_pki_certs(ls);
	return STATUS_OK;
}

static int
open_bundle(struct p12ls *ls)
{
	if (ls->p12->mac == P12_NO_MAC && !ls->no_mac)
		return fail("%s: no MAC: nothing shows that the file is "
			    "unchanged (--no-mac lists it anyway)",
		    ls->p12->file);
	if (password_of_bundle(&ls->password, ls->password_file,
		ls->p12->file) < 0)
		return -1;
	if (!ls->no_mac &&
	    p12_check_mac(ls->p12, secret_slice(&ls->password)) < 0)
		return -1;
	if (p12_open(ls->p12, secret_slice(&ls->password)) < 0)
		return -1;
	return read_certs(ls);
}

static int
run(struct p12ls *ls, const char *file)
{
	int status = STATUS_ERROR;
	struct slice text;
	char *bytes;

	if (slurp(file, P12_LIMIT, &bytes, &text.size) < 0)
		return STATUS_ERROR;
	text.at = bytes;
	ls->p12 = p12_parse(slurp_name(file), text,
	    (unsigned long)ls->most_rounds);
	if (ls->p12 != NULL && open_bundle(ls) == 0)
		status = print(ls);
	for (size_t i = 0; i < ls->certs; i++)
		cert_release(&ls->cert[i]);
	free(ls->cert);
	free(ls->bag);
	secret_release(&ls->password);
	p12_free(ls->p12);
	secret_free(bytes, text.size);
	return status;
}

static void
check_options(struct p12ls *ls, const char *file)
{
	const struct record_format *f = &ls->records;
	bool extracts = ls->extract_all || ls->extract != NULL;

	ls->as_pki = strcmp(ls->format, "tsv") != 0;
	if (strcmp(ls->format, "pki10") == 0)
		ls->pki_form = PKITEXT_10;
	else if (ls->as_pki && strcmp(ls->format, "pki") != 0)
		cli_usage("--format: no such form: '%s'", ls->format);
	if ((f->table || f->json || f->header || f->columns != NULL) &&
	    (ls->as_pki || extracts))
		cli_usage("--table, --json, --header and --columns are for "
			  "records");
	if (extracts && (ls->keys || ls->as_pki))
		cli_usage("--extract-cert and --extract-certs print PEM: no "
			  "--keys, no --format");
	if (ls->most_rounds < 1)
		cli_usage("--max-rounds: not a positive number: '%ld'",
		    ls->most_rounds);
	if (slurp_is_stdin(file) && slurp_is_stdin(ls->password_file))
		cli_usage("FILE and password cannot both be standard input");
}

int
main(int argc, char **argv)
{
	struct p12ls ls = { .format = "tsv",
		.most_rounds = (long)PBE_MOST_ROUNDS };
	const struct poptOption options[] = {
		{ "password-file", 'w', POPT_ARG_STRING, &ls.password_file, 0,
		  "password of the PKCS#12 file: the first line of FILE",
		  "FILE" },
		{ "keys", 'k', POPT_ARG_NONE, &ls.keys, 0,
		  "list private keys instead of certificates", NULL },
		{ "format", '\0', POPT_ARG_STRING, &ls.format, 0,
		  "tsv (the default); pki, pki10: as pki 11.x or 10.x prints",
		  "FORM" },
		{ "extract-cert", '\0', POPT_ARG_ARGV, &ls.extract, 0,
		  "print certificates of this nickname as PEM", "NICKNAME" },
		{ "extract-certs", '\0', POPT_ARG_NONE, &ls.extract_all, 0,
		  "print all certificates as PEM", NULL },
		{ "no-mac", '\0', POPT_ARG_NONE, &ls.no_mac, 0,
		  "do not verify the MAC, or read a file without one", NULL },
		{ "max-rounds", '\0', POPT_ARG_LONG, &ls.most_rounds, 0,
		  "refuse derivations of more rounds (10000000)", "N" },
		RECORD_OPTIONS(ls.records),
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "[FILE]", "\
Without -w, the password is asked for on the terminal.  Examples:\n\
\n\
  p12ls -w password.txt --table ca.p12\n\
  p12ls -w password.txt --keys ca.p12 | cfgrekey CS.cfg\n\
  p12ls -w password.txt --format=pki ca.p12\n\
\n\
Status: 0 done; 1 no certificate has the nickname; 2 error, such as a wrong\n\
password.\n", 0, 1 };
	const char **operands;

	crypto_wipe_memory();
	operands = cli_files(cli_parse(argc, argv, options, &help));
	check_options(&ls, operands[0]);
	return run(&ls, operands[0]);
}
