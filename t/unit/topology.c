/* SPDX-License-Identifier: MIT */
/* Lag in both directions, generations, and what a status says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "check/replication.h"
#include "replicas.h"

/* Last: its fail() is a macro, and diag.h's is a function. */
#include <cmocka.h>

static void
add_ruv(struct replicas *all, size_t server, const char *suffix,
    const char *const *ruv)
{
	struct entry_attribute attribute[8] = {
		{ slice_of("nsDS5ReplicaRoot"), slice_of(suffix) },
	};
	const struct entry entry = { .dn = slice_of("cn=replica"),
		.attribute = attribute,
		.file = "unit",
		.line = 1,
		.attributes = 8 };

	for (size_t i = 1; i < 8; i++) {
		attribute[i] = *ruv == NULL ?
		    (struct entry_attribute){ slice_of("x"), slice_of("") } :
		    (struct entry_attribute){ slice_of("nsds50ruv"),
			slice_of(*ruv) };
		ruv += *ruv != NULL;
	}
	assert_int_equal(replicas_take(all, server, &entry), 0);
}

#define GENERATION "{replicageneration} 6b01043f000000600000"
#define AT_96(csn) "{replica 96 ldap://a:389} " csn " " csn
#define AT_97(csn) "{replica 97 ldap://b:389} " csn " " csn

static void
add_two(struct replicas *all, const char *const *a, const char *const *b)
{
	add_ruv(all, replicas_server(all, "a"), "o=ca", a);
	add_ruv(all, replicas_server(all, "b"), "o=ca", b);
	replicas_join(all);
	assert_int_equal(all->count, 2);
}

static bool
has_code(const struct replicas *all, const char *code)
{
	const struct topology topology = { .all = all };
	struct findings found = { 0 };
	bool has = false;

	topology_check(&topology, &found);
	for (size_t i = 0; i < found.count; i++)
		has |= strcmp(found.item[i].is->code, code) == 0;
	findings_release(&found);
	return has;
}

static void
test_lag(void **state)
{
	static const char *const a[] = { GENERATION,
		AT_96("6b010aab000000600000"), AT_97("6b010aa0000000610000"),
		NULL };
	static const char *const b[] = { GENERATION,
		AT_96("6b010aa0000000600000"), AT_97("6b010aa5000000610000"),
		"{replica 98}", NULL };
	struct replicas all = { 0 };

	(void)state;
	add_two(&all, a, b);
	assert_int_equal(topology_lag(&all, &all.replica[0], 96), 0);
	assert_int_equal(topology_lag(&all, &all.replica[1], 96), 11);
	assert_int_equal(topology_lag(&all, &all.replica[0], 97), 5);
	assert_int_equal(topology_lag(&all, &all.replica[1], 97), 0);
	assert_int_equal(topology_lag(&all, &all.replica[0], 98), 0);
	for (unsigned max = 0; max < 13; max++)
		assert_int_equal(topology_in_step(&(struct topology){
				     .all = &all, .max_lag = max }),
		    max >= 11);
	assert_false(has_code(&all, "generation"));
	replicas_release(&all);
}

static void
test_never(void **state)
{
	static const char *const a[] = { GENERATION,
		AT_96("6b010aab000000600000"), NULL };
	static const char *const b[] = { GENERATION, "{replica 96}", NULL };
	struct replicas all = { 0 };

	(void)state;
	add_two(&all, a, b);
	assert_int_equal(topology_lag(&all, &all.replica[1], 96), -1);
	assert_false(topology_in_step(
	    &(struct topology){ .all = &all, .max_lag = UINT32_MAX }));
	assert_true(has_code(&all, "never-sent"));
	replicas_release(&all);
}

static void
test_generation(void **state)
{
	static const char *const a[] = { GENERATION,
		AT_96("6b010aab000000600000"), NULL };
	static const char *const b[] = {
		"{replicageneration} 6b01043f000000610000",
		AT_96("6b010aab000000600000"), NULL
	};
	struct replicas all = { 0 };

	(void)state;
	add_two(&all, a, b);
	assert_true(has_code(&all, "generation"));
	replicas_release(&all);
	add_ruv(&all, replicas_server(&all, "a"), "o=ca", a);
	add_ruv(&all, replicas_server(&all, "b"), "o=kra", b);
	replicas_join(&all);
	assert_false(has_code(&all, "generation"));
	replicas_release(&all);
}

static void
test_states(void **state)
{
	static const struct {
		const char *status, *colour;
		bool disabled;
		enum topology_state want;
	} cases[] = {
		{ "Error (0) Replica acquired", "", 0, TOPOLOGY_GREEN },
		{ "0 Replica acquired", "", 0, TOPOLOGY_GREEN },
		{ "Error (1) replica busy", "", 0, TOPOLOGY_AMBER },
		{ "1 replica busy", "", 0, TOPOLOGY_AMBER },
		{ "Error (1) - LDAP error: Operations", "", 0, TOPOLOGY_RED },
		{ "Error (10) x", "", 0, TOPOLOGY_RED },
		{ "Error (-1) x", "", 0, TOPOLOGY_RED },
		{ "-1 x", "", 0, TOPOLOGY_RED },
		{ "Error (", "", 0, TOPOLOGY_RED },
		{ "words", "", 0, TOPOLOGY_RED },
		{ "", "", 0, TOPOLOGY_UNKNOWN },
		{ "Error (0) x", "red", 0, TOPOLOGY_RED },
		{ "Error (0) x", "amber", 0, TOPOLOGY_AMBER },
		{ "Error (-1) x", "green", 0, TOPOLOGY_GREEN },
		{ "Error (0) x", "green", 1, TOPOLOGY_DISABLED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct replica_agreement agreement = {
			.status = slice_of(cases[i].status),
			.state = slice_of(cases[i].colour),
			.disabled = cases[i].disabled,
		};

		if (topology_state(&agreement) != cases[i].want)
			fail_msg("'%s'", cases[i].status);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lag),
		cmocka_unit_test(test_never),
		cmocka_unit_test(test_generation),
		cmocka_unit_test(test_states),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
