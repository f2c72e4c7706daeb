/* SPDX-License-Identifier: MIT */
#include "check/clonepub.h"

#include "check/clonerole.h"
#include "pki/address.h"
#include "pki/publisher.h"
#include "pki/role.h"

static bool
publishes(const struct cfg *ca)
{
	return setting_bool(ca, "ca.publish.enable");
}

static bool
sends_to(const struct publishers *all, const struct publisher *to)
{
	const struct address at = { .host = to->host, .port = to->port };

	if (!publishes(all->cfg))
		return false;
	for (size_t i = 0; i < all->count; i++)
		if (address_equal(&at, all->publisher[i].host,
			all->publisher[i].port))
			return true;
	return false;
}

/* How many publishers of other's maker lacks; *first is the first. */
static size_t
count_missing(const struct cfg *maker, const struct cfg *other,
    struct publisher *first)
{
	struct publishers here, there;
	size_t count = 0;

	if (maker == other || !publishes(other))
		return 0;
	publishers_find(&here, maker);
	publishers_find(&there, other);
	for (size_t i = 0; i < there.count; i++)
		if (there.publisher[i].host.size != 0 &&
		    !sends_to(&here, &there.publisher[i]) && count++ == 0)
			*first = there.publisher[i];
	publishers_release(&here);
	publishers_release(&there);
	return count;
}

static void
check_pair(const struct cloneset *set, const struct cfg *maker,
    const struct cfg *other)
{
	struct publisher first;
	const size_t missing = count_missing(maker, other, &first);

	if (missing == 0)
		return;
	findings_add(set->found, cloneset_place(maker, "ca.publish.enable"),
	    "publisher-missing",
	    "this CA makes the CRLs and does not send them to the OCSP "
	    "responder %.*s:%.*s%s, as %s would (%.*s): the responder keeps "
	    "the last CRL that it was sent. With the server stopped",
	    SLICE_ARG(first.host), SLICE_ARG(first.port),
	    missing > 1 ? " and others" : "", other->file,
	    SLICE_ARG(first.name));
	if (cloneset_is_file(maker) && cloneset_is_file(other))
		findings_fix(set->found,
		    "cfgmerge -i -p ca.publish. --from %s %s",
		    findings_word(set->found, other->file),
		    findings_word(set->found, maker->file));
}

void
clonepub_check(const struct cloneset *set)
{
	const struct cfg *maker = clonerole_crl_master(set);

	for (size_t i = 0; maker != NULL && i < set->count; i++)
		check_pair(set, maker, set->side[i].cfg);
}

bool
clonepub_is_reported(const struct cloneset *set, const struct cfg *a,
    const struct cfg *b)
{
	const struct cfg *maker = clonerole_crl_master(set);
	struct publisher first;

	return (maker == a && count_missing(a, b, &first) != 0) ||
	    (maker == b && count_missing(b, a, &first) != 0);
}
