/* SPDX-License-Identifier: MIT */
/*
 * cfglint - say what is wrong with a CS.cfg before the server does
 *
 * in:	CS.cfg, of any subsystem; its key database (--db)
 * out:	findings: FILE:LINE: level: code: text; edits (--fix); paragraphs
 *	(--explain)
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "check/engine.h"
#include "pki/editfile.h"
#include "pki/hostrelease.h"
#include "pki/keystore.h"
#include "pki/locate.h"
#include "util/cli.h"

struct cfglint {
	struct editfile_options file;
	struct catalogue_options asked;
	char *db;
	int json, fix;
	struct keystore store;
	struct nsscerts database;
	struct findings found;
	struct release release; /* --release */
	int64_t now;
};

static struct check_file
file_of(struct cfglint *c, const struct cfg *cfg, const struct settings *rules)
{
	return (struct check_file){ .cfg = cfg, .rules = rules,
		.database = c->db != NULL ? &c->database : NULL,
		.release = hostrelease_of(cfg, c->release),
		.now = c->now, .found = &c->found };
}

static int
open_database(struct cfglint *c)
{
	const struct keystore_options options = KEYSTORE_DEFAULTS;

	if (c->db == NULL)
		return 0;
	if (keystore_open(&c->store, c->db, &options) < 0)
		return -1;
	nsscerts_load(&c->database, c->store.db, c->now);
	return 0;
}

/* Of an empty file nothing is wrong, and no server starts. */
static bool
has_keys(const struct cfg *cfg)
{
	for (uint32_t i = 0; i < cfg->lines; i++)
		if (cfg->line[i].logical != NULL)
			return true;
	return false;
}

static int
check(struct cfglint *c, const char *operand, const struct settings *rules)
{
	char *file = locate_cfg(operand, c->file.subsystem);
	struct cfg *cfg = file != NULL ? cfg_read(file) : NULL;
	struct check_file l;
	int status = cfg == NULL || has_keys(cfg) ? 0 :
	    fail("%s: the file has no keys", cfg->file);

	if (cfg != NULL && status == 0) {
		l = file_of(c, cfg, rules);
		engine_file(&l);
	}
	cfg_free(cfg);
	free(file);
	return cfg != NULL ? status : -1;
}

static int
check_all(struct cfglint *c, const char **files)
{
	struct settings *rules = settings_new(c->file.rules_file);
	int status = rules != NULL ? STATUS_OK : STATUS_ERROR;

	for (; status == STATUS_OK && *files != NULL; files++)
		if (check(c, *files, rules) < 0)
			status = STATUS_ERROR;
	settings_free(rules);
	if (status == STATUS_ERROR)
		return status;
	findings_print(&c->found, c->json);
	return findings_status(&c->found);
}

static int
fix(struct cfglint *c, const char **files)
{
	struct edits edits = { 0 };
	struct editfile f;
	struct check_file l;
	int status;

	if (files[1] != NULL)
		cli_usage("--fix takes one file at a time");
	if (editfile_open(&f, files[0], &c->file) < 0)
		return STATUS_ERROR;
	l = file_of(c, f.cfg, f.rules);
	l.edits = &edits;
	engine_file(&l);
	edits_order_by_key(&edits);
	status = editfile_finish(&f, &edits);
	edits_release(&edits);
	editfile_close(&f);
	return status;
}

static int
run(struct cfglint *c, const char **files)
{
	int status = STATUS_ERROR;

	if (c->file.in_place && !c->fix)
		cli_usage("--in-place requires --fix");
	if (open_database(c) == 0)
		status = c->fix ? fix(c, files) : check_all(c, files);
	findings_release(&c->found);
	nsscerts_release(&c->database);
	if (c->db != NULL)
		keystore_close(&c->store);
	return status;
}

int
main(int argc, char **argv)
{
	struct cfglint c = { .file = EDITFILE_DEFAULTS, .now = time(NULL) };
	char *release = NULL;
	const struct poptOption options[] = {
		{ "db", '\0', POPT_ARG_STRING, &c.db, 0,
		  "compare with the NSS database in DIR", "DIR" },
		{ "release", '\0', POPT_ARG_STRING, &release, 0,
		  "assume this Dogtag release: 11.6, rhcs9, ...",
		  "RELEASE" },
		CATALOGUE_OPTIONS(c.asked),
		{ "json", '\0', POPT_ARG_NONE, &c.json, 0,
		  "print findings as JSON objects, one a line", NULL },
		{ "fix", '\0', POPT_ARG_NONE, &c.fix, 0,
		  "print edits for what has one safe fix", NULL },
		EDITFILE_OPTIONS(c.file),
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "[FILE...]", "\
Checks FILE, a CS.cfg or an instance directory.  Examples:\n\
\n\
  cfglint /var/lib/pki/pki-tomcat/conf/*/CS.cfg\n\
  cfglint --explain crl-npe\n\
  cfglint --fix CS.cfg | cfgpatch -i CS.cfg\n\
\n\
Status: 0 no errors or warnings, or done; 1 errors or warnings, or no such\n\
code; 2 failure.\n", 0, -1 };
	const char **operands = cli_parse(argc, argv, options, &help);

	int status;

	if (catalogue_answers(&c.asked, &status))
		return status;
	c.release = hostrelease_option("--release", release);
	return run(&c, cli_files(operands));
}
