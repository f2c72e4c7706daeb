/* SPDX-License-Identifier: MIT */
#ifndef PKI_ROLE_H
#define PKI_ROLE_H

#include "cfg/edits.h"
#include "cfg/setting.h"
#include "pki/issuing.h"

/*
 * Master or clone: what a CS.cfg is [dogtag 2.1-2.4].
 *
 *	struct role role;
 *
 *	role_read(&role, cfg);
 *	... role.kind, role.key[i] ...
 *	role_release(&role);
 */
#define ROLE_INTERVAL "ca.certStatusUpdateInterval"
#define ROLE_LISTEN "ca.listenToCloneModifications"
#define ROLE_REDIRECT_HOST "master.ca.agent.host"
#define ROLE_REDIRECT_PORT "master.ca.agent.port"
#define ROLE_REFRESH "ocsp.store.defStore.refreshInSec"
/* No server ever read it [dogtag 14.1]. */
#define ROLE_MANUAL_REFRESH "OCSP.Responder.store.defStore.refreshInSec"
#define ROLE_NO_SUBSYSTEM "not the CS.cfg of a CA, KRA, OCSP, TKS or TPS"
#define ROLE_MANUAL_CLONE "21600" /* by which the manual knows a clone */

/* Of each issuing point. */
#define ROLE_POINT_FLAGS 2
extern const char *const role_point_flag[ROLE_POINT_FLAGS];

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
	const char *subsystem; /* "ca", "ocsp", ..., or "": not a CS.cfg */
	enum role_kind kind;
	struct role_key *key;
	size_t count, room;
	struct issuing points;
};

void role_read(struct role *role, const struct cfg *cfg);
void role_release(struct role *role);

/* "master", ... */
const char *role_name(enum role_kind kind);

/*
 * The edits that make a master a clone and back: the manual's 9.5, for the
 * issuing points that there are and the keys that the server reads
 * [dogtag 2.1-2.4].
 *
 *	struct role_wanted wanted = { .kind = ROLE_CLONE };
 *	struct edits edits = { 0 };
 *
 *	role_read(&role, cfg);
 *	if (role_edits(&edits, cfg, &role, &wanted) < 0)
 *		...
 */

struct role_wanted {
	struct slice host, port; /* of the master; at NULL: left alone */
	const struct cfg *from;	 /* the old master, or NULL */
	const char *refresh;	 /* seconds, or NULL */
	enum role_kind kind;	 /* ROLE_MASTER or ROLE_CLONE */
	bool default_absent, disable_points, manual_keys;
	/* By these, take how from publishes, too; NULL: do not. */
	const struct settings *publish;
};

/* -1: a value that cannot stand in the file; reported. */
int role_edits(struct edits *edits, const struct cfg *cfg,
    const struct role *role, const struct role_wanted *wanted);

#endif
