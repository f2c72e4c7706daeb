/* SPDX-License-Identifier: MIT */
#include "cfg/cfg.h"

#include <stdlib.h>

#include "util/buf.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/slurp.h"

bool
cfg_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

struct slice
cfg_trim(struct slice s)
{
	return slice_trim(s);
}

struct slice
cfg_line_end(struct slice text)
{
	size_t size = 0;

	if (text.size != 0 && text.at[text.size - 1] == '\n')
		size = 1 + (text.size > 1 && text.at[text.size - 2] == '\r');
	else if (text.size != 0 && text.at[text.size - 1] == '\r')
		size = 1;
	return (struct slice){ text.at + text.size - size, size };
}

/* The size of the first physical line.  Both of its ends are looked for in
 * ever larger parts, lest a file without LF is read whole for each line. */
static size_t
physical_size(struct slice text)
{
	size_t part = 256;

	for (;; part *= 4) {
		size_t size = part < text.size ? part : text.size;
		const char *lf = memchr(text.at, '\n', size), *cr;

		size = lf != NULL ? (size_t)(lf - text.at) + 1 : size;
		cr = memchr(text.at, '\r', size);
		/* A CR that no LF follows ends the line by itself. */
		if (cr != NULL && cr + 1 != lf) {
			size = (size_t)(cr - text.at) + 1;
			return size + (size < text.size && cr[1] == '\n');
		}
		if (lf != NULL || size == text.size)
			return size;
	}
}

/* One physical line off the text, its end included. */
static struct slice
take_physical(struct slice *text)
{
	size_t size = physical_size(*text);
	struct slice line = { text->at, size };

	text->at += size;
	text->size -= size;
	return line;
}

static struct slice
without_end(struct slice line)
{
	line.size -= cfg_line_end(line).size;
	return line;
}

static bool
is_continued(struct slice line)
{
	size_t slashes = 0;

	while (slashes < line.size &&
	    line.at[line.size - 1 - slashes] == '\\')
		slashes++;
	return slashes % 2 == 1;
}

static bool
is_assignment(struct slice line)
{
	return line.size != 0 && line.at[0] != '#' && line.at[0] != '!';
}

bool
cfg_dangles(struct slice body)
{
	return is_assignment(body) && is_continued(body);
}

/* What ends a key, and the backslash that keeps it from doing so. */
static const bool is_special[256] = { ['='] = true, [':'] = true,
	[' '] = true, ['\t'] = true, ['\r'] = true, ['\n'] = true,
	['\f'] = true, ['\\'] = true };

/* Part key and value of the logical line s. */
static void
split(struct slice s, struct cfg_line *line)
{
	size_t key = 0, end, value;

	while (key < s.size && cfg_is_blank(s.at[key]))
		key++;
	for (end = key; end < s.size; end++) {
		if (!is_special[(unsigned char)s.at[end]])
			continue;
		if (s.at[end] != '\\')
			break;
		end += end + 1 < s.size;
	}
	for (value = end; value < s.size && cfg_is_blank(s.at[value]);)
		value++;
	if (value < s.size && (s.at[value] == '=' || s.at[value] == ':'))
		value++;
	while (value < s.size && cfg_is_blank(s.at[value]))
		value++;
	line->logical = s.at;
	line->key_at = (uint32_t)key;
	line->key_size = (uint32_t)(end - key);
	line->value_at = (uint32_t)value;
	line->value_size = (uint32_t)(s.size - value);
}

/*
 * first, continued: join what follows; text moves past it.  Whether to go on
 * may be asked of each part alone: before it stand an even number of
 * backslashes, if any.
 */
static struct slice
join(struct slice first, struct slice *text)
{
	struct buf joined = { 0 };
	struct slice part = first;
	bool more = true;

	part.size--;
	buf_add(&joined, part);
	while (more) {
		part = (struct slice){ "", 0 };
		if (text->size != 0)
			part = without_end(take_physical(text));
		while (part.size != 0 && cfg_is_blank(*part.at)) {
			part.at++;
			part.size--;
		}
		more = is_continued(part);
		part.size -= more;
		buf_add(&joined, part);
	}
	buf_putc(&joined, '\0');
	return (struct slice){ joined.at, joined.size - 1 };
}

struct cfg_line
cfg_next_line(struct slice *text, char **joined)
{
	struct cfg_line line = { .text = text->at };
	struct slice logical = without_end(take_physical(text));

	*joined = NULL;
	if (is_assignment(logical)) {
		if (is_continued(logical)) {
			logical = join(logical, text);
			*joined = (char *)logical.at;
		}
		split(logical, &line);
	}
	line.size = (uint32_t)(text->at - line.text);
	return line;
}

bool
cfg_parse_line(struct slice text, struct cfg_line *line)
{
	char *joined = NULL;
	bool whole;

	*line = (struct cfg_line){ 0 };
	if (text.size == 0 || memchr(text.at, '\0', text.size) != NULL)
		return false;
	*line = cfg_next_line(&text, &joined);
	whole = line->logical != NULL && joined == NULL && text.size == 0;
	free(joined);
	return whole;
}

static struct slice
live_key(const void *arg, uint32_t number)
{
	const struct cfg_line *const *line = arg;

	return cfg_key(*line + number);
}

/* The file has about this many lines; it need not be right. */
static size_t
guess_lines(const char *text, size_t size)
{
	size_t sample = size < 65536 ? size : 65536, ends = 1;

	for (const char *at = text, *end = text + sample;
	     (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
		ends++;
	return sample == size ? ends : size / sample * ends + ends;
}

static void
add_line(struct cfg *cfg, struct slice *text, uint32_t *room)
{
	char *joined;
	struct cfg_line line = cfg_next_line(text, &joined);

	if (joined != NULL) {
		MEM_GROW(cfg->joined, cfg->joins, cfg->joins_room);
		cfg->joined[cfg->joins++] = joined;
	}
	if (cfg->lines == *room) {
		*room += *room / 4 + 16;
		cfg->line = mem_realloc(cfg->line, *room, sizeof line);
	}
	cfg->line[cfg->lines++] = line;
}

/* The number of the physical line that at is in. */
static size_t
number_at(const struct cfg *cfg, const char *at)
{
	struct slice before = { cfg->text, (size_t)(at - cfg->text) };
	size_t number = 1;

	while (before.size != 0)
		if (cfg_line_end(take_physical(&before)).size != 0)
			number++;
	return number;
}

/* For all lines, when it is first asked for one. */
static uint32_t *
number_lines(const struct cfg *cfg)
{
	struct slice rest = { cfg->text, cfg->size };
	uint32_t *at = mem_alloc((cfg->lines + (size_t)1) * sizeof *at);
	uint32_t line = 0;

	for (uint32_t number = 1; line < cfg->lines; number++) {
		if (rest.at == cfg->line[line].text)
			at[line++] = number;
		take_physical(&rest);
	}
	return at;
}

size_t
cfg_number(const struct cfg *cfg, const struct cfg_line *line)
{
	if (cfg->memo->number == NULL)
		cfg->memo->number = number_lines(cfg);
	return cfg->memo->number[line - cfg->line];
}

/* The server writes its keys in order; people may not have kept it. */
static bool
is_ordered(const struct cfg *cfg)
{
	struct slice last = { NULL, 0 };

	for (uint32_t i = 0; i < cfg->lines; i++) {
		struct slice key;

		if (cfg->line[i].logical == NULL)
			return false; /* simple files only */
		key = cfg_key(cfg->line + i);
		if (last.at != NULL && cfg_compare_keys(last, key) >= 0)
			return false;
		last = key;
	}
	return true;
}

static void
index_keys(struct cfg *cfg)
{
	cfg->ordered = is_ordered(cfg);
	cfg->memo = mem_zalloc(1, sizeof *cfg->memo);
	if (cfg->ordered)
		return;
	hashmap_init(&cfg->live, cfg->lines, live_key, &cfg->line);
	for (uint32_t i = 0; i < cfg->lines; i++) {
		uint32_t was;

		if (cfg->line[i].logical == NULL)
			continue;
		was = hashmap_put(&cfg->live, cfg_key(cfg->line + i), i);
		if (was == HASHMAP_NONE)
			continue;
		MEM_GROW(cfg->shadow, cfg->shadows, cfg->shadows_room);
		cfg->shadow[cfg->shadows++] = (struct cfg_shadow){ was, i };
	}
}

struct cfg *
cfg_parse(const char *file, char *text, size_t size)
{
	struct cfg *cfg = mem_zalloc(1, sizeof *cfg);
	struct slice rest = { text, size };
	const char *nul = memchr(text, '\0', size);
	uint32_t room = (uint32_t)guess_lines(text, size);

	cfg->file = file;
	cfg->text = text;
	cfg->size = nul != NULL ? (size_t)(nul - text) : size;
	cfg->line = mem_alloc(room * sizeof *cfg->line);
	mem_expect_all(cfg->line, room * sizeof *cfg->line);
	rest.size = cfg->size;
	while (rest.size != 0)
		add_line(cfg, &rest, &room);
	if (nul != NULL) {
		fail("%s:%zu: NUL byte: this is no configuration file", file,
		    number_at(cfg, nul));
		cfg_free(cfg);
		return NULL;
	}
	index_keys(cfg);
	return cfg;
}

struct cfg *
cfg_read(const char *path)
{
	char *text;
	size_t size;

	if (slurp(path, CFG_LIMIT, &text, &size) < 0)
		return NULL;
	return cfg_parse(slurp_name(path), text, size);
}

struct cfg *
cfg_read_found(const char *path)
{
	char *text;
	size_t size;

	if (slurp_found(path, CFG_LIMIT, &text, &size) < 0)
		return NULL;
	return cfg_parse(path, text, size);
}

void
cfg_free(struct cfg *cfg)
{
	if (cfg == NULL)
		return;
	for (uint32_t i = 0; i < cfg->joins; i++)
		secret_free(cfg->joined[i], strlen(cfg->joined[i]));
	free(cfg->joined);
	if (cfg->live.tag != NULL)
		hashmap_release(&cfg->live);
	if (cfg->memo != NULL)
		free(cfg->memo->number);
	free(cfg->memo);
	free(cfg->shadow);
	free(cfg->line);
	secret_free(cfg->text, cfg->size);
	free(cfg);
}

/* Searches mostly go on from where the last one ended, or near it: from there
 * in steps that double, until the key is between two of them. */
static const struct cfg_line *
find_in_order(const struct cfg *cfg, struct slice key)
{
	uint32_t low = 0, high = cfg->lines, at = cfg->memo->found + 1;
	uint32_t step = 1;

	while (low < high) {
		bool below;

		if (at < low || at >= high)
			at = low + (high - low) / 2;
		cfg->memo->found = at;
		if (slice_equal(cfg_key(cfg->line + at), key))
			return cfg->line + at;
		below = cfg_compare_keys(cfg_key(cfg->line + at), key) < 0;
		if (below)
			low = at + 1;
		else
			high = at;
		if (step >= (high - low) / 2) {
			at = low + (high - low) / 2;
		} else {
			at = below ? low + step : high - step;
			step *= 2;
		}
	}
	return NULL;
}

const struct cfg_line *
cfg_find(const struct cfg *cfg, struct slice key)
{
	uint32_t at;

	if (cfg->ordered)
		return find_in_order(cfg, key);
	at = cfg->memo->found + 1;
	if (cfg->shadows != 0 || at >= cfg->lines ||
	    cfg->line[at].logical == NULL ||
	    !slice_equal(cfg_key(cfg->line + at), key))
		at = hashmap_get(&cfg->live, key);
	if (at == HASHMAP_NONE)
		return NULL;
	cfg->memo->found = at;
	return cfg->line + at;
}

bool
cfg_is_live(const struct cfg *cfg, const struct cfg_line *line)
{
	return line->logical != NULL &&
	    (cfg->shadows == 0 || cfg_find(cfg, cfg_key(line)) == line);
}

const struct cfg_line *
cfg_shadowed(const struct cfg *cfg, const struct cfg_line *line)
{
	uint32_t by = (uint32_t)(line - cfg->line), low = 0;
	uint32_t high = cfg->shadows;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (cfg->shadow[middle].by < by)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == cfg->shadows || cfg->shadow[low].by != by)
		return NULL;
	return cfg->line + cfg->shadow[low].line;
}

struct slice
cfg_string(const struct cfg *cfg, const char *key)
{
	const struct cfg_line *line = cfg_find(cfg, slice_of(key));

	struct slice none = { NULL, 0 };

	return line == NULL ? none : cfg_trim(cfg_value(line));
}

/* Surrogates, which stand for U+10000 and up, come before U+E000. */
static int
utf16_rank(unsigned char lead)
{
	return lead >= 0xee && lead < 0xf0 ? lead + 0x100 : lead;
}

int
cfg_compare_keys(struct slice a, struct slice b)
{
	size_t shared = a.size < b.size ? a.size : b.size, i = 0;

	while (i + 8 <= shared && memcmp(a.at + i, b.at + i, 8) == 0)
		i += 8;
	for (; i < shared; i++)
		if (a.at[i] != b.at[i])
			return utf16_rank((unsigned char)a.at[i]) -
			    utf16_rank((unsigned char)b.at[i]);
	return (a.size > b.size) - (a.size < b.size);
}
