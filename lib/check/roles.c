/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <stdlib.h>
#include <strings.h>

#include "pki/address.h"
#include "pki/role.h"
#include "util/endpoint.h"
#include "util/mem.h"

struct points {
	struct check_file *l;
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
	struct check_file *l = p->l;
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
check_port(struct check_file *l, const char *key, struct slice port)
{
	if (slice_equal(port, slice_of("None")))
		lint_key(l, key, "agent-none", NULL);
	else if (port.size != 0 && !endpoint_is_port(port))
		lint_key(l, key, "agent-port", "'%.*s'", SLICE_ARG(port));
}

static void
check_own_redirect(struct points *p)
{
	static const char host_key[] = "master.ca.agent.host";
	static const char port_key[] = "master.ca.agent.port";
	struct check_file *l = p->l;
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

static void
check_own_role(struct check_file *l)
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
	check_own_redirect(&p);
}

#define AGENT "master.ca.agent.host"

/* A point that makes CRLs; at NULL: none. */
static struct slice
making_point(const struct cfg *cfg)
{
	struct slice name = { NULL, 0 };
	struct issuing points;

	issuing_find(&points, cfg);
	for (size_t i = 0; name.at == NULL && i < points.count; i++)
		if (issuing_makes(cfg, points.name[i]))
			name = points.name[i];
	issuing_release(&points);
	return name;
}

static enum role_kind
kind_of(const struct cfg *cfg)
{
	enum role_kind kind;
	struct role role;

	role_read(&role, cfg);
	kind = role.kind;
	role_release(&role);
	return kind;
}

bool
roles_makes_crls(const struct cfg *cfg)
{
	return check_is_type(cfg, "ca") &&
	    (kind_of(cfg) == ROLE_MASTER || making_point(cfg).at != NULL);
}

static struct findings_place
crl_place(const struct cfg *cfg)
{
	const struct slice point = making_point(cfg);
	struct findings_place place = { cfg->file, 0 };
	char *key;

	if (point.at == NULL)
		return place;
	key = issuing_key(point, "enableCRLUpdates");
	place = check_place(cfg, key);
	free(key);
	return place;
}

/* Does clone redirect agents to master already? */
static bool
redirects_to(const struct cfg *clone, const struct cfg *master)
{
	const struct slice name = cfg_string(master, "machineName");

	return name.size != 0 &&
	    cfg_string(clone, ROLE_REDIRECT_PORT).size != 0 &&
	    endpoint_same_host(cfg_string(clone, AGENT), name);
}

/* Where agents of a clone go, as an option of cfgrole: what cfgrole could not
 * find out is left for the reader to fill in. */
static const char *
redirect_option(const struct check_group *set, const struct cfg *clone,
    const struct cfg *master)
{
	struct address at;
	const char *option;
	char *text;

	if (address_read(&at, master, master->file, ADDRESS_AGENT) < 0)
		return " --redirect HOST:PORT";
	if (at.host.size != 0 && at.port.size != 0) {
		text = mem_printf(" --redirect-from %s",
		    findings_word(set->found, master->file));
	} else if (redirects_to(clone, master)) {
		text = mem_printf("%s", "");
	} else {
		char *where = mem_printf("%.*s:PORT",
		    SLICE_ARG(at.host.size != 0 ? at.host : slice_of("HOST")));

		text = mem_printf(" --redirect %s",
		    findings_word(set->found, where));
		free(where);
	}
	option = arena_copy(&set->found->arena, slice_of(text)).at;
	free(text);
	address_release(&at);
	return option;
}

/* To be a clone, whichever of the two is meant to be one. */
static void
mend_role(const struct check_group *set, const struct cfg *clone,
    const struct cfg *master)
{
	if (check_is_file(clone) && check_is_file(master))
		findings_fix(set->found, "cfgrole -i --to=clone%s %s",
		    redirect_option(set, clone, master),
		    findings_word(set->found, clone->file));
}

const struct cfg *
roles_crl_master(const struct check_group *set)
{
	const struct cfg *master = NULL;

	for (size_t i = 0; i < set->count; i++) {
		if (!roles_makes_crls(set->side[i].cfg))
			continue;
		if (master != NULL)
			return NULL;
		master = set->side[i].cfg;
	}
	return master;
}

/* The first CA that makes CRLs; each other one is a finding. */
static const struct cfg *
find_crl_master(const struct check_group *set)
{
	const struct cfg *master = NULL;

	for (size_t i = 0; i < set->count; i++) {
		const struct cfg *cfg = set->side[i].cfg;

		if (!roles_makes_crls(cfg))
			continue;
		if (master == NULL) {
			master = cfg;
			continue;
		}
		findings_add(set->found, crl_place(cfg),
		    "two-crl-masters",
		    "this CA makes CRLs, and so does %s: two different CRLs "
		    "can have one number. If this CA is to be a clone, fix "
		    "with the server stopped", master->file);
		mend_role(set, cfg, master);
	}
	return master;
}

/* A clone of a clone is told to ask the one that it was made of [2.1]. */
static void
check_redirect(const struct check_group *set, const struct cfg *cfg,
    const struct cfg *master)
{
	struct slice host = cfg_string(cfg, AGENT);
	struct slice name = cfg_string(master, "machineName");

	if (cfg == master || host.size == 0 || name.at == NULL ||
	    endpoint_same_host(host, name))
		return;
	findings_add(set->found, check_place(cfg, AGENT),
	    "redirect",
	    "this CA sends agents to '%.*s', and '%.*s' (%s) makes the CRLs: "
	    "a request for a new CRL makes none. Fix with the server stopped",
	    SLICE_ARG(host), SLICE_ARG(name), master->file);
	mend_role(set, cfg, master);
}

/*
 * A CRL master gets to know of a revocation on another CA only while it
 * listens; what it has missed stays out of its CRLs until one is made from a
 * cleared cache.  With interval 0 it does not listen, and to clear the cache
 * crashes [crl 4, 8].
 */
static void
check_listening(const struct check_group *set, const struct cfg *master)
{
	static const char interval[] = ROLE_INTERVAL;
	const char *other = NULL;
	const bool listens = setting_bool(master, ROLE_LISTEN);

	for (size_t i = 0; i < set->count && other == NULL; i++)
		if (set->side[i].cfg != master)
			other = set->side[i].cfg->file;
	if (other == NULL)
		return;
	if (!listens) {
		findings_add(set->found, check_place(master, ROLE_LISTEN),
		    "crl-not-listening",
		    "this CA makes the CRLs, and " ROLE_LISTEN " is not true. "
		    "Certificates revoked on %s stay out of the CRL until its "
		    "cache is cleared (crlls --against lists them). Fix with "
		    "the server stopped, then start it and request updateCRL "
		    "with clearCRLCache=true", other);
		if (check_is_file(master))
			findings_fix(set->found,
			    "cfgset -i %s " ROLE_LISTEN "=true",
			    findings_word(set->found, master->file));
	} else if (setting_integer(master, interval) == 0) {
		findings_add(set->found, check_place(master, interval),
		    "crl-listening-idle",
		    "this CA makes the CRLs and does not listen, since %s is "
		    "0. Certificates revoked on %s stay out of the CRL, and a "
		    "CRL with clearCRLCache=true fails with a "
		    "NullPointerException. Fix with the server stopped, then "
		    "start it and request updateCRL with clearCRLCache=true",
		    interval, other);
		if (check_is_file(master))
			findings_fix(set->found, "cfgset -i %s %s=600",
			    findings_word(set->found, master->file), interval);
	}
}

static void
check_cas(const struct check_group *set)
{
	const struct cfg *master = find_crl_master(set);
	const char *file = set->side[0].cfg->file;

	if (master == NULL) {
		/* Of one alone, another CA may make them. */
		if (set->count > 1)
			findings_add(set->found,
			    (struct findings_place){ file, 0 }, "no-crl-master",
			    "none of the %zu CAs makes CRLs, so that "
			    "revocations do not reach clients. Choose one, "
			    "stop it and run cfgrole -i --to=master on its "
			    "CS.cfg", set->count);
		return;
	}
	check_listening(set, master);
	for (size_t i = 0; i < set->count; i++)
		if (!roles_makes_crls(set->side[i].cfg))
			check_redirect(set, set->side[i].cfg, master);
}

/* One that is sent no CRLs has to look for new ones itself [2.4]. */
static void
check_responders(const struct check_group *set)
{
	static const char key[] = "ocsp.store.defStore.refreshInSec";
	const struct cfg *master = NULL;

	for (size_t i = 0; i < set->count; i++) {
		const struct cfg *cfg = set->side[i].cfg;

		if (kind_of(cfg) != ROLE_MASTER)
			continue;
		if (master != NULL) {
			findings_add(set->found, check_place(cfg, key),
			    "two-ocsp-masters",
			    "this responder never looks for new CRLs, and "
			    "neither does %s. The CA sends them to one of "
			    "the two; the other answers by an old CRL. If "
			    "this one receives none, fix with the server "
			    "stopped",
			    master->file);
			if (check_is_file(cfg))
				findings_fix(set->found,
				    "cfgrole -i --to=clone %s",
				    findings_word(set->found, cfg->file));
		} else {
			master = cfg;
		}
	}
}

static void
check_crl_roles(const struct check_group *set)
{
	if (check_is_type(set->side[0].cfg, "ca"))
		check_cas(set);
	else if (check_is_type(set->side[0].cfg, "ocsp"))
		check_responders(set);
}

const struct check check_roles[] = {
	{ .file = check_own_role },
	{ .group = check_crl_roles },
	{ .file = NULL }
};
