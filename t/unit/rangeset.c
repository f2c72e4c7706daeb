/* SPDX-License-Identifier: MIT */
/* Ranges of CS.cfg, each read by its generator's rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pki/rangeset.h"
#include "util/buf.h"
#include "util/mem.h"

static struct cfg *
parse(const char *text)
{
	struct cfg *cfg =
	    cfg_parse("unit", mem_dup(text, strlen(text)), strlen(text));

	assert_non_null(cfg);
	return cfg;
}

#define HUGE "123456789012345678901234567890123456789012345678901234567890"

static const struct {
	const char *text;
	int radix;
	const char *want; /* decimal; NULL: not a number */
} numbers[] = {
	{ "0", 10, "0" },
	{ "10", 10, "10" },
	{ "10", 16, "16" },
	{ "fff0000", 16, "268369920" },
	{ "FFF0000", 16, "268369920" },
	{ " 10\t", 16, "16" },
	{ "0010", 10, "10" },
	{ HUGE, 10, HUGE },
	{ "ffffffffffffffffffffffffffffffff", 16,
	    "340282366920938463463374607431768211455" },
	{ "10", RANGESET_BY_PREFIX, "10" },
	{ "0x10", RANGESET_BY_PREFIX, "16" },
	{ "0X1f", RANGESET_BY_PREFIX, "31" },
	{ "z", 36, "35" },
	{ "", 10, NULL },
	{ " ", 16, NULL },
	{ "10 ", RANGESET_BY_PREFIX, NULL },
	{ "0x10 ", RANGESET_BY_PREFIX, NULL },
	{ "a", 10, NULL },
	{ "g", 16, NULL },
	{ "-1", 10, NULL },
	{ "+1", 16, NULL },
	{ "0x10", 16, NULL },
	{ "0x10", 10, NULL },
	{ "0x", RANGESET_BY_PREFIX, NULL },
	{ "a", RANGESET_BY_PREFIX, NULL },
	{ "0x0x1", RANGESET_BY_PREFIX, NULL },
	{ "1 0", 10, NULL },
	{ "1_0", 10, NULL },
	{ "1.0", 10, NULL },
};

static void
test_numbers(void **state)
{
	mpz_t got, want;

	(void)state;
	mpz_inits(got, want, NULL);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		bool good = rangeset_parse(
		    got, slice_of(numbers[i].text), numbers[i].radix);

		assert_int_equal(good, numbers[i].want != NULL);
		if (!good)
			continue;
		mpz_set_str(want, numbers[i].want, 10);
		assert_int_equal(mpz_cmp(got, want), 0);
	}
	mpz_clears(got, want, NULL);
}

#define RANGE(kind, begin, end)                                                \
	"dbs.begin" kind "Number=" begin "\ndbs.end" kind "Number=" end "\n"
#define NEXT(kind, begin, end)                                                 \
	"dbs.nextBegin" kind "Number=" begin "\ndbs.nextEnd" kind              \
	"Number=" end "\n"
#define GENERATOR(name, value) "dbs." name ".id.generator=" value "\n"
#define CA "cs.type=CA\n"
#define KRA "cs.type=KRA\n"

/* "first-last first-last" of the current and the next; "?": there, but not
 * readable; "-": none; or "not kept". */
static const struct {
	const char *title, *file;
	enum rangeset_kind kind;
	const char *want;
} sets[] = {
	{ "legacy serial numbers are hexadecimal",
	    CA RANGE("Serial", "1", "10") NEXT("Serial", "11", "20"),
	    RANGESET_SERIAL, "1-16 17-32" },
	{ "and have no prefix", CA RANGE("Serial", "0x1", "0x10"),
	    RANGESET_SERIAL, "? -" },
	{ "unless their radix says otherwise",
	    CA "dbs.cert.id.radix=10\n" RANGE("Serial", "1", "10"),
	    RANGESET_SERIAL, "1-10 -" },
	{ "a radix that is none says nothing",
	    CA "dbs.cert.id.radix=hex\n" RANGE("Serial", "1", "10"),
	    RANGESET_SERIAL, "1-16 -" },
	{ "nor one that Java does not have",
	    CA "dbs.cert.id.radix=37\n" RANGE("Serial", "1", "10"),
	    RANGESET_SERIAL, "1-16 -" },
	{ "legacy2 goes by the prefix",
	    CA GENERATOR("cert", "legacy2") RANGE("Serial", "9", "0x18"),
	    RANGESET_SERIAL, "9-24 -" },
	{ "and by no radix",
	    CA GENERATOR("cert", "legacy2") "dbs.cert.id.radix=16\n" RANGE(
		"Serial", "9", "10"),
	    RANGESET_SERIAL, "9-10 -" },
	{ "random numbers are in no range",
	    CA GENERATOR("cert", "random") RANGE("Serial", "1", "10"),
	    RANGESET_SERIAL, "not kept" },
	{ "requests are decimal", CA RANGE("Request", "1", "10"),
	    RANGESET_REQUEST, "1-10 -" },
	{ "unless their radix says otherwise (requests)",
	    CA "dbs.request.id.radix=16\n" RANGE("Request", "1", "10"),
	    RANGESET_REQUEST, "1-16 -" },
	{ "requests have a generator of their own",
	    CA GENERATOR("cert", "random") RANGE("Request", "1", "10"),
	    RANGESET_REQUEST, "1-10 -" },
	{ "which may be random",
	    CA GENERATOR("request", "random") RANGE("Request", "1", "10"),
	    RANGESET_REQUEST, "not kept" },
	{ "or legacy2",
	    CA GENERATOR("request", "legacy2") RANGE("Request", "1", "0x10"),
	    RANGESET_REQUEST, "1-16 -" },
	{ "a KRA's serial numbers are its keys'",
	    KRA GENERATOR("key", "legacy2") GENERATOR("cert", "random")
		RANGE("Serial", "1", "0x10"),
	    RANGESET_SERIAL, "1-16 -" },
	{ "with their radix",
	    KRA "dbs.cert.id.radix=8\ndbs.key.id.radix=10\n" RANGE(
		"Serial", "1", "10"),
	    RANGESET_SERIAL, "1-10 -" },
	{ "a KRA's generator of keys is no CA's",
	    CA GENERATOR("key", "random") RANGE("Serial", "1", "10"),
	    RANGESET_SERIAL, "1-16 -" },
	{ "replica IDs are decimal, whatever is random",
	    CA GENERATOR("cert", "random") GENERATOR("request", "random")
		RANGE("Replica", "1", "100"),
	    RANGESET_REPLICA, "1-100 -" },
	{ "and whatever is legacy2",
	    CA GENERATOR("cert", "legacy2") RANGE("Replica", "1", "0x10"),
	    RANGESET_REPLICA, "? -" },
	{ "an OCSP clone's begin is no range",
	    "cs.type=OCSP\ndbs.beginReplicaNumber=3\n", RANGESET_REPLICA,
	    "not kept" },
	{ "nor do a TKS and a TPS have any",
	    "cs.type=TPS\n" RANGE("Serial", "1", "10"), RANGESET_SERIAL,
	    "not kept" },
	{ "a file of no type has what it says", RANGE("Serial", "1", "10"),
	    RANGESET_SERIAL, "1-16 -" },
	{ "half a range", CA "dbs.beginSerialNumber=1\n", RANGESET_SERIAL,
	    "? -" },
	{ "half a next range",
	    CA RANGE("Serial", "1", "10") "dbs.nextEndSerialNumber=20\n",
	    RANGESET_SERIAL, "1-16 ?" },
	{ "-1 is no next range",
	    CA RANGE("Request", "1", "10") NEXT("Request", "-1", "-1"),
	    RANGESET_REQUEST, "1-10 -" },
	{ "nor is an empty one",
	    CA RANGE("Request", "1", "10") NEXT("Request", "", " "),
	    RANGESET_REQUEST, "1-10 -" },
	{ "-1 is no begin, though", CA RANGE("Request", "-1", "10"),
	    RANGESET_REQUEST, "? -" },
	{ "an unknown generator is read as legacy",
	    CA GENERATOR("cert", "Legacy3") RANGE("Serial", "1", "10"),
	    RANGESET_SERIAL, "1-16 -" },
	{ "a generator of nothing is legacy, too",
	    CA GENERATOR("cert", "") RANGE("Serial", "1", "10"),
	    RANGESET_SERIAL, "1-16 -" },
	{ "no range at all", CA, RANGESET_SERIAL, "- -" },
};

static void
show_range(struct buf *out, const struct rangeset_range *r)
{
	char *text;

	if (!r->readable) {
		buf_puts(out, r->begin != NULL || r->end != NULL ? "?" : "-");
		return;
	}
	gmp_asprintf(&text, "%Zd-%Zd", r->first, r->last);
	buf_puts(out, text);
	free(text);
}

static void
test_set(void **state)
{
	size_t i = *(const size_t *)*state;
	struct cfg *cfg = parse(sets[i].file);
	struct buf out = { 0 };
	struct rangeset set;

	rangeset_read(&set, cfg, sets[i].kind);
	if (set.kept) {
		show_range(&out, &set.range[0]);
		buf_putc(&out, ' ');
		show_range(&out, &set.range[1]);
	} else {
		buf_puts(&out, "not kept");
	}
	buf_putc(&out, '\0');
	assert_string_equal(out.at, sets[i].want);
	buf_release(&out);
	rangeset_release(&set);
	cfg_free(cfg);
}

static void
test_steps(void **state)
{
	struct cfg *cfg = parse(CA "dbs.serialIncrement=10000000\n"
				   "dbs.serialLowWaterMark=-5\n"
				   "dbs.serialCloneTransferNumber=10000\n"
				   "dbs.replicaIncrement=100\n");
	struct rangeset set;

	(void)state;
	rangeset_read(&set, cfg, RANGESET_SERIAL);
	assert_int_equal(mpz_cmp_ui(set.increment.value, 0x10000000), 0);
	assert_true(set.low_water.line != NULL && !set.low_water.readable);
	assert_int_equal(mpz_cmp_ui(set.transfer.value, 0x10000), 0);
	rangeset_release(&set);
	rangeset_read(&set, cfg, RANGESET_REPLICA);
	assert_int_equal(mpz_cmp_ui(set.increment.value, 100), 0);
	assert_null(set.transfer.line);
	assert_false(set.transfer.readable);
	rangeset_release(&set);
	cfg_free(cfg);
}

static void
test_overlap(void **state)
{
	static const struct {
		const char *begin, *end;
		bool overlaps;
	} others[] = {
		{ "10", "19", true },
		{ "1", "10", true },
		{ "1", "9", false },
		{ "19", "30", true },
		{ "20", "30", false },
		{ "1", "30", true },
		{ "12", "13", true },
		{ "12", "x", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		char *text = mem_printf(CA RANGE("Request", "10", "19")
					    NEXT("Request", "%s", "%s"),
		    others[i].begin, others[i].end);
		struct cfg *cfg = parse(text);
		struct rangeset set;

		rangeset_read(&set, cfg, RANGESET_REQUEST);
		assert_int_equal(rangeset_overlap(&set.range[0], &set.range[1]),
		    others[i].overlaps);
		assert_int_equal(rangeset_overlap(&set.range[1], &set.range[0]),
		    others[i].overlaps);
		rangeset_release(&set);
		cfg_free(cfg);
		free(text);
	}
}

/* What a clone would be given, and whether it is there to give. */
static void
test_giving(void **state)
{
	static const struct {
		const char *file;
		unsigned used;
		bool can;
	} masters[] = {
		{ CA RANGE("Request", "1", "10"), 10, true },
		{ CA RANGE("Request", "1",
		      "10") "dbs.requestCloneTransferNumber=10\n",
		    0, true },
		{ CA RANGE("Request", "1",
		      "10") "dbs.requestCloneTransferNumber=10\n",
		    1, false },
		{ CA RANGE("Request", "1", "10") NEXT("Request", "11",
		      "20") "dbs.requestCloneTransferNumber=10\n",
		    1, true },
		{ CA RANGE("Request", "1", "10") NEXT("Request", "11",
		      "19") "dbs.requestCloneTransferNumber=10\n",
		    1, false },
		{ CA RANGE("Request", "10",
		      "1") "dbs.requestCloneTransferNumber=1\n",
		    0, false },
		{ CA "dbs.requestCloneTransferNumber=1\n", 0, false },
	};
	mpz_t used;

	(void)state;
	mpz_init(used);
	for (size_t i = 0; i < sizeof masters / sizeof *masters; i++) {
		struct cfg *cfg = parse(masters[i].file);
		struct rangeset set;

		rangeset_read(&set, cfg, RANGESET_REQUEST);
		mpz_set_ui(used, masters[i].used);
		assert_int_equal(rangeset_can_give(&set, used), masters[i].can);
		if (masters[i].used == 0)
			assert_int_equal(
			    rangeset_can_give(&set, NULL), masters[i].can);
		rangeset_release(&set);
		cfg_free(cfg);
	}
	mpz_clear(used);
}

int
main(void)
{
	enum { SETS = sizeof sets / sizeof *sets };
	static size_t number[SETS];
	struct CMUnitTest tests[SETS + 4] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_giving),
	};

	for (size_t i = 0; i < SETS; i++) {
		number[i] = i;
		tests[4 + i] = (struct CMUnitTest){ .name = sets[i].title,
			.test_func = test_set,
			.initial_state = &number[i] };
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("rangeset", tests, NULL, NULL);
}
