/* SPDX-License-Identifier: MIT */
/*
 * clonecheck - what is wrong between a master and its clones?
 *
 * in:	the CS.cfg of each, what their key databases hold; the override file
 *	of a clone that is not there yet; the bundle that it is to get
 * out:	findings: FILE:LINE: level: code: text: command that fixes it
 */
#include <stdlib.h>

#include "check/deployment.h"
#include "check/engine.h"
#include "check/p12.h"
#include "p12/p12.h"
#include "pki/address.h"
#include "pki/locate.h"
#include "pki/parameter.h"
#include "pki/suffix.h"
#include "util/cli.h"
#include "util/crypto.h"
#include "util/mem.h"
#include "util/slurp.h"

struct clonecheck {
	struct catalogue_options asked;
	char *subsystem, *rules_file, *override, *pkcs12, *password_file;
	char *release, *wanted; /* of the hosts, and for the plan */
	struct release for_release;
	char *db, **peer_db;
	struct ldapopt ldap;
	int json, ds, live;
	const char **operand;
	size_t count;
	struct deployment hosts;
	struct spawn planned;
	struct plan plan;
	struct check_servers *servers; /* of each group */
	struct address at; /* the master's, for it */
	char *port;
	struct suffix_others others; /* of the master's instance */
	struct cfg **other; /* these, and those of the hosts */
	struct settings *rules;
	struct findings found;
};

static int
find_others(struct clonecheck *c)
{
	size_t count = 0;

	if (suffix_read_others(&c->others, c->hosts.host[0].files.file) < 0)
		return -1;
	c->other = mem_zalloc(c->others.count + c->count, sizeof(struct cfg *));
	for (size_t i = 0; i < c->others.count; i++)
		c->other[count++] = c->others.cfg[i];
	for (size_t i = 1; i < c->count; i++)
		c->other[count++] = c->hosts.host[i].cfg;
	c->plan.other = c->other;
	c->plan.others = count;
	return 0;
}

static int
has_pkispawn(const struct clonecheck *c)
{
	char *text = release_text(c->plan.release);
	int status = 0;

	if (parameter_has_pkispawn(c->plan.release) == RELEASE_NO)
		status = fail("%s: %s has no pkispawn, which came with 10.0: "
			      "--for-release RELEASE says which release the "
			      "clone's host has",
		    c->override, text);
	free(text);
	return status;
}

static int
check_plan(struct clonecheck *c)
{
	const char *file;

	if (c->override == NULL)
		return 0;
	file = c->hosts.host[0].files.file;
	if (spawn_read(&c->planned, c->override) < 0)
		return -1;
	plan_begin(&c->plan, &c->planned, &c->hosts.group[0],
	    c->wanted != NULL ? &c->for_release : NULL);
	if (has_pkispawn(c) < 0 ||
	    address_of_clones(&c->at, c->hosts.host[0].cfg, file,
		c->plan.release) < 0)
		return -1;
	if (c->at.port.size != 0)
		c->port = mem_dup(c->at.port.at, c->at.port.size);
	c->plan.port = c->port;
	if (find_others(c) < 0)
		return -1;
	engine_plan(&c->plan);
	return 0;
}

static int
check_bundle(struct clonecheck *c)
{
	struct bundlefile b = { .file = c->pkcs12,
		.password_file = c->password_file,
		.expires_within = -1,
		.most_rounds = PBE_MOST_ROUNDS,
		.operand = c->operand[0],
		.cfg = c->hosts.host[0].cfg,
		.tags = &c->hosts.host[0].tags };

	if (c->pkcs12 == NULL)
		return 0;
	if (!locate_has_cfg(c->operand[0], NULL))
		b.operand = c->hosts.host[0].files.file;
	return bundlefile_check(&b, &c->found);
}

static int
check_directories(struct clonecheck *c)
{
	const bool planned = c->override != NULL &&
	    spawn_has_section(&c->planned, c->plan.section);

	if (!c->ds && !c->live)
		return 0;
	c->servers = mem_zalloc(c->hosts.groups, sizeof *c->servers);
	for (size_t i = 0; i < c->hosts.groups; i++) {
		struct check_servers *s = &c->servers[i];

		s->set = &c->hosts.group[i];
		s->options = &c->ldap;
		s->plan = planned && i == 0 ? &c->plan : NULL;
		s->probe = c->live;
		deployment_begin_servers(s);
		if (engine_servers(s, deployment_open_servers) < 0)
			return -1;
	}
	return 0;
}

static int
check(struct clonecheck *c)
{
	c->rules = settings_new(c->rules_file);
	if (c->rules == NULL)
		return -1;
	c->hosts = (struct deployment){ .operand = c->operand,
		.count = c->count,
		.subsystem = c->subsystem,
		.db = c->db,
		.peer_db = c->peer_db,
		.rules = c->rules,
		.release = hostrelease_option("--release", c->release),
		.planned = c->override != NULL,
		.found = &c->found };
	if (deployment_read(&c->hosts) < 0)
		return -1;
	for (size_t i = 0; i < c->hosts.groups; i++)
		engine_group(&c->hosts.group[i]);
	if (check_plan(c) < 0 || check_bundle(c) < 0)
		return -1;
	return check_directories(c);
}

static void
release(struct clonecheck *c)
{
	findings_release(&c->found);
	for (size_t i = 0; c->servers != NULL && i < c->hosts.groups; i++)
		if (c->servers[i].set != NULL)
			deployment_close_servers(&c->servers[i]);
	free(c->servers);
	ldapopt_release(&c->ldap);
	deployment_release(&c->hosts);
	spawn_release(&c->planned);
	settings_free(c->rules);
	free(c->port);
	address_release(&c->at);
	free(c->other);
	suffix_others_release(&c->others);
}

static void
check_options(struct clonecheck *c)
{
	const char *const named[] = { c->override, c->pkcs12,
		c->password_file, c->db, c->ldap.password_file };
	size_t said = 0, files = 0, stdins = 0;

	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		stdins += slurp_is_stdin(named[i]);
	for (size_t i = 0; i < c->count; i++)
		files += slurp_is_stdin(c->operand[i]);
	stdins += files;
	while (c->peer_db != NULL && c->peer_db[said] != NULL)
		stdins += slurp_is_stdin(c->peer_db[said++]);
	if (stdins > 1)
		cli_usage("only one file can be standard input");
	if (said >= c->count)
		cli_usage("--peer-db: given more often than there are clones "
			  "(%zu)", c->count - 1);
	if (c->wanted != NULL && c->override == NULL)
		cli_usage("--for-release is for --override");
	c->for_release = hostrelease_option("--for-release", c->wanted);
	if (c->password_file != NULL && c->pkcs12 == NULL)
		cli_usage("--password-file is for --pkcs12");
	if (c->ldap.password_file != NULL && c->ldap.bind_dn == NULL)
		cli_usage("--ds-password-file needs --bind-dn");
	if ((c->ldap.bind_dn != NULL || c->ldap.mechanism != NULL) && !c->ds &&
	    !c->live)
		cli_usage("--bind-dn and --mechanism are for --ds and --live");
	if (files != 0 && (c->ds || c->live))
		cli_usage("--ds and --live cannot read a CS.cfg from standard "
			  "input");
}

static int
run(struct clonecheck *c)
{
	int status = STATUS_ERROR;

	while (c->operand[c->count] != NULL)
		c->count++;
	check_options(c);
	if (ldapopt_begin(&c->ldap) == 0 && check(c) == 0) {
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
		    "check pkispawn's override file for a new clone",
		    "FILE" },
		{ "for-release", '\0', POPT_ARG_STRING, &c.wanted, 0,
		    "release of its pkispawn, if not the master's: 10.8, "
		    "11.6.1, rhcs10",
		    "RELEASE" },
		{ "pkcs12", '\0', POPT_ARG_STRING, &c.pkcs12, 0,
		    "check the PKCS#12 file for the new clone", "FILE" },
		{ "password-file", 'w', POPT_ARG_STRING, &c.password_file, 0,
		  "password of the PKCS#12 file: the first line of FILE",
		  "FILE" },
		{ "db", '\0', POPT_ARG_STRING, &c.db, 0,
		    "NSS database of the master, or the output of certutil -L "
		    "and -K",
		    "DIR|FILE" },
		{ "peer-db", '\0', POPT_ARG_ARGV, &c.peer_db, 0,
		    "the same of the clone; again for each peer", "DIR|FILE" },
		{ "subsystem", '\0', POPT_ARG_STRING, &c.subsystem, 0,
		    "subsystem of a master that has several", "NAME" },
		{ "rules", '\0', POPT_ARG_STRING, &c.rules_file, 0,
		    "file with more host-specific keys", "FILE" },
		{ "release", '\0', POPT_ARG_STRING, &c.release, 0,
		    "release of all hosts: 11.6, rhcs9, ...",
		    "RELEASE" },
		{ "ds", '\0', POPT_ARG_NONE, &c.ds, 0,
		    "also read the Directory Server of each host",
		    NULL },
		{ "live", '\0', POPT_ARG_NONE, &c.live, 0,
		  "like --ds, and connect to all servers that are named",
		  NULL },
		LDAPOPT_SERVER_OPTIONS(c.ldap, "ds-password-file"),
		CATALOGUE_OPTIONS(c.asked),
		{ "json", '\0', POPT_ARG_NONE, &c.json, 0,
		    "one JSON object a line", NULL },
		CLI_COMMON_OPTIONS, POPT_TABLEEND
	};
	const struct cli_help help = { "MASTER [CLONE [PEER...]]", "\
Each operand is a CS.cfg, an instance, a directory with copies of its files,\n\
or an unpacked sosreport.\n\
Examples:\n\
\n\
  clonecheck ca1/CS.cfg ca2/CS.cfg\n\
  clonecheck --override ca2.cfg --pkcs12 ca.p12 -w pw /var/lib/pki/pki-tomcat\n\
\n\
Status: 0 no warnings or errors found; 1 some found; 2 error.\n",
		0, -1 };
	int status;

	crypto_wipe_memory();
	c.operand = cli_parse(argc, argv, options, &help);
	if (catalogue_answers(&c.asked, &status))
		return status;
	cli_need(c.operand, 1);
	return run(&c);
}
