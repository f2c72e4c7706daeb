/* SPDX-License-Identifier: MIT */
/* Records in each of their forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/record.h"
#include "util/slurp.h"

static const struct record_column columns[] = {
	{ "tag", "the first" },
	{ "value", "the second" },
	{ NULL, NULL }
};

/* popt gives strings that may be written to. */
static char tag[] = "tag", value[] = "value", value_tag[] = "value,tag",
	    tag_tag[] = "tag,tag";

static const struct slice nothing = { NULL, 0 };

/* What the records are on stdout; rows of two fields, NULL-terminated. */
static char *
print(const struct record_format *format, const struct slice (*row)[2],
    size_t rows)
{
	FILE *file = tmpfile();
	int saved = dup(STDOUT_FILENO);
	struct records out;
	char *text;
	size_t size;

	assert_non_null(file);
	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	if (records_begin(&out, columns, format) == 0) {
		for (size_t i = 0; i < rows; i++)
			records_put(&out, row[i]);
		records_end(&out);
	}
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	rewind(file);
	assert_int_equal(slurp_fd(fileno(file), "out", 65536, &text, &size),
	    0);
	fclose(file);
	return text;
}

static void
assert_prints(struct record_format format, const struct slice (*row)[2],
    size_t rows, const char *want)
{
	char *got = print(&format, row, rows);

	assert_string_equal(got, want);
	free(got);
}

#define S(literal) { literal, sizeof literal - 1 }
static const struct slice some[][2] = {
	{ S("a"), S("1") },
	{ S("long"), S("") },
	{ S("t\tn\nr\rb\\"), S("\xc3\xa9\x01") },
};

static void
test_plain(void **state)
{
	(void)state;
	assert_prints((struct record_format){ 0 }, some, 3,
	    "a\t1\nlong\t\nt\\tn\\nr\\rb\\\\\t\xc3\xa9\\x01\n");
	assert_prints((struct record_format){ 0 }, some, 0, "");
}

static void
test_header(void **state)
{
	(void)state;
	assert_prints((struct record_format){ .header = 1 }, some, 1,
	    "tag\tvalue\na\t1\n");
	assert_prints((struct record_format){ .header = 1 }, some, 0,
	    "tag\tvalue\n");
}

static void
test_columns(void **state)
{
	(void)state;
	assert_prints((struct record_format){ .columns = value_tag }, some, 1,
	    "1\ta\n");
	assert_prints((struct record_format){ .columns = value }, some, 2,
	    "1\n\n");
	assert_prints((struct record_format){ .columns = tag_tag }, some, 1,
	    "a\ta\n");
	assert_prints((struct record_format){ .columns = value, .header = 1 },
	    some, 1, "value\n1\n");
}

static void
test_table(void **state)
{
	static const struct slice wide[][2] = {
		{ S("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"), S("1") },
		{ S("b"), S("2") },
	};

	(void)state;
	assert_prints((struct record_format){ .table = 1 }, some, 2,
	    "tag   value\na     1\nlong  \n");
	assert_prints((struct record_format){ .table = 1 }, wide, 2,
	    "tag   value\n\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9  1\nb     2\n");
	assert_prints((struct record_format){ .table = 1, .columns = tag },
	    some, 1, "tag\na\n");
}

static void
test_json(void **state)
{
	static const struct slice odd[][2] = {
		{ S("\"\\/\b\x1f\x7f"), { NULL, 0 } },
		{ S("\xc3\xa9\xff\xe2\x80" "a"), S("") },
		{ S("a\0b"), S("x\n") },
	};

	(void)state;
	assert_prints((struct record_format){ .json = 1 }, some, 1,
	    "{\"tag\":\"a\",\"value\":\"1\"}\n");
	assert_prints((struct record_format){ .json = 1 }, odd, 1,
	    "{\"tag\":\"\\\"\\\\/\\b\\u001f\x7f\",\"value\":null}\n");
	assert_prints((struct record_format){ .json = 1 }, odd + 1, 1,
	    "{\"tag\":\"\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
	    "a\",\"value\":\"\"}\n");
	assert_prints((struct record_format){ .json = 1, .columns = tag },
	    odd + 2, 1, "{\"tag\":\"a\\u0000b\"}\n");
	assert_prints((struct record_format){ .json = 1, .header = 1 }, some,
	    0, "");
}

static void
test_what_is_not_there(void **state)
{
	const struct slice row[][2] = { { nothing, S("1") } };

	(void)state;
	assert_prints((struct record_format){ 0 }, row, 1, "\t1\n");
}

static void
test_bad_formats(void **state)
{
	static char bad[][12] = { "", "tags", "tag,", ",tag", "tag,,value",
		"Tag", "tag value" };
	struct records out;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct record_format f = { .columns = bad[i] };

		assert_int_equal(records_begin(&out, columns, &f), -1);
	}
	assert_int_equal(records_begin(&out, columns,
			     &(struct record_format){ .json = 1, .table = 1 }),
	    -1);
}

/* Each byte at each place of a field, against one at a time. */
static void
test_each_byte(void **state)
{
	(void)state;
	for (int byte = 1; byte < 256; byte++)
		for (size_t at = 0; at < 19; at++) {
			char text[19], want[19 + 3 + 3 + 1], *w = want;
			struct slice row[1][2] = { { { text, sizeof text },
			    S("") } };

			memset(text, 'x', sizeof text);
			text[at] = (char)byte;
			for (size_t i = 0; i < sizeof text; i++)
				if (i != at)
					*w++ = 'x';
				else if (byte == '\t' || byte == '\n' ||
				    byte == '\r' || byte == '\\')
					w += sprintf(w, "\\%c",
					    byte == '\t' ? 't' :
					    byte == '\n' ? 'n' :
					    byte == '\r' ? 'r' : '\\');
				else if (byte < ' ' || byte == 0x7f)
					w += sprintf(w, "\\x%02x", byte);
				else
					*w++ = (char)byte;
			strcpy(w, "\t\n");
			assert_prints((struct record_format){ 0 },
			    (const struct slice (*)[2])row, 1, want);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_each_byte),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_what_is_not_there),
		cmocka_unit_test(test_bad_formats),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
