/* SPDX-License-Identifier: MIT */
#ifndef LEFTOVER_H
#define LEFTOVER_H

#include "check/findings.h"
#include "pki/replica.h"

/*
 * What a clone that was removed, or failed to install, left in the directories
 * of the others [deployment 3, 4]: by its name, or by its host where Directory
 * Servers are on the hosts of the security domain.  Each adds what it finds.
 */

void leftover_agreement(const struct replicas *all,
    const struct replica *replica, const struct replica_agreement *agreement,
    struct findings *found);

/* An ID in a RUV that nobody has who was given. */
void leftover_element(const struct replicas *all,
    const struct replica *replica, const struct replica_element *element,
    struct findings *found);

/* A replication manager, or a range of numbers. */
void leftover_trace(const struct replicas *all,
    const struct replica_trace *trace, struct findings *found);

#endif
