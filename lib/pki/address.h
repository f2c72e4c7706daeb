/* SPDX-License-Identifier: MIT */
#ifndef PKI_ADDRESS_H
#define PKI_ADDRESS_H

#include "cfg/cfg.h"
#include "cfg/release.h"
#include "util/endpoint.h"

/*
 * Where others reach an instance by HTTPS, as its files tell, before anybody
 * guesses.  The host is machineName.  The port is that of the first of these
 * which has one [dogtag 11, 9.0]:
 *
 *	proxy.securePort	where a proxy stands before the server
 *	server.xml		serverxml.h
 *	service.*Port		of 8 to 11.2, and so the next two
 *	pkicreate.*_port
 *	pkicreate.secure_port
 *	https.port		but not 8443 in files up to 10.3, which have it
 *				from the template
 *	securitydomain.http*port where securitydomain.host is this host
 *
 *	struct address at;
 *
 *	if (address_read(&at, cfg, path, ADDRESS_AGENT) < 0)
 *		return -1;
 *	if (at.host.size != 0 && at.port.size != 0)
 *		...
 *	address_release(&at);
 */

/* Which URL space: in 8 and 9 each has a port of its own. */
enum address_use {
	ADDRESS_AGENT, /* agents' pages, KRA connectors, CRLs to a responder */
	ADDRESS_EE, /* what the security domain has as SecurePort */
	ADDRESS_ADMIN,
	ADDRESS_USES,
};

struct address {
	struct slice host, port; /* at NULL: nothing tells */
	const char *port_from; /* "proxy.securePort", "server.xml" */
	struct slice other; /* the port by the rule that was not taken, where
			       the two differ */
	char *owned[2];
};

/*
 * path is cfg's file; host and port borrow from cfg and at.  Where the
 * server's rule and that of the Python tools give two ports, the server's is
 * taken, and that is said.  -1 and nothing to release: a server.xml that
 * cannot be read; reported.
 */
int address_read(struct address *at, const struct cfg *cfg, const char *path,
    enum address_use use);

/* Where pkispawn of a release looks for a master.  Up to 10.8 that is the port
 * for end entities, by which it finds the master in the security domain. */
int address_of_clones(struct address *at, const struct cfg *cfg,
    const char *path, struct release release);

/* The same, and -1 where the host or the port is not told: reported, with the
 * option that tells it. */
int address_need(struct address *at, const struct cfg *cfg, const char *path,
    enum address_use use, const char *option);

/* The same as HOST:PORT has it, which is borrowed from.  -1: it is not one;
 * silent. */
int address_given(struct address *at, const char *text);

/* Is it the same host?  And the same port, as far as both are known? */
bool address_equal(const struct address *at, struct slice host,
    struct slice port);

/* Is it where cfg's own instance is?  1: it is, reported; -1 as above. */
int address_is_own(const struct cfg *cfg, const char *path, struct slice host,
    struct slice port);

/*
 * The next of the Directory Servers of internaldb.ldapconn.*, which has one
 * host or several, each with a port of its own or that of the key port.  *left
 * is the key's value first, and then what is left of it; false: no more.
 * What is no HOST or HOST:PORT is passed over.
 */
#define ADDRESS_SERVERS "internaldb.ldapconn.host"
bool address_server(struct endpoint *at, const struct cfg *cfg,
    struct slice *left);

/* Have both a Directory Server in common?  "localhost" is the same only for
 * one machine. */
bool address_same_server(const struct cfg *a, const struct cfg *b);

/* The URL of the server that has the subsystem's directory; NULL: no host, no
 * port, or several hosts.  The caller's to free. */
char *address_directory(const struct cfg *cfg);

void address_release(struct address *at);

#endif
