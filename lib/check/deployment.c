/* SPDX-License-Identifier: MIT */
#include "check/deployment.h"

#include <stdlib.h>

#include "dir/dn.h"
#include "pki/locate.h"
#include "util/endpoint.h"
#include "util/mem.h"

/* Named by an option, or found beside the CS.cfg; NULL: neither. */
static const char *
database_of(const struct deployment *d, size_t i)
{
	size_t named = 0;

	if (i == 0)
		return d->db != NULL ? d->db : d->host[0].files.alias;
	while (named < i && d->peer_db != NULL && d->peer_db[named] != NULL)
		named++;
	return named == i ? d->peer_db[i - 1] : d->host[i].files.alias;
}

/* The CA that the subsystem belongs to: a CA itself, or else the issuer of the
 * subsystem's certificates. */
static char *
issuer_of(const struct deployment_host *h)
{
	const bool is_ca = strcmp(h->tags.subsystem, "ca") == 0;
	char *issuer = NULL;

	for (size_t i = 0; i < h->tags.count && issuer == NULL; i++) {
		const char *tag = h->tags.tag[i].name;
		struct buf der = { 0 };
		struct cert cert;

		if ((!is_ca || strcmp(tag, "signing") == 0) &&
		    check_cert_copy(&cert, &der, h->cfg, h->tags.subsystem,
			tag) == 0) {
			issuer = is_ca ? cert.subject : cert.issuer;
			issuer = mem_dup(issuer, strlen(issuer));
			cert_release(&cert);
		}
		buf_release(&der);
	}
	return issuer;
}

/* Of several subsystems in one directory, that of the first host is meant. */
static const char *
subsystem_of(const struct deployment *d, size_t i)
{
	const char *first = d->host[0].tags.subsystem;

	if (i == 0 || d->subsystem != NULL)
		return d->subsystem;
	return locate_has_cfg(d->operand[i], first) ? first : NULL;
}

static int
read_host(struct deployment *d, size_t i)
{
	struct deployment_host *h = &d->host[i];
	const char *database;

	if (hostfiles_find(&h->files, d->operand[i], subsystem_of(d, i)) < 0)
		return -1;
	h->cfg = cfg_read(h->files.file);
	if (h->cfg == NULL || tags_read(&h->tags, h->cfg) < 0)
		return -1;
	h->release = hostrelease_of(h->cfg, d->release);
	database = database_of(d, i);
	h->has_shelf = database != NULL;
	if (database != NULL && keydb_read(&h->shelf, database) < 0)
		return -1;
	h->issuer = issuer_of(h);
	if (dn_normalise(cfg_string(h->cfg, "internaldb.basedn"), &h->suffix) <
	    0)
		h->suffix.size = 0;
	return 0;
}

static bool
is_same_suffix(const struct deployment_host *a, const struct deployment_host *b)
{
	return a->suffix.size == 0 || b->suffix.size == 0 ||
	    slice_equal(buf_slice(&a->suffix), buf_slice(&b->suffix));
}

static bool
is_same_issuer(const struct deployment_host *a, const struct deployment_host *b)
{
	return a->issuer == NULL || b->issuer == NULL ||
	    strcmp(a->issuer, b->issuer) == 0;
}

static bool
is_same_type(const struct deployment_host *a, const struct deployment_host *b)
{
	return strcmp(a->tags.subsystem, b->tags.subsystem) == 0;
}

static void
add_to_group(struct check_group *group, const struct deployment_host *h)
{
	group->side[group->count++] = (struct check_host){ h->cfg, &h->tags,
		h->has_shelf ? &h->shelf : NULL, h->release };
}

/* Into the group whose first host it goes with, or a new one. */
static void
put_host(struct deployment *d, size_t i, size_t *first)
{
	struct deployment_host *h = &d->host[i], *other;
	size_t g = 0;

	for (; g < d->groups; g++) {
		other = &d->host[first[g]];
		if (is_same_type(h, other) && is_same_suffix(h, other) &&
		    is_same_issuer(h, other))
			break;
	}
	if (g == d->groups) {
		first[d->groups++] = i;
		d->group[g] = (struct check_group){
			.side = mem_zalloc(d->count, sizeof *d->group->side),
			.rules = d->rules,
			.planned = d->planned && g == 0,
			.found = d->found };
	}
	add_to_group(&d->group[g], h);
}

/* Two of one type that are in two groups. */
static void
report_unrelated(const struct deployment *d, const struct deployment_host *a,
    const struct deployment_host *b)
{
	static const char key[] = "internaldb.basedn";

	if (!is_same_issuer(a, b))
		findings_add(d->found,
		    (struct findings_place){ b->cfg->file, 0 }, "unrelated",
		    "this file belongs to the CA '%s', and %s to '%s': the "
		    "two were not compared", b->issuer, a->cfg->file,
		    a->issuer);
	else
		findings_add(d->found, check_place(b->cfg, key), "base-dn",
		    "the base DN is '%.*s' here and '%.*s' in %s: the two "
		    "belong to different deployments, or this one was "
		    "installed with another suffix. They were not compared",
		    SLICE_ARG(cfg_string(b->cfg, key)),
		    SLICE_ARG(cfg_string(a->cfg, key)), a->cfg->file);
}

/* The only host of its type.  Where nothing at all is compared, something else
 * was meant. */
static void
report_alone(const struct deployment *d, const struct deployment_host *h)
{
	const struct deployment_host *first = &d->host[0];
	size_t compared = 0;

	for (size_t g = 0; g < d->groups; g++)
		compared += d->group[g].count > 1;
	if (compared != 0)
		findings_add(d->found,
		    (struct findings_place){ h->cfg->file, 0 }, "not-compared",
		    "no other %s was given: this one was checked by itself "
		    "only", h->tags.subsystem);
	else if (h != first)
		findings_add(d->found, check_place(h->cfg, "cs.type"),
		    "other-subsystem",
		    "this is a %s, and %s is a %s: the two were not compared",
		    h->tags.subsystem, first->cfg->file,
		    first->tags.subsystem);
}

/* first has each group's first host. */
static void
report_groups(const struct deployment *d, const size_t *first)
{
	for (size_t g = 0; g < d->groups; g++) {
		const struct deployment_host *h = &d->host[first[g]];
		size_t k = 0;

		while (k < d->groups &&
		    (k == g || !is_same_type(&d->host[first[k]], h)))
			k++;
		if (k < g)
			report_unrelated(d, &d->host[first[k]], h);
		else if (k == d->groups && d->count > 1 &&
		    d->group[g].count == 1)
			report_alone(d, h);
	}
}

int
deployment_read(struct deployment *d)
{
	size_t *first = mem_zalloc(d->count, sizeof *first);
	int status = -1;

	d->host = mem_zalloc(d->count, sizeof *d->host);
	d->group = mem_zalloc(d->count, sizeof *d->group);
	for (size_t i = 0; i < d->count; i++)
		if (read_host(d, i) < 0)
			goto out;
	for (size_t i = 0; i < d->count; i++)
		put_host(d, i, first);
	report_groups(d, first);
	status = 0;
out:
	free(first);
	return status;
}

void
deployment_release(struct deployment *d)
{
	for (size_t i = 0; d->host != NULL && i < d->count; i++) {
		struct deployment_host *h = &d->host[i];

		keydb_release(&h->shelf);
		tags_release(&h->tags);
		cfg_free(h->cfg);
		hostfiles_release(&h->files);
		buf_release(&h->suffix);
		free(h->issuer);
	}
	for (size_t g = 0; g < d->groups; g++)
		free(d->group[g].side);
	free(d->group);
	free(d->host);
	d->host = NULL;
	d->group = NULL;
	d->groups = 0;
}

void
deployment_begin_servers(struct check_servers *servers)
{
	const struct check_group *group = servers->set;

	servers->subsystem = group->side[0].tags->subsystem;
	servers->found = group->found;
	servers->side = mem_zalloc(group->count, sizeof *servers->side);
	for (size_t i = 0; i < group->count; i++) {
		servers->side[i].is = &group->side[i];
		servers->side[i].reached = true;
	}
}

/* The password of one server is never sent to another: a server that no CS.cfg
 * names is read only when an option says as whom. */
static int
open_planned(struct check_servers *live)
{
	const struct ldapopt *o = live->options;
	struct ldapopt options = *o;
	const struct endpoint at = { slice_of(live->ds.host),
		slice_of(live->ds.port) };
	char *url;
	int status;

	if (o->bind_dn == NULL && o->mechanism == NULL) {
		findings_add(live->found, plan_at(live->plan, live->ds.line),
		    "plan-ds-not-read",
		    "the clone's Directory Server was not read: give "
		    "--bind-dn or --mechanism");
		return 0;
	}
	url = endpoint_url(live->ds.secure ? "ldaps" : "ldap", &at);
	options.base = (char *)live->side[0].dir.base;
	status = csdir_open(&live->planned, url, NULL, &options);
	free(url);
	return status;
}

int
deployment_open_servers(struct check_servers *live)
{
	for (size_t i = 0; i < live->set->count; i++) {
		struct check_server *side = &live->side[i];

		if (side->reached &&
		    csdir_open_cfg(&side->dir, side->is->cfg, live->options) <
			0)
			return -1;
	}
	if (live->ds.host == NULL || live->ds.port == NULL ||
	    live->side[0].dir.source == NULL)
		return 0;
	return open_planned(live);
}

void
deployment_close_servers(struct check_servers *live)
{
	for (size_t i = 0; live->side != NULL && i < live->set->count; i++)
		csdir_close(&live->side[i].dir);
	csdir_close(&live->planned);
	plan_ds_release(&live->ds);
	replicas_release(&live->replicas);
	free(live->ranges.at);
	arena_release(&live->ranges.arena);
	free(live->side);
	live->side = NULL;
}
