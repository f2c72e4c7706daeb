/* SPDX-License-Identifier: MIT */
/* Master or clone, issuing points, OCSP publishers: what is read, and what
 * becomes of a file that is flipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cfg/render.h"
#include "cfg/script.h"
#include "pki/publisher.h"
#include "pki/role.h"
#include "util/mem.h"

#define POINT(ip) "ca.crl." ip ".class=C\nca.crl." ip ".description=D\n"
#define CA "cs.type=CA\n"
#define MASTER CA POINT("M")
#define CLONE                                                                  \
	CA "ca.certStatusUpdateInterval=0\n" POINT("M")                        \
	   "ca.crl.M.enableCRLCache=false\nca.crl.M.enableCRLUpdates=false\n"  \
	   "ca.listenToCloneModifications=false\n"

static struct cfg *
parse(const char *text)
{
	struct cfg *cfg =
	    cfg_parse("unit", mem_dup(text, strlen(text)), strlen(text));

	assert_non_null(cfg);
	return cfg;
}

static const struct {
	const char *text;
	enum role_kind kind;
} reads[] = {
	{ "", ROLE_NONE },
	{ "cs.type=KRA\nca.certStatusUpdateInterval=0\n", ROLE_NONE },
	{ MASTER, ROLE_MASTER },
	{ CLONE, ROLE_CLONE },
	{ "ca.cert.list=signing\n", ROLE_MASTER }, /* no cs.type since 11.6 */
	{ "cs.type=ca\n", ROLE_MASTER },
	{ MASTER "ca.certStatusUpdateInterval=0\n", ROLE_MIXED },
	{ MASTER "ca.certStatusUpdateInterval=\n", ROLE_MASTER },
	{ MASTER "ca.certStatusUpdateInterval=+600\n", ROLE_MASTER },
	{ MASTER "ca.certStatusUpdateInterval=-1\n", ROLE_MASTER },
	{ CLONE "ca.certStatusUpdateInterval=00\n", ROLE_CLONE },
	{ CLONE "ca.certStatusUpdateInterval=0 \n", ROLE_MIXED },
	{ CLONE "ca.certStatusUpdateInterval=0x0\n", ROLE_MIXED },
	{ CLONE "ca.certStatusUpdateInterval=-\n", ROLE_MIXED },
	{ MASTER "ca.certStatusUpdateInterval=2147483647\n", ROLE_MASTER },
	{ MASTER "ca.certStatusUpdateInterval=2147483648\n", ROLE_MIXED },
	{ MASTER "ca.certStatusUpdateInterval=99999999999999999999\n",
	    ROLE_MIXED },
	{ CLONE "ca.crl.M.enableCRLCache=FALSE\n", ROLE_CLONE },
	{ CLONE "ca.crl.M.enableCRLCache=no\n", ROLE_MIXED },
	{ CLONE "ca.crl.M.enableCRLCache=\n", ROLE_MIXED }, /* default true */
	{ CLONE "ca.crl.M.enableCRLCache=true\n", ROLE_MIXED },
	{ CLONE "ca.crl.M.enable=false\nca.crl.M.enableCRLCache=true\n",
	    ROLE_CLONE }, /* what is off says nothing */
	{ CLONE POINT("N"), ROLE_MIXED },
	{ CLONE "ca.crl.pageSize=100\nca.crl._000=##\n", ROLE_CLONE },
	{ CLONE "ca.listenToCloneModifications=true\n", ROLE_CLONE },
	{ CLONE "ca.listenToCloneModifications=maybe\n", ROLE_MIXED },
	{ MASTER "master.ca.agent.host=h\nmaster.ca.agent.port=1\n",
	    ROLE_MASTER },
	{ "cs.type=OCSP\n", ROLE_MASTER },
	{ "cs.type=OCSP\nocsp.store.defStore.refreshInSec=1\n", ROLE_CLONE },
	{ "cs.type=OCSP\nocsp.store.defStore.refreshInSec=0\n", ROLE_MASTER },
	{ "cs.type=OCSP\nocsp.store.defStore.refreshInSec=1 \n", ROLE_MIXED },
	{ "cs.type=OCSP\nOCSP.Responder.store.defStore.refreshInSec=21600\n",
	    ROLE_MASTER },
};

static enum role_kind
kind_of(const struct cfg *cfg)
{
	struct role role;
	enum role_kind kind;

	role_read(&role, cfg);
	kind = role.kind;
	role_release(&role);
	return kind;
}

static void
test_reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
		struct cfg *cfg = parse(reads[i].text);

		if (kind_of(cfg) != reads[i].kind)
			fail_msg("%s: %s", reads[i].text,
			    role_name(kind_of(cfg)));
		cfg_free(cfg);
	}
}

static void
test_points(void **state)
{
	static const char text[] = "ca.crl.pageSize=1\nca.crl._000=#\n"
				   "ca.crl.=x\nca.crl..a=x\nca.crl=r\n"
				   "ca.crl.B.a=1\nca.crl.A.b.c=1\n"
				   "ca.crlX.C.a=1\nca.crl.B.b=1\n"
				   "CA.crl.D.a=1\nca.crl.b.a=1\n"
				   "ca.crl.A.enable=FALSE\n"
				   "ca.crl.B.enable=\nca.crl.b.enable=on\n";
	static const char *const want[] = { "B", "A", "b" };
	static const bool on[] = { true, false, true };
	struct cfg *cfg = parse(text);
	struct issuing points;

	(void)state;
	issuing_find(&points, cfg);
	assert_int_equal(points.count, 3);
	for (size_t i = 0; i < 3; i++) {
		char *key = issuing_key(points.name[i], "x");

		assert_true(slice_equal(points.name[i], slice_of(want[i])));
		assert_int_equal(issuing_bool(cfg, points.name[i], "enable"),
		    on[i]);
		assert_string_equal(issuing_lacks(cfg, points.name[i]),
		    "class");
		assert_int_equal(strlen(key), strlen("ca.crl.A.x"));
		free(key);
	}
	issuing_release(&points);
	cfg_free(cfg);
	cfg = parse(POINT("A"));
	assert_null(issuing_lacks(cfg, slice_of("A")));
	cfg_free(cfg);
	cfg = parse("ca.crl.A.class=x\n");
	assert_string_equal(issuing_lacks(cfg, slice_of("A")), "description");
	cfg_free(cfg);
}

/* Files of all sorts that can be flipped. */
static const char *const files[] = {
	MASTER, CLONE, CA,
	MASTER POINT("N") "ca.crl.N.enable=false\nca.crl.pageSize=10\n",
	CLONE POINT("N") "ca.crl._000=##\nca.crl._001=## points\n",
	MASTER "ca.certStatusUpdateInterval=60\nmaster.ca.agent.host=h\n"
	       "master.ca.agent.port=1\n",
	("# comment\r\n" MASTER "ca.crl.M.enableCRLCache = TRUE\r\n"
	"ca.crl.M.enableCRLCache=no\n\nlast=1"),
	CLONE "ca.certStatusUpdateInterval=600 \n",
	CLONE "ca.listenToCloneModifications=\\\n  true\n",
	"cs.type=OCSP\n",
	"cs.type=OCSP\nocsp.store.defStore.refreshInSec=60\n"
	"OCSP.Responder.store.defStore.refreshInSec=1\n",
	"cs.type=OCSP\nocsp.store.defStore.refreshInSec=60 \n",
};

static struct cfg *
apply(struct edits *edits, const struct cfg *cfg)
{
	char *text;
	size_t size, bad;
	struct cfg *made;

	render_note_places(edits, cfg);
	assert_int_equal(render_text(edits, cfg, &text, &size, &bad), 0);
	made = cfg_parse("made", text, size);
	assert_non_null(made);
	return made;
}

/* By way of the text of the edits, as cfgpatch -R reads it. */
static void
take_back(const struct edits *edits, const struct cfg *made,
    const struct cfg *cfg)
{
	struct settings *rules = settings_new(NULL);
	struct edits script, back;
	char *text = NULL;
	size_t size, bad;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	script_print(edits, f, NULL);
	fclose(f);
	assert_int_equal(script_parse(&script, "script", text, size), 0);
	edits_reverse(&script);
	assert_int_equal(apply_script(made, &script, "script", rules, &back),
	    0);
	assert_int_equal(render_text(&back, made, &text, &size, &bad), 0);
	assert_int_equal(size, cfg->size);
	assert_memory_equal(text, cfg->text, size);
	free(text);
	edits_release(&back);
	edits_release(&script);
	settings_free(rules);
}

/* What cfg is once it is flipped, by laws that hold for each. */
static struct cfg *
flip(const struct cfg *cfg, const struct role_wanted *wanted)
{
	struct edits edits = { 0 }, none = { 0 };
	struct cfg *made;
	struct role role;

	role_read(&role, cfg);
	assert_int_equal(role_edits(&edits, cfg, &role, wanted), 0);
	role_release(&role);
	made = apply(&edits, cfg);
	assert_int_equal(kind_of(made), wanted->kind);

	role_read(&role, made);
	assert_int_equal(role_edits(&none, made, &role, wanted), 0);
	role_release(&role);
	assert_int_equal(none.count, 0);
	edits_release(&none);

	take_back(&edits, made, cfg);
	edits_release(&edits);
	return made;
}

static void
test_flips(void **state)
{
	const struct role_wanted to[] = {
		{ .kind = ROLE_CLONE },
		{ .kind = ROLE_MASTER },
		{ .kind = ROLE_CLONE, .disable_points = true },
		{ .kind = ROLE_MASTER, .default_absent = true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct cfg *cfg = parse(files[i]);

		for (size_t t = 0; t < sizeof to / sizeof *to; t++)
			if (cfg->size != 0 &&
			    (t < 2 || strstr(files[i], "OCSP") == NULL))
				cfg_free(flip(cfg, &to[t]));
		cfg_free(cfg);
	}
}

static void
test_there_and_back(void **state)
{
	const struct role_wanted master = { .kind = ROLE_MASTER };
	const struct role_wanted clone = { .kind = ROLE_CLONE };

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct cfg *cfg = parse(files[i]), *once = NULL;

		for (int round = 0; round < 3; round++) {
			struct cfg *m = flip(cfg, &master);

			cfg_free(cfg);
			cfg = flip(m, &clone);
			cfg_free(m);
			if (round == 0) {
				once = parse(cfg->text);
				continue;
			}
			assert_int_equal(cfg->size, once->size);
			assert_memory_equal(cfg->text, once->text, cfg->size);
		}
		cfg_free(once);
		cfg_free(cfg);
	}
}

#define P PUBLISHER_PREFIX
#define R PUBLISHER_RULE_PREFIX

static const struct {
	const char *before, *after;
} moves[] = {
	{ P "OCSPPublisher-a-b-1.host=a.b\n" P
	    "OCSPPublisher-a-b-1.pluginName=OCSPPublisher\n" P
	    "OCSPPublisher-a-b-1.port=1\n" R
	    "ocsprule-a-b-1.publisher=OCSPPublisher-a-b-1\n",
	    P "OCSPPublisher-c-d-2.host=c.d\n" P
	    "OCSPPublisher-c-d-2.pluginName=OCSPPublisher\n" P
	    "OCSPPublisher-c-d-2.port=2\n" R
	    "ocsprule-c-d-2.publisher=OCSPPublisher-c-d-2\n" },
	/* Its own name; rules of others; the name's beginning alone. */
	{ P "x.host=a.b\n" P "x.pluginName=OCSPPublisher\n" P "x.port=1\n" P
	    "xy.host=a.b\n" R "r.publisher=xy\n" R "s.publisher=x\n",
	    P "x.host=c.d\n" P "x.pluginName=OCSPPublisher\n" P "x.port=2\n" P
	    "xy.host=a.b\n" R "r.publisher=xy\n" R "s.publisher=x\n" },
	/* What is there stays. */
	{ P "OCSPPublisher-a-b-1.host=a.b\n" P
	    "OCSPPublisher-a-b-1.path=/old\n" P
	    "OCSPPublisher-a-b-1.pluginName=OCSPPublisher\n" P
	    "OCSPPublisher-a-b-1.port=1\n" P
	    "OCSPPublisher-c-d-2.path=/new\n",
	    P "OCSPPublisher-c-d-2.host=c.d\n" P
	    "OCSPPublisher-c-d-2.path=/new\n" P
	    "OCSPPublisher-c-d-2.pluginName=OCSPPublisher\n" P
	    "OCSPPublisher-c-d-2.port=2\n" },
};

static void
test_publishers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
		struct cfg *cfg = parse(moves[i].before), *made;
		struct edits edits = { 0 };
		struct publishers all;

		publishers_find(&all, cfg);
		assert_int_equal(all.count, 1);
		assert_true(
		    slice_equal(all.publisher[0].host, slice_of("a.b")));
		assert_int_equal(publisher_move(&edits, cfg,
				     &all.publisher[0], slice_of("c.d"),
				     slice_of("2")), 0);
		made = apply(&edits, cfg);
		assert_string_equal(made->text, moves[i].after);
		cfg_free(made);
		edits_release(&edits);
		publishers_release(&all);
		cfg_free(cfg);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "a file's role, by all of its keys", test_reads, NULL, NULL,
		    NULL },
		{ "issuing points are what has a dot", test_points, NULL, NULL,
		    NULL },
		{ "flipped, nothing is left to do, and -R is the same bytes",
		    test_flips, NULL, NULL, NULL },
		{ "there and back twice is once", test_there_and_back, NULL,
		    NULL, NULL },
		{ "a publisher and its rules move together", test_publishers,
		    NULL, NULL, NULL },
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("", tests, NULL, NULL);
}
