/* SPDX-License-Identifier: MIT */
#include "check/publish.h"

#include "pki/publisher.h"
#include "util/diag.h"

static int
refuse(const struct publishers *all, const struct address *old)
{
	const char *file = all->cfg->file;

	if (all->count == 0)
		say("%s: it sends CRLs to no OCSP responder (OCSPPublisher)",
		    file);
	for (size_t i = 0; i < all->count; i++) {
		const struct publisher *p = &all->publisher[i];

		say("%s: it sends CRLs to '%.*s:%.*s' by '%.*s': %s", file,
		    SLICE_ARG(p->host), SLICE_ARG(p->port), SLICE_ARG(p->name),
		    old != NULL ? "not the old one" :
				"one of several (--from)");
	}
	return 1;
}

int
publish_edits(struct edits *edits, const struct cfg *ca,
    const struct address *new, const struct address *old)
{
	const struct publisher *found = NULL;
	size_t candidates = 0, done = 0;
	struct publishers all;
	int status = 0;

	publishers_find(&all, ca);
	for (size_t i = 0; i < all.count; i++) {
		const struct publisher *p = &all.publisher[i];

		if (address_equal(new, p->host, p->port)) {
			done++;
		} else if (old == NULL ||
			    address_equal(old, p->host, p->port)) {
			found = p;
			candidates++;
		}
	}
	if (candidates == 1)
		status = publisher_move(edits, ca, found, new->host, new->port);
	else if (candidates != 0 || done == 0)
		status = refuse(&all, old);
	publishers_release(&all);
	return status;
}
