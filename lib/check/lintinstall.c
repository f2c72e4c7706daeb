/* SPDX-License-Identifier: MIT */
#include "check/lintinstall.h"

#include "util/endpoint.h"
#include "util/path.h"

static bool
is(const struct cfg *cfg, const char *key, const char *value)
{
	return slice_equal(cfg_string(cfg, key), slice_of(value));
}

static void
check_preop(struct lintfile *l)
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
check_host(struct lintfile *l)
{
	struct slice list = cfg_string(l->cfg, "internaldb.ldapconn.host");

	if (is(l->cfg, "cs.state", "0"))
		lint_key(l, "cs.state", "cs-state", NULL);
	if (endpoint_is_local(cfg_string(l->cfg, "machineName")))
		lint_key(l, "machineName", "machine", NULL);
	if (list.size != 0 && memchr(list.at, ' ', list.size) != NULL)
		lint_key(l, "internaldb.ldapconn.host", "ds-list", NULL);
}

static void
check_login(struct lintfile *l)
{
	static const char key[] = "internaldb.ldapauth.authtype";
	struct slice type = cfg_string(l->cfg, key);

	if (slice_equal(type, slice_of("SslClientAuth"))) {
		if (cfg_string(l->cfg,
			"internaldb.ldapauth.clientCertNickname").size == 0)
			lint_key(l, key, "ds-auth",
			    "SslClientAuth without clientCertNickname");
	} else if (type.size != 0 &&
		    !slice_equal(type, slice_of("BasicAuth"))) {
		lint_key(l, key, "ds-auth", "'%.*s'", SLICE_ARG(type));
	}
}

static void
check_proxy(struct lintfile *l)
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
check_pruning(struct lintfile *l)
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
check_stores(struct lintfile *l)
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
check_writable(struct lintfile *l)
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

void
lintinstall_check(struct lintfile *l)
{
	check_preop(l);
	check_host(l);
	check_login(l);
	check_proxy(l);
	check_pruning(l);
	check_stores(l);
	check_writable(l);
}
