/* SPDX-License-Identifier: MIT */
#ifndef PKI_RANGEPLAN_H
#define PKI_RANGEPLAN_H

#include "cfg/edits.h"
#include "pki/ranges.h"
#include "pki/replica.h"

/*
 * What makes all ranges of a deployment disjoint: edits for each CS.cfg, and
 * changes of the directory.
 *
 *	struct rangeplan plan = { .all = &all, .cfg = cfg, .port = port,
 *		.absent = absent };
 *
 *	ranges_add_cfg(&all, cfg[i]);		for each, in this order
 *	...
 *	ranges_settle(&all);
 *	if (rangeplan_make(&plan) < 0)
 *		return STATUS_ERROR;
 *	... plan.host[i].edits, plan.change[] ...
 *	rangeplan_release(&plan);
 *
 * A server looks for the last number of its block in its own directory alone,
 * and takes the next block without looking; it finds conflicts of its current
 * block alone; and what a dead host gave out last may never have replicated
 * [dogtag v10.10.6, v11.6.1 Repository].  So:
 *
 * - a block that shares a number with another one is left by all of its hosts,
 *   never divided;
 * - new blocks begin above every number, every end and every nextRange in any
 *   source, and nextRange above them;
 * - the blocks of hosts that are absent are never given again, and each that is
 *   named as absent gets an entry for one more, which it may have taken last
 *   without telling anybody;
 * - no plan is made where a source cannot be read, or hosts are missing.
 *
 * New blocks are written as the generator and the release in use read them:
 * legacy ones begin with decimal digits, which are the same in the directory
 * and in CS.cfg.
 */

/* The port of an entry that no server has: the block is reserved for a host
 * that is absent. */
#define RANGEPLAN_NO_PORT "0"

/* In the order in which they are to be made. */
enum rangeplan_kind {
	RANGEPLAN_NEXT, /* nextRange from old to begin; old NULL: whatever */
	RANGEPLAN_DELETE, /* an entry in conflict, or that overlaps another */
	RANGEPLAN_END, /* endRange from old to end */
	RANGEPLAN_ADD, /* an entry for a new block of a host */
};

struct rangeplan_change {
	enum rangeplan_kind kind;
	size_t source; /* of the directory that gets it */
	const char *dn, *old, *begin, *end, *host, *port;
};

struct rangeplan_host {
	const struct cfg *cfg;
	const char *name; /* machineName */
	struct edits edits;
};

struct rangeplan {
	const struct ranges *all; /* settled */
	struct cfg *const *cfg; /* as they were added; borrowed */
	char *const *port; /* of their TLS servers; NULL: not known */
	char *const *absent; /* hosts; ends in NULL, or is NULL */
	const size_t *own; /* the source of each CS.cfg's directory, or 0 */
	const struct replicas *replicas; /* joined; or NULL */

	struct rangeplan_host *host; /* all->files of them */
	struct rangeplan_change *change;
	size_t changes, room;
	struct buf notes; /* lines: what each host gives out next */
	struct arena arena;
};

/* 0, with or without changes; -1: refused, in a line that says what to do. */
int rangeplan_make(struct rangeplan *plan);

/* Is anything to be done? */
bool rangeplan_is_empty(const struct rangeplan *plan);

/* The changes of one source as LDIF, as ldapmodify(1) takes them. */
void
rangeplan_ldif(const struct rangeplan *plan, size_t source, struct buf *out);

void rangeplan_release(struct rangeplan *plan);

/*
 * Is each host of the security domain, of the entries and of the replication
 * given or named as absent?  Replicas count by their suffix; url are operands,
 * which end in NULL.  -1: one is missing, or a name is no host's; reported.
 */
int rangeplan_hosts(struct rangeplan *plan, const char **url);

#endif
