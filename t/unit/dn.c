/* SPDX-License-Identifier: MIT */
/* Spellings of names that are one, and texts that are none. */
#include "dir/dn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define BYTES(literal) ((struct slice){ (literal), sizeof(literal) - 1 })

static void
check(struct slice dn, struct slice want)
{
	struct buf got = { 0 };

	buf_puts(&got, "x");
	assert_int_equal(dn_normalise(dn, &got), 0);
	assert_int_equal(got.size, want.size + 1);
	assert_memory_equal(got.at + 1, want.at, want.size);
	/* And once more: it is a normal form. */
	got.size = 0;
	assert_int_equal(dn_normalise(want, &got), 0);
	assert_int_equal(got.size, want.size);
	assert_memory_equal(want.size != 0 ? got.at : "", want.at, want.size);
	buf_release(&got);
}

static void
test_spellings(void **state)
{
	static const struct {
		const char *dn, *want;
	} table[] = {
		{ "", "" },
		{ "  ", "" },
		{ "cn=1,ou=certificateRepository,ou=ca,o=pki-tomcat-CA",
		    "cn=1,ou=certificaterepository,ou=ca,o=pki-tomcat-ca" },
		{ " CN = 1 , OU = a ", "cn=1,ou=a" },
		{ "cn=1;ou=a", "cn=1,ou=a" },
		{ "cn=a  b   c", "cn=a b c" },
		{ "cn=\\20 a\\20\\ ,o=x", "cn=a,o=x" },
		{ "cn=", "cn=" },
		{ "cn=\\ ", "cn=" },
		{ "cn=,o=x", "cn=,o=x" },
		{ "cn=dc\\3Dca\\2Cdc\\3Dpki,cn=mapping tree",
		    "cn=dc\\3dca\\2cdc\\3dpki,cn=mapping tree" },
		{ "cn=\"dc=ca,dc=pki\" ,cn=mapping tree",
		    "cn=dc\\3dca\\2cdc\\3dpki,cn=mapping tree" },
		{ "cn=dc=ca\\,dc=pki,cn=mapping tree",
		    "cn=dc\\3dca\\2cdc\\3dpki,cn=mapping tree" },
		{ "cn=\"a\\\"b\\2C\"", "cn=a\\22b\\2c" },
		{ "cn=\\#1", "cn=\\231" },
		{ "cn=a#1", "cn=a#1" },
		{ "cn=\\<\\>\\;\\\\\\+", "cn=\\3c\\3e\\3b\\5c\\2b" },
		{ "cn=<a>", "cn=\\3ca\\3e" },
		{ "cn=\\41\\0a", "cn=a\\0a" },
		{ "2.5.4.3=#0C0141", "cn=#0c0141" },
		{ "OID.1.2.3=x", "1.2.3=x" },
		{ "OID.oid.1=x", "oid.oid.1=x" },
		{ "commonName=x,domainComponent=y,userid=z",
		    "cn=x,dc=y,uid=z" },
		{ "uid=b+cn=a", "cn=a+uid=b" },
		{ "cn=10+cn=9 + cn=1,o=x", "cn=1+cn=10+cn=9,o=x" },
		{ "nsuniqueid=6a-1+cn=1,ou=x", "cn=1+nsuniqueid=6a-1,ou=x" },
		{ "cn=L\\C3\\A4nge", "cn=l\303\244nge" },
		{ "cn=\303\204", "cn=\303\204" },
		{ "cn=CN-CA Signing_O-EXAMPLE", "cn=cn-ca signing_o-example" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		check(slice_of(table[i].dn), slice_of(table[i].want));
	check(BYTES("cn=a\\00b"), BYTES("cn=a\\00b"));
}

static void
test_none(void **state)
{
	static const char *const table[] = { "cn", "=1", "cn=1,", "cn=1,,o=x",
		",cn=1", "cn=1+", "cn=1+,o=x", "+cn=1", "cn=#", "cn=#0",
		"cn=#0c1", "cn=#zz", "cn=#00x", "cn=\"a", "cn=\"a\"b", "cn=\\",
		"cn=\\x", "cn=\\4", "c n=1", "cn=1;", "1 2=x", "c\303\244=1",
		"cn;binary=1" };
	struct buf out = { 0 };

	(void)state;
	buf_puts(&out, "kept");
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_int_equal(dn_normalise(slice_of(table[i]), &out), -1);
		assert_int_equal(out.size, 4);
	}
	assert_int_equal(dn_normalise(BYTES("cn=a\0b"), &out), -1);
	assert_int_equal(dn_normalise(BYTES("cn=\"a\0b\""), &out), -1);
	assert_int_equal(dn_normalise(BYTES("cn=a\\\0"), &out), -1);
	assert_int_equal(out.size, 4);
	buf_release(&out);
}

static void
test_within(void **state)
{
	struct slice base = BYTES("ou=ca,o=x"), none = BYTES("");
	struct slice below = BYTES("cn=1,ou=ca,o=x");

	(void)state;
	assert_true(dn_within(base, base));
	assert_true(dn_within(below, base));
	assert_true(dn_within(below, none));
	assert_true(dn_within(none, none));
	assert_false(dn_within(base, below));
	assert_false(dn_within(BYTES("cn=1,sou=ca,o=x"), base));
	assert_false(dn_within(BYTES("cn=1\\2cou=ca,o=x"), base));
	assert_false(dn_within(BYTES("xou=ca,o=x"), base));
	assert_int_equal(dn_depth(base, base), 0);
	assert_int_equal(dn_depth(below, base), 1);
	assert_int_equal(dn_depth(below, none), 3);
	assert_int_equal(dn_depth(none, none), 0);
	assert_int_equal(dn_depth(base, below), -1);
	assert_true(slice_equal(dn_relative(below, base), BYTES("cn=1")));
	assert_true(slice_equal(dn_relative(base, base), none));
	assert_true(slice_equal(dn_relative(below, none), below));
}

static void
test_parent(void **state)
{
	(void)state;
	assert_true(slice_equal(dn_parent(BYTES("cn=1,ou=ca,o=x")),
	    BYTES("ou=ca,o=x")));
	assert_true(slice_equal(dn_parent(BYTES("o=x")), BYTES("")));
	assert_true(slice_equal(dn_parent(BYTES("")), BYTES("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_within),
		cmocka_unit_test(test_parent),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
