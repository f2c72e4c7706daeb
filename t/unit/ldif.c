/* SPDX-License-Identifier: MIT */
/* Folding, base64, comments, line ends; and what is not taken. */
#include "dir/ldif.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static FILE *in;

static void
begin(struct ldif *ldif, const char *text, size_t size)
{
	in = fmemopen((void *)text, size, "r");
	assert_non_null(in);
	ldif_begin(ldif, in, "f");
}

static void
end(struct ldif *ldif)
{
	ldif_release(ldif);
	fclose(in);
}

static void
is(struct slice got, const char *want)
{
	assert_non_null(got.at);
	assert_string_equal(got.at, want);
	assert_int_equal(got.size, strlen(want));
}

static void
reads(void **state)
{
	static const char text[] = "# a comment\r\n  that goes on\r\n"
	    "version: 1\r\n\r\n\r\ndn: cn=a,\r\n  dc=x\r\nCN: a\r\n"
	    "cn;lang-de:  b \r\nempty:\r\nbytes:: AAH/\r\n"
	    "# no value\r\nlong: on\r\n e\r\n\r\n"
	    "dn:: Y249w6Q=\nobjectClass: Top\n\n"
	    "# search result\nsearch: 2\nresult: 0 Success\n\n# numEntries";
	struct ldif ldif;
	struct slice value;

	begin(&ldif, text, sizeof text - 1);
	ldif.block = *(const size_t *)*state;
	assert_int_equal(ldif_next(&ldif), 1);
	is(ldif.entry.dn, "cn=a, dc=x");
	assert_int_equal(ldif.entry.line, 6);
	assert_int_equal(ldif.entry.attributes, 5);
	is(entry_value(&ldif.entry, "cn", 0), "a");
	is(entry_value(&ldif.entry, "cn", 1), "b ");
	assert_null(entry_value(&ldif.entry, "cn", 2).at);
	is(entry_value(&ldif.entry, "empty", 0), "");
	value = entry_value(&ldif.entry, "BYTES", 0);
	assert_int_equal(value.size, 3);
	assert_memory_equal(value.at, "\0\1\377", 3);
	is(entry_value(&ldif.entry, "long", 0), "one");
	assert_int_equal(ldif_next(&ldif), 1);
	is(ldif.entry.dn, "cn=\xc3\xa4");
	assert_true(entry_has(&ldif.entry, "objectclass", "top"));
	assert_false(entry_has(&ldif.entry, "objectclass", "to"));
	assert_int_equal(ldif_next(&ldif), 0);
	assert_int_equal(ldif_next(&ldif), 0);
	end(&ldif);
}

/* 76 columns: "cn: " and 72; then a blank and 75. */
static void
writes(void **state)
{
	static const char digits[] = "0123456789";
	char value[72 + 75 + 1] = "", want[700];
	struct entry_attribute attribute[] = {
		{ { "cn", 2 }, { value, 72 } },
		{ { "cn", 2 }, { value, 73 } },
		{ { "cn;x", 4 }, { value, 70 + 75 } },
		{ { "cn", 2 }, { value, 72 + 75 + 1 } },
		{ { "e", 1 }, { "", 0 } },
		{ { "b", 1 }, { " a", 2 } },
		{ { "b", 1 }, { "a ", 2 } },
		{ { "b", 1 }, { ":", 1 } },
		{ { "b", 1 }, { "<", 1 } },
		{ { "b", 1 }, { "a<:b", 4 } },
		{ { "b", 1 }, { "a\nb", 3 } },
		{ { "b", 1 }, { "\0", 1 } },
	};
	struct entry entry = { .dn = { "cn=\xc3\xa4", 5 },
		.attribute = attribute,
		.attributes = sizeof attribute / sizeof *attribute };
	struct buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof value; i++)
		value[i] = digits[i % 10];
	snprintf(want, sizeof want, "dn:: Y249w6Q=\ncn: %.72s\n"
		 "cn: %.72s\n %.1s\ncn;x: %.70s\n %.75s\n"
		 "cn: %.72s\n %.75s\n %.1s\n", value, value, value + 72, value,
	    value + 70, value, value + 72, value + 147);
	ldif_add(&out, &entry);
	assert_memory_equal(out.at, want, strlen(want));
	buf_putc(&out, '\0');
	assert_string_equal(out.at + strlen(want), "e:\nb:: IGE=\n"
	    "b:: YSA=\nb:: Og==\nb:: PA==\nb: a<:b\nb:: YQpi\nb:: AA==\n\n");
	buf_release(&out);
}

/* The message of reading all of text; "" where it was taken. */
static const char *
error_of(const char *text, size_t size)
{
	static char said[1000];
	FILE *file = tmpfile();
	int saved = dup(2), status;
	struct ldif ldif;

	assert_non_null(file);
	dup2(fileno(file), 2);
	begin(&ldif, text, size);
	while ((status = ldif_next(&ldif)) > 0)
		continue;
	end(&ldif);
	dup2(saved, 2);
	close(saved);
	rewind(file);
	size = fread(said, 1, sizeof said - 1, file);
	fclose(file);
	said[size] = '\0';
	assert_int_equal(status < 0, size != 0);
	return size != 0 ? strstr(said, "f:") : said;
}

static void
refuses(void **state)
{
	static const struct {
		const char *text, *error;
	} row[] = {
		{ "dn: a\ncn: b", "" },
		{ "\n\n", "" },
		{ " x\n", "f:1: it continues no line\n" },
		{ "dn: a\n\n x\n", "f:3: it continues no line\n" },
		{ "dn: a\nx\n", "f:2: neither an attribute nor a comment\n" },
		{ "dn: a\n: x\n",
		  "f:2: not an attribute's name before the ':'\n" },
		{ "cn: a\n", "f:1: an entry begins with 'dn:'\n" },
		{ "version: 2\n", "f:1: another version than 1\n" },
		{ "dn: a\ncn:: x*\n", "f:2: the value is not base64\n" },
		{ "dn: a\ncn:< file:///etc/passwd\n",
		  "f:2: a value out of another file is not taken\n" },
		{ "dn: a\nchangetype: modify\nreplace: b\nb: c\n-\n",
		  "f:2: a change, and not an entry\n" },
		{ "dn: a\ncontrol: 1.2\nchangetype: add\n",
		  "f:2: a change, and not an entry\n" },
		{ "dn: a\ncn: b\ndn: c\n",
		  "f:3: a second 'dn:' in one entry\n" },
		{ "dn: a\n\nsearch: 2\nresult: 4 Size limit exceeded\n",
		  "f:4: the search was cut short: '4 Size limit exceeded'\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		assert_string_equal(error_of(row[i].text, strlen(row[i].text)),
		    row[i].error);
	assert_string_equal(error_of("dn: a\0b\n", 8), "f:1: a NUL byte\n");
}

static ssize_t
endless(void *cookie, char *to, size_t size)
{
	(void)cookie;
	memset(to, 'a', size);
	return (ssize_t)size;
}

static void
has_a_limit(void **state)
{
	struct ldif ldif;

	(void)state;
	in = fopencookie(NULL, "r", (cookie_io_functions_t){ endless, NULL,
	    NULL, NULL });
	assert_non_null(in);
	ldif_begin(&ldif, in, "f");
	assert_int_equal(ldif_next(&ldif), -1);
	assert_true(ldif.size < LDIF_LIMIT + 2 * ldif.block);
	end(&ldif);
}

int
main(void)
{
	static size_t all = (size_t)256 << 10, some = 7, one = 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(reads, &all),
		cmocka_unit_test_prestate(reads, &some),
		cmocka_unit_test_prestate(reads, &one),
		cmocka_unit_test(writes),
		cmocka_unit_test(refuses),
		cmocka_unit_test(has_a_limit),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ldif", tests, NULL, NULL);
}
