/* SPDX-License-Identifier: MIT */
#ifndef ADDRESS_H
#define ADDRESS_H

#include "cfg/cfg.h"

/*
 * Where others reach an instance by HTTPS, as its files tell: the host is
 * machineName; the port is proxy.securePort, where a proxy stands before the
 * server, or else that of server.xml [dogtag 11].
 *
 *	struct address at;
 *
 *	if (address_read(&at, cfg, path) < 0)
 *		return -1;
 *	if (at.host.size != 0 && at.port.size != 0)
 *		...
 *	address_release(&at);
 */

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
int address_read(struct address *at, const struct cfg *cfg, const char *path);

/* The same, and -1 where the host or the port is not told: reported, with the
 * option that tells it. */
int address_need(struct address *at, const struct cfg *cfg, const char *path,
    const char *option);

/* The same of "HOST:PORT", which must live as long.  -1: it is not; silent. */
int address_parse(struct address *at, const char *text);

/* Is it a name or an address that a host can have? */
bool address_is_host(struct slice host);

/* Is it the same host?  And the same port, as far as both are known? */
bool address_is(const struct address *at, struct slice host, struct slice port);

/* Is it where cfg's own instance is?  1: it is, reported; -1 as above. */
int address_is_own(const struct cfg *cfg, const char *path, struct slice host,
    struct slice port);

/*
 * The URL of the server that has the subsystem's directory, by
 * internaldb.ldapconn.*; NULL: no host, no port, or several hosts.  The
 * caller's to free.
 */
char *address_directory(const struct cfg *cfg);

void address_release(struct address *at);

#endif
