/* SPDX-License-Identifier: MIT */
/* Entries of files: in scope, again, never fewer than there are. */
#include "dir/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "dir/ldapconn.h"

static char path[] = "/tmp/source-XXXXXX";

static int
set_up(void **state)
{
	static const char text[] = "dn: o=CA\no: CA\n\n"
	    "dn: ou=r, o=ca\nou: r\n\ndn: cn=1,ou=r,o=ca\ncn: 1\n\n"
	    "dn: cn=2,ou=R,O=ca\ncn: 2\n\ndn: o=kra\no: kra\n";
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0 || write(fd, text, sizeof text - 1) < 0)
		return -1;
	return close(fd);
}

static int
tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

/* How many entries; -1: trouble. */
static int
count(struct source *source, const struct source_query *query)
{
	struct entry entry;
	int more, entries = 0;

	if (source_search(source, query) < 0)
		return -1;
	while ((more = source_next(source, &entry)) > 0)
		entries++;
	return more < 0 ? -1 : entries;
}

static void
keeps_to_the_scope(void **state)
{
	static const struct {
		struct source_query query;
		int entries;
	} row[] = {
		{ { .base = NULL }, 5 },
		{ { .base = "o=ca" }, 4 },
		{ { .base = "O = ca", .scope = SOURCE_BASE }, 1 },
		{ { .base = "o=ca", .scope = SOURCE_ONE }, 1 },
		{ { .base = "ou=r,o=ca", .scope = SOURCE_ONE }, 2 },
		{ { .base = "ou=x,o=ca", .absent_is_empty = true }, 0 },
		{ { .base = "ou=x,o=ca" }, -1 },
		{ { .base = "x" }, -1 },
	};
	struct source *source = source_open(path, NULL);

	(void)state;
	assert_non_null(source);
	assert_false(source_is_server(source));
	assert_string_equal(source_name(source), path);
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		assert_int_equal(count(source, &row[i].query),
		    row[i].entries);
	source_close(source);
}

static void
takes_the_base_of_the_options(void **state)
{
	struct ldapopt options = LDAPOPT_DEFAULTS;
	struct source_query all = { .base = NULL }, kra = { .base = "o=kra" };
	struct source *source;

	(void)state;
	options.base = (char *)"ou=r,o=ca";
	source = source_open(path, &options);
	assert_non_null(source);
	assert_int_equal(count(source, &all), 3);
	assert_int_equal(count(source, &kra), 1);
	source_close(source);
}

static void
reads_standard_input_once(void **state)
{
	struct source_query all = { .base = NULL };
	struct source *source;

	(void)state;
	assert_non_null(freopen(path, "r", stdin));
	source = source_open("-", NULL);
	assert_non_null(source);
	assert_string_equal(source_name(source), "<stdin>");
	assert_int_equal(count(source, &all), 5);
	assert_int_equal(count(source, &all), -1);
	source_close(source);
	assert_null(source_open("/no/such/file", NULL));
	source_close(NULL);
}

static void
knows_urls(void **state)
{
	static const char *const urls[] = { "ldap://a", "LDAPS://b",
		"ldapi:///" };
	static const char *const others[] = { "ldap", "ldap:/a", "-", "",
		"http://ldap://", "./ldap://a" };

	(void)state;
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
		assert_true(source_is_url(urls[i]));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(source_is_url(others[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_to_the_scope),
		cmocka_unit_test(takes_the_base_of_the_options),
		cmocka_unit_test(reads_standard_input_once),
		cmocka_unit_test(knows_urls),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("source", tests, set_up,
	    tear_down);
}
