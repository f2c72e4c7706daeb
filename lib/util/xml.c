/* SPDX-License-Identifier: MIT */
#include "util/xml.h"

#include <dlfcn.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <limits.h>

#include "util/buf.h"
#include "util/diag.h"
#include "util/mem.h"

/* The parser's word for an error changed. */
#if LIBXML_VERSION >= 21200
#define PARSER_ERROR const xmlError
#else
#define PARSER_ERROR xmlError
#endif

/*
 * The library is loaded when the first document is read: with ICU it is 30 MB,
 * and most runs of the tools read none.
 */
static struct {
	void *handle;
	xmlParserCtxt *(*new_parser)(void);
	void (*free_parser)(xmlParserCtxt *parser);
	void (*stop_parser)(xmlParserCtxt *parser);
	xmlDoc *(*read)(xmlParserCtxt *parser, const char *text, int size,
	    const char *url, const char *encoding, int options);
	void (*free_document)(xmlDoc *doc);
	xmlNode *(*root)(const xmlDoc *doc);
	long (*line)(const xmlNode *node);
	xmlChar *(*attribute)(const xmlNode *node, const xmlChar *name);
	xmlFreeFunc *free;
} libxml;

static int
load(void)
{
	const struct {
		const char *name;
		void *function;
	} wanted[] = {
		{ "xmlNewParserCtxt", &libxml.new_parser },
		{ "xmlFreeParserCtxt", &libxml.free_parser },
		{ "xmlStopParser", &libxml.stop_parser },
		{ "xmlCtxtReadMemory", &libxml.read },
		{ "xmlFreeDoc", &libxml.free_document },
		{ "xmlDocGetRootElement", &libxml.root },
		{ "xmlGetLineNo", &libxml.line },
		{ "xmlGetNoNsProp", &libxml.attribute },
		{ "xmlFree", &libxml.free },
	};
	void *handle;

	if (libxml.handle != NULL)
		return 0;
	handle = dlopen(LIBXML_SONAME, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL)
		return fail("cannot load %s: %s", LIBXML_SONAME, dlerror());
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		void *symbol = dlsym(handle, wanted[i].name);

		if (symbol == NULL) {
			dlclose(handle);
			return fail("%s has no %s", LIBXML_SONAME,
			    wanted[i].name);
		}
		memcpy(wanted[i].function, &symbol, sizeof symbol);
	}
	libxml.handle = handle;
	return 0;
}

struct parsing {
	xmlParserCtxt *parser;
	startElementNsSAX2Func start;
	char *error; /* the first one */
	int line;
};

static void
note_error(struct parsing *p, int line, struct slice what)
{
	if (p->error != NULL)
		return;
	while (what.size != 0 && strchr(". \n", what.at[what.size - 1]) != NULL)
		what.size--;
	p->error = mem_dup(what.at, what.size);
	p->line = line;
}

static void
stop(struct parsing *p, const char *what)
{
	xmlParserInput *input = p->parser->input;

	note_error(p, input != NULL ? input->line : 1, slice_of(what));
	libxml.stop_parser(p->parser);
}

static void
on_error(void *arg, PARSER_ERROR *error)
{
	struct parsing *p = ((xmlParserCtxt *)arg)->_private;

	if (error->level >= XML_ERR_ERROR)
		note_error(p, error->line,
		    slice_of(error->message != NULL ? error->message : "bad"));
}

/* Of entities, without a DTD there are none to expand or to fetch. */
static void
on_doctype(void *arg, const xmlChar *name, const xmlChar *external,
    const xmlChar *system)
{
	(void)name;
	(void)external;
	(void)system;
	stop(((xmlParserCtxt *)arg)->_private, "a DOCTYPE is not taken");
}

static void
on_start(void *arg, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri, int namespaces, const xmlChar **namespace,
    int attributes, int defaulted, const xmlChar **attribute)
{
	struct parsing *p = ((xmlParserCtxt *)arg)->_private;

	if (p->parser->nodeNr >= XML_DEPTH)
		stop(p, "more elements in each other than are taken");
	else
		p->start(arg, name, prefix, uri, namespaces, namespace,
		    attributes, defaulted, attribute);
}

static xmlDoc *
parse(struct parsing *p, struct slice text)
{
	xmlParserCtxt *parser = p->parser;

	parser->_private = p;
	p->start = parser->sax->startElementNs;
	parser->sax->startElementNs = on_start;
	parser->sax->internalSubset = on_doctype;
	parser->sax->serror = on_error;
	return libxml.read(parser, text.at, (int)text.size, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES);
}

int
xml_parse(struct xml *xml, const char *file, struct slice text)
{
	struct parsing p = { .error = NULL };

	*xml = (struct xml){ .file = file };
	if (load() < 0)
		return -1;
	p.parser = libxml.new_parser();
	if (p.parser == NULL)
		die("out of memory");
	if (text.size == 0)
		p.error = mem_printf("empty, and not XML");
	else if (text.size > XML_LIMIT || text.size > INT_MAX)
		p.error = mem_printf("more XML than is taken");
	else
		xml->doc = parse(&p, text);
	libxml.free_parser(p.parser);
	if (xml->doc != NULL && p.error == NULL && xml_root(xml) != NULL)
		return 0;
	xml_release(xml);
	fail("%s:%d: bad XML: %s", file, p.line != 0 ? p.line : 1,
	    p.error != NULL ? p.error : "not a document");
	free(p.error);
	return -1;
}

void
xml_release(struct xml *xml)
{
	if (xml->doc != NULL)
		libxml.free_document(xml->doc);
	arena_release(&xml->arena);
	*xml = (struct xml){ .file = NULL };
}

const xmlNode *
xml_root(const struct xml *xml)
{
	return libxml.root(xml->doc);
}

bool
xml_named(const xmlNode *element, const char *name)
{
	return element != NULL && element->type == XML_ELEMENT_NODE &&
	    (name == NULL || strcmp((const char *)element->name, name) == 0);
}

static const xmlNode *
from(const xmlNode *node, const char *name)
{
	while (node != NULL && !xml_named(node, name))
		node = node->next;
	return node;
}

const xmlNode *
xml_child(const xmlNode *parent, const char *name)
{
	return parent != NULL ? from(parent->children, name) : NULL;
}

const xmlNode *
xml_next(const xmlNode *element, const char *name)
{
	return element != NULL ? from(element->next, name) : NULL;
}

size_t
xml_line(const xmlNode *element)
{
	long line = libxml.line(element);

	return line > 0 ? (size_t)line : 1;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice
xml_text(struct xml *xml, const xmlNode *element)
{
	struct buf text = { 0 };
	struct slice trimmed;

	if (element == NULL)
		return (struct slice){ NULL, 0 };
	for (const xmlNode *node = element->children; node; node = node->next)
		if (node->type == XML_TEXT_NODE && node->content != NULL)
			buf_puts(&text, (const char *)node->content);
	trimmed = buf_slice(&text);
	while (trimmed.size != 0 && is_blank(*trimmed.at)) {
		trimmed.at++;
		trimmed.size--;
	}
	while (trimmed.size != 0 && is_blank(trimmed.at[trimmed.size - 1]))
		trimmed.size--;
	if (trimmed.at == NULL)
		trimmed.at = "";
	trimmed = arena_copy(&xml->arena, trimmed);
	buf_release(&text);
	return trimmed;
}

struct slice
xml_attribute(struct xml *xml, const xmlNode *element, const char *name)
{
	struct slice value = { NULL, 0 };
	xmlChar *text = element == NULL ? NULL :
	    libxml.attribute(element, (const xmlChar *)name);

	if (text == NULL)
		return value;
	value = arena_copy(&xml->arena, slice_of((const char *)text));
	(*libxml.free)(text);
	return value;
}
