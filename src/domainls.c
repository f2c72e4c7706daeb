/* SPDX-License-Identifier: MIT */
/*
 * domainls - list the hosts of a security domain
 *
 * in:	domainInfo as JSON or XML, getDomainXML's answer, LDIF, or the CA's
 *	directory itself
 * out:	records, one a host
 */
#include <strings.h>

#include "pki/csdir.h"
#include "pki/domain.h"
#include "util/cli.h"
#include "util/record.h"

/* In the order of enum domain_field. */
static const struct record_column columns[] = {
	{ "type", "CA, KRA, OCSP, TKS, TPS, RA or EST" },
	{ "host", "host name" },
	{ "secure-port", "HTTPS" },
	{ "agent-port", "HTTPS for agents" },
	{ "admin-port", "HTTPS for administrators" },
	{ "ee-port", "HTTPS for end entities with a certificate" },
	{ "port", "HTTP" },
	{ "clone", "true if it was installed as a clone" },
	{ "manager", "true if it manages the domain" },
	{ "name", "name of the subsystem" },
	{ NULL, NULL }
};

static bool
is_type(struct slice type, char **types)
{
	if (types == NULL)
		return true;
	for (; *types != NULL; types++)
		if (strlen(*types) == type.size &&
		    strncasecmp(*types, type.at, type.size) == 0)
			return true;
	return false;
}

static int
list(const struct domain *domain, char **types,
    const struct record_format *format)
{
	struct records out;
	int status = STATUS_DIFFER;

	if (records_begin(&out, columns, format) < 0)
		return STATUS_ERROR;
	for (size_t i = 0; i < domain->hosts; i++) {
		const struct slice *field = domain->host[i].field;

		if (!is_type(field[DOMAIN_TYPE], types))
			continue;
		records_put(&out, field);
		status = STATUS_OK;
	}
	records_end(&out);
	return status;
}

/* The domain is in the directory of a CA. */
static int
read_domain(struct domain *domain, const char *operand,
    const struct ldapopt *options)
{
	struct csdir dir;
	int status;

	if (!csdir_is_server(operand))
		return domain_read(domain, operand);
	if (csdir_open(&dir, operand, "ca", options) < 0)
		return -1;
	status = domain_search(domain, dir.source);
	csdir_close(&dir);
	return status;
}

int
main(int argc, char **argv)
{
	struct record_format format = { 0 };
	struct ldapopt ldap = LDAPOPT_DEFAULTS;
	char **types = NULL;
	const struct poptOption options[] = {
		{ "type", 't', POPT_ARG_ARGV, &types, 0,
		  "list only subsystems of this type", "TYPE" },
		RECORD_OPTIONS(format),
		LDAPOPT_OPTIONS(ldap),
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "[SOURCE]", "\
SOURCE is JSON or XML of domainInfo, XML of getDomainXML, LDIF, or the CA's\n\
directory: an LDAP URL, or the CA's CS.cfg or instance, which name the server\n\
and the bind DN.  Example:\n\
\n\
  domainls --type CA --columns host,secure-port domainInfo.json\n\
\n\
Status: 0 hosts were listed; 1 no hosts found; 2 error.\n", 0, 1 };
	const char **operands =
	    cli_files(cli_parse(argc, argv, options, &help));
	struct domain domain;
	int status;

	if (ldapopt_begin(&ldap) < 0)
		return STATUS_ERROR;
	status = read_domain(&domain, operands[0], &ldap);
	ldapopt_release(&ldap);
	if (status < 0)
		return STATUS_ERROR;
	status = list(&domain, types, &format);
	domain_release(&domain);
	return status;
}
