/* SPDX-License-Identifier: MIT */
#include "check/lintconn.h"

#include <stdlib.h>
#include <strings.h>

#include "check/lintread.h"
#include "pki/connector.h"
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
check_case(struct lintfile *l)
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
check_whole(struct lintfile *l, const struct cfg_line *first)
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
check_hosts(struct lintfile *l)
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
check_certificate(struct lintfile *l, const struct cfg_line *first)
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
check_nickname(struct lintfile *l)
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
check_old(struct lintfile *l)
{
	static const char prefix[] = "ca.connector.CLA.";

	if (!setting_bool(l->cfg, "ca.connector.CLA.enable"))
		return;
	for (uint32_t i = 0; i < l->cfg->lines; i++) {
		const struct cfg_line *line = l->cfg->line + i;

		if (!cfg_is_live(l->cfg, line) ||
		    !slice_starts(cfg_key(line), slice_of(prefix)) ||
		    lintread_is_comment(cfg_key(line)))
			continue;
		lint_at(l, line, "conn-cla", NULL);
		return;
	}
}

void
lintconn_check(struct lintfile *l)
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
	check_hosts(l);
	check_nickname(l);
	check_certificate(l, first);
}
