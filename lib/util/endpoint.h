/* SPDX-License-Identifier: MIT */
#ifndef UTIL_ENDPOINT_H
#define UTIL_ENDPOINT_H

#include <stdbool.h>

#include "util/str.h"

/*
 * Where a server is: HOST, HOST:PORT, [IPv6]:PORT and URLs.  No other module
 * takes one apart, compares two hosts or checks a port.
 *
 *	struct endpoint at;
 *
 *	if (!endpoint_split(&at, slice_of("[2001:db8::1]:8443")))
 *		return fail(...);
 *	... at.host is 2001:db8::1, at.port is 8443 ...
 *
 * All texts borrow from what was split.
 */

struct endpoint {
	struct slice host; /* IPv6 without brackets; at NULL: not known */
	struct slice port; /* decimal; at NULL: not known */
};

/*
 * Of HOST, HOST:PORT, [IPv6], [IPv6]:PORT, or IPv6 alone, which has two colons
 * or more.  False, and nothing known: no host, or a colon without a port.
 * Whether host and port can be ones is for endpoint_is_host() and
 * endpoint_is_port() to say.
 */
bool endpoint_split(struct endpoint *at, struct slice text);

/* The same, and both are there and can be ones: HOST:PORT as an option wants
 * it. */
bool endpoint_parse(struct endpoint *at, struct slice text);

/* Is it SCHEME://..., in either case?  "ldap" is not "ldaps". */
bool endpoint_has_scheme(struct slice url, const char *scheme);

/* Of SCHEME://HOST[:PORT][/...], of any scheme; user information is part of
 * no URL here.  The port is that of the URL, or of its scheme (ldap 389, ldaps
 * 636), or not known.  False as above, and of ldapi://, which has a path in
 * place of a host. */
bool endpoint_of_url(struct endpoint *at, struct slice url);

/* Can it be the name or the address of a host?  What it cannot be would be an
 * option or a command where it is given to a program. */
bool endpoint_is_host(struct slice host);

/* 1 to 65535, in decimal without a zero before it. */
bool endpoint_is_port(struct slice port);

/* Is it an address rather than a name?  And one that wants brackets? */
bool endpoint_is_ip(struct slice host);
bool endpoint_is_ipv6(struct slice host);

/* Does it mean the host that reads it: localhost, 127.0.0.1, ::1, ... ? */
bool endpoint_is_local(struct slice host);

/*
 * The same host?  Case, a dot at the end and the spelling of an IPv6 address
 * do not count; a name without a domain is that name in any domain.  What is
 * not known is nobody's.
 */
bool endpoint_same_host(struct slice a, struct slice b);

/* The same host and the same port. */
bool endpoint_same(const struct endpoint *a, const struct endpoint *b);

/* HOST:PORT, with brackets around IPv6, or HOST where the port is not known: a
 * new string. */
char *endpoint_text(const struct endpoint *at);

/* SCHEME://HOST:PORT: a new string. */
char *endpoint_url(const char *scheme, const struct endpoint *at);

/*
 * The first of a list of hosts parted by blanks, which is taken off it; false:
 * no more.  What an element is may be split by endpoint_split().
 */
bool endpoint_next(struct slice *list, struct slice *element);

#endif
