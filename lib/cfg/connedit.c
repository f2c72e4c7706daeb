/* SPDX-License-Identifier: MIT */
#include "cfg/connedit.h"

#include <stdlib.h>

#include "util/diag.h"
#include "util/mem.h"

#define KEY(name) CONNECTOR_PREFIX name

int
connedit_begin(struct connedit *change, const struct cfg *cfg)
{
	*change = (struct connedit){ .cfg = cfg };
	if (connector_is_in(cfg) && connector_is_local(cfg))
		return fail("%s: the KRA is in the CA's own instance ('%s'): "
			    "it has no hosts", cfg->file, KEY("local"));
	change->exists = cfg_string(cfg, KEY("host")).size != 0;
	if (!change->exists)
		return 0;
	return connector_check(cfg) < 0 ? -1 :
	    connector_hosts(&change->hosts, cfg);
}

void
connedit_release(struct connedit *change)
{
	connector_hosts_release(&change->hosts);
}

static struct slice
port_of(struct slice host)
{
	const char *colon = memchr(host.at, ':', host.size);

	if (colon == NULL)
		return (struct slice){ NULL, 0 };
	return (struct slice){ colon + 1,
		host.size - (size_t)(colon + 1 - host.at) };
}

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

bool
connedit_is_host(struct slice host)
{
	size_t i = 0;

	while (i < host.size && is_name(host.at[i]))
		i++;
	return i != 0 && i < host.size && host.at[i] == ':' &&
	    connector_is_port(port_of(host));
}

static size_t
find(const struct connedit *change, struct slice host)
{
	size_t i = 0;

	while (i < change->hosts.count &&
	    !slice_is(change->hosts.host[i], host))
		i++;
	return i;
}

static void
append(struct connedit *change, struct slice host)
{
	struct connector_hosts *hosts = &change->hosts;

	if (find(change, host) < hosts->count)
		return;
	MEM_GROW(hosts->host, hosts->count, hosts->room);
	hosts->host[hosts->count++] = host;
	change->changed = true;
}

static int
needs_one(const struct connedit *change)
{
	if (change->exists)
		return 0;
	return fail("%s: there is no KRA connector (--from makes one)",
	    change->cfg->file);
}

int
connedit_certificate(struct connedit *change, struct slice base64)
{
	if (needs_one(change) < 0)
		return -1;
	change->certificate = base64;
	return 0;
}

int
connedit_add(struct connedit *change, struct slice host)
{
	if (needs_one(change) < 0)
		return -1;
	append(change, host);
	return 0;
}

void
connedit_remove(struct connedit *change, struct slice host)
{
	size_t i = find(change, host);
	struct connector_hosts *hosts = &change->hosts;

	if (i == hosts->count)
		return;
	memmove(hosts->host + i, hosts->host + i + 1,
	    (hosts->count - i - 1) * sizeof *hosts->host);
	hosts->count--;
	change->changed = true;
}

/* -- documents ------------------------------------------------------------- */

/* The hosts of a document, which are spelled as in CS.cfg. */
static int
document_hosts(struct connector_hosts *hosts, struct conndoc *doc,
    const char *file)
{
	char *text = mem_printf(KEY("host") "=%.*s\n" KEY("port") "=%.*s\n",
	    SLICE_FMT(doc->field[CONNDOC_HOST]),
	    SLICE_FMT(doc->field[CONNDOC_PORT]));
	struct cfg *cfg = cfg_parse(file, text, strlen(text));
	int status = -1;

	if (cfg != NULL)
		status = connector_hosts(hosts, cfg);
	for (size_t i = 0; status == 0 && i < hosts->count; i++) {
		if (!connedit_is_host(hosts->host[i]))
			status = fail("%s: not HOST:PORT: '%.*s'", file,
			    SLICE_FMT(hosts->host[i]));
		/* What it points into goes with the file. */
		hosts->host[i] = arena_copy(&doc->arena, hosts->host[i]);
	}
	if (status < 0)
		connector_hosts_release(hosts);
	cfg_free(cfg);
	return status;
}

static bool
same_set(const struct connedit *change, const struct connector_hosts *hosts)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (find(change, hosts->host[i]) == change->hosts.count)
			return false;
	return hosts->count == change->hosts.count;
}

static int
join(struct connedit *change, const struct connector_hosts *hosts,
    const struct conndoc *doc)
{
	struct slice now = change->certificate.at != NULL ?
	    change->certificate :
	    cfg_string(change->cfg, KEY("transportCert"));
	struct slice theirs = doc->field[CONNDOC_TRANSPORT_CERT];

	if (change->exists && same_set(change, hosts)) {
		change->certificate = theirs;
		change->settings = doc;
		return 0;
	}
	if (change->exists && !connector_same_certificate(now, theirs))
		return fail("%s: KRA connector already exists, with another "
			    "transport certificate (--transport-cert takes a "
			    "renewed one)", change->cfg->file);
	for (size_t i = 0; i < hosts->count; i++)
		append(change, hosts->host[i]);
	if (!change->exists) {
		change->certificate = theirs;
		change->settings = doc;
		change->exists = true;
	}
	return 0;
}

int
connedit_document(struct connedit *change, struct conndoc *doc,
    const char *file)
{
	static const enum conndoc_field needed[] = { CONNDOC_HOST,
		CONNDOC_PORT, CONNDOC_TRANSPORT_CERT };
	struct connector_hosts hosts = { 0 };
	int status;

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (doc->field[needed[i]].size == 0) {
			fail("%s: no '%s' in it", file,
			    conndoc_name(needed[i]));
			return 1;
		}
	if (document_hosts(&hosts, doc, file) < 0)
		return 1;
	status = join(change, &hosts, doc);
	connector_hosts_release(&hosts);
	return status;
}

/* -- edits ----------------------------------------------------------------- */

static int
set(const struct connedit *change, struct edits *edits, const char *key,
    struct slice value)
{
	const char *why;

	if (edits_set(edits, change->cfg, slice_of(key), value, &why) == 0)
		return 0;
	return fail("%s: cannot set '%s': %s", change->cfg->file, key, why);
}

/* The server takes the whole sub-store away, comments to people too. */
static void
delete_all(const struct connedit *change, struct edits *edits)
{
	const struct cfg *cfg = change->cfg;

	for (uint32_t i = 0; i < cfg->lines; i++) {
		const struct cfg_line *line = cfg->line + i;

		if (cfg_is_live(cfg, line) && slice_starts(cfg_key(line),
		    slice_of(CONNECTOR_PREFIX)))
			edits_delete(edits, cfg, cfg_key(line));
	}
}

/* One host stands alone, with its port; several in a list, and any port. */
static int
set_hosts(const struct connedit *change, struct edits *edits)
{
	const struct connector_hosts *hosts = &change->hosts;
	struct slice port = cfg_string(change->cfg, KEY("port")), host;
	struct buf list = { 0 };
	int status;

	for (size_t i = 0; i < hosts->count; i++) {
		if (i != 0)
			buf_putc(&list, ' ');
		buf_add(&list, hosts->host[i]);
	}
	host = buf_slice(&list);
	if (hosts->count == 1 || port.size == 0)
		port = port_of(hosts->host[0]);
	if (hosts->count == 1)
		host.size -= port.size + 1;
	status = set(change, edits, KEY("host"), host);
	if (status == 0)
		status = set(change, edits, KEY("port"), port);
	buf_release(&list);
	return status;
}

/* createConnector()'s defaults, where nobody says otherwise. */
static int
set_others(const struct connedit *change, struct edits *edits)
{
	static const struct {
		enum conndoc_field field;
		const char *otherwise;
	} others[] = {
		{ CONNDOC_ENABLE, "true" },
		{ CONNDOC_LOCAL, "false" },
		{ CONNDOC_TIMEOUT, "30" },
		{ CONNDOC_URI, "/kra/agent/kra/connector" },
	};
	char *nickname = cfg_string(change->cfg, KEY("nickName")).size == 0 ?
	    connector_nickname(change->cfg) : NULL;
	int status = nickname == NULL ? 0 :
	    set(change, edits, KEY("nickName"), slice_of(nickname));

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		struct slice value = change->settings->field[others[i].field];
		char *key = mem_printf("%s%s", CONNECTOR_PREFIX,
		    conndoc_name(others[i].field));

		if (value.size == 0)
			value = slice_of(others[i].otherwise);
		if (status == 0)
			status = set(change, edits, key, value);
		free(key);
	}
	free(nickname);
	return status;
}

int
connedit_edits(const struct connedit *change, struct edits *edits)
{
	if (change->exists && change->hosts.count == 0) {
		delete_all(change, edits);
		return 0;
	}
	if (change->changed && set_hosts(change, edits) < 0)
		return -1;
	if (change->certificate.at != NULL &&
	    !connector_same_certificate(change->certificate,
		cfg_string(change->cfg, KEY("transportCert"))) &&
	    set(change, edits, KEY("transportCert"), change->certificate) < 0)
		return -1;
	if (change->settings != NULL && set_others(change, edits) < 0)
		return -1;
	edits_order_by_key(edits);
	return 0;
}
