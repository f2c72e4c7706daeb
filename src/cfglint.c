/* SPDX-License-Identifier: MIT */
/*
 * cfglint - say what is wrong with a CS.cfg before the server does
 *
 * in:	CS.cfg, of any subsystem; its key database (--alias)
 * out:	findings: FILE:LINE: level: CODE: text; edits (--fix); paragraphs
 *	(--explain)
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cfg/editfile.h"
#include "cfg/locate.h"
#include "cfg/render.h"
#include "check/keystore.h"
#include "check/lint.h"
#include "check/lintwhy.h"
#include "util/cli.h"
#include "util/mem.h"

struct cfglint {
	struct editfile_options file;
	const char **ignore;
	char *explain, *alias;
	int json, fix, list;
	bool ignored[LINT_CODES];
	struct keystore store;
	struct nsscerts database;
	struct findings found;
	int64_t now;
};

/* -- explaining ------------------------------------------------------------ */

static const char *
level_name(const struct lintcode *code)
{
	return code->level == FINDINGS_ERROR ? "error" :
	    code->level == FINDINGS_WARNING  ? "warning" :
					       "info";
}

/* As a paragraph of 72 columns. */
static void
print_wrapped(const char *text)
{
	size_t column = 0;

	while (*text != '\0') {
		size_t size = strcspn(text, " ");

		if (column != 0 && column + 1 + size > 72) {
			putchar('\n');
			column = 0;
		}
		column += (size_t)printf("%s%.*s", column != 0 ? " " : "",
		    (int)size, text);
		text += size + strspn(text + size, " ");
	}
	putchar('\n');
}

static void
print_code(const struct lintcode *code)
{
	printf("%s: %s: %s\n", code->name, level_name(code), code->brief);
	if (code->message != NULL)
		printf("In the log: %s\n", code->message);
	print_wrapped(lintwhy[code - lintcodes]);
}

static int
explain(const char *text)
{
	const struct lintcode *code = lintcode_find(text);
	size_t count = 0;

	if (code != NULL) {
		print_code(code);
		return EXIT_YES;
	}
	while ((code = lintcode_explains(code, text)) != NULL) {
		if (count++ != 0)
			putchar('\n');
		print_code(code);
	}
	if (count != 0)
		return EXIT_YES;
	say("--explain: no such code or message: '%s' (--codes lists codes)",
	    text);
	return EXIT_NO;
}

static int
list_codes(void)
{
	for (size_t i = 0; i < LINT_CODES; i++)
		printf("%s\t%s\t%s\n", lintcodes[i].name,
		    level_name(&lintcodes[i]), lintcodes[i].brief);
	return EXIT_YES;
}

/* -- checking -------------------------------------------------------------- */

static struct lintfile
file_of(struct cfglint *c, const struct cfg *cfg, const struct settings *rules)
{
	return (struct lintfile){ .cfg = cfg, .rules = rules,
		.database = c->alias != NULL ? &c->database : NULL,
		.now = c->now, .ignored = c->ignored, .found = &c->found };
}

static void
ignore(struct cfglint *c)
{
	for (const char **i = c->ignore; i != NULL && *i != NULL; i++) {
		char *codes = mem_dup(*i, strlen(*i)), *save = NULL;

		for (char *name = strtok_r(codes, ",", &save); name != NULL;
		     name = strtok_r(NULL, ",", &save)) {
			const struct lintcode *code = lintcode_find(name);

			if (code == NULL)
				cli_usage("--ignore: no such code: '%s'",
				    name);
			c->ignored[code - lintcodes] = true;
		}
		free(codes);
	}
}

static int
open_database(struct cfglint *c)
{
	const struct keystore_options options = KEYSTORE_DEFAULTS;

	if (c->alias == NULL)
		return 0;
	if (keystore_open(&c->store, c->alias, &options) < 0)
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
	size_t first = c->found.count;
	struct lintfile l;
	int status = cfg == NULL || has_keys(cfg) ? 0 :
	    fail("%s: nothing in it", cfg->file);

	if (cfg != NULL && status == 0) {
		const char *name = arena_copy(&c->found.arena,
		    slice_of(cfg->file)).at;

		l = file_of(c, cfg, rules);
		lint_check(&l);
		for (size_t i = first; i < c->found.count; i++)
			c->found.item[i].place.file = name;
	}
	cfg_free(cfg);
	free(file);
	return cfg != NULL ? status : -1;
}

static int
check_all(struct cfglint *c, const char **files)
{
	struct settings *rules = settings_new(c->file.keys);
	int status = rules != NULL ? EXIT_YES : EXIT_TROUBLE;

	for (; status == EXIT_YES && *files != NULL; files++)
		if (check(c, *files, rules) < 0)
			status = EXIT_TROUBLE;
	settings_free(rules);
	if (status == EXIT_TROUBLE)
		return status;
	findings_print(&c->found, c->json);
	return findings_are_bad(&c->found) ? EXIT_NO : EXIT_YES;
}

static int
fix(struct cfglint *c, const char **files)
{
	struct edits edits = { 0 };
	struct editfile f;
	struct lintfile l;
	int status;

	if (files[1] != NULL)
		cli_usage("--fix mends one file at a time");
	if (editfile_open(&f, files[0], &c->file) < 0)
		return EXIT_TROUBLE;
	l = file_of(c, f.cfg, f.rules);
	l.edits = &edits;
	lint_check(&l);
	edits_order_by_key(&edits);
	status = editfile_finish(&f, &edits);
	edits_release(&edits);
	editfile_close(&f);
	return status;
}

static int
run(struct cfglint *c, const char **files)
{
	int status = EXIT_TROUBLE;

	ignore(c);
	if (c->file.in_place && !c->fix)
		cli_usage("--in-place is for --fix");
	if (open_database(c) == 0)
		status = c->fix ? fix(c, files) : check_all(c, files);
	findings_release(&c->found);
	nsscerts_release(&c->database);
	if (c->alias != NULL)
		keystore_close(&c->store);
	return status;
}

int
main(int argc, char **argv)
{
	struct cfglint c = { .file = EDITFILE_DEFAULTS, .now = time(NULL) };
	const struct poptOption options[] = {
		{ "alias", '\0', POPT_ARG_STRING, &c.alias, 0,
		  "check against this key database, too", "DIR" },
		{ "ignore", '\0', POPT_ARG_ARGV, &c.ignore, 0,
		  "leave these findings out", "CODE,..." },
		{ "explain", '\0', POPT_ARG_STRING, &c.explain, 0,
		  "say what a code, or the server's message, means",
		  "CODE|TEXT" },
		{ "codes", '\0', POPT_ARG_NONE, &c.list, 0,
		  "list all codes", NULL },
		{ "json", '\0', POPT_ARG_NONE, &c.json, 0,
		  "one JSON object a line", NULL },
		{ "fix", '\0', POPT_ARG_NONE, &c.fix, 0,
		  "print edits of what has one safe fix", NULL },
		EDITFILE_OPTIONS(c.file),
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "[FILE...]", "\
FILE is a CS.cfg or an instance's directory.  Examples:\n\
\n\
  cfglint /var/lib/pki/pki-tomcat/conf/*/CS.cfg\n\
  cfglint --explain CRL-NPE\n\
  cfglint --fix CS.cfg | cfgpatch -i CS.cfg\n\
\n\
Status: 0 nothing from warning up, or done; 1 such findings, or no such code;\n\
2 trouble.\n", 0, -1 };
	const char **operands = cli_parse(argc, argv, options, &help);

	if (c.list)
		return list_codes();
	if (c.explain != NULL)
		return explain(c.explain);
	return run(&c, cli_files(operands));
}
