/* SPDX-License-Identifier: MIT */
/* The edges of override files: what ConfigParser takes, and values in
 * values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "pki/spawn.h"

/* Last: its fail() is a macro, and diag.h's is a function. */
#include <cmocka.h>

/* What "key" is for the CA; NULL: a reference that is not known; "-": not in
 * the file; "!": the file is refused. */
static const struct {
	const char *text, *value;
	size_t line;
} files[] = {
	{ "[CA]\nkey=x\n", "x", 2 },
	{ "[CA]\nkey = x y \n", "x y", 2 },
	{ "[CA]\nkey: x=y\n", "x=y", 2 },
	{ "[CA]\nkey=x:y", "x:y", 2 },
	{ "[CA]\r\nkey=x\r\n", "x", 2 },
	{ "[CA]\rkey=x\r", "x", 2 },
	{ "[CA]\nkey=", "", 2 },
	{ "[CA]\n\n# key=a\n; key=b\n  key=x\n", "x", 5 },
	{ "[CA]\nkey=x\n y\n  z\nother=1\n", "x\ny\nz", 2 },
	{ "[CA]\nkey=x\n\n y\n", "x\ny", 2 },
	{ "[CA]\nkey=x # y\n", "x # y", 2 },
	{ "[CA]\n  key=x\n  other=y\n", "x", 2 },
	{ "[DEFAULT]\nkey=d\n[Tomcat]\nkey=t\n[CA]\nkey=c\n", "c", 6 },
	{ "[DEFAULT]\nkey=d\n[Tomcat]\nkey=t\n[CA]\n", "d", 2 },
	{ "[Tomcat]\nkey=t\n[CA]\n", "t", 2 },
	{ "[DEFAULT]\nkey=d\n[CA]\n", "d", 2 },
	{ "[KRA]\nkey=k\n", "-", 0 },
	{ "[CA]\nKEY=k\n", "-", 0 },
	{ "[CA]\nkey=%%a%%\n", "%a%", 2 },
	{ "[CA]\nkey=%(a)s/%(b)s\na=1\nb=2\n", "1/2", 2 },
	{ "[DEFAULT]\na=1\n[CA]\nkey=%(a)s\na=2\n", "2", 4 },
	{ "[CA]\nkey=%(none)s\n", NULL, 2 },
	{ "[CA]\nkey=%(pki_instance_name)s\n", "pki-tomcat", 2 },
	{ "[CA]\nkey=%(pki_ds_base_dn)s\n", "o=pki-tomcat-CA", 2 },
	{ "[DEFAULT]\npki_instance_name=i\n[CA]\nkey=%(pki_ds_database)s\n",
	    "i-CA", 4 },
	{ "[CA]\nkey=%(key)s\n", NULL, 2 },
	{ "[CA]\nkey=%a\n", NULL, 2 },
	{ "[CA]\nkey=%(a\n", NULL, 2 },
	{ "[CA]\nkey=%\n", NULL, 2 },
	{ "[DEFAULT]\n[CA]\nkey=x\n[DEFAULT]\na=b\n", "x", 3 },
	{ "", "-", 0 },
	{ "key=x\n", "!", 0 },
	{ "[CA]\nkey\n", "!", 0 },
	{ "[CA]\n=x\n", "!", 0 },
	{ "[CA]\nkey=x\nkey=x\n", "!", 0 },
	{ "[CA]\n[KRA]\n[CA]\n", "!", 0 },
	{ "[CA]\n y=z\nx\n", "!", 0 },
};

static void
test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct spawn_value value;
		struct spawn f;

		if (spawn_parse(&f, "f", slice_of(files[i].text)) < 0) {
			assert_string_equal(files[i].value, "!");
			continue;
		}
		if (!spawn_get(&f, "CA", "key", &value)) {
			assert_string_equal(files[i].value, "-");
		} else {
			assert_int_equal(value.line, files[i].line);
			if (files[i].value == NULL)
				assert_null(value.text);
			else
				assert_string_equal(value.text,
				    files[i].value);
		}
		spawn_release(&f);
	}
}

/* Doubling at each step would be 2^n long. */
static void
test_growth_ends(void **state)
{
	static const char text[] = "[CA]\nkey=%(a)s%(a)s\na=%(b)s%(b)s\n"
				   "b=%(c)s%(c)s\nc=%(d)s%(d)s\nd=x\n";
	struct spawn_value value;
	struct spawn f;

	(void)state;
	assert_int_equal(spawn_parse(&f, "f", slice_of(text)), 0);
	assert_true(spawn_get(&f, "CA", "key", &value));
	assert_string_equal(value.text, "xxxxxxxxxxxxxxxx");
	spawn_release(&f);
}

/* Of values that are empty, nothing would grow but the time. */
static void
test_time_ends(void **state)
{
	char text[8192] = "[CA]\nkey=", *at = text + strlen(text);
	struct spawn_value value;
	struct spawn f;

	(void)state;
	for (char c = 'a'; c < 'i'; c++) {
		for (int i = 0; i < 100; i++)
			at += sprintf(at, "%%(%c)s", c);
		at += sprintf(at, "\n%c=", c);
	}
	assert_int_equal(spawn_parse(&f, "f", slice_of(text)), 0);
	assert_true(spawn_get(&f, "CA", "key", &value));
	assert_null(value.text);
	spawn_release(&f);
}

static void
test_secrets_are_not_kept(void **state)
{
	static const struct {
		const char *text, *kept;
		unsigned percent;
	} secrets[] = { { "top%%secret", "*", SPAWN_DOUBLED },
		{ "top%secret", "*", SPAWN_LONE },
		{ "%%%(a)s%", "*", SPAWN_DOUBLED | SPAWN_REFERS | SPAWN_LONE },
		{ "@DS_PASSWORD@", "@DS_PASSWORD@", 0 }, { "", "", 0 },
		{ "top\n secret", "*", 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		char text[100];
		struct spawn f;

		snprintf(text, sizeof text, "[CA]\npki_ds_password=%s\n",
		    secrets[i].text);
		assert_int_equal(spawn_parse(&f, "f", slice_of(text)), 0);
		assert_string_equal(f.entry[0].value, secrets[i].kept);
		assert_int_equal(f.entry[0].percent, secrets[i].percent);
		spawn_release(&f);
	}
}

#define IS(major, minor)                                                       \
	{                                                                      \
		RELEASE(major, minor, 0), RELEASE(major, minor, 999)           \
	}

/* Which value counts, where default.cfg has one in another section: NULL is
 * none of the file. */
static void
test_sections_that_count(void **state)
{
	static const struct {
		const char *text, *key, *value;
		struct release release;
	} cases[] = {
		{ "[Tomcat]\npki_ds_setup=False\n[CA]\n", "pki_ds_setup", NULL,
		    IS(11, 3) },
		{ "[Tomcat]\npki_ds_setup=False\n[CA]\n", "pki_ds_setup", NULL,
		    IS(11, 7) },
		{ "[DEFAULT]\npki_ds_setup=False\n[CA]\n", "pki_ds_setup",
		    "False", IS(11, 3) },
		{ "[DEFAULT]\npki_ds_setup=False\n[CA]\n", "pki_ds_setup", NULL,
		    IS(11, 7) },
		{ "[CA]\npki_ds_setup=False\n", "pki_ds_setup", "False",
		    IS(11, 7) },
		{ "[DEFAULT]\npki_clone=True\n[CA]\n", "pki_clone", "True",
		    IS(10, 5) },
		{ "[Tomcat]\npki_clone=True\n[CA]\n", "pki_clone", "True",
		    IS(10, 5) },
		{ "[ca]\npki_clone=True\n", "pki_clone", "True", IS(10, 5) },
		{ "[CA Clone]\npki_clone=True\n", "pki_clone", "True",
		    IS(11, 5) },
		{ "[ca]\npki_clone=True\n", "pki_clone", NULL, IS(11, 6) },
		{ "[ca]\npki_clone=True\n", "pki_clone", NULL, IS(10, 2) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct spawn_value value;
		struct spawn f;
		bool there;

		assert_int_equal(
		    spawn_parse(&f, "f", slice_of(cases[i].text)), 0);
		spawn_for_release(&f, cases[i].release);
		there = spawn_get(&f, "CA", cases[i].key, &value);
		assert_int_equal(there, cases[i].value != NULL);
		if (there)
			assert_string_equal(value.text, cases[i].value);
		spawn_release(&f);
	}
}

static void
test_nul_is_refused(void **state)
{
	struct spawn f;

	(void)state;
	assert_int_equal(spawn_parse(&f, "f",
	    (struct slice){ "[CA]\nk=\0x\n", 10 }), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_growth_ends),
		cmocka_unit_test(test_time_ends),
		cmocka_unit_test(test_secrets_are_not_kept),
		cmocka_unit_test(test_sections_that_count),
		cmocka_unit_test(test_nul_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("spawnfile", tests, NULL, NULL);
}
