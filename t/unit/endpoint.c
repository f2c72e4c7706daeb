/* SPDX-License-Identifier: MIT */
/* Where a server is, taken apart and compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "util/endpoint.h"

#define ALL(array) (sizeof(array) / sizeof *(array))

static const struct {
	const char *text, *host, *port; /* host NULL: it is none */
} splits[] = {
	{ "h", "h", NULL },
	{ "h.example.com:8443", "h.example.com", "8443" },
	{ "[::1]", "::1", NULL },
	{ "[2001:db8::1]:389", "2001:db8::1", "389" },
	{ "::1", "::1", NULL },
	{ "fe80::1%eth0", "fe80::1%eth0", NULL },
	{ "", NULL, NULL },
	{ ":1", NULL, NULL },
	{ "h:", NULL, NULL },
	{ "[]", NULL, NULL },
	{ "[::1", NULL, NULL },
	{ "[::1]x", NULL, NULL },
	{ "[::1]:", NULL, NULL },
}, urls[] = {
	{ "ldap://h", "h", "389" },
	{ "LDAPS://h", "h", "636" },
	{ "ldap://h:1389/dc=ca", "h", "1389" },
	{ "ldap://h:", "h", "389" },
	{ "ldaps://[::1]/", "::1", "636" },
	{ "ldaps://[::1]:1/", "::1", "1" },
	{ "https://h", "h", NULL },
	{ "https://h:8443/ca", "h", "8443" },
	{ "ldapi://%2frun%2fslapd", NULL, NULL },
	{ "LDAPI://%2frun%2fslapd/dc=ca", NULL, NULL },
	{ "ldapi:///", NULL, NULL },
	{ "ldap://", NULL, NULL },
	{ "://h", NULL, NULL },
	{ "h:389", NULL, NULL },
	{ "ldap:/h", NULL, NULL },
	{ "", NULL, NULL },
};

static void
is_text(struct slice s, const char *text)
{
	assert_int_equal(s.at == NULL, text == NULL);
	if (text != NULL)
		assert_true(slice_equal(s, slice_of(text)));
}

static void
test_split(void **state)
{
	struct endpoint at;

	(void)state;
	for (size_t i = 0; i < ALL(splits); i++) {
		assert_int_equal(endpoint_split(&at, slice_of(splits[i].text)),
		    splits[i].host != NULL);
		is_text(at.host, splits[i].host);
		is_text(at.port, splits[i].port);
	}
	for (size_t i = 0; i < ALL(urls); i++) {
		assert_int_equal(endpoint_of_url(&at, slice_of(urls[i].text)),
		    urls[i].host != NULL);
		is_text(at.host, urls[i].host);
		is_text(at.port, urls[i].port);
	}
}

static void
test_parse(void **state)
{
	static const char *const refused[] = { "", "h", ":1", "h:", "h:0",
		"h:65536", "h:1 ", "h:+1", "h:1:2", "h i:1", "h:000001",
		"-oProxyCommand=x:1", "h;x:1", "[::1]", "[::x]:1", "[h]:1",
		"[::1 ]:1", "h:1\n" };
	static const char *const taken[] = { "h.example:65535", "h_1:1",
		"127.0.0.1:8443", "[::1]:8443", "[fe80::1%eth0]:1" };
	struct endpoint at;

	(void)state;
	for (size_t i = 0; i < ALL(refused); i++)
		assert_false(endpoint_parse(&at, slice_of(refused[i])));
	for (size_t i = 0; i < ALL(taken); i++) {
		char *text;

		assert_true(endpoint_parse(&at, slice_of(taken[i])));
		text = endpoint_text(&at);
		assert_string_equal(text, taken[i]);
		free(text);
	}
}

static void
test_local(void **state)
{
	static const char *const own[] = { "localhost", "LOCALHOST",
		"localhost.", "localhost.localdomain", "localhost4",
		"localhost6", "localhost4.localdomain4",
		"localhost6.localdomain6", "127.0.0.1", "127.0.1.1",
		"127.255.255.254", "::1", "0:0:0:0:0:0:0:1", "[::1]" };
	static const char *const others[] = { "", "localhost2",
		"localhostess.example.com", "localhost.example.com",
		"my.localhost.com", "127.example.com", "127", "128.0.0.1",
		"1127.0.0.1", "::2", "fe80::1", "local", "host",
		"localhost5" };

	(void)state;
	for (size_t i = 0; i < ALL(own); i++)
		assert_true(endpoint_is_local(slice_of(own[i])));
	for (size_t i = 0; i < ALL(others); i++)
		assert_false(endpoint_is_local(slice_of(others[i])));
}

static void
test_same_host(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} pairs[] = {
		{ "ds1", "DS1", true },
		{ "ds1.example.com", "DS1.Example.COM", true },
		{ "ds1.example.com", "ds1.example.com.", true },
		{ "ds1", "ds1.example.com", true },
		{ "ds1.a.example", "ds1.b.example", false },
		{ "ds1", "ds10", false },
		{ "ds1", "ds10.example.com", false },
		{ "2001:db8::1", "2001:DB8:0:0:0:0:0:1", true },
		{ "[2001:db8::1]", "2001:db8::1", true },
		{ "2001:db8::1", "2001:db8::2", false },
		{ "10.0.0.1", "10.0.0.1", true },
		{ "10", "10.0.0.1", false },
		{ "", "", false },
	};

	(void)state;
	for (size_t i = 0; i < ALL(pairs); i++) {
		const struct slice a = slice_of(pairs[i].a);
		const struct slice b = slice_of(pairs[i].b);

		assert_int_equal(endpoint_same_host(a, b), pairs[i].same);
		assert_int_equal(endpoint_same_host(b, a), pairs[i].same);
	}
	assert_false(endpoint_same_host(slice_of("h"), (struct slice){ 0 }));
}

static void
test_same(void **state)
{
	struct endpoint a, b;

	(void)state;
	assert_true(endpoint_split(&a, slice_of("DS1:389")));
	assert_true(endpoint_split(&b, slice_of("ds1.example.com:389")));
	assert_true(endpoint_same(&a, &b));
	assert_true(endpoint_split(&b, slice_of("ds1.example.com:636")));
	assert_false(endpoint_same(&a, &b));
	assert_true(endpoint_split(&b, slice_of("ds1")));
	assert_false(endpoint_same(&a, &b));
}

static void
test_list(void **state)
{
	struct slice list = slice_of("  a:1 b  [::1]:2 "), element;
	static const char *const want[] = { "a:1", "b", "[::1]:2" };

	(void)state;
	for (size_t i = 0; i < ALL(want); i++) {
		assert_true(endpoint_next(&list, &element));
		is_text(element, want[i]);
	}
	assert_false(endpoint_next(&list, &element));
}

static void
test_url(void **state)
{
	struct endpoint at = { slice_of("::1"), slice_of("636") };
	char *url = endpoint_url("ldaps", &at);

	(void)state;
	assert_string_equal(url, "ldaps://[::1]:636");
	free(url);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_local),
		cmocka_unit_test(test_same_host),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_url),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
