/* SPDX-License-Identifier: MIT */
/* The edges of lint: numbers, readers; the catalogue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "check/engine.h"
#include "check/check.h"
#include "util/mem.h"

/* Last: its fail() is a macro, and diag.h's is a function. */
#include <cmocka.h>

/* Each text has this code first, by line and level; NULL: none at all. */
static const struct {
	const char *text, *code;
} files[] = {
	{ "", NULL },
	{ "ca.crl.pageSize=2147483647\n", NULL },
	{ "ca.crl.pageSize=2147483648\n", "int-value" },
	{ "ca.crl.pageSize=-2147483648\n", NULL },
	{ "ca.crl.pageSize=-2147483649\n", "int-value" },
	{ "ca.crl.pageSize=+7\n", NULL },
	{ "ca.crl.pageSize=+\n", "int-value" },
	{ "ca.crl.pageSize=99999999999999999999999\n", "int-value" },
	{ "ca.crl.pageSize=\n", NULL },
	{ "ca.listenToCloneModifications=TRUE\n", NULL },
	{ "ca.listenToCloneModifications=1\n", "bool-value" },
	{ "ca.listenToCloneModifications=true ", "bool-blank" },
	{ "ca.listenToCloneModificationsX=1\n", "unknown-key" },
	{ "a.signedAudit:_000=##\na.signedAudit:_001=## x\n", NULL },
	{ "a.signedAudit:_000=##\na.signedAudit:_000=##\n", "dup-same" },
	{ "a._000=##\na._000=## x\n", NULL },
	{ "a.signedAudit:_000=##\na.signedAudit=x\n", "dup-key" },
	{ "a.signedAudit:_00=##\n", "read-colon" },
	{ "a._000=## ca.connector.KRA.host=x\n", NULL },
	{ "a=b\\\n", NULL },
	{ "a=b\\", NULL },
	{ "=", "read-blank" },
	{ "dbs.beginSerialNumber=ff\ndbs.endSerialNumber=100\n", NULL },
	{ "dbs.beginSerialNumber=100\ndbs.endSerialNumber=ff\n",
	    "range-depleted" },
	{ "dbs.beginSerialNumber=1\ndbs.cert.id.generator=legacy2\n"
	  "dbs.endSerialNumber=0x10\n", NULL },
	{ "dbs.cert.id.generator=random\ndbs.endSerialNumber=xyz\n", NULL },
	{ "dbs.nextBeginSerialNumber=-1\n", NULL },
	{ "dbs.nextBeginSerialNumber=1\n", "range-half" },
	{ "ca.crl.A.class=x\nca.crl.A.description=x\n", NULL },
	{ "ca.crl._000=x\nca.crl.pageSize=1\n", NULL },
	{ "ca.connector.KRA._000=x\n", NULL },
	{ "ca.connector.KRA.certRevocationCheck=false\n", "conn-part" },
	{ "ca.connector.KRA.enable=false\n", "conn-off" },
	{ "master.ca.agent.host=\nmaster.ca.agent.port=\n", NULL },
};

static void
test_first_finding(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct cfg *cfg = cfg_parse("unit",
		    mem_dup(files[i].text, strlen(files[i].text)),
		    strlen(files[i].text));
		struct settings *rules = settings_new(NULL);
		struct findings found = { 0 };
		struct check_file l = { .cfg = cfg, .rules = rules,
			.found = &found };

		engine_file(&l);
		if (files[i].code == NULL) {
			if (found.count != 0)
				fail_msg("'%s': %s", files[i].text,
				    found.item[0].is->code);
		} else {
			assert_int_not_equal(found.count, 0);
			assert_string_equal(found.item[0].is->code,
			    files[i].code);
		}
		findings_release(&found);
		settings_free(rules);
		cfg_free(cfg);
	}
}

static void
test_comments(void **state)
{
	(void)state;
	assert_true(syntax_is_comment(slice_of("_000")));
	assert_true(syntax_is_comment(slice_of("a.b._123")));
	assert_false(syntax_is_comment(slice_of("a.b_123")));
	assert_false(syntax_is_comment(slice_of("a._12")));
	assert_false(syntax_is_comment(slice_of("a._12x")));
	assert_false(syntax_is_comment(slice_of("")));
}

static void
test_catalogue(void **state)
{
	(void)state;
	assert_null(catalogue_find("no-such"));
	assert_null(catalogue_find(""));
	assert_string_equal(catalogue_find("CRL-NPE")->code, "crl-npe");
	for (size_t i = 0; i < catalogue_count; i++) {
		const struct catalogue_entry *entry = &catalogue[i];

		assert_ptr_equal(catalogue_find(entry->code), entry);
		assert_false(catalogue_is_ignored(entry));
		assert_non_null(entry->summary);
		assert_non_null(entry->why);
		assert_non_null(entry->fix);
		assert_non_null(entry->source);
		assert_true(i == 0 ||
		    strcmp(catalogue[i - 1].code, entry->code) < 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_finding),
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_catalogue),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
