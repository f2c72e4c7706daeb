/* SPDX-License-Identifier: MIT */
#ifndef PKI_MERGE_H
#define PKI_MERGE_H

#include "cfg/edits.h"
#include "cfg/release.h"
#include "cfg/setting.h"

/*
 * Bring what a master has to a clone, without what must not travel.
 */

struct merge_options {
	const struct settings *rules;
	char *const *prefixes; /* as select_any() takes them */
	bool crl, kra, all;    /* families of keys */
	bool replace_certificate;
	enum merge_prefer {
		PREFER_NEITHER,
		PREFER_MASTER,
		PREFER_CLONE
	} prefer; /* where both sides changed */
	struct release release; /* --release; release_any: not given */
};

enum merge_result {
	MERGE_DONE,
	MERGE_CONFLICT, /* both sides changed; or a connector was refused */
	MERGE_BAD,	/* an input that cannot be taken */
};

/*
 * Edits for clone, in the order of keys.
 *
 * Without base, what differs becomes as it is on the master, and what the
 * clone alone has stays.  With base, the master as it was last time, only
 * what the master changed since counts, deletions too; what both changed is a
 * conflict, reported by file and line.  The KRA connector is connector.h's.
 *
 * An issuing point that is new to a clone that makes no CRLs comes with
 * enableCRLCache and enableCRLUpdates false: their default is true, and two
 * CAs would make CRLs [dogtag 2.2, 2.3].  One that goes goes whole, with the
 * clone's own keys of it, since a CA does not start with part of one; one
 * that the clone let go of stays away, unless the master is preferred.
 *
 * What belongs to a release stays, where the two hosts may run different ones.
 * A switch and the key that it is nothing without (cfg/pair.h) come both or
 * not at all.  Either is said, once for all such keys or once a switch.
 */
enum merge_result merge_files(struct edits *edits, const struct cfg *clone,
    const struct cfg *master, const struct cfg *base,
    const struct merge_options *options);

#endif
