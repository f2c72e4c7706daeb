/* SPDX-License-Identifier: MIT */
#include "check/cloneconn.h"

#include <stdlib.h>

#include "cfg/connector.h"
#include "util/mem.h"

#define HOST CONNECTOR_PREFIX "host"
#define CERTIFICATE CONNECTOR_PREFIX "transportCert"

/* As a list, whichever form it has: a new string. */
static char *
hosts_of(const struct cfg *cfg)
{
	struct slice host = cfg_string(cfg, HOST);
	struct slice port = cfg_string(cfg, CONNECTOR_PREFIX "port");

	if (host.at == NULL)
		return mem_dup("", 0);
	if (memchr(host.at, ' ', host.size) != NULL ||
	    memchr(host.at, ':', host.size) != NULL || port.at == NULL)
		return mem_dup(host.at, host.size);
	return mem_printf("%.*s:%.*s", SLICE_FMT(host), SLICE_FMT(port));
}

static bool
has_word(const char *list, const char *word, size_t size)
{
	while (*list != '\0') {
		size_t length = strcspn(list, " ");

		if (length == size && memcmp(list, word, size) == 0)
			return true;
		list += length + strspn(list + length, " ");
	}
	return false;
}

/* The first word of list that other has not; size 0: none. */
static struct slice
stray(const char *list, const char *other)
{
	list += strspn(list, " ");
	while (*list != '\0') {
		size_t size = strcspn(list, " ");

		if (!has_word(other, list, size))
			return (struct slice){ list, size };
		list += size + strspn(list + size, " ");
	}
	return (struct slice){ list, 0 };
}

static void
check_hosts(const struct cloneset *set, const struct cfg *clone)
{
	const struct cfg *master = set->side[0].cfg;
	char *a = hosts_of(master), *b = hosts_of(clone);
	struct slice lost = stray(a, b), own = stray(b, a);

	if (lost.size != 0 || own.size != 0) {
		findings_add(set->found, cloneset_place(clone, HOST),
		    FINDINGS_WARNING, "connector-hosts",
		    lost.size != 0 ? "the connector lacks '%.*s', which %s has"
				   : "the connector has '%.*s', which %s lacks",
		    SLICE_FMT(lost.size != 0 ? lost : own), master->file);
		if (lost.size != 0)
			cloneset_mend_by_merge(set, clone, "--kra");
	}
	free(a);
	free(b);
}

static void
check_missing(const struct cloneset *set, const struct cfg *clone)
{
	const struct cfg *master = set->side[0].cfg;
	bool lost = connector_is_in(master);

	findings_add(set->found,
	    (struct findings_place){ lost ? clone->file : master->file, 0 },
	    FINDINGS_WARNING, "connector-missing",
	    "no KRA connector, but %s has one",
	    lost ? master->file : clone->file);
	if (lost)
		cloneset_mend_by_merge(set, clone, "--kra");
}

static void
check_one(const struct cloneset *set, const struct cfg *clone)
{
	const struct cfg *master = set->side[0].cfg;
	struct slice x = cfg_string(master, CERTIFICATE);
	struct slice y = cfg_string(clone, CERTIFICATE);

	if (!connector_is_in(master) && !connector_is_in(clone))
		return;
	if (!connector_is_in(master) || !connector_is_in(clone)) {
		check_missing(set, clone);
		return;
	}
	check_hosts(set, clone);
	if (x.at != NULL && y.at != NULL && !connector_same_certificate(x, y)) {
		findings_add(set->found, cloneset_place(clone, CERTIFICATE),
		    FINDINGS_ERROR, "transport-cert",
		    "another transport certificate than in %s", master->file);
		cloneset_mend_by_merge(
		    set, clone, "--kra --replace-transport-cert");
	}
	if (!cloneset_same(master, clone, CONNECTOR_PREFIX "enable", "true"))
		findings_add(set->found,
		    cloneset_place(clone, CONNECTOR_PREFIX "enable"),
		    FINDINGS_WARNING, "connector-enable",
		    "the connector is not on and off as in %s", master->file);
}

void
cloneconn_check(const struct cloneset *set)
{
	if (!cloneset_is(set->side[0].cfg, "CA"))
		return;
	for (size_t i = 1; i < set->count; i++)
		check_one(set, set->side[i].cfg);
}
