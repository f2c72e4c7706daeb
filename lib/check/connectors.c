/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <stdlib.h>
#include <strings.h>

#include "pki/address.h"
#include "pki/connector.h"
#include "pki/publisher.h"
#include "pki/role.h"
#include "util/base64.h"

#define KEY(name) CONNECTOR_PREFIX name

/* Where the connector is: its host, or else its first setting. */
static const struct cfg_line *
first_setting(const struct cfg *cfg)
{
	const struct cfg_line *host = cfg_find(cfg, slice_of(KEY("host")));

	if (host != NULL)
		return host;
	for (uint32_t i = 0; i < cfg->lines; i++)
		if (cfg_is_live(cfg, cfg->line + i) &&
		    connector_is_setting(cfg_key(cfg->line + i)))
			return cfg->line + i;
	return NULL;
}

static void
check_case(struct check_file *l)
{
	static const char *const names[] = { "clientCiphers", "enable", "host",
		"local", "nickName", "port", "timeout", "transportCert",
		"uri" };

	for (uint32_t i = 0; i < l->cfg->lines; i++) {
		const struct cfg_line *line = l->cfg->line + i;
		struct slice key;

		if (!cfg_is_live(l->cfg, line) ||
		    !connector_is_setting(cfg_key(line)))
			continue;
		key = cfg_key(line);
		key.at += strlen(CONNECTOR_PREFIX);
		key.size -= strlen(CONNECTOR_PREFIX);
		for (size_t n = 0; n < sizeof names / sizeof *names; n++)
			if (key.size == strlen(names[n]) &&
			    strncasecmp(key.at, names[n], key.size) == 0 &&
			    !slice_equal(key, slice_of(names[n])))
				lint_at(l, line, "conn-case",
				    "it is %s", names[n]);
	}
}

static void
check_whole(struct check_file *l, const struct cfg_line *first)
{
	static const char *const needed[] = { KEY("local"), KEY("uri"),
		KEY("host"), KEY("port") };
	size_t count = sizeof needed / sizeof *needed;

	if (connector_is_local(l->cfg))
		count = 2;
	for (size_t i = 0; i < count; i++)
		if (cfg_string(l->cfg, needed[i]).size == 0)
			lint_at(l, first, "conn-part", "no %s", needed[i]);
}

/* The list with one blank between its elements: a fix that changes no host.
 * False: an element is none. */
static bool
put_right(struct buf *out, struct slice list)
{
	static const char between[] = " \t\r\n\f,";

	while (list.size != 0) {
		struct slice element = { list.at, 0 };
		struct endpoint host;

		while (element.size < list.size &&
		    strchr(between, list.at[element.size]) == NULL)
			element.size++;
		list.at += element.size + (element.size < list.size);
		list.size -= element.size + (element.size < list.size);
		if (element.size == 0)
			continue;
		if (!connector_parse(&host, element))
			return false;
		if (out->size != 0)
			buf_putc(out, ' ');
		buf_add(out, element);
	}
	return true;
}

static void
check_own_hosts(struct check_file *l)
{
	const struct cfg_line *line = lint_find(l, KEY("host"));
	const struct cfg_line *port = lint_find(l, KEY("port"));
	struct connector_hosts hosts;
	struct buf right = { 0 };
	enum connector_fault fault = connector_read(&hosts, l->cfg);
	long number;

	/* getInteger() does not trim. */
	if (port != NULL && port->value_size != 0 &&
	    (fault == CONNECTOR_BAD_PORT ||
		!setting_number(cfg_value(port), &number))) {
		lint_at(l, port, "conn-port", "%s", lint_shown(l, port));
	} else if (fault != CONNECTOR_READ && fault != CONNECTOR_BAD_PORT) {
		lint_at(l, line, "conn-hosts", "%s", lint_shown(l, line));
		if (put_right(&right, cfg_value(line)) &&
		    memchr(right.at, ' ', right.size) != NULL)
			lint_fix(l, line, buf_slice(&right));
	}
	connector_hosts_release(&hosts);
	buf_release(&right);
}

static void
check_certificate(struct check_file *l, const struct cfg_line *first)
{
	const struct cfg_line *line = lint_find(l, KEY("transportCert"));
	struct buf der = { 0 };
	struct cert cert;

	if (line == NULL || line->value_size == 0) {
		lint_at(l, line != NULL ? line : first, "conn-nocert",
		    NULL);
		return;
	}
	if (base64_decode(&der, cfg_value(line)) < 0 || der.size == 0 ||
	    cert_parse(&cert, buf_slice(&der)) < 0) {
		lint_at(l, line, "conn-cert", NULL);
	} else {
		char when[CERT_TIME_SIZE];

		cert_time(when, cert.not_after);
		if (cert.not_after < l->now)
			lint_at(l, line, "conn-expired", "%s", when);
		cert_time(when, cert.not_before);
		if (cert.not_before > l->now)
			lint_at(l, line, "cert-early", "%s", when);
		cert_release(&cert);
	}
	buf_release(&der);
}

/* With a token before it or not. */
static bool
is_nickname(struct slice full, struct slice nickname)
{
	size_t before = full.size - nickname.size;

	return nickname.size != 0 && full.size >= nickname.size &&
	    memcmp(full.at + before, nickname.at, nickname.size) == 0 &&
	    (before == 0 || full.at[before - 1] == ':');
}

static void
check_nickname(struct check_file *l)
{
	static const char *const known[] = { "ca.subsystem.nickname",
		"ca.sslserver.nickname", "ca.audit_signing.nickname",
		"ca.ocsp_signing.nickname", "ca.signing.nickname" };
	struct slice own = cfg_string(l->cfg, KEY("nickName"));

	if (own.size == 0 || cfg_string(l->cfg, known[0]).size == 0)
		return;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (is_nickname(own, cfg_string(l->cfg, known[i])))
			return;
	lint_key(l, KEY("nickName"), "conn-nick", "'%.*s'", SLICE_ARG(own));
}

static void
check_old(struct check_file *l)
{
	static const char prefix[] = "ca.connector.CLA.";

	if (!setting_bool(l->cfg, "ca.connector.CLA.enable"))
		return;
	for (uint32_t i = 0; i < l->cfg->lines; i++) {
		const struct cfg_line *line = l->cfg->line + i;

		if (!cfg_is_live(l->cfg, line) ||
		    !slice_starts(cfg_key(line), slice_of(prefix)) ||
		    syntax_is_comment(cfg_key(line)))
			continue;
		lint_at(l, line, "conn-cla", NULL);
		return;
	}
}

static void
check_own_connector(struct check_file *l)
{
	const struct cfg_line *first = first_setting(l->cfg);
	const struct cfg_line *enable = lint_find(l, KEY("enable"));

	check_old(l);
	if (first == NULL)
		return;
	check_case(l);
	if (!setting_bool(l->cfg, KEY("enable"))) {
		lint_at(l, enable, "conn-off", NULL);
		return;
	}
	check_whole(l, first);
	check_own_hosts(l);
	check_nickname(l);
	check_certificate(l, first);
}

static bool
sends_to(const struct publishers *all, const struct publisher *to)
{
	const struct address at = { .host = to->host, .port = to->port };

	if (!publisher_is_on(all->cfg))
		return false;
	for (size_t i = 0; i < all->count; i++)
		if (all->publisher[i].has_rule &&
		    address_equal(&at, all->publisher[i].host,
			all->publisher[i].port))
			return true;
	return false;
}

/* How many publishers of other's maker lacks; *first is the first. */
static size_t
count_missing(const struct cfg *maker, const struct cfg *other,
    struct publisher *first)
{
	struct publishers here, there;
	size_t count = 0;

	if (maker == other || !publisher_is_on(other))
		return 0;
	publishers_find(&here, maker);
	publishers_find(&there, other);
	for (size_t i = 0; i < there.count; i++)
		if (there.publisher[i].has_rule &&
		    there.publisher[i].host.size != 0 &&
		    !sends_to(&here, &there.publisher[i]) && count++ == 0)
			*first = there.publisher[i];
	publishers_release(&here);
	publishers_release(&there);
	return count;
}

static void
check_pair(const struct check_group *set, const struct cfg *maker,
    const struct cfg *other)
{
	struct publisher first;
	const size_t missing = count_missing(maker, other, &first);
	const bool files = check_is_file(maker) && check_is_file(other);

	if (missing == 0)
		return;
	findings_add(set->found, check_place(maker, "ca.publish.enable"),
	    "publisher-missing",
	    "this CA makes the CRLs and does not publish them to the OCSP "
	    "responder %.*s:%.*s%s; %s has the publisher %.*s for it. The "
	    "responder answers good for certificates revoked since its last "
	    "CRL%s",
	    SLICE_ARG(first.host), SLICE_ARG(first.port),
	    missing > 1 ? " and others" : "", other->file,
	    SLICE_ARG(first.name),
	    files ? ". Fix with the server stopped" : "");
	if (files)
		findings_fix(set->found,
		    "cfgmerge -i -p ca.publish. --from %s %s",
		    findings_word(set->found, other->file),
		    findings_word(set->found, maker->file));
}

static void
check_publishers(const struct check_group *set)
{
	const struct cfg *maker = roles_crl_master(set);

	for (size_t i = 0; maker != NULL && i < set->count; i++)
		check_pair(set, maker, set->side[i].cfg);
}

bool
connectors_report_publisher(const struct check_group *set, const struct cfg *a,
    const struct cfg *b)
{
	const struct cfg *maker = roles_crl_master(set);
	struct publisher first;

	return (maker == a && count_missing(a, b, &first) != 0) ||
	    (maker == b && count_missing(b, a, &first) != 0);
}

#define HOST CONNECTOR_PREFIX "host"
#define CERTIFICATE CONNECTOR_PREFIX "transportCert"
#define ENABLE CONNECTOR_PREFIX "enable"

/* The first host that other has not, or NULL. */
static const struct endpoint *
stray(const struct connector_hosts *hosts, const struct connector_hosts *other)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (connector_find(other, &hosts->at[i]) == other->count)
			return &hosts->at[i];
	return NULL;
}

/* A list beside a bad port can be compared all the same. */
static bool
read_hosts(struct connector_hosts *hosts, const struct cfg *cfg)
{
	const enum connector_fault fault = connector_read(hosts, cfg);

	return fault == CONNECTOR_READ ||
	    (fault == CONNECTOR_BAD_PORT && hosts->count != 0);
}

static void
check_hosts(const struct check_group *set, const struct cfg *clone)
{
	const struct cfg *master = set->side[0].cfg;
	const struct endpoint *lost, *own;
	struct connector_hosts a, b;
	bool read = read_hosts(&a, master);

	read = read_hosts(&b, clone) && read;
	lost = stray(&a, &b);
	own = lost != NULL ? lost : stray(&b, &a);
	if (!read) {
		findings_add(set->found, check_place(clone, HOST),
		    "connector-hosts",
		    "the connector's hosts were not compared: the server "
		    "cannot read the list here or in %s. Run cfglint on both",
		    master->file);
	} else if (own != NULL) {
		findings_add(set->found, check_place(clone, HOST),
		    "connector-hosts",
		    lost != NULL ?
			"the connector lacks '%.*s:%.*s', which %s has. "
			"Without the host this CA cannot archive keys while "
			"the other hosts are down" :
			"the connector has '%.*s:%.*s', which %s lacks. "
			"Without the host that CA cannot archive keys while "
			"the other hosts are down",
		    SLICE_ARG(own->host), SLICE_ARG(own->port), master->file);
		if (lost != NULL)
			check_fix_by_merge(set, clone, "--kra");
	}
	connector_hosts_release(&a);
	connector_hosts_release(&b);
}

/* "HOST:PORT HOST:PORT" of a connector; valid until found is released. */
static const char *
hosts_text(struct findings *found, const struct cfg *cfg)
{
	struct connector_hosts hosts;
	struct buf text = { 0 };
	const char *kept;

	if (!read_hosts(&hosts, cfg))
		buf_add(&text, cfg_string(cfg, HOST));
	for (size_t i = 0; text.size == 0 && i < hosts.count; i++) {
		if (i != 0)
			buf_putc(&text, ' ');
		buf_add(&text, hosts.at[i].host);
		buf_putc(&text, ':');
		buf_add(&text, hosts.at[i].port);
	}
	kept = arena_copy(&found->arena, buf_slice(&text)).at;
	connector_hosts_release(&hosts);
	buf_release(&text);
	return kept;
}

static void
check_missing(const struct check_group *set, const struct cfg *clone)
{
	struct findings *found = set->found;
	const struct cfg *master = set->side[0].cfg;
	const bool lost = connector_is_in(master);
	const struct cfg *with = lost ? master : clone;
	const struct cfg *lacks = lost ? clone : master;
	const char *from = findings_word(found, with->file);

	if (!check_is_file(with) || !check_is_file(lacks)) {
		findings_add(found, (struct findings_place){ lacks->file, 0 },
		    "connector-missing",
		    "this CA has no KRA connector, and %s has one (%s). Keys "
		    "of requests sent to this CA are not archived",
		    with->file, hosts_text(found, with));
		return;
	}
	findings_add(found, (struct findings_place){ lacks->file, 0 },
	    "connector-missing",
	    "this CA has no KRA connector, and %s has one (%s). Keys of "
	    "requests sent to this CA are not archived. Fix without a restart: "
	    "cfgkra %s >kra.json && pki -n ADMIN ca-kraconnector-add "
	    "--input-file kra.json. Fix with the server stopped",
	    with->file, hosts_text(found, with), from);
	findings_fix(found, "cfgmerge -i --kra --from %s %s", from,
	    findings_word(found, lacks->file));
}

static void
check_one(const struct check_group *set, const struct cfg *clone)
{
	const struct cfg *master = set->side[0].cfg;
	struct slice x = cfg_string(master, CERTIFICATE);
	struct slice y = cfg_string(clone, CERTIFICATE);

	if (!connector_is_in(master) && !connector_is_in(clone))
		return;
	if (!connector_is_in(master) || !connector_is_in(clone)) {
		check_missing(set, clone);
		return;
	}
	check_hosts(set, clone);
	if (x.at != NULL && y.at != NULL && !connector_same_certificate(x, y)) {
		findings_add(set->found, check_place(clone, CERTIFICATE),
		    "transport-cert",
		    "the connector has another transport certificate than in "
		    "%s. The KRA archives no keys for a CA with a certificate "
		    "that is not its own", master->file);
		check_fix_by_merge(
		    set, clone, "--kra --replace-transport-cert");
	}
	if (!setting_same(master, clone, ENABLE))
		findings_add(set->found, check_place(clone, ENABLE),
		    "connector-enable",
		    "the KRA connector is %s here and %s in %s. Keys are "
		    "archived or not, depending on which CA receives the "
		    "request",
		    setting_bool(clone, ENABLE) ? "enabled" : "disabled",
		    setting_bool(master, ENABLE) ? "enabled" : "disabled",
		    master->file);
}

static void
check_same_connectors(const struct check_group *set)
{
	if (!check_is_type(set->side[0].cfg, "ca"))
		return;
	for (size_t i = 1; i < set->count; i++)
		check_one(set, set->side[i].cfg);
}

const struct check check_connectors[] = {
	{ .file = check_own_connector },
	{ .group = check_publishers },
	{ .group = check_same_connectors },
	{ .file = NULL }
};
