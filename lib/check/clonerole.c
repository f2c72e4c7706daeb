/* SPDX-License-Identifier: MIT */
#include "check/clonerole.h"

#include <strings.h>

#include "cfg/role.h"

#define AGENT "master.ca.agent.host"

/* The line by which the CA makes CRLs, or NULL. */
static const struct cfg_line *
crl_line(const struct cfg *cfg)
{
	static const char end[] = ".enableCRLUpdates";
	const size_t size = sizeof end - 1;

	for (uint32_t i = 0; i < cfg->lines; i++) {
		const struct cfg_line *line = &cfg->line[i];
		struct slice key;

		if (line->logical == NULL || !cfg_is_live(cfg, line))
			continue;
		key = cfg_key(line);
		if (slice_starts(key, slice_of("ca.crl.")) && key.size > size &&
		    memcmp(key.at + key.size - size, end, size) == 0 &&
		    slice_is(cfg_trim(cfg_value(line)), slice_of("true")))
			return line;
	}
	return NULL;
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
	return cloneset_is(cfg, "CA") &&
	       (kind_of(cfg) == ROLE_MASTER || crl_line(cfg) != NULL);
}

static struct findings_place
crl_place(const struct cfg *cfg)
{
	const struct cfg_line *line = crl_line(cfg);

	return (struct findings_place){ cfg->file,
		line != NULL ? cfg_number(cfg, line) : 0 };
}

/* To be a clone, whichever of the two is meant to be one. */
static void
mend_role(const struct cloneset *set, const struct cfg *clone,
    const struct cfg *master)
{
	if (cloneset_is_file(clone) && cloneset_is_file(master))
		findings_mend(set->found,
		    "cfgrole -i --to=clone --redirect-from %s %s",
		    findings_word(set->found, master->file),
		    findings_word(set->found, clone->file));
}

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
		findings_add(set->found, crl_place(cfg), FINDINGS_ERROR,
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
	    (host.size == name.size &&
		strncasecmp(host.at, name.at, host.size) == 0))
		return;
	findings_add(set->found, cloneset_place(cfg, AGENT), FINDINGS_WARNING,
	    "redirect", "sends people to '%.*s', but %s makes the CRLs",
	    SLICE_FMT(host), master->file);
	mend_role(set, cfg, master);
}

static void
check_cas(const struct cloneset *set)
{
	const struct cfg *master = find_crl_master(set);
	const char *file = set->side[0].cfg->file;

	if (master == NULL) {
		findings_add(set->found, (struct findings_place){ file, 0 },
		    FINDINGS_ERROR, "no-crl-master",
		    "none of the CAs makes CRLs");
		return;
	}
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
			    FINDINGS_WARNING, "two-ocsp-masters",
			    "never looks for new CRLs, as %s does not: the CA "
			    "sends them to one",
			    master->file);
			if (cloneset_is_file(cfg))
				findings_mend(set->found,
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
	if (cloneset_is(set->side[0].cfg, "CA"))
		check_cas(set);
	else if (cloneset_is(set->side[0].cfg, "OCSP"))
		check_responders(set);
}
