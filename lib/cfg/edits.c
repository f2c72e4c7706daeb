/* SPDX-License-Identifier: MIT */
#include "cfg/edits.h"

#include <stdlib.h>

#include "util/buf.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/secret.h"

void
edits_release(struct edits *edits)
{
	for (size_t i = 0; i < edits->owneds; i++)
		secret_free(edits->owned[i], strlen(edits->owned[i]));
	free(edits->owned);
	free(edits->line);
	*edits = (struct edits){ 0 };
}

void
edits_own(struct edits *edits, char *text)
{
	MEM_GROW(edits->owned, edits->owneds, edits->owned_room);
	edits->owned[edits->owneds++] = text;
}

struct edit_line *
edits_add(struct edits *edits, enum edit_sign sign)
{
	struct edit_line *line;

	MEM_GROW(edits->line, edits->count, edits->room);
	line = &edits->line[edits->count++];
	*line = (struct edit_line){ .sign = sign };
	return line;
}

static struct slice
text_of(const struct cfg_line *line)
{
	return (struct slice){ line->text, line->size };
}

static bool
is_crlf(struct slice end)
{
	return end.size == 2;
}

/* An edit of a line that is in a file.  Only an end of two bytes shows in
 * the script by itself; edits_note_places() sees to others. */
static struct edit_line *
add_existing(struct edits *edits, enum edit_sign sign, const struct cfg *cfg,
    const struct cfg_line *line)
{
	struct edit_line *e = edits_add(edits, sign);
	struct slice end = cfg_line_end(text_of(line));

	e->line = *line;
	e->line.size -= (uint32_t)end.size;
	e->bare = end.size == 0 && line->text + line->size ==
	    cfg->text + cfg->size;
	if (is_crlf(end))
		e->end = end;
	return e;
}

static void
add_new(struct edits *edits, const struct cfg_line *line)
{
	edits_add(edits, EDIT_ADD)->line = *line;
}

void
edits_change(struct edits *edits, const struct cfg *cfg,
    const struct cfg_line *old, const struct cfg_line *new, struct slice end)
{
	struct slice was = cfg_line_end(text_of(old));
	size_t first = edits->count;
	struct edit_line *minus, *plus;

	add_existing(edits, EDIT_DELETE, cfg, old);
	add_new(edits, new);
	minus = &edits->line[first];
	plus = minus + 1;
	plus->bare = minus->bare;
	/* What ended the one ends the other, unless it is said; then both
	 * ends are. */
	if (plus->end.at == NULL)
		plus->end = end.at != NULL ? end : minus->end;
	if (plus->end.at != NULL && !slice_equal(plus->end, was) &&
	    was.size != 0)
		minus->end = was;
}

/*
 * A line of another file, without its end.  A last part that is empty, or
 * that the end of that file cut off, goes with the backslash before it: here
 * another line would be joined, or an LF be taken for the CR's before it.
 */
static struct cfg_line
body_of(const struct cfg_line *line)
{
	struct cfg_line body = *line;
	struct slice text = text_of(line), end = cfg_line_end(text);

	text.size -= end.size;
	while ((end = cfg_line_end(text)).size != 0 || cfg_dangles(text))
		text.size -= end.size != 0 ? end.size + 1 : 1;
	if (text.size == 0)
		text = slice_of(" "); /* nothing is left of the key "" */
	body.text = text.at;
	body.size = (uint32_t)text.size;
	return body;
}

static void
set_body(struct edits *edits, const struct cfg *cfg,
    const struct cfg_line *body)
{
	const struct cfg_line *old = cfg_find(cfg, cfg_key(body));

	if (old == NULL)
		add_new(edits, body);
	else if (!slice_equal(cfg_value(old), cfg_value(body)))
		edits_change(edits, cfg, old, body, (struct slice){ 0 });
}

int
edits_put(struct edits *edits, const struct cfg *cfg, const char *key,
    struct slice value)
{
	const char *why;

	if (edits_set(edits, cfg, slice_of(key), value, &why) == 0)
		return 0;
	return fail("%s: cannot set '%s': %s", cfg->file, key, why);
}

void
edits_set_line(struct edits *edits, const struct cfg *cfg,
    const struct cfg_line *line)
{
	struct cfg_line body = body_of(line);

	set_body(edits, cfg, &body);
}

static const char *
what_is_wrong(struct slice key, struct slice value, struct slice text,
    struct cfg_line *line)
{
	if (memchr(value.at, '\n', value.size) != NULL ||
	    memchr(value.at, '\r', value.size) != NULL)
		return "a value has no line end in it";
	if (value.size != 0 && cfg_is_blank(*value.at))
		return "the server drops a value's leading blanks";
	if (!cfg_parse_line(text, line)) {
		if (line->logical != NULL)
			return "a value does not end in an odd number of "
			       "backslashes: the next line would be joined";
		return "no such key can be in the file";
	}
	if (!slice_equal(cfg_key(line), key) ||
	    !slice_equal(cfg_value(line), value))
		return "the server would read another key out of it";
	return NULL;
}

/* The line less its value, where that has a sign that both readers know. */
static bool
has_style(const struct cfg_line *line)
{
	return line->logical == line->text &&
	    memchr(line->text, '=', line->value_at) != NULL;
}

static struct slice
compose(struct edits *edits, struct slice before, struct slice value)
{
	struct buf text = { 0 };

	buf_add(&text, before);
	buf_add(&text, value);
	buf_putc(&text, '\0');
	edits_own(edits, text.at);
	return (struct slice){ text.at, text.size - 1 };
}

int
edits_set(struct edits *edits, const struct cfg *cfg, struct slice key,
    struct slice value, const char **why)
{
	const struct cfg_line *old = cfg_find(cfg, key);
	struct cfg_line line;
	struct slice text;

	if (old != NULL && slice_equal(cfg_value(old), value))
		return 0;
	*why = "";
	if (old != NULL && has_style(old)) {
		text = (struct slice){ old->text, old->value_at };
		text = compose(edits, text, value);
		*why = what_is_wrong(key, value, text, &line);
	}
	if (*why != NULL) {
		text = compose(edits, key, slice_of("="));
		text = compose(edits, text, value);
		*why = what_is_wrong(key, value, text, &line);
	}
	if (*why != NULL)
		return -1;
	set_body(edits, cfg, &line);
	return 0;
}

static void
delete_up_to(struct edits *edits, const struct cfg *cfg,
    const struct cfg_line *last)
{
	size_t first = edits->count;

	for (; last != NULL; last = cfg_shadowed(cfg, last))
		add_existing(edits, EDIT_DELETE, cfg, last);
	/* In the file's order. */
	for (size_t end = edits->count; first + 1 < end; first++, end--) {
		struct edit_line e = edits->line[first];

		edits->line[first] = edits->line[end - 1];
		edits->line[end - 1] = e;
	}
}

void
edits_forget(struct edits *edits, struct slice key)
{
	size_t kept = 0;

	for (size_t i = 0; i < edits->count; i++)
		if (!slice_equal(cfg_key(&edits->line[i].line), key))
			edits->line[kept++] = edits->line[i];
	edits->count = kept;
}

void
edits_delete(struct edits *edits, const struct cfg *cfg, struct slice key)
{
	delete_up_to(edits, cfg, cfg_find(cfg, key));
}

void
edits_reverse(struct edits *edits)
{
	for (size_t i = 0; i < edits->count; i++) {
		struct edit_line *e = &edits->line[i];

		if (e->sign == EDIT_DELETE)
			e->sign = EDIT_ADD;
		else if (e->sign == EDIT_ADD)
			e->sign = EDIT_DELETE;
	}
}

static int
by_key(const void *a, const void *b)
{
	const struct edit_line *x = a, *y = b;
	int order = cfg_compare_keys(cfg_key(&x->line), cfg_key(&y->line));

	/* Of one key, "-" before "+"; of one sign, by the file's order. */
	if (order == 0)
		order = (x->sign == EDIT_ADD) - (y->sign == EDIT_ADD);
	if (order == 0)
		order = (x->line.text > y->line.text) -
		    (x->line.text < y->line.text);
	return order;
}

void
edits_order_by_key(struct edits *edits)
{
	if (edits->count != 0)
		qsort(edits->line, edits->count, sizeof *edits->line, by_key);
}
