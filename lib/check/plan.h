/* SPDX-License-Identifier: MIT */
#ifndef PLAN_H
#define PLAN_H

#include "check/cloneset.h"
#include "pki/spawn.h"
#include "pki/tags.h"

/*
 * A clone that is planned, by the override file that pkispawn is to make it
 * by, and the master that it is to be one of.  cloneplan.h has all the
 * checks.
 */

struct plan {
	struct spawn *file;
	const struct cfg *master;
	const struct tags *tags; /* the master's */
	const char *port; /* its secure one; NULL: not known */
	char section[8]; /* "CA" */
	struct findings *found;
};

/* The value of key; NULL: it is not in the file, or not to be known.  *line
 * is 0 or where it is. */
const char *plan_get(const struct plan *plan, const char *key, size_t *line);

/* Is a value true, as pkispawn takes it? */
bool plan_is_true(const char *text);

struct findings_place plan_at(const struct plan *plan, size_t line);

/* Its subsystem's name is made of the tags'. */
void plan_begin(struct plan *plan);

/* Is a parameter set to false?  By default these are true. */
bool plan_is_off(const struct plan *plan, const char *key);

/* Does pkispawn see to the directory, its replication and ranges? */
bool plan_sets_up_ds(const struct plan *plan);

/* Does it see to the replication, of those? */
bool plan_replicates(const struct plan *plan);

/* Its Directory Server: pki_ds_url, or else the older four. */
struct plan_ds {
	char *host, *port; /* NULL: not known */
	size_t line;
	bool secure;
};

void plan_find_ds(const struct plan *plan, struct plan_ds *ds);
void plan_ds_release(struct plan_ds *ds);

#endif
