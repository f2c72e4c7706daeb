/* SPDX-License-Identifier: MIT */
#include "cfg/connector.h"

#include <stdlib.h>

#include "cfg/diff.h"
#include "util/base64.h"
#include "util/diag.h"
#include "util/mem.h"

#define KEY(name) CONNECTOR_PREFIX name

static bool
is_of_connector(struct slice key)
{
	return slice_starts(key, slice_of(CONNECTOR_PREFIX));
}

/* Keys of people's comments are none of it. */
static bool
is_setting(const struct cfg *cfg, const struct cfg_line *line)
{
	return cfg_is_live(cfg, line) && is_of_connector(cfg_key(line)) &&
	    cfg_key(line).at[strlen(CONNECTOR_PREFIX)] != '_';
}

bool
connector_is_in(const struct cfg *cfg)
{
	for (uint32_t i = 0; i < cfg->lines; i++)
		if (cfg->line[i].logical != NULL &&
		    is_setting(cfg, cfg->line + i))
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

static bool
is_port(struct slice s)
{
	size_t i = 0;

	while (i < s.size && s.at[i] >= '0' && s.at[i] <= '9')
		i++;
	return i == s.size && i != 0 && i < 6;
}

/* "h:p h:p", one blank between them: what the server splits [4.2]. */
static int
split_list(struct connector_hosts *hosts, struct slice list)
{
	while (list.at != NULL) {
		const char *blank = memchr(list.at, ' ', list.size);
		struct slice host = { list.at,
			blank != NULL ? (size_t)(blank - list.at) : list.size };
		const char *colon = memchr(host.at, ':', host.size);

		if (colon == NULL || colon == host.at ||
		    !is_port((struct slice){ colon + 1,
			host.size - (size_t)(colon + 1 - host.at) }))
			return -1;
		MEM_GROW(hosts->host, hosts->count, hosts->room);
		hosts->host[hosts->count++] = host;
		list.size -= host.size + (blank != NULL);
		list.at = blank != NULL ? blank + 1 : NULL;
	}
	return 0;
}

void
connector_hosts_release(struct connector_hosts *hosts)
{
	free(hosts->host);
	free(hosts->owned);
	*hosts = (struct connector_hosts){ 0 };
}

int
connector_hosts(struct connector_hosts *hosts, const struct cfg *cfg)
{
	struct slice host = cfg_string(cfg, KEY("host"));
	struct slice port = cfg_string(cfg, KEY("port"));

	*hosts = (struct connector_hosts){ 0 };
	if (host.at == NULL || host.size == 0)
		return 0;
	if (!is_port(port))
		return bad(cfg, KEY("port"), "is not a port number");
	if (memchr(host.at, ' ', host.size) == NULL) {
		hosts->owned = mem_printf("%.*s:%.*s", SLICE_FMT(host),
		    SLICE_FMT(port));
		host = slice_of(hosts->owned);
	}
	if (split_list(hosts, host) == 0)
		return 0;
	connector_hosts_release(hosts);
	return bad(cfg, KEY("host"), "is no list 'HOST:PORT HOST:PORT' with "
				     "one blank between them");
}

int
connector_check(const struct cfg *cfg)
{
	static const char *const needed[] = { KEY("host"), KEY("port"),
		KEY("uri"), KEY("transportCert"), KEY("local") };
	struct connector_hosts hosts;

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		struct slice value = cfg_string(cfg, needed[i]);

		if (value.at == NULL || value.size == 0)
			return bad(cfg, needed[i], "is missing: this connector "
						   "is not whole");
	}
	if (connector_hosts(&hosts, cfg) < 0)
		return -1;
	connector_hosts_release(&hosts);
	return 0;
}

/* -- merging --------------------------------------------------------------- */

static bool
same_certificate(const struct cfg *a, const struct cfg *b)
{
	struct slice x = cfg_string(a, KEY("transportCert"));
	struct slice y = cfg_string(b, KEY("transportCert"));
	struct buf left = { 0 }, right = { 0 };
	bool same;

	if (x.at == NULL || y.at == NULL)
		return x.at == y.at;
	same = base64_decode(&left, x) == 0 && base64_decode(&right, y) == 0 ?
	    slice_is(buf_slice(&left), buf_slice(&right)) :
	    slice_is(x, y);
	buf_release(&left);
	buf_release(&right);
	return same;
}

static bool
has_host(const struct connector_hosts *hosts, struct slice host)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (slice_is(hosts->host[i], host))
			return true;
	return false;
}

static void
add_host(struct connector_hosts *hosts, struct slice host)
{
	if (has_host(hosts, host))
		return;
	MEM_GROW(hosts->host, hosts->count, hosts->room);
	hosts->host[hosts->count++] = host;
}

static bool
has_all(const struct connector_hosts *a, const struct connector_hosts *b)
{
	for (size_t i = 0; i < b->count; i++)
		if (!has_host(a, b->host[i]))
			return false;
	return true;
}

/* The master's, then those of the clone alone that the base had not. */
static struct connector_hosts
unite(const struct connector_hosts *master, const struct connector_hosts *clone,
    const struct connector_hosts *base)
{
	struct connector_hosts all = { 0 };

	for (size_t i = 0; i < master->count; i++)
		add_host(&all, master->host[i]);
	for (size_t i = 0; i < clone->count; i++)
		if (!has_host(base, clone->host[i]))
			add_host(&all, clone->host[i]);
	return all;
}

static void
set(struct edits *edits, const struct cfg *clone, const char *key,
    struct slice value)
{
	const char *why;

	if (edits_set(edits, clone, slice_of(key), value, &why) < 0)
		say("%s: cannot set '%s': %s", clone->file, key, why);
}

/* One host stands alone, with its port; several in a list, and any port. */
static void
set_hosts(struct edits *edits, const struct cfg *clone,
    const struct cfg *master, const struct connector_hosts *all)
{
	struct slice port = cfg_string(clone, KEY("port"));
	struct buf list = { 0 };

	if (all->count == 1) {
		struct slice host = all->host[0];
		const char *colon = memchr(host.at, ':', host.size);

		port = (struct slice){ colon + 1,
			host.size - (size_t)(colon + 1 - host.at) };
		host.size = (size_t)(colon - host.at);
		set(edits, clone, KEY("host"), host);
		set(edits, clone, KEY("port"), port);
		return;
	}
	for (size_t i = 0; i < all->count; i++) {
		if (i != 0)
			buf_putc(&list, ' ');
		buf_add(&list, all->host[i]);
	}
	set(edits, clone, KEY("host"), buf_slice(&list));
	if (!is_port(port))
		set(edits, clone, KEY("port"), cfg_string(master, KEY("port")));
	buf_release(&list);
}

/* [token:]nickname of the clone's own subsystem certificate [4.3]. */
static void
set_nickname(struct edits *edits, const struct cfg *clone)
{
	struct slice nickname = cfg_string(clone, "ca.subsystem.nickname");
	struct slice token = cfg_string(clone, "ca.subsystem.tokenname");
	char *full;

	if (nickname.at == NULL || nickname.size == 0) {
		say("%s: no ca.subsystem.nickname: the connector gets no "
		    "nickName", clone->file);
		return;
	}
	if (token.at == NULL || token.size == 0 ||
	    slice_is(token, slice_of("internal")) ||
	    slice_is(token, slice_of("Internal Key Storage Token"))) {
		set(edits, clone, KEY("nickName"), nickname);
		return;
	}
	full = mem_printf("%.*s:%.*s", SLICE_FMT(token), SLICE_FMT(nickname));
	set(edits, clone, KEY("nickName"), slice_of(full));
	free(full);
}

/* What a host list, a key database or a comparison of its own decides. */
static bool
is_apart(struct slice key)
{
	static const char *const apart[] = { KEY("host"), KEY("port"),
		KEY("nickName"), KEY("clientCiphers"), KEY("transportCert") };

	for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
		if (slice_is(key, slice_of(apart[i])))
			return true;
	return false;
}

static void
set_rest(struct edits *edits, const struct cfg *clone, const struct cfg *master)
{
	for (uint32_t i = 0; i < master->lines; i++) {
		const struct cfg_line *line = master->line + i;

		if (line->logical != NULL && is_setting(master, line) &&
		    !is_apart(cfg_key(line)))
			edits_set_line(edits, clone, line);
	}
}

static void
delete_all(struct edits *edits, const struct cfg *clone)
{
	for (uint32_t i = 0; i < clone->lines; i++) {
		const struct cfg_line *line = clone->line + i;

		if (line->logical != NULL && is_setting(clone, line))
			edits_delete(edits, clone, cfg_key(line));
	}
}

struct sides {
	struct connector_hosts clone, master, base;
};

static int
read_sides(struct sides *s, const struct cfg *clone, const struct cfg *master,
    const struct cfg *base)
{
	*s = (struct sides){ 0 };
	if (connector_check(master) < 0 ||
	    connector_hosts(&s->master, master) < 0 ||
	    connector_hosts(&s->clone, clone) < 0)
		return -1;
	return base != NULL ? connector_hosts(&s->base, base) : 0;
}

static bool
is_local(const struct cfg *cfg)
{
	return diff_same_value(cfg_string(cfg, KEY("local")), slice_of("true"),
	    true);
}

static enum connector_result
refuse_certificate(const struct cfg *clone, const struct cfg *master,
    bool replace_certificate)
{
	if (cfg_string(clone, KEY("transportCert")).at == NULL ||
	    replace_certificate || same_certificate(clone, master))
		return CONNECTOR_MERGED;
	bad(clone, KEY("transportCert"), "is another than the master's: another "
	    "KRA, or a renewed certificate (--replace-transport-cert takes "
	    "it)");
	return CONNECTOR_REFUSED;
}

static void
merge_hosts(struct edits *edits, const struct cfg *clone,
    const struct cfg *master, const struct sides *s)
{
	struct connector_hosts all = unite(&s->master, &s->clone, &s->base);

	/* In another order the same hosts are the same set. */
	if (!has_all(&s->clone, &all) || !has_all(&all, &s->clone))
		set_hosts(edits, clone, master, &all);
	connector_hosts_release(&all);
}

static void
merge(struct edits *edits, const struct cfg *clone, const struct cfg *master,
    const struct sides *s)
{
	set_rest(edits, clone, master);
	merge_hosts(edits, clone, master, s);
	if (!same_certificate(clone, master))
		edits_set_line(edits, clone,
		    cfg_find(master, slice_of(KEY("transportCert"))));
	if (cfg_find(clone, slice_of(KEY("nickName"))) == NULL)
		set_nickname(edits, clone);
}

enum connector_result
connector_merge(struct edits *edits, const struct cfg *clone,
    const struct cfg *master, const struct cfg *base, bool replace_certificate)
{
	enum connector_result result = CONNECTOR_BAD;
	struct sides s;

	if (!connector_is_in(master)) {
		if (base != NULL && connector_is_in(base))
			delete_all(edits, clone);
		return CONNECTOR_MERGED;
	}
	if (is_local(master)) {
		bad(master, KEY("local"), "is true: the KRA is in the master's "
					  "own instance, and no other CA can "
					  "reach it so");
		return CONNECTOR_REFUSED;
	}
	if (read_sides(&s, clone, master, base) == 0)
		result = refuse_certificate(clone, master, replace_certificate);
	if (result == CONNECTOR_MERGED)
		merge(edits, clone, master, &s);
	connector_hosts_release(&s.clone);
	connector_hosts_release(&s.master);
	connector_hosts_release(&s.base);
	return result;
}
