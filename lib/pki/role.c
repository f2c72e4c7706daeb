/* SPDX-License-Identifier: MIT */
#include "pki/role.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "pki/publisher.h"
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
	else if (slice_equal(cfg_trim(k->value), slice_of("None")))
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
			k->note = "a negative interval is not valid";
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

/* Where the value says so already, in whatever spelling, it stays. */
static int
set_boolean(struct edits *edits, const struct cfg *cfg, const char *key,
    bool value)
{
	const struct cfg_line *line = cfg_find(cfg, slice_of(key));

	/* An absent key that says so by default is written all the same:
	 * whoever reads the file should see it. */
	if (line != NULL && truth_of(line->value_size != 0 ?
	    cfg_value(line) : setting_value(cfg, key)) == value)
		return 0;
	return edits_put(edits, cfg, key, slice_of(value ? "true" : "false"));
}

static bool
is_flag_of_active(const struct cfg *from, struct slice key)
{
	struct slice prefix = slice_of(ISSUING_PREFIX), point, flag;
	const char *dot;

	point = (struct slice){ key.at + prefix.size, key.size - prefix.size };
	dot = point.size == 0 ? NULL : memchr(point.at, '.', point.size);
	if (dot == NULL)
		return false;
	flag = (struct slice){ dot + 1,
		point.size - (size_t)(dot + 1 - point.at) };
	point.size = (size_t)(dot - point.at);
	for (size_t f = 0; f < ROLE_POINT_FLAGS; f++)
		if (slice_equal(flag, slice_of(role_point_flag[f])))
			return issuing_lacks(from, point) == NULL &&
			    issuing_bool(from, point, "enable");
	return false;
}

/* Step 6 a and b; the flags of points that are on come in steps e and f. */
static void
replace_points(struct edits *edits, const struct cfg *cfg,
    const struct cfg *from)
{
	struct slice prefix = slice_of(ISSUING_PREFIX);

	for (uint32_t i = 0; i < cfg->lines; i++) {
		const struct cfg_line *line = cfg->line + i;

		if (line->logical != NULL && cfg_is_live(cfg, line) &&
		    slice_starts(cfg_key(line), prefix) &&
		    cfg_find(from, cfg_key(line)) == NULL &&
		    !is_flag_of_active(from, cfg_key(line)))
			edits_delete(edits, cfg, cfg_key(line));
	}
	for (uint32_t i = 0; i < from->lines; i++) {
		const struct cfg_line *line = from->line + i;

		if (line->logical != NULL && cfg_is_live(from, line) &&
		    slice_starts(cfg_key(line), prefix) &&
		    !is_flag_of_active(from, cfg_key(line)))
			edits_set_line(edits, cfg, line);
	}
}

static int
set_flag(struct edits *edits, const struct cfg *cfg, struct slice point,
    const char *flag, bool value)
{
	char *key = issuing_key(point, flag);
	int status = set_boolean(edits, cfg, key, value);

	free(key);
	return status;
}

static int
set_point(struct edits *edits, const struct cfg *cfg,
    const struct role_wanted *wanted, struct slice point)
{
	for (size_t i = 0; i < ROLE_POINT_FLAGS; i++)
		if (set_flag(edits, cfg, point, role_point_flag[i],
			wanted->kind == ROLE_MASTER) < 0)
			return -1;
	return wanted->disable_points ?
	    set_flag(edits, cfg, point, "enable", false) : 0;
}

static int
set_points(struct edits *edits, const struct cfg *cfg,
    const struct role_wanted *wanted)
{
	bool master = wanted->kind == ROLE_MASTER;
	const struct cfg *source = wanted->from != NULL ? wanted->from : cfg;
	struct issuing points;
	int status = 0;

	issuing_find(&points, source);
	for (size_t i = 0; i < points.count && status == 0; i++)
		if (!master || issuing_bool(source, points.name[i], "enable"))
			status = set_point(edits, cfg, wanted, points.name[i]);
	issuing_release(&points);
	return status;
}

static int
set_interval(struct edits *edits, const struct cfg *cfg,
    const struct role *role, const struct role_wanted *wanted)
{
	const struct role_key *now = &role->key[0];
	long seconds;

	if (wanted->kind == ROLE_CLONE)
		return now->says == ROLE_CLONE ?
		    0 : edits_put(edits, cfg, ROLE_INTERVAL, slice_of("0"));
	if (wanted->default_absent) {
		edits_delete(edits, cfg, slice_of(ROLE_INTERVAL));
		return 0;
	}
	/* Any other than 0 is a master's. */
	if (now->says == ROLE_MASTER && setting_number(now->value, &seconds) &&
	    seconds > 0)
		return 0;
	return edits_put(edits, cfg, ROLE_INTERVAL, slice_of("600"));
}

static int
set_redirect(struct edits *edits, const struct cfg *cfg,
    const struct role_wanted *wanted)
{
	if (wanted->kind == ROLE_MASTER) {
		edits_delete(edits, cfg, slice_of(ROLE_REDIRECT_HOST));
		edits_delete(edits, cfg, slice_of(ROLE_REDIRECT_PORT));
	} else if (wanted->host.at != NULL &&
	    (edits_put(edits, cfg, ROLE_REDIRECT_HOST, wanted->host) < 0 ||
		edits_put(edits, cfg, ROLE_REDIRECT_PORT, wanted->port) < 0)) {
		return -1;
	}
	return 0;
}

static int
edits_of_ocsp(struct edits *edits, const struct cfg *cfg,
    const struct role *role, const struct role_wanted *wanted)
{
	bool clone = wanted->kind == ROLE_CLONE;
	bool manual = wanted->manual_keys ||
	    cfg_find(cfg, slice_of(ROLE_MANUAL_REFRESH)) != NULL;
	struct slice refresh = wanted->refresh != NULL ?
	    slice_of(wanted->refresh) : slice_of("14400");

	if (!clone) {
		/* What is 0 says so already. */
		if (role->key[0].says != ROLE_MASTER)
			edits_delete(edits, cfg, slice_of(ROLE_REFRESH));
		edits_delete(edits, cfg, slice_of(ROLE_MANUAL_REFRESH));
		return 0;
	}
	if (wanted->refresh == NULL && role->kind == ROLE_CLONE)
		refresh = role->key[0].value;
	if (edits_put(edits, cfg, ROLE_REFRESH, refresh) < 0)
		return -1;
	return manual ? edits_put(edits, cfg, ROLE_MANUAL_REFRESH,
	    slice_of(ROLE_MANUAL_CLONE)) : 0;
}

static int
edits_of_ca(struct edits *edits, const struct cfg *cfg,
    const struct role *role, const struct role_wanted *wanted)
{
	if (wanted->from != NULL)
		replace_points(edits, cfg, wanted->from);
	if (set_points(edits, cfg, wanted) < 0 ||
	    set_interval(edits, cfg, role, wanted) < 0 ||
	    set_boolean(edits, cfg, ROLE_LISTEN,
		wanted->kind == ROLE_MASTER) < 0 ||
	    set_redirect(edits, cfg, wanted) < 0)
		return -1;
	return wanted->publish == NULL ? 0 :
	    publisher_carry(edits, cfg, wanted->from, wanted->publish);
}

int
role_edits(struct edits *edits, const struct cfg *cfg, const struct role *role,
    const struct role_wanted *wanted)
{
	int status = strcmp(role->subsystem, "ocsp") == 0 ?
	    edits_of_ocsp(edits, cfg, role, wanted) :
	    edits_of_ca(edits, cfg, role, wanted);

	edits_order_by_key(edits);
	return status;
}
