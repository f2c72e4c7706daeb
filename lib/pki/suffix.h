/* SPDX-License-Identifier: MIT */
#ifndef PKI_SUFFIX_H
#define PKI_SUFFIX_H

#include "cfg/cfg.h"
#include "cfg/setting.h"

/*
 * Is the database of a subsystem its own?  pkispawn takes it for granted, and
 * by default removes the clone's database before it makes it anew
 * [dogtag setup_database]: what else is in it, such as FreeIPA's CA beside its
 * KRA, is lost.
 *
 *	struct suffix_others others;
 *	struct suffix_owner owner;
 *
 *	if (suffix_read_others(&others, path) < 0)
 *		return STATUS_ERROR;
 *	if (suffix_find_owner(&owner, cfg, others.cfg, others.count))
 *		... owner.text ...
 *	suffix_owner_release(&owner);
 *	suffix_others_release(&others);
 */

struct suffix_owner {
	char *text; /* "its suffix '...' is inside of '...'"; NULL: its own */
	bool ipa; /* FreeIPA's */
	const char *command; /* by which FreeIPA makes such a clone, or NULL */
};

/*
 * By the other subsystems of its Directory Server as far as their CS.cfg are
 * given (cfg itself may be among them); by the user that it binds as, who is in
 * the suffix of the subsystem that was there first; by names that say so:
 * o=ipaca, userRoot.  False, and nothing to release: by all of these, it is its
 * own.  Silent.
 */
bool suffix_find_owner(struct suffix_owner *owner, const struct cfg *cfg,
    struct cfg *const *other, size_t others);

void suffix_owner_release(struct suffix_owner *owner);

#define SUFFIX_LEVELS 3 /* of directories above a CS.cfg */
#define SUFFIX_MOST ((size_t)SUFFIX_LEVELS * SETTING_SUBSYSTEMS)

/* The CS.cfg of the other subsystems of an instance. */
struct suffix_others {
	struct cfg *cfg[SUFFIX_MOST];
	char *path[SUFFIX_MOST]; /* their names */
	size_t count;
};

/* path is the CS.cfg of one of them.  -1: one cannot be read, so that nobody
 * knows whose the database is; reported, and what was read is released. */
int suffix_read_others(struct suffix_others *others, const char *path);
void suffix_others_release(struct suffix_others *others);

#endif
