/* SPDX-License-Identifier: MIT */
#include "check/lintrole.h"

#include <stdlib.h>
#include <strings.h>

#include "util/mem.h"

#define CRL "ca.crl."

struct points {
	struct lintfile *l;
	struct slice last;
	const struct cfg_line *interval;
	long seconds;
	const struct cfg_line *makes, *idle; /* the first that does, or not */
	size_t making, idling;
};

static const struct cfg_line *
of_point(const struct points *p, struct slice point, const char *name)
{
	return lint_find(p->l, CRL "%.*s.%s", SLICE_FMT(point), name);
}

/* An error of two keys is told where people would look for it first. */
static void
check_making(struct points *p, struct slice point, const struct cfg_line *at)
{
	const struct cfg_line *updates = of_point(p, point,
	    "enableCRLUpdates");
	const struct cfg_line *cache = of_point(p, point, "enableCRLCache");

	if (updates != NULL)
		at = updates;
	if (lint_is(updates, true)) {
		if (p->making++ == 0)
			p->makes = at;
		if (p->seconds == 0)
			lint_at(p->l, at, LINT_CRL_NPE,
			    "ca.certStatusUpdateInterval=0");
		return;
	}
	if (p->idling++ == 0)
		p->idle = at;
	if (lint_is(cache, true) && lint_integer(of_point(p, point,
	    "cacheUpdateInterval"), 0) > 0)
		lint_at(p->l, cache != NULL ? cache : at, LINT_CRL_CACHE,
		    NULL);
}

static void
check_point(struct points *p, struct slice point, const struct cfg_line *at)
{
	if (of_point(p, point, "class") == NULL)
		lint_at(p->l, at, LINT_CRL_CLASS, "'%.*s'", SLICE_FMT(point));
	if (of_point(p, point, "description") == NULL)
		lint_at(p->l, at, LINT_CRL_DESC, "'%.*s'", SLICE_FMT(point));
	if (lint_is(of_point(p, point, "enable"), true))
		check_making(p, point, at);
}

/* Issuing points are the first components of ca.crl.<point>.<name>; a
 * comment's dot is none [2.3]. */
static struct slice
point_of(const struct cfg_line *line)
{
	struct slice key = cfg_key(line), none = { "", 0 };
	const char *dot;

	if (!slice_starts(key, slice_of(CRL)))
		return none;
	key.at += strlen(CRL);
	key.size -= strlen(CRL);
	dot = memchr(key.at, '.', key.size);
	return dot == NULL ? none :
			     (struct slice){ key.at, (size_t)(dot - key.at) };
}

struct seen {
	struct slice *point;
	size_t count, room;
};

static bool
is_new(struct seen *seen, struct slice point)
{
	for (size_t i = seen->count; i > 0; i--)
		if (slice_is(seen->point[i - 1], point))
			return false;
	MEM_GROW(seen->point, seen->count, seen->room);
	seen->point[seen->count++] = point;
	return true;
}

/* As many as are looked at: no CA has so many, and each new one is held
 * against all. */
#define MOST_POINTS 1000

static void
check_points(struct points *p)
{
	const struct cfg *cfg = p->l->cfg;
	struct seen seen = { 0 };

	for (uint32_t i = 0; i < cfg->lines && seen.count < MOST_POINTS; i++) {
		struct slice point = { "", 0 };

		if (cfg_is_live(cfg, cfg->line + i))
			point = point_of(cfg->line + i);
		if (point.size != 0 && is_new(&seen, point))
			check_point(p, point, cfg->line + i);
	}
	free(seen.point);
	if (p->making != 0 && p->idling != 0)
		lint_at(p->l, p->idle, LINT_CRL_SPLIT, "%zu do, %zu do not",
		    p->making, p->idling);
}

/* -- the redirect ---------------------------------------------------------- */

static bool
is_port(struct slice s)
{
	size_t i = 0;

	while (i < s.size && s.at[i] >= '0' && s.at[i] <= '9')
		i++;
	return i == s.size && i != 0 && i < 6;
}

static void
check_port(struct lintfile *l, const char *key, struct slice port)
{
	if (slice_is(port, slice_of("None")))
		lint_key(l, key, LINT_AGENT_NONE, NULL);
	else if (port.size != 0 && !is_port(port))
		lint_key(l, key, LINT_AGENT_PORT, "'%.*s'", SLICE_FMT(port));
}

static void
check_redirect(struct points *p)
{
	static const char host_key[] = "master.ca.agent.host";
	static const char port_key[] = "master.ca.agent.port";
	struct lintfile *l = p->l;
	struct slice host = cfg_string(l->cfg, host_key);
	struct slice port = cfg_string(l->cfg, port_key);
	struct slice own = cfg_string(l->cfg, "machineName");

	check_port(l, port_key, port);
	if ((host.size == 0) != (port.size == 0)) {
		const char *key = host.size != 0 ? host_key : port_key;

		lint_key(l, key, LINT_AGENT_HALF, NULL);
		lint_fix(l, cfg_find(l->cfg, slice_of(key)),
		    (struct slice){ 0 });
	}
	if (host.size == 0 || port.size == 0)
		return;
	if (host.size == own.size &&
	    strncasecmp(host.at, own.at, own.size) == 0)
		lint_key(l, host_key, LINT_AGENT_SELF, NULL);
	else if (p->making != 0 && p->seconds != 0)
		lint_key(l, host_key, LINT_CRL_MIXED, "to %.*s:%.*s",
		    SLICE_FMT(host), SLICE_FMT(port));
}

void
lintrole_check(struct lintfile *l)
{
	struct points p = { .l = l };
	const char *listen = "ca.listenToCloneModifications";

	p.interval = lint_find(l, "ca.certStatusUpdateInterval");
	p.seconds = lint_integer(p.interval, 600);
	if (p.seconds == 0 && lint_is(lint_find(l, "%s", listen), false))
		lint_key(l, listen, LINT_CRL_LISTEN, NULL);
	if (p.seconds < 0)
		lint_at(l, p.interval, LINT_CRL_INTERVAL, NULL);
	if (lint_integer(lint_find(l, "ca.serialNumberUpdateInterval"), 600) <=
	    0)
		lint_key(l, "ca.serialNumberUpdateInterval", LINT_SERIAL_OFF,
		    NULL);
	check_points(&p);
	check_redirect(&p);
}
