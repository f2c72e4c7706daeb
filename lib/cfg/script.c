/* SPDX-License-Identifier: MIT */
#include "cfg/script.h"

#include <stdlib.h>

#include "util/buf.h"
#include "util/cli.h"
#include "util/diag.h"

/* -- printing -------------------------------------------------------------- */

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

void
script_print(const struct edits *edits, FILE *stream,
    const struct settings *rules)
{
	fputs(SCRIPT_HEADER "\n", stream);
	for (size_t i = 0; i < edits->count; i++) {
		const struct edit_line *e = &edits->line[i];
		struct slice key = cfg_key(&e->line);
		bool secret = rules != NULL && settings_is_secret(rules, key);

		if (e->sign != EDIT_MASKED && !secret) {
			print_line(e, stream);
			if (runs_on(edits, i))
				fputs("#\n", stream);
		} else if (!secret || i == 0 ||
		    !slice_is(cfg_key(&edits->line[i - 1].line), key)) {
			putc(EDIT_MASKED, stream);
			put(stream, key);
			putc('\n', stream);
		}
	}
	fputs(".\n", stream);
	cli_note();
}

/* -- parsing --------------------------------------------------------------- */

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
		if (slice_is(name, slice_of(end_name(slice_of(ends[i])))))
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

	if (!peek(r, &line) || !slice_is(line, slice_of(SCRIPT_HEADER)))
		return bad(r, r->rest.size == 0 ?
		    "empty: the producer of the edits failed" :
		    "not a script of edits: no line '" SCRIPT_HEADER "'");
	skip(r);
	while (peek(r, &line)) {
		if (!slice_is(line, slice_of("."))) {
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
