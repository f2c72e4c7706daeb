/* SPDX-License-Identifier: MIT */
#include "dir/repladdr.h"

#include <strings.h>

static bool
has_scheme(struct slice url, const char *scheme)
{
	return url.size >= strlen(scheme) &&
	    strncasecmp(url.at, scheme, strlen(scheme)) == 0;
}

static struct slice
from(struct slice text, size_t offset)
{
	return (struct slice){ text.at + offset, text.size - offset };
}

/* All before a character, or all. */
static struct slice
before(struct slice text, char c)
{
	const char *at = memchr(text.at, c, text.size);

	return (struct slice){ text.at,
		at != NULL ? (size_t)(at - text.at) : text.size };
}

/* HOST, or [IPV6], off what stands before the port. */
static struct slice
take_host(struct slice *rest)
{
	bool bracket = rest->size != 0 && *rest->at == '[';
	struct slice host;

	if (bracket)
		*rest = from(*rest, 1);
	host = before(*rest, bracket ? ']' : ':');
	*rest = from(*rest, host.size);
	if (bracket && rest->size != 0)
		*rest = from(*rest, 1);
	return host;
}

bool
repladdr_split(struct slice url, struct repladdr *address)
{
	bool tls = has_scheme(url, "ldaps://");
	struct slice rest;

	*address = (struct repladdr){ { NULL, 0 }, { NULL, 0 } };
	if (!tls && !has_scheme(url, "ldap://"))
		return false;
	rest = before(from(url, tls ? 8 : 7), '/');
	address->host = take_host(&rest);
	address->port = slice_of(tls ? "636" : "389");
	if (rest.size > 1 && *rest.at == ':')
		address->port = from(rest, 1);
	if (address->host.size != 0)
		return true;
	*address = (struct repladdr){ { NULL, 0 }, { NULL, 0 } };
	return false;
}

/* -- hosts ----------------------------------------------------------------- */

static bool
same_text(struct slice a, struct slice b)
{
	return a.at != NULL && b.at != NULL && a.size == b.size &&
	    strncasecmp(a.at, b.at, a.size) == 0;
}

/* A name has letters, and no colon: what has not is an address. */
static bool
is_address(struct slice host)
{
	return host.size == 0 || memchr(host.at, ':', host.size) != NULL ||
	    strspn(host.at, "0123456789.") >= host.size;
}

static bool
is_short(struct slice host)
{
	return !is_address(host) && memchr(host.at, '.', host.size) == NULL;
}

bool
repladdr_same_host(struct slice a, struct slice b)
{
	if (a.at == NULL || b.at == NULL)
		return false;
	if (same_text(a, b))
		return true;
	if (is_address(a) || is_address(b) || is_short(a) == is_short(b))
		return false;
	return same_text(before(a, '.'), before(b, '.'));
}

bool
repladdr_same(const struct repladdr *a, const struct repladdr *b)
{
	return repladdr_same_host(a->host, b->host) &&
	    same_text(a->port, b->port);
}

/* An instance has no '.' in its name: one there is the host's domain. */
static bool
is_instance(struct slice rest)
{
	return rest.size > 1 && *rest.at == '-' &&
	    memchr(rest.at, '.', rest.size) == NULL;
}

bool
repladdr_begins(struct slice name, struct slice host)
{
	struct slice label;

	if (host.at == NULL || host.size == 0)
		return false;
	if (name.size > host.size &&
	    strncasecmp(name.at, host.at, host.size) == 0 &&
	    (is_instance(from(name, host.size)) ||
		(is_short(host) && name.at[host.size] == '.')))
		return true;
	if (is_address(host))
		return false;
	label = before(host, '.');
	return name.size > label.size &&
	    strncasecmp(name.at, label.at, label.size) == 0 &&
	    is_instance(from(name, label.size));
}
