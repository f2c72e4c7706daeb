/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <stdlib.h>

#include "pki/address.h"
#include "util/endpoint.h"
#include "util/mem.h"

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

static void
check_plan_master(const struct plan *p)
{
	check_kind(p);
	check_uri(p);
	check_needed(p);
	check_entries(p);
}

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

static void
check_plan_ds(const struct plan *p)
{
	struct plan_ds ds;

	plan_find_ds(p, &ds);
	if (ds.host != NULL && plan_sets_up_ds(p)) {
		if (endpoint_is_local(slice_of(ds.host)))
			findings_add(p->found, plan_at(p, ds.line),
			    "plan-ds-localhost",
			    "the master cannot replicate with '%s'", ds.host);
		for (size_t i = 0; i < p->group->count; i++)
			check_ds(p, &ds, p->group->side[i].cfg);
	}
	check_security(p, &ds);
	check_suffix(p);
	plan_ds_release(&ds);
}

/* pkispawn's default is random from 11.5 on, legacy before. */
static void
check_generator(const struct plan *p, const char *kind)
{
	char *from = mem_printf("dbs.%s.id.generator", kind);
	char *key = mem_printf("pki_%s_id_generator", kind);
	struct slice own = cfg_string(p->master, from);
	size_t line;
	const char *text = plan_get(p, key, &line);

	if (own.at == NULL)
		own = slice_of("legacy");
	if (text != NULL && !slice_equal(own, slice_of(text)))
		findings_add(p->found, plan_at(p, line),
		    "plan-generator", "%s is '%s', and the master's '%.*s'",
		    key, text, SLICE_ARG(own));
	else if (line == 0 && !slice_equal(own, slice_of("random")))
		findings_add(p->found, plan_at(p, 0),
		    "plan-generator-default",
		    "no %s: the master's is '%.*s', "
		    "and 11.5's default 'random'",
		    key, SLICE_ARG(own));
	free(from);
	free(key);
}

/* Where pkispawn leaves the directory alone, it asks for no ranges [7.1]. */
static void
check_no_ranges(const struct plan *p, const char *kind)
{
	char *from = mem_printf("dbs.%s.id.generator", kind);
	size_t line;

	plan_get(p, "pki_ds_setup", &line);
	if (!plan_sets_up_ds(p) &&
	    !slice_equal(cfg_string(p->master, from), slice_of("random")))
		findings_add(p->found, plan_at(p, line),
		    "plan-no-ranges",
		    "without pki_ds_setup no ranges are "
		    "asked for: the clone's %s numbers have to be set by hand",
		    kind);
	free(from);
}

static void
check_generators(const struct plan *p)
{
	bool ca = strcmp(p->tags->subsystem, "ca") == 0;

	if (!ca && strcmp(p->tags->subsystem, "kra") != 0)
		return;
	check_no_ranges(p, ca ? "cert" : "key");
	check_no_ranges(p, "request");
	check_generator(p, ca ? "cert" : "key");
	check_generator(p, "request");
}

/* pkispawn's name of a tag. */
static const char *
parameter_of(const struct plan *p, const struct tag *tag)
{
	if (strcmp(tag->name, "signing") != 0)
		return tag->name;
	return strcmp(p->tags->subsystem, "ca") == 0 ? "ca_signing"
						     : "ocsp_signing";
}

/* The nickname that pkispawn gives by itself [5.3], a new string. */
static char *
default_name(const struct plan *p, const struct tag *tag)
{
	static const struct {
		const char *tag, *name;
	} names[] = { { "subsystem", "subsystemCert" },
		{ "ocsp_signing", "ocspSigningCert" },
		{ "audit_signing", "auditSigningCert" },
		{ "transport", "transportCert" },
		{ "storage", "storageCert" } };
	const char *name = strcmp(p->tags->subsystem, "ca") == 0
			       ? "caSigningCert"
			       : "ocspSigningCert";
	bool shared = strcmp(tag->name, "subsystem") == 0;
	size_t line;
	const char *instance = plan_get(p, "pki_instance_name", &line);

	if (instance == NULL && line != 0)
		return NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(tag->name, names[i].tag) == 0)
			name = names[i].name;
	return mem_printf("%s cert-%s%s%s", name,
	    instance != NULL ? instance : "pki-tomcat", shared ? "" : " ",
	    shared ? "" : p->section);
}

static void
check_nickname(const struct plan *p, const struct tag *tag)
{
	char *key = mem_printf("pki_%s_nickname", parameter_of(p, tag));
	size_t line;
	const char *text = plan_get(p, key, &line);
	char *name = line != 0 ? NULL : default_name(p, tag);

	if (text == NULL)
		text = name;
	if (text != NULL && tag->nickname != NULL &&
	    !(tag->optional && *text == '\0') &&
	    strcmp(text, tag->nickname) != 0)
		findings_add(p->found, plan_at(p, line),
		    "plan-nickname", "%s is '%s'%s, and the master's '%s'", key,
		    text, line == 0 ? " by default" : "", tag->nickname);
	free(name);
	free(key);
}

/* Of a token the clone's keys are there already: no bundle [7.2]. */
static void
check_token(const struct plan *p, const char *token)
{
	static const char *const bundle[] = { "pki_clone_pkcs12_path",
		"pki_clone_pkcs12_password" };
	size_t line;
	const char *text = plan_get(p, "pki_token_name", &line);

	if (text != NULL && strcmp(text, token) != 0)
		findings_add(p->found, plan_at(p, line),
		    "plan-token", "the token is '%s', and the master's '%s'",
		    text, token);
	else if (text == NULL && line == 0)
		findings_add(p->found, plan_at(p, 0),
		    "plan-token-missing",
		    "no pki_token_name: the master's "
		    "keys are in '%s'",
		    token);
	for (size_t i = 0; i < sizeof bundle / sizeof *bundle; i++) {
		text = plan_get(p, bundle[i], &line);
		if (text != NULL && *text != '\0')
			findings_add(p->found, plan_at(p, line),
			    "plan-token-pkcs12",
			    "with keys in a token, %s "
			    "must not be set",
			    bundle[i]);
	}
}

static void
check_bundle(const struct plan *p)
{
	size_t line, other;
	const char *text = plan_get(p, "pki_clone_pkcs12_path", &line);

	plan_get(p, "pki_server_pkcs12_path", &other);
	if (other == 0 && (line == 0 || (text != NULL && *text == '\0')))
		findings_add(p->found, plan_at(p, line),
		    "plan-pkcs12",
		    "no pki_clone_pkcs12_path: the clone needs "
		    "the master's keys");
	if (plan_is_true(plan_get(p, "pki_hsm_enable", &line)))
		findings_add(p->found, plan_at(p, line),
		    "plan-token-other", "the master's keys are in no token");
}

static void
check_keys(const struct plan *p)
{
	const char *token = NULL;

	for (size_t i = 0; i < p->tags->count; i++) {
		check_nickname(p, &p->tags->tag[i]);
		if (p->tags->tag[i].token != NULL)
			token = p->tags->tag[i].token;
	}
	if (token != NULL)
		check_token(p, token);
	else
		check_bundle(p);
}

static void
check_plan_keys(const struct plan *p)
{
	check_generators(p);
	check_keys(p);
}

static int
count_one(void *arg, const struct entry *entry)
{
	(void)entry;
	++*(size_t *)arg;
	return 0;
}

static int
count(struct csdir *dir, size_t *entries)
{
	static const char *const none[] = { "1.1", NULL };
	const struct source_query query = { .attributes = none,
		.absent_is_empty = true };

	*entries = 0;
	return check_search(dir, &query, count_one, entries);
}

static void
add(struct check_servers *live, const char *code, const char *what)
{
	findings_add(live->found, plan_at(live->plan, live->ds.line),
	    code, "'%s' is %s %s", live->planned.base, what,
	    source_name(live->planned.source));
}

/* It would take away what is there [pkispawn's setup_database]. */
static void
check_absent(struct check_servers *live, size_t entries)
{
	if (entries == 0)
		return;
	add(live, "plan-suffix-there",
	    plan_is_off(live->plan, "pki_ds_remove_data") ?
		"there already, where pkispawn stops: at" :
		"there already, and pkispawn would remove it: at");
}

static int
check_present(struct check_servers *live, size_t entries)
{
	const struct plan *plan = live->plan;
	size_t own;

	if (entries == 0) {
		add(live, "plan-suffix-missing",
		    "to be replicated already, and is not at");
		return 0;
	}
	if (plan_sets_up_ds(plan) &&
	    !plan_is_off(plan, "pki_ds_create_new_db"))
		add(live, "plan-suffix-lost",
		    "made anew without pki_ds_setup=False or "
		    "pki_ds_create_new_db=False: pkispawn would remove the "
		    "replica at");
	if (count(&live->side[0].dir, &own) < 0)
		return -1;
	if (own == entries)
		return 0;
	findings_add(live->found, plan_at(plan, live->ds.line),
	    "plan-suffix-differs",
	    "%zu entries of '%s' at %s, and %zu at %s", entries,
	    live->planned.base, source_name(live->planned.source), own,
	    source_name(live->side[0].dir.source));
	findings_fix(live->found, "ldapcmp %s %s",
	    findings_word(live->found, source_name(live->side[0].dir.source)),
	    findings_word(live->found, source_name(live->planned.source)));
	return 0;
}

static int
check_planned_suffix(struct check_servers *live)
{
	size_t entries;

	if (live->planned.source == NULL)
		return 0;
	if (count(&live->planned, &entries) < 0)
		return -1;
	if (!plan_replicates(live->plan))
		return check_present(live, entries);
	check_absent(live, entries);
	return 0;
}

const struct check check_spawn[] = {
	{ .plan = check_plan_master },
	{ .plan = check_plan_ds },
	{ .plan = check_plan_keys },
	{ .servers = check_planned_suffix },
	{ .file = NULL }
};
