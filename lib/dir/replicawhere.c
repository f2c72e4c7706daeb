/* SPDX-License-Identifier: MIT */
#include "dir/replicawhere.h"

static bool
has_tls_port(const struct replica_agreement *agreement)
{
	return entry_is_named(agreement->transport, "SSL") ||
	    entry_is_named(agreement->transport, "LDAPS");
}

bool
replica_leads_to(const struct replica_agreement *agreement,
    const struct endpoint *to)
{
	return endpoint_same(&agreement->to, to) ||
	    (has_tls_port(agreement) &&
		endpoint_same_host(agreement->to.host, to->host));
}

static bool
is_at(const struct replicas *all, const struct replica *replica,
    const struct endpoint *address)
{
	const struct endpoint *at = all->server[replica->server].at;
	bool is = endpoint_same(&replica->at, address);

	for (size_t i = 0; i < REPLICA_ADDRESSES; i++)
		is = is || endpoint_same(&at[i], address);
	return is;
}

bool
replicas_leads(const struct replicas *all,
    const struct replica_agreement *agreement, const struct replica *replica)
{
	const struct endpoint *at = all->server[replica->server].at;
	bool leads = is_at(all, replica, &agreement->to) ||
	    replica_leads_to(agreement, &replica->at);

	for (size_t i = 0; i < REPLICA_ADDRESSES; i++)
		leads = leads || replica_leads_to(agreement, &at[i]);
	return leads;
}

const struct replica *
replicas_led_to(const struct replicas *all, struct slice suffix,
    const struct replica_agreement *agreement)
{
	const struct replica *found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct replica *replica = &all->replica[i];

		if (!slice_is(replica->suffix, suffix))
			continue;
		if (is_at(all, replica, &agreement->to))
			return replica;
		if (replicas_leads(all, agreement, replica)) {
			found = replica;
			count++;
		}
	}
	return count == 1 ? found : NULL;
}

const struct replica *
replicas_with_id(const struct replicas *all, struct slice suffix, uint16_t id)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->replica[i].has_id && all->replica[i].id == id &&
		    slice_is(all->replica[i].suffix, suffix))
			return &all->replica[i];
	return NULL;
}
