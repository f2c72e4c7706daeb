/* SPDX-License-Identifier: MIT */
/* What merging makes of keys at the edges of the families. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cfg/script.h"
#include "pki/merge.h"
#include "util/mem.h"

static struct settings *rules;

static int
read_rules(void **state)
{
	(void)state;
	rules = settings_new(NULL);
	return rules != NULL ? 0 : -1;
}

static int
free_rules(void **state)
{
	(void)state;
	settings_free(rules);
	return 0;
}

static struct cfg *
parse(const char *text)
{
	struct cfg *cfg;

	if (text == NULL)
		return NULL;
	cfg = cfg_parse("unit", mem_dup(text, strlen(text)), strlen(text));
	assert_non_null(cfg);
	return cfg;
}

/* "+a=1 -b=2 ": the edits on one line. */
static char *
on_one_line(const struct edits *edits)
{
	char *text = NULL, *line;
	size_t size, head = strlen(SCRIPT_HEADER "\n");
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	script_print(edits, f, NULL);
	fclose(f);
	memmove(text, text + head, size - head);
	text[size - head - 2] = '\0';
	for (line = text; (line = strchr(line, '\n')) != NULL;)
		*line = ' ';
	return text;
}

#define POINT "ca.crl.P.class=c\nca.crl.P.description=d\n"
#define FLAGS "+ca.crl.P.enableCRLCache=false +ca.crl.P.enableCRLUpdates=false "

static const struct {
	const char *title;
	const char *base, *master, *clone;
	const char *prefix; /* NULL: all */
	enum merge_prefer prefer;
	enum merge_result result;
	const char *want;
} merges[] = {
	{ "nothing", NULL, "", "", NULL, 0, MERGE_DONE, "" },
	{ "in the order of keys, of UTF-16", NULL,
	    "b=\n\xef\xbf\xbd=\n\xf0\x90\x80\x80=\na=\n", "", NULL, 0,
	    MERGE_DONE, "+a= +b= +\xf0\x90\x80\x80= +\xef\xbf\xbd= " },
	{ "the empty key is a key", NULL, " \n", "", NULL, 0, MERGE_DONE,
	    "+  " },
	{ "a value's blanks count", NULL, "a=1 \n", "a=1\n", NULL, 0,
	    MERGE_DONE, "-a=1 +a=1  " },
	{ "a prefix ends anywhere", NULL, "ab=\nac=\nb=\n", "", "a", 0,
	    MERGE_DONE, "+ab= +ac= " },
	{ "a comment is none of the joined lines", NULL,
	    "a._000=## b ca.crl.x=1\n#a ca.crl.x=1\n", "", NULL, 0, MERGE_DONE,
	    "" },
	{ "nor what a later line hides", NULL, "a=1 ca.crl.x=1\na=2\n", "",
	    NULL, 0, MERGE_DONE, "+a=2 " },
	{ "nor a key at a value's start", NULL, "a=ca.crl.x=1\n", "", NULL, 0,
	    MERGE_DONE, "+a=ca.crl.x=1 " },
	{ "a joined line", NULL, "a=1 ca.crl.x=1\n", "", NULL, 0, MERGE_BAD,
	    "" },
	{ "a joined line that is not meant", NULL, "a=1 ca.crl.x=1\nb=1\n", "",
	    "b", 0, MERGE_DONE, "+b=1 " },
	{ "ca.crl.class is no issuing point", NULL, "ca.crl.class=c\n", "",
	    NULL, 0, MERGE_DONE, "+ca.crl.class=c " },
	{ "nor is a name with a dot", NULL, "ca.crl.a.b.class=c\n", "", NULL,
	    0, MERGE_DONE, "+ca.crl.a.b.class=c " },
	{ "nor an empty name", NULL, "ca.crl..class=c\n", "", NULL, 0,
	    MERGE_DONE, "+ca.crl..class=c " },
	{ "a new point", NULL, POINT, "", NULL, 0, MERGE_DONE,
	    "+ca.crl.P.class=c +ca.crl.P.description=d " FLAGS },
	{ "a new point's flag that is there stays", NULL, POINT,
	    "ca.crl.P.enableCRLCache=true\n", NULL, 0, MERGE_DONE,
	    "+ca.crl.P.class=c +ca.crl.P.description=d "
	    "+ca.crl.P.enableCRLUpdates=false " },
	{ "another class of a point makes it no new one", NULL, POINT,
	    "ca.crl.P.class=e\nca.crl.P.description=d\n", NULL, 0, MERGE_DONE,
	    "-ca.crl.P.class=e +ca.crl.P.class=c " },
	{ "a point goes whole", POINT, "", POINT "ca.crl.P.x=\nca.crl.PP.x=\n",
	    NULL, 0, MERGE_DONE,
	    "-ca.crl.P.class=c -ca.crl.P.description=d -ca.crl.P.x= " },
	{ "but not one that the clone alone has", "", "", POINT, NULL, 0,
	    MERGE_DONE, "" },
	{ "a point let go of stays away", POINT, POINT "ca.crl.P.x=1\n", "",
	    NULL, 0, MERGE_DONE, "" },
	{ "unless the master is preferred", POINT, POINT "ca.crl.P.x=1\n", "",
	    NULL, PREFER_MASTER, MERGE_DONE,
	    "+ca.crl.P.class=c +ca.crl.P.description=d " FLAGS
	    "+ca.crl.P.x=1 " },
	{ "a conflict", "a=1\n", "a=2\n", "a=3\n", NULL, 0, MERGE_CONFLICT,
	    NULL },
	{ "the same change on both sides is none", "a=1\n", "a=2\n", "a:2\n",
	    NULL, 0, MERGE_DONE, "" },
	{ "a role stays whoever is preferred", "master.ca.agent.host=a\n", "",
	    "master.ca.agent.host=b\n", NULL, PREFER_MASTER, MERGE_DONE, "" },
};

static void
test_merge(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof merges / sizeof *merges; i++) {
		char *prefixes[] = { (char *)merges[i].prefix, NULL };
		const struct merge_options options = { .rules = rules,
			.prefixes = prefixes, .all = merges[i].prefix == NULL,
			.prefer = merges[i].prefer };
		struct cfg *clone = parse(merges[i].clone);
		struct cfg *master = parse(merges[i].master);
		struct cfg *base = parse(merges[i].base);
		struct edits edits = { 0 };
		char *got;

		if (merge_files(&edits, clone, master, base, &options) !=
		    merges[i].result)
			fail_msg("%s: another result", merges[i].title);
		got = on_one_line(&edits);
		if (merges[i].want != NULL &&
		    strcmp(got, merges[i].want) != 0)
			fail_msg("%s: '%s'", merges[i].title, got);
		free(got);
		edits_release(&edits);
		cfg_free(base);
		cfg_free(master);
		cfg_free(clone);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, read_rules, free_rules);
}
