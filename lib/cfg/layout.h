/* SPDX-License-Identifier: MIT */
#ifndef CFG_LAYOUT_H
#define CFG_LAYOUT_H

#include "cfg/cfg.h"

/*
 * A cfg's lines as a list from which lines are taken and into which others
 * are put: where a new line goes, and what that makes of the file.
 *
 *	struct layout layout;
 *
 *	layout_init(&layout, cfg);
 *	layout_remove(&layout, layout_node(cfg, line));	all that go, first
 *	layout_settle(&layout);
 *	at = layout_place(&layout, key);
 *	layout_insert(&layout, at, &new);
 *	layout_release(&layout);
 *
 * Node 0 is the top of the file, nodes 1 to cfg->lines are its lines, and
 * what is inserted follows.
 *
 * The default place of a new key is, in a file whose keys are in the server's
 * order, behind the last key that is not greater; in another file, behind the
 * last line with whose key it shares the most components; else at the end.
 * Whether the file is in order is seen from the lines that stay.  Nothing is
 * ever put behind a last line that ends in a continuation.
 */

#define LAYOUT_TOP 0U
#define LAYOUT_NONE UINT32_MAX

struct layout_line {
	struct slice body; /* without the last line end */
	struct slice end;
	struct slice key;
	uint32_t tag; /* the user's own */
};

struct layout_prefix;

struct layout {
	const struct cfg *cfg;
	uint32_t *prev, *next; /* of a removed node, prev is itself */
	uint32_t links;
	struct layout_line *added;
	uint32_t addeds, added_room;
	struct hashmap added_keys; /* the last node added of a key */
	uint32_t *ordered, ordereds; /* the assignments that stay */
	bool sorted;
	struct layout_prefix *prefix;
	uint32_t prefixes, prefix_room;
	struct hashmap prefix_map;
	uint32_t placed; /* what layout_place() said last, or LAYOUT_NONE */
	uint32_t hint;	 /* the last line added where it said */
	bool bare;		/* the last line has no line end */
	struct slice last_end;	/* what its end would be */
	unsigned char *other_end; /* by node: 0, or which end it was given */
};

void layout_init(struct layout *layout, const struct cfg *cfg);
void layout_release(struct layout *layout);

uint32_t layout_node(const struct cfg *cfg, const struct cfg_line *line);
void layout_remove(struct layout *layout, uint32_t node);
bool layout_is_removed(const struct layout *layout, uint32_t node);

/* line instead of node, and with its end, unless it brings one.  Returns the
 * new node. */
uint32_t layout_change(struct layout *layout, uint32_t node,
    const struct layout_line *line);

/* Between the last remove or change and the first place. */
void layout_settle(struct layout *layout);

/* The node behind which a line of that key goes by default. */
uint32_t layout_place(struct layout *layout, struct slice key);

/* The node of the live line of key, or LAYOUT_TOP when there is none. */
uint32_t layout_find(const struct layout *layout, struct slice key);

/* Put line behind node at, or before a continuation that dangles there.
 * A line whose end.at is NULL gets its neighbour's.  Returns the node. */
uint32_t layout_insert(struct layout *layout, uint32_t at,
    const struct layout_line *line);

/* Give a line another end; for what settles, that is no change. */
void layout_set_end(struct layout *layout, uint32_t node, struct slice end);

/* What insert would give a line there as its end. */
struct slice layout_usual_end(const struct layout *layout, uint32_t at);

/* body, end and key (at NULL: none) of a node. */
struct layout_line layout_line(const struct layout *layout, uint32_t node);

#endif
