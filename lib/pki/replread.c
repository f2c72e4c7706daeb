/* SPDX-License-Identifier: MIT */
#include "pki/replread.h"

#include <stdlib.h>

#include "pki/csdir.h"
#include "pki/domain.h"
#include "pki/locate.h"
#include "cfg/setting.h"
#include "util/diag.h"

/* Whose suffix it is, by the CS.cfg. */
static void
set_type(struct replicas *all, const struct csdir *dir)
{
	const char *type =
	    dir->read == NULL ? NULL : setting_subsystem_of(dir->read);

	if (type != NULL && dir->suffix != NULL)
		replicas_set_type(all, dir->suffix, slice_of(type));
}

int
replread(struct replicas *all, const char *operand, const char *subsystem,
    const struct ldapopt *options, bool *is_server)
{
	size_t server = replicas_server(all, operand);
	struct csdir dir;
	int status;

	status = csdir_open(&dir, operand, subsystem, options);
	*is_server = source_is_url(operand) || dir.names_server;
	if (status < 0)
		return -1;
	replicas_bind(all, server, &dir.options);
	set_type(all, &dir);
	status = *is_server
		     ? replicas_read(all, dir.source, dir.base, server)
		     : replicas_read_file(all, dir.source, dir.base, server);
	csdir_close(&dir);
	all->server[server].is_unread = status < 0;
	return status;
}

int
replread_end(struct replicas *all)
{
	int status = 0;

	replicas_join(all);
	for (size_t i = 0; i < all->servers; i++) {
		const struct replica_server *server = &all->server[i];
		bool has_replica = server->url == NULL || server->is_again ||
		    server->is_unread;

		for (size_t k = 0; k < all->count; k++)
			has_replica |= all->replica[k].server == i;
		for (size_t k = i + 1; k < all->servers; k++)
			has_replica |= all->server[k].is_again &&
				       all->server[k].first == i;
		if (!has_replica)
			status = fail(
			    "%s: no replica in cn=config, or none "
			    "that may be read: bind as cn=Directory Manager",
			    server->url);
	}
	return status;
}

int
replread_domain(struct replicas *all, const char *path)
{
	struct domain domain;

	if (domain_read(&domain, path) < 0)
		return -1;
	for (size_t i = 0; i < domain.hosts; i++)
		replicas_add_host(all, path, domain.host[i].field[DOMAIN_HOST],
		    domain.host[i].field[DOMAIN_TYPE]);
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
