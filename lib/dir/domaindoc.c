/* SPDX-License-Identifier: MIT */
#include "dir/domaindoc.h"

#include "util/diag.h"
#include "util/jsonread.h"
#include "util/xml.h"

/* -- JSON ------------------------------------------------------------------ */

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

int
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

/* -- XML ------------------------------------------------------------------- */

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
		if (slice_is(slice_of((const char *)host->name), type) &&
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

		if (xml_is(child, "Subsystem") &&
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
		    r->file, SLICE_FMT(error));
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
	if (xml_is(root, "DomainInfo"))
		status = xml_domain(r, &xml, root);
	else if (xml_is(root, "XMLResponse"))
		status = xml_response(r, &xml, root, within);
	xml_release(&xml);
	return status;
}

int
domaindoc_xml(struct domain_reading *r, struct slice text)
{
	return read_xml(r, text, false);
}
