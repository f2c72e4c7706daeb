/* SPDX-License-Identifier: MIT */
#include "pki/serverxml.h"

#include <stdlib.h>

#include "pki/hostfiles.h"
#include "util/diag.h"
#include "util/endpoint.h"
#include "util/mem.h"
#include "util/slurp.h"
#include "util/xml.h"

/* By the connector's name, or SERVERXML_NAMES. */
static int
name_of(struct slice name)
{
	static const char *const names[SERVERXML_NAMES] = {
		[SERVERXML_AGENT] = "Agent",
		[SERVERXML_EE] = "EE",
		[SERVERXML_ADMIN] = "Admin",
		[SERVERXML_SECURE] = "Secure",
	};
	int i = 0;

	while (i < SERVERXML_NAMES && !slice_equal(name, slice_of(names[i])))
		i++;
	return i;
}

static void
keep(char **where, struct slice port)
{
	free(*where);
	*where = mem_dup(port.at, port.size);
}

static int
take(struct serverxml *x, struct xml *xml, const xmlNode *connector)
{
	struct slice port = xml_attribute(xml, connector, "port");
	struct slice scheme = xml_attribute(xml, connector, "scheme");
	struct slice ssl = xml_attribute(xml, connector, "SSLEnabled");
	struct slice protocol = xml_attribute(xml, connector, "protocol");
	bool server = slice_equal(scheme, slice_of("https")) &&
		      !slice_starts(protocol, slice_of("AJP/"));
	bool tools = x->tools == NULL && ssl.size != 0;
	int name = name_of(xml_attribute(xml, connector, "name"));

	if (!server && !tools && name == SERVERXML_NAMES)
		return 0;
	if (!endpoint_is_port(port))
		return fail("%s:%zu: no port number: '%.*s'", x->file,
		    xml_line(connector), SLICE_ARG(port));
	if (server)
		keep(&x->server, port);
	if (tools)
		keep(&x->tools, port);
	if (name != SERVERXML_NAMES)
		keep(&x->named[name], port);
	return 0;
}

static int
take_all(struct serverxml *x, struct xml *xml)
{
	const xmlNode *s = xml_child(xml_root(xml), "Service");
	int status = 0;

	for (; s != NULL; s = xml_next(s, "Service")) {
		const xmlNode *c = xml_child(s, "Connector");

		if (!slice_equal(xml_attribute(xml, s, "name"),
			slice_of("Catalina")))
			continue;
		for (; c != NULL && status == 0; c = xml_next(c, "Connector"))
			status = take(x, xml, c);
	}
	return status;
}

int
serverxml_read(struct serverxml *x, const char *cs_cfg)
{
	char *text = NULL;
	struct xml xml;
	size_t size;
	int status = -1;

	*x = (struct serverxml){
		.file = hostfiles_beside(cs_cfg, "server.xml") };
	if (x->file == NULL)
		return 0;
	if (slurp_found(x->file, XML_LIMIT, &text, &size) == 0 &&
	    xml_parse(&xml, x->file, (struct slice){ text, size }) == 0) {
		status = take_all(x, &xml);
		xml_release(&xml);
	}
	free(text);
	if (status < 0)
		serverxml_release(x);
	return status;
}

void
serverxml_release(struct serverxml *x)
{
	free(x->file);
	free(x->server);
	free(x->tools);
	for (int i = 0; i < SERVERXML_NAMES; i++)
		free(x->named[i]);
	*x = (struct serverxml){ 0 };
}
