/* SPDX-License-Identifier: MIT */
#include "util/endpoint.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "util/mem.h"

static struct slice
after(struct slice text, size_t offset)
{
	return (struct slice){ text.at + offset, text.size - offset };
}

/* All that stands before the character, or all. */
static struct slice
before(struct slice text, char c)
{
	const char *at = text.size == 0 ? NULL :
	    memchr(text.at, c, text.size);

	return (struct slice){ text.at,
		at != NULL ? (size_t)(at - text.at) : text.size };
}

static bool
has(struct slice text, char c)
{
	return before(text, c).size != text.size;
}

static bool
split_bracketed(struct endpoint *at, struct slice text)
{
	const struct slice host = before(after(text, 1), ']');
	struct slice rest;

	if (!has(host, ':') || host.size + 1 == text.size)
		return false;
	rest = after(text, host.size + 2);
	if (rest.size != 0 && (*rest.at != ':' || rest.size == 1))
		return false;
	at->host = host;
	if (rest.size != 0)
		at->port = after(rest, 1);
	return true;
}

bool
endpoint_split(struct endpoint *at, struct slice text)
{
	const struct slice host = before(text, ':');

	*at = (struct endpoint){ { NULL, 0 }, { NULL, 0 } };
	if (text.size == 0)
		return false;
	if (*text.at == '[')
		return split_bracketed(at, text);
	if (host.size == text.size || has(after(text, host.size + 1), ':')) {
		at->host = text;
		return true;
	}
	if (host.size == 0 || host.size + 1 == text.size)
		return false;
	at->host = host;
	at->port = after(text, host.size + 1);
	return true;
}

bool
endpoint_parse(struct endpoint *at, struct slice text)
{
	return endpoint_split(at, text) && endpoint_is_host(at->host) &&
	    endpoint_is_port(at->port);
}

bool
endpoint_has_scheme(struct slice url, const char *scheme)
{
	const size_t size = strlen(scheme);

	return url.size >= size + 3 && strncasecmp(url.at, scheme, size) == 0 &&
	    memcmp(url.at + size, "://", 3) == 0;
}

bool
endpoint_of_url(struct endpoint *at, struct slice url)
{
	const struct slice scheme = before(url, ':');
	struct slice rest;

	*at = (struct endpoint){ { NULL, 0 }, { NULL, 0 } };
	if (scheme.size == 0 || url.size < scheme.size + 3 ||
	    memcmp(url.at + scheme.size, "://", 3) != 0 ||
	    endpoint_has_scheme(url, "ldapi"))
		return false;
	rest = before(after(url, scheme.size + 3), '/');
	/* "ldap://h:" has the scheme's own port. */
	if (rest.size > 1 && rest.at[rest.size - 1] == ':' &&
	    before(rest, ':').size == rest.size - 1)
		rest.size--;
	if (!endpoint_split(at, rest))
		return false;
	if (at->port.at == NULL && endpoint_has_scheme(url, "ldap"))
		at->port = slice_of("389");
	else if (at->port.at == NULL && endpoint_has_scheme(url, "ldaps"))
		at->port = slice_of("636");
	return true;
}

bool
endpoint_next(struct slice *list, struct slice *element)
{
	while (list->size != 0 && *list->at == ' ')
		*list = after(*list, 1);
	*element = before(*list, ' ');
	*list = after(*list, element->size);
	return element->size != 0;
}

static bool
only_of(struct slice text, const char *characters)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.at[i] == '\0' ||
		    strchr(characters, text.at[i]) == NULL)
			return false;
	return true;
}

/* As 16 octets; false: it is no IPv6 address. */
static bool
ipv6_of(struct slice host, unsigned char octets[16])
{
	char text[INET6_ADDRSTRLEN];

	if (host.size != 0 && *host.at == '[' &&
	    host.at[host.size - 1] == ']')
		host = (struct slice){ host.at + 1, host.size - 2 };
	if (host.size >= sizeof text || !has(host, ':'))
		return false;
	memcpy(text, host.at, host.size);
	text[host.size] = '\0';
	return inet_pton(AF_INET6, text, octets) == 1;
}

bool
endpoint_is_ipv6(struct slice host)
{
	return has(host, ':');
}

bool
endpoint_is_ip(struct slice host)
{
	return host.size != 0 && (endpoint_is_ipv6(host) ||
	    only_of(host, "0123456789."));
}

bool
endpoint_is_host(struct slice host)
{
	static const char in_names[] = "abcdefghijklmnopqrstuvwxyz"
				       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789.-_";
	unsigned char octets[16];
	const struct slice zone = before(host, '%');

	if (has(host, ':'))
		return ipv6_of(zone, octets) && (zone.size == host.size ||
		    only_of(after(host, zone.size + 1), in_names));
	/* A program would take it for an option. */
	return host.size != 0 && *host.at != '-' && only_of(host, in_names);
}

bool
endpoint_is_port(struct slice port)
{
	unsigned long number = 0;

	if (port.size == 0 || port.size > 5 || *port.at == '0' ||
	    !only_of(port, "0123456789"))
		return false;
	for (size_t i = 0; i < port.size; i++)
		number = 10 * number + (unsigned long)(port.at[i] - '0');
	return number <= 65535;
}

static struct slice
without_dot(struct slice host)
{
	host.size -= host.size > 1 && host.at[host.size - 1] == '.';
	return host;
}

bool
endpoint_is_local(struct slice host)
{
	static const char *const names[] = { "localhost",
		"localhost.localdomain", "localhost4", "localhost6",
		"localhost4.localdomain4", "localhost6.localdomain6" };
	static const unsigned char loopback[16] = { [15] = 1 };
	unsigned char octets[16];

	if (ipv6_of(host, octets))
		return memcmp(octets, loopback, sizeof octets) == 0;
	host = without_dot(host);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_equal_nocase(host, slice_of(names[i])))
			return true;
	return slice_starts(host, slice_of("127.")) &&
	    only_of(host, "0123456789.");
}

static bool
is_short(struct slice host)
{
	return !endpoint_is_ip(host) && !has(host, '.');
}

bool
endpoint_same_host(struct slice a, struct slice b)
{
	unsigned char x[16], y[16];

	if (a.at == NULL || b.at == NULL || a.size == 0 || b.size == 0)
		return false;
	a = without_dot(a);
	b = without_dot(b);
	if (slice_equal_nocase(a, b))
		return true;
	if (ipv6_of(a, x) && ipv6_of(b, y))
		return memcmp(x, y, sizeof x) == 0;
	if (endpoint_is_ip(a) || endpoint_is_ip(b) ||
	    is_short(a) == is_short(b))
		return false;
	return slice_equal_nocase(before(a, '.'), before(b, '.'));
}

bool
endpoint_same(const struct endpoint *a, const struct endpoint *b)
{
	return endpoint_same_host(a->host, b->host) && a->port.at != NULL &&
	    b->port.at != NULL && slice_equal(a->port, b->port);
}

char *
endpoint_text(const struct endpoint *at)
{
	const bool ipv6 = has(at->host, ':') && *at->host.at != '[';

	return mem_printf("%s%.*s%s%s%.*s", ipv6 ? "[" : "",
	    SLICE_ARG(at->host), ipv6 ? "]" : "",
	    at->port.size != 0 ? ":" : "", SLICE_ARG(at->port));
}

char *
endpoint_url(const char *scheme, const struct endpoint *at)
{
	char *text = endpoint_text(at);
	char *url = mem_printf("%s://%s", scheme, text);

	free(text);
	return url;
}
