/* SPDX-License-Identifier: MIT */
/*
 * cfgrole - which CS.cfg is master, which is clone; make it the other
 *
 * in:	CS.cfg of CAs, OCSP responders and others
 * out:	a record a file, `ca<TAB>master<TAB>FILE`; or edits of the keys that
 *	make FILE a master or a clone
 */
#include <stdlib.h>

#include "cfg/editfile.h"
#include "cfg/instance.h"
#include "cfg/role.h"
#include "check/roleadvice.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/record.h"

static const struct record_column columns[] = {
	{ "subsystem", "ca, kra, ocsp, tks, tps" },
	{ "role", "master, clone, mixed (its keys disagree) or none" },
	{ "file", "the file" },
	{ NULL, NULL }
};

static const struct record_column key_columns[] = {
	{ "key", "a key that has to do with the role" },
	{ "value", "its value, or what the server takes for it" },
	{ "from", "file or default" },
	{ "says", "master, clone, mixed (it cannot be read) or none" },
	{ "file", "the file" },
	{ NULL, NULL }
};

struct request {
	char *to, *redirect, *from;
	int clone, master, show_keys;
	struct role_wanted wanted;
};

/* -- looking --------------------------------------------------------------- */

static void
say_notes(const struct role *role, const char *file)
{
	for (size_t i = 0; i < role->count; i++) {
		const struct role_key *k = &role->key[i];

		if (k->note != NULL)
			say("%s: '%s': %s", file, k->key, k->note);
	}
	for (size_t i = 0; i < role->points.count; i++) {
		struct slice point = role->points.name[i];
		const char *lacks = issuing_lacks(role->points.cfg, point);

		if (lacks != NULL)
			say("%s: issuing point '%.*s' has no '%s': the server "
			    "does not start", file, SLICE_FMT(point), lacks);
	}
}

/* Who says what, where they disagree. */
static void
say_mixed(const struct role *role, const char *file)
{
	for (size_t i = 0; i < role->count; i++) {
		const struct role_key *k = &role->key[i];

		if (k->says == ROLE_MASTER || k->says == ROLE_CLONE)
			say("%s: '%s' is a %s's: '%.*s'%s", file, k->key,
			    role_name(k->says), SLICE_FMT(k->value),
			    k->absent ? " (default)" : "");
	}
}

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

	*path = instance_file(operand, subsystem);
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

static void
count(struct tally *tally, const struct role *role)
{
	tally->mixed += role->kind == ROLE_MIXED;
	if (strcmp(role->subsystem, "ca") == 0) {
		tally->cas++;
		tally->masters += role->kind == ROLE_MASTER;
	}
}

static int
look_at(struct records *out, const char *operand,
    const struct editfile_options *options, bool keys, struct tally *tally)
{
	char *path;
	struct cfg *cfg = open_cfg(&path, operand, options->subsystem);
	struct role role;

	if (cfg == NULL)
		return -1;
	role_read(&role, cfg);
	count(tally, &role);
	if (keys) {
		put_keys(out, &role, operand);
	} else {
		struct slice field[] = { slice_of(role.subsystem),
			slice_of(role_name(role.kind)), slice_of(operand) };

		records_put(out, field);
	}
	say_notes(&role, operand);
	if (role.kind == ROLE_MIXED)
		say_mixed(&role, operand);
	role_release(&role);
	close_cfg(cfg, path);
	return 0;
}

static int
look(const char **operands, const struct editfile_options *options,
    const struct record_format *format, bool keys)
{
	struct tally tally = { 0 };
	struct records out;
	int status = 0;

	if (records_begin(&out, keys ? key_columns : columns, format) < 0)
		return EXIT_TROUBLE;
	for (size_t i = 0; operands[i] != NULL && status == 0; i++)
		status = look_at(&out, operands[i], options, keys, &tally);
	if (status < 0) {
		records_drop(&out);
		return EXIT_TROUBLE;
	}
	records_end(&out);
	if (tally.cas > 1 && tally.masters != 1)
		say("%zu of %zu CAs are masters: one has to make the CRLs",
		    tally.masters, tally.cas);
	return tally.mixed != 0 || (tally.cas > 1 && tally.masters != 1) ?
	    EXIT_NO : EXIT_YES;
}

/* -- editing --------------------------------------------------------------- */

/* Does it, by its file, make CRLs? */
static bool
makes_crls(const struct role *role)
{
	return role->kind == ROLE_MASTER || role->kind == ROLE_MIXED;
}

/* Of the other operands, none may be a master: EXIT_YES, _NO, _TROUBLE. */
static int
check_others(const char **others, const struct editfile_options *options)
{
	int status = EXIT_YES;

	for (size_t i = 0; others[i] != NULL; i++) {
		char *path;
		struct cfg *cfg = open_cfg(&path, others[i],
		    options->subsystem);
		struct role role;

		if (cfg == NULL)
			return EXIT_TROUBLE;
		role_read(&role, cfg);
		if (strcmp(role.subsystem, "ca") == 0 && makes_crls(&role)) {
			say("%s: another CRL master%s", others[i],
			    options->force ? "" : " (--force)");
			if (!options->force)
				status = EXIT_NO;
		}
		role_release(&role);
		close_cfg(cfg, path);
	}
	return status;
}

/* The old master may be dead: its file then still says master. */
static int
check_from(const struct cfg *from)
{
	struct role role;
	int status = EXIT_YES;

	role_read(&role, from);
	if (strcmp(role.subsystem, "ca") != 0 || role.points.count == 0) {
		say("%s: no CA with issuing points", from->file);
		status = EXIT_NO;
	}
	for (size_t i = 0; i < role.points.count; i++) {
		const char *lacks = issuing_lacks(from, role.points.name[i]);

		if (lacks != NULL) {
			say("%s: issuing point '%.*s' has no '%s': the new "
			    "master would not start", from->file,
			    SLICE_FMT(role.points.name[i]), lacks);
			status = EXIT_NO;
		}
	}
	if (status == EXIT_YES && makes_crls(&role))
		say("%s: warning: it is a master still: it must not start "
		    "before it is made a clone", from->file);
	role_release(&role);
	return status;
}

static int
check_request(const struct cfg *cfg, const struct role *role,
    const struct role_wanted *wanted)
{
	bool ca = strcmp(role->subsystem, "ca") == 0;

	if (!ca && strcmp(role->subsystem, "ocsp") != 0) {
		say("%s: neither a CA nor an OCSP responder: it has no role",
		    cfg->file);
		return EXIT_NO;
	}
	if (!ca && (wanted->host.at != NULL || wanted->from != NULL ||
		       wanted->default_absent || wanted->disable_points)) {
		say("%s: an OCSP responder: --redirect, --from, "
		    "--default-absent and --disable-points are for CAs",
		    cfg->file);
		return EXIT_NO;
	}
	if (ca && (wanted->refresh != NULL || wanted->manual_keys)) {
		say("%s: a CA: --refresh and --manual-keys are for OCSP "
		    "responders", cfg->file);
		return EXIT_NO;
	}
	return wanted->from != NULL ? check_from(wanted->from) : EXIT_YES;
}

static void
advise(const struct cfg *cfg, const struct role *role,
    const struct role_wanted *wanted)
{
	if (strcmp(role->subsystem, "ocsp") == 0) {
		if (wanted->kind == ROLE_MASTER)
			say("%s: the CA that makes the CRLs has to send them "
			    "to it (OCSPPublisher)", cfg->file);
	} else if (wanted->kind == ROLE_MASTER) {
		roleadvice_master(cfg, wanted->from);
	} else if (wanted->host.at == NULL &&
	    cfg_string(cfg, "master.ca.agent.host").size == 0) {
		say("%s: agents are not redirected to the master (--redirect)",
		    cfg->file);
	}
}

static int
edit(struct editfile *f, const struct role_wanted *wanted)
{
	struct edits edits = { 0 };
	struct role role;
	int status;

	role_read(&role, f->cfg);
	status = check_request(f->cfg, &role, wanted);
	if (status == EXIT_YES) {
		status = EXIT_TROUBLE;
		if (role_edits(&edits, f->cfg, &role, wanted) == 0) {
			if (edits.count != 0)
				advise(f->cfg, &role, wanted);
			status = editfile_finish(f, &edits);
		}
	}
	edits_release(&edits);
	role_release(&role);
	return status;
}

static int
change(const char **operands, const struct editfile_options *options,
    struct request *request)
{
	struct cfg *from = NULL;
	char *path = NULL;
	struct editfile f;
	int status = EXIT_YES;

	if (request->wanted.kind == ROLE_MASTER)
		status = check_others(operands + 1, options);
	if (status == EXIT_YES && request->from != NULL) {
		from = open_cfg(&path, request->from, options->subsystem);
		if (from == NULL)
			status = EXIT_TROUBLE;
		request->wanted.from = from;
	}
	if (status == EXIT_YES &&
	    editfile_open(&f, operands[0], options) < 0)
		status = EXIT_TROUBLE;
	else if (status == EXIT_YES) {
		status = edit(&f, &request->wanted);
		editfile_close(&f);
	}
	if (from != NULL)
		close_cfg(from, path);
	return status;
}

/* -- options --------------------------------------------------------------- */

static bool
is_number(const char *s)
{
	size_t digits = strspn(s, "0123456789");

	return digits != 0 && digits < 10 && s[digits] == '\0' &&
	    strtol(s, NULL, 10) > 0;
}

static void
parse_redirect(struct role_wanted *wanted, const char *redirect)
{
	size_t host = strcspn(redirect, ": \t\r\n\f\\");

	if (host == 0 || redirect[host] != ':' ||
	    !is_number(redirect + host + 1) ||
	    strtol(redirect + host + 1, NULL, 10) > 65535)
		cli_usage("--redirect: not HOST:PORT: '%s'", redirect);
	wanted->host = (struct slice){ redirect, host };
	wanted->port = slice_of(redirect + host + 1);
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
		cli_usage("to clone or to master?");
	if (clone || master)
		r->wanted.kind = clone ? ROLE_CLONE : ROLE_MASTER;
}

static void
parse_request(struct request *r)
{
	struct role_wanted *wanted = &r->wanted;

	parse_role(r);
	if (r->redirect != NULL)
		parse_redirect(wanted, r->redirect);
	if (wanted->refresh != NULL && !is_number(wanted->refresh))
		cli_usage("--refresh: no number of seconds: '%s'",
		    wanted->refresh);
	if (wanted->kind != ROLE_CLONE &&
	    (r->redirect != NULL || wanted->refresh != NULL ||
		wanted->disable_points || wanted->manual_keys))
		cli_usage("--redirect, --refresh, --manual-keys and "
			  "--disable-points go with --to=clone");
	if (wanted->kind != ROLE_MASTER &&
	    (r->from != NULL || wanted->default_absent))
		cli_usage("--from and --default-absent go with --to=master");
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
		  "make FILE a clone's or a master's", "ROLE" },
		{ "clone", 'c', POPT_ARG_NONE, &r.clone, 0,
		  "the same as --to=clone", NULL },
		{ "master", 'm', POPT_ARG_NONE, &r.master, 0,
		  "the same as --to=master", NULL },
		{ "redirect", '\0', POPT_ARG_STRING, &r.redirect, 0,
		  "where a clone sends agents: the master", "HOST:PORT" },
		{ "from", '\0', POPT_ARG_STRING, &r.from, 0,
		  "take the issuing points of the old master", "OLDMASTER" },
		{ "default-absent", '\0', POPT_ARG_NONE, &absent, 0,
		  "no line rather than the default interval", NULL },
		{ "disable-points", '\0', POPT_ARG_NONE, &disable, 0,
		  "turn a clone's issuing points off, too", NULL },
		{ "refresh", '\0', POPT_ARG_STRING, &r.wanted.refresh, 0,
		  "how often an OCSP clone reads CRLs anew (14400)",
		  "SECONDS" },
		{ "manual-keys", '\0', POPT_ARG_NONE, &manual, 0,
		  "write the manual's OCSP key, too", NULL },
		{ "show-keys", '\0', POPT_ARG_NONE, &r.show_keys, 0,
		  "print each key that a role is known by", NULL },
		EDITFILE_OPTIONS(file),
		RECORD_OPTIONS(format),
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "FILE...", "\
Prints what each FILE is.  With a role, prints edits for the first FILE; the\n\
others are looked at, that there be no second master.  Examples:\n\
\n\
  cfgrole ca1.cfg ca2.cfg\n\
  cfgrole -i -c --redirect ca2.example.com:8443 ca1.cfg\n\
  cfgrole -i -m --from ca1.cfg ca2.cfg\n\
\n\
Status: 0 all agree, or done; 1 keys disagree, not just one CA is the master,\n\
or refused; 2 trouble.\n", 1, -1 };
	const char **operands = cli_parse(argc, argv, options, &help);
	bool looks = format.json || format.table || format.header ||
	    format.columns != NULL || r.show_keys;

	r.wanted.default_absent = absent;
	r.wanted.disable_points = disable;
	r.wanted.manual_keys = manual;
	parse_request(&r);
	if (r.wanted.kind != ROLE_NONE && looks)
		cli_usage("--show-keys, --table and its like only look");
	if (r.wanted.kind == ROLE_NONE && file.in_place)
		cli_usage("--in-place: say which role (--to)");
	if (r.wanted.kind != ROLE_NONE)
		return change(operands, &file, &r);
	return look(operands, &file, &format, r.show_keys);
}
