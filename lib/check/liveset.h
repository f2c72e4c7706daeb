/* SPDX-License-Identifier: MIT */
#ifndef LIVESET_H
#define LIVESET_H

#include "check/cloneset.h"
#include "check/plan.h"
#include "check/replread.h"
#include "pki/csdir.h"

/*
 * A master and its clones with their Directory Servers, as these are asked.
 * live.h has all the checks.
 */

struct liveset_side {
	const struct cloneset_side *is;
	struct csdir dir; /* its source is NULL: not reached */
	size_t server;	  /* in replicas, where there is a source */
	bool reached;	  /* its servers answered, or were not asked to */
};

struct liveset {
	const struct cloneset *set;
	const char *subsystem; /* the master's: "ca" */
	const struct ldapopt *options;
	const struct plan *plan; /* of one more clone; NULL: none */
	bool probe;		 /* is the network looked at, too? */

	struct liveset_side *side; /* as in set */
	struct plan_ds ds;	   /* plan's Directory Server */
	struct csdir planned;	   /* the same; its source is NULL: not read */
	struct replicas replicas;
	struct topology_ranges ranges;
	struct findings *found;
};

/* The directories that were reached, opened.  -1: reported. */
int liveset_open(struct liveset *live);

void liveset_release(struct liveset *live);

/* For each entry that a query gives, until take() returns -1, which it has
 * reported.  0, or -1: reported. */
int liveset_search(struct csdir *dir, const struct source_query *query,
    int (*take)(void *arg, const struct entry *entry), void *arg);

#endif
