/* SPDX-License-Identifier: MIT */
/* What of XML is taken, what is not, and where an error is said to be. */
#include "util/xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* The messages of parsing text, as one string; "" where it was taken. */
static const char *
error_of(struct slice text)
{
	static char said[1000];
	FILE *file = tmpfile();
	int saved = dup(2), status;
	struct xml xml;
	size_t size;

	assert_non_null(file);
	dup2(fileno(file), 2);
	status = xml_parse(&xml, "f", text);
	dup2(saved, 2);
	close(saved);
	rewind(file);
	size = fread(said, 1, sizeof said - 1, file);
	fclose(file);
	said[size] = '\0';
	if (status == 0) {
		xml_release(&xml);
		assert_int_equal(size, 0);
		return "";
	}
	/* One line, and then nothing. */
	assert_ptr_equal(strchr(said, '\n'), said + size - 1);
	assert_non_null(strstr(said, "f:"));
	return strstr(said, "f:");
}

static void
is(struct slice got, const char *want)
{
	assert_non_null(got.at);
	assert_string_equal(got.at, want);
	assert_int_equal(got.size, strlen(want));
}

static void
walks(void **state)
{
	struct xml xml;
	const xmlNode *node;

	(void)state;
	assert_int_equal(xml_parse(&xml, "f", slice_of("<?xml version='1.0'?>\n"
	    "<a xmlns='urn:x'>text<b id='1'> one&lt;<!-- no -->two </b>\n"
	    "<c/><b><![CDATA[<&]]></b></a>")), 0);
	assert_true(xml_named(xml_root(&xml), "a"));
	node = xml_child(xml_root(&xml), "b");
	is(xml_attribute(&xml, node, "id"), "1");
	assert_null(xml_attribute(&xml, node, "none").at);
	is(xml_text(&xml, node), "one<two");
	assert_int_equal(xml_line(node), 2);
	assert_true(xml_named(xml_next(node, NULL), "c"));
	is(xml_text(&xml, xml_next(node, NULL)), "");
	node = xml_next(node, "b");
	is(xml_text(&xml, node), "<&");
	assert_int_equal(xml_line(node), 3);
	assert_null(xml_next(node, "b"));
	assert_null(xml_child(node, NULL));
	assert_null(xml_child(NULL, "b"));
	assert_null(xml_text(&xml, NULL).at);
	xml_release(&xml);
}

static void
lines(void **state)
{
	(void)state;
	assert_string_equal(error_of(slice_of("<a>\n<b>\n</c></a>")),
	    "f:3: bad XML: Opening and ending tag mismatch: "
	    "b line 2 and c\n");
	assert_string_equal(error_of(slice_of("")),
	    "f:1: bad XML: empty, and not XML\n");
	assert_non_null(strstr(error_of(slice_of("{}")), "f:1: bad XML: "));
	assert_non_null(strstr(error_of(slice_of("<a/>\n<b/>")), "f:2: "));
	assert_non_null(strstr(error_of((struct slice){ "<a>\0</a>", 8 }),
	    "f:1: "));
}

/* rpki-client's: a file of this host, and a gigabyte out of a kilobyte. */
static void
entities(void **state)
{
	static const char doctype[] = "f:1: bad XML: a DOCTYPE is not taken\n";

	(void)state;
	assert_string_equal(error_of(slice_of("<!DOCTYPE a>\n<a/>")), doctype);
	assert_string_equal(error_of(slice_of("<!DOCTYPE a [<!ENTITY e SYSTEM "
	    "'file:///etc/passwd'>]>\n<a>&e;</a>")), doctype);
	assert_string_equal(error_of(slice_of("<!DOCTYPE a SYSTEM "
	    "'http://192.0.2.1/a.dtd'><a/>")), doctype);
	assert_string_equal(error_of(slice_of("<!DOCTYPE a [<!ENTITY a 'ha'>"
	    "<!ENTITY b '&a;&a;'><!ENTITY c '&b;&b;'>]><a>&c;</a>")), doctype);
	assert_string_equal(error_of(slice_of("<a>&e;</a>")),
	    "f:1: bad XML: Entity 'e' not defined\n");
}

static void
limits(void **state)
{
	size_t size = XML_LIMIT + 1;
	char *text = malloc(size);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < size; i++)
		text[i] = "<a>"[i % 3];
	assert_string_equal(error_of((struct slice){ text, size - size % 3 -
	    3 }), "f:1: bad XML: more elements in each other than are "
		  "taken\n");
	assert_string_equal(error_of((struct slice){ text, size }),
	    "f:1: bad XML: more XML than is taken\n");
	for (size_t i = 0; i < XML_DEPTH; i++)
		memcpy(text + XML_DEPTH * 3 + i * 4, "</a>", 4);
	assert_string_equal(error_of((struct slice){ text, XML_DEPTH * 7 }),
	    "");
	free(text);
}

static void
cut(void **state)
{
	static const char text[] = "<?xml version=\"1.0\"?><a id='x'><b>y&amp;"
				   "</b><!-- c --><![CDATA[d]]></a>";

	(void)state;
	assert_string_equal(error_of(slice_of(text)), "");
	for (size_t size = 0; size < sizeof text - 1; size++)
		assert_true(*error_of((struct slice){ text, size }) != '\0');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks),
		cmocka_unit_test(lines),
		cmocka_unit_test(entities),
		cmocka_unit_test(limits),
		cmocka_unit_test(cut),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
