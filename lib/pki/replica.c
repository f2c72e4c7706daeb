/* SPDX-License-Identifier: MIT */
#include "pki/replica.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "dir/dn.h"
#include "pki/rangeset.h"
#include "util/diag.h"
#include "util/endpoint.h"
#include "util/mem.h"

/* The tombstone that holds a suffix's RUV. */
#define RUV_ID "ffffffff-ffffffff-ffffffff-ffffffff"
#define RUV_RDN "nsuniqueid=" RUV_ID

/* What the server gives to all replicas that make no changes. */
#define NO_ID UINT16_MAX

static int
bad(const struct entry *entry, const char *what, struct slice subject)
{
	if (entry->line == 0)
		return fail("%s: '%.*s': %s: '%.*s'", entry->file,
		    SLICE_ARG(entry->dn), what, SLICE_ARG(subject));
	return fail("%s:%zu: %s: '%.*s'", entry->file, entry->line, what,
	    SLICE_ARG(subject));
}

static struct slice
copy(struct replicas *all, const struct entry *entry, const char *name)
{
	return arena_copy(&all->arena, entry_value(entry, name, 0));
}

static struct replica_place
place_of(struct replicas *all, const struct entry *entry)
{
	return (struct replica_place){
		arena_copy(&all->arena, slice_of(entry->file)).at, entry->line
	};
}

static struct slice
normal(struct replicas *all, struct slice dn)
{
	all->normal.size = 0;
	if (dn_normalise(dn, &all->normal) < 0)
		return arena_copy(&all->arena, dn);
	return arena_copy(&all->arena, buf_slice(&all->normal));
}

size_t
replicas_server(struct replicas *all, const char *name)
{
	MEM_GROW(all->server, all->servers, all->server_room);
	all->server[all->servers] = (struct replica_server){ .name = name };
	return all->servers++;
}

/* Where the server was found. */
static void
replicas_asked(struct replicas *all, size_t server, const char *url)
{
	(void)endpoint_of_url(&all->server[server].at[REPLICA_ASKED],
	    arena_copy(&all->arena, slice_of(url)));
}

/* The replica of a suffix on a server, made when it is new. */
static struct replica *
replica_of(struct replicas *all, size_t server, struct slice root)
{
	struct slice suffix = normal(all, root);
	struct replica *new;

	for (size_t i = 0; i < all->count; i++)
		if (all->replica[i].server == server &&
		    slice_equal(all->replica[i].suffix, suffix))
			return &all->replica[i];
	MEM_GROW(all->replica, all->count, all->room);
	new = &all->replica[all->count++];
	memset(new, 0, sizeof *new);
	new->server = server;
	new->suffix = suffix;
	new->root = arena_copy(&all->arena, root);
	return new;
}

/* SUFFIX, in cn=replica,cn=SUFFIX,cn=mapping tree,cn=config. */
static struct slice
mapped(struct replicas *all, struct slice dn)
{
	static const char start[] = "cn=replica,cn=";
	struct slice name = normal(all, dn), tree = dn_parent(dn_parent(name));
	struct buf root = { 0 };
	struct slice found;
	const char *at = name.at + sizeof start - 1;
	uint32_t byte;

	if (!slice_starts(name, slice_of(start)) ||
	    !slice_equal(tree, slice_of("cn=mapping tree,cn=config")))
		return (struct slice){ NULL, 0 };
	/* The normal form has '\' before two digits alone. */
	for (; at + 1 < tree.at; at++)
		if (*at == '\\' && sscanf(at + 1, "%2x", &byte) == 1) {
			buf_putc(&root, (char)byte);
			at += 2;
		} else
			buf_putc(&root, *at);
	found = arena_copy(&all->arena, buf_slice(&root));
	buf_release(&root);
	return found;
}

/* Of which suffix a replica, agreement or RUV is; at NULL: it is none.  A RUV
 * is in a tombstone, which the server shows under the name of its replica, or
 * of the suffix, and LDIF under its own. */
static struct slice
root_of(struct replicas *all, const struct entry *entry)
{
	struct slice root = entry_value(entry, "nsDS5ReplicaRoot", 0);
	struct slice dn = entry->dn;
	const char *comma = memchr(dn.at, ',', dn.size);

	if (root.at != NULL ||
	    entry_value(entry, "nsds50ruv", 0).at == NULL)
		return root;
	root = entry_value(entry, "nscpEntryDN", 0);
	if (root.at == NULL)
		root = mapped(all, dn);
	if (root.at != NULL)
		return root;
	if (comma == NULL || dn.size < sizeof RUV_RDN ||
	    strncasecmp(dn.at, RUV_RDN, sizeof RUV_RDN - 1) != 0)
		return entry_has(entry, "nsuniqueid", RUV_ID) ? dn : root;
	return (struct slice){ comma + 1,
		dn.size - (size_t)(comma + 1 - dn.at) };
}

/* Of one ID, what has come further: the numbers of a server only rise. */
static void
put_element(struct replica *replica, const struct replica_element *new)
{
	for (size_t i = 0; i < replica->elements; i++) {
		struct ruv_element *old = &replica->element[i].is;

		if (old->replica != new->is.replica)
			continue;
		if (new->is.has_csn && (!old->has_csn ||
		    csn_compare(&new->is.max, &old->max) > 0))
			replica->element[i] = *new;
		return;
	}
	MEM_GROW(replica->element, replica->elements, replica->element_room);
	replica->element[replica->elements++] = *new;
}

static int
add_ruv(struct replicas *all, struct replica *replica,
    const struct entry *entry)
{
	struct slice value;

	for (size_t i = 0;
	    (value = entry_value(entry, "nsds50ruv", i)).at != NULL; i++) {
		struct replica_element new = { .place = place_of(all, entry) };

		if (ruv_parse(&new.is, arena_copy(&all->arena, value)) < 0)
			return bad(entry, "no element of an RUV", value);
		if (new.is.is_generation) {
			replica->has_generation = true;
			replica->generation = new.is.max;
			continue;
		}
		(void)endpoint_of_url(&new.at,
		    new.is.url.at != NULL ? new.is.url : slice_of(""));
		put_element(replica, &new);
	}
	return 0;
}

static int
read_id(struct replica *replica, const struct entry *entry)
{
	struct slice text = entry_value(entry, "nsDS5ReplicaId", 0);
	unsigned long id = 0;

	if (text.at == NULL)
		return 0;
	for (size_t i = 0; i < text.size && id <= UINT16_MAX; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return bad(entry, "no replica ID", text);
		id = id * 10 + (unsigned long)(text.at[i] - '0');
	}
	if (text.size == 0 || id > UINT16_MAX)
		return bad(entry, "no replica ID", text);
	replica->has_id = id != NO_ID;
	replica->id = (uint16_t)id;
	return 0;
}

static int
add_replica(struct replicas *all, size_t server, const struct entry *entry)
{
	struct slice root = entry_value(entry, "nsDS5ReplicaRoot", 0);
	struct replica *replica;

	if (root.at == NULL)
		return bad(entry, "a replica without a suffix", entry->dn);
	replica = replica_of(all, server, root);
	replica->place = place_of(all, entry);
	replica->is_configured = true;
	replica->name = copy(all, entry, "nsDS5ReplicaName");
	replica->supplier = entry_has(entry, "nsDS5ReplicaType", "3");
	replica->is_hub = !replica->supplier &&
	    entry_has(entry, "nsDS5Flags", "1");
	return read_id(replica, entry) < 0 ? -1 : add_ruv(all, replica, entry);
}

/* What follows a text in s, blanks and one c aside; at NULL: not there. */
static struct slice
after(struct slice s, struct slice text, char c)
{
	const char *at = s.at == NULL ? NULL :
	    memmem(s.at, s.size, text.at, text.size);
	const char *end = at == NULL ? NULL : s.at + s.size;

	if (at == NULL)
		return (struct slice){ NULL, 0 };
	for (at += text.size; at < end && strchr(" \t\r\n", *at) != NULL; at++)
		;
	if (at == end || *at != c)
		return (struct slice){ NULL, 0 };
	at++;
	return (struct slice){ at, (size_t)(end - at) };
}

/* {"state": "green", ...} as newer servers give it.  No JSON for sure: the
 * message further on is not escaped. */
static struct slice
state_of(struct slice json)
{
	struct slice rest = after(json, slice_of("\"state\""), ':');
	struct slice state = after(rest, slice_of(""), '"');
	const char *end = state.at == NULL ? NULL :
	    memchr(state.at, '"', state.size);

	return end != NULL ?
	    (struct slice){ state.at, (size_t)(end - state.at) } :
	    (struct slice){ NULL, 0 };
}

static int
add_agreement(struct replicas *all, size_t server, const struct entry *entry)
{
	struct slice root = entry_value(entry, "nsDS5ReplicaRoot", 0);
	struct replica_agreement new = {
		.place = place_of(all, entry),
		.name = copy(all, entry, "cn"),
		.to = { copy(all, entry, "nsDS5ReplicaHost"),
			copy(all, entry, "nsDS5ReplicaPort") },
		.transport = copy(all, entry, "nsDS5ReplicaTransportInfo"),
		.status = copy(all, entry, "nsds5replicaLastUpdateStatus"),
		.init_status = copy(all, entry, "nsds5replicaLastInitStatus"),
		.state = state_of(copy(all, entry,
		    "nsds5replicaLastUpdateStatusJSON")),
		.updated = copy(all, entry, "nsds5replicaLastUpdateEnd"),
		.disabled = entry_has(entry, "nsds5ReplicaEnabled", "off"),
	};
	struct replica *replica;

	if (root.at == NULL || new.to.host.at == NULL ||
	    new.to.port.at == NULL)
		return bad(entry, "an agreement without suffix, host or port",
		    entry->dn);
	if (new.transport.at == NULL)
		new.transport = slice_of("LDAP");
	replica = replica_of(all, server, root);
	MEM_GROW(replica->agreement, replica->agreements,
	    replica->agreement_room);
	replica->agreement[replica->agreements++] = new;
	return 0;
}

static void
add_trace(struct replicas *all, size_t server, const struct entry *entry,
    enum replica_trace_kind kind, const char *more, const char *host)
{
	MEM_GROW(all->trace, all->traces, all->trace_room);
	all->trace[all->traces++] = (struct replica_trace){
		.kind = kind,
		.server = server,
		.place = place_of(all, entry),
		.text = arena_copy(&all->arena, entry->dn),
		.dn = normal(all, entry->dn),
		.more = copy(all, entry, more),
		.host = copy(all, entry, host),
	};
}

/* Of the name that Dogtag gives them. */
static bool
is_manager(struct slice dn)
{
	static const char prefix[] = "cn=Replication Manager ";

	return dn.size >= sizeof prefix - 1 &&
	    strncasecmp(dn.at, prefix, sizeof prefix - 1) == 0;
}

static void
add_config(struct replicas *all, size_t server, const struct entry *entry)
{
	struct endpoint *at = all->server[server].at;
	struct slice host = copy(all, entry, "nsslapd-localhost");

	at[REPLICA_PLAIN] = (struct endpoint){ host,
		copy(all, entry, "nsslapd-port") };
	at[REPLICA_SECURE] = (struct endpoint){ host,
		copy(all, entry, "nsslapd-securePort") };
}

int
replicas_add(struct replicas *all, size_t server, const struct entry *entry)
{
	struct slice root;

	if (entry_has(entry, "objectClass", "nsds5replicationagreement") ||
	    entry_value(entry, "nsDS5ReplicaHost", 0).at != NULL)
		return add_agreement(all, server, entry);
	if (entry_has(entry, "objectClass", "nsDS5Replica") ||
	    entry_value(entry, "nsDS5ReplicaRoot", 0).at != NULL)
		return add_replica(all, server, entry);
	root = root_of(all, entry);
	if (root.at != NULL)
		return add_ruv(all, replica_of(all, server, root), entry);
	if (entry_value(entry, "nsslapd-localhost", 0).at != NULL)
		add_config(all, server, entry);
	else if (entry_value(entry, "nsds5ReplConflict", 0).at != NULL)
		add_trace(all, server, entry, REPLICA_CONFLICT,
		    "nsds5ReplConflict", "host");
	else if (entry_has(entry, "objectClass", "pkiRange"))
		add_trace(all, server, entry, REPLICA_RANGE, "cn", "host");
	else if (entry_has(entry, "objectClass", "pkiSubsystem"))
		add_trace(all, server, entry, REPLICA_HOST, "cn", "host");
	else if (entry_has(entry, "objectClass", "person") &&
	    is_manager(entry->dn))
		add_trace(all, server, entry, REPLICA_MANAGER, "cn", "host");
	return 0;
}

/* Does the entry tell of a replica or an agreement of another suffix than this
 * one, or is it in another?  The security domain is of all. */
static bool
replicas_is_other(struct replicas *all, const struct entry *entry,
    const char *suffix)
{
	struct slice root = root_of(all, entry);
	struct slice base = normal(all, slice_of(suffix)), dn;

	if (root.at != NULL)
		return !slice_equal(normal(all, root), base);
	dn = normal(all, entry->dn);
	return !dn_within(dn, base) && !dn_within(dn, slice_of("cn=config")) &&
	    !entry_has(entry, "objectClass", "pkiSubsystem");
}

void
replicas_add_host(struct replicas *all, const char *file, struct slice host)
{
	struct slice name = arena_copy(&all->arena, slice_of(file));

	MEM_GROW(all->trace, all->traces, all->trace_room);
	all->trace[all->traces++] = (struct replica_trace){
		.kind = REPLICA_HOST,
		.place = { name.at, 0 },
		.host = arena_copy(&all->arena, host),
	};
}

static void
unite_agreements(struct replica *into, const struct replica *from)
{
	for (size_t i = 0; i < from->agreements; i++) {
		bool known = false;

		for (size_t k = 0; k < into->agreements; k++)
			known |= slice_equal(into->agreement[k].name,
			    from->agreement[i].name);
		if (known)
			continue;
		MEM_GROW(into->agreement, into->agreements,
		    into->agreement_room);
		into->agreement[into->agreements++] = from->agreement[i];
	}
}

/* Two halves of one replica, whose names are the same. */
static void
unite(struct replica *into, struct replica *from)
{
	for (size_t i = 0; i < from->elements; i++)
		put_element(into, &from->element[i]);
	unite_agreements(into, from);
	if (from->has_generation) {
		into->has_generation = true;
		into->generation = from->generation;
	}
	if (!into->has_id) {
		into->has_id = from->has_id;
		into->id = from->id;
	}
	into->supplier |= from->supplier;
	into->is_hub |= from->is_hub;
	free(from->element);
	free(from->agreement);
}

static void
rename_server(struct replicas *all, size_t from, size_t to)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->replica[i].server == from)
			all->replica[i].server = to;
	for (size_t i = 0; i < all->traces; i++)
		if (all->trace[i].server == from)
			all->trace[i].server = to;
	for (size_t i = 0; i < REPLICA_ADDRESSES; i++)
		if (all->server[to].at[i].host.at == NULL)
			all->server[to].at[i] = all->server[from].at[i];
}

static void
unite_all(struct replicas *all)
{
	for (size_t i = 0; i < all->count; i++)
		for (size_t k = i + 1; k < all->count; k++) {
			struct replica *a = &all->replica[i];
			struct replica *b = &all->replica[k];

			if (a->name.at == NULL || b->name.at == NULL ||
			    !slice_equal(a->name, b->name) ||
			    !slice_equal(a->suffix, b->suffix))
				continue;
			if (a->server != b->server)
				rename_server(all, b->server, a->server);
			unite(a, b);
			memmove(b, b + 1,
			    (--all->count - k) * sizeof *all->replica);
			k--;
		}
}

const struct replica_element *
replica_element(const struct replica *replica, uint16_t id)
{
	for (size_t i = 0; i < replica->elements; i++)
		if (replica->element[i].is.replica == id)
			return &replica->element[i];
	return NULL;
}

void
replicas_join(struct replicas *all)
{
	unite_all(all);
	for (size_t i = 0; i < all->count; i++) {
		struct replica *replica = &all->replica[i];
		const struct replica_element *own = replica->has_id ?
		    replica_element(replica, replica->id) : NULL;

		replica->at = all->server[replica->server].at[REPLICA_PLAIN];
		if (own != NULL && own->at.host.at != NULL) {
			replica->at = own->at;
			replica->url = own->is.url;
		}
	}
}

void
replicas_release(struct replicas *all)
{
	for (size_t i = 0; i < all->count; i++) {
		free(all->replica[i].element);
		free(all->replica[i].agreement);
	}
	free(all->server);
	free(all->replica);
	free(all->trace);
	buf_release(&all->normal);
	arena_release(&all->arena);
	memset(all, 0, sizeof *all);
}

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

		if (!slice_equal(replica->suffix, suffix))
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
		    slice_equal(all->replica[i].suffix, suffix))
			return &all->replica[i];
	return NULL;
}

static int
search(struct replicas *all, struct source *source, const char *base,
    size_t server, const struct source_query *query)
{
	struct entry entry;
	int more;

	if (source_search(source, query) < 0)
		return -1;
	while ((more = source_next(source, &entry)) > 0) {
		if (base != NULL &&
		    replicas_is_other(all, &entry, base))
			continue;
		if (replicas_add(all, server, &entry) < 0)
			return -1;
	}
	return more;
}

/* The suffixes that were seen on the server, one after another. */
static int
search_suffixes(struct replicas *all, struct source *source, const char *base,
    size_t server)
{
	static const char *const attributes[] = { "objectClass", "cn", "host",
		"nsds5ReplConflict", NULL };
	int status = 0;

	for (size_t i = 0; i < all->count && status == 0; i++) {
		const struct source_query query = {
			.base = all->replica[i].root.at,
			.filter = "(|(objectClass=pkiRange)"
				  "(objectClass=pkiSubsystem)"
				  "(&(|(objectClass=ldapsubentry)"
				  "(objectClass=*))(nsds5ReplConflict=*)))",
			.attributes = attributes,
			.absent_is_empty = true,
		};

		if (all->replica[i].server == server)
			status = search(all, source, base, server, &query);
	}
	return status;
}

int
replicas_read(struct replicas *all, struct source *source, const char *base,
    size_t server)
{
	static const char *const attributes[] = { "objectClass", "cn",
		"nsDS5ReplicaRoot", "nsDS5ReplicaId", "nsDS5ReplicaName",
		"nsDS5ReplicaType", "nsDS5Flags", "nsds50ruv",
		"nsDS5ReplicaHost", "nsDS5ReplicaPort",
		"nsDS5ReplicaTransportInfo", "nsds5ReplicaEnabled",
		"nsds5replicaLastUpdateStatus",
		"nsds5replicaLastUpdateStatusJSON", "nsds5replicaLastUpdateEnd",
		"nsds5replicaLastInitStatus", "nsslapd-localhost",
		"nsslapd-port", "nsslapd-securePort", NULL };
	static const struct source_query config = {
		.base = "cn=mapping tree,cn=config",
		.filter = "(|(objectClass=nsDS5Replica)"
			  "(objectClass=nsds5replicationagreement))",
		.attributes = attributes,
		.absent_is_empty = true,
	}, managers = {
		.base = "ou=csusers,cn=config",
		.filter = "(objectClass=person)",
		.attributes = attributes,
		.absent_is_empty = true,
	}, names = {
		.base = "cn=config",
		.scope = SOURCE_BASE,
		.attributes = attributes,
		.absent_is_empty = true,
	};
	size_t before = all->count;

	replicas_asked(all, server, source_name(source));
	if (search(all, source, base, server, &config) < 0)
		return -1;
	if (all->count == before)
		return 0;
	return search(all, source, base, server, &names) < 0 ||
	    search(all, source, base, server, &managers) < 0 ? -1 :
	    search_suffixes(all, source, base, server);
}

static void
add_range(struct replica_id_ranges *ranges, const struct cfg *cfg,
    struct slice suffix, const struct rangeset_range *range)
{
	if (!range->readable || mpz_cmp_ui(range->last, UINT16_MAX) > 0)
		return;
	MEM_GROW(ranges->at, ranges->count, ranges->room);
	ranges->at[ranges->count++] = (struct replica_id_range){
		.file = arena_copy(&ranges->arena, slice_of(cfg->file)).at,
		.line = cfg_number(cfg, range->begin),
		.first = (uint16_t)mpz_get_ui(range->first),
		.last = (uint16_t)mpz_get_ui(range->last),
		.suffix = arena_copy(&ranges->arena, suffix),
	};
}

int
replicas_read_file(struct replicas *all, struct source *source,
    const char *base, size_t server)
{
	/* cn=config, too: what counts is looked at one by one. */
	const struct source_query query = { .base = base != NULL ? "" : NULL };

	return search(all, source, base, server, &query);
}

int
replica_ids_read(struct replica_id_ranges *ranges, const struct cfg *cfg)
{
	struct slice base = cfg_string(cfg, "internaldb.basedn");
	struct buf suffix = { 0 };
	struct rangeset set;

	if (base.at == NULL || dn_normalise(base, &suffix) < 0)
		return fail("%s: no 'internaldb.basedn'", cfg->file);
	rangeset_read(&set, cfg, RANGESET_REPLICA);
	for (size_t i = 0; set.kept && i < 2; i++)
		add_range(ranges, cfg, buf_slice(&suffix), &set.range[i]);
	rangeset_release(&set);
	buf_release(&suffix);
	return 0;
}
