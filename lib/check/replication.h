/* SPDX-License-Identifier: MIT */
#ifndef CHECK_REPLICATION_H
#define CHECK_REPLICATION_H

#include "check/findings.h"
#include "pki/replica.h"

/*
 * What is wrong with a replication topology, and what clones that are gone
 * left in it [dogtag 9, deployment 2 to 4].
 */

struct topology {
	const struct replicas *all;
	const struct replica_id_ranges *ranges; /* or NULL */
	unsigned max_lag; /* seconds that a replica may be behind */
	int64_t now; /* seconds since 1970; 0: by the clock */
};

void topology_check(const struct topology *topology, struct findings *found);

/* Has every replica all changes that any other has, but for max_lag? */
bool topology_in_step(const struct topology *topology);

/* How many seconds of changes made at an ID a replica lacks; -1: all of them,
 * for it has none. */
long topology_lag(
    const struct replicas *all, const struct replica *replica, uint16_t id);

/* A replica as people know it: HOST:PORT, or the operand. */
const char *topology_name(const struct replicas *all,
    const struct replica *replica, struct arena *arena);

/* By the colour that the server gives it, or its words. */
enum topology_state {
	TOPOLOGY_UNKNOWN,
	TOPOLOGY_GREEN,
	TOPOLOGY_AMBER,
	TOPOLOGY_RED,
	TOPOLOGY_DISABLED,
};

enum topology_state topology_state(const struct replica_agreement *agreement);

#endif
