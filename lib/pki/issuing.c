/* SPDX-License-Identifier: MIT */
#include "pki/issuing.h"

#include <stdlib.h>

#include "cfg/setting.h"
#include "util/mem.h"

static struct slice
name_at(const void *arg, uint32_t number)
{
	const struct issuing *points = arg;

	return points->name[number];
}

/* The <ip> of a key, or at NULL. */
static struct slice
point_of(struct slice key)
{
	struct slice prefix = slice_of(ISSUING_PREFIX), rest;
	const char *dot;

	if (!slice_starts(key, prefix))
		return (struct slice){ NULL, 0 };
	rest = (struct slice){ key.at + prefix.size, key.size - prefix.size };
	dot = rest.size == 0 ? NULL : memchr(rest.at, '.', rest.size);
	if (dot == NULL || dot == rest.at)
		return (struct slice){ NULL, 0 };
	return (struct slice){ rest.at, (size_t)(dot - rest.at) };
}

void
issuing_find(struct issuing *points, const struct cfg *cfg)
{
	struct hashmap seen;

	*points = (struct issuing){ .cfg = cfg };
	hashmap_init(&seen, 0, name_at, points);
	for (uint32_t i = 0; i < cfg->lines; i++) {
		struct slice name;

		if (cfg->line[i].logical == NULL)
			continue;
		name = point_of(cfg_key(&cfg->line[i]));
		if (name.at == NULL ||
		    hashmap_get(&seen, name) != HASHMAP_NONE)
			continue;
		MEM_GROW(points->name, points->count, points->room);
		points->name[points->count] = name;
		hashmap_put(&seen, name, (uint32_t)points->count++);
	}
	hashmap_release(&seen);
}

void
issuing_release(struct issuing *points)
{
	free(points->name);
	*points = (struct issuing){ 0 };
}

char *
issuing_key(struct slice point, const char *what)
{
	return mem_printf(ISSUING_PREFIX "%.*s.%s", SLICE_ARG(point), what);
}

struct slice
issuing_value(const struct cfg *cfg, struct slice point, const char *what)
{
	char *key = issuing_key(point, what);
	struct slice value = cfg_string(cfg, key);

	free(key);
	return value;
}

bool
issuing_bool(const struct cfg *cfg, struct slice point, const char *what)
{
	char *key = issuing_key(point, what);
	const bool is = setting_bool(cfg, key);

	free(key);
	return is;
}

long
issuing_integer(const struct cfg *cfg, struct slice point, const char *what)
{
	char *key = issuing_key(point, what);
	const long number = setting_integer(cfg, key);

	free(key);
	return number;
}

bool
issuing_makes(const struct cfg *cfg, struct slice point)
{
	return issuing_bool(cfg, point, "enable") &&
	    issuing_bool(cfg, point, "enableCRLUpdates");
}

const char *
issuing_lacks(const struct cfg *cfg, struct slice point)
{
	static const char *const needed[] = { "class", "description" };

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		char *key = issuing_key(point, needed[i]);
		bool there = cfg_find(cfg, slice_of(key)) != NULL;

		free(key);
		if (!there)
			return needed[i];
	}
	return NULL;
}

struct slice
issuing_key_kind(struct slice algorithm)
{
	const char *with = algorithm.size == 0 ? NULL :
	    memmem(algorithm.at, algorithm.size, "with", strlen("with"));
	struct slice kind = { NULL, 0 };

	if (with == NULL)
		return kind;
	kind.at = with + strlen("with");
	while (kind.at + kind.size < algorithm.at + algorithm.size &&
	    kind.at[kind.size] != '/')
		kind.size++;
	return kind;
}
