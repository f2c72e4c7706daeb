/* SPDX-License-Identifier: MIT */
/*
 * p12export - export the keys of an NSS database to a PKCS#12 bundle
 *
 * in:	a database's directory, or an instance's; a CS.cfg for --clone-of
 * out:	the bundle; with --clone-of, a line for each certificate added
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cfg/setting.h"
#include "check/findings.h"
#include "nss/nssexport.h"
#include "pki/hostfiles.h"
#include "pki/keystore.h"
#include "pki/locate.h"
#include "pki/tags.h"
#include "util/cli.h"
#include "util/crypto.h"
#include "util/diag.h"
#include "util/hex.h"
#include "util/mem.h"
#include "util/outfile.h"
#include "util/password.h"
#include "util/path.h"
#include "util/slurp.h"
#include "util/utf8.h"

struct export_options {
	struct keystore_options store;
	struct outfile_options out;
	char *password_file, *clone_of, *subsystem, *purpose;
	int iterations, encrypt_certs, no_keys, superseded, debug;
};

struct job {
	const struct export_options *options;
	struct keystore store;
	struct nsscerts certs;
	struct nssexport export;
	struct buf added; /* what to say when it is done */
	bool rhcs9, fips;
};

static void
debug(const struct job *job, const char *what, struct slice name)
{
	if (job->options->debug)
		say("%s '%.*s'", what, SLICE_ARG(name));
}

static void
add(struct job *job, const struct nsscerts_item *item, bool with_key)
{
	if (!nssexport_has(&job->export, item))
		debug(job, "adding", nsscerts_name(item));
	nssexport_add(&job->export, item, with_key);
}

/* The certificate, what is superseded of it, and all above it, whose keys
 * nobody asked for: a KRA's clone must not get the CA's. */
static void
add_with_chain(struct job *job, const struct nsscerts_item *item)
{
	const struct nsscerts_item *above = item;

	add(job, item, true);
	for (size_t i = 0; job->options->superseded && i < job->certs.count;
	     i++)
		if (job->certs.item[i].readable &&
		    slice_equal(nsscerts_name(&job->certs.item[i]),
			nsscerts_name(item)))
			add(job, &job->certs.item[i], true);
	while ((above = nsscerts_issuer(&job->certs, above)) != NULL &&
	    !nssexport_has(&job->export, above))
		add(job, above, false);
}

static const struct nsscerts_item *
find(const struct job *job, struct slice nickname)
{
	for (size_t i = 0; i < job->certs.count; i++)
		if (job->certs.item[i].readable && job->certs.item[i].current &&
		    slice_equal(nsscerts_name(&job->certs.item[i]), nickname))
			return &job->certs.item[i];
	return NULL;
}

static void
pick_all(struct job *job)
{
	for (size_t i = 0; i < job->certs.count; i++)
		if (job->certs.item[i].readable &&
		    (job->certs.item[i].current || job->options->superseded))
			add(job, &job->certs.item[i], true);
}

static int
pick_named(struct job *job, const char **nickname)
{
	int status = 0;

	for (; *nickname != NULL; nickname++) {
		const struct nsscerts_item *item = find(job,
		    slice_of(*nickname));

		if (item != NULL)
			add_with_chain(job, item);
		else
			status = fail("%s: no certificate is called '%s'",
			    job->store.db->directory, *nickname);
	}
	return status;
}

/* A certificate that source names for a clone. */
static int
pick_needed(struct job *job, const char *nickname, const char *token,
    const char *source, const char *what)
{
	const struct nsscerts_item *item;

	if (token != NULL) {
		say("%s: '%s' (%s) is on the token '%s', whose keys cannot be "
		    "exported: give the clone the same token, by its vendor's "
		    "means, and pki_hsm_enable=True", source, nickname, what,
		    token);
		return 0;
	}
	item = find(job, slice_of(nickname));
	if (item == NULL)
		return fail("%s: no certificate is called '%s', which %s names "
			    "(%s)", job->store.db->directory, nickname, source,
		    what);
	add_with_chain(job, item);
	/* As pki-server's clone-prepare says it. */
	buf_puts(&job->added, "Added certificate \"");
	buf_puts(&job->added, nickname);
	buf_puts(&job->added, "\"\n");
	return 0;
}

static int
pick_tag(struct job *job, const struct cfg *cfg, const struct tag *tag)
{
	if (tag->nickname == NULL)
		return tag->optional ? 0 :
		    fail("%s: no nickname of the certificate '%s'", cfg->file,
			tag->name);
	return pick_needed(job, tag->nickname, tag->token, cfg->file,
	    tag->name);
}

static int
pick_external(struct job *job, const struct cfg *cfg)
{
	struct external external;
	int status = external_read(&external, job->store.password_conf,
	    cfg->file);

	for (size_t i = 0; i < external.count; i++)
		if (pick_needed(job, external.cert[i].nickname,
			external.cert[i].token, external.file, "external") < 0)
			status = -1;
	external_release(&external);
	return status;
}

static int
pick_for_clone(struct job *job, const char *file)
{
	struct cfg *cfg = cfg_read(file);
	struct tags tags = { .count = 0 };
	int status = cfg != NULL ? tags_read(&tags, cfg) : -1;

	for (size_t i = 0; i < tags.count; i++)
		if (pick_tag(job, cfg, &tags.tag[i]) < 0)
			status = -1;
	if (status == 0)
		status = pick_external(job, cfg);
	tags_release(&tags);
	cfg_free(cfg);
	return status;
}

/* An instance's "ca", unless a certificate has that nickname. */
static bool
is_subsystem(const struct job *job, const char *name)
{
	for (size_t i = 0; i < SETTING_SUBSYSTEMS; i++)
		if (strcmp(name, setting_subsystem[i]) == 0)
			return job->store.instance != NULL &&
			    find(job, slice_of(name)) == NULL;
	return false;
}

static int
pick(struct job *job, const char **operand)
{
	const char *clone_of = job->options->clone_of;
	char *file;
	int status;

	if (clone_of != NULL) {
		file = locate_cfg(clone_of, job->options->subsystem);
		status = file != NULL ? pick_for_clone(job, file) : -1;
		free(file);
		return status;
	}
	if (operand[0] == NULL) {
		pick_all(job);
		return 0;
	}
	if (operand[1] != NULL || !is_subsystem(job, operand[0]))
		return pick_named(job, operand);
	file = locate_cfg(job->store.instance, operand[0]);
	status = file != NULL ? pick_for_clone(job, file) : -1;
	free(file);
	return status;
}

static void
say_left(const struct job *job, const struct nsscerts_item *item)
{
	const char *directory = job->store.db->directory;

	const bool left_key = item->key != NULL && !job->options->no_keys &&
	    !nssexport_has_key(&job->export, item->key);

	if (!item->readable)
		return;
	if (nssexport_has(&job->export, item)) {
		if (left_key)
			say("%s: not exported: the key of '%.*s'",
			    directory, SLICE_ARG(nsscerts_name(item)));
		return;
	}
	if (!item->current)
		say("%s: not exported: superseded '%.*s' (serial %s)%s",
		    directory, SLICE_ARG(nsscerts_name(item)),
		    item->cert.serial,
		    left_key ? " and its key" : "");
	else if (left_key)
		say("%s: not exported: '%.*s' and its key", directory,
		    SLICE_ARG(nsscerts_name(item)));
	else
		debug(job, "not exported:", nsscerts_name(item));
}

static void
say_orphan(const struct job *job, const struct nss_key *key)
{
	char id[2 * 64 + 1] = "";

	hex_lower(id, key->id.at, key->id.size < 64 ? key->id.size : 64);
	say("%s: not exported: key %s (%s) without a certificate",
	    job->store.db->directory, id, keytype_name(key));
}

static void
say_left_all(const struct job *job)
{
	const struct nssdb *db = job->store.db;

	for (size_t i = 0; i < job->certs.count; i++)
		say_left(job, &job->certs.item[i]);
	for (size_t i = 0; i < db->objects.keys; i++)
		if (nsscerts_of_key(&job->certs, &db->objects.key[i]) == NULL)
			say_orphan(job, &db->objects.key[i]);
	for (size_t i = 0; i < db->objects.secrets; i++)
		say("%s: not exported: symmetric key '%.*s' (tkstool "
		    "exports a TKS's master keys)", db->directory,
		    SLICE_ARG(db->objects.secret[i].label));
	for (size_t i = 0; i < db->tokens; i++)
		say("%s: not exported: keys on the token of '%.*s' (%.*s): "
		    "give the clone the same token, by its vendor's means",
		    db->directory,
		    SLICE_ARG(db->token[i].name),
		    SLICE_ARG(db->token[i].module));
}

/* What importers and other versions of NSS make of it. */
static void
tell_findings(const struct job *job)
{
	const struct findings_place place = { job->store.db->directory, 0 };
	struct findings found = { 0 };

	for (size_t i = 0; i < job->export.count; i++) {
		const struct nsscerts_item *item = job->export.pick[i].item;
		struct slice name = item->object->nickname;

		if (name.size != 0 && memchr(name.at, ':', name.size) != NULL)
			findings_add(&found, place, "colon",
			    "'%.*s': pki takes what is before the colon for a "
			    "token", SLICE_ARG(name));
		if (utf8_is_beyond_bmp(name))
			findings_add(&found, place, "beyond-bmp",
			    "'%.*s' has a character beyond U+FFFF: pki leaves "
			    "out the certificate and its key",
			    SLICE_ARG(name));
		if (item->object->two_trusts)
			findings_add(&found, place, "trust-two",
			    "'%.*s': the trust flags are '%s' for NSS since "
			    "3.114, and others for older ones",
			    SLICE_ARG(name), job->export.bundle[i].trust);
		if (job->export.bundle[i].pkcs8.size != 0 &&
		    item->key->unextractable)
			findings_add(&found, place, "key-marked",
			    "'%.*s': its key is marked as not to be exported",
			    SLICE_ARG(name));
	}
	findings_tell(&found);
	findings_release(&found);
}

static void
progress(void *arg, size_t done, size_t count)
{
	(void)arg;
	if (count > 1)
		fprintf(stderr, "\r%s: %zu of %zu%s",
		    program_invocation_short_name, done, count,
		    done == count ? "\r\033[K" : "");
}

static int
bundle_password(const struct job *job, struct secret *password)
{
	const char *file = job->options->password_file;

	if (file != NULL)
		return password_first_line(password, file);
	if (password_ask(password, "Password of the new file", true) < 0)
		return fail("no terminal to ask for the password of the new "
			    "file on (-w FILE)");
	return 0;
}

/* The bundle's own derivations run beside the database's. */
static int
build(struct job *job, struct buf *out)
{
	struct p12_layout layout = P12_LAYOUT;
	struct secret password = { 0 };
	struct p12seal seal = { 0 };
	int status = -1;

	layout.rounds = (unsigned long)job->options->iterations;
	layout.encrypt_certs = job->options->encrypt_certs;
	layout.pbmac1 = job->fips;
	if (bundle_password(job, &password) < 0)
		goto out;
	if (password.size == 0)
		say("the password of the new file is empty");
	seal = p12_seal(secret_slice(&password), &layout);
	layout.seal = job->export.seal = &seal;
	if (p12seal_begin(&seal, job->export.with_keys,
		layout.encrypt_certs) < 0 ||
	    nssexport_run(&job->export,
		isatty(STDERR_FILENO) ? progress : NULL) < 0)
		goto out;
	tell_findings(job);
	say_left_all(job);
	status = p12_build(out, job->export.bundle, job->export.count,
	    secret_slice(&password), &layout);
out:
	job->export.seal = NULL;
	p12seal_release(&seal);
	secret_release(&password);
	return status;
}

static int
export(struct job *job, const char **operand)
{
	struct buf out = { 0 };
	int status = -1;

	if (keystore_login(&job->store) < 0)
		goto out;
	nsscerts_load(&job->certs, job->store.db, time(NULL));
	job->export.db = job->store.db;
	job->export.with_keys = !job->options->no_keys;
	job->export.trust_anyway = job->options->out.force;
	job->export.subject_as_name = job->rhcs9;
	if (pick(job, operand) < 0 || build(job, &out) < 0)
		goto out;
	status = outfile_write(&job->options->out, buf_slice(&out),
	    buf_slice(&job->added));
out:
	buf_release(&job->added);
	nssexport_release(&job->export);
	nsscerts_release(&job->certs);
	buf_release(&out);
	return status;
}

/* What --for says. */
static void
set_purpose(struct job *job)
{
	const char *purpose = job->options->purpose;

	job->fips = purpose == NULL && p12_system_is_fips();
	if (job->fips)
		say("this system is in FIPS mode: the MAC is PBMAC1, which "
		    "older importers cannot read (--for=pki writes the usual "
		    "MAC)");
	if (purpose == NULL || strcmp(purpose, "pki") == 0)
		return;
	job->rhcs9 = strcmp(purpose, "rhcs9") == 0;
	job->fips = strcmp(purpose, "fips") == 0;
	if (!job->rhcs9 && !job->fips)
		cli_usage("--for: not pki, rhcs9 or fips: '%s'", purpose);
}

/* The instance, or the database, of the CS.cfg in operand: a new string.
 * NULL: reported. */
static char *
near_cfg(const char *operand, const char *subsystem)
{
	struct hostfiles files;
	char *directory = NULL, *slash;

	if (hostfiles_find(&files, operand, subsystem) < 0)
		return NULL;
	if (files.alias == NULL || !path_is_directory(files.alias)) {
		fail("no key database near '%s' (-d DIR)", files.file);
	} else if (strcmp(files.alias, "alias") == 0) {
		directory = mem_dup(".", 1);
	} else {
		directory = mem_dup(files.alias, strlen(files.alias));
		slash = strrchr(directory, '/');
		/* The instance has the password, too. */
		if (slash != NULL && strcmp(slash, "/alias") == 0)
			*slash = '\0';
	}
	hostfiles_release(&files);
	return directory;
}

static int
open_store(struct job *job, const char *directory)
{
	const struct export_options *o = job->options;
	char *found = NULL;
	int status = -1;

	if (directory == NULL && o->store.directory == NULL &&
	    o->clone_of != NULL) {
		found = near_cfg(o->clone_of, o->subsystem);
		directory = found;
		if (found == NULL)
			return -1;
	}
	status = keystore_open(&job->store, directory, &o->store);
	free(found);
	return status;
}

static int
run(const struct export_options *options, const char **operand)
{
	struct job job = { .options = options };
	const char *directory = NULL;
	int status;

	if (options->iterations < 1)
		cli_usage("--iterations: not a positive number: '%d'",
		    options->iterations);
	if (slurp_is_stdin(options->password_file) &&
	    slurp_is_stdin(options->store.password_file))
		cli_usage("-w and -p cannot both be standard input");
	if (options->store.directory == NULL && *operand != NULL)
		directory = *operand++;
	if (options->clone_of != NULL && *operand != NULL)
		cli_usage("--clone-of picks the certificates: no nicknames");
	if (options->out.path == NULL)
		cli_usage("no output file is given (-o FILE)");
	if (strcmp(options->out.path, "-") == 0 && isatty(STDOUT_FILENO))
		return fail("standard output is a terminal: -o FILE, or a "
			    "pipe"), STATUS_ERROR;
	set_purpose(&job);
	if (outfile_check(&options->out) < 0 ||
	    open_store(&job, directory) < 0)
		return STATUS_ERROR;
	status = export(&job, operand);
	keystore_close(&job.store);
	return status == 0 ? STATUS_OK : STATUS_ERROR;
}

int
main(int argc, char **argv)
{
	struct export_options o = { .store = KEYSTORE_DEFAULTS,
		.iterations = P12_ROUNDS };
	const struct poptOption options[] = {
		OUTFILE_OPTIONS(o.out),
		{ "password-file", 'w', POPT_ARG_STRING, &o.password_file, 0,
		  "password of the new file: the first line of FILE", "FILE" },
		KEYSTORE_OPTIONS(o.store),
		{ "clone-of", '\0', POPT_ARG_STRING, &o.clone_of, 0,
		  "export what a clone of this subsystem needs; without DIR, "
		  "from the database of its instance", "CS.cfg" },
		{ "subsystem", '\0', POPT_ARG_STRING, &o.subsystem, 0,
		  "subsystem of an instance, for --clone-of: ca, kra, ...",
		  "NAME" },
		{ "superseded", '\0', POPT_ARG_NONE, &o.superseded, 0,
		  "export older certificates of a nickname too",
		  NULL },
		{ "no-keys", '\0', POPT_ARG_NONE, &o.no_keys, 0,
		  "certificates only", NULL },
		{ "for", '\0', POPT_ARG_STRING, &o.purpose, 0,
		  "importer: pki; rhcs9 (names of keys as in 10.5); fips "
		  "(PBMAC1)",
		  "WHOM" },
		{ "encrypt-certs", '\0', POPT_ARG_NONE, &o.encrypt_certs, 0,
		  "encrypt the certificates too", NULL },
		{ "iterations", '\0', POPT_ARG_INT, &o.iterations, 0,
		  "rounds of each derivation (600000)", "N" },
		{ "debug", '\0', POPT_ARG_NONE | POPT_ARGFLAG_ONEDASH,
		  &o.debug, 0, "report what is exported and what is not",
		  NULL },
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "[DIR] [NICKNAME...|SUBSYSTEM]", "\
DIR is the directory of a database or of an instance.  Without nicknames, all\n\
certificates are exported; with nicknames, these and their chains; with an\n\
instance and ca, kra, ocsp, tks or tps, what its clone needs.  Examples:\n\
\n\
  p12export -o ca.p12 -w p12pw /var/lib/pki/pki-tomcat ca\n\
  p12export -d alias -p dbpw -w p12pw -o all.p12\n\
\n\
Status: 0 exported; 2 error, and no file was made or replaced.\n", 0, -1 };
	const char **operands;

	crypto_wipe_memory();
	operands = cli_parse(argc, argv, options, &help);
	return run(&o, operands);
}
