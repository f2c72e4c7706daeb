/* SPDX-License-Identifier: MIT */
#include "check/clone.h"

#include "cfg/connector.h"
#include "cfg/role.h"

static struct findings_place
place_of(const struct cfg *cfg, const char *key)
{
	const struct cfg_line *line = cfg_find(cfg, slice_of(key));

	return (struct findings_place){ cfg->file,
		line != NULL ? cfg_number(cfg, line) : 0 };
}

/* Are the values of key the same, where absent is absent? */
static bool
same(const struct cfg *a, const struct cfg *b, const char *key,
    const char *absent)
{
	struct slice x = cfg_string(a, key), y = cfg_string(b, key);

	if (x.at == NULL)
		x = slice_of(absent);
	if (y.at == NULL)
		y = slice_of(absent);
	return slice_is(x, y);
}

static void
check_equal(const struct cfg *a, const struct cfg *b, struct findings *found)
{
	static const struct {
		const char *key, *absent, *code;
		enum findings_level level;
	} equal[] = {
		{ "cs.type", "", "other-subsystem", FINDINGS_ERROR },
		{ "internaldb.basedn", "", "base-dn", FINDINGS_ERROR },
		{ "internaldb.ldapconn.secureConn", "false", "ds-security",
		    FINDINGS_WARNING },
		{ "dbs.cert.id.generator", "legacy", "generator",
		    FINDINGS_ERROR },
		{ "dbs.key.id.generator", "legacy", "generator",
		    FINDINGS_ERROR },
		{ "dbs.request.id.generator", "legacy", "generator",
		    FINDINGS_ERROR },
		{ "securitydomain.name", "", "domain-name", FINDINGS_WARNING },
	};

	for (size_t i = 0; i < sizeof equal / sizeof *equal; i++)
		if (!same(a, b, equal[i].key, equal[i].absent))
			findings_add(found, place_of(b, equal[i].key),
			    equal[i].level, equal[i].code,
			    "%s is not as in %s", equal[i].key, a->file);
}

static void
check_database(const struct clone_side *side, size_t count, size_t i,
    struct findings *found)
{
	static const char host[] = "internaldb.ldapconn.host";
	const struct cfg *cfg = side[i].cfg;
	struct slice name = cfg_string(cfg, host);

	if (name.at == NULL)
		return;
	if (slice_starts(name, slice_of("localhost")) ||
	    slice_is(name, slice_of("127.0.0.1")))
		findings_add(found, place_of(cfg, host), FINDINGS_WARNING,
		    "ds-localhost", "other hosts cannot replicate with '%.*s'",
		    SLICE_FMT(name));
	for (size_t j = 0; j < i && j < count; j++)
		if (same(side[j].cfg, cfg, host, "") &&
		    same(side[j].cfg, cfg, "internaldb.ldapconn.port", ""))
			findings_add(found, place_of(cfg, host),
			    FINDINGS_ERROR, "ds-same",
			    "the same Directory Server as in %s",
			    side[j].cfg->file);
}

static void
check_management(const struct cfg *cfg, struct findings *found)
{
	static const char key[] = "dbs.enableSerialManagement";
	struct slice type = cfg_string(cfg, "cs.type");
	struct slice on = cfg_string(cfg, key);

	if (type.at == NULL || (!slice_is(type, slice_of("CA")) &&
	    !slice_is(type, slice_of("KRA"))))
		return;
	if (on.at == NULL || !slice_is(on, slice_of("true")))
		findings_add(found, place_of(cfg, key), FINDINGS_ERROR,
		    "serial-management",
		    "%s is not true: no new ranges are asked for", key);
}

/* The line by which the CA makes CRLs, or NULL. */
static const struct cfg_line *
crl_line(const struct cfg *cfg)
{
	static const char end[] = ".enableCRLUpdates";

	for (uint32_t i = 0; i < cfg->lines; i++) {
		const struct cfg_line *line = &cfg->line[i];
		struct slice key;

		if (line->logical == NULL || !cfg_is_live(cfg, line))
			continue;
		key = cfg_key(line);
		if (slice_starts(key, slice_of("ca.crl.")) &&
		    key.size > sizeof end &&
		    memcmp(key.at + key.size - (sizeof end - 1), end,
			sizeof end - 1) == 0 &&
		    slice_is(cfg_trim(cfg_value(line)), slice_of("true")))
			return line;
	}
	return NULL;
}

/* A file that says nothing of it is a master's: the defaults are. */
static bool
is_crl_master(const struct cfg *cfg)
{
	struct role role;
	bool is;

	role_read(&role, cfg);
	is = strcmp(role.subsystem, "ca") == 0 &&
	    (role.kind == ROLE_MASTER || crl_line(cfg) != NULL);
	role_release(&role);
	return is;
}

static void
check_roles(const struct clone_side *side, size_t count,
    struct findings *found)
{
	const struct cfg *master = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct cfg *cfg = side[i].cfg;
		const struct cfg_line *line = crl_line(cfg);

		if (!is_crl_master(cfg))
			continue;
		if (master != NULL)
			findings_add(found, (struct findings_place){ cfg->file,
			    line != NULL ? cfg_number(cfg, line) : 0 },
			    FINDINGS_ERROR, "two-crl-masters",
			    "%s makes CRLs, too", master->file);
		master = cfg;
	}
	if (master == NULL &&
	    slice_is(cfg_string(side[0].cfg, "cs.type"), slice_of("CA")))
		findings_add(found, (struct findings_place){
		    side[0].cfg->file, 0 }, FINDINGS_ERROR, "no-crl-master",
		    "none of the CAs makes CRLs");
}

static void
check_connector(const struct cfg *a, const struct cfg *b,
    struct findings *found)
{
	static const char host[] = CONNECTOR_PREFIX "host";
	static const char certificate[] = CONNECTOR_PREFIX "transportCert";
	struct slice x = cfg_string(a, certificate);
	struct slice y = cfg_string(b, certificate);

	if (!connector_is_in(a) && !connector_is_in(b))
		return;
	if (!connector_is_in(a) || !connector_is_in(b)) {
		findings_add(found, (struct findings_place){
		    connector_is_in(a) ? b->file : a->file, 0 },
		    FINDINGS_WARNING, "connector-missing",
		    "no KRA connector, but %s has one",
		    connector_is_in(a) ? a->file : b->file);
		return;
	}
	if (!same(a, b, host, ""))
		findings_add(found, place_of(b, host), FINDINGS_WARNING,
		    "connector-hosts", "the connector's hosts are not as in %s",
		    a->file);
	if (x.at != NULL && y.at != NULL &&
	    !connector_same_certificate(x, y))
		findings_add(found, place_of(b, certificate), FINDINGS_ERROR,
		    "transport-cert",
		    "another transport certificate than in %s", a->file);
}

void
clone_check(const struct clone_side *side, size_t count,
    struct findings *found)
{
	for (size_t i = 0; i < count; i++) {
		check_database(side, count, i, found);
		check_management(side[i].cfg, found);
		if (i == 0)
			continue;
		check_equal(side[0].cfg, side[i].cfg, found);
		check_connector(side[0].cfg, side[i].cfg, found);
	}
	check_roles(side, count, found);
}
