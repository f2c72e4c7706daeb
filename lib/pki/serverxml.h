/* SPDX-License-Identifier: MIT */
#ifndef PKI_SERVERXML_H
#define PKI_SERVERXML_H

#include <stdbool.h>

#include "util/str.h"

/*
 * The secure ports of an instance, out of the server.xml that lies beside a
 * CS.cfg, or above it as in an instance: of those in the service Catalina,
 * without AJP's.
 *
 * Up to 10.9, the server goes by the names of connectors: each URL space has
 * its own port (Agent, EE, Admin, EEClientAuth), the usual way of 8 and 9, or
 * all have one (Secure) [dogtag 9.0 CMSEngine, parseServerXML].  Later ones
 *have two rules, which agree where there is one secure connector [dogtag 11]:
 *
 * - the server takes the last with scheme="https" for its own: it tells that
 *   to the security domain and writes it into its pages;
 * - the Python tools (pki-server, pkispawn) take the first with SSLEnabled.
 *
 *	struct serverxml xml;
 *
 *	if (serverxml_read(&xml, "ca/conf/CS.cfg") < 0)
 *		return -1;
 *	... xml.server ...
 *	serverxml_release(&xml);
 */

enum serverxml_name {
	SERVERXML_AGENT,
	SERVERXML_EE,
	SERVERXML_ADMIN,
	SERVERXML_SECURE, /* all of these */
	SERVERXML_NAMES,
};

struct serverxml {
	char *file; /* NULL: there is none */
	char *server; /* the port by the server's rule, or NULL */
	char *tools; /* the port by that of the Python tools, or NULL */
	char *named[SERVERXML_NAMES]; /* the ports by name, or NULL */
};

/* -1 and nothing to release: a file that cannot be read, or a secure port in
 * it that is none; reported. */
int serverxml_read(struct serverxml *xml, const char *cs_cfg);
void serverxml_release(struct serverxml *xml);

#endif
