/* SPDX-License-Identifier: MIT */
#ifndef ROLE_H
#define ROLE_H

#include "cfg/edits.h"
#include "cfg/issuing.h"

/*
 * Master or clone: what a CS.cfg is, and the edits that make it the other
 * [dogtag 2.1-2.4].
 *
 *	struct role role;
 *
 *	role_read(&role, cfg);
 *	... role.kind, role.key[i] ...
 *	role_release(&role);
 */

enum role_kind {
	ROLE_NONE, /* the subsystem has no roles */
	ROLE_MASTER,
	ROLE_CLONE,
	ROLE_MIXED, /* its keys do not agree */
};

struct role_key {
	char *key;
	struct slice value; /* as the server takes it: a default, if absent */
	bool absent;
	enum role_kind says; /* ROLE_NONE: nothing, ROLE_MIXED: not to be
				read */
	const char *note; /* what is wrong with it, or NULL */
};

struct role {
	char subsystem[16]; /* "ca", "ocsp", ... or "" */
	enum role_kind kind;
	struct role_key *key;
	size_t count, room;
	struct issuing points;
};

void role_read(struct role *role, const struct cfg *cfg);
void role_release(struct role *role);

/* "master", ... */
const char *role_name(enum role_kind kind);

struct role_wanted {
	enum role_kind kind;
	struct slice host, port; /* of the master; at NULL: left alone */
	const struct cfg *from;	 /* the old master, or NULL */
	const char *refresh;	 /* seconds, or NULL */
	bool default_absent, disable_points, manual_keys;
};

/* -1: a value that cannot stand in the file; reported. */
int role_edits(struct edits *edits, const struct cfg *cfg,
    const struct role *role, const struct role_wanted *wanted);

#endif
