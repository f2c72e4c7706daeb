/* SPDX-License-Identifier: MIT */
#include "check/replication.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

#include "check/check.h"
#include "dir/dn.h"
#include "pki/domain.h"
#include "pki/rangeset.h"
#include "pki/replica.h"
#include "util/mem.h"

/*
 * What a clone that was removed, or failed to install, left in the directories
 * of the others [deployment 3, 4]: by its name, or by its host where Directory
 * Servers are on the hosts of the security domain.  Each adds what it finds.
 */

static struct findings_place
at(struct replica_place place)
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
	const char *dot =
	    host.size == 0 ? NULL : memchr(host.at, '.', host.size);
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

/* Has the security domain a host of this type? */
static bool
has_type(const struct replicas *all, struct slice type)
{
	for (size_t i = 0; i < all->traces; i++)
		if (all->trace[i].kind == REPLICA_HOST &&
		    all->trace[i].type.at != NULL &&
		    slice_equal_nocase(all->trace[i].type, type))
			return true;
	return false;
}

/* Is there a security domain, and nobody in it who fits?  Where it has hosts of
 * the type at all, only these count: a host from which one subsystem was
 * removed may still have another. */
static bool
is_gone(const struct replicas *all, struct slice type, struct slice text,
    bool (*fits)(struct slice, struct slice))
{
	const bool typed = type.at != NULL && has_type(all, type);
	bool any = false;

	for (size_t i = 0; i < all->traces; i++) {
		const struct replica_trace *trace = &all->trace[i];

		if (trace->kind != REPLICA_HOST || trace->host.at == NULL ||
		    (typed && !slice_equal_nocase(trace->type, type)))
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
names_gone_host(const struct replicas *all, struct slice type,
    struct slice name, bool *tells)
{
	struct slice host = after(name, "Agreement1-");
	struct slice ipa = after(name, "caTo");

	*tells = host.at != NULL || (ipa.at != NULL && ipa.at == name.at + 4);
	if (host.at != NULL)
		return is_gone(all, type, host, begins);
	return *tells && is_gone(all, type, ipa, endpoint_same_host);
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
			is_gone(all, of->type, all->replica[i].at.host,
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
	bool gone =
	    names_gone_host(all, replica->type, agreement->name, &tells);

	/* HERE-to-HOST, as FreeIPA names them in all suffixes. */
	return gone || (!tells &&
			   endpoint_same_host(after(agreement->name, "-to-"),
			       agreement->to.host) &&
			   is_on_hosts(all, replica) &&
			   is_gone(all, replica->type, agreement->to.host,
			       endpoint_same_host));
}

/* Dogtag names an agreement after the clone, and cloneAgreement1-... where it
 * is on the clone's own server.  Where all are for clones that are gone, so is
 * this replica. */
static bool
is_of_gone_clone(const struct replicas *all, const struct replica *replica)
{
	bool has_own = false;

	for (size_t i = 0; i < replica->agreements; i++) {
		const struct replica_agreement *is = &replica->agreement[i];

		if (!is_leftover(all, replica, is))
			return false;
		has_own |= after(is->name, "cloneAgreement1-").at != NULL;
	}
	return has_own;
}

/* "dsconf OPTIONS WHERE": a URL, with the options to bind, or a name for people
 * to fill in, which root needs none for. */
static const char *
dsconf(const struct replicas *all, const struct replica *replica,
    struct findings *found)
{
	const struct replica_server *is = &all->server[replica->server];
	const char *url = is->url;
	const char *bind =
	    is->bind != NULL ? is->bind : "-D 'cn=Directory Manager' -W";
	char *text;

	if (url == NULL && replica->url.at != NULL)
		url = arena_copy(&found->arena, replica->url).at;
	if (url == NULL)
		return "dsconf INSTANCE";
	text = mem_printf("dsconf %s%s%s", bind, *bind != '\0' ? " " : "",
	    findings_word(found, url));
	url = arena_copy(&found->arena, slice_of(text)).at;
	free(text);
	return url;
}

static const char *
word(struct findings *found, struct slice text)
{
	return text.at == NULL
		   ? ""
		   : findings_word(found, arena_copy(&found->arena, text).at);
}

static void
stale_agreement(const struct replicas *all, const struct replica *replica,
    const struct replica_agreement *agreement, struct findings *found)
{
	if (!is_leftover(all, replica, agreement))
		return;
	if (is_of_gone_clone(all, replica)) {
		findings_add(found, at(agreement->place),
		    "agreement-leftover",
		    "agreement '%.*s' and this replica of %.*s are for a "
		    "clone that the security domain does not have. If the "
		    "clone was removed, fix",
		    SLICE_ARG(agreement->name), SLICE_ARG(replica->root));
		findings_fix(found, "%s replication disable --suffix %s",
		    dsconf(all, replica, found), word(found, replica->root));
		return;
	}
	findings_add(found, at(agreement->place), "agreement-leftover",
	    "agreement '%.*s' is for a clone that the security domain does "
	    "not have. The supplier keeps trying to send to it. If the clone "
	    "was removed, fix",
	    SLICE_ARG(agreement->name));
	findings_fix(found, "%s repl-agmt delete --suffix %s %s",
	    dsconf(all, replica, found), word(found, replica->root),
	    word(found, agreement->name));
}

/* Is every server of the suffix here that an agreement leads to, but for clones
 * that are gone? */
static bool
all_given(const struct replicas *all, const struct replica *of)
{
	if (all->is_partial)
		return false;
	for (size_t i = 0; i < all->count; i++) {
		const struct replica *replica = &all->replica[i];

		if (!slice_equal(replica->suffix, of->suffix))
			continue;
		if (!replica->is_configured || !replica->knows_id)
			return false;
		for (size_t k = 0; k < replica->agreements; k++)
			if (!is_leftover(
				all, replica, &replica->agreement[k]) &&
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
			    replica_leads_to(
				&replica->agreement[k], &element->at) &&
			    is_leftover(all, replica, &replica->agreement[k]))
				return true;
	}
	return false;
}

/* One server has one ID: has another one the URL of this element now, by a
 * server that was given, or by changes that are all later? */
static bool
is_superseded(const struct replicas *all, const struct replica *of,
    const struct replica_element *element)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct replica *replica = &all->replica[i];

		if (!slice_equal(replica->suffix, of->suffix))
			continue;
		if (replica->has_id && replica->id != element->is.replica &&
		    replicas_is_at(all, replica, &element->at))
			return true;
		for (size_t k = 0; k < replica->elements; k++) {
			const struct replica_element *e = &replica->element[k];

			if (e->is.replica != element->is.replica &&
			    e->is.has_csn && element->is.has_csn &&
			    csn_compare(&element->is.max, &e->is.min) < 0 &&
			    endpoint_same(&e->at, &element->at))
				return true;
		}
	}
	return false;
}

/* What is known of an ID in the RUV of a replica. */
enum fate {
	FATE_LIVE, /* a server that was given has it */
	FATE_NOT_GIVEN, /* another one may have it */
	FATE_REMOVED,
};

static enum fate
fate_of(const struct replicas *all, const struct replica *replica,
    const struct replica_element *element)
{
	const struct replica *owner =
	    replicas_with_id(all, replica->suffix, element->is.replica);

	if (owner != NULL)
		return owner != replica && is_of_gone_clone(all, owner)
			   ? FATE_REMOVED
			   : FATE_LIVE;
	return is_of_leftover(all, replica, element) ||
		       is_superseded(all, replica, element) ||
		       all_given(all, replica)
		   ? FATE_REMOVED
		   : FATE_NOT_GIVEN;
}

static bool
is_cleaned(const struct replicas *all, struct slice suffix, uint16_t id)
{
	for (size_t i = 0; i < all->count; i++)
		for (size_t k = 0; k < all->replica[i].cleans; k++)
			if (all->replica[i].clean[k].id == id &&
			    slice_equal(all->replica[i].suffix, suffix))
				return true;
	return false;
}

/* Does another finding call the ID removed?  Whoever lacks its changes is then
 * right. */
static bool
is_removed_id(const struct replicas *all, struct slice suffix, uint16_t id)
{
	const struct replica *owner = replicas_with_id(all, suffix, id);

	if (owner != NULL)
		return is_of_gone_clone(all, owner);
	if (is_cleaned(all, suffix, id))
		return true;
	for (size_t i = 0; i < all->count; i++) {
		const struct replica *replica = &all->replica[i];
		const struct replica_element *element =
		    slice_equal(replica->suffix, suffix)
			? replica_element(replica, id)
			: NULL;

		if (element != NULL &&
		    fate_of(all, replica, element) == FATE_REMOVED)
			return true;
	}
	return false;
}

static struct slice
url_of(const struct replica_element *element)
{
	return element != NULL && element->is.url.at != NULL
		   ? element->is.url
		   : slice_of("no URL");
}

/* An ID in a RUV that nobody has who was given. */
static void
stale_element(const struct replicas *all, const struct replica *replica,
    const struct replica_element *element, struct findings *found)
{
	const unsigned id = element->is.replica;
	const enum fate fate = fate_of(all, replica, element);

	if (fate == FATE_LIVE ||
	    is_cleaned(all, replica->suffix, element->is.replica))
		return;
	if (fate == FATE_NOT_GIVEN) {
		findings_add(found, at(element->place), "id-not-given",
		    "replica %u of %.*s (%.*s) is in the RUV of %s, and its "
		    "server was not given. Do not clean the ID; add the URL "
		    "of the server",
		    id, SLICE_ARG(replica->root), SLICE_ARG(url_of(element)),
		    topology_name(all, replica, &found->arena));
		return;
	}
	findings_add(found, at(element->place), "ruv-leftover",
	    "replica %u of %.*s (%.*s) was removed but is "
	    "still in the RUV",
	    id, SLICE_ARG(replica->root), SLICE_ARG(url_of(element)));
	findings_fix(found,
	    "%s repl-tasks cleanallruv --suffix %s "
	    "--replica-id %u",
	    dsconf(all, replica, found), word(found, replica->root), id);
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

/* The type of the subsystem in whose suffix an entry is, or at NULL. */
static struct slice
type_at(const struct replicas *all, struct slice dn)
{
	for (size_t i = 0; dn.at != NULL && i < all->count; i++)
		if (dn_within(dn, all->replica[i].suffix))
			return all->replica[i].type;
	return (struct slice){ NULL, 0 };
}

/* All suffixes of a server bind by its managers. */
static void
stale_manager(const struct replicas *all, const struct replica_trace *trace,
    struct findings *found)
{
	const struct replica *replica = NULL;
	bool tells;

	if (!names_gone_host(
		all, (struct slice){ NULL, 0 }, trace->more, &tells))
		return;
	for (size_t i = 0; replica == NULL && i < all->count; i++)
		if (all->replica[i].server == trace->server)
			replica = &all->replica[i];
	findings_add(found, at(trace->place), "manager-leftover",
	    "'%.*s' was made for a clone that the security domain does not "
	    "have, and whoever knows its password can write the whole suffix",
	    SLICE_ARG(trace->text));
	if (replica != NULL)
		findings_fix(found,
		    "%s replication delete-manager --name %s "
		    "--suffix %s",
		    dsconf(all, replica, found), word(found, trace->text),
		    word(found, replica->root));
}

/* A replication manager, or a range of numbers. */
static void
stale_trace(const struct replicas *all, const struct replica_trace *trace,
    struct findings *found)
{
	if (trace->kind == REPLICA_MANAGER)
		stale_manager(all, trace, found);
	if (trace->kind == REPLICA_RANGE &&
	    is_gone(all, type_at(all, trace->dn), trace->host,
		endpoint_same_host) &&
	    trace->host.at != NULL && !is_again(all, trace))
		findings_add(found, at(trace->place), "range-leftover",
		    "'%.*s' is the range of %.*s, which the security "
		    "domain does not have: nobody uses these numbers",
		    SLICE_ARG(trace->text), SLICE_ARG(trace->host));
}

/* Where its RUV was seen. */
static struct findings_place
ruv_at(const struct replica *replica)
{
	return at(replica->elements != 0 ? replica->element[0].place
					 : replica->place);
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

#define NO_STATUS REPLICA_NO_CODE

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

/* The numbers of the protocol with which the supplier tries again by itself:
 * the consumer is busy, wants it to back off, or had a passing error [389-ds
 * repl5.h, NSDS50_REPL_]. */
static bool
is_later(long number)
{
	return number == 1 || number == 14 || number == 18;
}

/* That of an LDAP error has other meanings. */
static bool
is_ldap_error(struct slice text)
{
	return memmem(text.at, text.size, "LDAP error", 10) != NULL;
}

/* By the numbers that come with the colour: releases differ in which of them
 * are red. */
static bool
is_later_by_code(const struct replica_agreement *agreement)
{
	return (agreement->ldap_code == 0 ||
		   agreement->ldap_code == REPLICA_NO_CODE) &&
	       is_later(agreement->code);
}

/* 9: the consumer was released; 13: it had all. */
static bool
is_success(long number)
{
	return number == 0 || number == 9 || number == 13;
}

enum topology_state
topology_state(const struct replica_agreement *agreement)
{
	long status = number_of(agreement->status);

	if (agreement->disabled)
		return TOPOLOGY_DISABLED;
	if (slice_equal(agreement->state, slice_of("amber")) ||
	    is_later_by_code(agreement))
		return TOPOLOGY_AMBER;
	if (slice_equal(agreement->state, slice_of("red")))
		return TOPOLOGY_RED;
	if (slice_equal(agreement->state, slice_of("green")))
		return TOPOLOGY_GREEN;
	if (status == NO_STATUS)
		return TOPOLOGY_UNKNOWN;
	if (is_ldap_error(agreement->status))
		return status == 0 ? TOPOLOGY_GREEN : TOPOLOGY_RED;
	return is_success(status) ? TOPOLOGY_GREEN
	       : is_later(status) ? TOPOLOGY_AMBER
				  : TOPOLOGY_RED;
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
		    (best == NULL || csn_compare(&element->is.max, best) > 0))
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
topology_lag(
    const struct replicas *all, const struct replica *replica, uint16_t id)
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
		findings_add(found, ruv_at(replica), "never-sent",
		    "%s has received no change of replica %u of %.*s",
		    name, id, SLICE_ARG(replica->root));
	else
		findings_add(found, ruv_at(replica), "behind",
		    "%s lacks the last %ld s of changes of "
		    "replica %u of %.*s%s",
		    name, lag, id, SLICE_ARG(replica->root),
		    replica->has_id && replica->id == id
			? ", which are its own: an older backup was restored"
			: "");
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
		    is_removed_id(t->all, peer->suffix, id) ||
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

	if (is_of_gone_clone(t->all, replica))
		return true;
	for (size_t i = 0; i < t->all->count; i++)
		if (same_suffix(&t->all->replica[i], replica))
			in_step &=
			    check_lag(t, replica, &t->all->replica[i], found);
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

static bool
is_unreadable(const struct replica *replica)
{
	return slice_equal_nocase(replica->state, slice_of("referral")) ||
	       slice_equal_nocase(replica->state, slice_of("disabled"));
}

/* What the mapping tree says of the suffix, where it is not as a supplier's
 * should be [389-ds mapping_tree.c]. */
static void
check_suffix(const struct topology *t, const struct replica *replica,
    struct findings *found)
{
	const char *name = topology_name(t->all, replica, &found->arena);

	if (replica->state.at == NULL)
		return;
	if (slice_equal_nocase(replica->state, slice_of("referral")))
		findings_add(found, at(replica->state_place), "suffix-referral",
		    "%s answers each request for %.*s with a referral: it is "
		    "being initialised, or its initialisation failed",
		    name, SLICE_ARG(replica->root));
	else if (slice_equal_nocase(replica->state, slice_of("disabled")))
		findings_add(found, at(replica->state_place), "suffix-disabled",
		    "%s has disabled %.*s: it neither answers requests for "
		    "the suffix nor replicates it",
		    name, SLICE_ARG(replica->root));
	else
		findings_add(found, at(replica->state_place),
		    "suffix-read-only",
		    "%s is a supplier of %.*s, but its state is '%.*s': it "
		    "accepts no changes from clients",
		    name, SLICE_ARG(replica->root), SLICE_ARG(replica->state));
}

/* cn=config has nsds50ruv for those alone who ask for it, and may read it. */
static void
add_no_ruv(const struct replicas *all, const struct replica *replica,
    struct findings *found)
{
	const struct replica_server *is = &all->server[replica->server];
	const char *name = topology_name(all, replica, &found->arena);

	if (is->url != NULL) {
		findings_add(found, at(replica->place), "no-ruv",
		    "the lag of %.*s on %s was not checked: the server shows "
		    "no RUV (nsds50ruv). Bind as cn=Directory Manager",
		    SLICE_ARG(replica->root), name);
		return;
	}
	findings_add(found, at(replica->place), "no-ruv",
	    "the lag of %.*s on %s was not checked: this LDIF has no RUV. Add "
	    "to it",
	    SLICE_ARG(replica->root), name);
	findings_fix(found,
	    "ldapsearch -o ldif-wrap=no -LLL -H %s -D 'cn=Directory Manager' "
	    "-W -b 'cn=mapping tree,cn=config' "
	    "'(objectClass=nsds5Replica)' '*' nsds50ruv",
	    replica->url.at != NULL ? word(found, replica->url) :
				      "ldap://HOST");
}

static void
check_ruv(const struct topology *t, const struct replica *replica,
    struct findings *found)
{
	const char *name = topology_name(t->all, replica, &found->arena);

	/* The state of the suffix says why. */
	if (is_unreadable(replica))
		return;
	if (replica->elements == 0) {
		add_no_ruv(t->all, replica, found);
		return;
	}
	(void)each_lag(t, replica, found);
	for (size_t i = 0; i < t->all->count; i++) {
		const struct replica *peer = &t->all->replica[i];

		if (peer <= replica || !same_suffix(peer, replica) ||
		    !peer->has_generation || !replica->has_generation ||
		    csn_compare(&peer->generation, &replica->generation) == 0)
			continue;
		findings_add(found, ruv_at(replica), "generation",
		    "%s and %s hold different generations of %.*s and "
		    "replicate nothing: initialise one from the other",
		    name, topology_name(t->all, peer, &found->arena),
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
		findings_add(found, at(peer->place), "duplicate-id",
		    "%s and %s both have replica ID %u of %.*s: the others "
		    "cannot tell their changes apart", name,
		    topology_name(t->all, peer, &found->arena), replica->id,
		    SLICE_ARG(replica->root));
	}
	for (size_t i = 0; t->ranges != NULL && i < t->ranges->count; i++) {
		const struct replica_id_range *range = &t->ranges->at[i];

		if (!slice_equal(range->suffix, replica->suffix) ||
		    replica->id < range->first || replica->id > range->last)
			continue;
		findings_add(found,
		    (struct findings_place){ range->file, range->line },
		    "id-unassigned",
		    "%s has replica ID %u, which is in the range %u to %u "
		    "that this instance gives to clones: the next clone may "
		    "get the same ID",
		    name, replica->id, range->first, range->last);
	}
}

static void
check_elements(const struct topology *t, const struct replica *replica,
    struct findings *found)
{
	for (size_t i = 0; i < replica->elements; i++)
		if (is_first(t->all, replica, replica->element[i].is.replica))
			stale_element(
			    t->all, replica, &replica->element[i], found);
}

/* Was nothing ever sent, so that the server has 1970 for the time? */
static bool
is_never(const struct replica_agreement *agreement)
{
	return slice_starts(agreement->updated, slice_of("1970"));
}

/* Is the consumer known to lack nothing, so that nothing had to be sent? */
static bool
has_all(const struct topology *t, const struct replica *replica,
    const struct replica_agreement *agreement)
{
	const struct replica *peer =
	    replicas_led_to(t->all, replica->suffix, agreement);

	return peer != NULL && peer->elements != 0 && each_lag(t, peer, NULL);
}

static void
check_never(const struct topology *t, const struct replica *replica,
    const struct replica_agreement *agreement, const char *who,
    struct findings *found)
{
	enum topology_state state = topology_state(agreement);

	if (state == TOPOLOGY_AMBER)
		findings_add(found, at(agreement->place), "agreement-never",
		    "%s has sent nothing to %.*s:%.*s since it was started, "
		    "and tries again later: %.*s",
		    who, SLICE_ARG(agreement->to.host),
		    SLICE_ARG(agreement->to.port),
		    SLICE_ARG(agreement->status));
	else if ((state == TOPOLOGY_GREEN || state == TOPOLOGY_UNKNOWN) &&
		 !has_all(t, replica, agreement))
		findings_add(found, at(agreement->place), "agreement-idle",
		    "%s has sent nothing to %.*s:%.*s since it was started",
		    who, SLICE_ARG(agreement->to.host),
		    SLICE_ARG(agreement->to.port));
}

static void
check_status(const struct topology *t, const struct replica *replica,
    const struct replica_agreement *agreement, const char *who,
    struct findings *found)
{
	static const struct {
		const char *code, *words;
	} says[] = {
		[TOPOLOGY_DISABLED] = { "agreement-disabled",
		    "sends nothing to" },
		[TOPOLOGY_AMBER] = { "agreement-busy",
		    "waits before it sends to" },
		[TOPOLOGY_RED] = { "agreement-failed", "cannot send to" },
	};
	enum topology_state state = topology_state(agreement);
	long initial = number_of(agreement->init_status);
	struct slice words = state == TOPOLOGY_DISABLED
				 ? slice_of("the agreement is disabled")
				 : agreement->status;

	if (is_never(agreement))
		check_never(t, replica, agreement, who, found);
	if (state >= TOPOLOGY_AMBER &&
	    !(state == TOPOLOGY_AMBER && is_never(agreement)))
		findings_add(found, at(agreement->place), says[state].code,
		    "%s %s %.*s:%.*s: %.*s", who, says[state].words,
		    SLICE_ARG(agreement->to.host),
		    SLICE_ARG(agreement->to.port), SLICE_ARG(words));
	if (initial != 0 && initial != NO_STATUS)
		findings_add(found, at(agreement->place), "init-failed",
		    "%s could not initialise %.*s:%.*s: %.*s", who,
		    SLICE_ARG(agreement->to.host),
		    SLICE_ARG(agreement->to.port),
		    SLICE_ARG(agreement->init_status));
}

/* masterAgreement1-CLONE and cloneAgreement1-CLONE are the two ways of one
 * pair, by whatever name the hosts call each other [dogtag 9]. */
static bool
is_pair(const struct replica_agreement *a, const struct replica_agreement *b)
{
	struct slice master = after(a->name, "masterAgreement1-");
	struct slice clone = after(b->name, "cloneAgreement1-");

	if (master.at == NULL) {
		master = after(b->name, "masterAgreement1-");
		clone = after(a->name, "cloneAgreement1-");
	}
	return master.at != NULL && clone.at != NULL &&
	       slice_equal_nocase(master, clone);
}

/* Does the consumer, where it is known, send its own changes back? */
static void
check_way_back(const struct replicas *all, const struct replica *replica,
    const struct replica_agreement *agreement, struct findings *found)
{
	const struct replica *peer =
	    replicas_led_to(all, replica->suffix, agreement);

	if (peer == NULL || !peer->is_configured || !peer->supplier ||
	    !replica->supplier || replica->at.host.at == NULL)
		return;
	if (is_of_gone_clone(all, replica) || is_of_gone_clone(all, peer))
		return;
	for (size_t i = 0; i < peer->agreements; i++)
		if (replicas_leads(all, &peer->agreement[i], replica) ||
		    (is_pair(agreement, &peer->agreement[i]) &&
			replicas_led_to(
			    all, peer->suffix, &peer->agreement[i]) == NULL))
			return;
	findings_add(found, at(agreement->place), "one-way",
	    "%s sends to %.*s:%.*s, which has no agreement to send back: "
	    "what is changed there does not reach this server",
	    topology_name(all, replica, &found->arena),
	    SLICE_ARG(agreement->to.host), SLICE_ARG(agreement->to.port));
}

static void
check_agreements(const struct topology *t, const struct replica *replica,
    struct findings *found)
{
	const struct replicas *all = t->all;
	const char *who = topology_name(all, replica, &found->arena);

	for (size_t i = 0; i < replica->agreements; i++) {
		const struct replica_agreement *agreement =
		    &replica->agreement[i];

		stale_agreement(all, replica, agreement, found);
		if (replicas_led_to(all, replica->suffix, agreement) ==
		    replica) {
			findings_add(found, at(agreement->place),
			    "agreement-self",
			    "agreement '%.*s' of %s leads to the server "
			    "itself, and the server it was made for gets no "
			    "changes",
			    SLICE_ARG(agreement->name), who);
			findings_fix(found,
			    "%s repl-agmt delete --suffix %s "
			    "%s",
			    dsconf(all, replica, found),
			    word(found, replica->root),
			    word(found, agreement->name));
			continue;
		}
		check_status(t, replica, agreement, who, found);
		check_way_back(all, replica, agreement, found);
	}
}

/* Is it the one clean task of its ID that is reported?  An abort comes first:
 * it is what the server does. */
static bool
is_first_clean(const struct replicas *all, const struct replica *of,
    const struct replica_clean *clean)
{
	bool is_before = true;

	for (size_t i = 0; i < all->count; i++)
		for (size_t k = 0; k < all->replica[i].cleans; k++) {
			const struct replica_clean *other =
			    &all->replica[i].clean[k];

			if (other == clean)
				is_before = false;
			else if (other->id == clean->id &&
				 same_suffix(&all->replica[i], of) &&
				 (other->is_abort > clean->is_abort ||
				     (other->is_abort == clean->is_abort &&
					 is_before)))
				return false;
		}
	return true;
}

static void
fix_clean(const struct replicas *all, const struct replica *replica,
    const struct replica_clean *clean, bool abort, bool force,
    struct findings *found)
{
	const char *where = dsconf(all, replica, found);
	const char *suffix = word(found, replica->root);
	char *stop = mem_printf("%s repl-tasks abort-cleanallruv --suffix %s "
				"--replica-id %u",
	    where, suffix, clean->id);
	char *start = mem_printf("%s repl-tasks cleanallruv --suffix %s "
				 "--replica-id %u --force-cleaning",
	    where, suffix, clean->id);

	findings_fix(found, "%s%s%s", abort ? stop : "",
	    abort && force ? " && " : "", force ? start : "");
	free(stop);
	free(start);
}

/* A task goes on until all servers have answered, unless it is forced: where
 * one is gone, without end [389-ds repl_cleanallruv.c]. */
static void
add_clean(const struct replicas *all, const struct replica *replica,
    const struct replica_clean *clean, struct findings *found)
{
	const char *name = topology_name(all, replica, &found->arena);
	const struct replica *owner =
	    replicas_with_id(all, replica->suffix, clean->id);
	struct slice url = url_of(replica_element(replica, clean->id));
	const char *status = clean->status.size != 0
				 ? arena_copy(&found->arena, clean->status).at
				 : "";

	if (clean->is_abort) {
		findings_add(found, at(clean->place), "clean-aborted",
		    "%s is aborting the removal of replica %u of %.*s (%.*s) "
		    "from the RUVs%s%s",
		    name, clean->id, SLICE_ARG(replica->root), SLICE_ARG(url),
		    *status != '\0' ? ": " : "", status);
		if (owner == NULL)
			fix_clean(all, replica, clean, false, true, found);
	} else if (owner != NULL && !is_of_gone_clone(all, owner)) {
		findings_add(found, at(clean->place), "clean-live",
		    "%s is removing replica %u of %.*s from the RUVs, but %s "
		    "has this ID: its changes are lost. Abort the task at once",
		    name, clean->id, SLICE_ARG(replica->root),
		    topology_name(all, owner, &found->arena));
		fix_clean(all, replica, clean, true, false, found);
	} else {
		findings_add(found, at(clean->place), "clean-running",
		    "%s is removing replica %u of %.*s (%.*s) from the RUVs. "
		    "If this does not end, it waits for a server that does not "
		    "answer%s%s",
		    name, clean->id, SLICE_ARG(replica->root), SLICE_ARG(url),
		    *status != '\0' ? ": " : "", status);
		fix_clean(all, replica, clean, true, !clean->forced, found);
	}
}

static void
check_cleans(const struct replicas *all, const struct replica *replica,
    struct findings *found)
{
	for (size_t i = 0; i < replica->cleans; i++)
		if (is_first_clean(all, replica, &replica->clean[i]))
			add_clean(all, replica, &replica->clean[i], found);
}

/* What 389-ds itself takes: with more, it refuses the session; from 6 hours on
 * its healthcheck warns [389-ds repl5.h, dseldif.py]. */
#define SKEW_REFUSED (24L * 3600)
#define SKEW_ODD (6L * 3600)

static bool
is_ahead(const struct replica_element *element, int64_t now)
{
	return element->is.has_csn &&
	       (int64_t)element->is.max.seconds > now + SKEW_ODD;
}

/* The first element of an ID that is from the future, in a RUV of the suffix,
 * of a replica or of an agreement. */
static const struct replica_element *
first_ahead(const struct topology *t, const struct replica *of, uint16_t id,
    int64_t now)
{
	for (size_t i = 0; i < t->all->count; i++) {
		const struct replica *replica = &t->all->replica[i];
		const struct replica_element *element =
		    replica_element(replica, id);

		if (same_suffix(replica, of) && element != NULL &&
		    is_ahead(element, now))
			return element;
	}
	for (size_t i = 0; i < t->all->count; i++) {
		const struct replica *replica = &t->all->replica[i];

		for (size_t k = 0; k < replica->agreements; k++)
			for (size_t e = 0; same_suffix(replica, of) &&
					   e < replica->agreement[k].elements;
			     e++)
				if (replica->agreement[k]
					    .element[e]
					    .is.replica == id &&
				    is_ahead(
					&replica->agreement[k].element[e], now))
					return &replica->agreement[k]
						    .element[e];
	}
	return NULL;
}

static void
check_ahead(const struct topology *t, const struct replica *replica,
    const struct replica_element *element, int64_t now, struct findings *found)
{
	const time_t seconds = (time_t)element->is.max.seconds;
	const int64_t ahead = (int64_t)seconds - now;
	const bool refused = ahead > SKEW_REFUSED;
	const intmax_t count = ahead / (refused ? SKEW_REFUSED : 3600);
	char when[32];
	struct tm tm;

	if (!is_ahead(element, now) ||
	    first_ahead(t, replica, element->is.replica, now) != element)
		return;
	gmtime_r(&seconds, &tm);
	strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
	findings_add(found, at(element->place),
	    refused ? "change-in-future" : "clock-ahead",
	    "the last change of replica %u of %.*s (%.*s) is dated %s, "
	    "%jd %s%s after now", element->is.replica,
	    SLICE_ARG(replica->root), SLICE_ARG(url_of(element)), when, count,
	    refused ? "day" : "hour", count == 1 ? "" : "s");
}

/* Times are compared with each other elsewhere; here with the clock. */
static void
check_clock(const struct topology *t, const struct replica *replica,
    struct findings *found)
{
	const int64_t now = t->now != 0 ? t->now : (int64_t)time(NULL);

	for (size_t i = 0; i < replica->elements; i++)
		check_ahead(t, replica, &replica->element[i], now, found);
	for (size_t i = 0; i < replica->agreements; i++)
		for (size_t k = 0; k < replica->agreement[i].elements; k++)
			check_ahead(t, replica,
			    &replica->agreement[i].element[k], now, found);
}

/* Two CS.cfg files of one suffix on one server: no clone has a directory of its
 * own. */
static void
check_servers(const struct replicas *all, struct findings *found)
{
	for (size_t i = 0; i < all->servers; i++) {
		const struct replica_server *is = &all->server[i];
		const struct replica_server *first =
		    is->is_again ? &all->server[is->first] : NULL;

		if (first == NULL || is->url == NULL || first->url == NULL ||
		    strstr(is->name, "://") != NULL ||
		    strstr(first->name, "://") != NULL ||
		    strcmp(is->name, first->name) == 0)
			continue;
		findings_add(found, (struct findings_place){ is->name, 0 },
		    "ds-same",
		    "the Directory Server is the same as that of '%s' (%s): "
		    "nothing is replicated",
		    first->name, is->url);
	}
}

void
topology_check(const struct topology *t, struct findings *found)
{
	check_servers(t->all, found);
	for (size_t i = 0; i < t->all->count; i++) {
		const struct replica *replica = &t->all->replica[i];

		check_id(t, replica, found);
		check_suffix(t, replica, found);
		check_ruv(t, replica, found);
		check_elements(t, replica, found);
		check_cleans(t->all, replica, found);
		check_clock(t, replica, found);
		check_agreements(t, replica, found);
	}
	for (size_t i = 0; i < t->all->traces; i++) {
		const struct replica_trace *trace = &t->all->trace[i];

		if (trace->kind == REPLICA_CONFLICT)
			findings_add(found, at(trace->place), "conflict",
			    "'%.*s' is a conflict entry (%.*s): programs find "
			    "only the other version",
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

	side->server =
	    replicas_server(&live->replicas, source_name(side->dir.source));
	replicas_bind(&live->replicas, side->server, &side->dir.options);
	if (replicas_read(&live->replicas, side->dir.source, side->dir.base,
		side->server) < 0) {
		live->replicas.is_partial = true;
		return -1;
	}
	if (live->set->count > 1 && !has_replica(live, side->server))
		findings_add(live->found, check_place(cfg, "internaldb.basedn"),
		    "replica-missing",
		    "no replica of '%s' on %s, or the bind DN may not read "
		    "it: without a replica nothing is replicated",
		    side->dir.base, source_name(side->dir.source));
	return cfg_string(cfg, "internaldb.basedn").at == NULL
		   ? 0
		   : replica_ids_read(&live->ranges, cfg);
}

static int
read_all(struct check_servers *live)
{
	int status = 0;

	for (size_t i = 0; i < live->set->count; i++)
		if (live->side[i].dir.source != NULL &&
		    read_side(live, &live->side[i]) < 0)
			status = -1;
		else if (live->side[i].dir.source == NULL)
			live->replicas.is_partial = true;
	if (live->planned.source != NULL &&
	    replicas_read(&live->replicas, live->planned.source,
		live->planned.base,
		replicas_server(
		    &live->replicas, source_name(live->planned.source))) < 0)
		status = -1;
	replicas_join(&live->replicas);
	return status;
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
	const struct replica *peer =
	    replicas_led_to(all, replica->suffix, agreement);

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
		    "agreement-security",
		    "agreement '%.*s' sends to %.*s:%.*s without TLS, and the "
		    "subsystem's own connection uses TLS: what is replicated "
		    "can be read on the network",
		    SLICE_ARG(agreement->name), SLICE_ARG(agreement->to.host),
		    SLICE_ARG(agreement->to.port));
	else if (back != NULL && is_secured(back) != is_secured(agreement))
		findings_add(live->found, replica_at(back),
		    "agreement-security",
		    "agreement '%.*s' sends by %.*s, and '%.*s' sends back by "
		    "%.*s: one direction can be read on the network",
		    SLICE_ARG(agreement->name), SLICE_ARG(agreement->transport),
		    SLICE_ARG(back->name), SLICE_ARG(back->transport));
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
	const char *text =
	    plan_get(live->plan, "pki_clone_replication_security", &line);
	const bool secure = text != NULL && (strcmp(text, "SSL") == 0 ||
						strcmp(text, "TLS") == 0);

	if (live->side[0].dir.source == NULL ||
	    replica->server != live->side[0].server ||
	    (text == NULL && line != 0))
		return;
	for (size_t i = 0; i < replica->agreements; i++)
		if (is_secured(&replica->agreement[i]) != secure) {
			findings_add(live->found, plan_at(live->plan, line),
			    "plan-agreement-security",
			    "pki_clone_replication_security is '%s', and "
			    "agreement '%.*s' on the master's Directory "
			    "Server uses %.*s",
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
			check_agreement(
			    live, replica, &replica->agreement[k], secure);
		if (live->plan != NULL && plan_replicates(live->plan))
			check_plan(live, replica);
	}
}

static int
check_servers_replication(struct check_servers *live)
{
	const struct topology topology = { .all = &live->replicas,
		.ranges = &live->ranges,
		.max_lag = MAX_LAG };
	int status = read_all(live);

	/* What the others tell is not lost with one that does not answer. */
	topology_check(&topology, live->found);
	check_security(live);
	return status;
}

const struct check check_replication[] = {
	{ .servers = check_servers_replication }, { .file = NULL }
};
