/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include "cfg/known.h"
#include "util/endpoint.h"
#include "util/path.h"

/* A deployment may have keys that no list has; one that is nearly a known one
 * is hardly meant.  The case of the connector's keys is checked by
 * connectors.c. */
static void
check_unknown(struct check_file *l, const struct cfg_line *line)
{
	const struct slice key = cfg_key(line);
	struct buf near = { 0 };

	if (!known_key(key) && known_nearest(key, &near) &&
	    !(slice_starts(key, slice_of("ca.connector.")) &&
		slice_equal_nocase(key, buf_slice(&near))))
		lint_at(l, line, "unknown-key", "is %.*s meant?",
		    SLICE_ARG(buf_slice(&near)));
	buf_release(&near);
}

static void
check_case(struct check_file *l, const struct cfg_line *line)
{
	const struct slice right = setting_spelling(cfg_key(line));

	if (right.at == NULL)
		check_unknown(l, line);
	else if (!slice_starts(right, slice_of("ca.connector.")))
		lint_at(l, line, "key-case", "it is %.*s", SLICE_ARG(right));
}

static void
check_typed(struct check_file *l, const struct cfg_line *line, bool boolean)
{
	struct slice value = cfg_value(line), trimmed = cfg_trim(value);
	long number;
	bool good = boolean ? truth_of(trimmed) >= 0 :
			      setting_number(trimmed, &number);

	if (value.size == 0)
		return;
	if (!good) {
		lint_at(l, line, boolean ? "bool-value" : "int-value",
		    "%s", lint_shown(l, line));
	} else if (trimmed.size != value.size) {
		lint_at(l, line, boolean ? "bool-blank" : "int-blank",
		    "%s", lint_shown(l, line));
		lint_fix(l, line, trimmed);
	}
}

/* Of unknown keys only what can be nothing but a boolean is told. */
static void
check_trail(struct check_file *l, const struct cfg_line *line)
{
	struct slice value = cfg_value(line), trimmed = cfg_trim(value);

	if (value.size == trimmed.size ||
	    (unsigned char)value.at[value.size - 1] > ' ')
		return;
	if (truth_of(trimmed) >= 0) {
		lint_at(l, line, "bool-blank", "%s", lint_shown(l, line));
		lint_fix(l, line, trimmed);
	}
}

/* Families of the manual's samples, which no other value has in it. */
static bool
has_assignment(struct slice value)
{
	static const char *const heads[] = { "ca.connector.", "ca.crl.",
		"master.ca.", "ca.certStatusUpdateInterval",
		"ca.listenToCloneModifications", "OCSP.Responder.",
		"ocsp.store.", "cloning.", "dbs.", "internaldb.", "kra." };

	if (value.size < 8 || memchr(value.at, '=', value.size) == NULL)
		return false;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		size_t size = strlen(heads[i]);
		const char *at = memmem(value.at, value.size, heads[i], size);
		const char *end = value.at + value.size;

		if (at == NULL || memchr(at, '=', (size_t)(end - at)) == NULL)
			continue;
		if (i < 3 || at == value.at || at[-1] == ' ')
			return true;
	}
	return false;
}

static void
check_secret(struct check_file *l, const struct cfg_line *line)
{
	struct slice last = setting_last(cfg_key(line));

	if (line->value_size == 0 ||
	    !settings_hides(l->rules, cfg_key(line), cfg_value(line)))
		return;
	lint_at(l, line,
	    memmem(last.at, last.size, "_key", 4) != NULL ? "keyset"
							  : "password",
	    NULL);
}

static void
check_unread(struct check_file *l, const struct cfg_line *line)
{
	const struct setting *rule =
	    settings_unread(l->rules, cfg_key(line));

	if (rule == NULL)
		return;
	lint_at(l, line, "unread-key", "%.*s", SLICE_ARG(rule->remark));
	lint_fix(l, line, (struct slice){ 0 });
}

static void
check_reference(struct check_file *l, const struct cfg_line *line)
{
	static const char *const stores[] = { "ca", "ca.connector",
		"ca.connector.KRA", "ca.crl", "ca.crl.MasterCRL", "ca.publish",
		"ca.signing", "dbs", "internaldb", "internaldb.ldapconn", "kra",
		"ocsp", "ocsp.store" };
	struct slice key = cfg_key(line);

	if (key.size > 19)
		return;
	for (size_t i = 0; i < sizeof stores / sizeof *stores; i++)
		if (slice_equal(key, slice_of(stores[i])))
			lint_at(
			    l, line, "ref-key", "%s", lint_shown(l, line));
}

static void
check_line(struct check_file *l, const struct cfg_line *line)
{
	struct slice key = cfg_key(line);
	const struct setting *row;

	if (key.size == 0 || *key.at == '#' || syntax_is_comment(key))
		return;
	if (has_assignment(cfg_value(line))) {
		lint_at(l, line, "joined", "%s", lint_shown(l, line));
		return;
	}
	row = setting_find(key);
	if (row != NULL && (row->type == SETTING_BOOLEAN ||
	    row->type == SETTING_INTEGER)) {
		check_typed(l, line, row->type == SETTING_BOOLEAN);
	} else {
		check_trail(l, line);
		check_case(l, line);
	}
	check_secret(l, line);
	check_unread(l, line);
	check_reference(l, line);
}

static void
check_values_of(struct check_file *l)
{
	for (uint32_t i = 0; i < l->cfg->lines; i++)
		if (cfg_is_live(l->cfg, l->cfg->line + i))
			check_line(l, l->cfg->line + i);
}

static bool
is(const struct cfg *cfg, const char *key, const char *value)
{
	return slice_equal(cfg_string(cfg, key), slice_of(value));
}

static void
check_preop(struct check_file *l)
{
	const struct cfg_line *first = NULL;
	size_t count = 0;

	for (uint32_t i = 0; i < l->cfg->lines; i++) {
		const struct cfg_line *line = l->cfg->line + i;

		if (line->logical == NULL ||
		    !slice_starts(cfg_key(line), slice_of("preop.")))
			continue;
		if (count++ == 0)
			first = line;
	}
	if (count != 0)
		lint_at(l, first, "preop", "%zu of them", count);
}

static void
check_host(struct check_file *l)
{
	struct slice list = cfg_string(l->cfg, "internaldb.ldapconn.host");

	if (is(l->cfg, "cs.state", "0"))
		lint_key(l, "cs.state", "cs-state", NULL);
	if (endpoint_is_local(cfg_string(l->cfg, "machineName")))
		lint_key(l, "machineName", "machine", NULL);
	if (list.size != 0 && memchr(list.at, ' ', list.size) != NULL)
		lint_key(l, "internaldb.ldapconn.host", "ds-list", NULL);
}

#define SECURE "internaldb.ldapconn.secureConn"

static void
check_login(struct check_file *l)
{
	static const char key[] = "internaldb.ldapauth.authtype";
	struct slice type = cfg_string(l->cfg, key);

	if (slice_equal(type, slice_of("SslClientAuth"))) {
		if (cfg_string(l->cfg,
			"internaldb.ldapauth.clientCertNickname").size == 0)
			lint_key(l, key, "ds-auth",
			    "SslClientAuth without clientCertNickname");
		else if (is(l->cfg, SECURE, "false"))
			lint_key(l, key, "ds-auth",
			    "SslClientAuth, and " SECURE " is false: no "
			    "certificate is shown");
	} else if (type.size != 0 &&
		    !slice_equal(type, slice_of("BasicAuth"))) {
		lint_key(l, key, "ds-auth", "'%.*s'", SLICE_ARG(type));
	}
}

static void
check_proxy(struct check_file *l)
{
	static const char *const keys[] = { "proxy.securePort",
		"proxy.unsecurePort" };
	struct slice port[2];

	for (size_t i = 0; i < 2; i++) {
		port[i] = cfg_string(l->cfg, keys[i]);
		if (port[i].size != 0 && !endpoint_is_port(port[i]))
			lint_key(l, keys[i], "proxy-port", "'%.*s'",
			    SLICE_ARG(port[i]));
	}
	if (endpoint_is_port(port[0]) && slice_equal(port[0], port[1]))
		lint_key(l, keys[1], "proxy-port", "%.*s, as %s",
		    SLICE_ARG(port[1]), keys[0]);
}

static void
check_pruning(struct check_file *l)
{
	const char *key = "jobsScheduler.job.pruning.enabled";

	if (setting_bool(l->cfg, key) &&
	    (!is(l->cfg, "dbs.cert.id.generator", "random") ||
		!is(l->cfg, "dbs.request.id.generator", "random")))
		lint_key(l, key, "prune-rsn", NULL);
}

#define STORE "ocsp.store."

/* The store of a key, as far as its dot; size 0: it is of none. */
static struct slice
store_of(const struct cfg_line *line)
{
	struct slice key = cfg_key(line), store = { "", 0 };
	const char *dot;

	if (!slice_starts(key, slice_of(STORE)))
		return store;
	key.at += strlen(STORE);
	key.size -= strlen(STORE);
	dot = memchr(key.at, '.', key.size);
	if (dot != NULL && *key.at != '_')
		store = (struct slice){ key.at, (size_t)(dot - key.at) };
	return store;
}

static void
check_stores(struct check_file *l)
{
	struct slice chosen = cfg_string(l->cfg, "ocsp.storeId");
	struct slice last = { "", 0 };
	bool found = chosen.size == 0;

	for (uint32_t i = 0; i < l->cfg->lines; i++) {
		const struct cfg_line *line = l->cfg->line + i;
		struct slice store = { "", 0 };

		if (cfg_is_live(l->cfg, line))
			store = store_of(line);
		if (store.size == 0)
			continue;
		found |= slice_equal(store, chosen);
		if (!slice_equal(store, last) && lint_find(l,
			STORE "%.*s.class", SLICE_ARG(store)) == NULL)
			lint_at(l, line, "ocsp-class", NULL);
		last = store;
	}
	if (!found)
		lint_key(l, "ocsp.storeId", "ocsp-store", NULL);
}

/* Does the server, which runs as the owner of the directory, own the file, or
 * may it write it anyway? */
static void
check_writable(struct check_file *l)
{
	struct path p;
	struct stat st;

	if (strcmp(l->cfg->file, "<stdin>") == 0)
		return;
	if (path_find(&p, l->cfg->file, PATH_FOLLOW) == 0 &&
	    path_stat(&p, &st) == 0 && p.above.st_uid != 0 &&
	    st.st_uid != p.above.st_uid && (st.st_mode & S_IWOTH) == 0 &&
	    ((st.st_mode & S_IWGRP) == 0 || st.st_gid != p.above.st_gid))
		lint_at(l, NULL, "not-writable",
		    "owner %u:%u, mode %04o, and its directory's owner is "
		    "%u:%u: chown -h %u:%u it", st.st_uid, st.st_gid,
		    st.st_mode & 07777, p.above.st_uid, p.above.st_gid,
		    p.above.st_uid, p.above.st_gid);
	path_release(&p);
}

static void
check_installation(struct check_file *l)
{
	check_preop(l);
	check_host(l);
	check_login(l);
	check_proxy(l);
	check_pruning(l);
	check_stores(l);
	check_writable(l);
}

const struct check check_values[] = {
	{ .file = check_values_of },
	{ .file = check_installation },
	{ .file = NULL }
};
