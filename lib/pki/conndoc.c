/* SPDX-License-Identifier: MIT */
#include "pki/conndoc.h"

#include <stdlib.h>

#include "pki/connector.h"
#include "util/base64.h"
#include "util/diag.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/slurp.h"
#include "util/utf8.h"
#include "util/xml.h"
#include "x509/cert.h"

#define ROOT "kraConnectorInfo"

/* In the order in which the server writes them. */
static const char *const name_of[CONNDOC_FIELDS] = {
	[CONNDOC_HOST] = "host",
	[CONNDOC_PORT] = "port",
	[CONNDOC_TRANSPORT_CERT] = "transportCert",
	[CONNDOC_TRANSPORT_CERT_NICKNAME] = "transportCertNickname",
	[CONNDOC_SUBSYSTEM_CERT] = "subsystemCert",
	[CONNDOC_URI] = "uri",
	[CONNDOC_TIMEOUT] = "timeout",
	[CONNDOC_LOCAL] = "local",
	[CONNDOC_ENABLE] = "enable",
};

/* "host", "port", ...: the name in documents and in CS.cfg. */
static const char *
conndoc_name(enum conndoc_field field)
{
	return name_of[field];
}

void
conndoc_of(struct conndoc *doc, const struct cfg *cfg)
{
	*doc = (struct conndoc){ .arena = { NULL } };
	for (size_t i = 0; i < CONNDOC_FIELDS; i++) {
		char *key = mem_printf("%s%s", CONNECTOR_PREFIX, name_of[i]);

		doc->field[i] =
		    arena_copy(&doc->arena, cfg_string(cfg, key));
		free(key);
	}
}

void
conndoc_release(struct conndoc *doc)
{
	arena_release(&doc->arena);
	*doc = (struct conndoc){ .arena = { NULL } };
}

static struct slice
armoured(struct slice text)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	static const char end[] = "-----END CERTIFICATE-----";
	const char *from = memmem(text.at, text.size, begin, strlen(begin));
	const char *to;

	if (from == NULL)
		return text;
	from += strlen(begin);
	text.size -= (size_t)(from - text.at);
	to = memmem(from, text.size, end, strlen(end));
	return (struct slice){ from, to != NULL ? (size_t)(to - from) : 0 };
}

int
conndoc_add_certificate(struct buf *base64, const char *file,
    struct slice text)
{
	struct slice body = armoured(text);
	struct buf der = { 0 };
	struct cert cert;
	bool is_cert = base64_decode(&der, body) == 0 && der.size != 0 &&
	    cert_parse(&cert, buf_slice(&der)) == 0;

	buf_release(&der);
	if (!is_cert)
		return fail("%s: not a certificate", file);
	cert_release(&cert);
	for (size_t i = 0; i < body.size; i++)
		if (!cfg_is_blank(body.at[i]))
			buf_putc(base64, body.at[i]);
	return 0;
}

void
conndoc_say_validity(const char *file, struct slice base64, int64_t now)
{
	struct buf der = { 0 };
	struct cert cert;
	char when[CERT_TIME_SIZE];

	if (base64_decode(&der, base64) == 0 && der.size != 0 &&
	    cert_parse(&cert, buf_slice(&der)) == 0) {
		bool over = cert.not_after < now;

		cert_time(when, over ? cert.not_after : cert.not_before);
		if (over)
			say("%s: the transport certificate has expired: %s",
			    file, when);
		else if (cert.not_before > now)
			say("%s: the transport certificate is not valid "
			    "before %s", file, when);
		cert_release(&cert);
	}
	buf_release(&der);
}

/* XML 1.0, section 2.2. */
static bool
is_xml(uint32_t c)
{
	return c != UTF8_BAD && c != 0xfffe && c != 0xffff &&
	    (c >= ' ' || c == '\t' || c == '\n' || c == '\r');
}

static int
take(struct conndoc *doc, const char *file, size_t i, struct slice text)
{
	bool folds = i == CONNDOC_TRANSPORT_CERT || i == CONNDOC_SUBSYSTEM_CERT;

	doc->field[i] = arena_copy(&doc->arena, cfg_trim(text));
	for (struct slice rest = doc->field[i]; rest.size != 0;) {
		uint32_t c = utf8_next(&rest);

		if (!is_xml(c) || (c < ' ' && !folds))
			return fail("%s: '%s' has a character that is no text",
			    file, name_of[i]);
	}
	return 0;
}

static int
read_json(struct conndoc *doc, const char *file, struct slice text)
{
	struct json_object *json = json_read(file, text);
	int status = 0;

	if (json == NULL)
		return -1;
	if (!json_object_is_type(json, json_type_object))
		status = fail("%s: not a connector: it is %s", file,
		    json_kind(json));
	for (size_t i = 0; i < CONNDOC_FIELDS && status == 0; i++) {
		struct json_object *value = json_member(json, name_of[i]);

		if (value == NULL)
			continue;
		status = json_object_is_type(value, json_type_string) ?
		    take(doc, file, i, json_text(value)) :
		    fail("%s: '%s' is %s, not a string", file, name_of[i],
			json_kind(value));
	}
	json_object_put(json);
	return status;
}

static int
read_xml(struct conndoc *doc, const char *file, struct slice text)
{
	const xmlNode *root, *child;
	struct xml xml;
	int status = 0;

	if (xml_parse(&xml, file, text) < 0)
		return -1;
	root = xml_root(&xml);
	/* Some versions, and people, write it with a capital. */
	if (!xml_named(root, ROOT) && !xml_named(root, "KRAConnectorInfo"))
		status = fail("%s:%zu: not a connector: '%s'", file,
		    xml_line(root), (const char *)root->name);
	for (size_t i = 0; i < CONNDOC_FIELDS && status == 0; i++) {
		child = xml_child(root, name_of[i]);
		if (child == NULL)
			continue;
		if (xml_next(child, name_of[i]) != NULL ||
		    xml_child(child, NULL) != NULL)
			status = fail("%s:%zu: '%s' is not one text", file,
			    xml_line(child), name_of[i]);
		else
			status = take(doc, file, i, xml_text(&xml, child));
	}
	xml_release(&xml);
	return status;
}

static int
check_certificate(struct conndoc *doc, const char *file)
{
	struct slice *text = &doc->field[CONNDOC_TRANSPORT_CERT];
	struct buf base64 = { 0 };
	char *name;
	int status;

	if (text->size == 0)
		return 0;
	name = mem_printf("%s: '%s'", file, name_of[CONNDOC_TRANSPORT_CERT]);
	status = conndoc_add_certificate(&base64, name, *text);
	free(name);
	if (status == 0)
		*text = arena_copy(&doc->arena, buf_slice(&base64));
	buf_release(&base64);
	return status;
}

/* As getBoolean() and getInteger() take it when the CA starts. */
static int
check_values(const struct conndoc *doc, const char *file)
{
	static const enum conndoc_field flags[] = { CONNDOC_LOCAL,
		CONNDOC_ENABLE };
	struct slice timeout = doc->field[CONNDOC_TIMEOUT];

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		struct slice value = doc->field[flags[i]];

		if (value.size != 0 && truth_of(value) < 0)
			return fail("%s: '%s' is neither true nor false", file,
			    name_of[flags[i]]);
	}
	if (truth_of(doc->field[CONNDOC_LOCAL]) == 1)
		return fail("%s: the connector is to a KRA in the CA's own "
			    "instance ('local')", file);
	for (size_t i = 0; i < timeout.size; i++)
		if (timeout.at[i] < '0' || timeout.at[i] > '9' || i >= 9)
			return fail("%s: '%s' is not a number of seconds", file,
			    name_of[CONNDOC_TIMEOUT]);
	return 0;
}

int
conndoc_parse(struct conndoc *doc, const char *file, struct slice text)
{
	struct slice start = cfg_trim(text);
	bool xml = start.size != 0 && *start.at != '{' && *start.at != '[';

	*doc = (struct conndoc){ .arena = { NULL } };
	if ((xml ? read_xml(doc, file, text) :
		  read_json(doc, file, text)) == 0 &&
	    check_values(doc, file) == 0 && check_certificate(doc, file) == 0)
		return 0;
	conndoc_release(doc);
	return -1;
}

int
conndoc_read(struct conndoc *doc, const char *path)
{
	char *text;
	size_t size;
	int status;

	if (slurp(path, JSON_LIMIT, &text, &size) < 0)
		return -1;
	status = conndoc_parse(doc, slurp_name(path),
	    (struct slice){ text, size });
	free(text);
	return status;
}

void
conndoc_add_json(struct buf *out, const struct conndoc *doc)
{
	const char *separator = "{\n";

	for (size_t i = 0; i < CONNDOC_FIELDS; i++) {
		if (doc->field[i].at == NULL)
			continue;
		buf_puts(out, separator);
		buf_puts(out, "  ");
		json_add_string(out, slice_of(name_of[i]));
		buf_puts(out, ": ");
		json_add_string(out, doc->field[i]);
		separator = ",\n";
	}
	buf_puts(out, *separator == '{' ? "{}\n" : "\n}\n");
}

/* What XML has no way to write becomes U+FFFD. */
static void
add_escaped(struct buf *out, struct slice text)
{
	while (text.size != 0) {
		struct slice rest = text, one = text;
		uint32_t c = utf8_next(&rest);

		one.size -= rest.size;
		text = rest;
		if (c == '&')
			buf_puts(out, "&amp;");
		else if (c == '<')
			buf_puts(out, "&lt;");
		else if (c == '>')
			buf_puts(out, "&gt;");
		else if (c == '\r')
			buf_puts(out, "&#13;");
		else if (is_xml(c))
			buf_add(out, one);
		else
			buf_puts(out, "\xef\xbf\xbd");
	}
}

void
conndoc_add_xml(struct buf *out, const struct conndoc *doc)
{
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\" "
		      "standalone=\"yes\"?>\n<" ROOT ">\n");
	for (size_t i = 0; i < CONNDOC_FIELDS; i++) {
		if (doc->field[i].at == NULL)
			continue;
		buf_puts(out, "    <");
		buf_puts(out, name_of[i]);
		buf_putc(out, '>');
		add_escaped(out, doc->field[i]);
		buf_puts(out, "</");
		buf_puts(out, name_of[i]);
		buf_puts(out, ">\n");
	}
	buf_puts(out, "</" ROOT ">\n");
}

#define KEY(name) CONNECTOR_PREFIX name

int
connedit_begin(struct connedit *change, const struct cfg *cfg)
{
	*change = (struct connedit){ .cfg = cfg };
	if (connector_is_in(cfg) && connector_is_local(cfg))
		return fail("%s: the KRA is in the CA's own instance ('%s'): "
			    "it has no hosts", cfg->file, KEY("local"));
	change->exists = cfg_string(cfg, KEY("host")).size != 0;
	if (!change->exists)
		return 0;
	return connector_check(cfg) < 0 ? -1 :
	    connector_hosts(&change->hosts, cfg);
}

void
connedit_release(struct connedit *change)
{
	connector_hosts_release(&change->hosts);
}

static void
append(struct connedit *change, const struct endpoint *host)
{
	struct connector_hosts *hosts = &change->hosts;

	if (connector_find(hosts, host) < hosts->count)
		return;
	connector_append(hosts, host);
	change->changed = true;
}

static int
needs_one(const struct connedit *change)
{
	if (change->exists)
		return 0;
	return fail("%s: there is no KRA connector (--from makes one)",
	    change->cfg->file);
}

int
connedit_certificate(struct connedit *change, struct slice base64)
{
	if (needs_one(change) < 0)
		return -1;
	change->certificate = base64;
	return 0;
}

int
connedit_add(struct connedit *change, const struct endpoint *host)
{
	if (needs_one(change) < 0)
		return -1;
	append(change, host);
	return 0;
}

void
connedit_remove(struct connedit *change, const struct endpoint *host)
{
	struct connector_hosts *hosts = &change->hosts;
	size_t i = connector_find(hosts, host);

	if (i == hosts->count)
		return;
	memmove(hosts->at + i, hosts->at + i + 1,
	    (hosts->count - i - 1) * sizeof *hosts->at);
	hosts->count--;
	change->changed = true;
}

/* The hosts of a document, which are spelled as in CS.cfg. */
static int
document_hosts(struct connector_hosts *hosts, struct conndoc *doc,
    const char *file)
{
	char *text = mem_printf(KEY("host") "=%.*s\n" KEY("port") "=%.*s\n",
	    SLICE_ARG(doc->field[CONNDOC_HOST]),
	    SLICE_ARG(doc->field[CONNDOC_PORT]));
	struct cfg *cfg = cfg_parse(file, text, strlen(text));
	int status = -1;

	if (cfg != NULL)
		status = connector_hosts(hosts, cfg);
	for (size_t i = 0; status == 0 && i < hosts->count; i++) {
		struct endpoint *host = &hosts->at[i];

		if (endpoint_is_ipv6(host->host))
			status = fail("%s: not HOST:PORT: '%.*s:%.*s'", file,
			    SLICE_ARG(host->host), SLICE_ARG(host->port));
		/* What it points into goes with the file. */
		host->host = arena_copy(&doc->arena, host->host);
		host->port = arena_copy(&doc->arena, host->port);
	}
	if (status < 0)
		connector_hosts_release(hosts);
	cfg_free(cfg);
	return status;
}

static bool
same_set(const struct connedit *change, const struct connector_hosts *hosts)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (connector_find(&change->hosts, &hosts->at[i]) ==
		    change->hosts.count)
			return false;
	return hosts->count == change->hosts.count;
}

static int
join(struct connedit *change, const struct connector_hosts *hosts,
    const struct conndoc *doc)
{
	struct slice now = change->certificate.at != NULL ?
	    change->certificate :
	    cfg_string(change->cfg, KEY("transportCert"));
	struct slice theirs = doc->field[CONNDOC_TRANSPORT_CERT];

	if (change->exists && same_set(change, hosts)) {
		change->certificate = theirs;
		change->settings = doc;
		return 0;
	}
	if (change->exists && !connector_same_certificate(now, theirs))
		return fail("%s: KRA connector already exists, with another "
			    "transport certificate (--transport-cert takes a "
			    "renewed one)", change->cfg->file);
	for (size_t i = 0; i < hosts->count; i++)
		append(change, &hosts->at[i]);
	if (!change->exists) {
		change->certificate = theirs;
		change->settings = doc;
		change->exists = true;
	}
	return 0;
}

int
connedit_document(struct connedit *change, struct conndoc *doc,
    const char *file)
{
	static const enum conndoc_field needed[] = { CONNDOC_HOST,
		CONNDOC_PORT, CONNDOC_TRANSPORT_CERT };
	struct connector_hosts hosts = { 0 };
	int status;

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (doc->field[needed[i]].size == 0) {
			fail("%s: no '%s' in it", file,
			    conndoc_name(needed[i]));
			return 1;
		}
	if (document_hosts(&hosts, doc, file) < 0)
		return 1;
	status = join(change, &hosts, doc);
	connector_hosts_release(&hosts);
	return status;
}

/* The server takes the whole sub-store away, comments to people too. */
static void
delete_all(const struct connedit *change, struct edits *edits)
{
	const struct cfg *cfg = change->cfg;

	for (uint32_t i = 0; i < cfg->lines; i++) {
		const struct cfg_line *line = cfg->line + i;

		if (cfg_is_live(cfg, line) && slice_starts(cfg_key(line),
		    slice_of(CONNECTOR_PREFIX)))
			edits_delete(edits, cfg, cfg_key(line));
	}
}

/* createConnector()'s defaults, where nobody says otherwise. */
static int
set_others(const struct connedit *change, struct edits *edits)
{
	static const struct {
		enum conndoc_field field;
		const char *otherwise;
	} others[] = {
		{ CONNDOC_ENABLE, "true" },
		{ CONNDOC_LOCAL, "false" },
		{ CONNDOC_TIMEOUT, "30" },
		{ CONNDOC_URI, "/kra/agent/kra/connector" },
	};
	char *nickname = cfg_string(change->cfg, KEY("nickName")).size == 0 ?
	    connector_nickname(change->cfg) : NULL;
	int status = nickname == NULL ? 0 :
	    edits_put(edits, change->cfg, KEY("nickName"), slice_of(nickname));

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		struct slice value = change->settings->field[others[i].field];
		char *key = mem_printf("%s%s", CONNECTOR_PREFIX,
		    conndoc_name(others[i].field));

		if (value.size == 0)
			value = slice_of(others[i].otherwise);
		if (status == 0)
			status = edits_put(edits, change->cfg, key, value);
		free(key);
	}
	free(nickname);
	return status;
}

int
connedit_edits(const struct connedit *change, struct edits *edits)
{
	if (change->exists && change->hosts.count == 0) {
		delete_all(change, edits);
		return 0;
	}
	if (change->changed && connector_set_hosts(edits, change->cfg,
	    &change->hosts, cfg_string(change->cfg, KEY("port"))) < 0)
		return -1;
	if (change->certificate.at != NULL &&
	    !connector_same_certificate(change->certificate,
		cfg_string(change->cfg, KEY("transportCert"))) &&
	    edits_put(edits, change->cfg, KEY("transportCert"),
		change->certificate) < 0)
		return -1;
	if (change->settings != NULL && set_others(change, edits) < 0)
		return -1;
	edits_order_by_key(edits);
	return 0;
}
