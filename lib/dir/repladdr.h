/* SPDX-License-Identifier: MIT */
#ifndef REPLADDR_H
#define REPLADDR_H

#include <stdbool.h>

#include "util/str.h"

/*
 * Where a Directory Server is, as URLs, agreements and names spell it.
 */
struct repladdr {
	struct slice host; /* no brackets around IPv6; at NULL: not known */
	struct slice port;
};

/* Of ldap://HOST[:PORT][/...] or ldaps://...; within url, or a constant.
 * False, and nothing known: it has no host, as ldapi:// has none. */
bool repladdr_split(struct slice url, struct repladdr *address);

/* Case aside, and a name without a domain is that name in any.  What is not
 * known is nobody's. */
bool repladdr_same_host(struct slice a, struct slice b);
bool repladdr_same(const struct repladdr *a, const struct repladdr *b);

/* Does a name that Dogtag made, such as ca2.example.com-pki-tomcat, begin with
 * this host and '-'?  ca-3.example.com-pki-tomcat is none of a host ca. */
bool repladdr_begins(struct slice name, struct slice host);

#endif
