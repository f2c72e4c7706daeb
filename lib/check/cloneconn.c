/* SPDX-License-Identifier: MIT */
#include "check/cloneconn.h"

#include "pki/connector.h"

#define HOST CONNECTOR_PREFIX "host"
#define CERTIFICATE CONNECTOR_PREFIX "transportCert"

/* The first host that other has not, or NULL. */
static const struct endpoint *
stray(const struct connector_hosts *hosts, const struct connector_hosts *other)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (connector_find(other, &hosts->at[i]) == other->count)
			return &hosts->at[i];
	return NULL;
}

/* A list beside a bad port can be compared all the same. */
static bool
read_hosts(struct connector_hosts *hosts, const struct cfg *cfg)
{
	const enum connector_fault fault = connector_read(hosts, cfg);

	return fault == CONNECTOR_READ ||
	    (fault == CONNECTOR_BAD_PORT && hosts->count != 0);
}

static void
check_hosts(const struct cloneset *set, const struct cfg *clone)
{
	const struct cfg *master = set->side[0].cfg;
	const struct endpoint *lost, *own;
	struct connector_hosts a, b;
	bool read = read_hosts(&a, master);

	read = read_hosts(&b, clone) && read;
	lost = stray(&a, &b);
	own = lost != NULL ? lost : stray(&b, &a);
	if (!read) {
		findings_add(set->found, cloneset_place(clone, HOST),
		    "connector-hosts",
		    "the connector's hosts are not compared: the server "
		    "cannot read them here or in %s (cfglint)", master->file);
	} else if (own != NULL) {
		findings_add(set->found, cloneset_place(clone, HOST),
		    "connector-hosts",
		    lost != NULL ?
			"the connector lacks '%.*s:%.*s', which %s has" :
			"the connector has '%.*s:%.*s', which %s lacks",
		    SLICE_ARG(own->host), SLICE_ARG(own->port), master->file);
		if (lost != NULL)
			cloneset_fix_by_merge(set, clone, "--kra");
	}
	connector_hosts_release(&a);
	connector_hosts_release(&b);
}

static void
check_missing(const struct cloneset *set, const struct cfg *clone)
{
	const struct cfg *master = set->side[0].cfg;
	bool lost = connector_is_in(master);

	findings_add(set->found,
	    (struct findings_place){ lost ? clone->file : master->file, 0 },
	    "connector-missing",
	    "no KRA connector, but %s has one",
	    lost ? master->file : clone->file);
	if (lost)
		cloneset_fix_by_merge(set, clone, "--kra");
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
		    "transport-cert",
		    "another transport certificate than in %s", master->file);
		cloneset_fix_by_merge(
		    set, clone, "--kra --replace-transport-cert");
	}
	if (!setting_same(master, clone, CONNECTOR_PREFIX "enable"))
		findings_add(set->found,
		    cloneset_place(clone, CONNECTOR_PREFIX "enable"),
		    "connector-enable",
		    "the connector is not on and off as in %s", master->file);
}

void
cloneconn_check(const struct cloneset *set)
{
	if (!cloneset_is(set->side[0].cfg, "ca"))
		return;
	for (size_t i = 1; i < set->count; i++)
		check_one(set, set->side[i].cfg);
}
