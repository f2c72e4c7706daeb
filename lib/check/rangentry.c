/* SPDX-License-Identifier: MIT */
#include "check/rangentry.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "dir/dn.h"
#include "dir/serialno.h"
#include "util/mem.h"

#define RANGES                                                                 \
	"(objectClass=pkiRange)(objectClass=repository)"                       \
	"(objectClass=pkiSubsystem)(nsds5ReplConflict=*)"
#define NUMBERS                                                                \
	"(objectClass=certificateRecord)(objectClass=keyRecord)"               \
	"(objectClass=request)"

/* 389-ds hides entries in conflict from who does not ask for this class. */
#define HIDDEN "(|(objectClass=ldapsubentry)(objectClass=*))"

const char rangentry_filter[] = "(&" HIDDEN "(|" RANGES "))";
const char rangentry_filter_all[] = "(&" HIDDEN "(|" RANGES NUMBERS "))";
const char *const rangentry_attributes[] = { "objectClass", "cn", "beginRange",
	"endRange", "host", "SecurePort", "nextRange", "nsds5ReplConflict",
	"serialno", "requestId", "nsDS5ReplicaId", "nsDS5ReplicaRoot",
	"nsDS5ReplicaName", NULL };

struct reading {
	struct rangemap *map;
	const struct entry *entry;
	size_t source;
	struct buf dn; /* in normal form */
};

static const char *
keep(struct reading *r, struct slice s)
{
	return s.at != NULL ? arena_copy(&r->map->arena, s).at : "";
}

/* An entry of a server has its name for a line. */
static struct findings_place
place_of(struct reading *r)
{
	const struct entry *entry = r->entry;
	char *url = entry->line == 0 ? mem_printf("%s/%.*s", entry->file,
					   SLICE_ARG(entry->dn))
				     : NULL;
	struct findings_place place = {
		keep(r, slice_of(url != NULL ? url : entry->file)), entry->line
	};

	free(url);
	return place;
}

static struct slice
take_rdn(struct slice *dn)
{
	struct slice parent = dn_parent(*dn);
	struct slice rdn = { dn->at, dn->size - parent.size };

	if (rdn.size != 0 && rdn.at[rdn.size - 1] == ',')
		rdn.size--;
	*dn = parent;
	return rdn;
}

static bool
is(struct slice rdn, const char *want)
{
	return slice_equal(rdn, slice_of(want));
}

/* Is it a container of ranges, below ou=ranges or ou=ranges_v2? */
static bool
find_container(
    struct slice name, struct slice above, enum rangeset_kind *kind, bool *v2)
{
	*v2 = !is(above, "ou=ranges");
	if (!slice_starts(above, slice_of("ou=ranges")))
		return false;
	if (is(name, "ou=certificaterepository") ||
	    is(name, "ou=keyrepository"))
		*kind = RANGESET_SERIAL;
	else if (is(name, "ou=requests"))
		*kind = RANGESET_REQUEST;
	else if (is(name, "ou=replica"))
		*kind = RANGESET_REPLICA;
	else
		return false;
	return true;
}

static const char *
type_of(struct slice rdn)
{
	return is(rdn, "ou=ca") ? "CA" : is(rdn, "ou=kra") ? "KRA" : "";
}

/* Is it a repository, below which are certificates, keys or requests?  base is
 * what is above it. */
static bool
find_repository(struct slice dn, struct slice *base, const char **type,
    enum rangeset_kind *kind)
{
	struct slice name = take_rdn(&dn), replicas = dn;
	struct slice above = take_rdn(&dn);

	*base = dn;
	*type = type_of(above);
	*kind = RANGESET_SERIAL;
	if ((is(name, "ou=certificaterepository") ||
		is(name, "ou=keyrepository")) &&
	    **type != '\0')
		return true;
	*kind = RANGESET_REQUEST;
	*type = type_of(name);
	if (is(above, "ou=requests"))
		return **type != '\0';
	*kind = RANGESET_REPLICA;
	*base = replicas;
	return is(name, "ou=replica") && !is(above, "ou=ranges");
}

/* Replicas of one directory have the same entries. */
static bool
is_known(const struct reading *r, const struct rangemap_block *new)
{
	const struct rangemap *map = r->map;

	for (size_t i = 0; i + 1 < map->blocks; i++) {
		const struct rangemap_block *b = &map->block[i];

		if (b->name != NULL && b->space == new->space &&
		    b->v2 == new->v2 && b->state == new->state &&
		    b->state != RANGEMAP_FREE &&strcmp(b->name, new->name) ==
			0 &&
		    strcmp(b->host, new->host) == 0 &&
		    strcmp(b->port, new->port) == 0 &&
		    mpz_cmp(b->ldap_begin, new->ldap_begin) == 0 &&
		    mpz_cmp(b->ldap_end, new->ldap_end) == 0)
			return true;
	}
	return false;
}

static void
drop_last(struct rangemap *map)
{
	struct rangemap_block *b = &map->block[--map->blocks];

	mpz_clears(
	    b->begin, b->end, b->ldap_begin, b->ldap_end, b->highest, NULL);
}

/* The RDN's value, in decimal, is not the begin. */
static bool
is_misnamed(const struct reading *r, const struct rangemap_block *b)
{
	struct slice dn = buf_slice(&r->dn), rdn = take_rdn(&dn);
	mpz_t number;
	bool answer;

	mpz_init(number);
	answer = !slice_starts(rdn, slice_of("cn=")) ||
		 !rangeset_parse(
		     number, (struct slice){ rdn.at + 3, rdn.size - 3 }, 10) ||
		 mpz_cmp(number, b->ldap_begin) != 0;
	mpz_clear(number);
	return answer;
}

/* Invariant 5 [dogtag 6.6], as far as one entry can break it. */
static void
check_range(struct reading *r, struct rangemap_block *b)
{
	const char *kind = rangemap_kind_name(r->map->space[b->space].kind);
	struct findings *found = r->map->found;

	if (b->bad)
		findings_add(found, b->place, "range-digits",
		    "a range without decimal begin and end: %s", kind);
	else if (b->state == RANGEMAP_CONFLICT)
		findings_add(found, b->place, "range-conflict",
		    "replication could not place this range of %s: %s", b->host,
		    kind);
	else if (mpz_cmp(b->ldap_begin, b->ldap_end) > 0) {
		findings_add(found, b->place, "range-reversed",
		    "a range ends before it begins: %s", kind);
		b->bad = true;
	}
	if (!b->bad && b->state != RANGEMAP_CONFLICT && is_misnamed(r, b))
		findings_add(found, b->place, "range-name",
		    "a range that begins with %s is called %s: %s", b->digits,
		    b->name, kind);
}

static int
add_range(struct reading *r)
{
	struct slice base = buf_slice(&r->dn), container;
	struct rangemap_block *b;
	enum rangeset_kind kind;
	struct slice begin = entry_value(r->entry, "beginRange", 0);
	struct slice end = entry_value(r->entry, "endRange", 0);
	bool v2;

	take_rdn(&base);
	container = take_rdn(&base);
	if (!find_container(container, take_rdn(&base), &kind, &v2))
		return 0;
	b = rangemap_add_block(
	    r->map, rangemap_space(r->map, base, "", kind), RANGEMAP_ALLOCATED);
	b->name = keep(r, r->entry->dn);
	b->host = keep(r, entry_value(r->entry, "host", 0));
	b->port = keep(r, entry_value(r->entry, "SecurePort", 0));
	b->digits = keep(r, begin);
	b->source = r->source;
	b->v2 = v2;
	b->place = place_of(r);
	b->bad = begin.at == NULL || end.at == NULL ||
		 !rangeset_parse(b->ldap_begin, begin, 10) ||
		 !rangeset_parse(b->ldap_end, end, 10);
	if (entry_value(r->entry, "nsds5ReplConflict", 0).at != NULL)
		b->state = RANGEMAP_CONFLICT;
	r->map->space[b->space].has_v2 |= v2;
	if (is_known(r, b))
		drop_last(r->map);
	else
		check_range(r, b);
	return 1;
}

/* nextRange, of a repository or of a container of ranges_v2. */
static int
add_next(struct reading *r)
{
	struct slice dn = buf_slice(&r->dn), base = dn, name;
	struct slice next = entry_value(r->entry, "nextRange", 0);
	const char *type = "";
	enum rangeset_kind kind;
	struct rangemap_block *b;
	bool v2 = false;

	if (next.at == NULL)
		return 0;
	if (!find_repository(dn, &base, &type, &kind)) {
		base = dn;
		name = take_rdn(&base);
		if (!find_container(name, take_rdn(&base), &kind, &v2))
			return 0;
	}
	b = rangemap_add_block(
	    r->map, rangemap_space(r->map, base, type, kind), RANGEMAP_FREE);
	b->name = keep(r, r->entry->dn);
	b->host = b->port = "";
	b->digits = keep(r, next);
	b->source = r->source;
	b->v2 = v2;
	b->place = place_of(r);
	b->bad = !rangeset_parse(b->ldap_begin, next, 10);
	r->map->space[b->space].has_v2 |= v2;
	if (b->bad)
		findings_add(r->map->found, b->place,
		    "range-digits", "nextRange is not a decimal number: %s",
		    rangemap_kind_name(kind));
	return 1;
}

static int
add_number(struct reading *r)
{
	struct slice base = buf_slice(&r->dn);
	struct slice text = entry_value(r->entry, "serialno", 0);
	enum rangeset_kind kind;
	const char *type;
	mpz_t number;

	take_rdn(&base);
	if (!find_repository(base, &base, &type, &kind))
		return 0;
	if (kind == RANGESET_REQUEST)
		text = entry_value(r->entry, "requestId", 0);
	mpz_init(number);
	if (text.at != NULL && serialno_parse(number, text) == 0)
		rangemap_use(
		    r->map, rangemap_space(r->map, base, type, kind), number);
	mpz_clear(number);
	return 1;
}

static int
add_host(struct reading *r)
{
	struct rangemap *map = r->map;

	MEM_GROW(map->host, map->hosts, map->hosts_room);
	map->host[map->hosts++] =
	    (struct rangemap_host){ keep(r, entry_value(r->entry, "host", 0)),
		    keep(r, entry_value(r->entry, "SecurePort", 0)) };
	return 1;
}

/* The same replica may be listed by several files. */
static bool
is_known_replica(const struct rangemap *map, const struct rangemap_replica *new)
{
	for (size_t i = 0; i < map->replicas; i++) {
		const struct rangemap_replica *old = &map->replica[i];

		if (old->id == new->id && strcmp(old->base, new->base) == 0 &&
		    strcmp(old->name, new->name) == 0)
			return true;
	}
	return false;
}

static int
add_replica(struct reading *r)
{
	struct rangemap *map = r->map;
	const char *id = keep(r, entry_value(r->entry, "nsDS5ReplicaId", 0));
	struct buf base = { 0 };
	struct rangemap_replica new = { .place = place_of(r) };
	char *end;

	errno = 0;
	new.id = strtoul(id, &end, 10);
	if (*id < '0' || *id > '9' || *end != '\0' || errno != 0 ||
	    dn_normalise(entry_value(r->entry, "nsDS5ReplicaRoot", 0), &base) <
		0 ||
	    base.size == 0) {
		buf_release(&base);
		return 0;
	}
	new.base = keep(r, buf_slice(&base));
	new.name = keep(r, entry_value(r->entry, "nsDS5ReplicaName", 0));
	buf_release(&base);
	if (!is_known_replica(map, &new)) {
		MEM_GROW(map->replica, map->replicas, map->replicas_room);
		map->replica[map->replicas++] = new;
	}
	return 1;
}

static const struct {
	const char *class;
	int (*add)(struct reading *);
} classes[] = {
	{ "certificateRecord", add_number },
	{ "request", add_number },
	{ "keyRecord", add_number },
	{ "pkiRange", add_range },
	{ "repository", add_next },
	{ "pkiSubsystem", add_host },
	{ "nsDS5Replica", add_replica },
};

static bool
is_class(struct slice value, const char *class)
{
	return value.size == strlen(class) &&
	       strncasecmp(value.at, class, value.size) == 0;
}

int
rangentry_add(struct rangemap *map, const struct entry *entry, size_t source)
{
	struct reading r = { .map = map, .entry = entry, .source = source };
	struct slice value;
	int taken = 0;

	for (size_t i = 0;
	     taken == 0 &&
	     (value = entry_value(entry, "objectClass", i)).at != NULL;
	     i++)
		for (size_t j = 0; j < sizeof classes / sizeof *classes; j++) {
			if (!is_class(value, classes[j].class))
				continue;
			if (dn_normalise(entry->dn, &r.dn) < 0)
				taken = fail("%s:%zu: not a DN: '%.*s'",
				    entry->file, entry->line,
				    SLICE_ARG(entry->dn));
			else
				taken = classes[j].add(&r);
			break;
		}
	buf_release(&r.dn);
	return taken;
}
