/* SPDX-License-Identifier: MIT */
#include "pki/tags.h"

#include <stdlib.h>

#include "cfg/setting.h"
#include "util/diag.h"
#include "util/mem.h"

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

bool
tags_is_internal(struct slice token)
{
	static const char *const names[] = { "internal",
		"Internal Key Storage Token", "NSS Certificate DB",
		"NSS FIPS 140-2 Certificate DB" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_equal(token, slice_of(names[i])))
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

/* "[TOKEN:]NICKNAME" */
static void
split_name(struct tag *tag, struct slice both)
{
	const char *colon = memchr(both.at, ':', both.size);
	struct slice nickname = both, token = { NULL, 0 };

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

	if (name.size != 0) {
		set_name(tag, name,
		    setting(cfg, subsystem, tag->name, "tokenname"));
	} else {
		name = setting(cfg, cert, tag->name, "nickname");
		if (name.size == 0)
			name = setting(cfg, "cloning", tag->name, "nickname");
		if (name.size != 0)
			split_name(tag, name);
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
