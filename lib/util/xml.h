/* SPDX-License-Identifier: MIT */
#ifndef UTIL_XML_H
#define UTIL_XML_H

#include <libxml/tree.h>

#include "util/arena.h"

/*
 * XML documents of a few kilobytes, from anybody: no DTD (a DOCTYPE is an
 * error, so that there are no entities but XML's own five), no network, no
 * other file, XML_LIMIT bytes and XML_DEPTH elements in each other at most.
 *
 *	struct xml xml;
 *
 *	if (slurp(path, XML_LIMIT, &text, &size) < 0 ||
 *	    xml_parse(&xml, path, (struct slice){ text, size }) < 0)
 *		return -1;
 *	for (const xmlNode *host = xml_child(xml_root(&xml), "Host");
 *	    host != NULL; host = xml_next(host, "Host"))
 *		... xml_attribute(&xml, host, "id") ...
 *	xml_release(&xml);
 *
 * Names are local ones: namespaces are passed over.  Elements are valid until
 * xml_release().  libxml2 is loaded by the first xml_parse(); one thread only.
 */

#define XML_LIMIT ((size_t)16 << 20)
#define XML_DEPTH 64

struct xml {
	const char *file; /* for messages */
	xmlDoc *doc;
	struct arena arena;
};

/*
 * Parse text, which is no longer needed after that.  file, for messages, is
 * borrowed.  -1: not XML, or more of it than we take, reported as
 * "FILE:LINE: what", or no libxml2, reported; nothing to release.
 */
int xml_parse(struct xml *xml, const char *file, struct slice text);
void xml_release(struct xml *xml);

const xmlNode *xml_root(const struct xml *xml);

bool xml_named(const xmlNode *element, const char *name);

/* The first child, or the next brother, with that name (NULL: any), or NULL;
 * so is it of no parent. */
const xmlNode *xml_child(const xmlNode *parent, const char *name);
const xmlNode *xml_next(const xmlNode *element, const char *name);

/* Its line, for messages. */
size_t xml_line(const xmlNode *element);

/*
 * The element's own text, blanks around it trimmed; an attribute's value.
 * at is NULL for no element or no attribute.  Texts have a NUL after them and
 * are valid until xml_release().
 */
struct slice xml_text(struct xml *xml, const xmlNode *element);
struct slice xml_attribute(struct xml *xml, const xmlNode *element,
    const char *name);

#endif
