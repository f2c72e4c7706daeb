/* SPDX-License-Identifier: MIT */
/* Which names mean the host itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "check/clonedb.h"

/* Last: its fail() is a macro, and diag.h's is a function. */
#include <cmocka.h>

static void
test_localhost(void **state)
{
	static const char *const own[] = { "localhost", "LOCALHOST",
		"localhost.localdomain", "localhost4", "localhost6",
		"localhost4.localdomain4", "localhost6.localdomain6",
		"127.0.0.1", "127.0.1.1", "127.255.255.254", "::1", "[::1]",
		"localhost:389", "127.0.0.1:636", "[::1]:389" };
	static const char *const others[] = { "", "localhost2",
		"localhostess.example.com", "localhost.example.com",
		"my.localhost.com", "127.example.com", "127", "128.0.0.1",
		"1127.0.0.1", "::2", "fe80::1", "[::2]:389", "local", "host",
		"localhost5" };

	(void)state;
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		assert_true(clonedb_is_localhost(slice_of(own[i])));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(clonedb_is_localhost(slice_of(others[i])));
}

static void
test_what_is_compared(void **state)
{
	(void)state;
	assert_true(clonedb_compares(slice_of("internaldb.basedn")));
	assert_true(clonedb_compares(slice_of("dbs.enableSerialManagement")));
	assert_false(clonedb_compares(slice_of("internaldb.base")));
	assert_false(clonedb_compares(slice_of("internaldb.basedn.x")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_localhost),
		cmocka_unit_test(test_what_is_compared),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("clonedb", tests, NULL, NULL);
}
