/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include "cfg/pycfg.h"
#include "util/utf8.h"

enum {
	HAS_HIGH = 1,	   /* beyond ASCII */
	HAS_BREAK = 2,	   /* VT, FF, FS, GS, RS */
	HAS_CONTROL = 4,   /* others */
	HAS_CR = 8,
	HAS_BACKSLASH = 16,
};

static unsigned char
class_of(unsigned char c)
{
	if (c >= 0x80)
		return HAS_HIGH;
	if (c == '\v' || c == '\f' || (c >= 0x1c && c <= 0x1e))
		return HAS_BREAK;
	if (c == '\r')
		return HAS_CR;
	if (c == '\\')
		return HAS_BACKSLASH;
	return (c < ' ' && c != '\t' && c != '\n') || c == 0x7f ? HAS_CONTROL :
								  0;
}

struct reading {
	struct check_file *l;
	unsigned char class[256];
	const struct cfg_line *cr;	/* the first that ends so */
};

bool
syntax_is_comment(struct slice key)
{
	const char *at = key.at + key.size - 4;

	return key.size >= 4 && at[0] == '_' && at[1] >= '0' && at[1] <= '9' &&
	    at[2] >= '0' && at[2] <= '9' && at[3] >= '0' && at[3] <= '9' &&
	    (key.size == 4 || at[-1] == '.' || at[-1] == ':');
}

static struct slice
bytes_of(const struct cfg_line *line)
{
	struct slice bytes = { line->text, line->size };

	bytes.size -= cfg_line_end(bytes).size;
	return bytes;
}

static bool
is_joined(const struct cfg_line *line)
{
	return line->logical != line->text;
}

static void
check_comment(struct reading *r, const struct cfg_line *line)
{
	struct slice bytes = bytes_of(line);

	if (!pycfg_decodes(bytes))
		lint_at(r->l, line, "read-utf8", NULL);
	if (bytes.size == 0)
		return;
	if (*bytes.at == '!')
		lint_at(r->l, line,
		    memchr(bytes.at, '=', bytes.size) != NULL ?
			"read-bang" : "read-nodelim", NULL);
}

/* "signedAudit:_000=##", as it is shipped. */
static bool
is_shipped_colon(const struct cfg_line *line)
{
	struct slice key = cfg_key(line);

	if (line->value_size < 5 || key.at[key.size] != ':')
		return false;
	key.size += 5;
	return syntax_is_comment(key) && key.at[key.size] == '=';
}

/* Between key and value. */
static void
check_separator(struct reading *r, const struct cfg_line *line)
{
	size_t end = line->key_at + line->key_size;
	struct slice between = { line->logical + end, line->value_at - end };

	if (between.size == 1 && *between.at == '=' && line->key_at == 0)
		return;
	if (memchr(between.at, ':', between.size) != NULL) {
		if (!is_shipped_colon(line))
			lint_at(r->l, line, "read-colon", NULL);
	} else if (memchr(between.at, '=', between.size) == NULL) {
		lint_at(r->l, line, "read-split", NULL);
	}
}

/* Where the first part of a continued line ends. */
static void
check_join(struct reading *r, const struct cfg_line *line)
{
	const char *end = line->text + line->size;
	const char *first = memchr(line->text, '\n', line->size);

	if (first == NULL)
		return;
	if (memchr(line->text, '=', (size_t)(first - line->text)) == NULL)
		lint_at(r->l, line, "read-join-key", NULL);
	for (; first != NULL && first + 1 < end;
	     first = memchr(first + 1, '\n', (size_t)(end - first - 1)))
		if (first[1] == ' ' || first[1] == '\t') {
			lint_at(r->l, line, "read-join-indent", NULL);
			return;
		}
}

static bool
is_break(uint32_t c)
{
	return c == 0x85 || c == 0x2028 || c == 0x2029;
}

static bool
is_wide_space(uint32_t c)
{
	return c >= 0x80 && utf8_is_space(c) && !is_break(c);
}

static void
check_high(struct reading *r, const struct cfg_line *line)
{
	struct slice rest = bytes_of(line);
	uint32_t last = 0, before = 0;
	bool edge = false;

	while (rest.size != 0) {
		uint32_t c = utf8_next(&rest);

		if (c == UTF8_BAD) {
			lint_at(r->l, line, "read-utf8", NULL);
			return;
		}
		if (is_break(c)) {
			lint_at(r->l, line, "read-break", NULL);
			return;
		}
		edge |= is_wide_space(c) &&
		    (last == 0 || last == '=' || rest.size == 0);
		edge |= c == '=' && is_wide_space(before);
		if (c != ' ')
			last = c;
		before = c;
	}
	if (edge)
		lint_at(r->l, line, "read-nbsp", NULL);
}

static void
check_bytes(struct reading *r, const struct cfg_line *line)
{
	struct slice bytes = bytes_of(line), key = cfg_key(line);
	unsigned has = 0;

	for (size_t i = 0; i < bytes.size; i++)
		has |= r->class[(unsigned char)bytes.at[i]];
	if (has == 0)
		return;
	if (has & HAS_HIGH)
		check_high(r, line);
	if (has & HAS_BREAK)
		lint_at(r->l, line, "read-break", NULL);
	if (has & HAS_CONTROL)
		lint_at(r->l, line, "read-ctrl", NULL);
	if (!(has & HAS_BACKSLASH))
		return;
	if (is_joined(line))
		check_join(r, line);
	else if (bytes.at[bytes.size - 1] == '\\')
		lint_at(r->l, line, "read-slash", NULL);
	if (memchr(key.at, '\\', key.size) != NULL)
		lint_at(r->l, line, "read-esc", NULL);
}

static void
check_line(struct reading *r, const struct cfg_line *line)
{
	struct slice key = cfg_key(line), bytes = bytes_of(line);

	check_bytes(r, line);
	if (key.size == 0) {
		lint_at(r->l, line, "read-blank", NULL);
		return;
	}
	if (*key.at == '#') {
		lint_at(r->l, line, "read-indent", NULL);
		return;
	}
	if (memchr(bytes.at, '=', bytes.size) == NULL)
		lint_at(r->l, line, "read-nodelim", NULL);
	else
		check_separator(r, line);
}

/* A line for people: what it says counts for nobody, be it there twice. */
static bool
is_remark(const struct cfg_line *line)
{
	struct slice key = cfg_key(line);

	return syntax_is_comment(key) || key.size == 0 || *key.at == '#' ||
	       is_shipped_colon(line);
}

static void
check_duplicates(struct check_file *l)
{
	for (uint32_t i = 0; i < l->cfg->shadows; i++) {
		const struct cfg_line *old = l->cfg->line +
		    l->cfg->shadow[i].line;
		const struct cfg_line *new = l->cfg->line +
		    l->cfg->shadow[i].by;
		bool same = slice_equal(cfg_value(old), cfg_value(new));

		if (same || !is_remark(old) || !is_remark(new))
			lint_at(l, old, same ? "dup-same" : "dup-key",
			    "line %zu counts", cfg_number(l->cfg, new));
	}
}

static void
check_line_end(struct reading *r, const struct cfg_line *line)
{
	if (r->cr == NULL && line->size >= 2 &&
	    memchr(line->text + line->size - 2, '\r', 2) != NULL)
		r->cr = line;
}

static void
check_text(struct check_file *l)
{
	struct reading r = { .l = l };

	for (unsigned c = 0; c < 256; c++)
		r.class[c] = class_of((unsigned char)c);
	if (l->cfg->lines != 0 && l->cfg->size >= 3 &&
	    memcmp(l->cfg->text, "\xef\xbb\xbf", 3) == 0)
		lint_at(l, l->cfg->line, "read-bom", NULL);
	for (uint32_t i = 0; i < l->cfg->lines; i++) {
		const struct cfg_line *line = l->cfg->line + i;

		check_line_end(&r, line);
		if (line->logical == NULL)
			check_comment(&r, line);
		else
			check_line(&r, line);
	}
	if (r.cr != NULL)
		lint_at(l, r.cr, "read-cr", "this one is the first");
	check_duplicates(l);
}

const struct check check_syntax[] = {
	{ .file = check_text },
	{ .file = NULL }
};
