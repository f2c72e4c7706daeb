/* SPDX-License-Identifier: MIT */
#include "cfg/layout.h"

#include <stdlib.h>

#include "util/mem.h"

/* The last line that has this many whole components of its key. */
struct layout_prefix {
	struct slice text; /* up to a dot, and with it */
	uint32_t node;
};

uint32_t
layout_node(const struct cfg *cfg, const struct cfg_line *line)
{
	return (uint32_t)(line - cfg->line) + 1;
}

bool
layout_is_removed(const struct layout *layout, uint32_t node)
{
	return node != LAYOUT_TOP && layout->prev[node] == node;
}

static struct slice
added_key(const void *arg, uint32_t number)
{
	const struct layout *layout = arg;

	return layout->added[number].key;
}

static struct slice
prefix_text(const void *arg, uint32_t number)
{
	const struct layout *layout = arg;

	return layout->prefix[number].text;
}

static const struct slice ends[] = { { "\n", 1 }, { "\r", 1 },
	{ "\r\n", 2 } };

/* How an original line ends; a last one without has a guess. */
static struct slice
original_end(const struct layout *layout, uint32_t i)
{
	const struct cfg_line *line = layout->cfg->line + i;
	struct slice end =
	    cfg_line_end((struct slice){ line->text, line->size });

	if (layout->other_end != NULL && layout->other_end[i + 1] != 0)
		return ends[layout->other_end[i + 1] - 1];
	return end.size != 0 ? end : layout->last_end;
}

void
layout_init(struct layout *layout, const struct cfg *cfg)
{
	uint32_t nodes = cfg->lines + 1;
	struct slice text = { cfg->text, cfg->size };

	*layout = (struct layout){ .cfg = cfg, .links = nodes,
		.placed = LAYOUT_NONE };
	layout->prev = mem_alloc(nodes * sizeof *layout->prev);
	layout->next = mem_alloc(nodes * sizeof *layout->next);
	for (uint32_t i = 0; i < nodes; i++) {
		layout->prev[i] = i != 0 ? i - 1 : nodes - 1;
		layout->next[i] = i + 1 < nodes ? i + 1 : 0;
	}
	layout->bare = cfg->size != 0 && cfg_line_end(text).size == 0;
	/* A last line without an end takes the one before for an example. */
	layout->last_end = slice_of("\n");
	if (cfg->lines > 1)
		layout->last_end = original_end(layout, cfg->lines - 2);
	hashmap_init(&layout->added_keys, 0, added_key, layout);
}

void
layout_set_end(struct layout *layout, uint32_t node, struct slice end)
{
	if (node > layout->cfg->lines) {
		layout->added[node - layout->cfg->lines - 1].end = end;
		return;
	}
	if (layout->other_end == NULL)
		layout->other_end = mem_zalloc(layout->cfg->lines + (size_t)1,
		    1);
	for (size_t e = 0; e < sizeof ends / sizeof *ends; e++)
		if (slice_equal(end, ends[e]))
			layout->other_end[node] = (unsigned char)(e + 1);
}

void
layout_release(struct layout *layout)
{
	free(layout->prev);
	free(layout->next);
	free(layout->added);
	free(layout->ordered);
	free(layout->other_end);
	free(layout->prefix);
	hashmap_release(&layout->added_keys);
	if (layout->prefix_map.tag != NULL)
		hashmap_release(&layout->prefix_map);
}

void
layout_remove(struct layout *layout, uint32_t node)
{
	layout->next[layout->prev[node]] = layout->next[node];
	layout->prev[layout->next[node]] = layout->prev[node];
	layout->prev[node] = node;
}

struct layout_line
layout_line(const struct layout *layout, uint32_t node)
{
	const struct cfg *cfg = layout->cfg;
	const struct cfg_line *line;
	struct layout_line result = { 0 };

	if (node > cfg->lines)
		return layout->added[node - cfg->lines - 1];
	line = cfg->line + node - 1;
	result.body = (struct slice){ line->text, line->size };
	result.body.size -= cfg_line_end(result.body).size;
	result.end = original_end(layout, node - 1);
	if (line->logical != NULL)
		result.key = cfg_key(line);
	return result;
}

/* The longest prefix of text that is shorter and ends in a dot, or "". */
static struct slice
shorter_prefix(struct slice text)
{
	do
		text.size -= text.size != 0;
	while (text.size != 0 && text.at[text.size - 1] != '.');
	return text;
}

static void
note_prefix(struct layout *layout, struct slice text, uint32_t node)
{
	uint32_t i = hashmap_add(&layout->prefix_map, text, layout->prefixes);

	if (i == layout->prefixes) {
		MEM_GROW(layout->prefix, layout->prefixes, layout->prefix_room);
		layout->prefix[layout->prefixes++].text = text;
	}
	layout->prefix[i].node = node;
}

/* Of a file that is in no order: where each family of keys ends. */
static void
note_prefixes(struct layout *layout)
{
	hashmap_init(&layout->prefix_map, 0, prefix_text, layout);
	for (uint32_t i = 0; i < layout->ordereds; i++) {
		uint32_t node = layout->ordered[i];
		struct slice p = layout_line(layout, node).key;

		while ((p = shorter_prefix(p)).size != 0)
			note_prefix(layout, p, node);
	}
}

/* node came in behind at: it ends each of its families that at ended. */
static void
move_prefixes(struct layout *layout, uint32_t node, uint32_t at)
{
	struct slice p = layout_line(layout, node).key;

	while ((p = shorter_prefix(p)).size != 0) {
		uint32_t i = hashmap_get(&layout->prefix_map, p);

		if (i == HASHMAP_NONE || layout->prefix[i].node == at)
			note_prefix(layout, p, node);
	}
}

void
layout_settle(struct layout *layout)
{
	struct slice last = { NULL, 0 };

	layout->ordered = mem_alloc(layout->links * sizeof *layout->ordered);
	layout->sorted = true;
	for (uint32_t i = layout->next[LAYOUT_TOP]; i != LAYOUT_TOP;
	     i = layout->next[i]) {
		struct slice key = layout_line(layout, i).key;

		if (key.at == NULL)
			continue;
		if (last.at != NULL && cfg_compare_keys(last, key) > 0)
			layout->sorted = false;
		last = key;
		layout->ordered[layout->ordereds++] = i;
	}
	if (!layout->sorted)
		note_prefixes(layout);
}

/* How many of the assignments that stay have a key not above this one. */
static uint32_t
rank(const struct layout *layout, struct slice key)
{
	uint32_t low = 0, high = layout->ordereds;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		uint32_t node = layout->ordered[middle];

		if (cfg_compare_keys(layout_line(layout, node).key, key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_added(const struct layout *layout, uint32_t node)
{
	return node > layout->cfg->lines;
}

/*
 * Behind its rank, then behind what was added there and is not greater.  Keys
 * mostly come in order: the last one added is a good place to start from.
 */
static uint32_t
place_in_order(struct layout *layout, struct slice key)
{
	uint32_t i = rank(layout, key), limit, at;

	limit = i < layout->ordereds ? layout->ordered[i] : LAYOUT_TOP;
	at = i != 0 ? layout->ordered[i - 1] :
		      layout->prev[layout->ordereds != 0 ? limit : LAYOUT_TOP];
	if (i == 0)
		while (is_added(layout, at) &&
		    cfg_compare_keys(layout_line(layout, at).key, key) > 0)
			at = layout->prev[at];
	if (layout->hint != LAYOUT_TOP &&
	    rank(layout, layout_line(layout, layout->hint).key) == i &&
	    cfg_compare_keys(layout_line(layout, layout->hint).key, key) <= 0)
		at = layout->hint;
	while (is_added(layout, layout->next[at]) &&
	    cfg_compare_keys(layout_line(layout, layout->next[at]).key, key) <=
		0)
		at = layout->next[at];
	return at;
}

static uint32_t
place_in_family(const struct layout *layout, struct slice key)
{
	while ((key = shorter_prefix(key)).size != 0) {
		uint32_t i = hashmap_get(&layout->prefix_map, key);

		if (i != HASHMAP_NONE)
			return layout->prefix[i].node;
	}
	return layout->prev[LAYOUT_TOP];
}

static uint32_t
not_behind_dangling(const struct layout *layout, uint32_t at)
{
	if (at != LAYOUT_TOP && cfg_dangles(layout_line(layout, at).body))
		return layout->prev[at];
	return at;
}

uint32_t
layout_place(struct layout *layout, struct slice key)
{
	layout->placed = not_behind_dangling(layout,
	    layout->sorted ? place_in_order(layout, key) :
			     place_in_family(layout, key));
	return layout->placed;
}

uint32_t
layout_find(const struct layout *layout, struct slice key)
{
	uint32_t i = hashmap_get(&layout->added_keys, key);
	const struct cfg_line *line;

	if (i != HASHMAP_NONE)
		return layout->cfg->lines + 1 + i;
	line = cfg_find(layout->cfg, key);
	if (line == NULL ||
	    layout_is_removed(layout, layout_node(layout->cfg, line)))
		return LAYOUT_TOP;
	return layout_node(layout->cfg, line);
}

struct slice
layout_usual_end(const struct layout *layout, uint32_t at)
{
	at = not_behind_dangling(layout, at);
	if (at == LAYOUT_TOP)
		at = layout->next[LAYOUT_TOP];
	return at == LAYOUT_TOP ? slice_of("\n") : layout_line(layout, at).end;
}

static void
link_behind(struct layout *layout, uint32_t at, uint32_t node)
{
	if (layout->links == node) {
		layout->links += layout->links / 2 + 16;
		layout->prev = mem_realloc(layout->prev, layout->links,
		    sizeof *layout->prev);
		layout->next = mem_realloc(layout->next, layout->links,
		    sizeof *layout->next);
	}
	layout->prev[node] = at;
	layout->next[node] = layout->next[at];
	layout->prev[layout->next[at]] = node;
	layout->next[at] = node;
}

uint32_t
layout_insert(struct layout *layout, uint32_t at,
    const struct layout_line *line)
{
	uint32_t node = layout->cfg->lines + 1 + layout->addeds;

	at = not_behind_dangling(layout, at);
	MEM_GROW(layout->added, layout->addeds, layout->added_room);
	layout->added[layout->addeds] = *line;
	if (line->end.at == NULL)
		layout->added[layout->addeds].end =
		    layout_usual_end(layout, at);
	link_behind(layout, at, node);
	hashmap_put(&layout->added_keys, line->key, layout->addeds++);
	if (layout->ordered != NULL && !layout->sorted)
		move_prefixes(layout, node, at);
	if (at == layout->placed)
		layout->hint = node;
	layout->placed = LAYOUT_NONE;
	return node;
}

uint32_t
layout_change(struct layout *layout, uint32_t node,
    const struct layout_line *line)
{
	struct layout_line new = *line;
	uint32_t above = layout->prev[node];

	if (new.end.at == NULL)
		new.end = layout_line(layout, node).end;
	layout_remove(layout, node);
	return layout_insert(layout, above, &new);
}
