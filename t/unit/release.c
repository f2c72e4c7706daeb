/* SPDX-License-Identifier: MIT */
/* Which release a file belongs to, and what can be asked of that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cfg/release.h"

static struct release
of_text(const char *text)
{
	char *copy = strdup(text);
	struct cfg *cfg;
	struct release release;

	assert_non_null(copy);
	cfg = cfg_parse("CS.cfg", copy, strlen(copy));
	assert_non_null(cfg);
	release = release_of(cfg);
	cfg_free(cfg);
	return release;
}

static void
reads_what_packages_and_products_say(void **state)
{
	static const struct {
		const char *text;
		uint32_t first, last;
	} good[] = {
		{ "10.5.18", RELEASE(10, 5, 18), RELEASE(10, 5, 18) },
		{ "10.5", RELEASE(10, 5, 0), RELEASE(10, 5, 999) },
		{ "11.6.0-1.el9", RELEASE(11, 6, 0), RELEASE(11, 6, 0) },
		{ "11.0.0.a1", RELEASE(11, 0, 0), RELEASE(11, 0, 0) },
		{ "9.0", RELEASE(9, 0, 0), RELEASE(9, 0, 999) },
		{ "RHCS9", RELEASE(10, 2, 0), RELEASE(10, 5, 999) },
		{ "rhcs10", RELEASE(10, 8, 0), RELEASE(10, 15, 999) },
	};
	static const char *const bad[] = { "", "10", "10.", ".5", "ten",
		"10.5.", "10.5x", "10.1000", "0.0", "@APPLICATION_VERSION@" };
	struct release release;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(release_parse(&release, slice_of(good[i].text)));
		assert_int_equal(release.first, good[i].first);
		assert_int_equal(release.last, good[i].last);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(release_parse(&release, slice_of(bad[i])));
}

static void
takes_what_a_file_says(void **state)
{
	static const struct {
		const char *text, *said;
	} files[] = {
		{ "", "any release" },
		{ "cms.version=9.0\n", "Dogtag 9.0" },
		/* What upgraded it later wrote that elsewhere. */
		{ "cms.product.version=10.8.3\n", "Dogtag 10.8.3 or later" },
		{ "cms.product.version=10.8.3\ncms.version=10.8\ncs.type=CA\n",
		    "Dogtag 10.8.3 or later, before 11.6" },
		{ "cms.version=10.6\ninstanceRoot=/x\n",
		    "Dogtag 10.6 or later, before 11.4" },
		{ "service.securePort=8443\n", "Dogtag before 11.3" },
		{ "pkicreate.pki_instance_name=a\ncs.type=CA\n",
		    "Dogtag before 11.3" },
		/* Put back by hand: what the release says counts. */
		{ "cms.product.version=11.6.0\ncs.type=CA\n",
		    "Dogtag 11.6 or later" },
		{ "cms.product.version=@APPLICATION_VERSION@\n",
		    "any release" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char *said = release_text(of_text(files[i].text));

		assert_string_equal(said, files[i].said);
		free(said);
	}
}

static void
answers_no_more_than_it_knows(void **state)
{
	struct release old = { RELEASE(10, 5, 18), RELEASE(10, 5, 18) };
	struct release file = { RELEASE(10, 8, 3), RELEASE(11, 5, 999) };

	(void)state;
	assert_int_equal(release_before(old, RELEASE(10, 11, 0)), RELEASE_YES);
	assert_int_equal(release_before(old, RELEASE(10, 5, 18)), RELEASE_NO);
	assert_int_equal(
	    release_before(file, RELEASE(10, 11, 0)), RELEASE_MAYBE);
	assert_int_equal(release_before(file, RELEASE(11, 6, 0)), RELEASE_YES);
	assert_int_equal(
	    release_before(release_any, RELEASE(1, 0, 0)), RELEASE_MAYBE);
	assert_int_equal(
	    release_within(file, RELEASE(10, 8, 0), RELEASE(11, 5, 999)),
	    RELEASE_YES);
	assert_int_equal(
	    release_within(file, RELEASE(11, 6, 0), RELEASE_LAST), RELEASE_NO);
	assert_int_equal(release_within(file, RELEASE(11, 0, 0), RELEASE_LAST),
	    RELEASE_MAYBE);
	assert_true(release_is_known(old));
	assert_false(release_is_known(file));
	assert_false(release_is_known(release_any));
}

static void
takes_both_of_two_sources(void **state)
{
	struct release file = { RELEASE(10, 8, 3), RELEASE_LAST };
	struct release instance = { RELEASE(11, 6, 0), RELEASE(11, 6, 0) };
	struct release other = { RELEASE(10, 5, 0), RELEASE(10, 5, 999) };
	struct release both = release_both(file, instance);

	(void)state;
	assert_int_equal(both.first, instance.first);
	assert_int_equal(both.last, instance.last);
	both = release_both(file, other);
	assert_int_equal(both.first, other.first);
	assert_int_equal(both.last, other.last);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_packages_and_products_say),
		cmocka_unit_test(takes_what_a_file_says),
		cmocka_unit_test(answers_no_more_than_it_knows),
		cmocka_unit_test(takes_both_of_two_sources),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
