/* SPDX-License-Identifier: MIT */
#include "cfg/conndoc.h"

#include <stdlib.h>

#include "cfg/connector.h"
#include "key/cert.h"
#include "util/base64.h"
#include "util/diag.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/slurp.h"
#include "util/utf8.h"

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

const char *
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

/* -- certificates ---------------------------------------------------------- */

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
	int status = -1;

	if (base64_decode(&der, body) == 0 && der.size != 0)
		status = cert_parse(&cert, buf_slice(&der));
	if (status == 0)
		cert_release(&cert);
	buf_release(&der);
	if (status < 0)
		return fail("%s: not a certificate", file);
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

/* -- reading --------------------------------------------------------------- */

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
	if (!xml_is(root, ROOT) && !xml_is(root, "KRAConnectorInfo"))
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
	int status;

	*doc = (struct conndoc){ .arena = { NULL } };
	status = xml ? read_xml(doc, file, text) :
			  read_json(doc, file, text);
	if (status == 0)
		status = check_values(doc, file);
	if (status == 0)
		status = check_certificate(doc, file);
	if (status < 0)
		conndoc_release(doc);
	return status;
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

/* -- writing --------------------------------------------------------------- */

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
