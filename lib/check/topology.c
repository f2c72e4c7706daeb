/* SPDX-License-Identifier: MIT */
#include "check/topology.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/leftover.h"
#include "pki/replica.h"
#include "util/mem.h"

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
	return slice_equal(a->suffix, b->suffix);
}

const char *
topology_name(const struct replicas *all, const struct replica *replica,
    struct arena *arena)
{
	struct slice name = slice_of(all->server[replica->server].name);
	char *text;

	if (replica->at.host.at == NULL)
		return arena_copy(arena, name).at;
	text = endpoint_text(&replica->at);
	name = arena_copy(arena, slice_of(text));
	free(text);
	return name.at;
}

#define NO_STATUS LONG_MIN

/* "Error (N) ..."; before 1.3.5 it was "N ...".  What is neither is
 * no success. */
static long
number_of(struct slice text)
{
	static const char error[] = "Error (";
	const char *at = text.at;
	char *end;
	long number;

	if (text.size == 0)
		return NO_STATUS;
	if (slice_starts(text, slice_of(error)))
		at += sizeof error - 1;
	number = strtol(at, &end, 10);
	return end != at ? number : LONG_MAX;
}

/* Another is sending there, by the number of the protocol.  That of an LDAP
 * error has other meanings. */
static bool
is_busy(struct slice text)
{
	return number_of(text) == 1 &&
	    memmem(text.at, text.size, "LDAP error", 10) == NULL;
}

enum topology_state
topology_state(const struct replica_agreement *agreement)
{
	long status = number_of(agreement->status);

	if (agreement->disabled)
		return TOPOLOGY_DISABLED;
	if (slice_equal(agreement->state, slice_of("red")))
		return TOPOLOGY_RED;
	if (slice_equal(agreement->state, slice_of("amber")))
		return TOPOLOGY_AMBER;
	if (slice_equal(agreement->state, slice_of("green")) || status == 0)
		return TOPOLOGY_GREEN;
	if (status == NO_STATUS)
		return TOPOLOGY_UNKNOWN;
	return is_busy(agreement->status) ? TOPOLOGY_AMBER : TOPOLOGY_RED;
}

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

/* Is the ID of an element in no RUV of the suffix before this one? */
static bool
is_first(const struct replicas *all, const struct replica *replica, uint16_t id)
{
	for (const struct replica *r = all->replica; r != replica; r++)
		if (same_suffix(r, replica) && replica_element(r, id) != NULL)
			return false;
	return true;
}

static void
add_lag(const struct replicas *all, const struct replica *replica, uint16_t id,
    long lag, struct findings *found)
{
	const char *name = topology_name(all, replica, &found->arena);

	if (lag < 0)
		findings_add(found, ruv_at(replica),
		    "never-sent", "%s has no change at all of replica %u of "
		    "%.*s", name, id, SLICE_ARG(replica->root));
	else
		findings_add(found, ruv_at(replica),
		    "behind", "%s lacks the last %ld s of the changes of "
		    "replica %u of %.*s", name, lag, id,
		    SLICE_ARG(replica->root));
}

/* Is a replica in step with what a peer is the first to know?  What it lacks is
 * added to found, unless that is NULL. */
static bool
check_lag(const struct topology *t, const struct replica *replica,
    const struct replica *peer, struct findings *found)
{
	bool in_step = true;

	for (size_t i = 0; i < peer->elements; i++) {
		uint16_t id = peer->element[i].is.replica;
		bool lacks;
		long lag = behind(t->all, replica, id, &lacks);

		if (!lacks || !is_first(t->all, peer, id) ||
		    (lag >= 0 && (unsigned long)lag <= t->max_lag &&
			t->max_lag != 0))
			continue;
		in_step = false;
		if (found != NULL)
			add_lag(t->all, replica, id, lag, found);
	}
	return in_step;
}

static bool
each_lag(const struct topology *t, const struct replica *replica,
    struct findings *found)
{
	bool in_step = true;

	for (size_t i = 0; i < t->all->count; i++)
		if (same_suffix(&t->all->replica[i], replica))
			in_step &= check_lag(t, replica, &t->all->replica[i],
			    found);
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
		findings_add(found, at(replica->place),
		    "no-ruv", "%s shows no RUV of %.*s: how far it is was not "
		    "compared", name, SLICE_ARG(replica->root));
		return;
	}
	(void)each_lag(t, replica, found);
	for (size_t i = 0; i < t->all->count; i++) {
		const struct replica *peer = &t->all->replica[i];

		if (peer <= replica || !same_suffix(peer, replica) ||
		    !peer->has_generation || !replica->has_generation ||
		    csn_compare(&peer->generation, &replica->generation) == 0)
			continue;
		findings_add(found, ruv_at(replica),
		    "generation", "%s and %s hold different generations of "
		    "%.*s: one must be initialised from the other", name,
		    topology_name(t->all, peer, &found->arena),
		    SLICE_ARG(replica->root));
	}
}

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
		findings_add(found, at(peer->place),
		    "duplicate-id", "%s and %s are both replica %u of %.*s",
		    name, topology_name(t->all, peer, &found->arena),
		    replica->id, SLICE_ARG(replica->root));
	}
	for (size_t i = 0; t->ranges != NULL && i < t->ranges->count; i++) {
		const struct topology_range *range = &t->ranges->at[i];

		if (!slice_equal(range->suffix, replica->suffix) ||
		    replica->id < range->first || replica->id > range->last)
			continue;
		findings_add(found,
		    (struct findings_place){ range->file, range->line },
		    "id-unassigned", "the instance would give "
		    "replica ID %u, of its range %u to %u, to a new clone, but "
		    "%s has it", replica->id, range->first, range->last, name);
	}
}

static void
check_elements(const struct topology *t, const struct replica *replica,
    struct findings *found)
{
	for (size_t i = 0; i < replica->elements; i++)
		if (is_first(t->all, replica, replica->element[i].is.replica))
			leftover_element(t->all, replica, &replica->element[i],
			    found);
}

static void
check_status(const struct replica_agreement *agreement, const char *who,
    struct findings *found)
{
	static const struct {
		const char *code, *words;
	} says[] = {
		[TOPOLOGY_DISABLED] = { "agreement-disabled",
			"sends nothing to" },
		[TOPOLOGY_AMBER] = { "agreement-busy", "waits for" },
		[TOPOLOGY_RED] = { "agreement-failed", "cannot send to" },
	};
	enum topology_state state = topology_state(agreement);
	long initial = number_of(agreement->init_status);
	struct slice words = state == TOPOLOGY_DISABLED ?
	    slice_of("the agreement is disabled") : agreement->status;

	if (state >= TOPOLOGY_AMBER)
		findings_add(found, at(agreement->place),
		    says[state].code, "%s %s %.*s:%.*s: %.*s", who,
		    says[state].words, SLICE_ARG(agreement->to.host),
		    SLICE_ARG(agreement->to.port), SLICE_ARG(words));
	if (initial != 0 && initial != NO_STATUS)
		findings_add(found, at(agreement->place),
		    "init-failed", "%s did not initialise %.*s:%.*s: %.*s",
		    who, SLICE_ARG(agreement->to.host),
		    SLICE_ARG(agreement->to.port),
		    SLICE_ARG(agreement->init_status));
}

/* Does the consumer, where it is known, send its own changes back? */
static void
check_way_back(const struct replicas *all, const struct replica *replica,
    const struct replica_agreement *agreement, struct findings *found)
{
	const struct replica *peer = replicas_led_to(all, replica->suffix,
	    agreement);

	if (peer == NULL || !peer->is_configured || !peer->supplier ||
	    !replica->supplier || replica->at.host.at == NULL)
		return;
	for (size_t i = 0; i < peer->agreements; i++)
		if (replicas_leads(all, &peer->agreement[i], replica))
			return;
	findings_add(found, at(agreement->place), "one-way",
	    "%s sends to %.*s:%.*s, which has no agreement to send back",
	    topology_name(all, replica, &found->arena),
	    SLICE_ARG(agreement->to.host), SLICE_ARG(agreement->to.port));
}

static void
check_agreements(const struct replicas *all, const struct replica *replica,
    struct findings *found)
{
	const char *who = topology_name(all, replica, &found->arena);

	for (size_t i = 0; i < replica->agreements; i++) {
		const struct replica_agreement *agreement =
		    &replica->agreement[i];

		leftover_agreement(all, replica, agreement, found);
		check_status(agreement, who, found);
		check_way_back(all, replica, agreement, found);
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
	for (size_t i = 0; i < t->all->traces; i++) {
		const struct replica_trace *trace = &t->all->trace[i];

		if (trace->kind == REPLICA_CONFLICT)
			findings_add(found, at(trace->place),
			    "conflict", "'%.*s' is in conflict: %.*s",
			    SLICE_ARG(trace->text), SLICE_ARG(trace->more));
		else
			leftover_trace(t->all, trace, found);
	}
}
