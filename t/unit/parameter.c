/* SPDX-License-Identifier: MIT */
/* What pkispawn knows of its parameters, by release. */
#include "scratch.h"

#include "pki/parameter.h"
#include "util/mem.h"

#define ONE(major, minor)                                                      \
	{                                                                      \
		RELEASE(major, minor, 0), RELEASE(major, minor, 999)           \
	}
#define FROM(major, minor)                                                     \
	{                                                                      \
		RELEASE(major, minor, 0), RELEASE_LAST                         \
	}
#define ALL                                                                    \
	{                                                                      \
		RELEASE_NONE, RELEASE_LAST                                     \
	}

static const struct {
	const char *name, *subsystem;
	struct release release;
	enum release_answer known;
} known[] = {
	{ "pki_ds_url", "CA", ONE(11, 4), RELEASE_NO },
	{ "pki_ds_url", "CA", ONE(11, 5), RELEASE_YES },
	{ "pki_ds_url", "CA", FROM(11, 5), RELEASE_YES },
	{ "pki_ds_url", "CA", ALL, RELEASE_MAYBE },
	{ "pki_ds_url", NULL, FROM(11, 4), RELEASE_MAYBE },
	/* Two runs of releases, and a gap. */
	{ "pki_cert_id_generator", "CA", ONE(10, 12), RELEASE_NO },
	{ "pki_cert_id_generator", "CA", ONE(10, 13), RELEASE_YES },
	{ "pki_cert_id_generator", "CA", ONE(11, 1), RELEASE_NO },
	{ "pki_cert_id_generator", "CA", FROM(11, 2), RELEASE_YES },
	{ "pki_cert_id_generator", "KRA", FROM(11, 2), RELEASE_NO },
	/* From the last 10 to the first 11 there is no gap. */
	{ "pki_clone", "CA", ALL, RELEASE_YES },
	{ "pki_ca_signing_key_size", "CA", ALL, RELEASE_YES },
	{ "pki_ds_create_new_db", "KRA", ONE(10, 1), RELEASE_NO },
	{ "pki_ds_create_new_db", "KRA", FROM(10, 2), RELEASE_YES },
	{ "PKI_CLONE", "CA", ALL, RELEASE_NO },
	{ "", "CA", ALL, RELEASE_NO },
	{ "zzz", NULL, ALL, RELEASE_NO },
	/* Only where there is a pkispawn. */
	{ "pki_clone", "CA", ONE(9, 0), RELEASE_NO },
};

static void
test_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		assert_int_equal(parameter_is_known(known[i].name,
				     known[i].subsystem, known[i].release),
		    known[i].known);
}

static void
test_literal(void **state)
{
	static const struct {
		const char *name;
		struct release release;
		enum release_answer is;
	} cases[] = {
		{ "pki_ds_password", ONE(10, 0), RELEASE_NO },
		{ "pki_ds_password", FROM(10, 1), RELEASE_YES },
		{ "pki_clone_pkcs12_password", ONE(10, 2), RELEASE_NO },
		{ "pki_clone_pkcs12_password", ALL, RELEASE_MAYBE },
		{ "pki_clone_pkcs12_path", ALL, RELEASE_NO },
		{ "pki_server_database_password", ONE(10, 5), RELEASE_YES },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(
		    parameter_is_literal(cases[i].name, cases[i].release),
		    cases[i].is);
}

static void
test_sections(void **state)
{
	static const char *const before[] = { "CA", "DEFAULT" };
	const struct release all = ALL, old = ONE(11, 3), new = ONE(11, 6);

	(void)state;
	assert_int_equal(
	    parameter_is_in("pki_ds_setup", before, 1, old), RELEASE_NO);
	assert_int_equal(
	    parameter_is_in("pki_ds_setup", before, 2, old), RELEASE_YES);
	assert_int_equal(
	    parameter_is_in("pki_ds_setup", before, 1, new), RELEASE_YES);
	assert_int_equal(
	    parameter_is_in("pki_ds_setup", before, 1, all), RELEASE_MAYBE);
	/* Releases that do not know it do not count. */
	assert_int_equal(
	    parameter_is_in("pki_ds_setup", before, 2, all), RELEASE_YES);
	assert_int_equal(
	    parameter_is_in("pki_clone", before, 2, all), RELEASE_NO);
}

static void
add(void *arg, const char *text, struct release of)
{
	char **all = arg;
	char *more = mem_printf("%s%u.%u:%s;", *all != NULL ? *all : "",
	    of.first / 1000000, of.first / 1000 % 1000, text);

	free(*all);
	*all = more;
}

static void
test_defaults(void **state)
{
	static const struct {
		const char *name, *subsystem, *all;
		struct release release;
	} cases[] = {
		{ "pki_cert_id_generator", "CA",
		    "10.13:legacy;11.2:legacy;11.5:random;", ALL },
		{ "pki_cert_id_generator", "CA", "11.6:random;", ONE(11, 6) },
		{ "pki_clone", "TKS", "10.0:False;", ALL },
		/* The section of the subsystem goes before. */
		{ "pki_ds_setup", "ACME", "11.6:False;", ONE(11, 6) },
		{ "pki_ds_setup", "CA", "11.3:True;11.6:True;", ALL },
		{ "pki_ds_url", "CA", NULL, ALL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *all = NULL;

		parameter_defaults(cases[i].name, cases[i].subsystem,
		    cases[i].release, add, &all);
		if (cases[i].all == NULL)
			assert_null(all);
		else
			assert_string_equal(all, cases[i].all);
		free(all);
	}
}

static void
test_nearest(void **state)
{
	static const struct {
		const char *name, *nearest;
	} cases[] = {
		{ "pki_clone_urii", "pki_clone_uri" },
		{ "pki_cloneuri", "pki_clone_uri" },
		{ "pki_clnoe_uri", "pki_clone_uri" },
		{ "Pki_Clone_URI", "pki_clone_uri" },
		{ "pki_ds_passwrd", "pki_ds_password" },
		{ "pki_something_else", NULL },
		{ "x", NULL },
		{ "", NULL },
	};
	const struct release all = ALL;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *got = parameter_nearest(cases[i].name, "CA", all);

		if (cases[i].nearest == NULL)
			assert_null(got);
		else
			assert_string_equal(got, cases[i].nearest);
	}
}

static void
test_releases(void **state)
{
	static const struct {
		const char *name, *text;
	} cases[] = {
		{ "pki_ds_url", "from 11.5 on" },
		{ "pki_tomcat_bin_link", "up to 11.3" },
		{ "pki_clone", "from 10.0 on" },
		{ "pki_nuxwdog_client_jar", "in 10.2" },
		{ "pki_nobody", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *text = parameter_releases(cases[i].name, NULL);

		if (cases[i].text == NULL)
			assert_null(text);
		else
			assert_string_equal(text, cases[i].text);
		free(text);
	}
}

static void
test_renamed(void **state)
{
	const struct release old = ONE(10, 4), new = ONE(11, 6);

	(void)state;
	assert_null(parameter_renamed("pki_pin", "CA", old));
	assert_string_equal(parameter_renamed("pki_pin", "CA", new)->text,
	    "pki_server_database_password");
	assert_string_equal(
	    parameter_renamed("pki_existing", "CA", new)->text, "");
	assert_null(parameter_renamed("pki_authdb_port", "CA", new));
	assert_string_equal(
	    parameter_renamed("pki_authdb_port", "TPS", new)->text,
	    "pki_authdb_url");
	assert_null(parameter_renamed("pki_clone", NULL, new));
}

/* find() is by bytes, and no row is half. */
static void
test_list(void **state)
{
	(void)state;
	assert_true(parameter_count > 900);
	for (size_t i = 0; i < parameter_count; i++) {
		const struct parameter *p = &parameter_list[i];

		assert_true(p->first <= p->last);
		assert_true(p->first >= PARAMETER_FIRST);
		assert_true(*p->name != '\0' && *p->section != '\0');
		if (i != 0)
			assert_true(
			    strcmp(parameter_list[i - 1].name, p->name) <= 0);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("known, or in some releases", test_known),
		SCRATCH_TEST("literal, or in some releases", test_literal),
		SCRATCH_TEST("sections of default.cfg", test_sections),
		SCRATCH_TEST("defaults by release", test_defaults),
		SCRATCH_TEST("the nearest name", test_nearest),
		SCRATCH_TEST("which releases know it", test_releases),
		SCRATCH_TEST("new names", test_renamed),
		SCRATCH_TEST("the list is in order", test_list),
	};

	return scratch_run(tests, sizeof tests / sizeof *tests);
}
