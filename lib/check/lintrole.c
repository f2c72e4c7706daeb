/* SPDX-License-Identifier: MIT */
#include "check/lintrole.h"

#include <stdlib.h>
#include <strings.h>

#include "pki/role.h"
#include "util/endpoint.h"

struct points {
	struct lintfile *l;
	uint32_t next; /* where to look for the next point's first line */
	const struct cfg_line *interval;
	long seconds;
	const struct cfg_line *makes, *idle; /* the first that does, or not */
	size_t making, idling;
};

static const struct cfg_line *
of_point(const struct points *p, struct slice point, const char *name)
{
	return lint_find(p->l, ISSUING_PREFIX "%.*s.%s", SLICE_ARG(point),
	    name);
}

static void
check_algorithm(struct points *p, struct slice point)
{
	const struct cfg_line *line = of_point(p, point, "signingAlgorithm");
	struct slice own = issuing_key_kind(cfg_string(p->l->cfg,
	    "ca.signing.defaultSigningAlgorithm"));
	struct slice kind = { NULL, 0 };

	if (line != NULL)
		kind = issuing_key_kind(cfg_trim(cfg_value(line)));
	if (own.at != NULL && kind.at != NULL && !slice_equal(kind, own))
		lint_at(p->l, line, "crl-alg", "the key is for %.*s",
		    SLICE_ARG(own));
}

/* An error of two keys is told where people would look for it first. */
static void
check_making(struct points *p, struct slice point, const struct cfg_line *at)
{
	const struct cfg_line *updates = of_point(p, point,
	    "enableCRLUpdates");
	const struct cfg_line *cache = of_point(p, point, "enableCRLCache");

	if (updates != NULL)
		at = updates;
	if (issuing_bool(p->l->cfg, point, "enableCRLUpdates")) {
		if (p->making++ == 0)
			p->makes = at;
		if (p->seconds == 0)
			lint_at(p->l, at, "crl-npe",
			    "ca.certStatusUpdateInterval=0");
		check_algorithm(p, point);
		return;
	}
	if (p->idling++ == 0)
		p->idle = at;
	if (issuing_bool(p->l->cfg, point, "enableCRLCache") &&
	    issuing_integer(p->l->cfg, point, "cacheUpdateInterval") > 0)
		lint_at(p->l, cache != NULL ? cache : at, "crl-cache",
		    NULL);
}

static void
check_point(struct points *p, struct slice point, const struct cfg_line *at)
{
	if (of_point(p, point, "class") == NULL)
		lint_at(p->l, at, "crl-class", "'%.*s'", SLICE_ARG(point));
	if (of_point(p, point, "description") == NULL)
		lint_at(p->l, at, "crl-desc", "'%.*s'", SLICE_ARG(point));
	if (issuing_bool(p->l->cfg, point, "enable"))
		check_making(p, point, at);
}

/* Of a point its first line: names are in the file's order, and parts of
 * their keys. */
static const struct cfg_line *
first_line(struct points *p, struct slice point)
{
	const struct cfg *cfg = p->l->cfg;

	for (; p->next < cfg->lines; p->next++) {
		const struct cfg_line *line = cfg->line + p->next;

		if (line->logical != NULL &&
		    cfg_key(line).at + strlen(ISSUING_PREFIX) == point.at)
			return line;
	}
	return NULL;
}

static void
check_points(struct points *p)
{
	struct issuing points;

	issuing_find(&points, p->l->cfg);
	for (size_t i = 0; i < points.count; i++)
		check_point(p, points.name[i], first_line(p, points.name[i]));
	issuing_release(&points);
	if (p->making != 0 && p->idling != 0)
		lint_at(p->l, p->idle, "crl-split", "%zu do, %zu do not",
		    p->making, p->idling);
}

/* What is no error, but not the role either [2.2]. */
static void
check_role(struct points *p)
{
	static const char listen[] = "ca.listenToCloneModifications";
	static const char publish[] = "ca.publish.enable";
	struct lintfile *l = p->l;
	struct role role;

	role_read(&role, l->cfg);
	if (role.kind == ROLE_MIXED && p->making == 0 && p->idling != 0 &&
	    p->seconds > 0)
		lint_at(l, p->interval != NULL ? p->interval : p->idle,
		    "role-mixed", NULL);
	if (role.kind == ROLE_MASTER && p->making != 0) {
		if (setting_bool(l->cfg, "dbs.enableSerialManagement") &&
		    !setting_bool(l->cfg, listen))
			lint_key(l, listen, "crl-not-listening", NULL);
		if (!setting_bool(l->cfg, publish))
			lint_key(l, publish, "crl-publish", NULL);
	}
	role_release(&role);
}

static void
check_port(struct lintfile *l, const char *key, struct slice port)
{
	if (slice_equal(port, slice_of("None")))
		lint_key(l, key, "agent-none", NULL);
	else if (port.size != 0 && !endpoint_is_port(port))
		lint_key(l, key, "agent-port", "'%.*s'", SLICE_ARG(port));
}

static void
check_redirect(struct points *p)
{
	static const char host_key[] = "master.ca.agent.host";
	static const char port_key[] = "master.ca.agent.port";
	struct lintfile *l = p->l;
	struct slice host = cfg_string(l->cfg, host_key);
	struct slice port = cfg_string(l->cfg, port_key);
	struct slice own = cfg_string(l->cfg, "machineName");

	check_port(l, port_key, port);
	if ((host.size == 0) != (port.size == 0)) {
		const char *key = host.size != 0 ? host_key : port_key;

		lint_key(l, key, "agent-half", NULL);
		lint_fix(l, cfg_find(l->cfg, slice_of(key)),
		    (struct slice){ 0 });
	}
	if (host.size == 0 || port.size == 0)
		return;
	if (endpoint_same_host(host, own))
		lint_key(l, host_key, "agent-self", NULL);
	else if (p->making != 0 && p->seconds != 0)
		lint_key(l, host_key, "crl-mixed", "to %.*s:%.*s",
		    SLICE_ARG(host), SLICE_ARG(port));
}

void
lintrole_check(struct lintfile *l)
{
	struct points p = { .l = l };
	const char *listen = "ca.listenToCloneModifications";

	p.interval = lint_find(l, "ca.certStatusUpdateInterval");
	p.seconds = setting_integer(l->cfg, ROLE_INTERVAL);
	if (p.seconds == 0 && setting_bool(l->cfg, listen))
		lint_key(l, listen, "crl-listen", NULL);
	if (p.seconds < 0)
		lint_at(l, p.interval, "crl-interval", NULL);
	if (setting_integer(l->cfg, "ca.serialNumberUpdateInterval") <=
	    0)
		lint_key(l, "ca.serialNumberUpdateInterval", "serial-off",
		    NULL);
	check_points(&p);
	check_role(&p);
	check_redirect(&p);
}
