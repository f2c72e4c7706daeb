/* SPDX-License-Identifier: MIT */
#ifndef CFG_EDITS_H
#define CFG_EDITS_H

#include "cfg/cfg.h"

/*
 * Edits of one file: what producers print and cfgpatch applies.  The text
 * form is clonekit-edits(1)'s and script.h's.
 *
 *	struct edits edits = { 0 };
 *
 *	if (edits_set(&edits, cfg, key, value, &why) < 0)
 *		...
 *	render_note_places(&edits, cfg);
 *	script_print(&edits, stdout, rules);
 *	edits_release(&edits);
 *
 * An edit of a key is a run of lines: "-" lines alone take away every line
 * that the key has in the file, one "-" and one "+" line change the live one,
 * "+" lines alone add what is not there.  There is one net edit a key.
 */

enum edit_sign {
	EDIT_DELETE = '-',
	EDIT_ADD = '+',
	EDIT_MASKED = '*', /* a secret is edited; only the key is known */
};

enum edit_place {
	PLACE_DEFAULT, /* by layout.h's rule */
	PLACE_TOP,     /* below lines under the top of the file */
	PLACE_AFTER,   /* below lines under the line after neighbour's */
};

struct edit_line {
	enum edit_sign sign;
	struct cfg_line line; /* its size without the last line end; of a
				 masked line only the key is there */
	enum edit_place place;
	struct slice neighbour; /* a key */
	uint32_t below;		/* lines without a live key in between */
	struct slice end;	/* "\n", "\r\n", "\r"; at NULL: as is usual */
	struct slice above_end; /* the same, of the line above it */
	struct slice below_end; /* and of the line below it */
	bool bare;		/* it had no line end: the file's last */
	size_t number;		/* its line in the script, for messages */
};

struct edits {
	struct edit_line *line;
	size_t count, room;
	char **owned; /* texts that lines point into */
	size_t owneds, owned_room;
};

void edits_release(struct edits *edits);

/* text, a string from malloc, is wiped and freed with the edits. */
void edits_own(struct edits *edits, char *text);

/* A new last line, zeroed but for sign. */
struct edit_line *edits_add(struct edits *edits, enum edit_sign sign);

/*
 * Edits for cfg that make value the value of key, which may be in the file or
 * not; nothing when it is so already.  A line that is changed keeps its
 * spelling up to the value.  -1 when no line can say so (a value with a line
 * end, a leading blank or an odd number of backslashes at its end; a key with
 * a separator): *why then says what is wrong.
 */
int edits_set(struct edits *edits, const struct cfg *cfg, struct slice key,
    struct slice value, const char **why);

/* The same; what is wrong is reported. */
int edits_put(struct edits *edits, const struct cfg *cfg, const char *key,
    struct slice value);

/* The same, with the line itself, as it stands in another file. */
void edits_set_line(struct edits *edits, const struct cfg *cfg,
    const struct cfg_line *line);

/* The same for a line that is live in cfg, whatever its value, and a new one
 * without its line end, which is to be end, unless end.at is NULL. */
void edits_change(struct edits *edits, const struct cfg *cfg,
    const struct cfg_line *old, const struct cfg_line *new, struct slice end);

/* Edits for cfg that take key away; nothing when it is not there. */
void edits_delete(struct edits *edits, const struct cfg *cfg,
    struct slice key);

/* As if key had never been edited. */
void edits_forget(struct edits *edits, struct slice key);

/* By key; for a producer of edits without places. */
void edits_order_by_key(struct edits *edits);

/* Turn the edits round: what was added is taken away, and back. */
void edits_reverse(struct edits *edits);

#endif
