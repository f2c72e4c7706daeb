/* SPDX-License-Identifier: MIT */
#include "check/planmaster.h"

#include "util/endpoint.h"

static void
check_entries(const struct plan *p)
{
	for (size_t i = 0; i < p->file->count; i++) {
		const struct spawn_entry *e = &p->file->entry[i];
		size_t size = strlen(e->value);

		if (spawn_is_bad(e))
			findings_add(p->found, plan_at(p, e->line),
			    "plan-percent",
			    "a '%%' that is not doubled stops "
			    "pkispawn: %s",
			    e->key);
		if (size > 2 && e->value[0] == '@' && e->value[size - 1] == '@')
			findings_add(p->found, plan_at(p, e->line),
			    "plan-placeholder",
			    "%s is still to be filled in", e->key);
	}
}

static void
check_kind(const struct plan *p)
{
	static const char *const others[] = { "pki_external", "pki_subordinate",
		"pki_standalone" };
	size_t line;
	const char *text = plan_get(p, "pki_clone", &line);

	if ((text != NULL || line == 0) && !plan_is_true(text))
		findings_add(p->found, plan_at(p, line),
		    "plan-no-clone",
		    "pki_clone is not True: another master "
		    "would be made");
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (plan_is_true(plan_get(p, others[i], &line)))
			findings_add(p->found, plan_at(p, line),
			    "plan-excluded", "a clone cannot have %s",
			    others[i]);
}

static void
check_needed(const struct plan *p)
{
	static const char *const needed[] = { "pki_security_domain_password",
		"pki_client_pkcs12_password" };
	size_t line;

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		plan_get(p, needed[i], &line);
		if (line == 0)
			findings_add(p->found, plan_at(p, 0),
			    "plan-missing", "a clone has to have %s",
			    needed[i]);
	}
}

static void
check_master(
    const struct plan *p, size_t line, struct slice host, struct slice port)
{
	struct slice name = cfg_string(p->master, "machineName");

	if (name.at != NULL && !endpoint_same_host(host, name))
		findings_add(p->found, plan_at(p, line),
		    "plan-uri",
		    "the clone would be one of '%.*s', and the "
		    "master is '%.*s'",
		    SLICE_ARG(host), SLICE_ARG(name));
	if (port.size != 0 && p->port != NULL &&
	    !slice_equal(port, slice_of(p->port)))
		findings_add(p->found, plan_at(p, line),
		    "plan-uri-port",
		    "the master's secure port is %s, not "
		    "%.*s",
		    p->port, SLICE_ARG(port));
}

/* Without, it is that of the security domain's host. */
static void
check_uri(const struct plan *p)
{
	struct endpoint at;
	size_t line;
	const char *uri = plan_get(p, "pki_clone_uri", &line);

	if (uri == NULL && line == 0)
		uri = plan_get(p, "pki_security_domain_uri", &line);
	if (uri == NULL && line == 0) {
		uri = plan_get(p, "pki_master_hostname", &line);
		if (uri == NULL && line == 0)
			uri =
			    plan_get(p, "pki_security_domain_hostname", &line);
		if (uri != NULL)
			check_master(p, line, slice_of(uri), slice_of(""));
		return;
	}
	if (uri == NULL)
		return;
	if (!endpoint_of_url(&at, slice_of(uri))) {
		findings_add(p->found, plan_at(p, line),
		    "plan-uri-form", "no https://HOST:PORT: '%s'", uri);
		return;
	}
	if (at.port.size == 0)
		findings_add(p->found, plan_at(p, line),
		    "plan-uri-none",
		    "without a port the clone gets "
		    "master.ca.agent.port=None: '%s'",
		    uri);
	check_master(p, line, at.host, at.port);
}

void
planmaster_check(const struct plan *p)
{
	check_kind(p);
	check_uri(p);
	check_needed(p);
	check_entries(p);
}
