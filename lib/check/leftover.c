/* SPDX-License-Identifier: MIT */
#include "check/leftover.h"

#include <strings.h>

#include "dir/dn.h"
#include "pki/replica.h"

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

void
leftover_agreement(const struct replicas *all, const struct replica *replica,
    const struct replica_agreement *agreement, struct findings *found)
{
	if (!is_leftover(all, replica, agreement))
		return;
	findings_add(found, at(agreement->place),
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

void
leftover_element(const struct replicas *all, const struct replica *replica,
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
		findings_add(found, at(element->place),
		    "id-not-given", "replica %u of %.*s, at %.*s, is none of "
		    "the servers given", id, SLICE_ARG(replica->root),
		    SLICE_ARG(url));
		return;
	}
	findings_add(found, at(element->place),
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

void
leftover_trace(const struct replicas *all, const struct replica_trace *trace,
    struct findings *found)
{
	bool tells;

	if (trace->kind == REPLICA_MANAGER &&
	    names_gone_host(all, trace->more, &tells))
		findings_add(found, at(trace->place),
		    "manager-leftover", "'%.*s' can still write all, for a "
		    "clone that the security domain does not have",
		    SLICE_ARG(trace->text));
	if (trace->kind == REPLICA_RANGE &&
	    is_gone(all, trace->host, endpoint_same_host) &&
	    trace->host.at != NULL &&
	    !is_again(all, trace))
		findings_add(found, at(trace->place),
		    "range-leftover", "'%.*s' is of %.*s, which the security "
		    "domain does not have: nobody will use these numbers",
		    SLICE_ARG(trace->text), SLICE_ARG(trace->host));
}
