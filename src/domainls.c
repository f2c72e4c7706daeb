/* SPDX-License-Identifier: MIT */
/*
 * domainls - list the hosts of a security domain
 *
 * in:	domainInfo as JSON or XML, getDomainXML's answer, or LDIF
 * out:	records, one a host
 */
#include <strings.h>

#include "dir/domain.h"
#include "util/cli.h"
#include "util/record.h"

/* In the order of enum domain_field. */
static const struct record_column columns[] = {
	{ "type", "CA, KRA, OCSP, TKS, TPS, RA or EST" },
	{ "host", "its name" },
	{ "secure-port", "HTTPS" },
	{ "agent-port", "HTTPS for agents" },
	{ "admin-port", "HTTPS for administrators" },
	{ "ee-port", "HTTPS for end entities with a certificate" },
	{ "port", "HTTP" },
	{ "clone", "was it installed as a clone?" },
	{ "manager", "does it manage the domain?" },
	{ "name", "the subsystem's name" },
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
	int status = EXIT_NO;

	if (records_begin(&out, columns, format) < 0)
		return EXIT_TROUBLE;
	for (size_t i = 0; i < domain->hosts; i++) {
		const struct slice *field = domain->host[i].field;

		if (!is_type(field[DOMAIN_TYPE], types))
			continue;
		records_put(&out, field);
		status = EXIT_YES;
	}
	records_end(&out);
	return status;
}

int
main(int argc, char **argv)
{
	struct record_format format = { 0 };
	char **types = NULL;
	const struct poptOption options[] = {
		{ "type", 't', POPT_ARG_ARGV, &types, 0,
		  "only subsystems of this type", "TYPE" },
		RECORD_OPTIONS(format),
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "[FILE]", "\
FILE is JSON or XML of domainInfo, getDomainXML's answer, or LDIF.  Example:\n\
\n\
  domainls --type CA --columns host,secure-port domainInfo.json\n\
\n\
Status: 0 some hosts, 1 none, 2 trouble.\n", 0, 1 };
	const char **operands =
	    cli_files(cli_parse(argc, argv, options, &help));
	struct domain domain;
	int status;

	if (domain_read(&domain, operands[0]) < 0)
		return EXIT_TROUBLE;
	status = list(&domain, types, &format);
	domain_release(&domain);
	return status;
}
