/* SPDX-License-Identifier: MIT */
#include "dir/replica.h"

#include <stdlib.h>
#include <strings.h>

#include "dir/dn.h"
#include "util/diag.h"
#include "util/mem.h"

/* The tombstone that holds a suffix's RUV. */
#define RUV_ID "ffffffff-ffffffff-ffffffff-ffffffff"

static int
bad(const struct entry *entry, const char *what, struct slice subject)
{
	if (entry->line == 0)
		return fail("%s: '%.*s': %s: '%.*s'", entry->file,
		    SLICE_FMT(entry->dn), what, SLICE_FMT(subject));
	return fail("%s:%zu: %s: '%.*s'", entry->file, entry->line, what,
	    SLICE_FMT(subject));
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

static bool
same_text(struct slice a, struct slice b)
{
	return a.at != NULL && b.at != NULL && a.size == b.size &&
	    strncasecmp(a.at, b.at, a.size) == 0;
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

/* The replica of a suffix on a server, made when it is new. */
static struct replica *
replica_of(struct replicas *all, size_t server, struct slice root)
{
	struct slice suffix = normal(all, root);
	struct replica *new;

	for (size_t i = 0; i < all->count; i++)
		if (all->replica[i].server == server &&
		    slice_is(all->replica[i].suffix, suffix))
			return &all->replica[i];
	MEM_GROW(all->replica, all->count, all->room);
	new = &all->replica[all->count++];
	memset(new, 0, sizeof *new);
	new->server = server;
	new->suffix = suffix;
	new->root = arena_copy(&all->arena, root);
	return new;
}

/* -- update vectors -------------------------------------------------------- */

/* Host and port of ldap://HOST:PORT, as far as they are there. */
static void
split_url(struct replica_element *element)
{
	struct slice rest = element->is.url;
	size_t i = 0;

	if (rest.at == NULL)
		return;
	while (i + 2 < rest.size && memcmp(rest.at + i, "://", 3) != 0)
		i++;
	i = i + 2 < rest.size ? i + 3 : 0;
	rest.at += i;
	rest.size -= i;
	element->host = rest;
	for (i = rest.size; i > 0; i--)
		if (rest.at[i - 1] == ':') {
			element->host.size = i - 1;
			element->port = (struct slice){ rest.at + i,
				rest.size - i };
			break;
		}
}

static void
put_element(struct replica *replica, const struct replica_element *new)
{
	for (size_t i = 0; i < replica->elements; i++)
		if (replica->element[i].is.replica == new->is.replica) {
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
		split_url(&new);
		put_element(replica, &new);
	}
	return 0;
}

/* -- entries --------------------------------------------------------------- */

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
	replica->has_id = true;
	replica->id = (uint16_t)id;
	return 0;
}

static int
add_replica(struct replicas *all, size_t server, const struct entry *entry)
{
	struct slice root = entry_value(entry, "nsDS5ReplicaRoot", 0), value;
	struct replica *replica;

	if (root.at == NULL)
		return bad(entry, "a replica without a suffix", entry->dn);
	replica = replica_of(all, server, root);
	replica->place = place_of(all, entry);
	replica->is_configured = true;
	replica->name = copy(all, entry, "nsDS5ReplicaName");
	replica->supplier = entry_has(entry, "nsDS5ReplicaType", "3");
	replica->bind_dns = 0;
	for (size_t i = 0;
	    (value = entry_value(entry, "nsDS5ReplicaBindDN", i)).at != NULL;
	    i++) {
		MEM_GROW(replica->bind_dn, replica->bind_dns,
		    replica->bind_room);
		replica->bind_dn[replica->bind_dns++] = normal(all, value);
	}
	return read_id(replica, entry) < 0 ? -1 : add_ruv(all, replica, entry);
}

/* "state": "green" within the JSON that newer servers give. */
static struct slice
state_of(struct slice json)
{
	static const char key[] = "\"state\": \"";
	const char *at, *end;

	if (json.at == NULL)
		return json;
	at = memmem(json.at, json.size, key, sizeof key - 1);
	if (at == NULL)
		return (struct slice){ NULL, 0 };
	at += sizeof key - 1;
	end = memchr(at, '"', json.size - (size_t)(at - json.at));
	return end != NULL ? (struct slice){ at, (size_t)(end - at) } :
			     (struct slice){ NULL, 0 };
}

static int
add_agreement(struct replicas *all, size_t server, const struct entry *entry)
{
	struct slice root = entry_value(entry, "nsDS5ReplicaRoot", 0);
	struct replica_agreement new = {
		.place = place_of(all, entry),
		.name = copy(all, entry, "cn"),
		.host = copy(all, entry, "nsDS5ReplicaHost"),
		.port = copy(all, entry, "nsDS5ReplicaPort"),
		.transport = copy(all, entry, "nsDS5ReplicaTransportInfo"),
		.bind_dn = copy(all, entry, "nsDS5ReplicaBindDN"),
		.status = copy(all, entry, "nsds5replicaLastUpdateStatus"),
		.init_status = copy(all, entry, "nsds5replicaLastInitStatus"),
		.state = state_of(copy(all, entry,
		    "nsds5replicaLastUpdateStatusJSON")),
		.updated = copy(all, entry, "nsds5replicaLastUpdateEnd"),
		.disabled = entry_has(entry, "nsds5ReplicaEnabled", "off"),
		.updating = entry_has(entry, "nsds5replicaUpdateInProgress",
		    "TRUE"),
	};
	struct replica *replica;

	if (root.at == NULL || new.host.at == NULL || new.port.at == NULL)
		return bad(entry, "an agreement without suffix, host or port",
		    entry->dn);
	if (new.transport.at == NULL)
		new.transport = slice_of("LDAP");
	if (new.bind_dn.at != NULL)
		new.bind_dn = normal(all, new.bind_dn);
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

int
replicas_add(struct replicas *all, size_t server, const struct entry *entry)
{
	if (entry_has(entry, "objectClass", "nsds5replicationagreement"))
		return add_agreement(all, server, entry);
	if (entry_has(entry, "objectClass", "nsDS5Replica") ||
	    entry_value(entry, "nsDS5ReplicaRoot", 0).at != NULL)
		return add_replica(all, server, entry);
	if (entry_has(entry, "nsuniqueid", RUV_ID))
		return add_ruv(all, replica_of(all, server, entry->dn), entry);
	if (entry_value(entry, "nsds5ReplConflict", 0).at != NULL)
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

bool
replicas_is_other(struct replicas *all, const struct entry *entry,
    const char *suffix)
{
	struct slice root = entry_value(entry, "nsDS5ReplicaRoot", 0);

	return root.at != NULL &&
	    !slice_is(normal(all, root), normal(all, slice_of(suffix)));
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

/* -- all of them ----------------------------------------------------------- */

/* Two halves of one replica, whose names are the same. */
static void
unite(struct replica *into, struct replica *from)
{
	for (size_t i = 0; i < from->elements; i++)
		put_element(into, &from->element[i]);
	for (size_t i = 0; i < from->agreements; i++) {
		MEM_GROW(into->agreement, into->agreements,
		    into->agreement_room);
		into->agreement[into->agreements++] = from->agreement[i];
	}
	if (from->has_generation) {
		into->has_generation = true;
		into->generation = from->generation;
	}
	free(from->bind_dn);
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
}

void
replicas_join(struct replicas *all)
{
	for (size_t i = 0; i < all->count; i++)
		for (size_t k = i + 1; k < all->count; k++) {
			struct replica *a = &all->replica[i];
			struct replica *b = &all->replica[k];

			if (!same_text(a->name, b->name) ||
			    !slice_is(a->suffix, b->suffix))
				continue;
			rename_server(all, b->server, a->server);
			unite(a, b);
			memmove(b, b + 1,
			    (--all->count - k) * sizeof *all->replica);
			k--;
		}
	for (size_t i = 0; i < all->count; i++) {
		struct replica *replica = &all->replica[i];
		const struct replica_element *own = replica->has_id ?
		    replica_element(replica, replica->id) : NULL;

		if (own != NULL && own->host.at != NULL) {
			replica->host = own->host;
			replica->port = own->port;
		}
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

const struct replica *
replicas_at(const struct replicas *all, struct slice suffix,
    struct slice host, struct slice port)
{
	for (size_t i = 0; i < all->count; i++)
		if (slice_is(all->replica[i].suffix, suffix) &&
		    same_text(all->replica[i].host, host) &&
		    same_text(all->replica[i].port, port))
			return &all->replica[i];
	return NULL;
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

bool
replicas_has_host(const struct replicas *all, struct slice host)
{
	bool any = false;

	for (size_t i = 0; i < all->traces; i++) {
		const struct replica_trace *trace = &all->trace[i];

		if (trace->kind != REPLICA_HOST)
			continue;
		if (same_text(trace->host, host))
			return true;
		any = true;
	}
	return !any;
}

void
replicas_release(struct replicas *all)
{
	for (size_t i = 0; i < all->count; i++) {
		free(all->replica[i].bind_dn);
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
