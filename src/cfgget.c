/* SPDX-License-Identifier: MIT */
/*
 * cfgget - print what CS.cfg says of a key, as the server reads it
 *
 * in:	CS.cfg files
 * out:	values, KEY=VALUE lines (-l) or keys (-k), in the file's order; before
 *	each, FILE and a colon when there are several files
 */
#include <stdio.h>
#include <stdlib.h>

#include "cfg/cfg.h"
#include "cfg/diff.h"
#include "cfg/known.h"
#include "pki/locate.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/glob.h"

struct query {
	const char *key; /* NULL: prefixes are given */
	char **prefixes;
	int lines, keys, all, several, quiet;
	const char *fallback;
	bool found;
};

static void
print(const struct query *q, const char *file, struct slice key,
    struct slice value)
{
	if (q->several)
		printf("%s:", file);
	if (q->lines || q->keys)
		cli_print(key);
	if (q->lines)
		putchar('=');
	if (!q->keys)
		cli_print(value);
	putchar('\n');
}

/* A line that counts; of its key's others, say that they do not. */
static void
print_live(const struct query *q, const struct cfg *cfg,
    const struct cfg_line *line)
{
	const struct cfg_line *hidden = cfg_shadowed(cfg, line);

	if (hidden != NULL)
		say("%s:%zu: '%.*s' is set again: line %zu is ignored",
		    cfg->file, cfg_number(cfg, line), SLICE_ARG(cfg_key(line)),
		    cfg_number(cfg, hidden));
	print(q, cfg->file, cfg_key(line), cfg_value(line));
}

static bool
is_meant(const struct query *q, struct slice key)
{
	if (q->key == NULL)
		return select_any(q->prefixes, key);
	return glob_is_pattern(slice_of(q->key)) ?
	    glob_match(slice_of(q->key), key) :
	    slice_equal(slice_of(q->key), key);
}

/* Say that a key is absent, and which one may be meant. */
static void
report_absent(const struct cfg *cfg, struct slice key)
{
	struct slice near = known_nearest_in(cfg, key);
	struct buf known = { 0 };

	if (near.at == NULL && !known_key(key) && known_nearest(key, &known))
		near = buf_slice(&known);
	if (near.at != NULL)
		say("%s: no '%.*s': is '%.*s' meant?", cfg->file,
		    SLICE_ARG(key), SLICE_ARG(near));
	else
		say("%s: no '%.*s'", cfg->file, SLICE_ARG(key));
	buf_release(&known);
}

/* One key is looked up; anything else is a walk. */
static void
print_matches(struct query *q, const struct cfg *cfg)
{
	bool found = false;

	if (q->key != NULL && !q->all && !glob_is_pattern(slice_of(q->key))) {
		const struct cfg_line *line = cfg_find(cfg, slice_of(q->key));

		found = line != NULL;
		if (found)
			print_live(q, cfg, line);
	} else {
		for (uint32_t i = 0; i < cfg->lines; i++) {
			const struct cfg_line *line = cfg->line + i;

			if (line->logical == NULL ||
			    !is_meant(q, cfg_key(line)) ||
			    (!q->all && !cfg_is_live(cfg, line)))
				continue;
			found = true;
			if (q->all)
				print(q, cfg->file, cfg_key(line),
				    cfg_value(line));
			else
				print_live(q, cfg, line);
		}
	}
	if (!found && q->fallback != NULL)
		print(q, cfg->file,
		    slice_of(q->prefixes != NULL ? q->prefixes[0] : q->key),
		    slice_of(q->fallback));
	else if (!found && !q->quiet && q->key != NULL &&
	    !glob_is_pattern(slice_of(q->key)))
		report_absent(cfg, slice_of(q->key));
	q->found = q->found || found || q->fallback != NULL;
}

static int
query_file(struct query *q, const char *operand, const char *subsystem)
{
	char *path = locate_cfg(operand, subsystem);
	struct cfg *cfg = path != NULL ? cfg_read(path) : NULL;
	int status = cfg != NULL ? 0 : -1;

	if (cfg != NULL)
		print_matches(q, cfg);
	cfg_free(cfg);
	free(path);
	return status;
}

int
main(int argc, char **argv)
{
	struct query q = { 0 };
	char *subsystem = NULL;
	const struct poptOption options[] = {
		{ "prefix", 'p', POPT_ARG_ARGV, &q.prefixes, 0,
		  "print keys with this prefix or pattern, instead of KEY",
		  "PREFIX" },
		{ "lines", 'l', POPT_ARG_NONE, &q.lines, 0,
		  "print KEY=VALUE instead of the value", NULL },
		{ "names", 'k', POPT_ARG_NONE, &q.keys, 0,
		  "print the key instead of the value", NULL },
		{ "all", 'a', POPT_ARG_NONE, &q.all, 0,
		  "also print lines that a later line overrides", NULL },
		{ "quiet", 'q', POPT_ARG_NONE, &q.quiet, 0,
		  "do not report a key that is absent", NULL },
		{ "default", '\0', POPT_ARG_STRING, &q.fallback, 0,
		  "print VALUE where the key is absent", "VALUE" },
		{ "subsystem", '\0', POPT_ARG_STRING, &subsystem, 0,
		  "subsystem of an instance directory: ca, kra, ...", "NAME" },
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "KEY FILE...", "\
KEY may be a pattern: '*' within a component, '**' across dots.  FILE is a\n\
CS.cfg, an instance directory, or '-' for standard input.  Examples:\n\
\n\
  cfgget ca.crl.MasterCRL.enableCRLUpdates /var/lib/pki/pki-tomcat\n\
  cfgget -l -p ca.connector.KRA. CS.cfg\n\
\n\
Status: 0 found, 1 not in any file, 2 error.\n", 0, -1 };
	const char **operands = cli_parse(argc, argv, options, &help);
	int status = 0;

	if (q.prefixes == NULL && *operands == NULL)
		cli_usage("too few operands, want %s", help.operands);
	if (q.prefixes == NULL)
		q.key = *operands++;
	if (q.lines && q.keys)
		cli_usage("--lines and --names do not go together");
	operands = cli_files(operands);
	q.several = operands[0] != NULL && operands[1] != NULL;
	for (; *operands != NULL; operands++)
		if (query_file(&q, *operands, subsystem) < 0)
			status = STATUS_ERROR;
	return status != 0 ? status : q.found ? STATUS_OK : STATUS_DIFFER;
}
