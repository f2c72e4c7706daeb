/* SPDX-License-Identifier: MIT */
#include "check/crlmaster.h"

#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

#include "pki/address.h"
#include "pki/domain.h"
#include "pki/locate.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"

/* The CAs of which there is a CS.cfg. */
struct known {
	struct address *address;
	size_t count, room;
};

bool
crlmaster_makes_crls(const struct role *role)
{
	return strcmp(role->subsystem, "ca") == 0 &&
	       (role->kind == ROLE_MASTER || role->kind == ROLE_MIXED);
}

static int
know(struct known *known, const struct cfg *cfg, const char *path)
{
	struct address at, *own;

	if (address_read(&at, cfg, path) < 0)
		return -1;
	if (at.host.size == 0)
		say("%s: no machineName: which host of the domain is it?",
		    path);
	MEM_GROW(known->address, known->count, known->room);
	own = &known->address[known->count++];
	*own = (struct address){ .owned = { mem_dup(at.host.at, at.host.size),
				     mem_dup(at.port.at, at.port.size) } };
	own->host = slice_of(own->owned[0]);
	own->port = slice_of(own->owned[1]);
	address_release(&at);
	return 0;
}

static void
forget(struct known *known)
{
	for (size_t i = 0; i < known->count; i++)
		address_release(&known->address[i]);
	free(known->address);
}

/* Under whatever name: `-m ca2.cfg ca*.cfg` names it twice. */
static bool
is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return path_stat_named(a, &x) == 0 && path_stat_named(b, &y) == 0 &&
	    x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* 1: a master. */
static int
look_at(struct known *known, const char *operand,
    const struct crlmaster_question *q)
{
	char *path = locate_cfg(operand, q->subsystem);
	struct cfg *cfg = path == NULL ? NULL : cfg_read(path);
	struct role role;
	int found = -1;

	if (cfg != NULL && is_same_file(path, q->path)) {
		found = 0;
	} else if (cfg != NULL) {
		role_read(&role, cfg);
		found = crlmaster_makes_crls(&role);
		if (found != 0)
			say("%s: another CRL master", operand);
		if (role.subsystem[0] == '\0')
			found = fail("%s: " ROLE_NO_SUBSYSTEM, path);
		if (q->domain != NULL && strcmp(role.subsystem, "ca") == 0 &&
		    know(known, cfg, path) < 0)
			found = -1;
		role_release(&role);
	}
	cfg_free(cfg);
	free(path);
	return found;
}

static bool
is_known(const struct known *known, const struct slice *field)
{
	for (size_t i = 0; i < known->count; i++)
		if (address_equal(&known->address[i], field[DOMAIN_HOST],
			field[DOMAIN_SECURE_PORT]))
			return true;
	return false;
}

static int
look_into(const struct known *known, const struct domain *domain,
    const char *file)
{
	int found = 0;

	for (size_t i = 0; i < domain->hosts; i++) {
		const struct slice *field = domain->host[i].field;
		struct slice type = field[DOMAIN_TYPE];
		bool clone = domain_flag(&domain->host[i], DOMAIN_CLONE);

		if (!slice_equal_nocase(type, slice_of("CA")) ||
		    is_known(known, field))
			continue;
		say("%s: the CA '%.*s:%.*s' %s; its CS.cfg would tell", file,
		    SLICE_ARG(field[DOMAIN_HOST]),
		    SLICE_ARG(field[DOMAIN_SECURE_PORT]),
		    clone ? "was installed as a clone, and taken for one" :
			  "was not installed as a clone: it may make CRLs");
		if (!clone)
			found = 1;
	}
	return found;
}

static int
ask_domain(struct known *known, const struct crlmaster_question *q)
{
	struct domain domain;
	int found;

	if (know(known, q->cfg, q->path) < 0 ||
	    (q->from != NULL && know(known, q->from, q->from->file) < 0) ||
	    domain_read(&domain, q->domain) < 0)
		return -1;
	found = look_into(known, &domain, q->domain);
	domain_release(&domain);
	return found;
}

int
crlmaster_find(const struct crlmaster_question *q)
{
	struct known known = { 0 };
	int found = 0, now = 0;

	for (size_t i = 0; q->others[i] != NULL && now >= 0; i++) {
		now = look_at(&known, q->others[i], q);
		found |= now > 0;
	}
	if (now >= 0 && q->domain != NULL) {
		now = ask_domain(&known, q);
		found |= now > 0;
	}
	forget(&known);
	return now < 0 ? -1 : found;
}
