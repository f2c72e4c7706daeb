/* SPDX-License-Identifier: MIT */
#ifndef PKI_REPLREAD_H
#define PKI_REPLREAD_H

#include "dir/ldapconn.h"
#include "pki/replica.h"

/*
 * A replication topology from operands.  Each returns 0, or -1 having reported
 * why.
 */

/* A server, an LDIF file, or what csdir.h takes for one: --base, or that of a
 * CS.cfg, is the one suffix that counts. */
int replread(struct replicas *all, const char *operand, const char *subsystem,
    const struct ldapopt *options, bool *is_server);

/* Put together what was read, as replicas_join() does.  -1: a server has no
 * replica, or none that may be read, and is not the directory of two CS.cfg
 * files, which is a finding. */
int replread_end(struct replicas *all);

/* The hosts of a security domain, from what domain_read() reads. */
int replread_domain(struct replicas *all, const char *path);

/* The replica IDs that an instance may still give away, from its CS.cfg. */
int replread_ids(struct replica_id_ranges *ranges, const char *operand,
    const char *subsystem);

#endif
