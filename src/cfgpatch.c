/* SPDX-License-Identifier: MIT */
/*
 * cfgpatch - apply edits to CS.cfg
 *
 * in:	CS.cfg, and edits
 * out:	the new file; with -i or -n the edits that were, or would be, made;
 *	with --list the backups
 */
#include <stdio.h>
#include <stdlib.h>

#include "cfg/render.h"
#include "cfg/script.h"
#include "pki/editfile.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/slurp.h"

#define SCRIPT_LIMIT ((size_t)1 << 30)

struct mode {
	int reverse, dry_run, check, undo, list, skip_masked;
};

static int
read_script(struct edits *script, const char *path, const struct mode *mode)
{
	char *text;
	size_t size, kept = 0;

	if (slurp(path, SCRIPT_LIMIT, &text, &size) < 0 ||
	    script_parse(script, slurp_name(path), text, size) < 0)
		return -1;
	if (mode->reverse)
		edits_reverse(script);
	for (size_t i = 0; mode->skip_masked && i < script->count; i++) {
		if (script->line[i].sign != EDIT_MASKED)
			script->line[kept++] = script->line[i];
		else
			say("%s:%zu: skipped: the value is hidden",
			    slurp_name(path), script->line[i].number);
	}
	if (mode->skip_masked)
		script->count = kept;
	return 0;
}

static int
finish(struct editfile *f, struct edits *made, const struct mode *mode)
{
	const int possible = mode->check || mode->dry_run ?
	    editfile_try(f, made, mode->check) : STATUS_OK;

	if (mode->check || possible != STATUS_OK)
		return possible;
	if (!mode->dry_run)
		return editfile_finish_text(f, made);
	render_note_places(made, f->cfg);
	script_print(made, stdout, f->options->show_secrets ? NULL : f->rules);
	return STATUS_OK;
}

static int
patch(const struct editfile_options *options, const char **operands,
    const struct mode *mode)
{
	const char *edits_path = operands[1] != NULL ? operands[1] : "-";
	struct edits script = { 0 }, made = { 0 };
	struct editfile f;
	int status = STATUS_ERROR;

	if (read_script(&script, edits_path, mode) < 0)
		return STATUS_ERROR;
	if (editfile_open(&f, operands[0], options) == 0) {
		int matched = apply_script(f.cfg, &script,
		    slurp_name(edits_path), f.rules, &made);

		if (matched == 0)
			status = finish(&f, &made, mode);
		else if (matched > 0)
			status = STATUS_DIFFER;
		if (matched > 0)
			fail("'%s' is unchanged: not all edits fit", f.path);
		editfile_close(&f);
	}
	edits_release(&made);
	edits_release(&script);
	return status;
}

static int
undo(const struct editfile_options *options, const char **operands,
    const struct mode *mode)
{
	struct editfile f;
	int status;

	if (editfile_open(&f, operands[0], options) < 0)
		return STATUS_ERROR;
	status = editfile_undo(&f, operands[1], mode->dry_run);
	editfile_close(&f);
	return status;
}

static int
list(const struct editfile_options *options, const char *operand,
    const struct record_format *format)
{
	static const struct record_column columns[] = {
		EDITFILE_BACKUP_COLUMNS, { NULL, NULL }
	};
	struct records out;
	struct editfile f;
	int status;

	if (records_begin(&out, columns, format) < 0 ||
	    editfile_open(&f, operand, options) < 0)
		return STATUS_ERROR;
	status = editfile_list_backups(&f, &out);
	if (status == STATUS_OK)
		records_end(&out);
	else
		records_drop(&out);
	editfile_close(&f);
	return status;
}

/* What goes with what. */
static void
check_mode(const struct mode *mode, const char **operands)
{
	if ((mode->check && (mode->undo || mode->dry_run)) ||
	    (mode->undo && mode->reverse))
		cli_usage("--check cannot be combined with --dry-run or "
			  "--undo, nor --undo with --reverse");
	if (mode->list && (!mode->undo || mode->dry_run || operands[1] != NULL))
		cli_usage("--list requires --undo and takes only FILE");
	if (!mode->undo && slurp_is_stdin(operands[0]) &&
	    (operands[1] == NULL || slurp_is_stdin(operands[1])))
		cli_usage("FILE and EDITS cannot both be standard input");
}

int
main(int argc, char **argv)
{
	struct editfile_options file = EDITFILE_DEFAULTS;
	struct record_format format = { 0 };
	struct mode mode = { 0 };
	const struct poptOption options[] = {
		{ "reverse", 'R', POPT_ARG_NONE, &mode.reverse, 0,
		  "take EDITS back", NULL },
		{ "dry-run", 'n', POPT_ARG_NONE, &mode.dry_run, 0,
		  "print the edits that would be made, and make none", NULL },
		{ "check", '\0', POPT_ARG_NONE, &mode.check, 0,
		  "print nothing; status 0 if all edits fit", NULL },
		{ "undo", '\0', POPT_ARG_NONE, &mode.undo, 0,
		  "restore the newest backup of FILE, or BACKUP",
		  NULL },
		{ "list", '\0', POPT_ARG_NONE, &mode.list, 0,
		  "with --undo: list the backups and the keys changed since",
		  NULL },
		{ "skip-masked", '\0', POPT_ARG_NONE, &mode.skip_masked, 0,
		  "skip edits of secrets that are hidden", NULL },
		EDITFILE_OPTIONS(file),
		RECORD_OPTIONS(format),
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "FILE [EDITS|BACKUP]", "\
Makes all edits or none: an edit whose old value is not in FILE is a\n\
conflict.  Edits that are in place already are skipped.  Examples:\n\
\n\
  cfgset CS.cfg ca.crl.pageSize=1000 | tee edits | cfgpatch -i CS.cfg\n\
  cfgpatch -i -R CS.cfg edits\n\
  cfgpatch --undo --list CS.cfg\n\
  cfgpatch --undo CS.cfg\n\
\n\
Status: 0 done, 1 conflict or refused, 2 error.\n", 1, 2 };
	const char **operands = cli_parse(argc, argv, options, &help);

	check_mode(&mode, operands);
	file.in_place |= mode.undo;
	if (mode.list)
		return list(&file, operands[0], &format);
	if (mode.undo)
		return undo(&file, operands, &mode);
	return patch(&file, operands, &mode);
}
