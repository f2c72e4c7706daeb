/* SPDX-License-Identifier: MIT */
/*
 * p12check - is all in a PKCS#12 bundle that a clone needs?
 *
 * in:	a bundle, its password, and the CS.cfg of the subsystem to be cloned
 * out:	findings: FILE:LINE: level: code: text: command that mends it
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "cfg/instance.h"
#include "check/bundletags.h"
#include "check/keyfile.h"
#include "key/crypto.h"
#include "key/password.h"
#include "util/cli.h"
#include "util/mem.h"
#include "util/slurp.h"

struct p12check {
	const char *file, *operand; /* NULL: no CS.cfg is given */
	char *password_file, *user, *subsystem;
	int expires_within, json;
	long most_rounds;
	char *cfg_file;
	struct cfg *cfg;
	struct tags tags;
	char *export, *rekey, *alias; /* parts of commands that mend */
	struct findings found;
};

/* -- commands -------------------------------------------------------------- */

static bool
is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* How the bundle was, or should have been, made: of an instance, when one is
 * given, or of a database that the reader knows. */
static void
find_commands(struct p12check *p)
{
	struct findings *f = &p->found;
	const char *file = findings_word(f, p->file);
	const char *from = p->operand != NULL ?
	    findings_word(f, p->operand) : NULL;
	char *password = p->password_file != NULL ? mem_printf("-w %s ",
	    findings_word(f, p->password_file)) : mem_dup("", 0);

	if (from != NULL && is_directory(p->operand)) {
		p->alias = mem_printf("%s/alias", p->operand);
		p->export = mem_printf("p12export --force %s-o %s %s %s",
		    password, file, from, p->tags.subsystem);
		p->rekey = mem_printf("nssls --keys %s | cfgrekey "
		    "--subsystem=%s -i %s", from, p->tags.subsystem, from);
	} else {
		p->alias = mem_dup("alias", strlen("alias"));
		p->export = mem_printf("p12export --force %s-o %s %s%s%s"
		    "-d alias", password, file,
		    from != NULL ? "--clone-of " : "",
		    from != NULL ? from : "", from != NULL ? " " : "");
		p->rekey = mem_printf("nssls --keys alias | cfgrekey -i %s",
		    from != NULL ? from : "CS.cfg");
	}
	free(password);
}

static int
read_cfg(struct p12check *p)
{
	if (p->operand == NULL)
		return 0;
	p->cfg_file = instance_file(p->operand, p->subsystem);
	if (p->cfg_file != NULL)
		p->cfg = cfg_read(p->cfg_file);
	return p->cfg != NULL ? tags_read(&p->tags, p->cfg) : -1;
}

/* -- checks ---------------------------------------------------------------- */

static void
check_contents(struct p12check *p, const struct bundle *bundle)
{
	struct bundletags want = { .bundle = bundle, .cfg = p->cfg,
		.tags = &p->tags, .now = time(NULL), .export = p->export,
		.rekey = p->rekey, .alias = p->alias };

	if (p->expires_within >= 0)
		want.soon = want.now + 86400 * (int64_t)p->expires_within;
	bundletags_check(&want, &p->found);
	bundle_check(bundle, p->export, &p->found);
}

static int
check_file(struct p12check *p)
{
	struct keyfile_user user;
	int status;

	if (strcmp(p->file, "-") == 0)
		return 0;
	if (keyfile_user_find(&user, p->user) < 0)
		return -1;
	status = keyfile_check(p->file, &user, &p->found);
	keyfile_user_release(&user);
	return status;
}

static int
read_password(const struct p12check *p, const struct p12 *p12,
    struct secret *password)
{
	char *prompt;
	int status;

	if (p->password_file != NULL)
		return password_first_line(password, p->password_file);
	prompt = mem_printf("Password of %s", p12->file);
	status = password_ask(password, prompt, false);
	free(prompt);
	return status == 0 ? 0 :
	    fail("%s: no terminal to ask for its password on (-w FILE)",
		p12->file);
}

/* Without a MAC, that a key opens shows that the password is right. */
static int
check_bundle(struct p12check *p, struct p12 *p12)
{
	struct secret password = { 0 };
	struct bundle bundle;
	int status = -1;

	if (read_password(p, p12, &password) == 0 &&
	    (p12->mac == P12_NO_MAC ||
		p12_check_mac(p12, secret_slice(&password)) == 0) &&
	    p12_open(p12, secret_slice(&password)) == 0 &&
	    bundle_load(&bundle, p12, secret_slice(&password)) == 0) {
		check_contents(p, &bundle);
		bundle_release(&bundle);
		status = 0;
	}
	secret_release(&password);
	return status;
}

static int
run(struct p12check *p)
{
	struct p12 *p12 = NULL;
	struct slice text;
	int status = EXIT_TROUBLE;
	char *bytes;

	if (slurp(p->file, P12_LIMIT, &bytes, &text.size) < 0)
		return EXIT_TROUBLE;
	text.at = bytes;
	p12 = p12_parse(slurp_name(p->file), text,
	    (unsigned long)p->most_rounds);
	if (p12 != NULL && read_cfg(p) == 0) {
		find_commands(p);
		if (check_bundle(p, p12) == 0 && check_file(p) == 0) {
			findings_print(&p->found, p->json);
			status = findings_are_bad(&p->found) ? EXIT_NO :
							       EXIT_YES;
		}
	}
	findings_release(&p->found);
	tags_release(&p->tags);
	cfg_free(p->cfg);
	free(p->cfg_file);
	free(p->export);
	free(p->rekey);
	free(p->alias);
	p12_free(p12);
	secret_free(bytes, text.size);
	return status;
}

static int
is_stdin(const char *file)
{
	return file != NULL && strcmp(file, "-") == 0;
}

static void
check_options(const struct p12check *p)
{
	if (p->most_rounds < 1)
		cli_usage("--max-rounds: not a positive number: '%ld'",
		    p->most_rounds);
	if (is_stdin(p->file) + is_stdin(p->operand) +
	    is_stdin(p->password_file) > 1)
		cli_usage("only one of bundle, CS.cfg and password can be "
			  "standard input");
}

int
main(int argc, char **argv)
{
	struct p12check p = { .expires_within = -1,
		.most_rounds = (long)P12_MOST_ROUNDS };
	const struct poptOption options[] = {
		{ "password-file", 'w', POPT_ARG_STRING, &p.password_file, 0,
		  "the bundle's password is the first line of it", "FILE" },
		{ "subsystem", '\0', POPT_ARG_STRING, &p.subsystem, 0,
		  "which one, of an instance that has several", "NAME" },
		{ "user", '\0', POPT_ARG_STRING, &p.user, 0,
		  "who runs the server and is to read it (pkiuser)", "NAME" },
		{ "expires-within", '\0', POPT_ARG_INT, &p.expires_within, 0,
		  "warn of certificates that will have expired by then",
		  "DAYS" },
		{ "max-rounds", '\0', POPT_ARG_LONG, &p.most_rounds, 0,
		  "refuse more rounds of a key derivation", "N" },
		{ "json", '\0', POPT_ARG_NONE, &p.json, 0,
		  "one JSON object a line", NULL },
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "FILE [CS.cfg|INSTANCE]", "\
Without a CS.cfg only the bundle itself is checked.  Examples:\n\
\n\
  p12check -w password.txt ca.p12 /var/lib/pki/pki-tomcat\n\
  p12check -w password.txt --expires-within 90 ca.p12 CS.cfg\n\
\n\
Status: 0 nothing to mend; 1 findings from warning up; 2 trouble, such as a\n\
wrong password.\n", 1, 2 };
	const char **operands;

	crypto_wipe_memory();
	operands = cli_parse(argc, argv, options, &help);
	p.file = operands[0];
	p.operand = operands[1];
	check_options(&p);
	return run(&p);
}
