/* SPDX-License-Identifier: MIT */
/* The KRA connector's hosts and parts, and what becomes of two of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pki/connector.h"
#include "util/buf.h"
#include "util/mem.h"

#define K CONNECTOR_PREFIX
#define REST K "local=false\n" K "transportCert=AAAA\n" K "uri=/u\n"
#define WHOLE K "host=h\n" K "port=1\n" REST

static struct cfg *
parse(const char *text)
{
	struct cfg *cfg;

	if (text == NULL)
		return NULL;
	cfg = cfg_parse("unit", mem_dup(text, strlen(text)), strlen(text));
	assert_non_null(cfg);
	return cfg;
}

static const struct {
	const char *host, *port, *want; /* want NULL: cannot be read */
} hosts[] = {
	{ "h", "8443", "h:8443|" },
	{ " h ", " 8443 ", "h:8443|" },
	{ "", "", "" },
	{ "h:1 i:2", "0", "h:1|i:2|" },
	{ "h:1 h:1", "0", "h:1|h:1|" },
	{ "h", "", NULL },
	{ "h", "x", NULL },
	{ "h", "-1", NULL },
	{ "h", "123456", NULL },
	{ "h:1 i:2", "", NULL },
	{ "h:1", "1", NULL },
	{ "h i:2", "1", NULL },
	{ "h:1  i:2", "1", NULL },
	{ "h:1 i:", "1", NULL },
	{ "h:1 :2", "1", NULL },
	{ "h:1 i:2:3", "1", NULL },
	{ "h:1\ti:2", "1", NULL },
	{ "h:1,i:2", "1", NULL },
	{ "https://h", "1", NULL },
	{ "https://h:1", "1", NULL },
	{ "h:1 [::1]:2", "1", NULL },
	{ "::1", "8443", "[::1]:8443|" },
	{ "h:1 i:0", "1", NULL },
	{ "h:1 i:70000", "1", NULL },
	{ "h", "70000", NULL },
};

static void
test_hosts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		char *text = mem_printf(K "host=%s\n" K "port=%s\n",
		    hosts[i].host, hosts[i].port);
		struct cfg *cfg = parse(text);
		struct connector_hosts got;
		struct buf shown = { 0 };

		assert_int_equal(connector_hosts(&got, cfg),
		    hosts[i].want != NULL ? 0 : -1);
		for (size_t n = 0; n < got.count; n++) {
			char *one = endpoint_text(&got.at[n]);

			buf_puts(&shown, one);
			free(one);
			buf_putc(&shown, '|');
		}
		buf_putc(&shown, '\0');
		assert_string_equal(shown.at,
		    hosts[i].want != NULL ? hosts[i].want : "");
		buf_release(&shown);
		connector_hosts_release(&got);
		cfg_free(cfg);
		free(text);
	}
}

static void
test_settings(void **state)
{
	(void)state;
	assert_true(connector_is_setting(slice_of(K "host")));
	assert_true(connector_is_setting(slice_of(K "uri.x")));
	assert_false(connector_is_setting(slice_of(K)));
	assert_false(connector_is_setting(slice_of(K "_000")));
	assert_false(connector_is_setting(slice_of("ca.connector.KRA")));
	assert_false(connector_is_setting(slice_of("ca.connector.KRAx.host")));
	assert_false(connector_is_setting(slice_of("ca.connector._005")));
	assert_true(connector_sees_to(slice_of(K "nickName")));
	assert_false(connector_sees_to(slice_of(K "nickname")));
	assert_false(connector_sees_to(slice_of(K "timeout")));
}

static const struct {
	const char *text;
	bool in, whole;
} checks[] = {
	{ "", false, false },
	{ "#" WHOLE, true, false },
	{ K "_000=x\n", false, false },
	{ WHOLE, true, true },
	{ REST, true, false },
	{ K "host=h\n" REST, true, false },
	{ K "host=h\n" K "port=1\n", true, false },
	{ WHOLE K "uri=\n", true, false },
	{ WHOLE K "uri= \n", true, false },
	{ WHOLE K "host=h:1 i\n", true, false },
};

static void
test_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		struct cfg *cfg = parse(checks[i].text);

		assert_int_equal(connector_is_in(cfg), checks[i].in);
		assert_int_equal(connector_check(cfg),
		    checks[i].whole ? 0 : -1);
		cfg_free(cfg);
	}
}

#define OTHER K "host=h\n" K "port=2\n" REST
#define PART K "certRevocationCheck=false\n"

/* base, master, clone; what a merge says with no side, the master, the
 * clone preferred; how many lines its edits have with none. */
static const struct {
	const char *base, *master, *clone;
	enum connector_result result, master_first, clone_first;
	size_t lines;
} merges[] = {
#define ALL(x) x, x, x
	{ NULL, "", "", ALL(CONNECTOR_SETTLED), 0 },
	{ NULL, "", WHOLE, ALL(CONNECTOR_SETTLED), 0 },
	{ NULL, WHOLE, WHOLE, ALL(CONNECTOR_NEW), 0 },
	{ NULL, WHOLE, "", ALL(CONNECTOR_NEW), 3 },
	{ NULL, WHOLE, PART, ALL(CONNECTOR_NEW), 3 },
	{ NULL, PART, WHOLE, ALL(CONNECTOR_BAD), 0 },
	{ NULL, K "local=True\n", "", ALL(CONNECTOR_REFUSED), 0 },
	{ NULL, WHOLE K "transportCert=BBBB\n", WHOLE, ALL(CONNECTOR_REFUSED),
	    0 },
	{ "", WHOLE, "", ALL(CONNECTOR_NEW), 3 },
	{ WHOLE, WHOLE, WHOLE, ALL(CONNECTOR_KNOWN), 0 },
	{ WHOLE, WHOLE, PART, ALL(CONNECTOR_NEW), 3 },
	{ WHOLE, OTHER, WHOLE, ALL(CONNECTOR_KNOWN), 2 },
	{ WHOLE, WHOLE, OTHER, ALL(CONNECTOR_KNOWN), 0 },
	{ K "host=h:1 i:2\n" K "port=1\n" REST, WHOLE,
	    K "host=i:2 j:3\n" K "port=1\n" REST, ALL(CONNECTOR_KNOWN), 4 },
	{ K "host=h:1 i:2\n" K "port=1\n" REST, WHOLE,
	    K "host=i:2 i:2\n" K "port=1\n" REST, ALL(CONNECTOR_KNOWN), 2 },
	{ WHOLE, WHOLE, "", ALL(CONNECTOR_SETTLED), 0 },
	{ WHOLE, "", WHOLE, ALL(CONNECTOR_SETTLED), 5 },
	{ WHOLE, "", "", ALL(CONNECTOR_SETTLED), 0 },
	{ WHOLE, OTHER, "", CONNECTOR_REFUSED, CONNECTOR_NEW,
	    CONNECTOR_SETTLED, 0 },
	{ WHOLE, "", OTHER, CONNECTOR_REFUSED, CONNECTOR_SETTLED,
	    CONNECTOR_SETTLED, 0 },
	{ K "host=h\n", WHOLE, WHOLE, ALL(CONNECTOR_BAD), 0 },
#undef ALL
};

static size_t
merge(size_t i, bool master, bool clone, enum connector_result want)
{
	struct connector_sides sides = { .clone = parse(merges[i].clone),
		.master = parse(merges[i].master),
		.base = parse(merges[i].base) };
	struct connector_policy policy = { .prefer_master = master,
		.prefer_clone = clone };
	struct edits edits = { 0 };
	enum connector_result got = connector_merge(&edits, &sides, &policy);
	size_t lines = edits.count;

	if (got != want)
		fail_msg("case %zu: %d, not %d", i, (int)got, (int)want);
	edits_release(&edits);
	cfg_free((struct cfg *)sides.clone);
	cfg_free((struct cfg *)sides.master);
	cfg_free((struct cfg *)sides.base);
	return lines;
}

static void
test_merge(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof merges / sizeof *merges; i++) {
		merge(i, true, false, merges[i].master_first);
		merge(i, false, true, merges[i].clone_first);
		if (merge(i, false, false, merges[i].result) !=
		    merges[i].lines)
			fail_msg("case %zu: not %zu lines", i,
			    merges[i].lines);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_merge),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
