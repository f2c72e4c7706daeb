/* SPDX-License-Identifier: MIT */
#include "check/replication.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "check/check.h"
#include "dir/dn.h"
#include "pki/domain.h"
#include "pki/rangeset.h"
#include "pki/replica.h"

/*
 * What a clone that was removed, or failed to install, left in the directories
 * of the others [deployment 3, 4]: by its name, or by its host where Directory
 * Servers are on the hosts of the security domain.  Each adds what it finds.
 */

static struct findings_place
stale_at(struct replica_place place)
{
	return (struct findings_place){ place.file, place.line };
}

/* An instance has no '.' in its name: one there is the host's domain. */
static bool
is_instance(struct slice name, size_t from)
{
	return name.size > from + 1 && name.at[from] == '-' &&
	    memchr(name.at + from, '.', name.size - from) == NULL;
}

/* Does a name that Dogtag made, such as ca2.example.com-pki-tomcat, begin with
 * this host and '-'?  ca-3.example.com-pki-tomcat is none of a host ca. */
static bool
begins(struct slice name, struct slice host)
{
	const char *dot = host.size == 0 ? NULL :
	    memchr(host.at, '.', host.size);
	const size_t label = dot != NULL ? (size_t)(dot - host.at) : host.size;

	if (host.size == 0)
		return false;
	if (name.size > host.size &&
	    strncasecmp(name.at, host.at, host.size) == 0 &&
	    (is_instance(name, host.size) ||
		(dot == NULL && !endpoint_is_ip(host) &&
		    name.at[host.size] == '.')))
		return true;
	return !endpoint_is_ip(host) && name.size > label &&
	    strncasecmp(name.at, host.at, label) == 0 &&
	    is_instance(name, label);
}

/* Is there a security domain, and nobody in it who fits? */
static bool
is_gone(const struct replicas *all, struct slice text,
    bool (*fits)(struct slice, struct slice))
{
	bool any = false;

	for (size_t i = 0; i < all->traces; i++) {
		const struct replica_trace *trace = &all->trace[i];

		if (trace->kind != REPLICA_HOST || trace->host.at == NULL)
			continue;
		any = true;
		if (fits(text, trace->host))
			return false;
	}
	return any;
}

/* What follows a text in a name, case aside; at NULL: not there. */
static struct slice
after(struct slice name, const char *text)
{
	const size_t size = strlen(text);

	for (size_t i = 0; i + size <= name.size; i++)
		if (strncasecmp(name.at + i, text, size) == 0)
			return (struct slice){ name.at + i + size,
				name.size - i - size };
	return (struct slice){ NULL, 0 };
}

/* masterAgreement1-HOST-INSTANCE, as Dogtag names them, or caToHOST, as FreeIPA
 * does.  Other names tell nothing: *tells is false. */
static bool
names_gone_host(const struct replicas *all, struct slice name, bool *tells)
{
	struct slice host = after(name, "Agreement1-");
	struct slice ipa = after(name, "caTo");

	*tells = host.at != NULL || (ipa.at != NULL && ipa.at == name.at + 4);
	if (host.at != NULL)
		return is_gone(all, host, begins);
	return *tells && is_gone(all, ipa, endpoint_same_host);
}

/* Are the suffix's replicas that were given all on hosts of the domain, which
 * is in this suffix?  FreeIPA has it so. */
static bool
is_on_hosts(const struct replicas *all, const struct replica *of)
{
	bool within = false;

	for (size_t i = 0; i < all->count; i++)
		if (slice_equal(all->replica[i].suffix, of->suffix) &&
		    (all->replica[i].at.host.at == NULL ||
			is_gone(all, all->replica[i].at.host,
			    endpoint_same_host)))
			return false;
	for (size_t i = 0; i < all->traces; i++)
		within |= all->trace[i].kind == REPLICA_HOST &&
		    all->trace[i].dn.at != NULL &&
		    dn_within(all->trace[i].dn, of->suffix);
	return within;
}

static bool
is_leftover(const struct replicas *all, const struct replica *replica,
    const struct replica_agreement *agreement)
{
	bool tells;
	bool gone = names_gone_host(all, agreement->name, &tells);

	/* HERE-to-HOST, as FreeIPA names them in all suffixes. */
	return gone ||
	    (!tells && endpoint_same_host(after(agreement->name, "-to-"),
			   agreement->to.host) &&
		is_on_hosts(all, replica) &&
		is_gone(all, agreement->to.host, endpoint_same_host));
}

/* Where dsconf(8) is to go: a URL, or a name for people to fill in. */
static const char *
dsconf_target(const struct replicas *all, const struct replica *replica,
    struct findings *found)
{
	const char *name = all->server[replica->server].name;

	if (replica->url.at != NULL)
		name = arena_copy(&found->arena, replica->url).at;
	else if (strstr(name, "://") == NULL)
		name = "INSTANCE";
	return findings_word(found, name);
}

static const char *
word(struct findings *found, struct slice text)
{
	return text.at == NULL ? "" :
	    findings_word(found, arena_copy(&found->arena, text).at);
}

static void
stale_agreement(const struct replicas *all, const struct replica *replica,
    const struct replica_agreement *agreement, struct findings *found)
{
	if (!is_leftover(all, replica, agreement))
		return;
	findings_add(found, stale_at(agreement->place),
	    "agreement-leftover", "'%.*s' is for a clone that the security "
	    "domain does not have", SLICE_ARG(agreement->name));
	findings_fix(found, "dsconf %s repl-agmt delete --suffix %s %s",
	    dsconf_target(all, replica, found), word(found, replica->root),
	    word(found, agreement->name));
}

/* Is every server of the suffix here that an agreement leads to, but for clones
 * that are gone? */
static bool
all_given(const struct replicas *all, const struct replica *of)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct replica *replica = &all->replica[i];

		if (!slice_equal(replica->suffix, of->suffix))
			continue;
		if (!replica->is_configured)
			return false;
		for (size_t k = 0; k < replica->agreements; k++)
			if (!is_leftover(all, replica,
				&replica->agreement[k]) &&
			    replicas_led_to(all, of->suffix,
				&replica->agreement[k]) == NULL)
				return false;
	}
	return true;
}

/* Is it where a leftover agreement leads? */
static bool
is_of_leftover(const struct replicas *all, const struct replica *of,
    const struct replica_element *element)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct replica *replica = &all->replica[i];

		for (size_t k = 0; k < replica->agreements; k++)
			if (slice_equal(replica->suffix, of->suffix) &&
			    replica_leads_to(&replica->agreement[k],
				&element->at) &&
			    is_leftover(all, replica, &replica->agreement[k]))
				return true;
	}
	return false;
}

/* An ID in a RUV that nobody has who was given. */
static void
stale_element(const struct replicas *all, const struct replica *replica,
    const struct replica_element *element, struct findings *found)
{
	const unsigned id = element->is.replica;
	struct slice url = element->is.url.at != NULL ? element->is.url :
							slice_of("no URL");

	if (replicas_with_id(all, replica->suffix, element->is.replica) !=
	    NULL)
		return;
	if (!is_of_leftover(all, replica, element) &&
	    !all_given(all, replica)) {
		findings_add(found, stale_at(element->place),
		    "id-not-given", "replica %u of %.*s, at %.*s, is none of "
		    "the servers given", id, SLICE_ARG(replica->root),
		    SLICE_ARG(url));
		return;
	}
	findings_add(found, stale_at(element->place),
	    "ruv-leftover", "replica %u of %.*s, at %.*s, is gone, and its "
	    "changes are still kept account of", id, SLICE_ARG(replica->root),
	    SLICE_ARG(url));
	findings_fix(found, "dsconf %s repl-tasks cleanallruv --suffix %s "
	    "--replica-id %u", dsconf_target(all, replica, found),
	    word(found, replica->root), id);
}

/* All servers of a suffix have its ranges: once is enough. */
static bool
is_again(const struct replicas *all, const struct replica_trace *trace)
{
	for (const struct replica_trace *t = all->trace; t != trace; t++)
		if (t->kind == trace->kind && slice_equal(t->dn, trace->dn))
			return true;
	return false;
}

/* A replication manager, or a range of numbers. */
static void
stale_trace(const struct replicas *all, const struct replica_trace *trace,
    struct findings *found)
{
	bool tells;

	if (trace->kind == REPLICA_MANAGER &&
	    names_gone_host(all, trace->more, &tells))
		findings_add(found, stale_at(trace->place),
		    "manager-leftover", "'%.*s' can still write all, for a "
		    "clone that the security domain does not have",
		    SLICE_ARG(trace->text));
	if (trace->kind == REPLICA_RANGE &&
	    is_gone(all, trace->host, endpoint_same_host) &&
	    trace->host.at != NULL &&
	    !is_again(all, trace))
		findings_add(found, stale_at(trace->place),
		    "range-leftover", "'%.*s' is of %.*s, which the security "
		    "domain does not have: nobody will use these numbers",
		    SLICE_ARG(trace->text), SLICE_ARG(trace->host));
}

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
		const struct replica_id_range *range = &t->ranges->at[i];

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
			stale_element(t->all, replica, &replica->element[i],
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

		stale_agreement(all, replica, agreement, found);
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
			stale_trace(t->all, trace, found);
	}
}

/* Changes are on their way at any time: so many seconds behind is in order. */
#define MAX_LAG 60

#define SECURE "internaldb.ldapconn.secureConn"

static bool
has_replica(const struct check_servers *live, size_t server)
{
	for (size_t i = 0; i < live->replicas.count; i++)
		if (live->replicas.replica[i].server == server &&
		    live->replicas.replica[i].is_configured)
			return true;
	return false;
}

static int
read_side(struct check_servers *live, struct check_server *side)
{
	const struct cfg *cfg = side->is->cfg;

	side->server = replicas_server(&live->replicas,
	    source_name(side->dir.source));
	if (replicas_read(&live->replicas, side->dir.source,
		side->dir.base, side->server) < 0)
		return -1;
	if (live->set->count > 1 && !has_replica(live, side->server))
		findings_add(live->found,
		    check_place(cfg, "internaldb.basedn"),
		    "replica-missing", "no replica of '%s' at %s, or none "
		    "that may be seen: nothing is replicated", side->dir.base,
		    source_name(side->dir.source));
	return cfg_string(cfg, "internaldb.basedn").at == NULL ? 0 :
	    replica_ids_read(&live->ranges, cfg);
}

static int
read_all(struct check_servers *live)
{
	for (size_t i = 0; i < live->set->count; i++)
		if (live->side[i].dir.source != NULL &&
		    read_side(live, &live->side[i]) < 0)
			return -1;
	if (live->planned.source != NULL &&
	    replicas_read(&live->replicas, live->planned.source,
		live->planned.base, replicas_server(&live->replicas,
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
replica_at(const struct replica_agreement *agreement)
{
	return (struct findings_place){ agreement->place.file,
		agreement->place.line };
}

/* The same agreement the other way, where both ends are known. */
static const struct replica_agreement *
way_back(const struct check_servers *live, const struct replica *replica,
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
check_agreement(struct check_servers *live, const struct replica *replica,
    const struct replica_agreement *agreement, bool secure)
{
	const struct replica_agreement *back =
	    way_back(live, replica, agreement);

	if (secure && !is_secured(agreement))
		findings_add(live->found, replica_at(agreement),
		    "agreement-security", "'%.*s' sends to %.*s:%.*s "
		    "unsecured, and the subsystem's own connection is secured",
		    SLICE_ARG(agreement->name),
		    SLICE_ARG(agreement->to.host),
		    SLICE_ARG(agreement->to.port));
	else if (back != NULL && is_secured(back) != is_secured(agreement))
		findings_add(live->found, replica_at(back),
		    "agreement-security", "'%.*s' sends by %.*s, and '%.*s' "
		    "back by %.*s", SLICE_ARG(agreement->name),
		    SLICE_ARG(agreement->transport), SLICE_ARG(back->name),
		    SLICE_ARG(back->transport));
}

static bool
is_secure(const struct check_servers *live, size_t server)
{
	for (size_t i = 0; i < live->set->count; i++)
		if (live->side[i].dir.source != NULL &&
		    live->side[i].server == server)
			return setting_bool(live->side[i].is->cfg, SECURE);
	return false;
}

/* What the master has already, and what the plan wants. */
static void
check_plan(struct check_servers *live, const struct replica *replica)
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
check_security(struct check_servers *live)
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

static int
check_servers_replication(struct check_servers *live)
{
	const struct topology topology = { &live->replicas, &live->ranges,
		MAX_LAG };

	if (read_all(live) < 0)
		return -1;
	topology_check(&topology, live->found);
	check_security(live);
	return 0;
}

const struct check check_replication[] = {
	{ .servers = check_servers_replication },
	{ .file = NULL }
};
