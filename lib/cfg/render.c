/* SPDX-License-Identifier: MIT */
#include "cfg/render.h"

#include <stdlib.h>

#include "cfg/layout.h"
#include "util/buf.h"
#include "util/mem.h"

/* What an edit line does: a change is two lines, one behind the other. */
enum role { TAKEN, CHANGED, CHANGES, ADDED };

static struct slice
key_of(const struct edit_line *e)
{
	return cfg_key(&e->line);
}

static bool
is_pair(const struct edits *edits, size_t i)
{
	const struct edit_line *e = edits->line;

	return i + 1 < edits->count && e[i].sign == EDIT_DELETE &&
	    e[i + 1].sign == EDIT_ADD &&
	    slice_equal(key_of(&e[i]), key_of(&e[i + 1]));
}

static enum role
role_of(const struct edits *edits, size_t i)
{
	if (is_pair(edits, i))
		return CHANGED;
	if (i != 0 && is_pair(edits, i - 1))
		return CHANGES;
	return edits->line[i].sign == EDIT_DELETE ? TAKEN : ADDED;
}

/* A line of cfg, found by the bytes that it borrows. */
static uint32_t
node_of(const struct cfg *cfg, const struct edit_line *e)
{
	uint32_t low = 0, high = cfg->lines;

	while (low + 1 < high) {
		uint32_t middle = low + (high - low) / 2;

		if (cfg->line[middle].text <= e->line.text)
			low = middle;
		else
			high = middle;
	}
	return layout_node(cfg, cfg->line + low);
}

static struct layout_line
line_of(const struct edit_line *e)
{
	return (struct layout_line){ .key = key_of(e), .end = e->end,
		.body = { e->line.text, e->line.size } };
}

/*
 * Lines go and lines change; then all that is left is settled.  instead,
 * unless NULL, tells by the original node which one stands there now.
 */
static void
take_and_change(struct layout *layout, const struct edits *edits,
    uint32_t *instead)
{
	uint32_t node = LAYOUT_TOP, new;

	for (size_t i = 0; i < edits->count; i++) {
		struct layout_line line = line_of(&edits->line[i]);

		switch (role_of(edits, i)) {
		case TAKEN:
			node = node_of(layout->cfg, &edits->line[i]);
			layout_remove(layout, node);
			break;
		case CHANGED:
			node = node_of(layout->cfg, &edits->line[i]);
			break;
		case CHANGES:
			line.tag = (uint32_t)i;
			new = layout_change(layout, node, &line);
			if (instead != NULL)
				instead[node] = new;
			break;
		case ADDED:
			break;
		}
	}
	layout_settle(layout);
}

/* An LF right behind a CR would be that CR's: an empty line becomes CRLF. */
static bool
would_be_swallowed(struct slice end_above, const struct layout_line *line)
{
	return end_above.size == 1 && *end_above.at == '\r' &&
	    line->body.size == 0 && *line->end.at == '\n';
}

/* A line whose last part is empty is not there without its end. */
static bool
needs_end(const struct layout_line *line)
{
	return line->body.size == 0 || cfg_line_end(line->body).size != 0;
}

/* The edits of one key, which stand together. */
struct group {
	size_t first, count;
	struct slice key;
	uint32_t node; /* of its first line in the file; 0: it adds */
};

static int
by_place(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->node != 0 && y->node != 0)
		return (x->node > y->node) - (x->node < y->node);
	/* What adds comes last, and stays in order. */
	if (x->node != 0 || y->node != 0)
		return x->node != 0 ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

static struct group *
make_groups(const struct edits *edits, const struct cfg *cfg, size_t *groups)
{
	struct group *group = mem_alloc(edits->count * sizeof *group);

	*groups = 0;
	for (size_t i = 0; i < edits->count; i++) {
		const struct edit_line *e = &edits->line[i];
		struct group *last = group + *groups - 1;

		if (*groups != 0 && slice_equal(last->key, key_of(e))) {
			last->count++;
			continue;
		}
		group[(*groups)++] = (struct group){ i, 1, key_of(e),
			e->sign == EDIT_DELETE ? node_of(cfg, e) : 0 };
	}
	return group;
}

static bool
is_in_order(const struct group *group, size_t groups)
{
	uint32_t last = 0;

	for (size_t i = 0; i < groups; i++) {
		if (group[i].node != 0 && group[i].node < last)
			return false;
		if (group[i].node != 0)
			last = group[i].node;
	}
	return true;
}

static void
order_edits(struct edits *edits, const struct cfg *cfg)
{
	struct edit_line *line;
	struct group *group;
	size_t groups, n = 0;

	group = make_groups(edits, cfg, &groups);
	if (is_in_order(group, groups)) {
		free(group);
		return;
	}
	qsort(group, groups, sizeof *group, by_place);
	line = mem_alloc(edits->count * sizeof *line);
	for (size_t g = 0; g < groups; g++)
		for (size_t i = 0; i < group[g].count; i++)
			line[n++] = edits->line[group[g].first + i];
	free(group);
	free(edits->line);
	edits->line = line;
	edits->room = edits->count;
}

struct places {
	struct layout layout;
	uint32_t *instead; /* from an original node to one that came for it */
	bool say_ends;	   /* ends that stay cannot be trusted: say all */
};

static bool
is_there(const struct places *p, uint32_t node)
{
	return !layout_is_removed(&p->layout, node) || p->instead[node] != 0;
}

/* The nearest line above original node that is there by now. */
static uint32_t
line_above(const struct places *p, uint32_t node)
{
	do
		node--;
	while (node != LAYOUT_TOP && !is_there(p, node));
	if (node != LAYOUT_TOP && p->instead[node] != 0)
		return p->instead[node];
	return node;
}

/* Say "behind node" by the nearest key above that can be found again. */
static void
note_place(struct edit_line *e, const struct layout *layout, uint32_t node)
{
	struct slice key;

	e->below = 0;
	for (; node != LAYOUT_TOP; node = layout->prev[node], e->below++) {
		key = layout_line(layout, node).key;
		if (key.at != NULL && layout_find(layout, key) == node)
			break;
	}
	e->place = node == LAYOUT_TOP ? PLACE_TOP : PLACE_AFTER;
	if (node != LAYOUT_TOP)
		e->neighbour = key;
}

/* Put back one line that goes, and note what that took. */
static void
put_back(struct places *p, struct edit_line *e)
{
	struct layout *layout = &p->layout;
	uint32_t node = node_of(layout->cfg, e), at = line_above(p, node);
	struct layout_line line = line_of(e);

	e->place = PLACE_DEFAULT;
	if (layout_place(layout, line.key) != at)
		note_place(e, layout, at);
	line.end = layout_line(layout, node).end;
	if (!e->bare && line.end.size != 2 &&
	    (p->say_ends ||
		!slice_equal(line.end, layout_usual_end(layout, at))))
		e->end = line.end;
	p->instead[node] = layout_insert(layout, at, &line);
}

/* A line that went from between a CR and an empty line's LF. */
static bool
note_end_below(struct edit_line *e, const struct layout *layout)
{
	uint32_t below = node_of(layout->cfg, e) + 1;
	struct layout_line line, above;

	if (below > layout->cfg->lines || layout_is_removed(layout, below) ||
	    layout->prev[below] == LAYOUT_TOP)
		return false;
	line = layout_line(layout, below);
	above = layout_line(layout, layout->prev[below]);
	if (!would_be_swallowed(above.end, &line))
		return false;
	e->below_end = slice_of("\n");
	return true;
}

static void
note_end_above(struct edits *edits, const struct cfg *cfg, uint32_t node,
    struct slice end)
{
	for (size_t i = 0; i < edits->count; i++)
		if (role_of(edits, i) == TAKEN &&
		    node_of(cfg, &edits->line[i]) == node + 1)
			edits->line[i].above_end = end;
}

/*
 * The line that comes to stand last in a file without a last line end loses
 * its own.  Whoever reads that file takes the line before it for an example;
 * where that is wrong, the line's own change says so, or the first line that
 * stood below.
 */
static bool
note_lost_end(struct edits *edits, const struct cfg *cfg,
    const struct layout *layout, bool always)
{
	uint32_t last = layout->prev[LAYOUT_TOP];
	struct layout_line line;
	struct slice guess = slice_of("\n");

	if (!layout->bare || last == LAYOUT_TOP)
		return false;
	line = layout_line(layout, last);
	if (needs_end(&line))
		return false;
	if (layout->prev[last] != LAYOUT_TOP)
		guess = layout_line(layout, layout->prev[last]).end;
	if (!always && slice_equal(line.end, guess))
		return false;
	if (last == cfg->lines)
		return true; /* never had one, but another guess at it */
	if (last < cfg->lines) {
		note_end_above(edits, cfg, last, line.end);
		return true;
	}
	edits->line[line.tag - 1].end = line.end;
	edits->line[line.tag].end = line.end;
	return true;
}

void
render_note_places(struct edits *edits, const struct cfg *cfg)
{
	struct places p = { 0 };

	order_edits(edits, cfg);
	layout_init(&p.layout, cfg);
	p.instead = mem_zalloc(cfg->lines + (size_t)1, sizeof *p.instead);
	take_and_change(&p.layout, edits, p.instead);
	for (size_t i = 0; i < edits->count; i++)
		if (role_of(edits, i) == TAKEN &&
		    note_end_below(&edits->line[i], &p.layout))
			p.say_ends = true;
	if (note_lost_end(edits, cfg, &p.layout, p.say_ends))
		p.say_ends = true;
	for (size_t i = 0; i < edits->count; i++)
		if (role_of(edits, i) == TAKEN)
			put_back(&p, &edits->line[i]);
	free(p.instead);
	layout_release(&p.layout);
}

/* Where e is to go, by its own word if its neighbour is there. */
static uint32_t
place_of(struct layout *layout, const struct edit_line *e)
{
	uint32_t at = LAYOUT_TOP, usual = layout_place(layout, key_of(e));

	if (e->place == PLACE_AFTER)
		at = layout_find(layout, e->neighbour);
	if (e->place == PLACE_DEFAULT ||
	    (e->place == PLACE_AFTER && at == LAYOUT_TOP))
		return usual;
	for (uint32_t i = 0; i < e->below; i++) {
		if (layout->next[at] == LAYOUT_TOP)
			return usual;
		at = layout->next[at];
	}
	return at;
}

/* Would a line that came in join the one below it? */
static bool
dangling_line(const struct layout *layout, size_t *bad)
{
	for (uint32_t i = 0; i < layout->addeds; i++) {
		uint32_t node = layout->cfg->lines + 1 + i;

		*bad = layout->added[i].tag;
		if (!layout_is_removed(layout, node) &&
		    layout->next[node] != LAYOUT_TOP &&
		    cfg_dangles(layout->added[i].body))
			return true;
	}
	return false;
}

static int
add_lines(struct layout *layout, const struct edits *edits, size_t *bad)
{
	uint32_t last = layout->prev[LAYOUT_TOP];
	struct layout_line last_line = last != LAYOUT_TOP ?
	    layout_line(layout, last) : (struct layout_line){ 0 };
	bool untold = needs_end(&last_line);

	for (size_t i = 0; i < edits->count; i++) {
		const struct edit_line *e = &edits->line[i];
		struct layout_line line = line_of(e);
		uint32_t at;

		if (role_of(edits, i) != ADDED)
			continue;
		/* Nothing is left to tell how the file is to end. */
		if (untold)
			layout->bare = layout->bare || e->bare;
		line.tag = (uint32_t)i;
		at = place_of(layout, e);
		if (e->above_end.at != NULL && at != LAYOUT_TOP)
			layout_set_end(layout, at, e->above_end);
		at = layout_insert(layout, at, &line);
		if (e->below_end.at != NULL && layout->next[at] != LAYOUT_TOP)
			layout_set_end(layout, layout->next[at], e->below_end);
	}
	return dangling_line(layout, bad) ? -1 : 0;
}

/* The same, of a line whose own last part is empty. */
static bool
ends_in_cr(const struct layout_line *line)
{
	struct slice within = cfg_line_end(line->body);

	return within.size == 1 && *within.at == '\r' &&
	    *line->end.at == '\n';
}

static struct buf
print(const struct layout *layout)
{
	struct buf out = { 0 };
	struct slice last = { "", 0 };

	buf_reserve(&out, layout->cfg->size + 1);
	for (uint32_t node = layout->next[LAYOUT_TOP]; node != LAYOUT_TOP;
	     node = layout->next[node]) {
		struct layout_line line = layout_line(layout, node);

		if (would_be_swallowed(last, &line) || ends_in_cr(&line))
			line.end = slice_of("\r\n");
		last = line.end;
		buf_add(&out, line.body);
		if (layout->next[node] != LAYOUT_TOP || !layout->bare ||
		    needs_end(&line))
			buf_add(&out, line.end);
	}
	buf_putc(&out, '\0');
	return out;
}

int
render_text(const struct edits *edits, const struct cfg *cfg, char **text,
    size_t *size, size_t *bad)
{
	struct layout layout;
	int status;

	layout_init(&layout, cfg);
	take_and_change(&layout, edits, NULL);
	status = add_lines(&layout, edits, bad);
	if (status == 0) {
		struct buf out = print(&layout);

		*text = out.at;
		*size = out.size - 1;
	}
	layout_release(&layout);
	return status;
}
