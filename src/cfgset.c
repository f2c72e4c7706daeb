/* SPDX-License-Identifier: MIT */
/*
 * cfgset - make edits that set or delete keys
 *
 * in:	CS.cfg; KEY=VALUE operands, or lines (-f)
 * out:	edits
 */
#include <stdlib.h>

#include "cfg/known.h"
#include "pki/editfile.h"
#include "util/cli.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/slurp.h"

struct wish {
	struct slice key, value; /* value.at NULL: the key goes */
};

struct wishes {
	const struct settings *rules;
	struct wish *wish;
	uint32_t count, room;
	struct hashmap keys;
	bool new_keys; /* may be any */
};

static struct slice
wish_key(const void *arg, uint32_t number)
{
	const struct wishes *w = arg;

	return w->wish[number].key;
}

static bool
same_wish(struct slice a, struct slice b)
{
	return (a.at == NULL) == (b.at == NULL) &&
	    (a.at == NULL || slice_equal(a, b));
}

static int
add_wish(struct wishes *w, struct slice key, struct slice value)
{
	uint32_t i = hashmap_add(&w->keys, key, w->count);

	if (i != w->count)
		return same_wish(w->wish[i].value, value) ? 0 :
		    fail("'%.*s' is given twice", SLICE_ARG(key));
	MEM_GROW(w->wish, w->count, w->room);
	w->wish[w->count++] = (struct wish){ key, value };
	return 0;
}

/* KEY=VALUE as an operand: the key ends at the first '='. */
static int
add_operand(struct wishes *w, const char *operand)
{
	size_t size = strcspn(operand, "=");
	struct slice key = { operand, size }, value;

	if (size == 0)
		return fail("no key before '=': '%s'", operand);
	if (operand[size] == '\0')
		return fail("not KEY=VALUE: '%s' (-d KEY deletes)", operand);
	value = slice_of(operand + size + 1);
	if (settings_hides(w->rules, key, value))
		return fail("'%.*s' is a secret, and other users see the "
			    "command line: give it in a file, with -f",
		    SLICE_ARG(key));
	return add_wish(w, key, value);
}

static int
add_all(struct wishes *w, const char **operands, char **deleted,
    const struct cfg *lines)
{
	for (; *operands != NULL; operands++)
		if (add_operand(w, *operands) < 0)
			return -1;
	for (; deleted != NULL && *deleted != NULL; deleted++)
		if (add_wish(w, slice_of(*deleted), (struct slice){ 0 }) < 0)
			return -1;
	for (uint32_t i = 0; lines != NULL && i < lines->lines; i++)
		if (cfg_is_live(lines, lines->line + i) &&
		    add_wish(w, cfg_key(lines->line + i),
			cfg_value(lines->line + i)) < 0)
			return -1;
	return 0;
}

/* A key that is new in the file, and that no release has, may be mistyped. */
static void
check_new(const struct cfg *cfg, struct slice key)
{
	struct buf known = { 0 };
	struct slice near = { NULL, 0 };

	if (cfg_find(cfg, key) != NULL || known_key(key))
		return;
	if (known_nearest(key, &known))
		near = buf_slice(&known);
	else
		near = known_nearest_in(cfg, key);
	if (near.at != NULL)
		say("%s: warning: no release reads '%.*s': is '%.*s' meant? "
		    "(--new-key if not)", cfg->file, SLICE_ARG(key),
		    SLICE_ARG(near));
	buf_release(&known);
}

static int
make_edits(const struct wishes *w, const struct editfile *f,
    struct edits *edits)
{
	for (uint32_t i = 0; i < w->count; i++) {
		struct slice key = w->wish[i].key;
		const struct setting *unread = settings_unread(f->rules, key);
		const char *why;

		if (w->wish[i].value.at == NULL) {
			edits_delete(edits, f->cfg, key);
			continue;
		}
		if (edits_set(edits, f->cfg, key, w->wish[i].value, &why) < 0)
			return fail("cannot set '%.*s': %s", SLICE_ARG(key),
			    why);
		if (unread != NULL)
			say("no server reads '%.*s': %.*s", SLICE_ARG(key),
			    SLICE_ARG(unread->remark));
		else if (!w->new_keys)
			check_new(f->cfg, key);
	}
	if (f->cfg->ordered)
		edits_order_by_key(edits);
	return 0;
}

static int
run(const struct editfile_options *options, const char **operands,
    char **deleted, const struct cfg *lines, bool new_keys)
{
	struct editfile f;
	struct edits edits = { 0 };
	struct wishes w = { .new_keys = new_keys };
	int status = STATUS_ERROR;

	if (editfile_open(&f, operands[0], options) < 0)
		return STATUS_ERROR;
	w.rules = f.rules;
	hashmap_init(&w.keys, 0, wish_key, &w);
	if (add_all(&w, operands + 1, deleted, lines) == 0 &&
	    make_edits(&w, &f, &edits) == 0)
		status = editfile_finish(&f, &edits);
	hashmap_release(&w.keys);
	free(w.wish);
	edits_release(&edits);
	editfile_close(&f);
	return status;
}

int
main(int argc, char **argv)
{
	struct editfile_options file = EDITFILE_DEFAULTS;
	char **deleted = NULL, *lines_file = NULL;
	int new_keys = 0;
	const struct poptOption options[] = {
		{ "delete", 'd', POPT_ARG_ARGV, &deleted, 0,
		  "delete KEY; can be repeated", "KEY" },
		{ "from-file", 'f', POPT_ARG_STRING, &lines_file, 0,
		  "set the keys in the file LINES; required for secrets",
		  "LINES" },
		{ "new-key", '\0', POPT_ARG_NONE, &new_keys, 0,
		  "do not warn of a key that looks mistyped", NULL },
		EDITFILE_OPTIONS(file),
		CLI_COMMON_OPTIONS,
		POPT_TABLEEND
	};
	const struct cli_help help = { "FILE [KEY=VALUE...]", "\
Prints edits for cfgpatch(1); with -i, edits FILE.  Examples:\n\
\n\
  cfgset CS.cfg ca.listenToCloneModifications=true | cfgpatch -i CS.cfg\n\
  cfgset -i CS.cfg -d master.ca.agent.host -d master.ca.agent.port\n\
\n\
Status: 0 done or nothing to do, 1 refused, 2 error.\n", 1, -1 };
	const char **operands = cli_parse(argc, argv, options, &help);
	struct cfg *lines = NULL;
	int status;

	if (slurp_is_stdin(lines_file) && slurp_is_stdin(operands[0]))
		cli_usage("standard input cannot be both FILE and LINES");
	if (lines_file != NULL && (lines = cfg_read(lines_file)) == NULL)
		return STATUS_ERROR;
	status = run(&file, operands, deleted, lines, new_keys != 0);
	if (lines != NULL)
		explicit_bzero(lines->text, lines->size);
	cfg_free(lines);
	return status;
}
