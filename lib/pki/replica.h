/* SPDX-License-Identifier: MIT */
#ifndef PKI_REPLICA_H
#define PKI_REPLICA_H

#include <limits.h>

#include "cfg/cfg.h"
#include "dir/csn.h"
#include "dir/ldapconn.h"
#include "dir/source.h"
#include "util/arena.h"
#include "util/buf.h"
#include "util/endpoint.h"

/*
 * The replicas of suffixes on 389 Directory Servers, their agreements, and
 * what clones left in the directories [dogtag 9].
 *
 *	struct replicas all = { 0 };
 *
 *	for each server or file:
 *		size_t server = replicas_server(&all, name);
 *
 *		if (replicas_read(&all, source, base, server) < 0)
 *			...
 *	replicas_join(&all);
 *	... all.replica[i].agreement ...
 *	replicas_release(&all);
 *
 * The entries may be cn=config's, a suffix's and the replica entry that shows
 * the RUV, in any order, in files of their own.
 */

/* Where something was found, for messages. */
struct replica_place {
	const char *file;
	size_t line;
};

struct replica_agreement {
	struct replica_place place;
	struct slice name;
	struct endpoint to; /* the consumer */
	struct slice transport; /* "LDAP" when not said */
	struct slice status, init_status; /* the server's texts, or at NULL */
	struct slice state; /* "green", ...: or at NULL */
	struct slice updated; /* GeneralizedTime, or at NULL */
	long ldap_code, code; /* numbers of the JSON; REPLICA_NO_CODE */
	bool disabled;
	bool has_peer; /* is the consumer's ID known? */
	uint16_t peer; /* by nsds5AgmtMaxCSN */
	struct replica_element *element; /* the consumer's RUV, last seen */
	size_t elements, element_room;
};

#define REPLICA_NO_CODE LONG_MIN

struct replica_element {
	struct replica_place place;
	struct ruv_element is;
	struct endpoint at; /* out of its URL */
};

/* An ID that the server removes from all RUVs, or has stopped to remove: by
 * its replica entry, or by the entry of the task. */
struct replica_clean {
	struct replica_place place;
	uint16_t id;
	bool is_abort;
	bool forced; /* it waits for no other server */
	bool ended; /* the entry of a task that is over */
	struct slice status; /* the task's own words, or at NULL */
};

struct replica {
	size_t server;
	struct replica_place place;
	struct slice suffix; /* in normal form */
	struct slice root; /* the same as the server has it */
	struct slice name; /* unique; at NULL: not said */
	bool knows_id; /* whether it has one was said */
	bool has_id; /* hubs and consumers have none of their own */
	uint16_t id;
	bool supplier, is_hub;
	bool is_configured; /* else, only its RUV was seen */
	bool has_generation;
	struct csn generation;
	struct slice url; /* of its own element, or at NULL */
	struct endpoint at; /* by that, or by cn=config; else not known */
	struct replica_element *element;
	size_t elements, element_room;
	struct replica_agreement *agreement;
	size_t agreements, agreement_room;
	struct replica_clean *clean;
	size_t cleans, clean_room;
	struct slice state; /* the suffix's, if it is none of the usual */
	struct replica_place state_place;
	struct slice type; /* "CA", "KRA", ...: the subsystem whose it is, or
			    * at NULL */
};

/* A server has more than one address: where we found it, and what it says. */
enum { REPLICA_ASKED, REPLICA_PLAIN, REPLICA_SECURE, REPLICA_ADDRESSES };

struct replica_server {
	const char *name; /* the operand */
	struct endpoint at[REPLICA_ADDRESSES];
	const char *url; /* where it was asked; NULL: it is a file */
	const char *bind; /* options for dsconf(8) to bind; NULL: none known */
	struct slice base; /* the one suffix that counts, or at NULL */
	bool is_unread; /* reading it failed, which was reported */
	bool is_again; /* it is the same server as one before */
	size_t first; /* that one */
};

/* An entry that tells of a host, or of trouble. */
enum replica_trace_kind {
	REPLICA_MANAGER, /* whom agreements bind as; text: its DN */
	REPLICA_CONFLICT, /* text: the DN; more: with what */
	REPLICA_RANGE, /* of numbers, for a host; text: its DN */
	REPLICA_HOST, /* which the security domain has; text: its DN */
};

struct replica_trace {
	enum replica_trace_kind kind;
	size_t server;
	struct replica_place place;
	struct slice text, more, host;
	struct slice type; /* of a REPLICA_HOST: "CA", ... */
	struct slice dn; /* in normal form; at NULL: of a document */
};

/* What the mapping tree says of a suffix. */
struct replica_suffix {
	size_t server;
	struct replica_place place;
	struct slice suffix; /* in normal form */
	struct slice state, backend; /* at NULL: not said */
	struct slice type; /* of a CS.cfg; at NULL: not said */
};

/* nsds5AgmtMaxCSN: how far an agreement of a suffix has sent, and the ID of
 * who is there. */
struct replica_sent {
	size_t server;
	struct slice suffix, name; /* suffix in normal form */
	uint16_t id;
};

struct replicas {
	struct replica_server *server;
	size_t servers, server_room;
	struct replica *replica;
	size_t count, room;
	struct replica_trace *trace;
	size_t traces, trace_room;
	struct replica_suffix *suffix;
	size_t suffixes, suffix_room;
	struct replica_sent *sent;
	size_t sents, sent_room;
	bool is_partial; /* a server could not be read */
	struct arena arena;
	struct buf normal; /* for comparisons */
};

/* A new server, or one more file of one; name is kept by the caller. */
size_t replicas_server(struct replicas *all, const char *name);

/* How the server was bound to, for the commands that findings give. */
void replicas_bind(
    struct replicas *all, size_t server, const struct ldapopt *options);

/* Take from an entry what it tells, if anything.  -1: what it tells cannot be
 * read; reported. */
int replicas_add(struct replicas *all, size_t server,
    const struct entry *entry);

/* A host that the security domain has, where a document says so; type is
 * "CA", ... */
void replicas_add_host(struct replicas *all, const char *file,
    struct slice host, struct slice type);

/* The suffix, which a CS.cfg has, is of this subsystem: "CA", ... */
void
replicas_set_type(struct replicas *all, const char *suffix, struct slice type);

/* All entries are there: put together what is of one server, by the replicas'
 * unique names, and find who each one is. */
void replicas_join(struct replicas *all);

/* Does an address mean this replica's server, by any of its names? */
bool replicas_is_at(const struct replicas *all, const struct replica *replica,
    const struct endpoint *address);

/* The element of an ID, or NULL. */
const struct replica_element *
replica_element(const struct replica *replica, uint16_t id);

void replicas_release(struct replicas *all);

/*
 * Does an agreement lead to this replica?  With TLS its port says nothing: the
 * replica's own element has the plain one.  replicas_led_to() is the only one
 * to which it does; NULL: none that is known, or which one is not.
 */
bool replicas_leads(const struct replicas *all,
    const struct replica_agreement *agreement, const struct replica *replica);
const struct replica *replicas_led_to(const struct replicas *all,
    struct slice suffix, const struct replica_agreement *agreement);

/* Is it told to lead where an element is? */
bool replica_leads_to(
    const struct replica_agreement *agreement, const struct endpoint *to);

/* The replica of a suffix with an ID.  NULL: unknown. */
const struct replica *
replicas_with_id(const struct replicas *all, struct slice suffix, uint16_t id);

/* Replica IDs that an instance has not given away yet, from its CS.cfg. */
struct replica_id_range {
	const char *file;
	size_t line;
	uint16_t first, last;
	struct slice suffix; /* in normal form */
};

struct replica_id_ranges {
	struct replica_id_range *at;
	size_t count, room;
	struct arena arena;
};

/*
 * Adds what a server has in cn=config, and in its suffixes what clones left
 * there; base is the one suffix that counts, or NULL.  That the server has no
 * replica, or shows none, is no error.  0, or -1: reported.
 */
int replicas_read(struct replicas *all, struct source *source, const char *base,
    size_t server);

/* The same from an LDIF file of either. */
int replicas_read_file(struct replicas *all, struct source *source,
    const char *base, size_t server);

/* The replica IDs that an instance may still give away.  -1: reported. */
int replica_ids_read(struct replica_id_ranges *ranges, const struct cfg *cfg);

#endif
