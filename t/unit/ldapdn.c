/* SPDX-License-Identifier: MIT */
/* DNs that are the same, DNs that are not, and what is none. */
#include "dir/ldapdn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void
normalises(void **state)
{
	static const struct {
		const char *dn, *want; /* NULL: it is none */
	} row[] = {
		{ "", "" },
		{ "  ", "" },
		{ "o=pki-tomcat-CA", "o=pki-tomcat-ca" },
		{ "CN=a  B , Dc = x;dc=Y ", "cn=a b,dc=x,dc=y" },
		{ "cn=dc\\3Dca\\2Cdc\\3Dx,cn=mapping tree",
		  "cn=dc=ca\\2cdc=x,cn=mapping tree" },
		{ "cn=\"dc=ca,dc=x\" ,cn=mapping tree",
		  "cn=dc=ca\\2cdc=x,cn=mapping tree" },
		{ "cn=a\\,b\\+c\\\\d", "cn=a\\2cb\\2bc\\5cd" },
		{ "cn=\\20a\\ ", "cn=a" },
		{ "cn=a\\c3\\A4", "cn=a\xc3\xa4" },
		{ "cn=a\\00b", "cn=a\\00b" },
		{ "sn=b+CN=a,o=x", "cn=a+sn=b,o=x" },
		{ "b=1+a=22+a=2", "a=2+a=22+b=1" },
		{ "OID.2.5.4.3=x", "2.5.4.3=x" },
		{ "cn=,o=x", "cn=,o=x" },
		{ "cn=#0401", "cn=#0401" },
		{ "nsuniqueid=1-2+cn=a", "cn=a+nsuniqueid=1-2" },
		{ "cn", NULL },
		{ "=a", NULL },
		{ "oid.", NULL },
		{ "cn=a,", NULL },
		{ "cn=a,,o=x", NULL },
		{ "cn=a\\", NULL },
		{ "cn=\"a", NULL },
		{ "cn=\"a\"b", NULL },
		{ "c n=a", NULL },
		{ "cn=a+,o=x", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct buf out = { 0 };
		int status;

		buf_puts(&out, "before:");
		status = ldapdn_normal(&out, slice_of(row[i].dn));
		assert_int_equal(status, row[i].want != NULL ? 0 : -1);
		buf_putc(&out, '\0');
		assert_string_equal(out.at + 7,
		    row[i].want != NULL ? row[i].want : "");
		buf_release(&out);
	}
}

static void
knows_what_is_within(void **state)
{
	struct slice dn = slice_of("cn=1,ou=r\\2cx,o=ca");

	(void)state;
	assert_int_equal(ldapdn_depth(dn, dn), 0);
	assert_int_equal(ldapdn_depth(dn, slice_of("ou=r\\2cx,o=ca")), 1);
	assert_int_equal(ldapdn_depth(dn, slice_of("o=ca")), 2);
	assert_int_equal(ldapdn_depth(dn, slice_of("")), 3);
	assert_int_equal(ldapdn_depth(dn, slice_of("=ca")), -1);
	assert_int_equal(ldapdn_depth(dn, slice_of("o=kra")), -1);
	assert_int_equal(ldapdn_depth(slice_of("o=ca"), dn), -1);
	assert_int_equal(ldapdn_depth(slice_of(""), slice_of("")), 0);
	assert_true(slice_is(ldapdn_parent(dn), slice_of("ou=r\\2cx,o=ca")));
	assert_int_equal(ldapdn_parent(slice_of("o=ca")).size, 0);
	assert_int_equal(ldapdn_parent(slice_of("")).size, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(normalises),
		cmocka_unit_test(knows_what_is_within),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ldapdn", tests, NULL, NULL);
}
