/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <stdlib.h>

#include "dir/dn.h"
#include "pki/address.h"
#include "pki/parameter.h"
#include "util/endpoint.h"
#include "util/mem.h"

/* For which subsystem a section is; NULL: for any. */
static const char *
subsystem_of(const struct spawn_entry *e)
{
	return strcmp(e->section, "DEFAULT") == 0 ||
		       strcmp(e->section, "Tomcat") == 0
		   ? NULL
		   : e->section;
}

static bool
has_key(const struct plan *p, const char *key)
{
	for (size_t i = 0; i < p->file->count; i++)
		if (strcmp(p->file->entry[i].key, key) == 0)
			return true;
	return false;
}

/* A name of several parts is not one of pkispawn's by chance. */
static void
add_unknown(
    const struct plan *p, const struct spawn_entry *e, const char *subsystem)
{
	const char *nearest = parameter_nearest(e->key, subsystem, p->release);

	if (nearest != NULL && strcasecmp(nearest, e->key) == 0)
		findings_add(p->found, plan_at(p, e->line), "plan-name",
		    "%s: pkispawn ignores this name, since names are "
		    "case-sensitive. Write %s",
		    e->key, nearest);
	else if (nearest != NULL)
		findings_add(p->found, plan_at(p, e->line), "plan-name",
		    "%s: pkispawn has no such parameter and ignores it. The "
		    "nearest name is %s", e->key, nearest);
	else if (starts_with(e->key, "pki_"))
		findings_add(p->found, plan_at(p, e->line), "plan-name",
		    "%s: pkispawn has no such parameter and ignores it",
		    e->key);
}

/* Other releases know it, or other subsystems. */
static void
add_not_known(
    const struct plan *p, const struct spawn_entry *e, const char *subsystem)
{
	char *known = parameter_releases(e->key, subsystem);
	char *release = release_text(p->release);

	if (known != NULL)
		findings_add(p->found, plan_at(p, e->line), "plan-name-release",
		    "%s: pkispawn of %s ignores this parameter, which is known "
		    "%s", e->key, release, known);
	else if (parameter_is_known(e->key, NULL, p->release) == RELEASE_NO)
		add_unknown(p, e, subsystem);
	free(known);
	free(release);
}

/* A name that pkispawn still takes, or has taken, for a new one. */
static void
check_renamed(
    const struct plan *p, const struct spawn_entry *e, const char *subsystem)
{
	const struct parameter *old =
	    parameter_renamed(e->key, subsystem, p->release);
	bool sure;

	if (old == NULL)
		return;
	sure = release_within(p->release, old->first, old->last) == RELEASE_YES;
	/* Older releases need the old name. */
	if (!sure && (*old->text == '\0' || has_key(p, old->text)))
		return;
	findings_add(p->found, plan_at(p, e->line), "plan-renamed",
	    "%s: %s %u.%u on, %s%s", e->key,
	    *old->text == '\0' ? "not used from" : "an old name from",
	    old->first / 1000000, old->first / 1000 % 1000,
	    *old->text == '\0' ? "and can be removed" : "the new name is ",
	    old->text);
}

static void
check_name(const struct plan *p, const struct spawn_entry *e)
{
	const char *subsystem = subsystem_of(e);

	/* A variable of the file's own. */
	if (spawn_is_referred(p->file, e->key))
		return;
	/* That is an error of its own. */
	if (strcmp(e->key, "pki_ds_url") == 0)
		return;
	check_renamed(p, e, subsystem);
	if (parameter_is_known(e->key, subsystem, p->release) == RELEASE_NO)
		add_not_known(p, e, subsystem);
}

/* What goes before it is read before the file. */
static void
check_section_of(const struct plan *p, const struct spawn_entry *e)
{
	enum release_answer hidden = spawn_is_hidden(p->file, p->section, e);

	if (subsystem_of(e) == NULL && hidden != RELEASE_NO)
		findings_add(p->found, plan_at(p, e->line), "plan-place",
		    "%s in [%s] has no effect%s: pkispawn's default.cfg sets "
		    "it in a section that takes precedence. Move it to [%s]",
		    e->key, e->section,
		    hidden == RELEASE_MAYBE ? " in some releases" : "",
		    p->section);
}

static void
check_path(const struct plan *p, const struct spawn_entry *e)
{
	const size_t size = strlen(e->key);
	const bool path =
	    size > 5 && (strcmp(e->key + size - 5, "_path") == 0 ||
			    strcmp(e->key + size - 5, "_file") == 0);

	if (path && *e->value != '\0' && strchr("/%@$~", *e->value) == NULL)
		findings_add(p->found, plan_at(p, e->line), "plan-relative",
		    "%s: pkispawn looks for '%s' in the directory in which it "
		    "is started. Write the whole path",
		    e->key, e->value);
}

static void
check_percent(const struct plan *p, const struct spawn_entry *e)
{
	if (spawn_is_bad(p->file, e))
		findings_add(p->found, plan_at(p, e->line), "plan-percent",
		    "%s: pkispawn stops at a '%%' that is not doubled. Write "
		    "'%%%%'", e->key);
	else if ((e->percent & (SPAWN_DOUBLED | SPAWN_REFERS)) != 0 &&
		 parameter_is_literal(e->key, p->release) != RELEASE_NO)
		findings_add(p->found, plan_at(p, e->line), "plan-literal",
		    "%s: pkispawn takes this password literally, with %s. "
		    "Write the password as it is", e->key,
		    (e->percent & SPAWN_REFERS) != 0
			? "'%(...)s' not replaced by another value"
			: "both characters of '%%'");
}

static void
check_entries(const struct plan *p)
{
	for (size_t i = 0; i < p->file->count; i++) {
		const struct spawn_entry *e = &p->file->entry[i];
		size_t size = strlen(e->value);

		check_percent(p, e);
		if (size > 2 && e->value[0] == '@' && e->value[size - 1] == '@')
			findings_add(p->found, plan_at(p, e->line),
			    "plan-placeholder",
			    "%s is a placeholder: write the value", e->key);
		check_name(p, e);
		check_section_of(p, e);
		check_path(p, e);
	}
}

/* Names of sections as they must be, since 10.4 or in some releases only. */
static bool
is_section(const char *name)
{
	static const char *const known[] = { "DEFAULT", "Tomcat", "CA", "KRA",
		"OCSP", "TKS", "TPS", "RA", "Apache", "ACME", "EST" };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(name, known[i]) == 0)
			return true;
	return false;
}

static void
check_section(const struct plan *p, const char *name)
{
	const char *meant = spawn_section_of(name);
	struct buf what = { 0 };

	if (is_section(name))
		return;
	if (release_before(p->release, RELEASE(10, 4, 0)) != RELEASE_NO)
		buf_puts(&what, ", up to 10.3 pkispawn ignores it");
	if (release_within(p->release, RELEASE(10, 4, 0),
		RELEASE(11, 5, 999)) != RELEASE_NO) {
		buf_puts(&what, meant == NULL
				    ? ", from 10.4 to 11.5 pkispawn ignores it"
				    : ", from 10.4 to 11.5 pkispawn takes it "
				      "for [");
		buf_puts(&what, meant == NULL ? "" : meant);
		buf_puts(&what, meant == NULL ? "" : "]");
	}
	if (release_before(p->release, RELEASE(11, 6, 0)) != RELEASE_YES)
		buf_puts(&what, ", from 11.6 on pkispawn stops");
	buf_putc(&what, '\0');
	findings_add(p->found, plan_at(p, 0), "plan-section",
	    "pkispawn does not know the section [%s]%s%s%s%s", name,
	    meant == NULL ? "" : " (it knows [", meant == NULL ? "" : meant,
	    meant == NULL ? "" : "])", what.at);
	buf_release(&what);
}

/* The sections for all subsystems are enough: default.cfg has the others. */
static bool
is_for_all(const struct plan *p)
{
	size_t line;

	for (size_t i = 0; i < p->file->sections; i++)
		if (is_section(p->file->section[i]) &&
		    strcmp(p->file->section[i], "DEFAULT") != 0 &&
		    strcmp(p->file->section[i], "Tomcat") != 0)
			return false;
	return plan_is_true(plan_get(p, "pki_clone", &line));
}

bool
plan_has_section(const struct plan *p)
{
	for (size_t i = 0; i < p->file->sections; i++)
		check_section(p, p->file->section[i]);
	if (spawn_has_section(p->file, p->section) || is_for_all(p))
		return true;
	findings_add(p->found, plan_at(p, 0), "plan-subsystem",
	    "no section [%s]: the file makes no clone of the master's "
	    "subsystem", p->section);
	return false;
}

static void
check_excluded(const struct plan *p)
{
	static const char *const others[] = { "pki_external", "pki_subordinate",
		"pki_standalone" };
	size_t line;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (!plan_is_true(plan_get(p, others[i], &line)))
			continue;
		/* Of other subsystems pkispawn takes both, and stops after the
		 * requests for certificates. */
		findings_add(p->found, plan_at(p, line), "plan-excluded",
		    "a clone cannot have %s%s", others[i],
		    i == 0 && strcmp(p->section, "CA") != 0
			? ": pkispawn would only make requests for certificates"
			: "");
	}
}

static void
check_kind(const struct plan *p)
{
	size_t line;
	const char *text = plan_get(p, "pki_clone", &line);

	if ((text != NULL || line == 0) && !plan_is_true(text))
		findings_add(p->found, plan_at(p, line),
		    "plan-no-clone",
		    "pki_clone is not True: pkispawn would install a new "
		    "subsystem with its own keys. Fix in this file: "
		    "pki_clone=True");
	check_excluded(p);
}

static void
need(const struct plan *p, const char *key)
{
	size_t line;
	const char *text = plan_get(p, key, &line);

	if (line == 0 || (text != NULL && *text == '\0'))
		findings_add(p->found, plan_at(p, line), "plan-missing",
		    "%s is %s: pkispawn stops without this password", key,
		    line == 0 ? "absent" : "empty");
}

/* pkispawn asks whether they are there and not empty. */
static void
check_needed(const struct plan *p)
{
	static const char *const needed[] = { "pki_security_domain_password",
		"pki_client_pkcs12_password" };
	size_t line;
	const char *bundle = plan_get(p, "pki_clone_pkcs12_path", &line);

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		need(p, needed[i]);
	if (plan_sets_up_ds(p))
		need(p, "pki_ds_password");
	if (bundle != NULL && *bundle != '\0' &&
	    !plan_is_true(plan_get(p, "pki_hsm_enable", &line)))
		need(p, "pki_clone_pkcs12_password");
	if (release_before(p->release, RELEASE(10, 1, 0)) == RELEASE_YES)
		need(p, "pki_client_database_password");
}

/* From 10.10 on, pkispawn checks the certificate of the security domain's
 * server, by this or by what the instance has [dogtag sd_connect]. */
static void
check_chain(const struct plan *p)
{
	size_t line;
	const char *text = plan_get(p, "pki_cert_chain_path", &line);

	if (release_before(p->release, RELEASE(10, 10, 0)) == RELEASE_YES)
		return;
	if (line == 0)
		plan_get(p, "pki_external_ca_cert_chain_path", &line);
	if (line == 0 || (text != NULL && *text == '\0'))
		findings_add(p->found, plan_at(p, line), "plan-cert-chain",
		    "no pki_cert_chain_path: %spkispawn does not trust the "
		    "server of the security domain, unless the clone's host "
		    "trusts its CA",
		    release_before(p->release, RELEASE(10, 10, 0)) ==
			    RELEASE_MAYBE
			? "from 10.10 on "
			: "");
}

static void
check_master(
    const struct plan *p, size_t line, struct slice host, struct slice port)
{
	struct slice name = cfg_string(p->master, "machineName");

	if (name.at != NULL && !endpoint_same_host(host, name))
		findings_add(p->found, plan_at(p, line),
		    "plan-uri",
		    "the plan clones from '%.*s', and the host of %s is "
		    "'%.*s': ranges and settings would come from '%.*s'",
		    SLICE_ARG(host), p->master->file, SLICE_ARG(name),
		    SLICE_ARG(host));
	if (port.size != 0 && p->port != NULL &&
	    !slice_equal(port, slice_of(p->port)))
		findings_add(p->found, plan_at(p, line),
		    "plan-uri-port",
		    "the port is %.*s, and the master's secure port is %s: "
		    "pkispawn cannot connect, unless a proxy listens there",
		    SLICE_ARG(port), p->port);
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
		    "plan-uri-form",
		    "'%s' is not of the form https://HOST:PORT: pkispawn "
		    "cannot connect to the master", uri);
		return;
	}
	if (at.port.size == 0)
		findings_add(p->found, plan_at(p, line),
		    "plan-uri-none",
		    "'%s' has no port: the clone gets "
		    "master.ca.agent.port=None, and its agent page posts to "
		    "an invalid URL",
		    uri);
	check_master(p, line, at.host, at.port);
}

static void
check_plan_master(const struct plan *p)
{
	check_kind(p);
	check_uri(p);
	check_needed(p);
	check_chain(p);
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
		    "plan-ds-same",
		    "the Directory Server is the same as in %s: pkispawn %s",
		    other->file, other == p->master ? "refuses it" :
		    "would remove the database there");
		return;
	}
}

/* Up to 10.9, only these; later ones take any case of them
 * [dogtag LDAPConfigurator], and 389-ds what it is given. */
static bool
is_method(const struct plan *p, const char *text)
{
	static const char *const methods[] = { "None", "SSL", "TLS" };
	const bool exact =
	    release_before(p->release, RELEASE(10, 10, 0)) != RELEASE_NO;

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (exact ? strcmp(text, methods[i]) == 0
			  : strcasecmp(text, methods[i]) == 0)
			return true;
	return false;
}

/* Where the clone's own connection is secured, and its replication goes to the
 * same port, pkispawn takes SSL whatever the file says. */
static bool
is_forced(const struct plan *p, const struct plan_ds *ds)
{
	size_t line;
	const char *port =
	    plan_get(p, "pki_clone_replication_clone_port", &line);

	return ds->secure &&
	       (line == 0 ||
		   (port != NULL &&
		       (*port == '\0' ||
			   (ds->port != NULL && strcmp(port, ds->port) == 0))));
}

/* Both by one method [S1]: pkispawn does not look. */
static void
check_security(const struct plan *p, const struct plan_ds *ds)
{
	const bool secure =
	    setting_bool(p->master, "internaldb.ldapconn.secureConn");
	size_t line;
	const char *text = plan_get(p, "pki_clone_replication_security", &line);
	const bool none =
	    (text != NULL || line == 0) &&
	    (text == NULL || *text == '\0' || strcasecmp(text, "None") == 0);

	if (text != NULL && *text != '\0' && !is_method(p, text))
		findings_add(p->found, plan_at(p, line), "plan-security-value",
		    "'%s' is not None, SSL or TLS%s", text,
		    strcasecmp(text, "SSL") == 0 || strcasecmp(text, "TLS") == 0
			? ": up to 10.9 pkispawn replicates without TLS"
			: "");
	else if (secure && none && plan_replicates(p) && !is_forced(p, ds))
		findings_add(p->found, plan_at(p, line),
		    "plan-security",
		    "the master connects to its directory with TLS, and the "
		    "planned replication does not use TLS: passwords and "
		    "entries can be read on the network. Fix in this file: "
		    "pki_clone_replication_security=SSL");
	if (ds->host != NULL && ds->secure != secure)
		findings_add(p->found, plan_at(p, ds->line),
		    "plan-ds-security",
		    "the clone connects to its directory %s TLS, and the "
		    "master (%s) %s TLS. The manual requires the same for "
		    "both",
		    ds->secure ? "with" : "without", p->master->file,
		    secure ? "with" : "without");
}

/* Up to 10.8 the server wants the same text, later the same suffix. */
static bool
is_suffix(const struct plan *p, struct slice own, struct slice text)
{
	struct buf x = { 0 }, y = { 0 };
	bool same = slice_equal(own, text);

	if (!same &&
	    release_before(p->release, RELEASE(10, 9, 0)) != RELEASE_YES)
		same = dn_normalise(own, &x) == 0 &&
		       dn_normalise(text, &y) == 0 &&
		       slice_equal(buf_slice(&x), buf_slice(&y));
	buf_release(&x);
	buf_release(&y);
	return same;
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
		    !is_suffix(p, own, slice_of(text)))
			findings_add(p->found, plan_at(p, line), same[i].code,
			    "%s is '%s', and %s is '%.*s' in %s",
			    same[i].key, text, same[i].master, SLICE_ARG(own),
			    p->master->file);
	}
}

/* Two forms of one Directory Server: up to 11.4 pkispawn knows the one, later
 * it goes by the other. */
static void
check_two_forms(const struct plan *p, size_t line)
{
	struct plan_ds new, old;

	plan_read_ds(p, true, &new);
	plan_read_ds(p, false, &old);
	if (new.host != NULL && old.host != NULL &&
	    (!endpoint_same_host(slice_of(new.host), slice_of(old.host)) ||
		(new.port != NULL &&old.port !=
		    NULL &&strcmp(new.port, old.port) != 0)))
		findings_add(p->found, plan_at(p, line), "plan-ds-url-release",
		    "pki_ds_url names %s:%s, and pki_ds_hostname, which "
		    "pkispawn reads up to 11.4, names %s:%s",
		    new.host, new.port != NULL ? new.port : "", old.host,
		    old.port != NULL ? old.port : "");
	plan_ds_release(&new);
	plan_ds_release(&old);
}

/* pkispawn passes over a name that it does not know, and takes the Directory
 * Server of its own host. */
static void
check_url(const struct plan *p)
{
	const enum release_answer old =
	    release_before(p->release, RELEASE(11, 5, 0));
	size_t line, host;

	plan_get(p, "pki_ds_url", &line);
	plan_get(p, "pki_ds_hostname", &host);
	if (line == 0 || old == RELEASE_NO)
		return;
	if (host != 0)
		check_two_forms(p, line);
	else if (old == RELEASE_YES)
		findings_add(p->found, plan_at(p, line), "plan-ds-url",
		    "pkispawn ignores pki_ds_url up to 11.4 and reads "
		    "pki_ds_hostname, by default its own host: it would "
		    "remove the data below the base DN there");
	else
		findings_add(p->found, plan_at(p, line), "plan-ds-url-release",
		    "pki_ds_url is known from 11.5 on: up to 11.4 pkispawn "
		    "reads pki_ds_hostname, by default its own host, and "
		    "would remove the data below the base DN there");
}

/* pkispawn stops, if the file is not there. */
static void
check_ds_ca(const struct plan *p, const struct plan_ds *ds)
{
	size_t line;
	const char *text =
	    plan_get(p, "pki_ds_secure_connection_ca_pem_file", &line);

	if (ds->secure && plan_sets_up_ds(p) &&
	    release_before(p->release, RELEASE(10, 2, 0)) != RELEASE_YES &&
	    (line == 0 || (text != NULL && *text == '\0')))
		findings_add(p->found, plan_at(p, ds->line), "plan-ds-ca",
		    "no pki_ds_secure_connection_ca_pem_file: pkispawn stops, "
		    "since it needs this file to connect to %s with TLS",
		    ds->host != NULL ? ds->host : "the Directory Server");
}

/* By default pkispawn removes the database, and then makes it anew; without the
 * first, it empties what is below the base DN [dogtag setup_database]. */
static void
check_database(const struct plan *p, const struct plan_ds *ds)
{
	const bool makes = plan_makes_database(p);
	struct suffix_owner owner;

	if (!plan_sets_up_ds(p) || plan_is_off(p, "pki_ds_remove_data") ||
	    (!makes && !plan_replicates(p)))
		return;
	if (!suffix_find_owner(&owner, p->master, p->other, p->others))
		return;
	findings_add(p->found, plan_at(p, ds->line), "plan-database-shared",
	    "pkispawn would %s, which does not belong to the %s alone: "
	    "%s%s%s",
	    makes ? "remove the database" : "empty the suffix", p->section,
	    owner.text,
	    owner.command != NULL ? ". On FreeIPA, make the clone with "
				  : "",
	    owner.command != NULL ? owner.command : "");
	suffix_owner_release(&owner);
}

/* Before 11.3, pki_ds_setup is passed over, and the database is made anew. */
static void
check_setup(const struct plan *p)
{
	size_t line;

	plan_get(p, "pki_ds_setup", &line);
	if (plan_is_off(p, "pki_ds_setup") && plan_makes_database(p) &&
	    release_before(p->release, RELEASE(11, 3, 0)) == RELEASE_MAYBE)
		findings_add(p->found, plan_at(p, line), "plan-ds-setup",
		    "pki_ds_setup is known from 11.3 on: up to 11.2 pkispawn "
		    "ignores it and removes the replicated database, unless "
		    "pki_ds_create_new_db and pki_clone_setup_replication are "
		    "False");
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
			    "the master's Directory Server would connect to "
			    "itself as '%s'. Write the full host name",
			    ds.host);
		for (size_t i = 0; i < p->group->count; i++)
			check_ds(p, &ds, p->group->side[i].cfg);
	}
	check_url(p);
	check_ds_ca(p, &ds);
	check_security(p, &ds);
	check_suffix(p);
	check_database(p, &ds);
	check_setup(p);
	plan_ds_release(&ds);
}

/* A parameter's defaults, by releases. */
#define MOST_DEFAULTS 8
struct defaults {
	const struct plan *plan;
	struct {
		const char *text; /* NULL: it has a value that is not known */
		struct release of;
	} item[MOST_DEFAULTS];
	size_t count;
};

static void
add_default(void *arg, const char *text, struct release of)
{
	struct defaults *d = arg;
	const char *value = spawn_expand(d->plan->file, d->plan->section, text);
	const size_t last = d->count - 1;

	if (d->count != 0 && value != NULL && d->item[last].text != NULL &&
	    strcmp(d->item[last].text, value) == 0)
		d->item[last].of.last = of.last;
	else if (d->count < MOST_DEFAULTS) {
		d->item[d->count].text = value;
		d->item[d->count++].of = of;
	}
}

static void
find_defaults(struct defaults *d, const struct plan *p, const char *key)
{
	*d = (struct defaults){ .plan = p };
	parameter_defaults(key, p->section, p->release, add_default, d);
}

/* "'x' up to 11.6, empty from 11.7 on": a new string. */
static char *
defaults_text(const struct defaults *d)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < d->count; i++) {
		const struct release of = d->item[i].of;
		const char *value = d->item[i].text;
		char *one = mem_printf("%s%s%s%s", i == 0 ? "" : ", ",
		    value == NULL || *value == '\0' ? "" : "'",
		    value == NULL    ? "not known"
		    : *value == '\0' ? "empty"
				     : value,
		    value == NULL || *value == '\0' ? "" : "'");

		buf_puts(&text, one);
		free(one);
		if (i + 1 < d->count)
			one = mem_printf(" up to %u.%u", of.last / 1000000,
			    of.last / 1000 % 1000);
		else if (i != 0)
			one = mem_printf(" from %u.%u on", of.first / 1000000,
			    of.first / 1000 % 1000);
		else
			one = mem_printf("%s", "");
		buf_puts(&text, one);
		free(one);
	}
	buf_putc(&text, '\0');
	return text.at;
}

/* How many of the defaults differ from a text. */
static size_t
differ(const struct defaults *d, struct slice text)
{
	size_t count = 0;

	for (size_t i = 0; i < d->count; i++)
		count += d->item[i].text != NULL &&
			 !slice_equal(slice_of(d->item[i].text), text);
	return count;
}

static void
check_generator(const struct plan *p, const char *kind)
{
	char *from = mem_printf("dbs.%s.id.generator", kind);
	char *key = mem_printf("pki_%s_id_generator", kind);
	struct slice own = cfg_string(p->master, from);
	struct defaults defaults;
	size_t line;
	const char *text = plan_get(p, key, &line);

	if (own.at == NULL)
		own = slice_of("legacy");
	find_defaults(&defaults, p, key);
	if (text != NULL && !slice_equal(own, slice_of(text))) {
		findings_add(p->found, plan_at(p, line),
		    "plan-generator",
		    "%s is '%s', and the master (%s) has the generator "
		    "'%.*s'. Mixed deployments cannot be undone. Fix in this "
		    "file: %s=%.*s",
		    key, text, p->master->file, SLICE_ARG(own), key,
		    SLICE_ARG(own));
	} else if (line == 0 && differ(&defaults, own) != 0) {
		char *by_default = defaults_text(&defaults);

		findings_add(p->found, plan_at(p, 0), "plan-generator-default",
		    "no %s: the master (%s) has the generator '%.*s', and "
		    "pkispawn's default is %s. Mixed deployments cannot be "
		    "undone. Fix in this file: %s=%.*s",
		    key, p->master->file, SLICE_ARG(own), by_default, key,
		    SLICE_ARG(own));
		free(by_default);
	}
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
		    "with pki_ds_setup=False pkispawn requests no ranges: the "
		    "clone's %s numbers must be set by hand, or both hosts "
		    "give out the same ones",
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

/* By default the clone has a nickname that is not the master's; or has it in
 * some releases. */
static void
check_default_name(const struct plan *p, const struct tag *tag, const char *key)
{
	struct defaults d;
	char *text;
	size_t others, empty;

	find_defaults(&d, p, key);
	others = differ(&d, slice_of(tag->nickname));
	if (others == 0)
		return;
	empty = d.count - differ(&d, slice_of(""));
	text = defaults_text(&d);
	findings_add(p->found, plan_at(p, 0),
	    others == d.count && empty != d.count ? "plan-nickname"
						  : "plan-nickname-default",
	    "no %s: the master (%s) has '%s', and pkispawn's default is %s%s",
	    key, p->master->file, tag->nickname, text,
	    empty == 0 ? "" : ", which gives the clone no such certificate");
	free(text);
}

/* Up to 10.8 the clone asks the master for its nicknames. From 10.3.5 on,
 * pkispawn itself looks for two of the certificates in the bundle. */
static bool
is_asked_for(const struct plan *p, const struct tag *tag)
{
	const bool two = strcmp(tag->name, "audit_signing") == 0 ||
			 (strcmp(tag->name, "signing") == 0 &&
			     strcmp(p->tags->subsystem, "ca") == 0);

	return release_before(p->release,
		   two ? RELEASE(10, 3, 5) : RELEASE(10, 9, 0)) == RELEASE_YES;
}

/* From 11.6 on, pkispawn does without this certificate. */
static bool
may_be_none(const struct plan *p, const struct tag *tag)
{
	return tag->optional &&
	       release_before(p->release, RELEASE(11, 6, 0)) != RELEASE_YES;
}

static void
check_nickname(const struct plan *p, const struct tag *tag)
{
	char *key = mem_printf("pki_%s_nickname", parameter_of(p, tag));
	size_t line;
	const char *text = plan_get(p, key, &line);

	if (is_asked_for(p, tag))
		;
	else if (tag->nickname != NULL && line == 0)
		check_default_name(p, tag, key);
	else if (text != NULL && tag->nickname != NULL &&
		 !(may_be_none(p, tag) && *text == '\0') &&
		 strcmp(text, tag->nickname) != 0)
		findings_add(p->found, plan_at(p, line), "plan-nickname",
		    "%s is '%s', and the master (%s) has '%s': the server "
		    "does not find its key by another nickname", key, text,
		    p->master->file, tag->nickname);
	free(key);
}

/* The parameter of one certificate goes before pki_token_name. */
static void
check_own_token(const struct plan *p, const struct tag *tag)
{
	char *key = mem_printf("pki_%s_token", parameter_of(p, tag));
	const char *own = tag->token == NULL ? "internal" : tag->token;
	size_t line;
	const char *text = plan_get(p, key, &line);

	if (text != NULL && *text != '\0' && tag->nickname != NULL &&
	    (tags_is_internal(slice_of(text)) ? tag->token != NULL
					      : strcmp(text, own) != 0))
		findings_add(p->found, plan_at(p, line), "plan-token",
		    "%s is '%s', and the master (%s) has its key in '%s'",
		    key, text, p->master->file, own);
	free(key);
}

/* Without it, pkispawn up to 11.4 wants a bundle, and stops. */
static void
check_hsm(const struct plan *p, const char *token)
{
	size_t line;
	const char *text = plan_get(p, "pki_hsm_enable", &line);

	if (!plan_is_true(text) &&
	    release_before(p->release, RELEASE(11, 5, 0)) == RELEASE_YES &&
	    release_before(p->release, RELEASE(10, 2, 0)) == RELEASE_NO)
		findings_add(p->found, plan_at(p, line), "plan-token-missing",
		    "%s: the master's keys are in the token '%s', and "
		    "pkispawn stops for want of a PKCS#12 file",
		    text == NULL ? "no pki_hsm_enable"
				 : "pki_hsm_enable is not True",
		    token);
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
		    "plan-token",
		    "pki_token_name is '%s', and the master (%s) has its keys "
		    "in '%s'",
		    text, p->master->file, token);
	else if (text == NULL && line == 0)
		findings_add(p->found, plan_at(p, 0), "plan-token-missing",
		    "no pki_token_name: the master (%s) has its keys in the "
		    "token '%s', and pkispawn would look for them in the "
		    "internal one",
		    p->master->file, token);
	check_hsm(p, token);
	for (size_t i = 0; i < sizeof bundle / sizeof *bundle; i++) {
		text = plan_get(p, bundle[i], &line);
		if (text != NULL && *text != '\0')
			findings_add(p->found, plan_at(p, line),
			    "plan-token-pkcs12",
			    "the master's keys are in the token '%s': remove "
			    "%s",
			    token, bundle[i]);
	}
}

/* Up to 11.4, pkispawn wants a file with the keys. */
static void
check_bundle(const struct plan *p)
{
	const enum release_answer old =
	    release_before(p->release, RELEASE(11, 5, 0));
	size_t line, other;
	const char *text = plan_get(p, "pki_clone_pkcs12_path", &line);

	plan_get(p, "pki_server_pkcs12_path", &other);
	if (other != 0 || (line != 0 && (text == NULL || *text != '\0')))
		;
	else if (old == RELEASE_YES)
		findings_add(p->found, plan_at(p, line), "plan-pkcs12",
		    "no pki_clone_pkcs12_path: pkispawn stops without a "
		    "PKCS#12 file with the master's keys. Make one with "
		    "p12export");
	else if (old == RELEASE_MAYBE)
		findings_add(p->found, plan_at(p, line), "plan-pkcs12-release",
		    "no pki_clone_pkcs12_path: up to 11.4 pkispawn stops; from "
		    "11.5 on the keys must be in the clone's database before "
		    "pkispawn is started");
	if (plan_is_true(plan_get(p, "pki_hsm_enable", &line)))
		findings_add(p->found, plan_at(p, line),
		    "plan-token-other",
		    "pki_hsm_enable is True, but the master's keys are in no "
		    "token: remove it");
}

static void
check_keys(const struct plan *p)
{
	const char *token = NULL;

	for (size_t i = 0; i < p->tags->count; i++) {
		check_nickname(p, &p->tags->tag[i]);
		check_own_token(p, &p->tags->tag[i]);
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
	    code, "'%s' on %s %s", live->planned.base,
	    source_name(live->planned.source), what);
}

/* It would take away what is there [pkispawn's setup_database]. */
static void
check_absent(struct check_servers *live, size_t entries)
{
	if (entries == 0)
		return;
	add(live, "plan-suffix-there",
	    plan_is_off(live->plan, "pki_ds_remove_data") ?
		"exists already, and pkispawn stops" :
		"exists already, and pkispawn would remove it");
}

static int
check_present(struct check_servers *live, size_t entries)
{
	const struct plan *plan = live->plan;
	size_t own;

	if (entries == 0) {
		add(live, "plan-suffix-missing",
		    "must be replicated before pkispawn runs, and does not "
		    "exist");
		return 0;
	}
	if (plan_sets_up_ds(plan) && plan_is_off(plan, "pki_ds_remove_data"))
		add(live, "plan-suffix-there",
		    "exists already, and pkispawn stops");
	else if (plan_sets_up_ds(plan) && plan_makes_database(plan))
		add(live, "plan-suffix-lost",
		    "is replicated already, and pkispawn would remove it "
		    "unless the file has pki_ds_setup=False or "
		    "pki_ds_create_new_db=False");
	if (count(&live->side[0].dir, &own) < 0)
		return -1;
	if (own == entries)
		return 0;
	findings_add(live->found, plan_at(plan, live->ds.line),
	    "plan-suffix-differs",
	    "'%s' has %zu entries on %s, and %zu on %s: all data must be "
	    "replicated before pkispawn runs. List the differences",
	    live->planned.base, entries, source_name(live->planned.source),
	    own, source_name(live->side[0].dir.source));
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
