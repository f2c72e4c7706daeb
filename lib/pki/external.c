/* SPDX-License-Identifier: MIT */
#include "pki/external.h"

#include <stdlib.h>
#include <unistd.h>

#include "cfg/cfg.h"
#include "pki/tags.h"
#include "util/mem.h"
#include "util/path.h"

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
add(struct external *external, const struct cfg *cfg,
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
			add(external, cfg, cfg->line + i);
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
