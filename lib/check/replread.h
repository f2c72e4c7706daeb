/* SPDX-License-Identifier: MIT */
#ifndef REPLREAD_H
#define REPLREAD_H

#include "check/topology.h"
#include "pki/csdir.h"

/*
 * A replication topology, out of servers and files.  Each: 0, or -1 having
 * reported why.
 */

/* A server, an LDIF file, or what csdir.h takes for one: --base, or that of a
 * CS.cfg, is the one suffix that counts. */
int replread(struct replicas *all, const char *operand, const char *subsystem,
    const struct ldapopt *options, bool *is_server);

/* The same of a server that is open; that it has none, or shows none, is no
 * trouble. */
int replread_server(struct replicas *all, struct csdir *dir, size_t server);

/* The hosts of a security domain, out of whatever domain.h reads. */
int replread_domain(struct replicas *all, const char *path);

/* The replica IDs that an instance may still give away, from its CS.cfg. */
int replread_ids(struct topology_ranges *ranges, const char *operand,
    const char *subsystem);
int replread_ids_of(struct topology_ranges *ranges, const struct cfg *cfg);

#endif
