/* SPDX-License-Identifier: MIT */
#ifndef REPLICAWHERE_H
#define REPLICAWHERE_H

#include "dir/replica.h"

/*
 * Does an agreement lead to this replica?  With TLS its port says nothing: the
 * replica's own element has the plain one.  replicas_led_to() is the only one
 * to which it does; NULL: none that is known, or which one is not.
 */
bool replicas_leads(const struct replicas *all,
    const struct replica_agreement *agreement, const struct replica *replica);
const struct replica *replicas_led_to(const struct replicas *all,
    struct slice suffix, const struct replica_agreement *agreement);

/* Is it told to lead where an element is? */
bool replica_leads_to(const struct replica_agreement *agreement,
    const struct endpoint *to);

/* The replica of a suffix with an ID.  NULL: unknown. */
const struct replica *replicas_with_id(const struct replicas *all,
    struct slice suffix, uint16_t id);

#endif
