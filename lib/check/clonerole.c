/* SPDX-License-Identifier: MIT */
#include "check/clonerole.h"

#include <stdlib.h>

#include "pki/role.h"
#include "util/endpoint.h"

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
clonerole_makes_crls(const struct cfg *cfg)
{
	return cloneset_is(cfg, "ca") &&
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
	place = cloneset_place(cfg, key);
	free(key);
	return place;
}

/* To be a clone, whichever of the two is meant to be one. */
static void
mend_role(const struct cloneset *set, const struct cfg *clone,
    const struct cfg *master)
{
	if (cloneset_is_file(clone) && cloneset_is_file(master))
		findings_fix(set->found,
		    "cfgrole -i --to=clone --redirect-from %s %s",
		    findings_word(set->found, master->file),
		    findings_word(set->found, clone->file));
}

const struct cfg *
clonerole_crl_master(const struct cloneset *set)
{
	const struct cfg *master = NULL;

	for (size_t i = 0; i < set->count; i++) {
		if (!clonerole_makes_crls(set->side[i].cfg))
			continue;
		if (master != NULL)
			return NULL;
		master = set->side[i].cfg;
	}
	return master;
}

/* The first CA that makes CRLs; each other one is a finding. */
static const struct cfg *
find_crl_master(const struct cloneset *set)
{
	const struct cfg *master = NULL;

	for (size_t i = 0; i < set->count; i++) {
		const struct cfg *cfg = set->side[i].cfg;

		if (!clonerole_makes_crls(cfg))
			continue;
		if (master == NULL) {
			master = cfg;
			continue;
		}
		findings_add(set->found, crl_place(cfg),
		    "two-crl-masters", "%s makes CRLs, too", master->file);
		mend_role(set, cfg, master);
	}
	return master;
}

/* A clone of a clone is told to ask the one that it was made of [2.1]. */
static void
check_redirect(
    const struct cloneset *set, const struct cfg *cfg, const struct cfg *master)
{
	struct slice host = cfg_string(cfg, AGENT);
	struct slice name = cfg_string(master, "machineName");

	if (cfg == master || host.size == 0 || name.at == NULL ||
	    endpoint_same_host(host, name))
		return;
	findings_add(set->found, cloneset_place(cfg, AGENT),
	    "redirect", "sends people to '%.*s', but %s makes the CRLs",
	    SLICE_ARG(host), master->file);
	mend_role(set, cfg, master);
}

/*
 * A CRL master gets to know of a revocation on another CA only while it
 * listens; what it has missed stays out of its CRLs until one is made from a
 * cleared cache.  With interval 0 it does not listen, and to clear the cache
 * crashes [crl 4, 8].
 */
static void
check_listening(const struct cloneset *set, const struct cfg *master)
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
		findings_add(set->found, cloneset_place(master, ROLE_LISTEN),
		    "crl-not-listening",
		    "this CA makes the CRLs and " ROLE_LISTEN " is not true: "
		    "certificates revoked on %s stay out of the CRL until its "
		    "cache is cleared (crlls --against lists them). With the "
		    "server stopped", other);
		if (cloneset_is_file(master))
			findings_fix(set->found,
			    "cfgset -i %s " ROLE_LISTEN "=true",
			    findings_word(set->found, master->file));
	} else if (setting_integer(master, interval) == 0) {
		findings_add(set->found, cloneset_place(master, interval),
		    "crl-listening-idle",
		    "this CA makes the CRLs, and with %s=0 it does not listen: "
		    "certificates revoked on %s stay out of the CRL, and to "
		    "clear the CRL's cache crashes. With the server stopped",
		    interval, other);
		if (cloneset_is_file(master))
			findings_fix(set->found, "cfgset -i %s %s=600",
			    findings_word(set->found, master->file), interval);
	}
}

static void
check_cas(const struct cloneset *set)
{
	const struct cfg *master = find_crl_master(set);
	const char *file = set->side[0].cfg->file;

	if (master == NULL) {
		findings_add(set->found, (struct findings_place){ file, 0 },
		    "no-crl-master",
		    "none of the CAs makes CRLs");
		return;
	}
	check_listening(set, master);
	for (size_t i = 0; i < set->count; i++)
		if (!clonerole_makes_crls(set->side[i].cfg))
			check_redirect(set, set->side[i].cfg, master);
}

/* One that is sent no CRLs has to look for new ones itself [2.4]. */
static void
check_responders(const struct cloneset *set)
{
	static const char key[] = "ocsp.store.defStore.refreshInSec";
	const struct cfg *master = NULL;

	for (size_t i = 0; i < set->count; i++) {
		const struct cfg *cfg = set->side[i].cfg;

		if (kind_of(cfg) != ROLE_MASTER)
			continue;
		if (master != NULL) {
			findings_add(set->found, cloneset_place(cfg, key),
			    "two-ocsp-masters",
			    "never looks for new CRLs, as %s does not: the CA "
			    "sends them to one",
			    master->file);
			if (cloneset_is_file(cfg))
				findings_fix(set->found,
				    "cfgrole -i --to=clone %s",
				    findings_word(set->found, cfg->file));
		} else {
			master = cfg;
		}
	}
}

void
clonerole_check(const struct cloneset *set)
{
	if (cloneset_is(set->side[0].cfg, "ca"))
		check_cas(set);
	else if (cloneset_is(set->side[0].cfg, "ocsp"))
		check_responders(set);
}
