/* SPDX-License-Identifier: MIT */
#include "check/replread.h"

#include <stdlib.h>

#include "dir/dn.h"
#include "pki/domain.h"
#include "pki/locate.h"
#include "pki/ranges.h"
#include "util/diag.h"
#include "util/mem.h"

static int
search(struct replicas *all, struct csdir *dir, size_t server,
    const struct source_query *query)
{
	struct entry entry;
	int more;

	if (source_search(dir->source, query) < 0)
		return -1;
	while ((more = source_next(dir->source, &entry)) > 0) {
		if (dir->base != NULL &&
		    replicas_is_other(all, &entry, dir->base))
			continue;
		if (replicas_add(all, server, &entry) < 0)
			return -1;
	}
	return more;
}

/* The suffixes that were seen on the server, one after another. */
static int
search_suffixes(struct replicas *all, struct csdir *dir, size_t server)
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
			status = search(all, dir, server, &query);
	}
	return status;
}

int
replread_server(struct replicas *all, struct csdir *dir, size_t server)
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

	replicas_asked(all, server, source_name(dir->source));
	if (search(all, dir, server, &config) < 0)
		return -1;
	if (all->count == before)
		return 0;
	return search(all, dir, server, &names) < 0 ||
	    search(all, dir, server, &managers) < 0 ? -1 :
	    search_suffixes(all, dir, server);
}

static int
search_server(struct replicas *all, struct csdir *dir, size_t server)
{
	size_t before = all->count;

	if (replread_server(all, dir, server) < 0)
		return -1;
	if (all->count == before)
		return fail("%s: no replica in cn=config, or none that may be "
		    "read: bind as cn=Directory Manager",
		    source_name(dir->source));
	return 0;
}

int
replread(struct replicas *all, const char *operand, const char *subsystem,
    const struct ldapopt *options, bool *is_server)
{
	size_t server = replicas_server(all, operand);
	struct csdir dir;
	int status;

	if (csdir_open(&dir, operand, subsystem, options) < 0)
		return -1;
	*is_server = source_is_server(dir.source);
	status = *is_server ? search_server(all, &dir, server) :
	    search(all, &dir, server, &(struct source_query){
		/* cn=config, too: what counts is looked at one by one. */
		.base = dir.base != NULL ? "" : NULL });
	csdir_close(&dir);
	return status;
}

int
replread_domain(struct replicas *all, const char *path)
{
	struct domain domain;

	if (domain_read(&domain, path) < 0)
		return -1;
	for (size_t i = 0; i < domain.hosts; i++)
		replicas_add_host(all, path,
		    domain.host[i].field[DOMAIN_HOST]);
	domain_release(&domain);
	return 0;
}

static void
add_range(struct topology_ranges *ranges, const struct cfg *cfg,
    struct slice suffix, const struct rangeset_range *range)
{
	if (!range->readable || mpz_cmp_ui(range->last, UINT16_MAX) > 0)
		return;
	MEM_GROW(ranges->at, ranges->count, ranges->room);
	ranges->at[ranges->count++] = (struct topology_range){
		.file = arena_copy(&ranges->arena, slice_of(cfg->file)).at,
		.line = cfg_number(cfg, range->begin),
		.first = (uint16_t)mpz_get_ui(range->first),
		.last = (uint16_t)mpz_get_ui(range->last),
		.suffix = arena_copy(&ranges->arena, suffix),
	};
}

int
replread_ids_of(struct topology_ranges *ranges, const struct cfg *cfg)
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

int
replread_ids(struct topology_ranges *ranges, const char *operand,
    const char *subsystem)
{
	char *path = locate_cfg(operand, subsystem);
	struct cfg *cfg = path != NULL ? cfg_read(path) : NULL;
	int status = cfg != NULL ? replread_ids_of(ranges, cfg) : -1;

	cfg_free(cfg);
	free(path);
	return status;
}
