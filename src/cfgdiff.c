/* SPDX-License-Identifier: MIT */
/*
 * cfgdiff - what differs between two CS.cfg files, as the server reads them
 *
 * in:	two CS.cfg files, or two directories of *.cfg files
 * out:	the edits from OLD to NEW; or records (--json and others)
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cfg/diff.h"
#include "cfg/render.h"
#include "cfg/script.h"
#include "pki/hostrelease.h"
#include "pki/locate.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/record.h"
#include "util/slurp.h"

static const struct record_column columns[] = {
	{ "op", "add, delete or change" },
	{ "key", "the key" },
	{ "old", "its value in OLD" },
	{ "new", "its value in NEW" },
	{ "file", "the name of the file if directories are compared" },
	{ NULL, NULL }
};

struct options {
	struct diff_options diff;
	struct settings *rules;
	struct record_format format;
	int all, semantic, edits, secrets, color;
	char **only, **except, *subsystem, *rules_file;
	struct release release; /* of both hosts; release_any: not given */
	bool records;
};

struct outcome {
	bool differ;
	struct diff_left_out left_out;
	struct records records;
};

static struct slice
value_of(const struct options *o, const struct edit_line *e)
{
	struct slice key = cfg_key(&e->line);

	if (!o->secrets &&
	    settings_hides(o->rules, key, cfg_value(&e->line)))
		return (struct slice){ 0 };
	return cfg_value(&e->line);
}

static bool
is_next_of_key(const struct edits *edits, size_t i, enum edit_sign sign)
{
	const struct edit_line *e = &edits->line[i];

	return i + 1 < edits->count && e[0].sign == EDIT_DELETE &&
	    e[1].sign == sign &&
	    slice_equal(cfg_key(&e[0].line), cfg_key(&e[1].line));
}

/* A record a key: where all its lines go, the last is the one that counted. */
static void
put_records(const struct options *o, struct records *out,
    const struct edits *edits, const char *file)
{
	for (size_t i = 0; i < edits->count; i++) {
		const struct edit_line *e = &edits->line[i];
		bool change = is_next_of_key(edits, i, EDIT_ADD);
		struct slice field[] = { slice_of(change ? "change" :
				e->sign == EDIT_ADD	 ? "add" :
							   "delete"),
			cfg_key(&e->line), { 0 }, { 0 },
			slice_of(file != NULL ? file : "") };

		if (is_next_of_key(edits, i, EDIT_DELETE))
			continue;
		if (e->sign == EDIT_DELETE)
			field[2] = value_of(o, e);
		if (change || e->sign == EDIT_ADD)
			field[3] = value_of(o, e + change);
		records_put(out, field);
		i += change;
	}
}

/* The script again, red and green for people. */
static void
print_colored(const struct edits *edits, const struct settings *rules)
{
	char *text = (char *)script_text(edits, rules).at, *rest = text, *line;

	while ((line = strsep(&rest, "\n")) != NULL && rest != NULL) {
		fputs(*line == '-' ? "\033[31m" :
			*line == '+' ? "\033[32m" :
			*line == '*' ? "\033[33m" :
				       "\033[2m",
		    stdout);
		cli_print(slice_of(line));
		puts("\033[m");
	}
	free(text);
}

static void
print(const struct options *o, struct outcome *outcome,
    const struct edits *edits, const char *file)
{
	const struct settings *masks = o->secrets ? NULL : o->rules;

	if (o->records) {
		put_records(o, &outcome->records, edits, file);
		return;
	}
	if (file != NULL && edits->count == 0)
		return;
	if (file != NULL)
		printf("# %s\n", file);
	if (o->color)
		print_colored(edits, masks);
	else
		script_print(edits, stdout, masks);
}

static bool
releases_differ(const struct options *o, const struct cfg *old,
    const struct cfg *new)
{
	const struct hostrelease a = hostrelease_of(old, o->release);
	const struct hostrelease b = hostrelease_of(new, o->release);

	return hostrelease_differ(&a, &b);
}

static int
compare_files(const struct options *o, struct outcome *outcome,
    const char *old_path, const char *new_path, const char *name)
{
	struct cfg *old = cfg_read(old_path), *new = NULL;
	struct diff_options options = o->diff;
	struct edits edits = { 0 };
	int status = -1;

	if (old != NULL)
		new = cfg_read(new_path);
	if (new != NULL) {
		if (name == NULL)
			options.differ = (struct setting_differ){
				releases_differ(o, old, new),
				settings_generators_differ(old, new) };
		diff_files(&edits, old, new, &options, &outcome->left_out);
		render_note_places(&edits, old);
		print(o, outcome, &edits, name);
		outcome->differ = outcome->differ || edits.count != 0;
		status = 0;
	}
	edits_release(&edits);
	cfg_free(old);
	cfg_free(new);
	return status;
}

static int
is_cfg(const struct dirent *entry)
{
	size_t size = strlen(entry->d_name);

	return size > 4 && strcmp(entry->d_name + size - 4, ".cfg") == 0;
}

/* Profiles: one directory's files against the other's, name by name. */
static int
compare_names(const struct options *o, struct outcome *outcome,
    const char *old, const char *new, const char *name)
{
	char *paths[] = { mem_printf("%s/%s", old, name),
		mem_printf("%s/%s", new, name) };
	bool there[] = { path_exists(paths[0]), path_exists(paths[1]) };
	int status = 0;

	if (there[0] && there[1]) {
		status = compare_files(o, outcome, paths[0], paths[1], name);
	} else {
		say("only in %s: %s", there[0] ? old : new, name);
		outcome->differ = true;
	}
	free(paths[0]);
	free(paths[1]);
	return status;
}

static int
compare_directories(const struct options *o, struct outcome *outcome,
    const char *old, const char *new)
{
	struct dirent **names[2];
	int count[2], i[2] = { 0, 0 }, status = 0;

	count[0] = path_scan(old, &names[0], is_cfg);
	if (count[0] < 0)
		return fail_errno("cannot read '%s'", old);
	count[1] = path_scan(new, &names[1], is_cfg);
	if (count[1] < 0)
		return fail_errno("cannot read '%s'", new);
	if (count[0] == 0 && count[1] == 0)
		status = fail("no *.cfg in '%s' or in '%s'", old, new);
	while (i[0] < count[0] || i[1] < count[1]) {
		const char *a = i[0] < count[0] ? names[0][i[0]]->d_name : NULL;
		const char *b = i[1] < count[1] ? names[1][i[1]]->d_name : NULL;
		int order = a == NULL ? 1 : b == NULL ? -1 : strcmp(a, b);

		if (compare_names(o, outcome, old, new,
			order <= 0 ? a : b) < 0)
			status = -1;
		if (order <= 0)
			free(names[0][i[0]++]);
		if (order >= 0)
			free(names[1][i[1]++]);
	}
	free(names[0]);
	free(names[1]);
	return status;
}

static int
compare(const struct options *o, struct outcome *outcome, const char *old,
    const char *new)
{
	char *old_path, *new_path;
	int status = -1;

	if (path_is_directory(old) && path_is_directory(new) &&
	    !locate_has_cfg(old, NULL) && !locate_has_cfg(new, NULL))
		return compare_directories(o, outcome, old, new);
	old_path = locate_cfg(old, o->subsystem);
	new_path = old_path != NULL ? locate_cfg(new, o->subsystem) : NULL;
	if (new_path != NULL)
		status = compare_files(o, outcome, old_path, new_path, NULL);
	free(old_path);
	free(new_path);
	return status;
}

static int
run(struct options *o, const char **operands)
{
	struct outcome outcome = { 0 };
	char *left_out;
	int status;

	o->diff = (struct diff_options){ .rules = o->rules, .only = o->only,
		.except = o->except, .all = o->all, .semantic = o->semantic };
	o->records = o->format.json || o->format.table || o->format.header ||
	    o->format.columns != NULL;
	if (o->records &&
	    records_begin(&outcome.records, columns, &o->format) < 0)
		return STATUS_ERROR;
	status = compare(o, &outcome, operands[0], operands[1]);
	if (o->records)
		records_end(&outcome.records);
	left_out = diff_describe(&outcome.left_out);
	if (left_out != NULL)
		say("host-specific keys left out: %s (-a shows them)",
		    left_out);
	free(left_out);
	if (status < 0)
		return STATUS_ERROR;
	return outcome.differ && !o->edits ? STATUS_DIFFER : STATUS_OK;
}

/* Where NO_COLOR is set, to whatever but nothing, auto is never. */
static bool
wants_color(const char *when)
{
	const char *none = getenv("NO_COLOR");

	if (when == NULL || strcmp(when, "auto") == 0)
		return (none == NULL || *none == '\0') &&
		    isatty(STDOUT_FILENO);
	return strcmp(when, "always") == 0;
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	char *color = NULL, *release = NULL;
	const struct poptOption options[] = {
		{ "prefix", 'p', POPT_ARG_ARGV, &o.only, 0,
		  "compare only keys with this prefix or pattern", "PREFIX" },
		{ "exclude", 'x', POPT_ARG_ARGV, &o.except, 0,
		  "leave out keys with this prefix or pattern", "PREFIX" },
		{ "all", 'a', POPT_ARG_NONE, &o.all, 0,
		  "also compare host-specific keys", NULL },
		{ "semantic", '\0', POPT_ARG_NONE, &o.semantic, 0,
		  "compare the meaning of values, not their spelling", NULL },
		{ "edits", '\0', POPT_ARG_NONE, &o.edits, 0,
		  "exit with status 0 even if the files differ", NULL },
		{ "show-secrets", '\0', POPT_ARG_NONE, &o.secrets, 0,
		  "print the values of secrets instead of *KEY", NULL },
		{ "color", '\0', POPT_ARG_STRING, &color, 0,
		  "use color: auto, always or never", "WHEN" },
		{ "subsystem", '\0', POPT_ARG_STRING, &o.subsystem, 0,
		  "subsystem of an instance directory: ca, kra, ...", "NAME" },
		{ "rules", '\0', POPT_ARG_STRING, &o.rules_file, 0,
		  "read more host-specific or secret keys from FILE", "FILE" },
		{ "release", '\0', POPT_ARG_STRING, &release, 0,
		  "assume this release on both hosts: 11.6, rhcs9, ...",
		  "RELEASE" },
		RECORD_OPTIONS(o.format),
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "OLD NEW", "\
Prints the edits that give OLD the values of NEW: CS.cfg files, instance\n\
directories, or directories whose *.cfg files are compared by name.\n\
Examples:\n\
\n\
  cfgdiff master.cfg clone.cfg\n\
  cfgdiff -p ca.crl. --edits clone.cfg master.cfg | cfgpatch -i clone.cfg\n\
\n\
Status: 0 same, 1 different, 2 error.\n", 2, 2 };
	const char **operands = cli_parse(argc, argv, options, &help);
	int status = STATUS_ERROR;

	if (color != NULL && strcmp(color, "always") != 0 &&
	    strcmp(color, "never") != 0 && strcmp(color, "auto") != 0)
		cli_usage("--color: not auto, always or never: '%s'", color);
	o.color = wants_color(color);
	if (slurp_is_stdin(operands[0]) && slurp_is_stdin(operands[1]))
		cli_usage("standard input cannot be both OLD and NEW");
	o.release = hostrelease_option("--release", release);
	o.rules = settings_new(o.rules_file);
	if (o.rules != NULL)
		status = run(&o, operands);
	settings_free(o.rules);
	return status;
}
