/* SPDX-License-Identifier: MIT */
/*
 * cfgmerge - bring a master's settings to a clone
 *
 * in:	the clone's CS.cfg, the master's (--from), the master's of last time
 *	(--base)
 * out:	edits for the clone
 */
#include <stdlib.h>

#include "pki/editfile.h"
#include "pki/hostrelease.h"
#include "pki/locate.h"
#include "pki/merge.h"
#include "util/cli.h"
#include "util/slurp.h"

struct paths {
	char *from, *base;
};

/* NULL for no path; *status -1 for one that cannot be read. */
static struct cfg *
read_other(const char *path, const char *subsystem, char **file, int *status)
{
	struct cfg *cfg = NULL;

	*file = NULL;
	if (path == NULL)
		return NULL;
	*file = locate_cfg(path, subsystem);
	if (*file != NULL)
		cfg = cfg_read(*file);
	if (cfg == NULL)
		*status = -1;
	return cfg;
}

static int
merge(struct editfile *f, const struct cfg *master, const struct cfg *base,
    struct merge_options *options)
{
	struct edits edits = { 0 };
	int status = STATUS_ERROR;

	options->rules = f->rules;
	switch (merge_files(&edits, f->cfg, master, base, options)) {
	case MERGE_DONE:
		status = editfile_finish(f, &edits);
		break;
	case MERGE_CONFLICT:
		status = STATUS_DIFFER;
		break;
	case MERGE_BAD:
		break;
	}
	edits_release(&edits);
	return status;
}

static int
run(const struct editfile_options *options, const char *clone,
    const struct paths *paths, struct merge_options *merging)
{
	struct editfile f;
	struct cfg *master, *base;
	char *master_file, *base_file;
	int status = 0;

	master = read_other(paths->from, options->subsystem, &master_file,
	    &status);
	base = read_other(paths->base, options->subsystem, &base_file, &status);
	if (status < 0 || editfile_open(&f, clone, options) < 0) {
		status = STATUS_ERROR;
	} else {
		status = merge(&f, master, base, merging);
		editfile_close(&f);
	}
	cfg_free(master);
	cfg_free(base);
	free(master_file);
	free(base_file);
	return status;
}

static enum merge_prefer
read_prefer(const char *word)
{
	if (word == NULL)
		return PREFER_NEITHER;
	if (strcmp(word, "master") == 0)
		return PREFER_MASTER;
	if (strcmp(word, "clone") == 0)
		return PREFER_CLONE;
	cli_usage("--prefer: not master or clone: '%s'", word);
}

int
main(int argc, char **argv)
{
	struct editfile_options file = EDITFILE_DEFAULTS;
	struct paths paths = { NULL, NULL };
	int crl = 0, kra = 0, all = 0, replace_certificate = 0;
	char **prefixes = NULL, *prefer = NULL, *release = NULL;
	const struct poptOption options[] = {
		{ "from", '\0', POPT_ARG_STRING, &paths.from, 0,
		  "copy from this CS.cfg or instance directory", "MASTER" },
		{ "base", '\0', POPT_ARG_STRING, &paths.base, 0,
		  "copy only what the master changed since LAST, its "
		  "CS.cfg at the previous merge", "LAST" },
		{ "crl", '\0', POPT_ARG_NONE, &crl, 0,
		  "copy the issuing points: ca.crl.*", NULL },
		{ "kra", '\0', POPT_ARG_NONE, &kra, 0,
		  "copy the KRA connector: ca.connector.KRA.*", NULL },
		{ "prefix", 'p', POPT_ARG_ARGV, &prefixes, 0,
		  "copy keys with this prefix or pattern", "PREFIX" },
		{ "all", '\0', POPT_ARG_NONE, &all, 0,
		  "copy every key that is not host-specific", NULL },
		{ "prefer", '\0', POPT_ARG_STRING, &prefer, 0,
		  "if both sides changed a key: master or clone",
		  "SIDE" },
		{ "replace-transport-cert", '\0', POPT_ARG_NONE,
		  &replace_certificate, 0,
		  "replace a transport certificate that differs",
		  NULL },
		{ "release", '\0', POPT_ARG_STRING, &release, 0,
		  "assume this release on both hosts: 11.6, rhcs9, ...",
		  "RELEASE" },
		EDITFILE_OPTIONS(file),
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "--from MASTER CLONE", "\
At least one of --crl, --kra, -p and --all is required.  Host-specific keys,\n\
such as role, ranges and identity, are never copied.  Examples:\n\
\n\
  cfgmerge --kra --from master.cfg clone.cfg | cfgpatch -i clone.cfg\n\
  cfgmerge -i --all --from master.cfg --base master.cfg.last clone.cfg\n\
\n\
Status: 0 done or nothing to do, 1 conflict or refused, 2 error.\n",
		1, 1 };
	const char **operands = cli_parse(argc, argv, options, &help);
	struct merge_options merging = { .prefixes = prefixes, .crl = crl,
		.kra = kra, .all = all, .prefer = read_prefer(prefer),
		.replace_certificate = replace_certificate,
		.release = hostrelease_option("--release", release) };

	if (paths.from == NULL)
		cli_usage("--from MASTER is required");
	if (slurp_is_stdin(paths.from) + slurp_is_stdin(paths.base) +
	    slurp_is_stdin(operands[0]) > 1)
		cli_usage("only one file can be standard input");
	if (!crl && !kra && !all && prefixes == NULL)
		cli_usage("one of --crl, --kra, --prefix and --all is "
			  "required");
	return run(&file, operands[0], &paths, &merging);
}
