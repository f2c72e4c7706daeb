/* SPDX-License-Identifier: MIT */
/*
 * Two files, parted by a line "%%": the edits from the one to the other,
 * through their text form, make of the first what the server cannot tell from
 * the second; taken back, they give the first's own bytes.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "cfg/diff.h"
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
	assert(script_parse(&read, "script", text, size) == 0);
	return read;
}

static struct slice
apply(const struct cfg *cfg, const struct edits *script,
    const struct settings *rules)
{
	struct edits made, again;
	char *text;
	size_t length, bad;

	assert(apply_script(cfg, script, "script", rules, &made) == 0);
	render_note_places(&made, cfg);
	/* What is said to be applied can be read again. */
	again = through_text(&made);
	edits_release(&again);
	assert(render_text(&made, cfg, &text, &length, &bad) == 0);
	edits_release(&made);
	return (struct slice){ text, length };
}

static void
same_to_server(const struct cfg *a, const struct cfg *b)
{
	for (uint32_t i = 0; i < a->lines; i++) {
		const struct cfg_line *line = a->line + i, *other;

		if (!cfg_is_live(a, line))
			continue;
		other = cfg_find(b, cfg_key(line));
		assert(other != NULL);
		assert(slice_equal(cfg_value(line), cfg_value(other)));
	}
}

/* Both ways, since -R is cfgpatch's undo. */
static void
there_and_back(struct slice a, struct slice b, const struct settings *rules)
{
	const struct diff_options options = { .rules = rules, .all = true };
	struct diff_left_out none = { 0 };
	struct cfg *old = parse(a), *new = parse(b), *made;
	struct edits edits = { 0 }, script;
	struct slice there, back;

	diff_files(&edits, old, new, &options, &none);
	render_note_places(&edits, old);
	script = through_text(&edits);
	there = apply(old, &script, rules);
	made = parse(there);
	same_to_server(made, new);
	same_to_server(new, made);
	edits_reverse(&script);
	back = apply(made, &script, rules);
	assert(slice_equal(back, a));

	free((char *)back.at);
	free((char *)there.at);
	edits_release(&script);
	edits_release(&edits);
	cfg_free(made);
	cfg_free(new);
	cfg_free(old);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct settings *rules;
	const char *text = (const char *)data;
	const char *middle = size != 0 ? memmem(text, size, "%%", 2) : NULL;
	struct slice a, b;

	if (middle == NULL || memchr(text, '\0', size) != NULL)
		return 0;
	if (rules == NULL)
		rules = settings_new(NULL);
	a = (struct slice){ text, (size_t)(middle - text) };
	b = (struct slice){ middle + 2, size - a.size - 2 };
	there_and_back(a, b, rules);
	return 0;
}
