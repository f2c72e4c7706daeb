/* SPDX-License-Identifier: MIT */
/* Which keys are compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "check/check.h"

/* Last: its fail() is a macro, and diag.h's is a function. */
#include <cmocka.h>

static void
test_what_is_compared(void **state)
{
	(void)state;
	assert_true(directory_compares(slice_of("internaldb.basedn")));
	assert_true(directory_compares(slice_of("dbs.enableSerialManagement")));
	assert_false(directory_compares(slice_of("internaldb.base")));
	assert_false(directory_compares(slice_of("internaldb.basedn.x")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_compared),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("clonedb", tests, NULL, NULL);
}
