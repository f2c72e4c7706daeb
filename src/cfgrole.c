/* SPDX-License-Identifier: MIT */
/*
 * cfgrole - which CS.cfg is master, which is clone; make it the other
 *
 * in:	CS.cfg of CAs, OCSP responders and others
 * out:	a record a file, `ca<TAB>master<TAB>FILE`; or edits of the keys that
 *	make FILE a master or a clone
 */
#include <stdlib.h>

#include "pki/address.h"
#include "pki/editfile.h"
#include "pki/instance.h"
#include "pki/locate.h"
#include "pki/role.h"
#include "pki/roleadvice.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/path.h"
#include "util/record.h"

static const struct record_column columns[] = {
	{ "subsystem", "ca, kra, ocsp, tks, tps" },
	{ "role", "master, clone, mixed (its keys disagree) or none" },
	{ "file", "the file" },
	{ NULL, NULL }
};

static const struct record_column server_columns[] = {
	{ "server", "runs, stopped, or unknown if /proc does not show it" },
	{ "process", "its process ID" },
	{ "host", "host at which others reach it, from its files" },
	{ "port", "HTTPS port, likewise" },
	{ "directory", "the URL of its LDAP server" },
	{ "file", "the file" },
	{ NULL, NULL }
};

static const struct record_column key_columns[] = {
	{ "key", "a key that concerns the role" },
	{ "value", "its value, or the default of the server" },
	{ "from", "file or default" },
	{ "says", "master, clone, mixed (it cannot be read) or none" },
	{ "file", "the file" },
	{ NULL, NULL }
};
struct request {
	char *to, *redirect, *redirect_from, *from, *domain, *ca, *address;
	int clone, master, show_keys, server, publish;
	struct role_wanted wanted;
};

static void
put_keys(struct records *out, const struct role *role, const char *file)
{
	for (size_t i = 0; i < role->count; i++) {
		const struct role_key *k = &role->key[i];
		struct slice field[] = { slice_of(k->key), k->value,
			slice_of(k->absent ? "default" : "file"),
			slice_of(role_name(k->says)), slice_of(file) };

		records_put(out, field);
	}
}

/* *path is the file's name, which messages need: the caller's to free. */
static struct cfg *
open_cfg(char **path, const char *operand, const char *subsystem)
{
	struct cfg *cfg;

	*path = locate_cfg(operand, subsystem);
	cfg = *path == NULL ? NULL : cfg_read(*path);
	if (cfg == NULL)
		free(*path);
	return cfg;
}

static void
close_cfg(struct cfg *cfg, char *path)
{
	cfg_free(cfg);
	free(path);
}

struct tally {
	size_t cas, masters, mixed;
};

static int
look_at(struct records *out, const char *operand,
    const struct editfile_options *options, bool keys, struct tally *tally)
{
	char *path;
	struct cfg *cfg = open_cfg(&path, operand, options->subsystem);
	struct role role;
	int status = 0;

	if (cfg == NULL)
		return -1;
	role_read(&role, cfg);
	tally->mixed += role.kind == ROLE_MIXED;
	if (role.subsystem[0] == '\0') {
		status = fail("%s: " ROLE_NO_SUBSYSTEM, path);
	} else if (strcmp(role.subsystem, "ca") == 0) {
		tally->cas++;
		tally->masters += role.kind == ROLE_MASTER;
		status = roleadvice_ipa(path, role.kind);
	}
	if (keys) {
		put_keys(out, &role, operand);
	} else {
		struct slice field[] = { slice_of(role.subsystem),
			slice_of(role_name(role.kind)), slice_of(operand) };

		records_put(out, field);
	}
	roleadvice_notes(&role, operand);
	role_release(&role);
	close_cfg(cfg, path);
	return status;
}

static int
look(const char **operands, const struct editfile_options *options,
    const struct record_format *format, bool keys)
{
	struct tally tally = { 0 };
	struct records out;
	int status = 0;

	if (records_begin(&out, keys ? key_columns : columns, format) < 0)
		return STATUS_ERROR;
	for (size_t i = 0; operands[i] != NULL && status == 0; i++)
		status = look_at(&out, operands[i], options, keys, &tally);
	if (status < 0) {
		records_drop(&out);
		return STATUS_ERROR;
	}
	records_end(&out);
	if (tally.cas > 1 && tally.masters != 1)
		say("%zu of %zu CAs are masters: exactly one must make the "
		    "CRLs",
		    tally.masters, tally.cas);
	return tally.mixed != 0 || (tally.cas > 1 && tally.masters != 1) ?
	    STATUS_DIFFER : STATUS_OK;
}

/* Whether its server runs is seen by the file itself, by whatever name. */
static int
put_server(struct records *out, const char *operand, const char *path,
    const struct cfg *cfg)
{
	static const char *const names[] = {
		[INSTANCE_STOPPED] = "stopped",
		[INSTANCE_RUNS] = "runs",
		[INSTANCE_UNKNOWN] = "unknown",
	};
	char process[16] = "", *directory;
	enum instance_state state;
	struct address at;
	struct stat st;
	int pid = 0;

	if (path_stat_named(path, &st) < 0)
		return fail_errno("cannot open '%s'", path);
	if (address_read(&at, cfg, path, ADDRESS_AGENT) < 0)
		return -1;
	state = instance_state(&st, &pid);
	if (state == INSTANCE_RUNS)
		snprintf(process, sizeof process, "%d", pid);
	directory = address_directory(cfg);
	struct slice field[] = { slice_of(names[state]), slice_of(process),
		at.host, at.port,
		slice_of(directory != NULL ? directory : ""),
		slice_of(operand) };
	records_put(out, field);
	free(directory);
	address_release(&at);
	return 0;
}

static int
look_at_server(struct records *out, const char *operand, const char *subsystem)
{
	char *path;
	struct cfg *cfg = open_cfg(&path, operand, subsystem);
	int status;

	if (cfg == NULL)
		return -1;
	status = put_server(out, operand, path, cfg);
	close_cfg(cfg, path);
	return status;
}

static int
look_at_servers(const char **operands, const char *subsystem,
    const struct record_format *format)
{
	struct records out;
	int status = 0;

	if (records_begin(&out, server_columns, format) < 0)
		return STATUS_ERROR;
	for (size_t i = 0; operands[i] != NULL && status == 0; i++)
		status = look_at_server(&out, operands[i], subsystem);
	if (status == 0)
		records_end(&out);
	else
		records_drop(&out);
	return status == 0 ? STATUS_OK : STATUS_ERROR;
}

static int
check_request(const struct editfile *f, const struct role *role,
    const struct role_wanted *wanted)
{
	const struct cfg *cfg = f->cfg;
	bool ca = strcmp(role->subsystem, "ca") == 0;

	if (!ca && strcmp(role->subsystem, "ocsp") != 0) {
		say("%s: neither a CA nor an OCSP responder: it has no role",
		    cfg->file);
		return STATUS_DIFFER;
	}
	if (!ca && (wanted->host.at != NULL || wanted->from != NULL ||
		       wanted->default_absent || wanted->disable_points)) {
		say("%s: an OCSP responder: --redirect, --from, "
		    "--default-absent and --disable-points are for CAs",
		    cfg->file);
		return STATUS_DIFFER;
	}
	if (ca && (wanted->refresh != NULL || wanted->manual_keys)) {
		say("%s: a CA: --refresh and --manual-keys are for OCSP "
		    "responders", cfg->file);
		return STATUS_DIFFER;
	}
	if (wanted->host.at != NULL && !f->options->force) {
		int own = address_is_own(cfg, f->path, wanted->host,
		    wanted->port);

		if (own != 0)
			return own < 0 ? STATUS_ERROR : STATUS_DIFFER;
	}
	return wanted->from != NULL && roleadvice_from(wanted->from) < 0 ?
	    STATUS_DIFFER : STATUS_OK;
}

/* There must be no second master. */
static int
check_masters(const struct editfile *f, const char *const *others,
    const struct request *request)
{
	struct crlmaster_question question = { .cfg = f->cfg,
		.path = f->path, .from = request->wanted.from,
		.others = others, .subsystem = f->options->subsystem,
		.domain = request->domain };
	int found = crlmaster_find(&question);

	if (found < 0)
		return STATUS_ERROR;
	if (found == 0 || f->options->force)
		return STATUS_OK;
	say("%s: refused to make a second CRL master (--force does)",
	    f->cfg->file);
	return STATUS_DIFFER;
}

static int
edit(struct editfile *f, const char *const *others,
    const struct request *request)
{
	struct role_wanted wanted = request->wanted;
	struct edits edits = { 0 };
	struct role role;
	int status;

	wanted.publish = request->publish ? f->rules : NULL;
	role_read(&role, f->cfg);
	status = check_request(f, &role, &wanted);
	if (status == STATUS_OK && wanted.kind == ROLE_MASTER)
		status = check_masters(f, others, request);
	if (status == STATUS_OK) {
		status = STATUS_ERROR;
		if (role_edits(&edits, f->cfg, &role, &wanted) == 0 &&
		    (edits.count == 0 ||
			roleadvice_change(f->cfg, f->path, &role, &wanted,
			    f->options->quiet) == 0))
			status = editfile_finish(f, &edits);
	}
	edits_release(&edits);
	role_release(&role);
	return status;
}

/* The files that options name. */
struct files {
	struct cfg *from, *redirect;
	char *from_path, *redirect_path;
	struct address at; /* of redirect */
};

static int
open_files(struct files *files, struct request *r, const char *subsystem)
{
	if (r->from != NULL) {
		files->from = open_cfg(&files->from_path, r->from, subsystem);
		r->wanted.from = files->from;
		if (files->from == NULL)
			return -1;
	}
	if (r->redirect_from == NULL)
		return 0;
	files->redirect = open_cfg(&files->redirect_path, r->redirect_from,
	    subsystem != NULL ? subsystem : "ca");
	if (files->redirect == NULL ||
	    address_need(&files->at, files->redirect, files->redirect_path,
		ADDRESS_AGENT, "--redirect") < 0)
		return -1;
	r->wanted.host = files->at.host;
	r->wanted.port = files->at.port;
	return 0;
}

static void
close_files(struct files *files)
{
	if (files->from != NULL)
		close_cfg(files->from, files->from_path);
	if (files->redirect != NULL)
		close_cfg(files->redirect, files->redirect_path);
	address_release(&files->at);
}

static int
change(const char **operands, const struct editfile_options *options,
    struct request *request)
{
	struct files files = { 0 };
	struct editfile f;
	int status = STATUS_ERROR;

	if (open_files(&files, request, options->subsystem) == 0 &&
	    editfile_open(&f, operands[0], options) == 0) {
		status = edit(&f, operands + 1, request);
		editfile_close(&f);
	}
	close_files(&files);
	return status;
}

/* Where the responder of cfg is: as --address says, or its files tell. */
static int
find_responder(struct address *at, const struct cfg *cfg, const char *path,
    const struct request *request)
{
	struct role role;
	bool ocsp;

	role_read(&role, cfg);
	ocsp = strcmp(role.subsystem, "ocsp") == 0;
	role_release(&role);
	if (!ocsp)
		return fail("%s: not the CS.cfg of an OCSP responder", path);
	if (request->address == NULL)
		return address_need(at, cfg, path, ADDRESS_AGENT, "--address");
	return address_given(at, request->address);
}

static int
edit_ca(const char *operand, const struct editfile_options *options,
    const struct request *request, const struct address *old)
{
	static char ca[] = "ca";
	struct editfile_options ca_options = *options;
	struct edits edits = { 0 };
	struct address new = { 0 };
	struct editfile f;
	char *path;
	struct cfg *cfg = open_cfg(&path, operand, options->subsystem);
	int status = STATUS_ERROR, moved;

	if (cfg == NULL)
		return STATUS_ERROR;
	ca_options.subsystem = ca;
	if (find_responder(&new, cfg, path, request) == 0 &&
	    editfile_open(&f, request->ca, &ca_options) == 0) {
		moved = publish_edits(&edits, f.cfg, &new, old);
		status = moved > 0 ? STATUS_DIFFER : STATUS_ERROR;
		if (moved == 0)
			status = editfile_finish(&f, &edits);
		editfile_close(&f);
	}
	edits_release(&edits);
	address_release(&new);
	close_cfg(cfg, path);
	return status;
}

/* CRLs go from the old responder to the new one. */
static int
change_ca(const char *operand, const struct editfile_options *options,
    struct request *request)
{
	struct files files = { 0 };
	struct address old = { 0 };
	int status = STATUS_ERROR;

	if (open_files(&files, request, options->subsystem) == 0 &&
	    (files.from == NULL || address_read(&old, files.from,
				       files.from_path, ADDRESS_AGENT) == 0))
		status = edit_ca(operand, options, request,
		    files.from != NULL ? &old : NULL);
	address_release(&old);
	close_files(&files);
	return status;
}

static bool
is_number(const char *s)
{
	long number;

	return setting_number(slice_of(s), &number) && number > 0 &&
	    strspn(s, "0123456789") == strlen(s);
}

static void
check_address(struct address *at, const char *option, const char *text)
{
	*at = (struct address){ 0 };
	if (text != NULL && address_given(at, text) < 0)
		cli_usage("%s: not HOST:PORT: '%s'", option, text);
}

static void
parse_role(struct request *r)
{
	bool clone = r->clone, master = r->master;

	if (r->to != NULL) {
		if (strcmp(r->to, "clone") == 0)
			clone = true;
		else if (strcmp(r->to, "master") == 0)
			master = true;
		else
			cli_usage("--to: neither clone nor master: '%s'",
			    r->to);
	}
	if (clone && master)
		cli_usage("--clone and --master cannot be combined");
	if (clone || master)
		r->wanted.kind = clone ? ROLE_CLONE : ROLE_MASTER;
}

static void
parse_request(struct request *r)
{
	struct role_wanted *wanted = &r->wanted;
	struct address at;

	parse_role(r);
	check_address(&at, "--redirect", r->redirect);
	wanted->host = at.host;
	wanted->port = at.port;
	check_address(&at, "--address", r->address);
	if (wanted->refresh != NULL && !is_number(wanted->refresh))
		cli_usage("--refresh: not a number of seconds: '%s'",
		    wanted->refresh);
	if (r->redirect != NULL && r->redirect_from != NULL)
		cli_usage("--redirect and --redirect-from cannot be combined");
	if (r->publish && (r->from == NULL || r->ca != NULL))
		cli_usage("--publish requires --from OLDMASTER");
	if (r->address != NULL && r->ca == NULL)
		cli_usage("--address requires --ca");
	if (wanted->kind != ROLE_CLONE &&
	    (r->redirect != NULL || r->redirect_from != NULL ||
		wanted->refresh != NULL || wanted->disable_points ||
		wanted->manual_keys))
		cli_usage("--redirect, --redirect-from, --refresh, "
			  "--manual-keys and --disable-points require "
			  "--clone");
	if (wanted->kind != ROLE_MASTER &&
	    (r->from != NULL || r->domain != NULL || r->ca != NULL ||
		wanted->default_absent))
		cli_usage("--from, --check-domain, --ca and "
			  "--default-absent require --master");
	if (r->ca != NULL && (r->domain != NULL || wanted->default_absent))
		cli_usage("--ca cannot be combined with --check-domain or "
			  "--default-absent");
}

static const struct cli_help help = { "FILE...", "\
Prints the role of each FILE.  With -c or -m, prints edits of the first FILE;\n\
the others are only checked, to avoid a second master.  Examples:\n\
\n\
  cfgrole ca1.cfg ca2.cfg\n\
  cfgrole -i -c --redirect ca2.example.com:8443 ca1.cfg\n\
  cfgrole -i -m --from ca1.cfg ca2.cfg\n\
  cfgrole -i -m --from ocsp1.cfg --ca ca1.cfg ocsp2.cfg\n\
\n\
Status: 0 all agree, or done; 1 keys disagree, not exactly one CA is the\n\
master, or refused; 2 error.\n", 1, -1 };

static int
run(const char **operands, const struct editfile_options *file,
    const struct record_format *format, struct request *r)
{
	bool looks = format->json || format->table || format->header ||
	    format->columns != NULL || r->show_keys || r->server;

	if (r->wanted.kind != ROLE_NONE && looks)
		cli_usage("--show-keys, --server, --table, --json, --header "
			  "and --columns do not edit");
	if (r->server && r->show_keys)
		cli_usage("--show-keys and --server cannot be combined");
	if (r->server)
		return look_at_servers(operands, file->subsystem, format);
	if (r->wanted.kind == ROLE_NONE && file->in_place)
		cli_usage("--in-place requires --clone or --master");
	if (r->ca != NULL && operands[1] != NULL)
		cli_usage("--ca takes one FILE");
	if (r->ca != NULL)
		return change_ca(operands[0], file, r);
	if (r->wanted.kind != ROLE_NONE)
		return change(operands, file, r);
	return look(operands, file, format, r->show_keys);
}

int
main(int argc, char **argv)
{
	struct editfile_options file = EDITFILE_DEFAULTS;
	struct record_format format = { 0 };
	struct request r = { .to = NULL };
	int absent = 0, disable = 0, manual = 0;
	const struct poptOption options[] = {
		{ "to", '\0', POPT_ARG_STRING, &r.to, 0,
		  "make FILE a clone or a master", "ROLE" },
		{ "clone", 'c', POPT_ARG_NONE, &r.clone, 0,
		  "the same as --to=clone", NULL },
		{ "master", 'm', POPT_ARG_NONE, &r.master, 0,
		  "the same as --to=master", NULL },
		{ "redirect", '\0', POPT_ARG_STRING, &r.redirect, 0,
		  "the master to which a clone redirects agents", "HOST:PORT" },
		{ "redirect-from", '\0', POPT_ARG_STRING, &r.redirect_from, 0,
		    "the same, from the files of the new master", "CS.cfg" },
		{ "from", '\0', POPT_ARG_STRING, &r.from, 0,
		  "take the issuing points of the old master", "OLDMASTER" },
		{ "publish", '\0', POPT_ARG_NONE, &r.publish, 0,
		  "with --from, publish as the old master does", NULL },
		{ "check-domain", '\0', POPT_ARG_STRING, &r.domain, 0,
		    "refuse a second master in the security domain", "FILE" },
		{ "ca", '\0', POPT_ARG_STRING, &r.ca, 0,
		    "edit this CA instead, to send its CRLs to FILE",
		    "CS.cfg" },
		{ "address", '\0', POPT_ARG_STRING, &r.address, 0,
		    "address of FILE, if its files do not contain it",
		    "HOST:PORT" },
		{ "default-absent", '\0', POPT_ARG_NONE, &absent, 0,
		  "delete the interval instead of setting it to 600", NULL },
		{ "disable-points", '\0', POPT_ARG_NONE, &disable, 0,
		  "also disable the issuing points of a clone", NULL },
		{ "refresh", '\0', POPT_ARG_STRING, &r.wanted.refresh, 0,
		  "how often an OCSP clone reads CRLs again (14400)",
		  "SECONDS" },
		{ "manual-keys", '\0', POPT_ARG_NONE, &manual, 0,
		  "also set the OCSP key that the manual names", NULL },
		{ "show-keys", '\0', POPT_ARG_NONE, &r.show_keys, 0,
		  "print the keys that concern the role", NULL },
		{ "server", '\0', POPT_ARG_NONE, &r.server, 0,
		  "print whether the server of each file runs", NULL },
		EDITFILE_OPTIONS(file),
		RECORD_OPTIONS(format),
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const char **operands = cli_parse(argc, argv, options, &help);

	r.wanted.default_absent = absent;
	r.wanted.disable_points = disable;
	r.wanted.manual_keys = manual;
	parse_request(&r);
	return run(operands, &file, &format, &r);
}
