/* SPDX-License-Identifier: MIT */
#include "check/liverepl.h"

#include "pki/replica.h"

/* Changes are on their way at any time: so many seconds behind is in order. */
#define MAX_LAG 60

#define SECURE "internaldb.ldapconn.secureConn"

static bool
has_replica(const struct liveset *live, size_t server)
{
	for (size_t i = 0; i < live->replicas.count; i++)
		if (live->replicas.replica[i].server == server &&
		    live->replicas.replica[i].is_configured)
			return true;
	return false;
}

static int
read_side(struct liveset *live, struct liveset_side *side)
{
	const struct cfg *cfg = side->is->cfg;

	side->server = replicas_server(&live->replicas,
	    source_name(side->dir.source));
	if (replread_server(&live->replicas, &side->dir, side->server) < 0)
		return -1;
	if (live->set->count > 1 && !has_replica(live, side->server))
		findings_add(live->found,
		    cloneset_place(cfg, "internaldb.basedn"),
		    "replica-missing", "no replica of '%s' at %s, or none "
		    "that may be seen: nothing is replicated", side->dir.base,
		    source_name(side->dir.source));
	return cfg_string(cfg, "internaldb.basedn").at == NULL ? 0 :
	    replread_ids_of(&live->ranges, cfg);
}

static int
read_all(struct liveset *live)
{
	for (size_t i = 0; i < live->set->count; i++)
		if (live->side[i].dir.source != NULL &&
		    read_side(live, &live->side[i]) < 0)
			return -1;
	if (live->planned.source != NULL &&
	    replread_server(&live->replicas, &live->planned,
		replicas_server(&live->replicas,
		    source_name(live->planned.source))) < 0)
		return -1;
	replicas_join(&live->replicas);
	return 0;
}

static bool
is_secured(const struct replica_agreement *agreement)
{
	return !slice_equal_nocase(agreement->transport, slice_of("LDAP"));
}

static struct findings_place
at(const struct replica_agreement *agreement)
{
	return (struct findings_place){ agreement->place.file,
		agreement->place.line };
}

/* The same agreement the other way, where both ends are known. */
static const struct replica_agreement *
way_back(const struct liveset *live, const struct replica *replica,
    const struct replica_agreement *agreement)
{
	const struct replicas *all = &live->replicas;
	const struct replica *peer = replicas_led_to(all, replica->suffix,
	    agreement);

	for (size_t i = 0; peer > replica && i < peer->agreements; i++)
		if (replicas_leads(all, &peer->agreement[i], replica))
			return &peer->agreement[i];
	return NULL;
}

static void
check_agreement(struct liveset *live, const struct replica *replica,
    const struct replica_agreement *agreement, bool secure)
{
	const struct replica_agreement *back =
	    way_back(live, replica, agreement);

	if (secure && !is_secured(agreement))
		findings_add(live->found, at(agreement),
		    "agreement-security", "'%.*s' sends to %.*s:%.*s "
		    "unsecured, and the subsystem's own connection is secured",
		    SLICE_ARG(agreement->name),
		    SLICE_ARG(agreement->to.host),
		    SLICE_ARG(agreement->to.port));
	else if (back != NULL && is_secured(back) != is_secured(agreement))
		findings_add(live->found, at(back),
		    "agreement-security", "'%.*s' sends by %.*s, and '%.*s' "
		    "back by %.*s", SLICE_ARG(agreement->name),
		    SLICE_ARG(agreement->transport), SLICE_ARG(back->name),
		    SLICE_ARG(back->transport));
}

static bool
is_secure(const struct liveset *live, size_t server)
{
	for (size_t i = 0; i < live->set->count; i++)
		if (live->side[i].dir.source != NULL &&
		    live->side[i].server == server)
			return setting_bool(live->side[i].is->cfg, SECURE);
	return false;
}

/* What the master has already, and what the plan wants. */
static void
check_plan(struct liveset *live, const struct replica *replica)
{
	size_t line;
	const char *text = plan_get(live->plan,
	    "pki_clone_replication_security", &line);
	const bool secure = text != NULL &&
	    (strcmp(text, "SSL") == 0 || strcmp(text, "TLS") == 0);

	if (live->side[0].dir.source == NULL ||
	    replica->server != live->side[0].server ||
	    (text == NULL && line != 0))
		return;
	for (size_t i = 0; i < replica->agreements; i++)
		if (is_secured(&replica->agreement[i]) != secure) {
			findings_add(live->found, plan_at(live->plan, line),
			    "plan-agreement-security",
			    "replication would be by '%s', and '%.*s' at the "
			    "master's is by %.*s",
			    text != NULL ? text : "None",
			    SLICE_ARG(replica->agreement[i].name),
			    SLICE_ARG(replica->agreement[i].transport));
			return;
		}
}

static void
check_security(struct liveset *live)
{
	for (size_t i = 0; i < live->replicas.count; i++) {
		const struct replica *replica = &live->replicas.replica[i];
		const bool secure = is_secure(live, replica->server);

		for (size_t k = 0; k < replica->agreements; k++)
			check_agreement(live, replica, &replica->agreement[k],
			    secure);
		if (live->plan != NULL && plan_replicates(live->plan))
			check_plan(live, replica);
	}
}

int
liverepl_check(struct liveset *live)
{
	const struct topology topology = { &live->replicas, &live->ranges,
		MAX_LAG };

	if (read_all(live) < 0)
		return -1;
	topology_check(&topology, live->found);
	check_security(live);
	return 0;
}
