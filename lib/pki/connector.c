/* SPDX-License-Identifier: MIT */
#include "pki/connector.h"

#include <stdlib.h>

#include "util/base64.h"
#include "util/diag.h"
#include "util/mem.h"

#define KEY(name) CONNECTOR_PREFIX name

bool
connector_is_setting(struct slice key)
{
	return slice_starts(key, slice_of(CONNECTOR_PREFIX)) &&
	    key.size > strlen(CONNECTOR_PREFIX) &&
	    key.at[strlen(CONNECTOR_PREFIX)] != '_';
}

static bool
is_setting(const struct cfg *cfg, const struct cfg_line *line)
{
	return cfg_is_live(cfg, line) && connector_is_setting(cfg_key(line));
}

bool
connector_is_in(const struct cfg *cfg)
{
	for (uint32_t i = 0; i < cfg->lines; i++)
		if (is_setting(cfg, cfg->line + i))
			return true;
	return false;
}

static int
bad(const struct cfg *cfg, const char *key, const char *what)
{
	const struct cfg_line *line = cfg_find(cfg, slice_of(key));

	return line != NULL ?
	    fail("%s:%zu: '%s' %s", cfg->file, cfg_number(cfg, line), key,
		what) :
	    fail("%s: '%s' %s", cfg->file, key, what);
}

void
connector_hosts_release(struct connector_hosts *hosts)
{
	free(hosts->at);
	*hosts = (struct connector_hosts){ 0 };
}

size_t
connector_find(const struct connector_hosts *hosts, const struct endpoint *host)
{
	size_t i = 0;

	while (i < hosts->count && !endpoint_same(&hosts->at[i], host))
		i++;
	return i;
}

void
connector_append(struct connector_hosts *hosts, const struct endpoint *host)
{
	MEM_GROW(hosts->at, hosts->count, hosts->room);
	hosts->at[hosts->count++] = *host;
}

bool
connector_parse(struct endpoint *at, struct slice text)
{
	return endpoint_parse(at, text) && !endpoint_is_ipv6(at->host);
}

/* "h:p h:p", one blank between them: what the server splits [4.2]. */
static enum connector_fault
read_list(struct connector_hosts *hosts, struct slice list)
{
	struct slice element;

	for (;;) {
		struct endpoint host;
		const char *start = list.at;

		/* A second blank is an empty element. */
		if (!endpoint_next(&list, &element) || element.at != start ||
		    !connector_parse(&host, element))
			return CONNECTOR_BAD_LIST;
		connector_append(hosts, &host);
		if (list.size == 0)
			return CONNECTOR_READ;
		list.at++;
		list.size--;
	}
}

enum connector_fault
connector_read(struct connector_hosts *hosts, const struct cfg *cfg)
{
	const struct endpoint only = { .host = cfg_string(cfg, KEY("host")),
		.port = cfg_string(cfg, KEY("port")) };
	long number;

	*hosts = (struct connector_hosts){ 0 };
	if (only.host.size == 0)
		return CONNECTOR_READ;
	if (memchr(only.host.at, ' ', only.host.size) != NULL) {
		if (read_list(hosts, only.host) != CONNECTOR_READ)
			return CONNECTOR_BAD_LIST;
		/* Not used, but read all the same. */
		return setting_number(only.port, &number) && number >= 0 &&
		    number <= 65535 ? CONNECTOR_READ : CONNECTOR_BAD_PORT;
	}
	if (!endpoint_is_host(only.host))
		return CONNECTOR_BAD_HOST;
	if (!endpoint_is_port(only.port))
		return CONNECTOR_BAD_PORT;
	connector_append(hosts, &only);
	return CONNECTOR_READ;
}

int
connector_hosts(struct connector_hosts *hosts, const struct cfg *cfg)
{
	const enum connector_fault fault = connector_read(hosts, cfg);

	if (fault == CONNECTOR_READ)
		return 0;
	connector_hosts_release(hosts);
	if (fault == CONNECTOR_BAD_PORT)
		return bad(cfg, KEY("port"), "is not a port number");
	if (fault == CONNECTOR_BAD_HOST)
		return bad(cfg, KEY("host"), "is not the name of one host: "
		    "its port is in the key port, and several hosts are "
		    "'HOST:PORT HOST:PORT'");
	return bad(cfg, KEY("host"), "is no list 'HOST:PORT HOST:PORT' with "
				     "one blank between them");
}

/* The first setting that the CA does not start without, or NULL. */
static const char *
missing(const struct cfg *cfg)
{
	static const char *const needed[] = { KEY("host"), KEY("port"),
		KEY("uri"), KEY("transportCert"), KEY("local") };

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (cfg_string(cfg, needed[i]).size == 0)
			return needed[i];
	return NULL;
}

int
connector_check(const struct cfg *cfg)
{
	struct connector_hosts hosts;
	const char *key = missing(cfg);

	if (key != NULL)
		return bad(cfg, key, "is missing: this connector is not whole");
	if (connector_hosts(&hosts, cfg) < 0)
		return -1;
	connector_hosts_release(&hosts);
	return 0;
}

bool
connector_same_certificate(struct slice x, struct slice y)
{
	struct buf left = { 0 }, right = { 0 };
	bool same;

	if (x.at == NULL || y.at == NULL)
		return x.at == y.at;
	same = base64_decode(&left, x) == 0 && base64_decode(&right, y) == 0 ?
	    slice_equal(buf_slice(&left), buf_slice(&right)) :
	    slice_equal(x, y);
	buf_release(&left);
	buf_release(&right);
	return same;
}

char *
connector_nickname(const struct cfg *cfg)
{
	struct slice nickname = cfg_string(cfg, "ca.subsystem.nickname");
	struct slice token = cfg_string(cfg, "ca.subsystem.tokenname");

	if (nickname.size == 0) {
		say("%s: no ca.subsystem.nickname: the connector gets no "
		    "nickName", cfg->file);
		return NULL;
	}
	if (token.size == 0 || slice_equal(token, slice_of("internal")) ||
	    slice_equal(token, slice_of("Internal Key Storage Token")))
		return mem_dup(nickname.at, nickname.size);
	return mem_printf("%.*s:%.*s", SLICE_ARG(token), SLICE_ARG(nickname));
}

int
connector_set_hosts(struct edits *edits, const struct cfg *cfg,
    const struct connector_hosts *hosts, struct slice port)
{
	const struct endpoint *first = &hosts->at[0];
	struct buf list = { 0 };
	int status;

	for (size_t i = 0; hosts->count > 1 && i < hosts->count; i++) {
		if (i != 0)
			buf_putc(&list, ' ');
		buf_add(&list, hosts->at[i].host);
		buf_putc(&list, ':');
		buf_add(&list, hosts->at[i].port);
	}
	if (hosts->count == 1 || port.size == 0)
		port = first->port;
	status = edits_put(edits, cfg, KEY("host"),
	    hosts->count == 1 ? first->host : buf_slice(&list));
	if (status == 0)
		status = edits_put(edits, cfg, KEY("port"), port);
	buf_release(&list);
	return status;
}

static bool
same_certificate(const struct cfg *a, const struct cfg *b)
{
	return connector_same_certificate(cfg_string(a, KEY("transportCert")),
	    cfg_string(b, KEY("transportCert")));
}

static bool
has_host(const struct connector_hosts *hosts, const struct endpoint *host)
{
	return connector_find(hosts, host) < hosts->count;
}

static void
add_host(struct connector_hosts *hosts, const struct endpoint *host)
{
	if (!has_host(hosts, host))
		connector_append(hosts, host);
}

static bool
has_all(const struct connector_hosts *a, const struct connector_hosts *b)
{
	for (size_t i = 0; i < b->count; i++)
		if (!has_host(a, &b->at[i]))
			return false;
	return true;
}

static bool
same_hosts(const struct connector_hosts *a, const struct connector_hosts *b)
{
	size_t i = 0;

	while (i < a->count && i < b->count &&
	    endpoint_same(&a->at[i], &b->at[i]))
		i++;
	return i == a->count && i == b->count;
}

/*
 * The master's, then the clone's, less those of the base that either let go
 * of; the master's alone where nothing would be left.
 */
static struct connector_hosts
unite(const struct connector_hosts *master, const struct connector_hosts *clone,
    const struct connector_hosts *base)
{
	static const struct connector_hosts none = { 0 };
	struct connector_hosts all = { 0 };

	for (size_t i = 0; i < master->count; i++)
		if (!has_host(base, &master->at[i]) ||
		    has_host(clone, &master->at[i]))
			add_host(&all, &master->at[i]);
	for (size_t i = 0; i < clone->count; i++)
		if (!has_host(base, &clone->at[i]))
			add_host(&all, &clone->at[i]);
	return all.count != 0 ? all : unite(master, master, &none);
}

struct side {
	const struct cfg *cfg; /* NULL: there is no base */
	struct connector_hosts hosts;
};

struct merging {
	struct edits *edits;
	const struct connector_policy *policy;
	struct side clone, master, base;
	bool three_way; /* there is a base, be its connector or not */
};

/* Beside a list, any port will do. */
static struct slice
port_of(const struct merging *m)
{
	struct slice port = cfg_string(m->clone.cfg, KEY("port"));

	return endpoint_is_port(port) ? port :
	    cfg_string(m->master.cfg, KEY("port"));
}

static int
merge_hosts(const struct merging *m)
{
	struct connector_hosts all = unite(&m->master.hosts, &m->clone.hosts,
	    &m->base.hosts);
	int status = 0;

	/* The order is that in which the server tries them [4.2]. */
	if (!same_hosts(&m->clone.hosts, &all))
		status = connector_set_hosts(m->edits, m->clone.cfg, &all,
		    port_of(m));
	connector_hosts_release(&all);
	return status;
}

static int
set_nickname(const struct merging *m)
{
	char *nickname = connector_nickname(m->clone.cfg);
	int status = nickname == NULL ? 0 :
	    edits_put(m->edits, m->clone.cfg, KEY("nickName"),
		slice_of(nickname));

	free(nickname);
	return status;
}

/* What a host list, a key database or a comparison of its own decides. */
bool
connector_sees_to(struct slice key)
{
	static const char *const apart[] = { KEY("host"), KEY("port"),
		KEY("nickName"), KEY("clientCiphers"), KEY("transportCert") };

	for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
		if (slice_equal(key, slice_of(apart[i])))
			return true;
	return false;
}

static enum connector_result
merge_both(const struct merging *m)
{
	const struct cfg *clone = m->clone.cfg, *master = m->master.cfg;
	bool same = same_certificate(clone, master);

	/* What the clone alone changed stays. */
	if (!same && m->base.cfg != NULL &&
	    cfg_string(clone, KEY("transportCert")).at != NULL &&
	    (m->policy->prefer_clone || same_certificate(master, m->base.cfg)))
		same = true;
	if (!same && !m->policy->replace_certificate &&
	    cfg_string(clone, KEY("transportCert")).at != NULL) {
		bad(clone, KEY("transportCert"),
		    "is another than the master's: another KRA, or a renewed "
		    "certificate (--replace-transport-cert takes it)");
		return CONNECTOR_REFUSED;
	}
	if (!same)
		edits_set_line(m->edits, clone,
		    cfg_find(master, slice_of(KEY("transportCert"))));
	if (merge_hosts(m) < 0)
		return CONNECTOR_BAD;
	if (cfg_find(clone, slice_of(KEY("nickName"))) == NULL &&
	    set_nickname(m) < 0)
		return CONNECTOR_BAD;
	return !m->three_way || missing(clone) != NULL ?
	    CONNECTOR_NEW : CONNECTOR_KNOWN;
}

/* Of the settings that merge as other keys do, has b all that a has? */
static bool
has_settings(const struct cfg *b, const struct cfg *a)
{
	for (uint32_t i = 0; i < a->lines; i++) {
		const struct cfg_line *line = a->line + i, *other;

		if (!is_setting(a, line) || connector_sees_to(cfg_key(line)))
			continue;
		other = cfg_find(b, cfg_key(line));
		if (other == NULL ||
		    !slice_equal(cfg_value(line), cfg_value(other)))
			return false;
	}
	return true;
}

static bool
is_as_before(const struct side *now, const struct side *base)
{
	return has_settings(now->cfg, base->cfg) &&
	    has_settings(base->cfg, now->cfg) &&
	    has_all(&now->hosts, &base->hosts) &&
	    has_all(&base->hosts, &now->hosts) &&
	    same_certificate(now->cfg, base->cfg);
}

static enum connector_result
refuse_change(const struct side *side, const char *elsewhere)
{
	const struct cfg_line *line =
	    cfg_find(side->cfg, slice_of(KEY("host")));

	say("%s:%zu: conflict: the connector changed here and was removed %s "
	    "(--prefer master or clone)", side->cfg->file,
	    line != NULL ? cfg_number(side->cfg, line) : 0, elsewhere);
	return CONNECTOR_REFUSED;
}

static enum connector_result
gone_from_master(const struct merging *m)
{
	const struct cfg *clone = m->clone.cfg;

	if (!m->policy->prefer_master && !is_as_before(&m->clone, &m->base))
		return m->policy->prefer_clone ? CONNECTOR_SETTLED :
		    refuse_change(&m->clone, "on the master");
	for (uint32_t i = 0; i < clone->lines; i++)
		if (is_setting(clone, clone->line + i))
			edits_delete(m->edits, clone, cfg_key(clone->line + i));
	return CONNECTOR_SETTLED;
}

static enum connector_result
gone_from_clone(const struct merging *m)
{
	if (m->policy->prefer_clone || is_as_before(&m->master, &m->base))
		return CONNECTOR_SETTLED;
	return m->policy->prefer_master ? merge_both(m) :
	    refuse_change(&m->master, "on the clone");
}

bool
connector_is_local(const struct cfg *cfg)
{
	return setting_bool(cfg, KEY("local"));
}

static enum connector_result
merge(struct merging *m)
{
	bool here = connector_is_in(m->clone.cfg);
	bool there = connector_is_in(m->master.cfg);

	if (!there && (!here || m->base.cfg == NULL))
		return CONNECTOR_SETTLED;
	if (there && connector_is_local(m->master.cfg)) {
		bad(m->master.cfg, KEY("local"),
		    "is true: the KRA is in the master's own instance, and no "
		    "other CA can reach it so");
		return CONNECTOR_REFUSED;
	}
	if ((there && connector_check(m->master.cfg) < 0) ||
	    connector_hosts(&m->master.hosts, m->master.cfg) < 0 ||
	    connector_hosts(&m->clone.hosts, m->clone.cfg) < 0 ||
	    (m->base.cfg != NULL &&
		connector_hosts(&m->base.hosts, m->base.cfg) < 0))
		return CONNECTOR_BAD;
	if (!there)
		return gone_from_master(m);
	return here || m->base.cfg == NULL ? merge_both(m) : gone_from_clone(m);
}

enum connector_result
connector_merge(struct edits *edits, const struct connector_sides *sides,
    const struct connector_policy *policy)
{
	struct merging m = { .edits = edits, .policy = policy,
		.clone.cfg = sides->clone, .master.cfg = sides->master };
	enum connector_result result;

	m.three_way = sides->base != NULL;
	if (sides->base != NULL && connector_is_in(sides->base))
		m.base.cfg = sides->base;
	result = merge(&m);
	connector_hosts_release(&m.clone.hosts);
	connector_hosts_release(&m.master.hosts);
	connector_hosts_release(&m.base.hosts);
	return result;
}
