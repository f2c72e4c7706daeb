/* SPDX-License-Identifier: MIT */
/*
 * cfgrekey - make CS.cfg name the keys that the database really has
 *
 * in:	CS.cfg; key IDs with nicknames, as certutil -K, nssls --keys or keyid
 *	print them
 * out:	edits of cloning.<tag>.privkey.id and preop.cert.<tag>.privkey.id; or
 *	records (--table and others)
 */
#include <stdlib.h>

#include "pki/editfile.h"
#include "pki/keyid.h"
#include "pki/rekey.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/record.h"
#include "util/slurp.h"

static const struct record_column columns[] = {
	{ "tag", "the certificate's tag, such as signing" },
	{ "nickname", "its nickname in the file" },
	{ "file-id", "the key ID in the file" },
	{ "list-id", "the key ID in the list, as CS.cfg spells it" },
	{ "state", "same, stale, missing (from the list) or ambiguous" },
	{ "key", "the key of the file that holds the ID" },
	{ NULL, NULL }
};

static const char *const state_name[] = {
	[REKEY_SAME] = "same",
	[REKEY_STALE] = "stale",
	[REKEY_MISSING] = "missing",
	[REKEY_AMBIGUOUS] = "ambiguous",
};

static void
say_of(const struct rekey *rekey, const struct rekey_setting *s,
    const char *what)
{
	say("%s:%zu: '%.*s': %s", rekey->cfg->file,
	    cfg_number(rekey->cfg, s->line), SLICE_ARG(cfg_key(s->line)), what);
}

/* Looking and editing alike: an ID that is cut makes no good edit. */
static void
say_cut(const struct rekey *rekey)
{
	for (size_t i = 0; i < rekey->count; i++) {
		const struct rekey_setting *s = &rekey->setting[i];
		char *text;

		if (!s->may_be_cut)
			continue;
		text = mem_printf("certutil shows at most %zu bytes of an ID: "
				  "that of '%s' on token '%s' may be longer",
		    strlen(s->key->id) / 2, s->key->nickname, s->key->token);
		say_of(rekey, s, text);
		free(text);
	}
}

static int
print_records(const struct rekey *rekey, const struct record_format *format)
{
	struct records out;
	int status = STATUS_OK;

	if (records_begin(&out, columns, format) < 0)
		return STATUS_ERROR;
	for (size_t i = 0; i < rekey->count; i++) {
		const struct rekey_setting *s = &rekey->setting[i];
		char *id = s->key != NULL ?
		    keyid_bigint(slice_of(s->key->id)) : NULL;
		struct slice field[] = { s->tag, s->nickname,
			cfg_trim(cfg_value(s->line)), { 0 },
			slice_of(state_name[s->state]), cfg_key(s->line) };

		if (id != NULL)
			field[3] = slice_of(id);
		if (s->nickname.at == NULL && s->key != NULL)
			field[1] = slice_of(s->key->nickname);
		records_put(&out, field);
		free(id);
		if (s->state != REKEY_SAME)
			status = STATUS_DIFFER;
	}
	records_end(&out);
	return status;
}

static void
say_state(const struct rekey *rekey, const struct rekey_setting *s)
{
	char *text = NULL;

	if (s->guessed && s->key != NULL)
		text = mem_printf("no nickname in the file: assuming '%s', "
				  "the name in the manual", s->key->nickname);
	if (s->state == REKEY_MISSING && s->guessed)
		text = mem_printf("no nickname in the file, and the list has "
				  "no key with the name in the manual");
	else if (s->state == REKEY_MISSING)
		text = mem_printf("the list has no key named '%.*s'",
		    SLICE_ARG(s->nickname));
	if (text != NULL)
		say_of(rekey, s, text);
	free(text);
}

/* Guessed names may differ: two subsystems' in one database. */
static void
say_two(const struct rekey *rekey, const struct rekey_setting *s)
{
	char *text = mem_printf("two keys are named '%s' (%s) and '%s' (%s), "
				"and the file has a certificate of neither: "
				"remove the wrong one from the list",
	    s->key->nickname, s->key->id, s->other->nickname, s->other->id);

	say_of(rekey, s, text);
	free(text);
}

/* What the installer copied with the ID is of the old key too [dogtag 5.1]. */
static void
say_companions(const struct rekey *rekey, const struct rekey_setting *s)
{
	static const char *const names[] = { "pubkey.modulus",
		"pubkey.exponent", "pubkey.encoded", "keytype",
		"keyalgorithm" };
	struct slice family = cfg_key(s->line);

	family.size -= strlen("privkey.id");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *key = mem_printf("%.*s%s", SLICE_ARG(family), names[i]);
		const struct cfg_line *line =
		    cfg_find(rekey->cfg, slice_of(key));

		if (line != NULL)
			say("%s:%zu: '%s' belongs to the old key",
			    rekey->cfg->file, cfg_number(rekey->cfg, line),
			    key);
		free(key);
	}
}

static int
edit(struct editfile *f, const struct rekey *rekey, int partial)
{
	const char *help = " (--partial edits the other keys)";
	struct edits edits = { 0 };
	int status = STATUS_OK;

	if (rekey->count == 0)
		say("%s: no private key IDs: Dogtag 10.9 and later keep none",
		    f->cfg->file);
	for (size_t i = 0; i < rekey->count; i++) {
		const struct rekey_setting *s = &rekey->setting[i];

		say_state(rekey, s);
		if (s->state == REKEY_AMBIGUOUS) {
			say_two(rekey, s);
			help = "";
		}
		if (s->state == REKEY_AMBIGUOUS ||
		    (s->state == REKEY_MISSING && !partial))
			status = STATUS_DIFFER;
		if (s->state == REKEY_STALE)
			say_companions(rekey, s);
	}
	if (status == STATUS_DIFFER)
		say("%s: no edits%s", f->cfg->file, help);
	rekey_edit(rekey, &edits);
	if (status == STATUS_OK)
		status = editfile_finish(f, &edits);
	edits_release(&edits);
	return status;
}

static int
run(const struct editfile_options *options, const char *operand,
    const struct rekey_keys *keys, const struct record_format *format,
    int partial)
{
	bool looks = format->json || format->table || format->header ||
	    format->columns != NULL;
	struct rekey rekey = { 0 };
	struct editfile f;
	int status;

	if (looks && options->in_place)
		cli_usage("--in-place cannot be combined with --table, --json, "
			  "--header or --columns");
	if (editfile_open(&f, operand, options) < 0)
		return STATUS_ERROR;
	rekey_match(&rekey, f.cfg, keys);
	say_cut(&rekey);
	status = looks ? print_records(&rekey, format) :
			 edit(&f, &rekey, partial);
	rekey_release(&rekey);
	editfile_close(&f);
	return status;
}

int
main(int argc, char **argv)
{
	struct editfile_options file = EDITFILE_DEFAULTS;
	struct record_format format = { 0 };
	int partial = 0, status = STATUS_ERROR;
	const struct poptOption options[] = {
		{ "partial", '\0', POPT_ARG_NONE, &partial, 0,
		  "edit the other keys if the list lacks some", NULL },
		EDITFILE_OPTIONS(file),
		RECORD_OPTIONS(format),
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "FILE [IDS]", "\
IDS is the output of certutil -K, nssls --keys or keyid.  With --table,\n\
--json, --header or --columns, nothing is edited.  Examples:\n\
\n\
  nssls --keys alias | cfgrekey --table CS.cfg\n\
  nssls --keys alias | cfgrekey -i CS.cfg\n\
\n\
Status: 0 done, or all IDs are the same; 1 a key is missing or ambiguous, or,\n\
with --table, stale; 2 error.\n", 1, 2 };
	const char **operands = cli_parse(argc, argv, options, &help);
	const char *ids = operands[1] != NULL ? operands[1] : "-";
	struct rekey_keys keys = { 0 };

	if (slurp_is_stdin(operands[0]) && slurp_is_stdin(ids))
		cli_usage("FILE and IDS cannot both be standard input");
	if (rekey_keys_read(&keys, ids) == 0)
		status = run(&file, operands[0], &keys, &format, partial);
	rekey_keys_release(&keys);
	return status;
}
