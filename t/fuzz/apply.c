/* SPDX-License-Identifier: MIT */
/*
 * A file and any script, parted by "%%".  Where the script fits, every key
 * that it names is as it says and every other one as it was; what is said to
 * have been done can be taken back, to the byte.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "cfg/render.h"
#include "cfg/script.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct cfg *
parse(struct slice text)
{
	struct cfg *cfg = cfg_parse("fuzz", mem_dup(text.at, text.size),
	    text.size);

	assert(cfg != NULL);
	return cfg;
}

static int
parse_script(struct edits *edits, struct slice text)
{
	return script_parse(edits, "script", mem_dup(text.at, text.size),
	    text.size);
}

static const struct edit_line *
last_edit(const struct edits *script, struct slice key)
{
	for (size_t i = script->count; i != 0; i--)
		if (slice_equal(cfg_key(&script->line[i - 1].line), key))
			return &script->line[i - 1];
	return NULL;
}

/* Is key in b what it is in a? */
static void
same_value(const struct cfg *a, const struct cfg *b, struct slice key)
{
	const struct cfg_line *x = cfg_find(a, key), *y = cfg_find(b, key);

	assert((x == NULL) == (y == NULL));
	assert(x == NULL || slice_equal(cfg_value(x), cfg_value(y)));
}

static void
as_it_was(const struct cfg *old, const struct cfg *new,
    const struct edits *script)
{
	for (uint32_t i = 0; i < old->lines; i++)
		if (cfg_is_live(old, old->line + i) &&
		    last_edit(script, cfg_key(old->line + i)) == NULL)
			same_value(old, new, cfg_key(old->line + i));
	for (uint32_t i = 0; i < new->lines; i++)
		if (cfg_is_live(new, new->line + i) &&
		    last_edit(script, cfg_key(new->line + i)) == NULL)
			same_value(old, new, cfg_key(new->line + i));
}

static void
as_it_says(const struct cfg *new, const struct edits *script)
{
	for (size_t i = 0; i < script->count; i++) {
		struct slice key = cfg_key(&script->line[i].line);
		const struct cfg_line *line = cfg_find(new, key);
		bool plus = false;

		for (size_t n = 0; n < script->count; n++)
			if (script->line[n].sign == EDIT_ADD &&
			    slice_equal(cfg_key(&script->line[n].line), key))
				plus = plus || (line != NULL &&
				    slice_equal(cfg_value(line),
					cfg_value(&script->line[n].line)));
		assert(plus || line == NULL);
	}
}

static struct edits
through_text(const struct edits *edits)
{
	struct edits read;
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	assert(f != NULL);
	script_print(edits, f, NULL);
	fclose(f);
	assert(script_parse(&read, "made", text, size) == 0);
	return read;
}

static void
take_back(const struct cfg *old, const struct cfg *new,
    const struct edits *said, const struct settings *rules)
{
	struct edits script = through_text(said), made;
	size_t size, bad;
	char *text;

	edits_reverse(&script);
	assert(apply_script(new, &script, "made", rules, &made) == 0);
	assert(render_text(&made, new, &text, &size, &bad) == 0);
	assert(slice_equal((struct slice){ text, size },
	    (struct slice){ old->text, old->size }));
	free(text);
	edits_release(&made);
	edits_release(&script);
}

static size_t
lines_added(const struct edits *script, struct slice key)
{
	size_t count = 0;

	for (size_t i = 0; i < script->count; i++)
		count += script->line[i].sign == EDIT_ADD &&
		    slice_equal(cfg_key(&script->line[i].line), key);
	return count;
}

/*
 * Ends that are told do not tell how the lines around ended, and places may
 * put lines of one key in another order.
 */
static bool
is_one_way(const struct edits *script)
{
	for (size_t i = 0; i < script->count; i++) {
		const struct edit_line *e = &script->line[i];

		if (e->bare || e->end.at != NULL || e->above_end.at != NULL ||
		    e->below_end.at != NULL ||
		    lines_added(script, cfg_key(&e->line)) > 1)
			return true;
	}
	return false;
}

/* A continuation of nothing is only ever put back where it was. */
static bool
ends_in_line_end(const struct edits *script)
{
	for (size_t i = 0; i < script->count; i++)
		if (cfg_line_end((struct slice){ script->line[i].line.text,
			script->line[i].line.size }).size != 0)
			return true;
	return false;
}

static void
apply(const struct cfg *old, const struct edits *script,
    const struct settings *rules)
{
	struct edits made;
	size_t size, bad;
	char *text;

	if (apply_script(old, script, "script", rules, &made) == 0) {
		render_note_places(&made, old);
		if (render_text(&made, old, &text, &size, &bad) == 0) {
			struct cfg *new = parse((struct slice){ text, size });

			as_it_was(old, new, script);
			as_it_says(new, script);
			if (!is_one_way(script))
				take_back(old, new, &made, rules);
			cfg_free(new);
			free(text);
		}
	}
	edits_release(&made);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct settings *rules;
	static FILE *null;
	const char *text = (const char *)data;
	const char *middle = size != 0 ? memmem(text, size, "%%", 2) : NULL;
	FILE *usual = stderr;
	struct edits script;
	struct cfg *old;
	size_t head;

	if (middle == NULL || memchr(text, '\0', size) != NULL)
		return 0;
	if (rules == NULL)
		rules = settings_new(NULL);
	if (null == NULL)
		null = fopen("/dev/null", "w");
	head = (size_t)(middle - text);
	/* Conflicts are of no interest here. */
	stderr = null;
	if (parse_script(&script, (struct slice){ middle + 2,
		size - head - 2 }) == 0) {
		old = parse((struct slice){ text, head });
		if (!ends_in_line_end(&script))
			apply(old, &script, rules);
		cfg_free(old);
		edits_release(&script);
	}
	stderr = usual;
	return 0;
}
