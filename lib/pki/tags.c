/* SPDX-License-Identifier: MIT */
#include "pki/tags.h"

#include <stdlib.h>

#include "cfg/setting.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/path.h"

static const struct {
	const char *subsystem;
	const char *tag[TAGS_MOST];
} wanted[] = {
	{ "ca", { "subsystem", "signing", "ocsp_signing", "audit_signing" } },
	{ "kra", { "subsystem", "transport", "storage", "audit_signing" } },
	{ "ocsp", { "subsystem", "signing", "audit_signing" } },
	{ "tks", { "subsystem", "audit_signing" } },
	{ "tps", { "subsystem", "audit_signing" } },
};
#define WANTED (sizeof wanted / sizeof *wanted)

const char *const tags_internal[TAGS_INTERNALS] = { "internal",
	"Internal Key Storage Token", "NSS Certificate DB",
	"NSS FIPS 140-2 Certificate DB" };

bool
tags_is_internal(struct slice token)
{
	for (size_t i = 0; i < TAGS_INTERNALS; i++)
		if (slice_equal(token, slice_of(tags_internal[i])))
			return true;
	return token.size == 0;
}

static struct slice
setting(const struct cfg *cfg, const char *before, const char *tag,
    const char *after)
{
	char *key = mem_printf("%s.%s.%s", before, tag, after);
	struct slice value = cfg_string(cfg, key);

	free(key);
	return value;
}

static void
set_name(struct tag *tag, struct slice nickname, struct slice token)
{
	tag->nickname = mem_dup(nickname.at, nickname.size);
	if (!tags_is_internal(token))
		tag->token = mem_dup(token.at, token.size);
}

/* "[TOKEN:]NICKNAME"; without a token, it is in the one given. */
static void
split_name(struct tag *tag, struct slice both, struct slice token)
{
	const char *colon = memchr(both.at, ':', both.size);
	struct slice nickname = both;

	if (colon != NULL) {
		token = (struct slice){ both.at, (size_t)(colon - both.at) };
		nickname.at += token.size + 1;
		nickname.size -= token.size + 1;
	}
	set_name(tag, nickname, token);
}

/* The server's own key first; older files have but the others. */
static void
find_name(struct tag *tag, const struct cfg *cfg, const char *subsystem)
{
	char *cert = mem_printf("%s.cert", subsystem);
	struct slice name = setting(cfg, subsystem, tag->name, "nickname");
	const struct slice token =
	    setting(cfg, subsystem, tag->name, "tokenname");

	if (name.size != 0) {
		set_name(tag, name, token);
	} else {
		name = setting(cfg, cert, tag->name, "nickname");
		if (name.size == 0)
			name = setting(cfg, "cloning", tag->name, "nickname");
		if (name.size != 0)
			split_name(tag, name, token);
	}
	free(cert);
}

static const char *
trust_of(const char *subsystem, const char *tag)
{
	if (strcmp(tag, "audit_signing") == 0)
		return "u,u,Pu";
	return strcmp(subsystem, "ca") == 0 && strcmp(tag, "signing") == 0 ?
	    "CTu,Cu,Cu" : "u,u,u";
}

int
tags_read(struct tags *tags, const struct cfg *cfg)
{
	size_t s = 0;

	*tags = (struct tags){ .count = 0 };
	while (s < WANTED && strcmp(setting_subsystem_of(cfg),
	    wanted[s].subsystem) != 0)
		s++;
	if (s == WANTED)
		return fail("%s: not the CS.cfg of a CA, KRA, OCSP, TKS or TPS",
		    cfg->file);
	tags->subsystem = wanted[s].subsystem;
	for (size_t i = 0; i < TAGS_MOST && wanted[s].tag[i] != NULL; i++) {
		struct tag *tag = &tags->tag[tags->count++];

		tag->name = wanted[s].tag[i];
		tag->trust = trust_of(tags->subsystem, tag->name);
		tag->optional = strcmp(tag->name, "audit_signing") == 0;
		tag->key_id = setting(cfg, "cloning", tag->name, "privkey.id");
		if (tag->key_id.size == 0)
			tag->key_id.at = NULL;
		find_name(tag, cfg, tags->subsystem);
	}
	return 0;
}

void
tags_release(struct tags *tags)
{
	for (size_t i = 0; i < tags->count; i++) {
		free(tags->tag[i].nickname);
		free(tags->tag[i].token);
	}
	*tags = (struct tags){ .count = 0 };
}

#define NICKNAME ".nickname"

static char *
beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	int size = slash != NULL ? (int)(slash + 1 - path) : 0;

	return mem_printf("%.*s%s", size, path, name);
}

static bool
is_nickname(struct slice key)
{
	const size_t size = strlen(NICKNAME);

	return key.size > size &&
	    memcmp(key.at + key.size - size, NICKNAME, size) == 0;
}

static void
add_external(struct external *external, const struct cfg *cfg,
    const struct cfg_line *line)
{
	struct slice key = cfg_key(line), name = cfg_trim(cfg_value(line));
	struct slice token;
	struct external_cert cert = { NULL, NULL };
	char *token_key;

	if (!is_nickname(key) || name.size == 0)
		return;
	token_key = mem_printf("%.*s.token",
	    (int)(key.size - strlen(NICKNAME)), key.at);
	token = cfg_trim(cfg_string(cfg, token_key));
	free(token_key);
	cert.nickname = mem_dup(name.at, name.size);
	if (!tags_is_internal(token))
		cert.token = mem_dup(token.at, token.size);
	external->cert = mem_realloc(external->cert, external->count + 1,
	    sizeof *external->cert);
	external->cert[external->count++] = cert;
}

int
external_read(struct external *external, const char *password_conf,
    const char *cs_cfg)
{
	struct cfg *cfg;

	*external = (struct external){
		.file = password_conf != NULL ?
		    beside(password_conf, "external_certs.conf") :
		    beside(cs_cfg, "../external_certs.conf") };
	if (!path_exists(external->file))
		return 0;
	cfg = cfg_read_found(external->file);
	if (cfg == NULL)
		return -1;
	for (uint32_t i = 0; i < cfg->lines; i++)
		if (cfg->line[i].logical != NULL &&
		    cfg_is_live(cfg, cfg->line + i))
			add_external(external, cfg, cfg->line + i);
	cfg_free(cfg);
	return 0;
}

void
external_release(struct external *external)
{
	while (external->count != 0) {
		external->count--;
		free(external->cert[external->count].nickname);
		free(external->cert[external->count].token);
	}
	free(external->cert);
	free(external->file);
	*external = (struct external){ 0 };
}
