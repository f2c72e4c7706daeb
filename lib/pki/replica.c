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
replicas_asked(
    struct replicas *all, size_t server, const char *url, const char *base)
{
	struct replica_server *is = &all->server[server];
	struct slice kept = arena_copy(&all->arena, slice_of(url));

	is->url = kept.at;
	(void)endpoint_of_url(&is->at[REPLICA_ASKED], kept);
	if (base != NULL)
		is->base = normal(all, slice_of(base));
}

void
replicas_bind(
    struct replicas *all, size_t server, const struct ldapopt *options)
{
	struct buf out = { 0 };
	const char *file = options->password_file;
	const bool is_conf =
	    file != NULL && (*file == '-' || strstr(file, "/dev/") == file ||
				strstr(file, ".conf") != NULL);

	/* dsconf(8) takes no SASL but for ldapi://, and by itself. */
	if (options->bind_dn != NULL && options->mechanism == NULL) {
		buf_puts(&out, "-D ");
		buf_put_word(&out, options->bind_dn);
		if (file != NULL && !is_conf) {
			buf_puts(&out, " -y ");
			buf_put_word(&out, file);
		} else
			buf_puts(&out, " -W");
	}
	if (options->starttls)
		buf_puts(&out, out.size != 0 ? " -Z" : "-Z");
	if (out.size != 0 || options->mechanism != NULL)
		all->server[server].bind = arena_copy(
		    &all->arena, out.size != 0 ? buf_slice(&out) : slice_of(""))
					       .at;
	buf_release(&out);
}

/* Servers of which a file says nothing else are one by where they were
 * asked. */
static void
join_servers(struct replicas *all)
{
	for (size_t i = 0; i < all->servers; i++)
		for (size_t k = i + 1; k < all->servers; k++) {
			const struct replica_server *a = &all->server[i];
			struct replica_server *b = &all->server[k];

			if (a->is_again || b->is_again ||
			    !slice_equal(a->base, b->base) ||
			    !endpoint_same(
				&a->at[REPLICA_ASKED], &b->at[REPLICA_ASKED]))
				continue;
			b->is_again = true;
			b->first = i;
		}
}

/* The replica of a suffix on a server.  When it is new, it is where the entry
 * is that is the first to tell of it. */
static struct replica *
replica_of(struct replicas *all, size_t server, struct slice root,
    const struct entry *entry)
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
	new->place = place_of(all, entry);
	return new;
}

/* SUFFIX, in cn=SUFFIX,cn=mapping tree,cn=config; at NULL: it is another
 * entry. */
static struct slice
mapped(struct replicas *all, struct slice dn)
{
	static const char start[] = "cn=";
	struct slice name = normal(all, dn), tree = dn_parent(name);
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

static bool
is_of_replica(struct slice dn)
{
	static const char start[] = "cn=replica,";

	return dn.size >= sizeof start - 1 &&
	       strncasecmp(dn.at, start, sizeof start - 1) == 0;
}

/* Of which suffix a replica, agreement, task or RUV is; at NULL: none.  A RUV
 * is in a tombstone, which the server shows under the name of its replica, or
 * of the suffix, and LDIF under its own. */
static struct slice
root_of(struct replicas *all, const struct entry *entry)
{
	struct slice root = entry_value(entry, "nsDS5ReplicaRoot", 0);
	struct slice dn = entry->dn;
	const char *comma = memchr(dn.at, ',', dn.size);

	if (root.at == NULL)
		root = entry_value(entry, "replica-base-dn", 0);
	if (root.at != NULL || entry_value(entry, "nsds50ruv", 0).at == NULL)
		return root;
	root = entry_value(entry, "nscpEntryDN", 0);
	if (root.at == NULL && is_of_replica(dn))
		root = mapped(all, dn_parent(normal(all, dn)));
	if (root.at != NULL)
		return root;
	if (comma == NULL || dn.size < sizeof RUV_RDN ||
	    strncasecmp(dn.at, RUV_RDN, sizeof RUV_RDN - 1) != 0)
		return entry_has(entry, "nsuniqueid", RUV_ID) ? dn : root;
	return (
	    struct slice){ comma + 1, dn.size - (size_t)(comma + 1 - dn.at) };
}

/* Of one ID, what has come further: the numbers of a server only rise. */
static void
put_element(struct replica *replica, const struct replica_element *new)
{
	for (size_t i = 0; i < replica->elements; i++) {
		struct ruv_element *old = &replica->element[i].is;

		if (old->replica != new->is.replica)
			continue;
		if (new->is.has_csn &&
		    (!old->has_csn || csn_compare(&new->is.max, &old->max) > 0))
			replica->element[i] = *new;
		return;
	}
	MEM_GROW(replica->element, replica->elements, replica->element_room);
	replica->element[replica->elements++] = *new;
}

/* The next element of the entry's RUV, from the value *i on.  0: there is none;
 * -1: it cannot be read, reported. */
static int
next_element(struct replicas *all, const struct entry *entry, size_t *i,
    struct replica_element *new)
{
	struct slice value = entry_value(entry, "nsds50ruv", (*i)++);

	if (value.at == NULL)
		return 0;
	*new = (struct replica_element){ .place = place_of(all, entry) };
	if (ruv_parse(&new->is, arena_copy(&all->arena, value)) < 0)
		return bad(entry, "no element of an RUV", value);
	(void)endpoint_of_url(
	    &new->at, new->is.url.at != NULL ? new->is.url : slice_of(""));
	return 1;
}

static int
add_ruv(
    struct replicas *all, struct replica *replica, const struct entry *entry)
{
	struct replica_element new;
	size_t i = 0;
	int more;

	while ((more = next_element(all, entry, &i, &new)) > 0) {
		if (new.is.is_generation) {
			replica->has_generation = true;
			replica->generation = new.is.max;
		} else {
			put_element(replica, &new);
		}
	}
	return more;
}

/* The same of the consumer of an agreement. */
static int
add_consumer_ruv(struct replicas *all, struct replica_agreement *agreement,
    const struct entry *entry)
{
	struct replica_element new;
	size_t i = 0;
	int more;

	while ((more = next_element(all, entry, &i, &new)) > 0) {
		if (new.is.is_generation)
			continue;
		MEM_GROW(agreement->element, agreement->elements,
		    agreement->element_room);
		agreement->element[agreement->elements++] = new;
	}
	return more;
}

static struct slice
next_field(struct slice *text, char c)
{
	const char *end = memchr(text->at, c, text->size);
	struct slice field = { text->at,
		end != NULL ? (size_t)(end - text->at) : text->size };

	text->at += field.size + (end != NULL);
	text->size -= field.size + (end != NULL);
	return field;
}

static bool
read_number(struct slice text, uint16_t *number)
{
	unsigned long value = 0;

	if (text.size == 0 || text.size > 5)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		value = value * 10 + (unsigned long)(text.at[i] - '0');
	}
	*number = (uint16_t)value;
	return value <= UINT16_MAX;
}

/* SUFFIX;AGREEMENT;HOST;PORT;ID;CSN, with the consumer's ID or, before a first
 * change was sent to it, "unavailable" [389-ds repl5_agmt.c]. */
static void
add_sent(struct replicas *all, size_t server, const struct entry *entry)
{
	struct slice value;

	for (size_t i = 0;
	     (value = entry_value(entry, "nsds5agmtmaxcsn", i)).at != NULL;
	     i++) {
		struct slice suffix = next_field(&value, ';');
		struct slice name = next_field(&value, ';');
		uint16_t id;

		(void)next_field(&value, ';');
		(void)next_field(&value, ';');
		if (!read_number(next_field(&value, ';'), &id))
			continue;
		MEM_GROW(all->sent, all->sents, all->sent_room);
		all->sent[all->sents++] = (struct replica_sent){
			.server = server,
			.suffix = normal(all, suffix),
			.name = arena_copy(&all->arena, name),
			.id = id,
		};
	}
}

/* A task has an attribute in the replica entry, and an entry of its own. */
static void
put_clean(struct replica *replica, const struct replica_clean *new)
{
	for (size_t i = 0; i < replica->cleans; i++) {
		struct replica_clean *old = &replica->clean[i];

		if (old->id != new->id || old->is_abort != new->is_abort)
			continue;
		old->forced |= new->forced;
		if (old->status.at == NULL)
			old->status = new->status;
		return;
	}
	MEM_GROW(replica->clean, replica->cleans, replica->clean_room);
	replica->clean[replica->cleans++] = *new;
}

/* ID:[CSN:]FORCE:ORIGINAL:SUFFIX, and of aborts ID:SUFFIX:CERTIFY:ORIGINAL;
 * releases differ in what follows the ID [389-ds repl_cleanallruv.c]. */
static int
add_cleans(struct replicas *all, struct replica *replica,
    const struct entry *entry, const char *name, bool is_abort)
{
	struct slice value;

	for (size_t i = 0; (value = entry_value(entry, name, i)).at != NULL;
	     i++) {
		struct slice rest = value;
		struct replica_clean new = { .place = place_of(all, entry),
			.is_abort = is_abort };

		if (!read_number(next_field(&rest, ':'), &new.id))
			return bad(entry,
			    is_abort
				? "an abort of a clean task without replica ID"
				: "a clean task without replica ID",
			    value);
		while (!is_abort && rest.size != 0)
			new.forced |=
			    entry_is_named(next_field(&rest, ':'), "yes");
		put_clean(replica, &new);
	}
	return 0;
}

/* The entry of a task; once over, it stays for a while. */
static int
add_task(struct replicas *all, size_t server, const struct entry *entry)
{
	struct slice root = entry_value(entry, "replica-base-dn", 0);
	struct slice id = entry_value(entry, "replica-id", 0);
	struct slice dn = normal(all, entry->dn);
	struct replica_clean new = {
		.place = place_of(all, entry),
		.is_abort = dn_within(
		    dn, slice_of("cn=abort cleanallruv,cn=tasks,cn=config")),
		.forced = entry_has(entry, "replica-force-cleaning", "yes"),
		.status = copy(all, entry, "nsTaskStatus"),
	};

	if (entry_value(entry, "nsTaskExitCode", 0).at != NULL)
		return 0;
	if (root.at == NULL || !read_number(id, &new.id))
		return bad(entry, "a clean task without suffix or replica ID",
		    entry->dn);
	put_clean(replica_of(all, server, root, entry), &new);
	return 0;
}

/* cn=SUFFIX,cn=mapping tree,cn=config */
static void
add_suffix(struct replicas *all, size_t server, const struct entry *entry)
{
	struct slice root = mapped(all, entry->dn);

	if (root.at == NULL)
		return;
	MEM_GROW(all->suffix, all->suffixes, all->suffix_room);
	all->suffix[all->suffixes++] = (struct replica_suffix){
		.server = server,
		.place = place_of(all, entry),
		.suffix = normal(all, root),
		.state = copy(all, entry, "nsslapd-state"),
		.backend = copy(all, entry, "nsslapd-backend"),
	};
}

void
replicas_set_type(struct replicas *all, const char *suffix, struct slice type)
{
	MEM_GROW(all->suffix, all->suffixes, all->suffix_room);
	all->suffix[all->suffixes++] = (struct replica_suffix){
		.server = SIZE_MAX,
		.suffix = normal(all, slice_of(suffix)),
		.type = arena_copy(&all->arena, type),
	};
}

static int
read_id(struct replica *replica, const struct entry *entry)
{
	struct slice text = entry_value(entry, "nsDS5ReplicaId", 0);
	unsigned long id = 0;

	replica->knows_id |=
	    text.at != NULL || entry_has(entry, "nsDS5ReplicaType", "2");
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
	replica = replica_of(all, server, root, entry);
	replica->place = place_of(all, entry);
	replica->is_configured = true;
	replica->name = copy(all, entry, "nsDS5ReplicaName");
	replica->supplier = entry_has(entry, "nsDS5ReplicaType", "3");
	replica->is_hub =
	    !replica->supplier && entry_has(entry, "nsDS5Flags", "1");
	add_sent(all, server, entry);
	return read_id(replica, entry) < 0 ||
		       add_cleans(all, replica, entry, "nsds5ReplicaCleanRUV",
			   false) < 0 ||
		       add_cleans(all, replica, entry,
			   "nsds5ReplicaAbortCleanRUV", true) < 0
		   ? -1
		   : add_ruv(all, replica, entry);
}

/* What follows a text in s, blanks and one c aside; at NULL: not there. */
static struct slice
after(struct slice s, struct slice text, char c)
{
	const char *at =
	    s.at == NULL ? NULL : memmem(s.at, s.size, text.at, text.size);
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

/* Of {"state": "green", "ldap_rc": "0", ...} as newer servers give it.  No JSON
 * for sure: the message, which is the last member, is not escaped. */
static struct slice
member(struct slice json, const char *name)
{
	struct slice rest = after(json, slice_of(name), ':');
	struct slice text = after(rest, slice_of(""), '"');
	const char *end = text.at == NULL ? NULL
			  : strcmp(name, "\"message\"") == 0
			      ? memrchr(text.at, '"', text.size)
			      : memchr(text.at, '"', text.size);

	return end != NULL ? (struct slice){ text.at, (size_t)(end - text.at) }
			   : (struct slice){ NULL, 0 };
}

/* "repl_rc": "18", or 18. */
static long
member_number(struct slice json, const char *name)
{
	struct slice rest = after(json, slice_of(name), ':');
	char *end;
	long number;

	if (rest.at == NULL)
		return REPLICA_NO_CODE;
	while (rest.size != 0 && strchr(" \t\"", *rest.at) != NULL) {
		rest.at++;
		rest.size--;
	}
	number = strtol(rest.at, &end, 10);
	return end != rest.at ? number : REPLICA_NO_CODE;
}

/* A status, which newer servers give in JSON, too. */
static struct slice
status_of(struct replicas *all, const struct entry *entry, const char *name,
    struct slice json)
{
	struct slice text = copy(all, entry, name);

	return text.at != NULL
		   ? text
		   : arena_copy(&all->arena, member(json, "\"message\""));
}

static int
add_agreement(struct replicas *all, size_t server, const struct entry *entry)
{
	struct slice root = entry_value(entry, "nsDS5ReplicaRoot", 0);
	struct slice json =
	    copy(all, entry, "nsds5replicaLastUpdateStatusJSON");
	struct replica_agreement new = {
		.place = place_of(all, entry),
		.name = copy(all, entry, "cn"),
		.to = { copy(all, entry, "nsDS5ReplicaHost"),
		    copy(all, entry, "nsDS5ReplicaPort") },
		.transport = copy(all, entry, "nsDS5ReplicaTransportInfo"),
		.status =
		    status_of(all, entry, "nsds5replicaLastUpdateStatus", json),
		.init_status =
		    status_of(all, entry, "nsds5replicaLastInitStatus",
			copy(all, entry, "nsds5replicaLastInitStatusJSON")),
		.state = member(json, "\"state\""),
		.ldap_code = member_number(json, "\"ldap_rc\""),
		.code = member_number(json, "\"repl_rc\""),
		.updated = copy(all, entry, "nsds5replicaLastUpdateEnd"),
		.disabled = entry_has(entry, "nsds5ReplicaEnabled", "off"),
	};
	struct replica *replica;

	if (root.at == NULL || new.to.host.at == NULL || new.to.port.at == NULL)
		return bad(entry, "an agreement without suffix, host or port",
		    entry->dn);
	if (new.transport.at == NULL)
		new.transport = slice_of("LDAP");
	if (add_consumer_ruv(all, &new, entry) < 0) {
		free(new.element);
		return -1;
	}
	replica = replica_of(all, server, root, entry);
	MEM_GROW(
	    replica->agreement, replica->agreements, replica->agreement_room);
	replica->agreement[replica->agreements++] = new;
	return 0;
}

/* cn=HOST:PORT,cn=CAList,ou=Security Domain,...: "CA" */
static struct slice
type_of(struct replicas *all, struct slice dn)
{
	static const char start[] = "cn=", end[] = "list";
	struct slice list = dn_parent(dn);
	const char *comma =
	    list.at == NULL ? NULL : memchr(list.at, ',', list.size);
	size_t size = comma != NULL ? (size_t)(comma - list.at) : list.size;

	if (size < sizeof start + sizeof end - 1 ||
	    strncasecmp(list.at, start, sizeof start - 1) != 0 ||
	    strncasecmp(
		list.at + size - (sizeof end - 1), end, sizeof end - 1) != 0)
		return (struct slice){ NULL, 0 };
	return arena_copy(
	    &all->arena, (struct slice){ list.at + sizeof start - 1,
			     size - (sizeof start - 1) - (sizeof end - 1) });
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
		.type = kind == REPLICA_HOST ? type_of(all, entry->dn)
					     : (struct slice){ NULL, 0 },
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

	at[REPLICA_PLAIN] =
	    (struct endpoint){ host, copy(all, entry, "nsslapd-port") };
	at[REPLICA_SECURE] =
	    (struct endpoint){ host, copy(all, entry, "nsslapd-securePort") };
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
	if (entry_value(entry, "replica-base-dn", 0).at != NULL)
		return add_task(all, server, entry);
	root = root_of(all, entry);
	if (root.at != NULL) {
		add_sent(all, server, entry);
		return add_ruv(
		    all, replica_of(all, server, root, entry), entry);
	}
	if (entry_value(entry, "nsslapd-state", 0).at != NULL ||
	    entry_has(entry, "objectClass", "nsMappingTree")) {
		add_suffix(all, server, entry);
		return 0;
	}
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
replicas_is_other(
    struct replicas *all, const struct entry *entry, const char *suffix)
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
replicas_add_host(struct replicas *all, const char *file, struct slice host,
    struct slice type)
{
	struct slice name = arena_copy(&all->arena, slice_of(file));

	MEM_GROW(all->trace, all->traces, all->trace_room);
	all->trace[all->traces++] = (struct replica_trace){
		.kind = REPLICA_HOST,
		.place = { name.at, 0 },
		.host = arena_copy(&all->arena, host),
		.type = arena_copy(&all->arena, type),
	};
}

static void
unite_agreements(struct replica *into, const struct replica *from)
{
	for (size_t i = 0; i < from->agreements; i++) {
		bool known = false;

		for (size_t k = 0; k < into->agreements; k++)
			known |= slice_equal(
			    into->agreement[k].name, from->agreement[i].name);
		if (known) {
			free(from->agreement[i].element);
			continue;
		}
		MEM_GROW(
		    into->agreement, into->agreements, into->agreement_room);
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
	for (size_t i = 0; i < from->cleans; i++)
		put_clean(into, &from->clean[i]);
	if (from->has_generation) {
		into->has_generation = true;
		into->generation = from->generation;
	}
	if (!into->has_id) {
		into->has_id = from->has_id;
		into->id = from->id;
	}
	into->knows_id |= from->knows_id;
	into->supplier |= from->supplier;
	into->is_hub |= from->is_hub;
	free(from->element);
	free(from->agreement);
	free(from->clean);
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
	for (size_t i = 0; i < all->suffixes; i++)
		if (all->suffix[i].server == from)
			all->suffix[i].server = to;
	for (size_t i = 0; i < all->sents; i++)
		if (all->sent[i].server == from)
			all->sent[i].server = to;
	for (size_t i = 0; i < REPLICA_ADDRESSES; i++)
		if (all->server[to].at[i].host.at == NULL)
			all->server[to].at[i] = all->server[from].at[i];
	all->server[from].is_again = true;
	all->server[from].first = to;
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

/* Is a name that of a subsystem, or does it end so: pki-tomcat-KRA? */
static bool
is_type(struct slice name, const char *type)
{
	const size_t size = strlen(type);

	return name.size >= size &&
	       strncasecmp(name.at + name.size - size, type, size) == 0 &&
	       (name.size == size || name.at[name.size - size - 1] == '-');
}

/* Whose a suffix is: the CA has the security domain in its own.  Dogtag names
 * the suffix and the backend after the subsystem [dogtag 9]. */
static struct slice
type_named(
    const struct replicas *all, struct slice suffix, struct slice backend)
{
	static const char *const types[] = { "CA", "KRA", "OCSP", "TKS",
		"TPS" };
	const char *start = memchr(suffix.at, '=', suffix.size);
	struct slice name = dn_parent(suffix);

	for (size_t i = 0; i < all->traces; i++)
		if (all->trace[i].kind == REPLICA_HOST &&
		    all->trace[i].dn.at != NULL &&
		    dn_within(all->trace[i].dn, suffix))
			return slice_of("CA");
	if (start == NULL)
		return (struct slice){ NULL, 0 };
	name.size = (size_t)(suffix.at + suffix.size - start) - 1 -
		    (name.at != NULL && name.size != 0 ? name.size + 1 : 0);
	name.at = start + 1;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (is_type(name, types[i]) ||
		    (backend.at != NULL && is_type(backend, types[i])))
			return slice_of(types[i]);
	return (struct slice){ NULL, 0 };
}

/* What the mapping tree and CS.cfg files say of a replica's suffix. */
static void
join_suffixes(struct replicas *all, struct replica *replica)
{
	struct slice backend = { NULL, 0 };

	for (size_t i = 0; i < all->suffixes; i++) {
		const struct replica_suffix *is = &all->suffix[i];

		if (!slice_equal(is->suffix, replica->suffix))
			continue;
		if (is->type.at != NULL)
			replica->type = is->type;
		if (is->backend.at != NULL)
			backend = is->backend;
		if (is->server != replica->server || is->state.at == NULL ||
		    entry_is_named(is->state, "backend") ||
		    entry_is_named(is->state, "container") ||
		    (entry_is_named(is->state, "referral on update") &&
			!replica->supplier))
			continue;
		replica->state = is->state;
		replica->state_place = is->place;
	}
	if (replica->type.at == NULL)
		replica->type = type_named(all, replica->suffix, backend);
}

static void
join_sents(struct replicas *all, struct replica *replica)
{
	for (size_t i = 0; i < all->sents; i++) {
		const struct replica_sent *sent = &all->sent[i];

		for (size_t k = 0; k < replica->agreements; k++)
			if (sent->server == replica->server &&
			    slice_equal(sent->suffix, replica->suffix) &&
			    slice_equal(
				sent->name, replica->agreement[k].name)) {
				replica->agreement[k].has_peer = true;
				replica->agreement[k].peer = sent->id;
			}
	}
}

void
replicas_join(struct replicas *all)
{
	unite_all(all);
	join_servers(all);
	for (size_t i = 0; i < all->count; i++) {
		struct replica *replica = &all->replica[i];

		join_suffixes(all, replica);
		join_sents(all, replica);
	}
	for (size_t i = 0; i < all->count; i++) {
		struct replica *replica = &all->replica[i];
		const struct replica_element *own =
		    replica->has_id ? replica_element(replica, replica->id)
				    : NULL;

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
		struct replica *replica = &all->replica[i];

		for (size_t k = 0; k < replica->agreements; k++)
			free(replica->agreement[k].element);
		free(replica->element);
		free(replica->agreement);
		free(replica->clean);
	}
	free(all->suffix);
	free(all->sent);
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
replica_leads_to(
    const struct replica_agreement *agreement, const struct endpoint *to)
{
	return endpoint_same(&agreement->to, to) ||
	       (has_tls_port(agreement) &&
		   endpoint_same_host(agreement->to.host, to->host));
}

bool
replicas_is_at(const struct replicas *all, const struct replica *replica,
    const struct endpoint *address)
{
	const struct endpoint *at = all->server[replica->server].at;
	bool is = endpoint_same(&replica->at, address);

	for (size_t i = 0; i < REPLICA_ADDRESSES; i++)
		is = is || endpoint_same(&at[i], address);
	return is;
}

/* One server has more than one name, and its ID is the same in all. */
static bool
is_peer(
    const struct replica_agreement *agreement, const struct replica *replica)
{
	return agreement->has_peer && replica->has_id &&
	       agreement->peer == replica->id;
}

bool
replicas_leads(const struct replicas *all,
    const struct replica_agreement *agreement, const struct replica *replica)
{
	const struct endpoint *at = all->server[replica->server].at;
	bool leads = replicas_is_at(all, replica, &agreement->to) ||
		     is_peer(agreement, replica) ||
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
		if (replicas_is_at(all, replica, &agreement->to) ||
		    is_peer(agreement, replica))
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
		if (base != NULL && replicas_is_other(all, &entry, base))
			continue;
		if (replicas_add(all, server, &entry) < 0)
			return -1;
	}
	return more;
}

/* A suffix that is being initialised, or is disabled, answers nothing. */
static bool
is_readable(const struct replicas *all, const struct replica *replica)
{
	for (size_t i = 0; i < all->suffixes; i++) {
		const struct replica_suffix *is = &all->suffix[i];

		if (is->server == replica->server &&
		    slice_equal(is->suffix, replica->suffix) &&
		    (entry_is_named(is->state, "referral") ||
			entry_is_named(is->state, "disabled")))
			return false;
	}
	return true;
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

		if (all->replica[i].server == server &&
		    is_readable(all, &all->replica[i]))
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
		"nsds5replicaLastInitStatus", "nsds5replicaLastInitStatusJSON",
		"nsds5ReplicaCleanRUV", "nsds5ReplicaAbortCleanRUV",
		"nsds5AgmtMaxCSN", "nsslapd-state", "nsslapd-backend",
		"replica-id", "replica-base-dn", "replica-force-cleaning",
		"nsTaskStatus", "nsTaskExitCode", "nsslapd-localhost",
		"nsslapd-port", "nsslapd-securePort", NULL };
	static const struct source_query config = {
		.base = "cn=mapping tree,cn=config",
		.filter = "(|(objectClass=nsDS5Replica)"
			  "(objectClass=nsds5replicationagreement)"
			  "(objectClass=nsMappingTree))",
		.attributes = attributes,
		.absent_is_empty = true,
	}, managers = {
		.base = "ou=csusers,cn=config",
		.filter = "(objectClass=person)",
		.attributes = attributes,
		.absent_is_empty = true,
	}, tasks = {
		.base = "cn=tasks,cn=config",
		.filter = "(&(replica-id=*)(replica-base-dn=*))",
		.attributes = attributes,
		.absent_is_empty = true,
	}, names = {
		.base = "cn=config",
		.scope = SOURCE_BASE,
		.attributes = attributes,
		.absent_is_empty = true,
	};
	size_t before = all->count;

	replicas_asked(all, server, source_name(source), base);
	if (search(all, source, base, server, &config) < 0)
		return -1;
	if (search(all, source, base, server, &names) < 0)
		return -1;
	if (all->count == before)
		return 0;
	return search(all, source, base, server, &tasks) < 0 ||
		       search(all, source, base, server, &managers) < 0
		   ? -1
		   : search_suffixes(all, source, base, server);
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
