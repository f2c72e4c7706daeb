/* SPDX-License-Identifier: MIT */
/* The edges of lint: numbers, readers, what logs say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "check/lint.h"
#include "check/lintread.h"
#include "check/lintwhy.h"
#include "util/mem.h"

/* Last: its fail() is a macro, and diag.h's is a function. */
#include <cmocka.h>

/* Each text has this code first, by line and level; NULL: none at all. */
static const struct {
	const char *text, *code;
} files[] = {
	{ "", NULL },
	{ "ca.crl.pageSize=2147483647\n", NULL },
	{ "ca.crl.pageSize=2147483648\n", "INT-VALUE" },
	{ "ca.crl.pageSize=-2147483648\n", NULL },
	{ "ca.crl.pageSize=-2147483649\n", "INT-VALUE" },
	{ "ca.crl.pageSize=+7\n", NULL },
	{ "ca.crl.pageSize=+\n", "INT-VALUE" },
	{ "ca.crl.pageSize=99999999999999999999999\n", "INT-VALUE" },
	{ "ca.crl.pageSize=\n", NULL },
	{ "ca.listenToCloneModifications=TRUE\n", NULL },
	{ "ca.listenToCloneModifications=1\n", "BOOL-VALUE" },
	{ "ca.listenToCloneModifications=true ", "BOOL-BLANK" },
	{ "ca.listenToCloneModificationsX=1\n", NULL },
	{ "a.signedAudit:_000=##\na.signedAudit:_001=## x\n", "DUP-SAME" },
	{ "a.signedAudit:_00=##\n", "READ-COLON" },
	{ "a._000=## ca.connector.KRA.host=x\n", NULL },
	{ "a=b\\\n", "READ-JOIN" },
	{ "a=b\\", "READ-JOIN" },
	{ "=", "READ-BLANK" },
	{ "dbs.beginSerialNumber=ff\ndbs.endSerialNumber=100\n", NULL },
	{ "dbs.beginSerialNumber=100\ndbs.endSerialNumber=ff\n",
	    "RANGE-ORDER" },
	{ "dbs.beginSerialNumber=1\ndbs.cert.id.generator=legacy2\n"
	  "dbs.endSerialNumber=0x10\n", NULL },
	{ "dbs.cert.id.generator=random\ndbs.endSerialNumber=xyz\n", NULL },
	{ "dbs.nextBeginSerialNumber=-1\n", NULL },
	{ "dbs.nextBeginSerialNumber=1\n", "RANGE-HALF" },
	{ "ca.crl.A.class=x\nca.crl.A.description=x\n", NULL },
	{ "ca.crl._000=x\nca.crl.pageSize=1\n", NULL },
	{ "ca.connector.KRA._000=x\n", NULL },
	{ "ca.connector.KRA.certRevocationCheck=false\n", "CONN-PART" },
	{ "ca.connector.KRA.enable=false\n", "CONN-OFF" },
	{ "master.ca.agent.host=\nmaster.ca.agent.port=\n", NULL },
};

static void
test_first_finding(void **state)
{
	static const bool none[LINT_CODES];

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct cfg *cfg = cfg_parse("unit",
		    mem_dup(files[i].text, strlen(files[i].text)),
		    strlen(files[i].text));
		struct settings *rules = settings_new(NULL);
		struct findings found = { 0 };
		struct lintfile l = { .cfg = cfg, .rules = rules,
			.ignored = none, .found = &found };

		lint_check(&l);
		if (files[i].code == NULL) {
			if (found.count != 0)
				fail_msg("'%s': %s", files[i].text,
				    found.item[0].code);
		} else {
			assert_int_not_equal(found.count, 0);
			assert_string_equal(found.item[0].code,
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
	assert_true(lintread_is_comment(slice_of("_000")));
	assert_true(lintread_is_comment(slice_of("a.b._123")));
	assert_false(lintread_is_comment(slice_of("a.b_123")));
	assert_false(lintread_is_comment(slice_of("a._12")));
	assert_false(lintread_is_comment(slice_of("a._12x")));
	assert_false(lintread_is_comment(slice_of("")));
}

static void
test_explaining(void **state)
{
	const struct lintcode *code;

	(void)state;
	assert_null(lintcode_find("NO-SUCH"));
	assert_null(lintcode_find(""));
	assert_ptr_equal(lintcode_find("crl-npe"), &lintcodes[LINT_CRL_NPE]);
	assert_null(lintcode_explains(NULL, ""));
	assert_null(lintcode_explains(NULL, "null"));
	code = lintcode_explains(NULL, "x: java.lang.NULLPOINTEREXCEPTION");
	assert_ptr_equal(code, &lintcodes[LINT_CRL_NPE]);
	assert_null(lintcode_explains(code, "NullPointerException"));
	for (size_t i = 0; i < LINT_CODES; i++)
		assert_non_null(lintwhy[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_finding),
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_explaining),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
