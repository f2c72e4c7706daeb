/* SPDX-License-Identifier: MIT */
/* The word that was meant, and the key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cfg/known.h"
#include "util/spell.h"

static void
test_nearest(void **state)
{
	static const char *const known[] = { "host", "hosts", "port", "enable",
		"enableCRLUpdates", "listen" };
	static const struct {
		const char *word, *meant; /* NULL: none */
		size_t most;
	} row[] = {
		{ "hots", "host", 0 },
		{ "HOST", "host", 0 },
		{ "hostss", "hosts", 0 },
		{ "enabl", "enable", 0 },
		{ "enalbe", "enable", 0 },
		{ "enableCRLUpdate", "enableCRLUpdates", 0 },
		{ "enabelCRLUpdtes", "enableCRLUpdates", 2 },
		{ "enabelCRLUpdtes", NULL, 1 },
		{ "zzzz", NULL, 0 },
		{ "", NULL, 0 },
		{ "x", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct spell s;

		spell_begin(&s, slice_of(row[i].word), row[i].most);
		for (size_t j = 0; j < sizeof known / sizeof *known; j++)
			spell_try(&s, slice_of(known[j]));
		if (row[i].meant == NULL)
			assert_null(s.nearest.at);
		else
			assert_string_equal(s.nearest.at, row[i].meant);
	}
}

static void
test_keys(void **state)
{
	static const char *const known[] = { "dbs.enableSerialManagement",
		"ca.crl.Own.enableCRLUpdates", "log.instance.X.maxFileSize",
		"machineName", "subsystem.9.class",
		"op.enroll.mine.keyGen.k.keySize",
		"internaldb.ldapauth.password" };
	static const char *const unknown[] = { "", ".", "ca", "ca.", "ca.crl",
		"ca.crl.Own", "ca.crl.Own.enableCRLUpdates.", "*",
		"ca.crl.Own.enableCRLUpdate", "mine.own.key" };

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		assert_true(known_key(slice_of(known[i])));
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		assert_false(known_key(slice_of(unknown[i])));
}

static void
test_near_keys(void **state)
{
	static const struct {
		const char *key, *meant; /* NULL: none */
	} row[] = {
		{ "ca.crl.Own.enableCRLUpdate", "ca.crl.Own.enableCRLUpdates" },
		{ "machinename", "machineName" },
		{ "log.instance.X.maxFilSize", "log.instance.X.maxFileSize" },
		{ "ca.crl.Own.x.enableCRLUpdate", NULL },
		{ "mine.own.key", NULL },
		{ "ra.cert.list", NULL },
		{ "dbs.enableSerialManagment", "dbs.enableSerialManagement" },
		{ "cloning.module9.commonName", NULL },
	};
	struct buf near = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		const bool found = known_nearest(slice_of(row[i].key), &near);

		assert_int_equal(found, row[i].meant != NULL);
		if (found)
			assert_true(slice_equal(buf_slice(&near),
			    slice_of(row[i].meant)));
	}
	buf_release(&near);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_near_keys),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
