/* SPDX-License-Identifier: MIT */
#ifndef DOMAINSEARCH_H
#define DOMAINSEARCH_H

#include "dir/domain.h"
#include "dir/source.h"

/* As domain_read(), of the entries of a server or an LDIF file, below the base
 * that its options or its URL say. */
int domain_search(struct domain *domain, struct source *source);

#endif
