/* SPDX-License-Identifier: MIT */
#include "check/serverxml.h"

#include <stdlib.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/slurp.h"
#include "util/xml.h"

/* The server.xml of the CS.cfg at path: a new string, or NULL. */
static char *
find_file(const char *path)
{
	static const char *const places[] = { "server.xml", "../server.xml",
		"../conf/server.xml", "../../conf/server.xml" };
	const char *slash = strrchr(path, '/');
	size_t size = slash != NULL ? (size_t)(slash - path) + 1 : 0;

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		char *file = mem_printf("%.*s%s", (int)size, path, places[i]);

		if (access(file, F_OK) == 0)
			return file;
		free(file);
	}
	return NULL;
}

/* The first secure connector, as the Python tools take it. */
static void
find_port(struct xml *xml, char **port)
{
	const xmlNode *service = xml_child(xml_root(xml), "Service");

	for (; service != NULL; service = xml_next(service, "Service")) {
		const xmlNode *c = xml_child(service, "Connector");

		for (; c != NULL; c = xml_next(c, "Connector")) {
			struct slice on = xml_attribute(xml, c, "SSLEnabled");
			struct slice at = xml_attribute(xml, c, "port");

			if (*port == NULL && on.at != NULL && at.at != NULL &&
			    slice_is(on, slice_of("true")))
				*port = mem_dup(at.at, at.size);
		}
	}
}

int
serverxml_port(char **port, const char *cs_cfg)
{
	char *file = find_file(cs_cfg), *text = NULL;
	struct xml xml;
	size_t size;
	int status = -1;

	*port = NULL;
	if (file == NULL)
		return 0;
	if (slurp(file, XML_LIMIT, &text, &size) == 0 &&
	    xml_parse(&xml, file, (struct slice){ text, size }) == 0) {
		find_port(&xml, port);
		xml_release(&xml);
		status = 0;
	}
	free(text);
	free(file);
	return status;
}
