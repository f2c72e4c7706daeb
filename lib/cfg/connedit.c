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

static void
append(struct connedit *change, const struct endpoint *host)
{
	struct connector_hosts *hosts = &change->hosts;

	if (connector_find(hosts, host) < hosts->count)
		return;
	connector_append(hosts, host);
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
connedit_add(struct connedit *change, const struct endpoint *host)
{
	if (needs_one(change) < 0)
		return -1;
	append(change, host);
	return 0;
}

void
connedit_remove(struct connedit *change, const struct endpoint *host)
{
	struct connector_hosts *hosts = &change->hosts;
	size_t i = connector_find(hosts, host);

	if (i == hosts->count)
		return;
	memmove(hosts->at + i, hosts->at + i + 1,
	    (hosts->count - i - 1) * sizeof *hosts->at);
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
		struct endpoint *host = &hosts->at[i];

		if (endpoint_is_ipv6(host->host))
			status = fail("%s: not HOST:PORT: '%.*s:%.*s'", file,
			    SLICE_FMT(host->host), SLICE_FMT(host->port));
		/* What it points into goes with the file. */
		host->host = arena_copy(&doc->arena, host->host);
		host->port = arena_copy(&doc->arena, host->port);
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
		if (connector_find(&change->hosts, &hosts->at[i]) ==
		    change->hosts.count)
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
		append(change, &hosts->at[i]);
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
	    edits_put(edits, change->cfg, KEY("nickName"), slice_of(nickname));

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		struct slice value = change->settings->field[others[i].field];
		char *key = mem_printf("%s%s", CONNECTOR_PREFIX,
		    conndoc_name(others[i].field));

		if (value.size == 0)
			value = slice_of(others[i].otherwise);
		if (status == 0)
			status = edits_put(edits, change->cfg, key, value);
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
	if (change->changed && connector_set_hosts(edits, change->cfg,
	    &change->hosts, cfg_string(change->cfg, KEY("port"))) < 0)
		return -1;
	if (change->certificate.at != NULL &&
	    !connector_same_certificate(change->certificate,
		cfg_string(change->cfg, KEY("transportCert"))) &&
	    edits_put(edits, change->cfg, KEY("transportCert"),
		change->certificate) < 0)
		return -1;
	if (change->settings != NULL && set_others(change, edits) < 0)
		return -1;
	edits_order_by_key(edits);
	return 0;
}
