/* SPDX-License-Identifier: MIT */
#include "cfg/script.h"

#include <stdlib.h>

#include "util/buf.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"

#define SHOWN 60 /* bytes of a value in a message */

static void
put(FILE *stream, struct slice s)
{
	if (stream == stdout)
		cli_print(s);
	else
		fwrite(s.at, 1, s.size, stream);
}

/* "^" is the top of the file; a key of carets alone gets one more. */
static bool
is_carets(struct slice key)
{
	size_t i = 0;

	while (i < key.size && key.at[i] == '^')
		i++;
	return i == key.size && i != 0;
}

static void
print_place(const struct edit_line *e, FILE *stream)
{
	if (e->place == PLACE_DEFAULT)
		return;
	putc(' ', stream);
	if (e->place == PLACE_TOP || is_carets(e->neighbour))
		putc('^', stream);
	if (e->place == PLACE_AFTER)
		put(stream, e->neighbour);
	if (e->below != 0)
		fprintf(stream, "\t%u", e->below);
	putc('\n', stream);
}

static const char *
end_name(struct slice end)
{
	return end.size == 2 ? "rn" : *end.at == '\r' ? "r" : "n";
}

/* The physical lines, each with the sign; CR alone is a mark of its own. */
static void
print_physical(const struct edit_line *e, FILE *stream)
{
	const char *at = e->line.text, *end = at + e->line.size;

	for (;;) {
		struct slice part = { at, 0 };

		while (at < end && *at != '\n' && *at != '\r')
			at++;
		part.size = (size_t)(at - part.at);
		putc((char)e->sign, stream);
		put(stream, part);
		if (at == end)
			return;
		if (*at == '\n' || (at + 1 < end && at[1] == '\n'))
			fputs(*at == '\r' ? "\r\n" : "\n", stream);
		else
			fputs("\n\\r\n", stream);
		at += *at == '\r' && at + 1 < end && at[1] == '\n' ? 2 : 1;
	}
}

static void
print_line(const struct edit_line *e, FILE *stream)
{
	print_place(e, stream);
	print_physical(e, stream);
	if (e->end.at != NULL && e->end.size == 2)
		putc('\r', stream);
	putc('\n', stream);
	if (e->end.at != NULL && e->end.size == 1)
		fprintf(stream, "\\%s\n", end_name(e->end));
	if (e->bare)
		fputs("\\\n", stream);
	if (e->above_end.at != NULL)
		fprintf(stream, "\\^%s\n", end_name(e->above_end));
	if (e->below_end.at != NULL)
		fprintf(stream, "\\_%s\n", end_name(e->below_end));
}

/*
 * A line that would join the next one must not have one of its sign below:
 * naming the next one's place parts the two.
 */
static bool
runs_on(const struct edits *edits, size_t i)
{
	const struct cfg_line *line = &edits->line[i].line;

	return i + 1 < edits->count &&
	    edits->line[i + 1].place == PLACE_DEFAULT &&
	    edits->line[i + 1].sign == edits->line[i].sign &&
	    cfg_dangles((struct slice){ line->text, line->size });
}

/* Of the lines of a key, one value that is not to be shown hides all. */
static bool
is_hidden(const struct edits *edits, size_t i, const struct settings *rules)
{
	const struct edit_line *e = edits->line;
	const struct slice key = cfg_key(&e[i].line);
	size_t first = i;

	if (rules == NULL || !settings_is_secret(rules, key))
		return false;
	while (first > 0 && slice_equal(cfg_key(&e[first - 1].line), key))
		first--;
	for (;
	     first < edits->count && slice_equal(cfg_key(&e[first].line), key);
	     first++)
		if (e[first].sign == EDIT_MASKED ||
		    settings_hides(rules, key, cfg_value(&e[first].line)))
			return true;
	return false;
}

void
script_print(const struct edits *edits, FILE *stream,
    const struct settings *rules)
{
	fputs(SCRIPT_HEADER "\n", stream);
	for (size_t i = 0; i < edits->count; i++) {
		const struct edit_line *e = &edits->line[i];
		struct slice key = cfg_key(&e->line);
		bool secret = is_hidden(edits, i, rules);

		if (e->sign != EDIT_MASKED && !secret) {
			print_line(e, stream);
			if (runs_on(edits, i))
				fputs("#\n", stream);
		} else if (!secret || i == 0 ||
		    !slice_equal(cfg_key(&edits->line[i - 1].line), key)) {
			putc(EDIT_MASKED, stream);
			put(stream, key);
			putc('\n', stream);
		}
	}
	fputs(".\n", stream);
	cli_note();
}

struct slice
script_text(const struct edits *edits, const struct settings *rules)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (stream != NULL)
		script_print(edits, stream, rules);
	if (stream == NULL || fclose(stream) != 0)
		die("out of memory");
	return (struct slice){ text, size };
}

struct reader {
	const char *file;
	struct slice rest; /* what is not read yet */
	size_t number;	   /* of the line at its front */
	struct edits *edits;
	struct edit_line place; /* the last place line, for the next run */
	bool placed;
};

static int
bad(const struct reader *r, const char *what)
{
	return fail("%s:%zu: %s", r->file, r->number, what);
}

/* The front line without LF; false when no whole line is left. */
static bool
peek(const struct reader *r, struct slice *line)
{
	const char *lf = memchr(r->rest.at, '\n', r->rest.size);

	*line = (struct slice){ r->rest.at,
		lf != NULL ? (size_t)(lf - r->rest.at) : r->rest.size };
	return lf != NULL;
}

static void
skip(struct reader *r)
{
	struct slice line;
	size_t size = peek(r, &line) ? line.size + 1 : line.size;

	r->rest.at += size;
	r->rest.size -= size;
	r->number++;
}

static struct slice
end_called(struct slice name)
{
	static const char *const ends[] = { "\n", "\r", "\r\n" };

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (slice_equal(name, slice_of(end_name(slice_of(ends[i])))))
			return slice_of(ends[i]);
	return (struct slice){ 0 };
}

/* The marks below a line; *end is set by "\n" and "\r". */
static int
read_marks(struct reader *r, struct edit_line *e, struct slice *end)
{
	struct slice line;

	while (peek(r, &line) && line.size != 0 && *line.at == '\\') {
		struct slice name = { line.at + 1, line.size - 1 };
		struct slice *what = end;

		if (name.size != 0 && (*name.at == '^' || *name.at == '_')) {
			what = *name.at == '^' ? &e->above_end : &e->below_end;
			name.at++;
			name.size--;
		}
		if (line.size == 1)
			e->bare = true;
		else if ((*what = end_called(name)).at == NULL)
			return bad(r, "not a mark of a line's end");
		skip(r);
	}
	return 0;
}

/* All physical lines of one logical line into text, but the last line end. */
static int
read_physical(struct reader *r, struct edit_line *e, struct buf *text)
{
	struct slice line, end;
	char sign = *r->rest.at;
	bool more = true;

	while (more) {
		end = (struct slice){ 0 };
		if (!peek(r, &line))
			return bad(r, "the script is cut off");
		line.at++;
		line.size--;
		if (line.size != 0 && line.at[line.size - 1] == '\r') {
			end = slice_of("\r\n");
			line.size--;
		}
		if (memchr(line.at, '\r', line.size) != NULL)
			return bad(r, "carriage return within a line");
		buf_add(text, line);
		skip(r);
		if (read_marks(r, e, &end) < 0)
			return -1;
		more = cfg_dangles(buf_slice(text)) && peek(r, &line) &&
		    line.size != 0 && *line.at == sign;
		if (more)
			buf_add(text, end.at != NULL ? end : slice_of("\n"));
	}
	e->end = end;
	return 0;
}

static int
read_run(struct reader *r)
{
	struct edit_line e = r->placed ? r->place : (struct edit_line){ 0 };
	struct buf text = { 0 };
	struct slice whole;
	size_t number = r->number;
	char *joined = NULL;
	int status;

	e.sign = (enum edit_sign)*r->rest.at;
	e.number = number;
	r->placed = false;
	status = read_physical(r, &e, &text);
	buf_putc(&text, '\0');
	edits_own(r->edits, text.at);
	if (status < 0)
		return -1;
	whole = (struct slice){ text.at, text.size - 1 };
	if (whole.size != 0)
		e.line = cfg_next_line(&whole, &joined);
	if (joined != NULL)
		edits_own(r->edits, joined);
	if (e.line.logical == NULL || whole.size != 0)
		return fail("%s:%zu: not a setting: 'KEY=VALUE' is wanted "
			    "after '%c'", r->file, number, (char)e.sign);
	*edits_add(r->edits, e.sign) = e;
	return 0;
}

/* The key up to the first TAB without a backslash before it. */
static struct slice
take_key(struct slice *line)
{
	struct slice key = { line->at, 0 };

	while (key.size < line->size && key.at[key.size] != '\t')
		key.size += key.at[key.size] == '\\' &&
			key.size + 1 < line->size ? 2 : 1;
	line->at += key.size;
	line->size -= key.size;
	return key;
}

static int
read_place(struct reader *r)
{
	struct slice line;
	uint64_t below = 0;

	peek(r, &line);
	line.at++;
	line.size--;
	if (r->placed)
		return bad(r, "two places for one edit");
	r->placed = true;
	r->place = (struct edit_line){ .place = PLACE_AFTER };
	r->place.neighbour = take_key(&line);
	if (is_carets(r->place.neighbour)) {
		r->place.neighbour.size--;
		if (r->place.neighbour.size == 0)
			r->place.place = PLACE_TOP;
	}
	for (size_t i = 1; i < line.size; i++) {
		if (line.at[i] < '0' || line.at[i] > '9' || i > 10)
			return bad(r, "not a number of lines after the key");
		below = below * 10 + (uint64_t)(line.at[i] - '0');
	}
	if (below > UINT32_MAX)
		return bad(r, "not a number of lines after the key");
	r->place.below = (uint32_t)below;
	skip(r);
	return 0;
}

static int
read_masked(struct reader *r)
{
	struct slice line;
	struct edit_line *e;

	peek(r, &line);
	if (r->placed)
		return bad(r, "a place for a masked edit");
	e = edits_add(r->edits, EDIT_MASKED);
	e->number = r->number;
	e->line.text = e->line.logical = line.at + 1;
	e->line.size = e->line.key_size = (uint32_t)line.size - 1;
	skip(r);
	return 0;
}

static int
read_item(struct reader *r)
{
	switch (*r->rest.at) {
	case EDIT_DELETE:
	case EDIT_ADD:
		return read_run(r);
	case EDIT_MASKED:
		return read_masked(r);
	case ' ':
		return read_place(r);
	case '#':
		skip(r);
		return 0;
	default:
		return bad(r, "not an edit: a line starts with '-', '+', '*', "
			      "' ' or '#'");
	}
}

static int
read_script(struct reader *r)
{
	struct slice line;

	if (!peek(r, &line) || !slice_equal(line, slice_of(SCRIPT_HEADER)))
		return bad(r, r->rest.size == 0 ?
		    "empty: the producer of the edits failed" :
		    "not a script of edits: no line '" SCRIPT_HEADER "'");
	skip(r);
	while (peek(r, &line)) {
		if (!slice_equal(line, slice_of("."))) {
			if (read_item(r) < 0)
				return -1;
			continue;
		}
		if (r->placed)
			return bad(r, "a place without an edit");
		skip(r);
		return r->rest.size == 0 ? 0 :
					   bad(r, "text after the last line");
	}
	return bad(r, "the script is cut off: no last line '.'");
}

int
script_parse(struct edits *edits, const char *file, char *text, size_t size)
{
	struct reader r = { .file = file, .rest = { text, size }, .number = 1,
		.edits = edits };
	int status;

	*edits = (struct edits){ 0 };
	edits_own(edits, text);
	if (memchr(text, '\0', size) != NULL)
		status = fail("%s: NUL byte: this is no script of edits", file);
	else
		status = read_script(&r);
	if (status < 0)
		edits_release(edits);
	return status;
}

#define NONE UINT32_MAX

/* All lines of the script that are of one key. */
struct group {
	uint32_t first, last;
	uint32_t minus, plus, masked; /* the first of each sign */
	uint32_t minuses, pluses;
};

struct matching {
	const struct cfg *cfg;
	const struct edits *script;
	const char *script_file;
	const struct settings *rules;
	struct edits *made;
	struct group *group;
	uint32_t groups, room;
	uint32_t *next; /* from a script line to the next of its key */
	int conflicts;
};

static const struct edit_line *
at(const struct matching *m, uint32_t i)
{
	return &m->script->line[i];
}

static struct slice
group_key(const void *arg, uint32_t number)
{
	const struct matching *m = arg;

	return cfg_key(&at(m, m->group[number].first)->line);
}

static void
make_groups(struct matching *m)
{
	uint32_t count = (uint32_t)m->script->count;
	struct hashmap map;

	m->next = mem_alloc(count * sizeof *m->next);
	hashmap_init(&map, count, group_key, m);
	for (uint32_t i = 0; i < count; i++) {
		struct slice key = cfg_key(&at(m, i)->line);
		uint32_t g = hashmap_add(&map, key, m->groups);
		enum edit_sign sign = at(m, i)->sign;

		m->next[i] = NONE;
		if (g == m->groups) {
			MEM_GROW(m->group, m->groups, m->room);
			m->group[m->groups++] = (struct group){ .first = i,
				.last = i, .minus = NONE, .plus = NONE,
				.masked = NONE };
		} else {
			m->next[m->group[g].last] = i;
			m->group[g].last = i;
		}
		if (sign == EDIT_DELETE && m->group[g].minuses++ == 0)
			m->group[g].minus = i;
		if (sign == EDIT_ADD && m->group[g].pluses++ == 0)
			m->group[g].plus = i;
		if (sign == EDIT_MASKED && m->group[g].masked == NONE)
			m->group[g].masked = i;
	}
	hashmap_release(&map);
}

static void
conflict(struct matching *m, uint32_t i, const struct cfg_line *found,
    const char *expects)
{
	char *value = settings_shown(m->rules, found, SHOWN);
	struct slice key = cfg_key(&at(m, i)->line);

	if (found != NULL)
		say("%s:%zu: conflict: '%.*s' is %s; %s:%zu expects %s",
		    m->cfg->file, cfg_number(m->cfg, found), SLICE_ARG(key),
		    value, m->script_file, at(m, i)->number, expects);
	else
		say("%s: conflict: '%.*s' is absent; %s:%zu expects %s",
		    m->cfg->file, SLICE_ARG(key), m->script_file,
		    at(m, i)->number, expects);
	free(value);
	m->conflicts++;
}

static bool
same_value(const struct cfg_line *a, const struct cfg_line *b)
{
	return a != NULL && b != NULL &&
	    slice_equal(cfg_value(a), cfg_value(b));
}

/* The next line of the key in the script with this sign, or NONE. */
static uint32_t
next_of(const struct matching *m, uint32_t i, enum edit_sign sign)
{
	do
		i = m->next[i];
	while (i != NONE && at(m, i)->sign != sign);
	return i;
}

/* Are the file's lines of the key those of that sign, one for one? */
static bool
matches_all(const struct matching *m, uint32_t first,
    const struct cfg_line *live)
{
	uint32_t *wanted = NULL;
	size_t count = 0, room = 0;

	for (uint32_t i = first; i != NONE; i = next_of(m, i, at(m, i)->sign)) {
		MEM_GROW(wanted, count, room);
		wanted[count++] = i;
	}
	/* Both from the last one up. */
	for (; count != 0 && same_value(live, &at(m, wanted[count - 1])->line);
	     count--)
		live = cfg_shadowed(m->cfg, live);
	free(wanted);
	return count == 0 && live == NULL;
}

static void
take_away(struct matching *m, const struct group *g,
    const struct cfg_line *live)
{
	if (live == NULL)
		return; /* gone already */
	if (matches_all(m, g->minus, live))
		edits_delete(m->made, m->cfg, cfg_key(live));
	else if (cfg_shadowed(m->cfg, live) != NULL && g->minuses == 1 &&
	    same_value(live, &at(m, g->minus)->line))
		conflict(m, g->minus, live, "no other line of that key above");
	else {
		char *value = settings_shown(m->rules,
		    &at(m, g->minus)->line, SHOWN);

		conflict(m, g->minus, live, value);
		free(value);
	}
}

static bool
same_text(const struct cfg_line *line, const struct cfg_line *bare)
{
	struct slice text = { line->text, line->size };

	text.size -= cfg_line_end(text).size;
	return slice_equal(text, (struct slice){ bare->text, bare->size });
}

static void
change(struct matching *m, const struct group *g, const struct cfg_line *live)
{
	const struct edit_line *old = at(m, g->minus), *new = at(m, g->plus);
	bool respells = same_value(&old->line, &new->line);

	if (same_value(live, &new->line) &&
	    (!respells || same_text(live, &new->line)))
		return; /* so already */
	if (same_value(live, &old->line)) {
		edits_change(m->made, m->cfg, live, &new->line, new->end);
	} else {
		char *value = settings_shown(m->rules, &old->line,
		    SHOWN);

		conflict(m, g->minus, live, value);
		free(value);
	}
}

static void
add(struct matching *m, const struct group *g, const struct cfg_line *live)
{
	const struct edit_line *new = at(m, g->plus);

	if (live != NULL && (matches_all(m, g->plus, live) ||
		(g->pluses == 1 && same_value(live, &new->line))))
		return; /* there already */
	if (live != NULL) {
		conflict(m, g->plus, live, "none");
		return;
	}
	for (uint32_t i = g->plus; i != NONE; i = next_of(m, i, EDIT_ADD)) {
		struct edit_line e = *at(m, i);

		*edits_add(m->made, EDIT_ADD) = e;
	}
}

static int
match_group(struct matching *m, const struct group *g)
{
	struct slice key = cfg_key(&at(m, g->first)->line);
	const struct cfg_line *live = cfg_find(m->cfg, key);

	if (g->masked != NONE)
		return fail("%s:%zu: the value of '%.*s' is masked: have the "
			    "script made with --show-secrets, or leave such "
			    "edits out with --skip-masked", m->script_file,
		    at(m, g->masked)->number, SLICE_ARG(key));
	if (g->minuses != 0 && g->pluses != 0 &&
	    (g->minuses != 1 || g->pluses != 1))
		return fail("%s:%zu: more than one edit of '%.*s'",
		    m->script_file, at(m, g->last)->number, SLICE_ARG(key));
	if (g->pluses == 0)
		take_away(m, g, live);
	else if (g->minuses == 0)
		add(m, g, live);
	else
		change(m, g, live);
	return 0;
}

int
apply_script(const struct cfg *cfg, const struct edits *script,
    const char *script_file, const struct settings *rules, struct edits *made)
{
	struct matching m = { .cfg = cfg, .script = script, .made = made,
		.script_file = script_file, .rules = rules };
	int status = 0;

	*made = (struct edits){ 0 };
	make_groups(&m);
	for (uint32_t i = 0; i < m.groups && status == 0; i++)
		status = match_group(&m, &m.group[i]);
	if (status == 0 && m.conflicts != 0)
		status = 1;
	free(m.group);
	free(m.next);
	return status;
}
