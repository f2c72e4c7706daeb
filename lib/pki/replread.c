/* SPDX-License-Identifier: MIT */
#include "pki/replread.h"

#include <stdlib.h>

#include "pki/csdir.h"
#include "pki/domain.h"
#include "pki/locate.h"
#include "util/diag.h"

static int
search_server(struct replicas *all, struct csdir *dir, size_t server)
{
	size_t before = all->count;

	if (replicas_read(all, dir->source, dir->base, server) < 0)
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
	    replicas_read_file(all, dir.source, dir.base, server);
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

int
replread_ids(struct replica_id_ranges *ranges, const char *operand,
    const char *subsystem)
{
	char *path = locate_cfg(operand, subsystem);
	struct cfg *cfg = path != NULL ? cfg_read(path) : NULL;
	int status = cfg != NULL ? replica_ids_read(ranges, cfg) : -1;

	cfg_free(cfg);
	free(path);
	return status;
}
