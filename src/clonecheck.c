/* SPDX-License-Identifier: MIT */
/*
 * clonecheck - what is wrong between a master and its clones?
 *
 * in:	the CS.cfg of each, what their key databases hold; the override file
 *	of a clone that is not there yet; the bundle that it is to get
 * out:	findings: FILE:LINE: level: code: text: command that mends it
 */
#include <stdlib.h>

#include "check/bundlefile.h"
#include "check/clone.h"
#include "check/cloneplan.h"
#include "check/hostfiles.h"
#include "check/live.h"
#include "p12/p12.h"
#include "pki/locate.h"
#include "pki/serverxml.h"
#include "util/cli.h"
#include "util/crypto.h"
#include "util/mem.h"

struct host {
	struct hostfiles files;
	struct cfg *cfg;
	struct keydb shelf;
};

struct clonecheck {
	struct catalogue_options asked;
	char *subsystem, *keys, *override, *pkcs12, *password_file;
	char *alias, **peer_alias;
	struct ldapopt ldap;
	int json, ds, live;
	const char **operand;
	size_t count;
	struct host *host; /* one an operand */
	struct cloneset_side *side;
	struct tags tags; /* the master's */
	struct spawn planned;
	struct plan plan;
	struct liveset servers;
	char *port; /* the master's, for it */
	struct settings *rules;
	struct findings found;
};

/* Said by an option, or found beside the CS.cfg; NULL: neither. */
static const char *
alias_of(const struct clonecheck *c, size_t i)
{
	size_t said = 0;

	if (i == 0)
		return c->alias != NULL ? c->alias : c->host[0].files.alias;
	while (said < i && c->peer_alias != NULL && c->peer_alias[said] != NULL)
		said++;
	return said == i ? c->peer_alias[i - 1] : c->host[i].files.alias;
}

static int
read_host(struct clonecheck *c, size_t i, const char *subsystem)
{
	struct host *h = &c->host[i];
	const char *alias;

	if (hostfiles_find(&h->files, c->operand[i], subsystem) < 0)
		return -1;
	h->cfg = cfg_read(h->files.file);
	if (h->cfg == NULL)
		return -1;
	alias = alias_of(c, i);
	if (alias != NULL && keydb_read(&h->shelf, alias) < 0)
		return -1;
	c->side[i] =
	    (struct cloneset_side){ h->cfg, alias != NULL ? &h->shelf : NULL };
	return 0;
}

/* Of several subsystems in one directory, the master's is meant. */
static int
read_hosts(struct clonecheck *c)
{
	if (read_host(c, 0, c->subsystem) < 0 ||
	    tags_read(&c->tags, c->host[0].cfg) < 0)
		return -1;
	for (size_t i = 1; i < c->count; i++)
		if (read_host(c, i, c->tags.subsystem) < 0)
			return -1;
	return 0;
}

static int
check_plan(struct clonecheck *c, const struct cloneset *set)
{
	if (c->override == NULL)
		return 0;
	if (serverxml_port(&c->port, c->host[0].files.file) < 0 ||
	    spawn_read(&c->planned, c->override) < 0)
		return -1;
	c->plan = (struct plan){ .file = &c->planned,
		.master = set->side[0].cfg,
		.tags = &c->tags,
		.port = c->port,
		.found = &c->found };
	plan_begin(&c->plan);
	cloneplan_check(set, &c->plan);
	return 0;
}

static int
check_bundle(struct clonecheck *c)
{
	struct bundlefile b = { .file = c->pkcs12,
		.password_file = c->password_file,
		.expires_within = -1,
		.most_rounds = P12_MOST_ROUNDS,
		.operand = c->operand[0],
		.cfg = c->host[0].cfg,
		.tags = &c->tags };

	if (c->pkcs12 == NULL)
		return 0;
	if (!locate_has_cfg(c->operand[0]))
		b.operand = c->host[0].files.file;
	return bundlefile_check(&b, &c->found);
}

static int
check_servers(struct clonecheck *c, const struct cloneset *set)
{
	const bool planned = c->override != NULL &&
	    spawn_has_section(&c->planned, c->plan.section);

	if (!c->ds && !c->live)
		return 0;
	c->servers = (struct liveset){ .set = set,
		.subsystem = c->tags.subsystem,
		.options = &c->ldap,
		.plan = planned ? &c->plan : NULL,
		.probe = c->live,
		.found = &c->found };
	return live_check(&c->servers);
}

static int
check(struct clonecheck *c, struct cloneset *set)
{
	c->rules = settings_new(c->keys);
	*set = (struct cloneset){ .side = c->side,
		.count = c->count,
		.rules = c->rules,
		.planned = c->override != NULL,
		.found = &c->found };
	return c->rules != NULL && read_hosts(c) == 0 &&
		       clone_check(set) == 0 && check_plan(c, set) == 0 &&
		       check_bundle(c) == 0 && check_servers(c, set) == 0
		   ? 0
		   : -1;
}

static void
release(struct clonecheck *c)
{
	findings_release(&c->found);
	liveset_release(&c->servers);
	ldapopt_release(&c->ldap);
	for (size_t i = 0; i < c->count; i++) {
		keydb_release(&c->host[i].shelf);
		cfg_free(c->host[i].cfg);
		hostfiles_release(&c->host[i].files);
	}
	tags_release(&c->tags);
	spawn_release(&c->planned);
	settings_free(c->rules);
	free(c->port);
	free(c->host);
	free(c->side);
}

static size_t
is_stdin(const char *file)
{
	return file != NULL && strcmp(file, "-") == 0;
}

static void
check_options(const struct clonecheck *c)
{
	size_t said = 0, files = 0, stdins = is_stdin(c->override) +
	    is_stdin(c->pkcs12) + is_stdin(c->password_file) +
	    is_stdin(c->alias) + is_stdin(c->ldap.password_file);

	for (size_t i = 0; i < c->count; i++)
		files += is_stdin(c->operand[i]);
	stdins += files;
	while (c->peer_alias != NULL && c->peer_alias[said] != NULL)
		stdins += is_stdin(c->peer_alias[said++]);
	if (stdins > 1)
		cli_usage("only one file can be standard input");
	if (said >= c->count)
		cli_usage(
		    "--peer-alias: there are only %zu peers", c->count - 1);
	if (c->password_file != NULL && c->pkcs12 == NULL)
		cli_usage("--password-file is for --pkcs12");
	if (c->ldap.password_file != NULL && c->ldap.bind_dn == NULL)
		cli_usage("--ds-password-file needs --bind-dn");
	if ((c->ldap.bind_dn != NULL || c->ldap.mechanism != NULL) && !c->ds &&
	    !c->live)
		cli_usage("--bind-dn and --mechanism are for --ds and --live");
	if (files != 0 && (c->ds || c->live))
		cli_usage("--ds and --live take files, and no standard input");
}

static int
run(struct clonecheck *c)
{
	int status = STATUS_ERROR;
	struct cloneset set;

	while (c->operand[c->count] != NULL)
		c->count++;
	check_options(c);
	c->host = mem_zalloc(c->count, sizeof *c->host);
	c->side = mem_zalloc(c->count, sizeof *c->side);
	if (ldapopt_begin(&c->ldap) == 0 && check(c, &set) == 0) {
		findings_print(&c->found, c->json);
		status = findings_status(&c->found);
	}
	release(c);
	return status;
}

int
main(int argc, char **argv)
{
	struct clonecheck c = { .ldap = LDAPOPT_DEFAULTS };
	const struct poptOption options[] = {
		{ "override", '\0', POPT_ARG_STRING, &c.override, 0,
		    "pkispawn's override file of a clone that is to be made",
		    "FILE" },
		{ "pkcs12", '\0', POPT_ARG_STRING, &c.pkcs12, 0,
		    "the bundle that it is to get", "FILE" },
		{ "password-file", 'w', POPT_ARG_STRING, &c.password_file, 0,
		    "the bundle's password is the first line of it", "FILE" },
		{ "alias", '\0', POPT_ARG_STRING, &c.alias, 0,
		    "the master's key database, or what certutil -L and -K "
		    "printed of it",
		    "DIR|FILE" },
		{ "peer-alias", '\0', POPT_ARG_ARGV, &c.peer_alias, 0,
		    "the clone's; again for each peer", "DIR|FILE" },
		{ "subsystem", '\0', POPT_ARG_STRING, &c.subsystem, 0,
		    "which one, of a master that has several", "NAME" },
		{ "keys", '\0', POPT_ARG_STRING, &c.keys, 0,
		    "more keys that stay", "FILE" },
		{ "ds", '\0', POPT_ARG_NONE, &c.ds, 0,
		    "read the Directory Server of each, as its CS.cfg says",
		    NULL },
		{ "live", '\0', POPT_ARG_NONE, &c.live, 0,
		    "the same, and see who answers on the network", NULL },
		LDAPOPT_SERVER_OPTIONS(c.ldap, "ds-password-file"),
		CATALOGUE_OPTIONS(c.asked),
		{ "json", '\0', POPT_ARG_NONE, &c.json, 0,
		    "one JSON object a line", NULL },
		CLI_COMMON_OPTIONS, POPT_TABLEEND
	};
	const struct cli_help help = { "MASTER [CLONE [PEER...]]", "\
Each is a CS.cfg, an instance, copies of its files, or a sosreport's tree.\n\
Examples:\n\
\n\
  clonecheck ca1/CS.cfg ca2/CS.cfg\n\
  clonecheck --override ca2.cfg --pkcs12 ca.p12 -w pw /var/lib/pki/pki-tomcat\n\
\n\
Status: 0 nothing from warning up; 1 such findings; 2 error.\n",
		0, -1 };
	int status;

	crypto_wipe_memory();
	c.operand = cli_parse(argc, argv, options, &help);
	if (catalogue_answers(&c.asked, &status))
		return status;
	cli_need(c.operand, 1);
	return run(&c);
}
