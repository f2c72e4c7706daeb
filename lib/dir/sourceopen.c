/* SPDX-License-Identifier: MIT */
#ifdef WITH_LDAP
#include "dir/ldapdb.h"
#endif
#include "dir/ldapconn.h"
#include "dir/source.h"
#include "util/diag.h"
#include "util/slurp.h"

static struct source *
open_server(const char *url, const struct ldapopt *options)
{
#ifdef WITH_LDAP
	return ldapdb_open(url, options);
#else
	(void)options;
	fail("%s: this clonekit was built without libldap", url);
	return NULL;
#endif
}

struct source *
source_open(const char *operand, const struct ldapopt *options)
{
	static const struct ldapopt usual = LDAPOPT_DEFAULTS;
	FILE *in;

	if (options == NULL)
		options = &usual;
	if (source_is_url(operand))
		return open_server(operand, options);
	in = slurp_open(operand);
	return in == NULL ? NULL :
	    source_of_file(in, slurp_name(operand), options);
}
