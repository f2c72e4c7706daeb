/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <stdlib.h>

#include "pki/address.h"
#include "pki/domain.h"
#include "util/mem.h"

#define HOST_KEY "securitydomain.host"
#define PORT_KEY "securitydomain.httpsadminport"
#define NAME_KEY "securitydomain.name"

struct reading {
	struct check_servers *live;
	const struct domain *domain;
	const char *where; /* of the domain */
	const struct cfg *cfg;
};

static const struct domain_host *
find_ca(const struct domain *domain, struct slice name)
{
	for (size_t i = 0; i < domain->hosts; i++) {
		const struct domain_host *host = &domain->host[i];

		if (slice_equal_nocase(host->field[DOMAIN_TYPE],
			slice_of("CA")) &&
		    endpoint_same_host(host->field[DOMAIN_HOST], name))
			return host;
	}
	return NULL;
}

static int
check_port(const struct reading *r, const struct domain_host *host)
{
	struct slice port = host->field[DOMAIN_SECURE_PORT];
	struct address at;

	if (address_read(&at, r->cfg, r->cfg->file, ADDRESS_EE) < 0)
		return -1;
	if (at.port.size != 0 && !slice_equal(at.port, port))
		findings_add(r->live->found,
		    check_place(r->cfg, "machineName"),
		    "domain-port", "%s has port %.*s for %.*s, whose secure "
		    "port is %.*s: other hosts cannot connect", r->where,
		    SLICE_ARG(port), SLICE_ARG(at.host), SLICE_ARG(at.port));
	address_release(&at);
	return 0;
}

/* What it was installed as; roles that moved do not show here.  The key is
 * there until 11.4. */
static void
check_clone(const struct reading *r, const struct domain_host *host)
{
	struct slice select = cfg_string(r->cfg, "subsystem.select");
	bool clone = domain_flag(host, DOMAIN_CLONE);

	if (select.size == 0 ||
	    slice_equal_nocase(select, slice_of("clone")) == clone)
		return;
	findings_add(r->live->found,
	    check_place(r->cfg, "subsystem.select"),
	    "domain-clone", "subsystem.select is '%.*s', and Clone is %s in "
	    "%s", SLICE_ARG(select), clone ? "true" : "false", r->where);
}

static int
check_own(const struct reading *r)
{
	struct slice name = cfg_string(r->cfg, "machineName");
	const struct domain_host *host = find_ca(r->domain, name);

	if (name.size == 0)
		return 0;
	if (host == NULL) {
		findings_add(r->live->found,
		    check_place(r->cfg, "machineName"),
		    "domain-host",
		    "the security domain in %s does not list the CA '%.*s'",
		    r->where, SLICE_ARG(name));
		return 0;
	}
	check_clone(r, host);
	return check_port(r, host);
}

static void
check_manager(const struct reading *r)
{
	struct slice name = cfg_string(r->cfg, HOST_KEY);
	struct slice port = cfg_string(r->cfg, PORT_KEY);
	const struct domain_host *host = find_ca(r->domain, name);

	if (name.size == 0)
		return;
	if (host == NULL)
		findings_add(r->live->found, check_place(r->cfg, HOST_KEY),
		    "domain-host",
		    HOST_KEY " is '%.*s', which is not a CA in %s",
		    SLICE_ARG(name), r->where);
	else if (!domain_flag(host, DOMAIN_MANAGER))
		findings_add(r->live->found, check_place(r->cfg, HOST_KEY),
		    "domain-manager",
		    HOST_KEY " is '%.*s', which has no DomainManager=TRUE in "
			     "%s",
		    SLICE_ARG(name), r->where);
	else if (port.size != 0 && host->field[DOMAIN_ADMIN_PORT].size != 0 &&
	    !slice_equal(port, host->field[DOMAIN_ADMIN_PORT]))
		findings_add(r->live->found, check_place(r->cfg, PORT_KEY),
		    "domain-port",
		    PORT_KEY " is %.*s, and the port of '%.*s' is %.*s in %s",
		    SLICE_ARG(port), SLICE_ARG(name),
		    SLICE_ARG(host->field[DOMAIN_ADMIN_PORT]), r->where);
}

static void
check_name(const struct reading *r)
{
	struct slice name = cfg_string(r->cfg, NAME_KEY);

	if (name.size != 0 && r->domain->name.size != 0 &&
	    !slice_equal(name, r->domain->name))
		findings_add(r->live->found, check_place(r->cfg, NAME_KEY),
		    "domain-other",
		    NAME_KEY " is '%.*s', and the domain in %s is '%.*s'",
		    SLICE_ARG(name), r->where, SLICE_ARG(r->domain->name));
}

/* At most one was there before there was anything to clone. */
static void
check_first(const struct reading *r)
{
	const struct check_group *set = r->live->set;
	size_t first = 0;

	for (size_t i = 0; i < set->count; i++) {
		const struct domain_host *host = find_ca(r->domain,
		    cfg_string(set->side[i].cfg, "machineName"));

		if (host != NULL && !domain_flag(host, DOMAIN_CLONE) &&
		    ++first > 1)
			findings_add(r->live->found,
			    check_place(set->side[i].cfg, "machineName"),
			    "domain-clone",
			    "Clone is false in %s for this CA and for another "
			    "one: only one CA can be the original",
			    r->where);
	}
}

static int
found_one(void *arg, const struct entry *entry)
{
	(void)entry;
	*(bool *)arg = true;
	return 0;
}

/* A CA of somebody else's domain has none. */
static int
has_domain(struct csdir *dir, bool *has)
{
	static const char *const none[] = { "1.1", NULL };
	char *base = mem_printf("ou=Security Domain,%s", dir->base);
	const struct source_query query = { .base = base,
		.scope = SOURCE_BASE,
		.attributes = none,
		.absent_is_empty = true };
	int status;

	*has = false;
	status = check_search(dir, &query, found_one, has);
	free(base);
	return status;
}

/* The master's directory is what a clone was entered into; a clone's own has
 * it by replication. */
static int
check_in(struct check_servers *live, size_t i)
{
	struct csdir *dir = &live->side[i].dir;
	struct reading r = { .live = live,
		.where = source_name(dir->source) };
	struct domain domain;
	int status = 0;
	bool has;

	if (has_domain(dir, &has) < 0)
		return -1;
	if (!has)
		return 0;
	if (domain_search(&domain, dir->source) < 0)
		return -1;
	r.domain = &domain;
	for (size_t k = 0; k < live->set->count && status == 0; k++) {
		r.cfg = live->set->side[k].cfg;
		if (i != 0 && k != i)
			continue;
		status = check_own(&r);
		check_manager(&r);
		check_name(&r);
	}
	check_first(&r);
	domain_release(&domain);
	return status;
}

static int
check_domains(struct check_servers *live)
{
	if (!check_is_type(live->set->side[0].cfg, "ca"))
		return 0;
	for (size_t i = 0; i < live->set->count; i++)
		if (live->side[i].dir.source != NULL &&
		    check_in(live, i) < 0)
			return -1;
	return 0;
}

const struct check check_domain[] = {
	{ .servers = check_domains },
	{ .file = NULL }
};
