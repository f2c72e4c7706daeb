/* SPDX-License-Identifier: MIT */
/* What of JSON is taken, what is not, and where an error is said to be. */
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* The message of reading text; "" where it was taken. */
static const char *
error_of(struct slice text)
{
	static char said[1000];
	FILE *file = tmpfile();
	int saved = dup(2);
	struct json_object *json;
	size_t size;

	assert_non_null(file);
	dup2(fileno(file), 2);
	json = json_read("f", text);
	dup2(saved, 2);
	close(saved);
	rewind(file);
	size = fread(said, 1, sizeof said - 1, file);
	fclose(file);
	said[size] = '\0';
	if (json != NULL) {
		json_object_put(json);
		assert_int_equal(size, 0);
		return "";
	}
	/* One line, and then nothing. */
	assert_ptr_equal(strchr(said, '\n'), said + size - 1);
	assert_non_null(strstr(said, "f:"));
	return strstr(said, "f:");
}

static void
reads(void **state)
{
	struct json_object *json = json_read("f", slice_of(
	    "{\"a\":\"x\\u0000y\",\"b\":null,\"c\":[1],\"d\":true}\n "));

	(void)state;
	assert_non_null(json);
	assert_true(slice_equal(json_text(json_member(json, "a")),
	    (struct slice){ "x\0y", 3 }));
	assert_null(json_member(json, "b"));
	assert_null(json_member(json, "none"));
	assert_null(json_member(json_member(json, "c"), "a"));
	assert_null(json_text(json_member(json, "c")).at);
	assert_null(json_text(NULL).at);
	assert_string_equal(json_kind(json_member(json, "c")), "an array");
	assert_string_equal(json_kind(json_member(json, "d")), "true or false");
	assert_string_equal(json_kind(json), "an object");
	json_object_put(json);
}

static void
refuses(void **state)
{
	static const struct {
		const char *text, *error;
	} bad[] = {
		{ "", "f:1: bad JSON: it is empty\n" },
		{ " \n", "f:1: bad JSON: it is empty\n" },
		{ "\"x\"",
		  "f:1: bad JSON: neither an object nor an array\n" },
		{ "null", "f:1: bad JSON: neither an object nor an array\n" },
		{ "{\n\"a\":", "f:2: bad JSON: it ends too early\n" },
		{ "{}\n{}", "f:2: bad JSON: more than one value\n" },
		{ "{\n\"a\":'1'}", "f:2: bad JSON: " },
		{ "{\"a\":1,}", "f:1: bad JSON: " },
		{ "{\"a\":\n\"\xff\"}", "f:2: bad JSON: " },
		{ "// no\n{}", "f:1: bad JSON: " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *error = error_of(slice_of(bad[i].text));

		if (strncmp(error, bad[i].error, strlen(bad[i].error)) != 0)
			fail_msg("'%s': %s", bad[i].text, error);
	}
	assert_string_equal(error_of((struct slice){ "{}\0{}", 5 }),
	    "f:1: bad JSON: a NUL byte\n");
	assert_string_equal(error_of((struct slice){ "{\"a\0\":1}", 8 }),
	    "f:1: bad JSON: a NUL byte\n");
}

static void
limits(void **state)
{
	size_t size = JSON_LIMIT + 1;
	char *text = calloc(size + 1, 1);

	(void)state;
	assert_non_null(text);
	memset(text, '[', size);
	assert_string_equal(error_of((struct slice){ text, size - 1 }),
	    "f:1: bad JSON: more values in each other than are taken\n");
	assert_string_equal(error_of((struct slice){ text, size }),
	    "f: bad JSON: more of it than is taken\n");
	memset(text + JSON_DEPTH - 1, ']', JSON_DEPTH - 1);
	text[2 * JSON_DEPTH - 2] = '\0';
	assert_string_equal(error_of(slice_of(text)), "");
	free(text);
}

static void
cut(void **state)
{
	static const char whole[] = "{\"a\": [\"\\u00e4\", -1.5e3, null], "
				    "\"b\": {\"c\": true}}";

	(void)state;
	assert_string_equal(error_of(slice_of(whole)), "");
	for (size_t size = 0; size < sizeof whole - 1; size++) {
		char *text = strndup(whole, size);

		assert_non_null(text);
		assert_true(*error_of(slice_of(text)) != '\0');
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(refuses),
		cmocka_unit_test(limits),
		cmocka_unit_test(cut),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("jsonread", tests, NULL, NULL);
}
