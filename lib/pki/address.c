/* SPDX-License-Identifier: MIT */
#include "pki/address.h"

#include <stdlib.h>

#include "cfg/release.h"
#include "cfg/setting.h"
#include "pki/serverxml.h"
#include "util/diag.h"
#include "util/mem.h"

#define PROXY "proxy.securePort"
#define SERVER_XML "server.xml"
#define PORT "internaldb.ldapconn.port"
#define SECURE "internaldb.ldapconn.secureConn"

static struct slice
trimmed(const struct cfg *cfg, const char *key)
{
	struct slice value = cfg_string(cfg, key);

	return value.size != 0 ? value : (struct slice){ NULL, 0 };
}

static void
take(struct address *at, const char *port, const char *from)
{
	at->owned[0] = mem_dup(port, strlen(port));
	at->port = slice_of(at->owned[0]);
	at->port_from = from;
}

/* The connector of that name, where the server goes by names. */
static const char *
named_port(
    const struct serverxml *xml, const struct cfg *cfg, enum address_use use)
{
	static const enum serverxml_name names[ADDRESS_USES] = {
		[ADDRESS_AGENT] = SERVERXML_AGENT,
		[ADDRESS_EE] = SERVERXML_EE,
		[ADDRESS_ADMIN] = SERVERXML_ADMIN,
	};

	if (xml->named[SERVERXML_AGENT] != NULL)
		return xml->named[names[use]];
	if (release_before(release_of(cfg), RELEASE(10, 10, 0)) == RELEASE_YES)
		return xml->named[SERVERXML_SECURE];
	return NULL;
}

/* A browser or a server gets to any connector, but what the server tells
 * others is by its own rule. */
static void
take_connector(
    struct address *at, const struct serverxml *xml, enum address_use use)
{
	const char *port = xml->server != NULL ? xml->server : xml->tools;

	if (port == NULL)
		return;
	/* It is the same for each use, and said once. */
	if (use != ADDRESS_AGENT)
		;
	else if (xml->server == NULL)
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
	take(at, port, SERVER_XML);
}

/* The keys that have a port, the first one that has it first. */
#define KEYS 5
static const char *const port_keys[ADDRESS_USES][KEYS] = {
	[ADDRESS_AGENT] = { "service.securePort", "pkicreate.agent_secure_port",
	    "pkicreate.secure_port", "https.port",
	    "securitydomain.httpsagentport" },
	[ADDRESS_EE] = { "service.non_clientauth_securePort",
	    "pkicreate.ee_secure_port", "pkicreate.secure_port", "https.port",
	    "securitydomain.httpseeport" },
	[ADDRESS_ADMIN] = { "pkicreate.admin_secure_port",
	    "pkicreate.secure_port", "https.port",
	    "securitydomain.httpsadminport" },
};

/* Says the key something of this host?  The templates up to 10.3 have 8443 for
 * any port. */
static bool
is_own(const struct cfg *cfg, const char *key, struct slice port)
{
	const struct release release = release_of(cfg);

	if (starts_with(key, "securitydomain."))
		return endpoint_same_host(
		    cfg_string(cfg, "securitydomain.host"),
		    cfg_string(cfg, "machineName"));
	return strcmp(key, "https.port") != 0 ||
	       !slice_equal(port, slice_of("8443")) ||
	       release.first == RELEASE_NONE ||
	       release.first >= RELEASE(10, 4, 0);
}

static bool
take_key(struct address *at, const struct cfg *cfg, const char *key)
{
	struct slice port = trimmed(cfg, key);

	if (!endpoint_is_port(port) || !is_own(cfg, key, port))
		return false;
	at->port = port;
	at->port_from = key;
	return true;
}

static void
take_keys(struct address *at, const struct cfg *cfg, enum address_use use)
{
	static const char admin[] = "securitydomain.httpsadminport";

	for (size_t i = 0; i < KEYS && port_keys[use][i] != NULL; i++)
		if (take_key(at, cfg, port_keys[use][i]))
			return;
	/* Of later ones, there is but this one; in 8 and 9 it is no agents'. */
	if (release_before(release_of(cfg), RELEASE(10, 0, 0)) != RELEASE_YES)
		take_key(at, cfg, admin);
}

int
address_read(struct address *at, const struct cfg *cfg, const char *path,
    enum address_use use)
{
	struct serverxml xml;
	const char *port;

	*at = (struct address){ .host = trimmed(cfg, "machineName"),
		.port = trimmed(cfg, PROXY),
		.port_from = PROXY };
	if (at->port.at != NULL)
		return 0;
	at->port_from = NULL;
	if (serverxml_read(&xml, path) < 0)
		return -1;
	port = named_port(&xml, cfg, use);
	if (port != NULL)
		take(at, port, SERVER_XML);
	else
		take_connector(at, &xml, use);
	if (at->port.at == NULL)
		take_keys(at, cfg, use);
	serverxml_release(&xml);
	return 0;
}

int
address_of_clones(struct address *at, const struct cfg *cfg, const char *path,
    struct release release)
{
	struct address ee;

	if (address_read(at, cfg, path, ADDRESS_AGENT) < 0)
		return -1;
	if (release_before(release, RELEASE(10, 9, 0)) != RELEASE_YES ||
	    address_read(&ee, cfg, path, ADDRESS_EE) < 0)
		return 0;
	if (ee.port.size != 0 && !slice_equal(ee.port, at->port)) {
		const struct address agent = *at;

		*at = ee;
		ee = agent;
	}
	address_release(&ee);
	return 0;
}

int
address_need(struct address *at, const struct cfg *cfg, const char *path,
    enum address_use use, const char *option)
{
	const char *lacks;

	if (address_read(at, cfg, path, use) < 0)
		return -1;
	lacks = at->host.size == 0   ? "it has no machineName"
		: at->port.size == 0 ? "it has no port, and no server.xml with "
				       "a secure connector is "
				       "beside it"
				     : NULL;
	if (lacks == NULL)
		return 0;
	address_release(at);
	return fail("%s: %s: say %s HOST:PORT", path, lacks, option);
}

int
address_given(struct address *at, const char *text)
{
	struct endpoint given;

	*at = (struct address){ 0 };
	if (!endpoint_parse(&given, slice_of(text)))
		return -1;
	at->host = given.host;
	at->port = given.port;
	return 0;
}

bool
address_equal(const struct address *at, struct slice host, struct slice port)
{
	return endpoint_same_host(at->host, host) &&
	       (at->port.size == 0 || port.size == 0 ||
		   slice_equal(at->port, port));
}

int
address_is_own(const struct cfg *cfg, const char *path, struct slice host,
    struct slice port)
{
	struct slice name = trimmed(cfg, "machineName");
	bool is = false;

	/* On another host, its server.xml need not be read. */
	if (!endpoint_same_host(name, host))
		return 0;
	for (int use = 0; use < ADDRESS_USES && !is; use++) {
		struct address own;

		if (address_read(&own, cfg, path, use) < 0)
			return -1;
		is = address_equal(&own, host, port);
		address_release(&own);
	}
	if (is)
		say("%s: '%.*s:%.*s' is its own address: where is the master? "
		    "(--force)", cfg->file, SLICE_ARG(host), SLICE_ARG(port));
	return is;
}

bool
address_server(struct endpoint *at, const struct cfg *cfg, struct slice *left)
{
	struct slice element;

	while (endpoint_next(left, &element)) {
		if (!endpoint_split(at, element))
			continue;
		if (at->port.at == NULL)
			at->port = setting_value(cfg, PORT);
		return true;
	}
	return false;
}

static bool
same_server(const struct endpoint *a, const struct cfg *x,
    const struct endpoint *b, const struct cfg *y)
{
	const struct slice on = cfg_string(x, "machineName");
	const struct slice other = cfg_string(y, "machineName");

	if (endpoint_is_local(a->host) && endpoint_is_local(b->host) &&
	    on.size != 0 && other.size != 0)
		return endpoint_same_host(on, other) &&
		    slice_equal(a->port, b->port);
	return endpoint_same(a, b);
}

bool
address_same_server(const struct cfg *a, const struct cfg *b)
{
	struct slice left = cfg_string(a, ADDRESS_SERVERS);
	struct endpoint x, y;

	while (address_server(&x, a, &left)) {
		struct slice other = cfg_string(b, ADDRESS_SERVERS);

		while (address_server(&y, b, &other))
			if (same_server(&x, a, &y, b))
				return true;
	}
	return false;
}

char *
address_directory(const struct cfg *cfg)
{
	struct slice left = cfg_string(cfg, ADDRESS_SERVERS);
	struct endpoint at, other;

	if (cfg_string(cfg, PORT).size == 0 ||
	    !address_server(&at, cfg, &left) ||
	    address_server(&other, cfg, &left))
		return NULL;
	return endpoint_url(setting_bool(cfg, SECURE) ? "ldaps" : "ldap", &at);
}

void
address_release(struct address *at)
{
	free(at->owned[0]);
	free(at->owned[1]);
	*at = (struct address){ 0 };
}
