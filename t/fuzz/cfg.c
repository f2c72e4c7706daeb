/* SPDX-License-Identifier: MIT */
/*
 * print(parse(s)) = s, and the reader agrees with a slow one that goes
 * through the rules of the server's SimpleProperties.load() a character at a
 * time: the same keys, values and live lines.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "cfg/cfg.h"
#include "util/mem.h"

#define MOST 4096 /* entries that the slow reader has room for */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct entry {
	char *key, *value;
};

struct slow {
	const char *at, *end;
	struct entry entry[MOST];
	size_t entries;
};

static bool
is_one_of(const char *set, char c)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* BufferedReader.readLine(): a string, or NULL at the end. */
static char *
read_line(struct slow *s)
{
	const char *start = s->at;
	char *line;

	if (s->at == s->end)
		return NULL;
	while (s->at != s->end && *s->at != '\n' && *s->at != '\r')
		s->at++;
	line = mem_dup(start, (size_t)(s->at - start));
	if (s->end - s->at >= 2 && s->at[0] == '\r' && s->at[1] == '\n')
		s->at++;
	if (s->at != s->end)
		s->at++;
	return line;
}

static bool
has_odd_backslashes(const char *line)
{
	size_t size = strlen(line), count = 0;

	while (size-- != 0 && line[size] == '\\')
		count++;
	return (count & 1) != 0;
}

/* line, less its last backslash, and what follows without its indent. */
static char *
continue_line(struct slow *s, char *line)
{
	char *next = read_line(s), *rest = next, *both;

	while (next != NULL && is_one_of(" \t\r\n\f", *rest))
		rest++;
	both = mem_printf("%.*s%s", (int)strlen(line) - 1, line,
	    next != NULL ? rest : "");
	free(next);
	free(line);
	return both;
}

static void
add_entry(struct slow *s, const char *line)
{
	const char *key = line + strspn(line, " \t\r\n\f"), *end = key, *value;

	while (*end != '\0' && !is_one_of("=: \t\r\n\f", *end)) {
		if (*end == '\\' && end[1] != '\0')
			end++;
		end++;
	}
	value = end + strspn(end, " \t\r\n\f");
	if (*value == '=' || *value == ':')
		value++;
	value += strspn(value, " \t\r\n\f");
	assert(s->entries < MOST);
	s->entry[s->entries].key = mem_dup(key, (size_t)(end - key));
	s->entry[s->entries++].value = mem_dup(value, strlen(value));
}

static void
read_slowly(struct slow *s)
{
	char *line;

	while ((line = read_line(s)) != NULL) {
		if (*line != '\0' && *line != '#' && *line != '!') {
			while (has_odd_backslashes(line))
				line = continue_line(s, line);
			add_entry(s, line);
		}
		free(line);
	}
}

static void
prints_its_own_bytes(const struct cfg *cfg)
{
	const char *at = cfg->text;

	for (uint32_t i = 0; i < cfg->lines; i++) {
		assert(cfg->line[i].text == at);
		assert(cfg->line[i].size != 0);
		at += cfg->line[i].size;
	}
	assert(at == cfg->text + cfg->size);
}

static bool
is_last_of_its_key(const struct slow *s, size_t i)
{
	for (size_t j = i + 1; j < s->entries; j++)
		if (strcmp(s->entry[j].key, s->entry[i].key) == 0)
			return false;
	return true;
}

static const struct entry *
one_before(const struct slow *s, size_t i)
{
	for (size_t j = i; j-- != 0;)
		if (strcmp(s->entry[j].key, s->entry[i].key) == 0)
			return &s->entry[j];
	return NULL;
}

static void
agrees(const struct cfg *cfg, const struct slow *s)
{
	size_t n = 0;

	for (uint32_t i = 0; i < cfg->lines; i++) {
		const struct cfg_line *line = cfg->line + i, *hidden;
		const struct entry *before;

		if (line->logical == NULL)
			continue;
		assert(n < s->entries);
		assert(slice_equal(cfg_key(line), slice_of(s->entry[n].key)));
		assert(
		    slice_equal(cfg_value(line), slice_of(s->entry[n].value)));
		assert(cfg_is_live(cfg, line) == is_last_of_its_key(s, n));
		hidden = cfg_shadowed(cfg, line);
		before = one_before(s, n++);
		assert((hidden == NULL) == (before == NULL));
		assert(hidden == NULL ||
		    slice_equal(cfg_value(hidden), slice_of(before->value)));
	}
	assert(n == s->entries);
}

/* A line that is alone is read alone as it is in the file. */
static void
lines_stand_alone(const struct cfg *cfg)
{
	for (uint32_t i = 0; i < cfg->lines; i++) {
		struct slice text = { cfg->line[i].text, cfg->line[i].size };
		struct cfg_line line;

		if (!cfg_parse_line(text, &line))
			continue;
		assert(slice_equal(cfg_key(&line), cfg_key(cfg->line + i)));
		assert(slice_equal(cfg_value(&line), cfg_value(cfg->line + i)));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct slow slow;
	char *text = mem_dup((const char *)data, size);
	struct cfg *cfg;

	if (memchr(text, '\0', size) != NULL || size > MOST) {
		free(text);
		return 0;
	}
	cfg = cfg_parse("fuzz", text, size);
	assert(cfg != NULL);
	slow.at = cfg->text;
	slow.end = cfg->text + size;
	slow.entries = 0;
	read_slowly(&slow);
	prints_its_own_bytes(cfg);
	agrees(cfg, &slow);
	lines_stand_alone(cfg);
	for (size_t i = 0; i < slow.entries; i++) {
		free(slow.entry[i].key);
		free(slow.entry[i].value);
	}
	cfg_free(cfg);
	return 0;
}
