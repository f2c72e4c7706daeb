/* SPDX-License-Identifier: MIT */
/*
 * p12check - is all in a PKCS#12 bundle that a clone needs?
 *
 * in:	a bundle, its password, and the CS.cfg of the subsystem to be cloned
 * out:	findings: FILE:LINE: level: code: text: command that fixes it
 */
#include <stdlib.h>

#include "check/p12.h"
#include "p12/p12.h"
#include "pki/locate.h"
#include "util/cli.h"
#include "util/crypto.h"
#include "util/slurp.h"

struct p12check {
	struct catalogue_options asked;
	struct bundlefile bundle;
	char *password_file, *user, *subsystem;
	int json;
	long most_rounds;
	char *cfg_file;
	struct cfg *cfg;
	struct tags tags;
	struct findings found;
};

static int
read_cfg(struct p12check *p)
{
	if (p->bundle.operand == NULL)
		return 0;
	p->cfg_file = locate_cfg(p->bundle.operand, p->subsystem);
	if (p->cfg_file != NULL)
		p->cfg = cfg_read(p->cfg_file);
	return p->cfg != NULL ? tags_read(&p->tags, p->cfg) : -1;
}

static int
run(struct p12check *p)
{
	struct bundlefile *b = &p->bundle;
	int status = STATUS_ERROR;

	if (read_cfg(p) == 0) {
		b->cfg = p->cfg;
		b->tags = &p->tags;
		if (bundlefile_check(b, &p->found) == 0) {
			findings_print(&p->found, p->json);
			status = findings_status(&p->found);
		}
	}
	findings_release(&p->found);
	tags_release(&p->tags);
	cfg_free(p->cfg);
	free(p->cfg_file);
	return status;
}

static void
check_options(const struct p12check *p)
{
	if (p->most_rounds < 1)
		cli_usage("--max-rounds: not a positive number: '%ld'",
		    p->most_rounds);
	if (slurp_is_stdin(p->bundle.file) +
	    slurp_is_stdin(p->bundle.operand) +
	    slurp_is_stdin(p->password_file) > 1)
		cli_usage("only one of FILE, CS.cfg and password can be "
			  "standard input");
}

int
main(int argc, char **argv)
{
	struct p12check p = { .bundle = { .expires_within = -1 },
		.most_rounds = (long)PBE_MOST_ROUNDS };
	const struct poptOption options[] = {
		{ "password-file", 'w', POPT_ARG_STRING, &p.password_file, 0,
		  "password of the PKCS#12 file: the first line of FILE",
		  "FILE" },
		{ "subsystem", '\0', POPT_ARG_STRING, &p.subsystem, 0,
		    "subsystem of an instance that has several", "NAME" },
		{ "user", '\0', POPT_ARG_STRING, &p.user, 0,
		  "user that runs the server and must read FILE (pkiuser)",
		  "NAME" },
		{ "expires-within", '\0', POPT_ARG_INT,
		    &p.bundle.expires_within, 0,
		    "warn of certificates that expire within DAYS",
		    "DAYS" },
		{ "max-rounds", '\0', POPT_ARG_LONG, &p.most_rounds, 0,
		    "refuse derivations of more rounds (10000000)", "N" },
		CATALOGUE_OPTIONS(p.asked),
		{ "json", '\0', POPT_ARG_NONE, &p.json, 0,
		    "one JSON object a line", NULL },
		CLI_COMMON_OPTIONS, POPT_TABLEEND
	};
	const struct cli_help help = { "FILE [CS.cfg|INSTANCE]", "\
CS.cfg is that of the subsystem to be cloned.  Without it, only the PKCS#12\n\
file itself is checked.  Examples:\n\
\n\
  p12check -w password.txt ca.p12 /var/lib/pki/pki-tomcat\n\
  p12check -w password.txt --expires-within 90 ca.p12 CS.cfg\n\
\n\
Status: 0 no warnings or errors found; 1 some found; 2 error, such as a wrong\n\
password.\n",
		0, 2 };
	const char **operands;
	int status;

	crypto_wipe_memory();
	operands = cli_parse(argc, argv, options, &help);
	if (catalogue_answers(&p.asked, &status))
		return status;
	cli_need(operands, 1);
	p.bundle.file = operands[0];
	p.bundle.operand = operands[1];
	check_options(&p);
	p.bundle.password_file = p.password_file;
	p.bundle.user = p.user;
	p.bundle.most_rounds = (unsigned long)p.most_rounds;
	return run(&p);
}
