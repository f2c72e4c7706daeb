/* SPDX-License-Identifier: MIT */
#include "cfg/pycfg.h"

#include <stdlib.h>

#include "util/diag.h"
#include "util/mem.h"
#include "util/utf8.h"

bool
pycfg_decodes(struct slice text)
{
	while (text.size != 0)
		if (utf8_next(&text) == UTF8_BAD)
			return false;
	return true;
}

/* str.splitlines()'s line ends; newlines in the file are LF by then. */
static bool
ends_line(uint32_t c)
{
	return (c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e) ||
	    c == 0x85 || c == 0x2028 || c == 0x2029;
}

static struct slice
take_line(struct pycfg *py)
{
	struct slice line = { py->rest.at, 0 };

	while (py->rest.size != 0) {
		uint32_t c = utf8_next(&py->rest);

		if (ends_line(c)) {
			if (c == '\r' && py->rest.size != 0 &&
			    *py->rest.at == '\n')
				utf8_next(&py->rest);
			py->passed += c == '\r' || c == '\n';
			break;
		}
		line.size = (size_t)(py->rest.at - line.at);
	}
	return line;
}

static struct slice
lstrip(struct slice s)
{
	struct slice rest = s;

	while (s.size != 0 && utf8_is_space(utf8_next(&rest)))
		s = rest;
	return s;
}

static bool
is_ascii_text(char c)
{
	return (unsigned char)c < 0x80 && !utf8_is_space((unsigned char)c);
}

static struct slice
rstrip(struct slice s)
{
	struct slice rest = s;
	size_t end = 0;

	/* Most end in ASCII, where each byte is a character. */
	if (s.size != 0 && is_ascii_text(s.at[s.size - 1]))
		return s;
	while (rest.size != 0)
		if (!utf8_is_space(utf8_next(&rest)))
			end = s.size - rest.size;
	s.size = end;
	return s;
}

static bool
ends_in_backslash(struct slice s)
{
	return s.size != 0 && s.at[s.size - 1] == '\\';
}

/*
 * Any backslash at the end goes on with the next line, whatever stands before
 * it; that line comes with its blanks.  Only a value that ended is stripped.
 */
static struct slice
whole_value(struct pycfg *py, struct slice value)
{
	if (!ends_in_backslash(value))
		return rstrip(value);
	py->joined.size = 0;
	buf_add(&py->joined, value);
	while (ends_in_backslash(buf_slice(&py->joined))) {
		py->joined.size--;
		if (py->rest.size == 0)
			return buf_slice(&py->joined);
		buf_add(&py->joined, take_line(py));
	}
	return rstrip(buf_slice(&py->joined));
}

enum pycfg_result
pycfg_next(struct pycfg *py, struct pycfg_entry *entry)
{
	while (py->rest.size != 0) {
		size_t number = py->passed + 1;
		struct slice line = lstrip(take_line(py)), value;
		const char *equals;

		if (line.size == 0 || *line.at == '#')
			continue;
		entry->number = number;
		equals = memchr(line.at, '=', line.size);
		if (equals == NULL)
			return PYCFG_NO_DELIMITER;
		entry->name = rstrip((struct slice){ line.at,
		    (size_t)(equals - line.at) });
		value.at = equals + 1;
		value.size = line.size - (size_t)(value.at - line.at);
		entry->value = whole_value(py, lstrip(value));
		return PYCFG_ENTRY;
	}
	return PYCFG_END;
}

void
pycfg_release(struct pycfg *py)
{
	buf_release(&py->joined);
	py->rest.size = 0;
}

struct seen {
	struct slice key;
	char *value; /* what pki-server reads; NULL: nothing */
	size_t size, number;
};

struct comparison {
	struct seen *seen;
	uint32_t count;
	struct hashmap keys;
};

static struct slice
seen_key(const void *arg, uint32_t number)
{
	const struct comparison *c = arg;

	return c->seen[number].key;
}

static void
collect_keys(struct comparison *c, const struct edits *edits)
{
	c->seen = mem_zalloc(edits->count, sizeof *c->seen);
	hashmap_init(&c->keys, edits->count, seen_key, c);
	for (size_t i = 0; i < edits->count; i++) {
		struct slice key = cfg_key(&edits->line[i].line);

		if (hashmap_add(&c->keys, key, c->count) == c->count)
			c->seen[c->count++].key = key;
	}
}

static int
read_all(struct comparison *c, const struct cfg *cfg)
{
	struct pycfg py = { .rest = { cfg->text, cfg->size } };
	struct pycfg_entry entry;
	enum pycfg_result got;

	while ((got = pycfg_next(&py, &entry)) == PYCFG_ENTRY) {
		uint32_t i = hashmap_get(&c->keys, entry.name);

		if (i == HASHMAP_NONE)
			continue;
		free(c->seen[i].value);
		c->seen[i].value = mem_dup(entry.value.at, entry.value.size);
		c->seen[i].size = entry.value.size;
		c->seen[i].number = entry.number;
	}
	pycfg_release(&py);
	if (got == PYCFG_END)
		return 0;
	return fail("%s:%zu: pki-server cannot read this file: missing "
		    "delimiter, a line without '='", cfg->file, entry.number);
}

/* instead, unless NULL, stands for a value that is a secret. */
static char *
shown(struct slice value, const char *instead)
{
	if (value.at == NULL)
		return mem_printf("not there");
	if (instead != NULL)
		return mem_printf("%s", instead);
	return mem_printf(value.size > 60 ? "'%.*s...'" : "'%.*s'",
	    value.size > 60 ? 60 : (int)value.size, value.at);
}

static void
compare(const struct cfg *cfg, const struct seen *seen, bool secret)
{
	const struct cfg_line *line = cfg_find(cfg, seen->key);
	struct slice java = { 0 }, python = { seen->value, seen->size };
	size_t number;
	char *a, *b;

	if (line != NULL)
		java = cfg_value(line);
	if ((java.at == NULL) == (python.at == NULL) &&
	    (java.at == NULL || slice_equal(java, python)))
		return;
	number = line != NULL ? cfg_number(cfg, line) : seen->number;
	a = shown(java, secret ? "one value" : NULL);
	b = shown(python, secret ? "another value" : NULL);
	say("%s:%zu: '%.*s' is %s to the server, but %s to pki-server",
	    cfg->file, number, SLICE_ARG(seen->key), a, b);
	free(a);
	free(b);
}

void
readers_compare(const struct cfg *cfg, const struct edits *edits,
    const struct settings *rules)
{
	struct comparison c = { 0 };

	if (edits->count == 0)
		return;
	if (!pycfg_decodes((struct slice){ cfg->text, cfg->size })) {
		say("%s: pki-server cannot read this file: not UTF-8",
		    cfg->file);
		return;
	}
	collect_keys(&c, edits);
	if (read_all(&c, cfg) == 0)
		for (uint32_t i = 0; i < c.count; i++)
			compare(cfg, &c.seen[i],
			    settings_is_secret(rules, c.seen[i].key));
	for (uint32_t i = 0; i < c.count; i++)
		free(c.seen[i].value);
	free(c.seen);
	hashmap_release(&c.keys);
}
