/* SPDX-License-Identifier: MIT */
#include "check/external.h"

#include <stdlib.h>
#include <unistd.h>

#include "cfg/cfg.h"
#include "util/mem.h"

#define NICKNAME ".nickname"

static char *
beside(const char *password_conf)
{
	const char *slash = strrchr(password_conf, '/');
	int size = slash != NULL ? (int)(slash + 1 - password_conf) : 0;

	return mem_printf("%.*sexternal_certs.conf", size, password_conf);
}

static void
add(struct external *external, const struct cfg_line *line)
{
	struct slice key = cfg_key(line), name = cfg_trim(cfg_value(line));

	if (key.size <= strlen(NICKNAME) || name.size == 0 ||
	    memcmp(key.at + key.size - strlen(NICKNAME), NICKNAME,
		strlen(NICKNAME)) != 0)
		return;
	external->nickname = mem_realloc(external->nickname,
	    external->count + 1, sizeof *external->nickname);
	external->nickname[external->count++] = mem_dup(name.at, name.size);
}

int
external_read(struct external *external, const char *password_conf)
{
	struct cfg *cfg;

	*external = (struct external){ 0 };
	if (password_conf == NULL)
		return 0;
	external->file = beside(password_conf);
	if (access(external->file, F_OK) < 0)
		return 0;
	cfg = cfg_read(external->file);
	if (cfg == NULL)
		return -1;
	for (uint32_t i = 0; i < cfg->lines; i++)
		if (cfg->line[i].logical != NULL &&
		    cfg_is_live(cfg, cfg->line + i))
			add(external, cfg->line + i);
	cfg_free(cfg);
	return 0;
}

void
external_release(struct external *external)
{
	while (external->count != 0)
		free(external->nickname[--external->count]);
	free(external->nickname);
	free(external->file);
	*external = (struct external){ 0 };
}
