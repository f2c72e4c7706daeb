/* SPDX-License-Identifier: MIT */
#include "cfg/role.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include "util/mem.h"
const char *const role_point_flag[ROLE_POINT_FLAGS] = { "enableCRLCache",
	"enableCRLUpdates" };

const char *
role_name(enum role_kind kind)
{
	static const char *const name[] = { [ROLE_NONE] = "none",
		[ROLE_MASTER] = "master", [ROLE_CLONE] = "clone",
		[ROLE_MIXED] = "mixed" };

	return name[kind];
}

/* -- reading --------------------------------------------------------------- */

static struct role_key *
add_key(struct role *role, const struct cfg *cfg, char *key)
{
	const struct cfg_line *line = cfg_find(cfg, slice_of(key));
	struct role_key *k;

	MEM_GROW(role->key, role->count, role->room);
	k = &role->key[role->count++];
	*k = (struct role_key){ .key = key, .absent = line == NULL };
	k->value = line == NULL ? slice_of("") : cfg_value(line);
	/* To the server, an empty value is none [1.2]. */
	if (k->value.size == 0)
		k->value = setting_value(cfg, key);
	if (k->value.at == NULL)
		k->value = slice_of("");
	return k;
}

static struct role_key *
add(struct role *role, const struct cfg *cfg, const char *key)
{
	return add_key(role, cfg, mem_dup(key, strlen(key)));
}

static int
boolean(struct role_key *k)
{
	int value = truth_of(k->value);

	if (value < 0) {
		k->says = ROLE_MIXED;
		k->note = "neither true nor false: the server does not start";
	}
	return value;
}

static bool
integer(struct role_key *k, long *number)
{
	if (setting_number(k->value, number))
		return true;
	k->says = ROLE_MIXED;
	k->note = "no integer: the server does not start";
	return false;
}

static void
read_points(struct role *role, const struct cfg *cfg)
{
	issuing_find(&role->points, cfg);
	for (size_t i = 0; i < role->points.count; i++) {
		struct slice point = role->points.name[i];
		struct role_key *k = add_key(role, cfg,
		    issuing_key(point, "enable"));
		bool on = boolean(k) == 1;

		for (size_t f = 0; f < ROLE_POINT_FLAGS; f++) {
			int flag;

			k = add_key(role, cfg,
			    issuing_key(point, role_point_flag[f]));
			flag = boolean(k);
			/* What is off says nothing. */
			if (flag >= 0 && on)
				k->says = flag ? ROLE_MASTER : ROLE_CLONE;
		}
	}
}

/* One alone redirects nothing [2.2]; nor does it stop anybody from making
 * CRLs: FreeIPA's masters may have both. */
static void
read_redirect(struct role *role, const struct cfg *cfg)
{
	struct role_key *k = add(role, cfg, ROLE_REDIRECT_HOST);
	bool host = cfg_trim(k->value).size != 0;
	bool port;

	k = add(role, cfg, ROLE_REDIRECT_PORT);
	port = cfg_trim(k->value).size != 0;
	if (host != port)
		k->note = port ? "a port without a host redirects nothing" :
				 "a host without a port redirects nothing";
	else if (slice_is(cfg_trim(k->value), slice_of("None")))
		k->note = "pkispawn's word for no port";
}

static enum role_kind
verdict(const struct role *role)
{
	enum role_kind kind = ROLE_NONE;

	for (size_t i = 0; i < role->count; i++) {
		enum role_kind says = role->key[i].says;

		if (says == ROLE_NONE)
			continue;
		kind = kind == ROLE_NONE || kind == says ? says : ROLE_MIXED;
	}
	return kind;
}

/* What has no vote, but does not go with the role. */
static void
note_extras(struct role *role)
{
	struct role_key *listen = &role->key[1];
	struct role_key *port = &role->key[role->count - 1];
	bool redirects = port->value.size != 0 && port->note == NULL;

	if (role->kind == ROLE_MASTER && boolean(listen) == 0)
		listen->note = "certificates revoked on a clone stay out of "
			       "the CRL until its cache is cleared";
	else if (role->kind == ROLE_CLONE && boolean(listen) == 1)
		listen->note = "nothing listens where the interval is 0";
	if (role->kind == ROLE_MASTER && redirects)
		port->note = "a CA with a redirect counts as a clone on its "
			     "pages";
	else if (role->kind == ROLE_CLONE && port->value.size == 0 &&
	    port->note == NULL)
		port->note = "agents are not redirected to the master";
}

static void
read_ca(struct role *role, const struct cfg *cfg)
{
	struct role_key *k = add(role, cfg, ROLE_INTERVAL);
	long interval;

	if (integer(k, &interval)) {
		k->says = interval == 0 ? ROLE_CLONE : ROLE_MASTER;
		if (interval < 0)
			k->note = "a negative interval is none";
	}
	boolean(add(role, cfg, ROLE_LISTEN));
	read_points(role, cfg);
	read_redirect(role, cfg);
	role->kind = verdict(role);
	note_extras(role);
}

static void
read_ocsp(struct role *role, const struct cfg *cfg)
{
	struct role_key *k = add(role, cfg, ROLE_REFRESH);
	long seconds;

	if (integer(k, &seconds))
		k->says = seconds > 0 ? ROLE_CLONE : ROLE_MASTER;
	if (cfg_find(cfg, slice_of(ROLE_MANUAL_REFRESH)) != NULL)
		add(role, cfg, ROLE_MANUAL_REFRESH)->note =
		    "no server reads it: " ROLE_REFRESH " is the key";
	role->kind = verdict(role);
}

void
role_read(struct role *role, const struct cfg *cfg)
{
	*role = (struct role){ .kind = ROLE_NONE,
		.subsystem = setting_subsystem_of(cfg) };
	if (strcmp(role->subsystem, "ca") == 0)
		read_ca(role, cfg);
	else if (strcmp(role->subsystem, "ocsp") == 0)
		read_ocsp(role, cfg);
}

void
role_release(struct role *role)
{
	for (size_t i = 0; i < role->count; i++)
		free(role->key[i].key);
	free(role->key);
	issuing_release(&role->points);
	*role = (struct role){ 0 };
}
