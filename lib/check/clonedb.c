/* SPDX-License-Identifier: MIT */
#include "check/clonedb.h"

#include <strings.h>

#define HOST "internaldb.ldapconn.host"
#define PORT "internaldb.ldapconn.port"
#define MANAGEMENT "dbs.enableSerialManagement"
#define REPLICA "dbs.beginReplicaNumber"

static const struct {
	const char *key, *absent;
	enum findings_level level;
	const char *code;
} equal[] = {
	{ "cs.type", "", FINDINGS_ERROR, "other-subsystem" },
	{ "internaldb.basedn", "", FINDINGS_ERROR, "base-dn" },
	{ "internaldb.ldapconn.secureConn", "false", FINDINGS_WARNING,
	    "ds-security" },
	{ "dbs.cert.id.generator", "legacy", FINDINGS_ERROR, "generator" },
	{ "dbs.key.id.generator", "legacy", FINDINGS_ERROR, "generator" },
	{ "dbs.request.id.generator", "legacy", FINDINGS_ERROR, "generator" },
	{ "dbs.cert.id.radix", "16", FINDINGS_ERROR, "radix" },
	{ "dbs.key.id.radix", "16", FINDINGS_ERROR, "radix" },
	{ "dbs.request.id.radix", "10", FINDINGS_ERROR, "radix" },
	{ "securitydomain.name", "", FINDINGS_WARNING, "domain-name" },
};
#define EQUAL (sizeof equal / sizeof *equal)

bool
clonedb_compares(struct slice key)
{
	for (size_t i = 0; i < EQUAL; i++)
		if (slice_is(key, slice_of(equal[i].key)))
			return true;
	return slice_is(key, slice_of(MANAGEMENT)) ||
	       slice_is(key, slice_of(REPLICA));
}

/* Less a port behind a colon, and the brackets of an IPv6 address. */
static struct slice
name_of(struct slice host)
{
	const char *colon = memrchr(host.at, ':', host.size);

	if (host.size != 0 && host.at[0] == '[') {
		const char *end = memchr(host.at, ']', host.size);

		if (end != NULL)
			return (struct slice){ host.at + 1,
				(size_t)(end - host.at) - 1 };
	}
	if (colon != NULL && memchr(host.at, ':', host.size) == colon)
		host.size = (size_t)(colon - host.at);
	return host;
}

static bool
is_loopback(struct slice host)
{
	if (!slice_starts(host, slice_of("127.")))
		return false;
	for (size_t i = 0; i < host.size; i++)
		if (strchr(".0123456789", host.at[i]) == NULL)
			return false;
	return true;
}

bool
clonedb_is_localhost(struct slice host)
{
	static const char *const names[] = { "localhost",
		"localhost.localdomain", "localhost4", "localhost6",
		"localhost4.localdomain4", "localhost6.localdomain6", "::1" };

	host = name_of(host);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (host.size == strlen(names[i]) &&
		    strncasecmp(host.at, names[i], host.size) == 0)
			return true;
	return is_loopback(host);
}

static void
check_equal(const struct cloneset *set, const struct cfg *clone)
{
	const struct cfg *master = set->side[0].cfg;

	for (size_t i = 0; i < EQUAL; i++)
		if (!cloneset_same(
			master, clone, equal[i].key, equal[i].absent))
			findings_add(set->found,
			    cloneset_place(clone, equal[i].key), equal[i].level,
			    equal[i].code, "%s is not as in %s", equal[i].key,
			    master->file);
}

/* Of a list of hosts, each is meant. */
static void
check_localhost(const struct cloneset *set, const struct cfg *cfg)
{
	struct slice hosts = cfg_string(cfg, HOST);

	while (hosts.size != 0) {
		const char *blank = memchr(hosts.at, ' ', hosts.size);
		struct slice host = { hosts.at, blank != NULL
						    ? (size_t)(blank - hosts.at)
						    : hosts.size };

		if (clonedb_is_localhost(host))
			findings_add(set->found, cloneset_place(cfg, HOST),
			    FINDINGS_WARNING, "ds-localhost",
			    "other hosts cannot replicate with '%.*s'",
			    SLICE_FMT(host));
		host.size += blank != NULL;
		hosts.at += host.size;
		hosts.size -= host.size;
	}
}

static void
check_shared(const struct cloneset *set, size_t i)
{
	const struct cfg *cfg = set->side[i].cfg;

	if (cfg_string(cfg, HOST).at == NULL)
		return;
	for (size_t j = 0; j < i; j++)
		if (cloneset_same(set->side[j].cfg, cfg, HOST, "") &&
		    cloneset_same(set->side[j].cfg, cfg, PORT, "389"))
			findings_add(set->found, cloneset_place(cfg, HOST),
			    FINDINGS_ERROR, "ds-same",
			    "the same Directory Server as in %s",
			    set->side[j].cfg->file);
}

/* A master alone may be without: the first clone brings it [2.6]. */
static void
check_management(const struct cloneset *set, const struct cfg *cfg)
{
	struct slice on = cfg_string(cfg, MANAGEMENT);

	if (set->count < 2 ||
	    (!cloneset_is(cfg, "CA") && !cloneset_is(cfg, "KRA")) ||
	    (on.at != NULL && on.size == 4 &&
		strncasecmp(on.at, "true", 4) == 0))
		return;
	findings_add(set->found, cloneset_place(cfg, MANAGEMENT),
	    FINDINGS_ERROR, "serial-management",
	    MANAGEMENT " is not true: no new ranges are asked for");
	if (cloneset_is_file(cfg))
		findings_mend(set->found, "cfgset -i %s " MANAGEMENT "=true",
		    findings_word(set->found, cfg->file));
}

static bool
has_replica_ranges(const struct cfg *cfg)
{
	return !cloneset_is(cfg, "OCSP") && !cloneset_is(cfg, "TKS") &&
	       !cloneset_is(cfg, "TPS");
}

/*
 * Where no ranges of replica IDs are asked for, every clone counts from 1
 * [9]: the first pair gets 1 and 2, and the clone's file then says 3.  The
 * master has its ID by then, so that the next clone takes 1 for itself alone.
 */
static void
check_replica(const struct cloneset *set, size_t i)
{
	const struct cfg *cfg = set->side[i].cfg;
	struct slice next = cfg_string(cfg, REPLICA);

	if (i == 0 || has_replica_ranges(cfg) || next.at == NULL)
		return;
	if (slice_is(next, slice_of("2")))
		findings_add(set->found, cloneset_place(cfg, REPLICA),
		    FINDINGS_ERROR, "replica-id",
		    "its directory took replica ID 1, which the master's has");
	for (size_t j = 1; j < i; j++)
		if (slice_is(cfg_string(set->side[j].cfg, REPLICA), next))
			findings_add(set->found, cloneset_place(cfg, REPLICA),
			    FINDINGS_ERROR, "replica-id",
			    "counts replica IDs as %s does: both have the "
			    "same",
			    set->side[j].cfg->file);
}

void
clonedb_check(const struct cloneset *set)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct cfg *cfg = set->side[i].cfg;

		check_localhost(set, cfg);
		check_shared(set, i);
		check_management(set, cfg);
		check_replica(set, i);
		if (i != 0)
			check_equal(set, cfg);
	}
	if (set->planned && set->count > 1 &&
	    !has_replica_ranges(set->side[0].cfg))
		findings_add(set->found,
		    (struct findings_place){ set->side[0].cfg->file, 0 },
		    FINDINGS_WARNING, "replica-again",
		    "there is a clone already: the next one's directory takes "
		    "replica ID 1 again, unless replication is set up by "
		    "hand");
}
