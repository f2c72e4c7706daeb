/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <stdlib.h>

#include "pki/address.h"
#include "util/mem.h"
#include "util/tcp.h"

#define DOMAIN_HOST_KEY "securitydomain.host"
#define DOMAIN_PORT_KEY "securitydomain.httpsadminport"

struct target {
	struct findings_place place;
	const char *code, *what;
};

static bool
reach(struct check_servers *live, const struct target *to, struct slice host,
    struct slice port)
{
	char *name = mem_dup(host.at, host.size);
	char *number = mem_dup(port.at, port.size);
	struct tcp tcp = { .fd = -1 };
	int status;

	tcp_limit(&tcp, (unsigned)live->options->timeout * 1000);
	status = tcp_connect(&tcp, name, number);
	tcp_close(&tcp);
	if (status < 0)
		findings_add(live->found, to->place,
		    tcp.unknown ? "unresolved" : to->code, "%s: %s", to->what,
		    tcp.error);
	free(name);
	free(number);
	return status == 0;
}

/* Of a list of hosts, each. */
static void
reach_ds(struct check_servers *live, struct check_server *side)
{
	const struct cfg *cfg = side->is->cfg;
	const struct target to = { check_place(cfg, ADDRESS_SERVERS),
		"ds-unreachable", "the Directory Server" };
	struct slice left = cfg_string(cfg, ADDRESS_SERVERS);
	struct endpoint at;

	while (address_server(&at, cfg, &left))
		if (!reach(live, &to, at.host, at.port))
			side->reached = false;
}

static void
reach_planned_ds(struct check_servers *live)
{
	const struct plan *plan = live->plan;
	struct target to = { plan_at(plan, live->ds.line),
		"plan-ds-unreachable", "the clone's Directory Server" };
	const char *port;

	plan_find_ds(plan, &live->ds);
	to.place = plan_at(plan, live->ds.line);
	if (live->ds.host == NULL || live->ds.port == NULL)
		return;
	if (!reach(live, &to, slice_of(live->ds.host),
		slice_of(live->ds.port))) {
		plan_ds_release(&live->ds);
		return;
	}
	port = plan_get(plan, "pki_clone_replication_clone_port",
	    &to.place.line);
	if (plan_replicates(plan) && port != NULL && *port != '\0' &&
	    strcmp(port, live->ds.port) != 0)
		(void)reach(live, &to, slice_of(live->ds.host),
		    slice_of(port));
}

/* The master's, also when it is known by its secure one. */
static void
reach_standard_port(struct check_servers *live)
{
	const struct cfg *master = live->set->side[0].cfg;
	struct target to = { check_place(master, ADDRESS_SERVERS),
		"ds-standard-port",
		"a clone is made through the master's standard port" };
	struct slice left = cfg_string(master, ADDRESS_SERVERS);
	struct endpoint at, other;
	size_t line;
	const char *port =
	    plan_get(live->plan, "pki_clone_replication_master_port", &line);

	if (!plan_replicates(live->plan) ||
	    !address_server(&at, master, &left) ||
	    address_server(&other, master, &left))
		return;
	if (port != NULL && *port != '\0')
		to.place = plan_at(live->plan, line);
	else if (setting_bool(master, "internaldb.ldapconn.secureConn"))
		port = "389";
	else
		return;
	if (!slice_equal(at.port, slice_of(port)))
		(void)reach(live, &to, at.host, slice_of(port));
}

static bool
same_domain(const struct cfg *a, const struct cfg *b)
{
	return setting_same(a, b, DOMAIN_HOST_KEY) &&
	    setting_same(a, b, DOMAIN_PORT_KEY);
}

static void
reach_domain(struct check_servers *live, size_t i)
{
	const struct cfg *cfg = live->set->side[i].cfg;
	const struct target to = { check_place(cfg, DOMAIN_HOST_KEY),
		"domain-unreachable", "the security domain's host" };
	struct slice host = cfg_string(cfg, DOMAIN_HOST_KEY);
	struct slice port = cfg_string(cfg, DOMAIN_PORT_KEY);

	for (size_t k = 0; k < i; k++)
		if (same_domain(live->set->side[k].cfg, cfg))
			return;
	if (host.size != 0 && port.size != 0)
		(void)reach(live, &to, host, port);
}

/* By a URI, or by a host and a port of their own. */
static void
reach_planned(struct check_servers *live, const char *const key[3],
    struct target *to)
{
	size_t line, unused;
	const char *text = plan_get(live->plan, key[0], &line);
	struct endpoint at;

	if (line == 0) {
		text = plan_get(live->plan, key[1], &line);
		if (text == NULL)
			return;
		at.host = slice_of(text);
		text = plan_get(live->plan, key[2], &unused);
		at.port = slice_of(text != NULL ? text : "8443");
		if (text == NULL && unused != 0)
			return;
	} else if (text == NULL || !endpoint_of_url(&at, slice_of(text)) ||
	    at.port.size == 0) {
		return;
	}
	to->place = plan_at(live->plan, line);
	(void)reach(live, to, at.host, at.port);
}

static void
reach_for_plan(struct check_servers *live)
{
	static const char *const domain[] = { "pki_security_domain_uri",
		"pki_security_domain_hostname",
		"pki_security_domain_https_port" };
	static const char *const master[] = { "pki_clone_uri",
		"pki_master_hostname", "pki_master_https_port" };
	struct target to = { .code = "domain-unreachable",
		.what = "the security domain's host" };

	reach_planned(live, domain, &to);
	to.code = "master-unreachable";
	to.what = "the master";
	reach_planned(live, master, &to);
	reach_standard_port(live);
	reach_planned_ds(live);
}

static void
check_reach_all(struct check_servers *live)
{
	for (size_t i = 0; i < live->set->count; i++) {
		reach_ds(live, &live->side[i]);
		reach_domain(live, i);
	}
	if (live->plan != NULL)
		reach_for_plan(live);
}

const struct check check_reach[] = {
	{ .probe = check_reach_all },
	{ .file = NULL }
};
