/* SPDX-License-Identifier: MIT */
#include "dir/domain.h"

#include <stdlib.h>

#include "util/diag.h"
#include "util/mem.h"

/* What the forms call a field; getDomainXML and LDAP have Host,
 * UnSecurePort. */
const char *const domain_name_of[DOMAIN_FIELDS][2] = {
	[DOMAIN_HOST] = { "Hostname", "Host" },
	[DOMAIN_SECURE_PORT] = { "SecurePort", NULL },
	[DOMAIN_AGENT_PORT] = { "SecureAgentPort", NULL },
	[DOMAIN_ADMIN_PORT] = { "SecureAdminPort", NULL },
	[DOMAIN_EE_PORT] = { "SecureEEClientAuthPort", NULL },
	[DOMAIN_PORT] = { "Port", "UnSecurePort" },
	[DOMAIN_CLONE] = { "Clone", NULL },
	[DOMAIN_MANAGER] = { "DomainManager", NULL },
	[DOMAIN_NAME] = { "SubsystemName", NULL },
};

int
domain_bad(const struct domain_reading *r, const char *what)
{
	return r->line != 0 ? fail("%s:%zu: %s", r->file, r->line, what) :
			      fail("%s: %s", r->file, what);
}

static bool
same_host(const struct domain_host *a, const struct domain_host *b)
{
	return slice_is(a->field[DOMAIN_TYPE], b->field[DOMAIN_TYPE]) &&
	    slice_is_in_any_case(a->field[DOMAIN_HOST],
		b->field[DOMAIN_HOST]) &&
	    slice_is(a->field[DOMAIN_SECURE_PORT],
		b->field[DOMAIN_SECURE_PORT]);
}

static struct slice
as_flag(struct slice text)
{
	const int truth = truth_of(text);

	return truth < 0 ? text : slice_of(truth == 1 ? "true" : "false");
}

bool
domain_is(const struct domain_host *host, enum domain_field flag)
{
	return truth_of(host->field[flag]) == 1;
}

int
domain_take(struct domain_reading *r, struct domain_host *host)
{
	struct domain *domain = r->domain;

	r->found = true;
	if (host->field[DOMAIN_TYPE].size == 0)
		return domain_bad(r, "a host of a subsystem without a name");
	if (host->field[DOMAIN_HOST].size == 0)
		return domain_bad(r, "a host without a name");
	if (host->field[DOMAIN_SECURE_PORT].size == 0)
		return domain_bad(r, "a host without a secure port");
	host->field[DOMAIN_CLONE] = as_flag(host->field[DOMAIN_CLONE]);
	host->field[DOMAIN_MANAGER] = as_flag(host->field[DOMAIN_MANAGER]);
	/* Documents say some hosts twice. */
	for (size_t i = 0; i < domain->hosts; i++)
		if (same_host(&domain->host[i], host))
			return 0;
	if (domain->hosts == DOMAIN_LIMIT)
		return domain_bad(r, "more hosts than are taken");
	for (size_t i = 0; i < DOMAIN_FIELDS; i++)
		host->field[i] = arena_copy(&domain->arena, host->field[i]);
	MEM_GROW(domain->host, domain->hosts, domain->room);
	domain->host[domain->hosts++] = *host;
	return 0;
}

void
domain_take_name(struct domain_reading *r, struct slice name)
{
	if (name.size != 0)
		r->domain->name = arena_copy(&r->domain->arena, name);
}

void
domain_release(struct domain *domain)
{
	free(domain->host);
	arena_release(&domain->arena);
	*domain = (struct domain){ .host = NULL };
}

void
domain_begin(struct domain_reading *r, struct domain *domain, const char *file)
{
	*domain = (struct domain){ .host = NULL };
	*r = (struct domain_reading){ .domain = domain, .file = file };
}

int
domain_end(struct domain_reading *r, int status)
{
	if (status == 0 && !r->found)
		status = fail("%s: no security domain in it", r->file);
	if (status < 0)
		domain_release(r->domain);
	return status;
}
