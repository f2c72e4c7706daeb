/* SPDX-License-Identifier: MIT */
#include "check/topology.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "util/mem.h"

/* What the server says while the other one is taking changes from a third. */
#define BUSY 1

static struct findings_place
at(struct replica_place place)
{
	return (struct findings_place){ place.file, place.line };
}

/* Where its RUV was seen. */
static struct findings_place
ruv_at(const struct replica *replica)
{
	return at(replica->elements != 0 ? replica->element[0].place :
					   replica->place);
}

static bool
same_suffix(const struct replica *a, const struct replica *b)
{
	return slice_is(a->suffix, b->suffix);
}

const char *
topology_name(const struct replicas *all, const struct replica *replica,
    struct arena *arena)
{
	struct slice name = slice_of(all->server[replica->server].name);
	char *text;

	if (replica->host.at == NULL)
		return arena_copy(arena, name).at;
	text = mem_printf("%.*s:%.*s", SLICE_FMT(replica->host),
	    SLICE_FMT(replica->port));
	name = arena_copy(arena, slice_of(text));
	free(text);
	return name.at;
}

long
topology_status(struct slice text)
{
	const char *open = text.at == NULL ? NULL :
					     memchr(text.at, '(', text.size);

	if (text.at == NULL)
		return TOPOLOGY_NO_STATUS;
	/* Before 1.3.5 it was the number alone. */
	return strtol(open != NULL ? open + 1 : text.at, NULL, 10);
}

/* -- how far each is ------------------------------------------------------- */

/* The last change made at an ID that any replica of the suffix has. */
static const struct csn *
newest(const struct replicas *all, const struct replica *of, uint16_t id)
{
	const struct csn *best = NULL;

	for (size_t i = 0; i < all->count; i++) {
		const struct replica_element *element;

		if (!same_suffix(&all->replica[i], of))
			continue;
		element = replica_element(&all->replica[i], id);
		if (element != NULL && element->is.has_csn &&
		    (best == NULL ||
			csn_compare(&element->is.max, best) > 0))
			best = &element->is.max;
	}
	return best;
}

/* The same in seconds, 0 also for changes within one second. */
static long
behind(const struct replicas *all, const struct replica *replica, uint16_t id,
    bool *is_behind)
{
	const struct csn *best = newest(all, replica, id);
	const struct replica_element *own = replica_element(replica, id);

	*is_behind = false;
	if (best == NULL)
		return 0;
	*is_behind = true;
	if (own == NULL || !own->is.has_csn)
		return -1;
	*is_behind = csn_compare(&own->is.max, best) < 0;
	return (long)best->seconds - (long)own->is.max.seconds;
}

long
topology_lag(const struct replicas *all, const struct replica *replica,
    uint16_t id)
{
	bool is_behind;

	return behind(all, replica, id, &is_behind);
}

/* For each ID that a replica's peers know: call when it lacks changes. */
static bool
each_lag(const struct topology *t, const struct replica *replica,
    struct findings *found)
{
	const struct replicas *all = t->all;
	bool seen[UINT16_MAX + 1] = { false }, in_step = true;

	for (size_t i = 0; i < all->count; i++) {
		const struct replica *peer = &all->replica[i];

		if (!same_suffix(peer, replica))
			continue;
		for (size_t k = 0; k < peer->elements; k++) {
			uint16_t id = peer->element[k].is.replica;
			bool lacks;
			long lag;

			if (seen[id])
				continue;
			seen[id] = true;
			lag = behind(all, replica, id, &lacks);
			if (!lacks ||
			    (lag >= 0 && (unsigned long)lag <= t->max_lag &&
				t->max_lag != 0))
				continue;
			in_step = false;
			if (found == NULL)
				return false;
			if (lag < 0)
				findings_add(found, ruv_at(replica),
				    FINDINGS_WARNING, "never-sent",
				    "%s has no change at all of replica %u of "
				    "%.*s",
				    topology_name(all, replica, &found->arena),
				    id, SLICE_FMT(replica->root));
			else
				findings_add(found, ruv_at(replica),
				    FINDINGS_WARNING, "behind",
				    "%s lacks the last %ld s of the changes of "
				    "replica %u of %.*s",
				    topology_name(all, replica, &found->arena),
				    lag, id, SLICE_FMT(replica->root));
		}
	}
	return in_step;
}

bool
topology_in_step(const struct topology *t)
{
	for (size_t i = 0; i < t->all->count; i++)
		if (t->all->replica[i].elements == 0 ||
		    !each_lag(t, &t->all->replica[i], NULL))
			return false;
	return true;
}

static void
check_ruv(const struct topology *t, const struct replica *replica,
    struct findings *found)
{
	const char *name = topology_name(t->all, replica, &found->arena);

	if (replica->elements == 0) {
		findings_add(found, at(replica->place), FINDINGS_WARNING,
		    "no-ruv", "%s shows no RUV of %.*s: how far it is was not "
		    "compared", name, SLICE_FMT(replica->root));
		return;
	}
	(void)each_lag(t, replica, found);
	for (size_t i = 0; i < t->all->count; i++) {
		const struct replica *peer = &t->all->replica[i];

		if (peer <= replica || !same_suffix(peer, replica) ||
		    !peer->has_generation || !replica->has_generation ||
		    csn_compare(&peer->generation, &replica->generation) == 0)
			continue;
		findings_add(found, ruv_at(replica), FINDINGS_ERROR,
		    "generation", "%s and %s hold different generations of "
		    "%.*s: one must be initialised from the other", name,
		    topology_name(t->all, peer, &found->arena),
		    SLICE_FMT(replica->root));
	}
}

/* -- IDs ------------------------------------------------------------------- */

static void
check_id(const struct topology *t, const struct replica *replica,
    struct findings *found)
{
	const char *name = topology_name(t->all, replica, &found->arena);

	if (!replica->has_id || !replica->supplier)
		return;
	for (size_t i = 0; i < t->all->count; i++) {
		const struct replica *peer = &t->all->replica[i];

		if (peer <= replica || !same_suffix(peer, replica) ||
		    !peer->has_id || !peer->supplier ||
		    peer->id != replica->id || peer->server == replica->server)
			continue;
		findings_add(found, at(peer->place), FINDINGS_ERROR,
		    "duplicate-id", "%s and %s are both replica %u of %.*s",
		    name, topology_name(t->all, peer, &found->arena),
		    replica->id, SLICE_FMT(replica->root));
	}
	for (size_t i = 0; t->ranges != NULL && i < t->ranges->count; i++) {
		const struct topology_range *range = &t->ranges->at[i];

		if (!slice_is(range->suffix, replica->suffix) ||
		    replica->id < range->first || replica->id > range->last)
			continue;
		findings_add(found,
		    (struct findings_place){ range->file, range->line },
		    FINDINGS_ERROR, "id-unassigned", "the instance would give "
		    "replica ID %u, of its range %u to %u, to a new clone, but "
		    "%s has it", replica->id, range->first, range->last, name);
	}
}

/* Do all agreements of the suffix lead to replicas that were given? */
static bool
all_given(const struct replicas *all, const struct replica *of)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct replica *replica = &all->replica[i];

		if (!same_suffix(replica, of))
			continue;
		if (!replica->is_configured)
			return false;
		for (size_t k = 0; k < replica->agreements; k++)
			if (replicas_at(all, of->suffix,
				replica->agreement[k].host,
				replica->agreement[k].port) == NULL)
				return false;
	}
	return true;
}

/* An ID that nobody has who was given.  Every replica lists it: once is
 * enough. */
static void
check_elements(const struct topology *t, const struct replica *replica,
    struct findings *found)
{
	for (size_t i = 0; i < replica->elements; i++) {
		const struct replica_element *element = &replica->element[i];
		uint16_t id = element->is.replica;
		bool first = true;

		if (replicas_with_id(t->all, replica->suffix, id) != NULL)
			continue;
		for (size_t k = 0; &t->all->replica[k] != replica; k++)
			first = first &&
			    !(same_suffix(&t->all->replica[k], replica) &&
				replica_element(&t->all->replica[k], id) !=
				    NULL);
		if (!first)
			continue;
		if (!all_given(t->all, replica)) {
			findings_add(found, at(element->place), FINDINGS_INFO,
			    "id-not-given", "replica %u of %.*s, at %.*s, is "
			    "none of the servers given", id,
			    SLICE_FMT(replica->root),
			    SLICE_FMT(element->is.url.at != NULL ?
				    element->is.url : slice_of("no URL")));
			continue;
		}
		findings_add(found, at(element->place), FINDINGS_WARNING,
		    "ruv-leftover", "replica %u of %.*s, at %.*s, is gone, and "
		    "its changes are still kept account of", id,
		    SLICE_FMT(replica->root),
		    SLICE_FMT(element->is.url.at != NULL ? element->is.url :
							   slice_of("no URL")));
		findings_mend(found, "dsconf %s repl-tasks cleanallruv "
		    "--suffix %s --replica-id %u",
		    findings_word(found,
			topology_name(t->all, replica, &found->arena)),
		    findings_word(found,
			arena_copy(&found->arena, replica->root).at), id);
	}
}

/* -- agreements ------------------------------------------------------------ */

/* cn=masterAgreement1-HOST-INSTANCE: is it for a host of the domain?  Other
 * names tell nothing. */
static bool
names_gone_host(const struct replicas *all, struct slice name)
{
	const char *mark = name.at == NULL ? NULL :
	    memmem(name.at, name.size, "Agreement1-", 11);
	struct slice rest;
	bool any = false;

	if (mark == NULL)
		return false;
	mark += 11;
	rest = (struct slice){ mark, name.size - (size_t)(mark - name.at) };
	for (size_t i = 0; i < all->traces; i++) {
		struct slice host = all->trace[i].host;

		if (all->trace[i].kind != REPLICA_HOST || host.at == NULL)
			continue;
		any = true;
		if (rest.size > host.size && rest.at[host.size] == '-' &&
		    strncasecmp(rest.at, host.at, host.size) == 0)
			return false;
	}
	return any;
}

static void
check_status(const struct replica_agreement *agreement, const char *who,
    struct findings *found)
{
	long status = topology_status(agreement->status);
	long initial = topology_status(agreement->init_status);

	if (agreement->disabled)
		findings_add(found, at(agreement->place), FINDINGS_WARNING,
		    "agreement-disabled", "%s sends nothing to %.*s:%.*s: the "
		    "agreement is disabled", who, SLICE_FMT(agreement->host),
		    SLICE_FMT(agreement->port));
	else if (status == BUSY ||
	    slice_is(agreement->state, slice_of("amber")))
		findings_add(found, at(agreement->place), FINDINGS_INFO,
		    "agreement-busy", "%s waits for %.*s:%.*s: %.*s", who,
		    SLICE_FMT(agreement->host), SLICE_FMT(agreement->port),
		    SLICE_FMT(agreement->status));
	else if ((status != 0 && status != TOPOLOGY_NO_STATUS) ||
	    slice_is(agreement->state, slice_of("red")))
		findings_add(found, at(agreement->place), FINDINGS_ERROR,
		    "agreement-failed", "%s cannot send to %.*s:%.*s: %.*s",
		    who, SLICE_FMT(agreement->host),
		    SLICE_FMT(agreement->port), SLICE_FMT(agreement->status));
	if (initial != 0 && initial != TOPOLOGY_NO_STATUS)
		findings_add(found, at(agreement->place), FINDINGS_WARNING,
		    "init-failed", "%s did not initialise %.*s:%.*s: %.*s",
		    who, SLICE_FMT(agreement->host),
		    SLICE_FMT(agreement->port),
		    SLICE_FMT(agreement->init_status));
}

/* Does the consumer, where it is known, send its own changes back? */
static void
check_way_back(const struct replicas *all, const struct replica *replica,
    const struct replica_agreement *agreement, struct findings *found)
{
	const struct replica *peer = replicas_at(all, replica->suffix,
	    agreement->host, agreement->port);

	if (peer == NULL || !peer->is_configured || !peer->supplier ||
	    replica->host.at == NULL)
		return;
	for (size_t i = 0; i < peer->agreements; i++)
		if (replicas_at(all, replica->suffix, peer->agreement[i].host,
			peer->agreement[i].port) == replica)
			return;
	findings_add(found, at(agreement->place), FINDINGS_ERROR, "one-way",
	    "%s sends to %.*s:%.*s, which has no agreement to send back",
	    topology_name(all, replica, &found->arena),
	    SLICE_FMT(agreement->host), SLICE_FMT(agreement->port));
}

static void
check_agreements(const struct replicas *all, const struct replica *replica,
    struct findings *found)
{
	const char *who = topology_name(all, replica, &found->arena);

	for (size_t i = 0; i < replica->agreements; i++) {
		const struct replica_agreement *agreement =
		    &replica->agreement[i];

		if (names_gone_host(all, agreement->name)) {
			findings_add(found, at(agreement->place),
			    FINDINGS_WARNING, "agreement-leftover",
			    "'%.*s' is for a clone that the security domain "
			    "does not have", SLICE_FMT(agreement->name));
			findings_mend(found,
			    "dsconf %s repl-agmt delete --suffix %s %s",
			    findings_word(found, who),
			    findings_word(found,
				arena_copy(&found->arena, replica->root).at),
			    findings_word(found,
				arena_copy(&found->arena,
				    agreement->name).at));
		}
		check_status(agreement, who, found);
		check_way_back(all, replica, agreement, found);
	}
}

/* -- traces ---------------------------------------------------------------- */

static void
check_trace(const struct replicas *all, const struct replica_trace *trace,
    struct findings *found)
{
	switch (trace->kind) {
	case REPLICA_CONFLICT:
		findings_add(found, at(trace->place), FINDINGS_WARNING,
		    "conflict", "'%.*s' is in conflict: %.*s",
		    SLICE_FMT(trace->text), SLICE_FMT(trace->more));
		break;
	case REPLICA_MANAGER:
		if (names_gone_host(all, trace->more))
			findings_add(found, at(trace->place),
			    FINDINGS_WARNING, "manager-leftover",
			    "'%.*s' can still write all, for a clone that the "
			    "security domain does not have",
			    SLICE_FMT(trace->text));
		break;
	case REPLICA_RANGE:
		if (trace->host.at != NULL &&
		    !replicas_has_host(all, trace->host))
			findings_add(found, at(trace->place), FINDINGS_INFO,
			    "range-leftover", "'%.*s' is of %.*s, which the "
			    "security domain does not have: nobody will use "
			    "these numbers", SLICE_FMT(trace->text),
			    SLICE_FMT(trace->host));
		break;
	case REPLICA_HOST:
		break;
	}
}

void
topology_check(const struct topology *t, struct findings *found)
{
	for (size_t i = 0; i < t->all->count; i++) {
		const struct replica *replica = &t->all->replica[i];

		check_id(t, replica, found);
		check_ruv(t, replica, found);
		check_elements(t, replica, found);
		check_agreements(t->all, replica, found);
	}
	for (size_t i = 0; i < t->all->traces; i++)
		check_trace(t->all, &t->all->trace[i], found);
}
