/* SPDX-License-Identifier: MIT */
#include "check/plands.h"

#include "pki/address.h"

static void
check_ds(const struct plan *p, const struct plan_ds *ds,
    const struct cfg *other)
{
	const struct endpoint own = { slice_of(ds->host),
		slice_of(ds->port != NULL ? ds->port : "") };
	struct slice left = cfg_string(other, ADDRESS_SERVERS);
	struct endpoint at;

	while (address_server(&at, other, &left)) {
		if (!endpoint_same(&own, &at))
			continue;
		findings_add(p->found, plan_at(p, ds->line),
		    "plan-ds-same", "the same Directory Server as in %s%s",
		    other->file,
		    other == p->master ? ": pkispawn refuses it" : "");
		return;
	}
}

/* Both by one method [S1]: pkispawn does not look. */
static void
check_security(const struct plan *p, const struct plan_ds *ds)
{
	const bool secure =
	    setting_bool(p->master, "internaldb.ldapconn.secureConn");
	size_t line;
	const char *text = plan_get(p, "pki_clone_replication_security", &line);

	if (text != NULL && strcmp(text, "None") != 0 &&
	    strcmp(text, "SSL") != 0 && strcmp(text, "TLS") != 0)
		findings_add(p->found, plan_at(p, line),
		    "plan-security-value", "neither None, SSL nor TLS: '%s'",
		    text);
	else if (secure && (text != NULL || line == 0) &&
		 (text == NULL || strcmp(text, "None") == 0))
		findings_add(p->found, plan_at(p, line),
		    "plan-security",
		    "the master's own connection is secured: "
		    "replication would not be");
	if (ds->host != NULL && ds->secure != secure)
		findings_add(p->found, plan_at(p, ds->line),
		    "plan-ds-security",
		    "the clone's connection is %ssecured, "
		    "and the master's is%s",
		    ds->secure ? "" : "not ", secure ? "" : " not");
}

static void
check_suffix(const struct plan *p)
{
	static const struct {
		const char *key, *master;
		const char *code;
	} same[] = {
		{ "pki_ds_base_dn", "internaldb.basedn",
		    "plan-base-dn" },
		{ "pki_ds_database", "internaldb.database",
		    "plan-database" },
	};

	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		struct slice own = cfg_string(p->master, same[i].master);
		size_t line;
		const char *text = plan_get(p, same[i].key, &line);

		if (own.at != NULL && text != NULL &&
		    !slice_equal(own, slice_of(text)))
			findings_add(p->found, plan_at(p, line), same[i].code,
			    "%s is '%s', and '%.*s' in %s",
			    same[i].key, text, SLICE_ARG(own), p->master->file);
	}
}

void
plands_check(const struct plan *p, const struct cloneset *set)
{
	struct plan_ds ds;

	plan_find_ds(p, &ds);
	if (ds.host != NULL && plan_sets_up_ds(p)) {
		if (endpoint_is_local(slice_of(ds.host)))
			findings_add(p->found, plan_at(p, ds.line),
			    "plan-ds-localhost",
			    "the master cannot replicate with '%s'", ds.host);
		for (size_t i = 0; i < set->count; i++)
			check_ds(p, &ds, set->side[i].cfg);
	}
	check_security(p, &ds);
	check_suffix(p);
	plan_ds_release(&ds);
}
