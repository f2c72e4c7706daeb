/* SPDX-License-Identifier: MIT */
#include "pki/domain.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "dir/ldif.h"
#include "util/buf.h"
#include "util/diag.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/slurp.h"
#include "util/xml.h"

#define DOMAIN_LIMIT 10000 /* hosts */

/* What is read here, and what domainls takes besides. */
#define FORMS                                                                  \
	"domainInfo as JSON or XML, getDomainXML's answer, or LDIF of the "    \
	"CA's suffix; domainls also takes a CS.cfg, an instance directory, "   \
	"and the URL of the directory"

/* What the forms call a field; getDomainXML and LDAP have Host,
 * UnSecurePort. */
const char *const domain_name_of[DOMAIN_FIELDS][2] = {
	[DOMAIN_HOST] = { "Hostname", "Host" },
	[DOMAIN_SECURE_PORT] = { "SecurePort", NULL },
	[DOMAIN_AGENT_PORT] = { "SecureAgentPort", NULL },
	[DOMAIN_ADMIN_PORT] = { "SecureAdminPort", NULL },
	[DOMAIN_EE_PORT] = { "SecureEEClientAuthPort", NULL },
	[DOMAIN_PORT] = { "Port", "UnSecurePort" },
	[DOMAIN_CLONE] = { "Clone", NULL },
	[DOMAIN_MANAGER] = { "DomainManager", NULL },
	[DOMAIN_NAME] = { "SubsystemName", NULL },
};

/* "file:line: what"; -1. */
static int
domain_bad(const struct domain_reading *r, const char *what)
{
	return r->line != 0 ? fail("%s:%zu: %s", r->file, r->line, what) :
			      fail("%s: %s", r->file, what);
}

static bool
same_host(const struct domain_host *a, const struct domain_host *b)
{
	return slice_equal(a->field[DOMAIN_TYPE], b->field[DOMAIN_TYPE]) &&
	    slice_equal_nocase(a->field[DOMAIN_HOST],
		b->field[DOMAIN_HOST]) &&
	    slice_equal(a->field[DOMAIN_SECURE_PORT],
		b->field[DOMAIN_SECURE_PORT]);
}

static struct slice
as_flag(struct slice text)
{
	const int truth = truth_of(text);

	return truth < 0 ? text : slice_of(truth == 1 ? "true" : "false");
}

bool
domain_flag(const struct domain_host *host, enum domain_field flag)
{
	return truth_of(host->field[flag]) == 1;
}

/* Another host; its texts are copied; the same once more is none.  -1: it has
 * no name or port, or is one too many; reported. */
static int
domain_take(struct domain_reading *r, struct domain_host *host)
{
	struct domain *domain = r->domain;

	r->found = true;
	if (host->field[DOMAIN_TYPE].size == 0)
		return domain_bad(r, "a host of a subsystem without a name");
	if (host->field[DOMAIN_HOST].size == 0)
		return domain_bad(r, "a host without a name");
	if (host->field[DOMAIN_SECURE_PORT].size == 0)
		return domain_bad(r, "a host without a secure port");
	host->field[DOMAIN_CLONE] = as_flag(host->field[DOMAIN_CLONE]);
	host->field[DOMAIN_MANAGER] = as_flag(host->field[DOMAIN_MANAGER]);
	/* Documents say some hosts twice. */
	for (size_t i = 0; i < domain->hosts; i++)
		if (same_host(&domain->host[i], host))
			return 0;
	if (domain->hosts == DOMAIN_LIMIT)
		return domain_bad(r, "more hosts than are taken");
	for (size_t i = 0; i < DOMAIN_FIELDS; i++)
		host->field[i] = arena_copy(&domain->arena, host->field[i]);
	MEM_GROW(domain->host, domain->hosts, domain->room);
	domain->host[domain->hosts++] = *host;
	return 0;
}

static void
domain_take_name(struct domain_reading *r, struct slice name)
{
	if (name.size != 0)
		r->domain->name = arena_copy(&r->domain->arena, name);
}

void
domain_release(struct domain *domain)
{
	free(domain->host);
	arena_release(&domain->arena);
	*domain = (struct domain){ .host = NULL };
}

void
domain_begin(struct domain_reading *r, struct domain *domain, const char *file)
{
	*domain = (struct domain){ .host = NULL };
	*r = (struct domain_reading){ .domain = domain, .file = file };
}

int
domain_end(struct domain_reading *r, int status)
{
	if (status == 0 && !r->found)
		status =
		    fail("%s: no security domain in it: give " FORMS, r->file);
	if (status < 0)
		domain_release(r->domain);
	return status;
}

/*
 * Documents of a security domain:
 *
 * - JSON of domainInfo: subsystems and hosts by name (11), Subsystem and Host
 *   (10.2), the same in a DomainInfo (10.1);
 * - its XML (10): Subsystem and Host, from 10.8 on all of it once more as
 *   subsystems and hosts: a host counts once;
 * - XML of getDomainXML: CAList and its like, also within an XMLResponse.
 */

struct json_form {
	const char *name; /* the member */
	bool is_map;	  /* from names to what is meant, or an array, or one */
};

typedef int json_visit(struct domain_reading *r, struct json_object *object,
    struct slice type);

static int
visit(struct domain_reading *r, struct json_object *value, const char *key,
    struct slice type, json_visit *each)
{
	if (!json_object_is_type(value, json_type_object)) {
		fail("%s: '%s' is %s, not an object", r->file, key,
		    json_kind(value));
		return -1;
	}
	return each(r, value, type);
}

/* Visit all that object has of that form. */
static int
visit_all(struct domain_reading *r, struct json_object *object,
    const struct json_form *form, struct slice type, json_visit *each)
{
	struct json_object *value = json_member(object, form->name);

	if (value == NULL)
		return 0;
	r->found = true;
	if (form->is_map && json_object_is_type(value, json_type_object)) {
		json_object_object_foreach(value, key, member)
			if (visit(r, member, key, type.at != NULL ? type :
			    slice_of(key), each) < 0)
				return -1;
		return 0;
	}
	if (form->is_map || !json_object_is_type(value, json_type_array))
		return visit(r, value, form->name, type, each);
	for (size_t i = 0; i < json_object_array_length(value); i++)
		if (visit(r, json_object_array_get_idx(value, i), form->name,
		    type, each) < 0)
			return -1;
	return 0;
}

static int
json_host(struct domain_reading *r, struct json_object *object,
    struct slice type)
{
	struct domain_host host = { .field[DOMAIN_TYPE] = type };

	for (size_t i = DOMAIN_HOST; i < DOMAIN_FIELDS; i++) {
		const char *name = domain_name_of[i][0];
		struct json_object *value = json_member(object, name);

		host.field[i] = json_text(value);
		if (value != NULL && host.field[i].at == NULL)
			return fail("%s: '%s' is %s, not a string", r->file,
			    name, json_kind(value));
	}
	return domain_take(r, &host);
}

static struct slice
json_id(const struct json_object *object)
{
	struct slice id = json_text(json_member(object, "id"));

	return id.at != NULL ? id : json_text(json_member(object, "@id"));
}

static int
json_subsystem(struct domain_reading *r, struct json_object *object,
    struct slice type)
{
	static const struct json_form forms[] = { { "hosts", true },
		{ "hostArray", false }, { "Host", false } };
	struct slice id = json_id(object);

	if (id.size != 0)
		type = id;
	if (type.at == NULL)
		type = slice_of("");
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (visit_all(r, object, &forms[i], type, json_host) < 0)
			return -1;
	return 0;
}

static int
domaindoc_json(struct domain_reading *r, struct slice text)
{
	static const struct json_form forms[] = { { "subsystems", true },
		{ "subsystemArray", false }, { "Subsystem", false } };
	struct json_object *json = json_read(r->file, text), *top;
	int status = 0;

	if (json == NULL)
		return -1;
	top = json_member(json, "DomainInfo");
	if (top == NULL)
		top = json;
	domain_take_name(r, json_id(top));
	for (size_t i = 0; i < sizeof forms / sizeof *forms && status == 0; i++)
		status = visit_all(r, top, &forms[i],
		    (struct slice){ NULL, 0 }, json_subsystem);
	json_object_put(json);
	return status;
}

static int
xml_host(struct domain_reading *r, struct xml *xml, const xmlNode *element,
    struct slice type)
{
	struct domain_host host = { .field[DOMAIN_TYPE] = type };

	r->line = xml_line(element);
	for (size_t i = DOMAIN_HOST; i < DOMAIN_FIELDS; i++)
		for (size_t n = 0; n < 2 && domain_name_of[i][n] != NULL; n++)
			if (host.field[i].at == NULL)
				host.field[i] = xml_text(xml,
				    xml_child(element, domain_name_of[i][n]));
	return domain_take(r, &host);
}

/* Its Hosts, and those of the map that 10.8 began to write beside them. */
static int
xml_subsystem(struct domain_reading *r, struct xml *xml, const xmlNode *element)
{
	struct slice type = xml_attribute(xml, element, "id");
	const xmlNode *host, *entry;

	r->found = true;
	for (host = xml_child(element, "Host"); host != NULL;
	     host = xml_next(host, "Host"))
		if (xml_host(r, xml, host, type) < 0)
			return -1;
	for (entry = xml_child(xml_child(element, "hosts"), "entry");
	     entry != NULL; entry = xml_next(entry, "entry")) {
		host = xml_child(entry, "value");
		if (host != NULL && xml_host(r, xml, host, type) < 0)
			return -1;
	}
	return 0;
}

/* getDomainXML: <CAList><CA>...</CA><SubsystemCount/></CAList> */
static int
xml_list(struct domain_reading *r, struct xml *xml, const xmlNode *list,
    size_t size)
{
	struct slice type = { (const char *)list->name, size - strlen("List") };
	const xmlNode *host;

	r->found = true;
	for (host = xml_child(list, NULL); host != NULL;
	     host = xml_next(host, NULL))
		if (slice_equal(slice_of((const char *)host->name), type) &&
		    xml_host(r, xml, host, type) < 0)
			return -1;
	return 0;
}

static int
xml_domain(struct domain_reading *r, struct xml *xml, const xmlNode *top)
{
	const xmlNode *child, *entry;

	domain_take_name(r, xml_attribute(xml, top, "id"));
	domain_take_name(r, xml_text(xml, xml_child(top, "Name")));
	for (child = xml_child(top, NULL); child != NULL;
	     child = xml_next(child, NULL)) {
		const char *name = (const char *)child->name;
		size_t size = strlen(name);

		if (xml_named(child, "Subsystem") &&
		    xml_subsystem(r, xml, child) < 0)
			return -1;
		if (size > 4 && strcmp(name + size - 4, "List") == 0 &&
		    xml_list(r, xml, child, size) < 0)
			return -1;
	}
	for (entry = xml_child(xml_child(top, "subsystems"), "entry");
	     entry != NULL; entry = xml_next(entry, "entry")) {
		child = xml_child(entry, "value");
		if (child != NULL && xml_subsystem(r, xml, child) < 0)
			return -1;
	}
	return 0;
}

static int read_xml(struct domain_reading *r, struct slice text, bool within);

/* An answer of a servlet: its DomainInfo is elements, or XML as text. */
static int
xml_response(struct domain_reading *r, struct xml *xml, const xmlNode *root,
    bool within)
{
	const xmlNode *info = xml_child(root, "DomainInfo");
	struct slice error = xml_text(xml, xml_child(root, "Error"));

	if (error.size != 0)
		return fail("%s: the server's answer is an error: '%.*s'",
		    r->file, SLICE_ARG(error));
	if (info == NULL || within)
		return 0;
	return xml_child(info, NULL) != NULL ? xml_domain(r, xml, info) :
	    read_xml(r, xml_text(xml, info), true);
}

static int
read_xml(struct domain_reading *r, struct slice text, bool within)
{
	const xmlNode *root;
	struct xml xml;
	int status = 0;

	if (xml_parse(&xml, r->file, text) < 0)
		return -1;
	root = xml_root(&xml);
	if (xml_named(root, "DomainInfo"))
		status = xml_domain(r, &xml, root);
	else if (xml_named(root, "XMLResponse"))
		status = xml_response(r, &xml, root, within);
	xml_release(&xml);
	return status;
}

static int
domaindoc_xml(struct domain_reading *r, struct slice text)
{
	return read_xml(r, text, false);
}

/* The type in cn=HOST:PORT,cn=<TYPE>List,ou=Security Domain,... */
static struct slice
type_of(struct slice dn)
{
	static const char list[] = "List";
	const char *at = memchr(dn.at, ',', dn.size), *end = dn.at + dn.size;
	struct slice none = { "", 0 }, type;

	while (at != NULL && at < end && (*at == ',' || *at == ' '))
		at++;
	if (at == NULL || end - at < 3 || strncasecmp(at, "cn=", 3) != 0)
		return none;
	type.at = at + 3;
	at = memchr(type.at, ',', (size_t)(end - type.at));
	type.size = (size_t)((at != NULL ? at : end) - type.at);
	if (type.size <= strlen(list) ||
	    strncasecmp(type.at + type.size - strlen(list), list,
		strlen(list)) != 0)
		return none;
	type.size -= strlen(list);
	return type;
}

static int
take_host(struct domain_reading *r, const struct entry *entry)
{
	struct domain_host host = { .field[DOMAIN_TYPE] = type_of(entry->dn) };

	for (size_t i = DOMAIN_HOST; i < DOMAIN_FIELDS; i++)
		for (size_t n = 0; n < 2 && domain_name_of[i][n] != NULL; n++)
			if (host.field[i].at == NULL)
				host.field[i] = entry_value(entry,
				    domain_name_of[i][n], 0);
	return domain_take(r, &host);
}

int
domain_take_entry(struct domain_reading *r, const struct entry *entry)
{
	r->line = entry->line;
	if (entry_has(entry, "objectClass", "pkiSecurityDomain")) {
		r->found = true;
		domain_take_name(r, entry_value(entry, "name", 0));
	}
	return entry_has(entry, "objectClass", "pkiSubsystem") ?
	    take_host(r, entry) : 0;
}

/* lines: how many were read of it before. */
static int
read_ldif(struct domain_reading *r, FILE *in, size_t lines)
{
	struct ldif ldif;
	int status;

	ldif_begin(&ldif, in, r->file);
	ldif.line = lines;
	ldif.forms = FORMS;
	while ((status = ldif_next(&ldif)) > 0)
		if (domain_take_entry(r, &ldif.entry) < 0) {
			status = -1;
			break;
		}
	ldif_release(&ldif);
	return status;
}

/* Does it begin as JSON or XML does?  [CA] is of other files, and a web server
 * that has no domain answers in HTML. */
static bool
is_document(struct slice text)
{
	static const char *const html[] = { "<!doctype html", "<html" };
	char next = '\0';

	while (text.size != 0 && strchr(" \t\r\n", *text.at) != NULL) {
		text.at++;
		text.size--;
	}
	if (text.size > 1)
		next = text.at[1];
	for (size_t i = 0; i < sizeof html / sizeof *html; i++)
		if (text.size >= strlen(html[i]) &&
		    strncasecmp(text.at, html[i], strlen(html[i])) == 0)
			return false;
	if (*text.at == '[')
		return strchr(" \t\r\n{[]\"", next) != NULL;
	return *text.at == '{' || strchr("<= \t", next) == NULL;
}

/* XML's first line has to be the first. */
static int
read_document(struct domain_reading *r, FILE *in, int first, size_t lines)
{
	struct buf text = { 0 };
	int status = -1;

	for (; first != '<' && lines > 0; lines--)
		buf_putc(&text, '\n');
	if (slurp_file(&text, in, r->file, JSON_LIMIT) < 0)
		goto out;
	if (!is_document(buf_slice(&text))) {
		fail("%s: not in a known form: give " FORMS, r->file);
		goto out;
	}
	status = first == '<' ? domaindoc_xml(r, buf_slice(&text)) :
				domaindoc_json(r, buf_slice(&text));
out:
	buf_release(&text);
	return status;
}

/* The first character that is no blank says what it is. */
static int
parse(struct domain_reading *r, FILE *in)
{
	size_t lines = 0;
	bool indented = false;
	int c;

	while ((c = getc(in)) == ' ' || c == '\t' || c == '\r' || c == '\n') {
		indented = c == ' ' || c == '\t';
		lines += c == '\n';
		if (lines > JSON_LIMIT)
			return fail("%s: nothing but empty lines", r->file);
	}
	if (c == EOF)
		return ferror(in) ? fail_errno("cannot read '%s'", r->file) :
				    fail("%s: nothing in it", r->file);
	ungetc(c, in);
	if (c == '{' || c == '[' || c == '<')
		return read_document(r, in, c, lines);
	r->line = lines + 1;
	return indented ?
	    domain_bad(r, "a continued line without one before it") :
	    read_ldif(r, in, lines);
}

int
domain_read_stream(struct domain *domain, FILE *in, const char *file)
{
	struct domain_reading r;

	domain_begin(&r, domain, file);
	return domain_end(&r, parse(&r, in));
}

int
domain_read(struct domain *domain, const char *path)
{
	FILE *in = slurp_open(path);
	int status;

	if (in == NULL) {
		*domain = (struct domain){ 0 };
		return -1;
	}
	status = domain_read_stream(domain, in, slurp_name(path));
	slurp_close(in);
	return status;
}

int
domain_search(struct domain *domain, struct source *source)
{
	static const struct source_query query = {
		.filter = "(|(objectClass=pkiSecurityDomain)"
			  "(objectClass=pkiSubsystem))",
	};
	struct domain_reading r;
	struct entry entry;
	int status;

	domain_begin(&r, domain, source_name(source));
	if (source_search(source, &query) < 0)
		return -1;
	while ((status = source_next(source, &entry)) > 0)
		if (domain_take_entry(&r, &entry) < 0) {
			status = -1;
			break;
		}
	return domain_end(&r, status);
}
