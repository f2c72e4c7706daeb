/* SPDX-License-Identifier: MIT */
#include "cfg/roleedit.h"
#include <stdlib.h>

#include "cfg/publisher.h"
#include "util/diag.h"

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
		if (slice_is(flag, slice_of(role_point_flag[f])))
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
set_points(struct edits *edits, const struct cfg *cfg,
    const struct role_wanted *wanted)
{
	bool master = wanted->kind == ROLE_MASTER;
	const struct cfg *source = wanted->from != NULL ? wanted->from : cfg;
	struct issuing points;
	int status = 0;

	issuing_find(&points, source);
	for (size_t i = 0; i < points.count && status == 0; i++) {
		struct slice point = points.name[i];

		if (master && !issuing_bool(source, point, "enable"))
			continue;
		for (size_t f = 0; f < ROLE_POINT_FLAGS && status == 0; f++) {
			char *key = issuing_key(point, role_point_flag[f]);

			status = set_boolean(edits, cfg, key, master);
			free(key);
		}
		if (status == 0 && wanted->disable_points) {
			char *key = issuing_key(point, "enable");

			status = set_boolean(edits, cfg, key, false);
			free(key);
		}
	}
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

int
role_edits(struct edits *edits, const struct cfg *cfg, const struct role *role,
    const struct role_wanted *wanted)
{
	int status;

	if (strcmp(role->subsystem, "ocsp") == 0) {
		status = edits_of_ocsp(edits, cfg, role, wanted);
	} else {
		if (wanted->from != NULL)
			replace_points(edits, cfg, wanted->from);
		status = set_points(edits, cfg, wanted);
		if (status == 0)
			status = set_interval(edits, cfg, role, wanted);
		if (status == 0)
			status = set_boolean(edits, cfg, ROLE_LISTEN,
			    wanted->kind == ROLE_MASTER);
		if (status == 0)
			status = set_redirect(edits, cfg, wanted);
		if (status == 0 && wanted->publish != NULL)
			status = publisher_carry(edits, cfg, wanted->from,
			    wanted->publish);
	}
	edits_order_by_key(edits);
	return status;
}
