/* SPDX-License-Identifier: MIT */
/*
 * clonecfg - write a clone's pkispawn override file
 *
 * in:	the CS.cfg of the subsystem to be cloned, the server.xml beside it;
 *	passwords, on demand
 * out:	KEY=VALUE lines in sections, with comments
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/check.h"
#include "pki/address.h"
#include "pki/locate.h"
#include "pki/parameter.h"
#include "pki/spawn.h"
#include "pki/suffix.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/outfile.h"
#include "util/password.h"
#include "util/str.h"

struct options {
	struct outfile_options out;
	char *subsystem, *release, **wanted;
};

struct passwords {
	struct secret secret[OVERRIDE_PASSWORDS];
};

/* ConfigParser takes blanks at both ends away. */
static bool
is_kept(const struct secret *secret)
{
	const struct slice text = secret_slice(secret);

	return !isspace((unsigned char)text.at[0]) &&
	       !isspace((unsigned char)text.at[text.size - 1]);
}

static int
read_passwords(struct passwords *p, char **wanted, struct override *o)
{
	for (; wanted != NULL && *wanted != NULL; wanted++) {
		const char *equals = strchr(*wanted, '=');
		int which = equals == NULL ? -1 : override_password_of(
		    (struct slice){ *wanted, (size_t)(equals - *wanted) });

		if (which < 0)
			return fail("--password: not NAME=FILE with the name "
				    "ds, pkcs12, domain, client, token or "
				    "database: '%s' (see --help)", *wanted);
		secret_release(&p->secret[which]);
		if (password_first_line(&p->secret[which], equals + 1) < 0)
			return -1;
		if (p->secret[which].size == 0)
			return fail("%s: the first line is empty: no password",
			    equals + 1);
		if (!is_kept(&p->secret[which]))
			return fail("%s: the password begins or ends with a "
				    "blank, which pkispawn removes",
			    equals + 1);
		o->password[which] = secret_slice(&p->secret[which]);
	}
	return 0;
}

/* To standard output, or to the file that was asked for. */
static int
print(const struct override *o, const struct outfile_options *out)
{
	struct buf text = { 0 };
	int status;

	override_add(&text, o);
	/* No second copy of passwords in stdio. */
	setvbuf(stdout, NULL, _IONBF, 0);
	status = outfile_write(out, buf_slice(&text),
	    (struct slice){ NULL, 0 });
	secret_free(text.at, text.size);
	return status == 0 ? STATUS_OK : STATUS_ERROR;
}

/* Where pkispawn stops within seconds, if the administrator does not see to
 * it. */
static void
say_next(const struct override *o)
{
	struct slice instance = cfg_string(o->master, "instanceId");
	const char *nickname = "NICKNAME";
	const bool ca = strcmp(o->tags->subsystem, "ca") == 0;

	if (o->ca_cert != NULL || parameter_is_known("pki_cert_chain_path",
				      NULL, o->release) == RELEASE_NO)
		return;
	if (instance.size == 0)
		instance = slice_of("INSTANCE");
	for (size_t i = 0; ca && i < o->tags->count; i++)
		if (strcmp(o->tags->tag[i].name, "signing") == 0 &&
		    o->tags->tag[i].nickname != NULL)
			nickname = o->tags->tag[i].nickname;
	say("next: on %s: certutil -L -d /etc/pki/%.*s/alias -n '%s' -a "
	    ">ca.pem; copy ca.pem to the clone's host, and replace @CA_CERT@ "
	    "with its path there (or use --ca-cert PATH)",
	    ca ? "the master" : "a host of the CA", SLICE_ARG(instance),
	    nickname);
}

static int
write_plan(
    struct override *o, const char *file, const struct outfile_options *out)
{
	int status;

	if (override_check(o) < 0)
		return STATUS_ERROR;
	if (o->at->port.size == 0)
		say("%s: it has no port, and no server.xml with a secure "
		    "connector is beside it: pki_clone_uri has port 8443, "
		    "which is a guess",
		    file);
	status = print(o, out);
	if (status == STATUS_OK)
		say_next(o);
	return status;
}

static int
make(struct override *o, const char *file, const struct outfile_options *out)
{
	struct suffix_others others;
	struct suffix_owner owner;
	struct address at;
	int status;

	if (address_of_clones(&at, o->master, file, o->release) < 0)
		return STATUS_ERROR;
	if (suffix_read_others(&others, file) < 0) {
		address_release(&at);
		return STATUS_ERROR;
	}
	suffix_find_owner(&owner, o->master, others.cfg, others.count);
	o->at = &at;
	o->owner = &owner;
	status = write_plan(o, file, out);
	o->at = NULL;
	o->owner = NULL;
	suffix_owner_release(&owner);
	suffix_others_release(&others);
	address_release(&at);
	return status;
}

static int
run(struct override *o, const char *operand, const struct options *options)
{
	struct passwords passwords = { 0 };
	struct tags tags = { 0 };
	char *file = locate_cfg(operand, options->subsystem);
	struct cfg *cfg = file != NULL ? cfg_read(file) : NULL;
	int status = STATUS_ERROR;

	if (cfg != NULL && tags_read(&tags, cfg) == 0 &&
	    read_passwords(&passwords, options->wanted, o) == 0) {
		o->master = cfg;
		o->tags = &tags;
		if (options->release == NULL)
			o->release = parameter_release_for(
			    hostrelease_of(cfg, release_any).release);
		status = make(o, file, &options->out);
	}
	for (int i = 0; i < OVERRIDE_PASSWORDS; i++)
		secret_release(&passwords.secret[i]);
	o->tags = NULL;
	o->master = NULL;
	tags_release(&tags);
	cfg_free(cfg);
	free(file);
	return status;
}

static bool
is_directory(const char *url)
{
	const struct slice text = slice_of(url);
	struct endpoint at;

	return (endpoint_has_scheme(text, "ldap") ||
	    endpoint_has_scheme(text, "ldaps")) && endpoint_of_url(&at, text);
}

int
main(int argc, char **argv)
{
	static char dash[] = "-";
	struct override o = { 0 };
	struct options chosen = { .subsystem = NULL };
	int replicated = 0;
	const struct poptOption options[] = {
		{ "ds", '\0', POPT_ARG_STRING, &o.ds, 0,
		    "Directory Server of the clone", "URL" },
		{ "pkcs12", '\0', POPT_ARG_STRING, &o.pkcs12, 0,
		    "PKCS#12 file with the keys, on the clone's host", "PATH" },
		{ "ca-cert", '\0', POPT_ARG_STRING, &o.ca_cert, 0,
		  "PEM file of the CA's certificates, on the clone's host",
		  "PATH" },
		{ "for-release", '\0', POPT_ARG_STRING, &chosen.release, 0,
		    "release of the clone's pkispawn, if not the master's: "
		    "10.8, 11.6.1, rhcs10",
		    "RELEASE" },
		{ "replicated-ds", '\0', POPT_ARG_NONE, &replicated, 0,
		    "for replication that was set up by hand", NULL },
		{ "password", '\0', POPT_ARG_ARGV, &chosen.wanted, 0,
		    "write the password ds, pkcs12, domain, client, token or "
		    "database: the first line of FILE",
		    "NAME=FILE" },
		{ "subsystem", '\0', POPT_ARG_STRING, &chosen.subsystem, 0,
		    "subsystem of an instance that has several", "NAME" },
		OUTFILE_OPTIONS(chosen.out), CLI_COMMON_OPTIONS, POPT_TABLEEND
	};
	const struct cli_help help = { "CS.cfg|INSTANCE", "\
CS.cfg or INSTANCE is the master's.  Without -o, the file is printed.\n\
Examples:\n\
\n\
  clonecfg --ds ldap://ds2:389 --pkcs12 /root/ca.p12 -o ca2.cfg CS.cfg\n\
  clonecfg --replicated-ds --password ds=ds.pw -o ca2.cfg CS.cfg\n\
\n\
Status: 0 written; 2 error, and no file was written.\n", 1, 1 };
	const char **operands = cli_parse(argc, argv, options, &help);

	if (o.ds != NULL && !is_directory(o.ds))
		cli_usage("--ds: neither ldap://HOST:PORT nor "
			  "ldaps://HOST:PORT: '%s'", o.ds);
	o.release = hostrelease_option("--for-release", chosen.release);
	o.replicated_ds = replicated != 0;
	if (chosen.out.path == NULL)
		chosen.out.path = dash;
	if (outfile_check(&chosen.out) < 0)
		return STATUS_ERROR;
	return run(&o, operands[0], &chosen);
}
