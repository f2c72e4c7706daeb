/* SPDX-License-Identifier: MIT */
#ifndef PKI_DOMAINSEARCH_H
#define PKI_DOMAINSEARCH_H

#include "dir/source.h"
#include "pki/domain.h"

/* As domain_read(), of the entries of a server or an LDIF file, below the base
 * that its options or its URL say. */
int domain_search(struct domain *domain, struct source *source);

#endif
