/* SPDX-License-Identifier: MIT */
#include "check/address.h"

#include <stdlib.h>
#include <strings.h>

#include "check/serverxml.h"
#include "util/diag.h"
#include "util/mem.h"

#define PROXY "proxy.securePort"

static struct slice
trimmed(const struct cfg *cfg, const char *key)
{
	struct slice value = cfg_string(cfg, key);

	return value.size != 0 ? value : (struct slice){ NULL, 0 };
}

/* A browser or a server gets to any connector, but what the server tells
 * others is by its own rule. */
static void
take_port(struct address *at, const struct serverxml *xml)
{
	const char *port = xml->server != NULL ? xml->server : xml->tools;

	if (port == NULL)
		return;
	if (xml->server == NULL)
		say("%s: no connector with scheme=\"https\": the server knows "
		    "no secure port; '%s' is the one with SSLEnabled",
		    xml->file, port);
	else if (xml->tools == NULL)
		say("%s: no connector with SSLEnabled: pki-server knows no "
		    "secure port; '%s' is the one with scheme=\"https\"",
		    xml->file, port);
	else if (strcmp(xml->server, xml->tools) != 0) {
		say("%s: two secure ports: '%s' is taken, the last with "
		    "scheme=\"https\", which the server tells others; "
		    "pki-server takes the first with SSLEnabled, '%s'",
		    xml->file, xml->server, xml->tools);
		at->owned[1] = mem_dup(xml->tools, strlen(xml->tools));
		at->other = slice_of(at->owned[1]);
	}
	at->owned[0] = mem_dup(port, strlen(port));
	at->port = slice_of(at->owned[0]);
	at->port_from = "server.xml";
}

int
address_read(struct address *at, const struct cfg *cfg, const char *path)
{
	struct serverxml xml;

	*at = (struct address){ .host = trimmed(cfg, "machineName"),
		.port = trimmed(cfg, PROXY),
		.port_from = PROXY };
	if (at->port.at != NULL)
		return 0;
	at->port_from = NULL;
	if (serverxml_read(&xml, path) < 0)
		return -1;
	take_port(at, &xml);
	serverxml_release(&xml);
	return 0;
}

int
address_need(struct address *at, const struct cfg *cfg, const char *path,
    const char *option)
{
	const char *lacks;

	if (address_read(at, cfg, path) < 0)
		return -1;
	lacks = at->host.size == 0 ? "it has no machineName" :
	    at->port.size == 0 ?
		"no server.xml with a secure connector is beside it" : NULL;
	if (lacks == NULL)
		return 0;
	address_release(at);
	return fail("%s: %s: say %s HOST:PORT", path, lacks, option);
}

int
address_parse(struct address *at, const char *text)
{
	size_t host = strcspn(text, ": \t\r\n\f\\");
	const char *port = text + host + 1;
	size_t digits;

	*at = (struct address){ 0 };
	if (host == 0 || text[host] != ':')
		return -1;
	digits = strspn(port, "0123456789");
	if (digits == 0 || digits > 5 || port[digits] != '\0' ||
	    strtol(port, NULL, 10) < 1 || strtol(port, NULL, 10) > 65535)
		return -1;
	at->host = (struct slice){ text, host };
	at->port = slice_of(port);
	return 0;
}

bool
address_is_host(struct slice host)
{
	static const char in_names[] = "abcdefghijklmnopqrstuvwxyz"
				       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789.-_";
	static const char in_addresses[] = "[]:%"; /* of IPv6 */

	/* To a command, a hyphen would begin an option. */
	if (host.size == 0 || *host.at == '-')
		return false;
	for (size_t i = 0; i < host.size; i++)
		if (host.at[i] == '\0' ||
		    (strchr(in_names, host.at[i]) == NULL &&
		    strchr(in_addresses, host.at[i]) == NULL))
			return false;
	return true;
}

bool
address_is(const struct address *at, struct slice host, struct slice port)
{
	return at->host.size != 0 && at->host.size == host.size &&
	       strncasecmp(at->host.at, host.at, host.size) == 0 &&
	       (at->port.size == 0 || port.size == 0 ||
		   slice_is(at->port, port));
}

int
address_is_own(const struct cfg *cfg, const char *path, struct slice host,
    struct slice port)
{
	struct slice name = trimmed(cfg, "machineName");
	struct address own;
	bool is;

	/* On another host, its server.xml need not be read. */
	if (name.size != host.size ||
	    strncasecmp(name.at, host.at, host.size) != 0)
		return 0;
	if (address_read(&own, cfg, path) < 0)
		return -1;
	is = address_is(&own, host, port);
	address_release(&own);
	if (is)
		say("%s: '%.*s:%.*s' is its own address: where is the master? "
		    "(--force)", cfg->file, SLICE_FMT(host), SLICE_FMT(port));
	return is;
}

char *
address_directory(const struct cfg *cfg)
{
	struct slice host = trimmed(cfg, "internaldb.ldapconn.host");
	struct slice port = trimmed(cfg, "internaldb.ldapconn.port");
	struct slice secure = trimmed(cfg, "internaldb.ldapconn.secureConn");
	const bool tls = secure.size == 4 &&
	    strncasecmp(secure.at, "true", 4) == 0;
	bool ipv6;

	if (host.size == 0 || port.size == 0 ||
	    memchr(host.at, ' ', host.size) != NULL)
		return NULL;
	ipv6 = memchr(host.at, ':', host.size) != NULL && *host.at != '[';
	return mem_printf(ipv6 ? "%s://[%.*s]:%.*s" : "%s://%.*s:%.*s",
	    tls ? "ldaps" : "ldap", SLICE_FMT(host), SLICE_FMT(port));
}

void
address_release(struct address *at)
{
	free(at->owned[0]);
	free(at->owned[1]);
	*at = (struct address){ 0 };
}
