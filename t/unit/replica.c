/* SPDX-License-Identifier: MIT */
/* Replicas put together from entries of any order and any number of files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pki/replica.h"
#include "replicas.h"

#define TOMBSTONE "nsuniqueid=ffffffff-ffffffff-ffffffff-ffffffff,"
#define NEWER "6b010aab000000600000"
#define OLDER "6b010aa0000000600000"

enum { MOST = 8 };

/* A DN, and names and values in turn. */
static void
add(struct replicas *all, size_t server, const char *dn,
    const char *const *text)
{
	struct entry_attribute attribute[MOST];
	struct entry entry = { .dn = slice_of(dn),
		.attribute = attribute,
		.file = "unit",
		.line = 1 };

	for (; *text != NULL; text += 2)
		attribute[entry.attributes++] =
		    (struct entry_attribute){ slice_of(text[0]),
			    slice_of(text[1]) };
	assert_int_equal(replicas_take(all, server, &entry), 0);
}

#define ADD(all, server, dn, ...)                                              \
	add(all, server, dn, (const char *const[]){ __VA_ARGS__, NULL })

/* Of one replica: what its configuration, its agreement and its RUV tell, each
 * in a file of its own. */
static void
add_part(struct replicas *all, int part)
{
	size_t server = replicas_server(all, "part");

	ADD(all, server, "cn=replica", "nsDS5ReplicaRoot", "o=ca",
	    "nsDS5ReplicaName", "r-1", "nsDS5ReplicaType", "3",
	    "nsDS5ReplicaId", "96");
	if (part == 0)
		ADD(all, server, "cn=x", "cn", "x", "nsDS5ReplicaRoot", "O=CA",
		    "nsDS5ReplicaHost", "b", "nsDS5ReplicaPort", "389");
	else
		ADD(all, server, TOMBSTONE "o=ca", "nsds50ruv",
		    part == 1 ? "{replica 96 ldap://a:389} " OLDER " " NEWER
			      : "{replica 96 ldap://a:389} " OLDER " " OLDER,
		    "nsds50ruv", "{replicageneration} " OLDER);
}

static void
test_any_order(void **state)
{
	static const int order[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
		{ 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	struct csn newer;

	(void)state;
	assert_int_equal(csn_parse(&newer, slice_of(NEWER)), 0);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		struct replicas all = { 0 };
		const struct replica *one;

		for (int k = 0; k < 3; k++)
			add_part(&all, order[i][k]);
		assert_int_equal(all.count, 3);
		replicas_join(&all);
		assert_int_equal(all.count, 1);
		one = &all.replica[0];
		assert_int_equal(one->agreements, 1);
		assert_int_equal(one->elements, 1);
		assert_int_equal(
		    csn_compare(&one->element[0].is.max, &newer), 0);
		assert_true(one->has_generation);
		assert_true(slice_equal(one->at.host, slice_of("a")));
		replicas_release(&all);
	}
}

/* Each suffix of a server has a replica of its own. */
static void
test_two_suffixes(void **state)
{
	struct replicas all = { 0 };
	size_t server = replicas_server(&all, "a");

	(void)state;
	ADD(&all, server, "cn=replica", "nsDS5ReplicaRoot", "o=ca",
	    "nsDS5ReplicaName", "r", "nsDS5ReplicaId", "96");
	ADD(&all, server, "cn=replica", "nsDS5ReplicaRoot", "o=kra",
	    "nsDS5ReplicaName", "r", "nsDS5ReplicaId", "96");
	ADD(&all, server, TOMBSTONE "O=KRA", "nsds50ruv", "{replica 96}");
	replicas_join(&all);
	assert_int_equal(all.count, 2);
	assert_int_equal(all.replica[0].elements, 0);
	assert_int_equal(all.replica[1].elements, 1);
	assert_int_equal(all.replica[0].server, all.replica[1].server);
	assert_non_null(replica_element(&all.replica[1], 96));
	assert_null(replica_element(&all.replica[1], 97));
	replicas_release(&all);
}

static void
test_consumer(void **state)
{
	struct replicas all = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++)
		ADD(&all, replicas_server(&all, "c"), "cn=replica",
		    "nsDS5ReplicaRoot", "o=ca", "nsDS5ReplicaType", "2",
		    "nsDS5ReplicaId", "65535", "nsds50ruv",
		    "{replica 65535 ldap://x:389}");
	replicas_join(&all);
	assert_int_equal(all.count, 2);
	for (int i = 0; i < 2; i++) {
		assert_false(all.replica[i].has_id);
		assert_false(all.replica[i].supplier);
		assert_null(all.replica[i].at.host.at);
	}
	replicas_release(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_two_suffixes),
		cmocka_unit_test(test_consumer),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
