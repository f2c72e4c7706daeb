/* SPDX-License-Identifier: MIT */
/* Ranges of files and entries in one model, and what is found in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/rangecheck.h"
#include "util/buf.h"
#include "util/mem.h"

/* It has a fail() of its own. */
#include <cmocka.h>

struct model {
	struct ranges all;
	struct findings found;
};

static void
begin(struct model *m)
{
	*m = (struct model){ .all = { .radix = 10 } };
}

static void
end(struct model *m)
{
	ranges_release(&m->all);
	findings_release(&m->found);
}

static void
add_cfg(struct model *m, const char *text)
{
	struct cfg *cfg =
	    cfg_parse("unit", mem_dup(text, strlen(text)), strlen(text));

	assert_non_null(cfg);
	assert_int_equal(ranges_add_cfg(&m->all, cfg), 0);
	rangecheck_cfg(&m->found, cfg);
	cfg_free(cfg);
}

/* "dn|name=value|...": what ranges_add_entry() says of it. */
static int
add(struct model *m, const char *text, size_t source)
{
	char *copy = mem_dup(text, strlen(text)), *save = NULL, *part;
	const size_t first = m->all.count;
	struct entry_attribute attribute[16];
	struct entry entry = {
		.attribute = attribute, .file = "unit.ldif", .line = 1
	};
	int status;

	entry.dn = slice_of(strtok_r(copy, "|", &save));
	while ((part = strtok_r(NULL, "|", &save)) != NULL) {
		char *value = strchr(part, '=');

		*value++ = '\0';
		attribute[entry.attributes++] =
		    (struct entry_attribute){ slice_of(part), slice_of(value) };
	}
	status = ranges_add_entry(&m->all, &entry, source);
	rangecheck_entries(&m->all, first, &m->found);
	free(copy);
	return status;
}

/* Blocks as "kind:state:begin-end", findings by their codes after ';'. */
static void
check(struct model *m, const char *want)
{
	struct buf out = { 0 };

	ranges_settle(&m->all);
	rangecheck(&m->all, &m->found);
	for (size_t i = 0; i < m->all.count; i++) {
		const struct range *b = &m->all.range[i];
		char *text;

		if (b->bad || b->again)
			continue;
		gmp_asprintf(&text,
		    range_is_closed(b) ? "%s:%s:%Zd-%Zd " : "%s:%s:%Zd- ",
		    rangeset_kind_name[m->all.repository[b->repository].kind],
		    range_state_name(b->state), b->begin, b->end);
		buf_puts(&out, text);
		free(text);
	}
	buf_putc(&out, ';');
	for (size_t i = 0; i < m->found.count; i++) {
		if (strcmp(m->found.item[i].is->code, "range-gap") == 0)
			continue;
		buf_putc(&out, ' ');
		buf_puts(&out, m->found.item[i].is->code);
	}
	buf_putc(&out, '\0');
	assert_string_equal(out.at, want);
	buf_release(&out);
}

#define CA                                                                     \
	"cs.type=CA\nmachineName=a\ninternaldb.basedn=o=ca\n"                  \
	"dbs.enableSerialManagement=true\n"
#define SERIAL "ou=certificateRepository,ou=ranges,o=ca"
#define SERIAL2 "ou=certificateRepository,ou=ranges_v2,o=ca"
#define RANGE(begin, end, host)                                                \
	"|objectClass=pkiRange|beginRange=" begin "|endRange=" end             \
	"|host=" host "|SecurePort=8443"

/* As long as no CS.cfg says the increment, it is that of an installation. */
#define RESIZED "serial:allocated:19-268435474 ; range-size"

static const struct {
	const char *entry;
	int taken;
	const char *want;
} entries[] = {
	{ "cn=13," SERIAL RANGE("13", "30", "a"), 1, RESIZED },
	{ "CN = 13 , OU=CertificateRepository, ou=Ranges , O=CA" RANGE(
	      "13", "30", "a"),
	    1, RESIZED },
	{ "cn=13," SERIAL RANGE("13", "10000012", "a"), 1,
	    "serial:allocated:19-268435474 ;" },
	{ "cn=13," SERIAL RANGE("13", "268435468", "a"), 1,
	    "serial:allocated:19-268435474 ;" },
	{ "cn=13," SERIAL2 RANGE("13", "30", "a"), 1,
	    "serial:allocated:13-30 ;" },
	{ "cn=13,ou=keyRepository,ou=ranges,o=ca" RANGE("13", "10000012", "a"),
	    1, "serial:allocated:19-268435474 ;" },
	{ "cn=13,ou=requests,ou=ranges,o=ca" RANGE("13", "10000012", "a"), 1,
	    "request:allocated:13-10000012 ;" },
	{ "cn=13,ou=replica,ou=ranges,o=ca" RANGE("13", "112", "a"), 1,
	    "replica:allocated:13-112 ;" },
	{ "cn=13,ou=other,ou=ranges,o=ca" RANGE("13", "30", "a"), 0, ";" },
	{ "cn=13,ou=requests,ou=other,o=ca" RANGE("13", "30", "a"), 0, ";" },
	{ "cn=13" RANGE("13", "30", "a"), 0, ";" },
	{ "cn=14," SERIAL RANGE("13", "10000012", "a"), 1,
	    "serial:allocated:19-268435474 ; range-name" },
	{ "cn=13," SERIAL RANGE("13", "12", "a"), 1, "; range-reversed" },
	{ "cn=13," SERIAL RANGE("13", "0x30", "a"), 1, "; range-digits" },
	{ "cn=13," SERIAL "|objectClass=pkiRange|beginRange=13", 1,
	    "; range-digits" },
	{ "nsuniqueid=x+cn=13," SERIAL RANGE(
	      "13", "30", "a") "|nsds5ReplConflict=namingConflict",
	    1, "serial:conflict:19-268435474 ; range-conflict" },
	{ "ou=certificateRepository,ou=ca,o=ca|objectClass=top"
	  "|objectClass=REPOSITORY|nextRange=10",
	    1, "serial:free:16- ;" },
	{ "ou=keyRepository,ou=kra,o=ca|objectClass=repository|nextRange=10", 1,
	    "serial:free:16- ;" },
	{ SERIAL2 "|objectClass=repository|nextRange=10", 1,
	    "serial:free:10- ;" },
	{ "ou=kra,ou=requests,o=ca|objectClass=repository|nextRange=10", 1,
	    "request:free:10- ;" },
	{ "ou=replica,o=ca|objectClass=repository|nextRange=10", 1,
	    "replica:free:10- ;" },
	{ "ou=replica,o=ca|objectClass=repository", 0, ";" },
	{ "ou=replica,o=ca|objectClass=repository|nextRange=1e3", 1,
	    "; range-digits" },
	{ "ou=people,o=ca|objectClass=repository|nextRange=10", 0, ";" },
	{ "cn=1,ou=certificateRepository,ou=ca,o=ca|objectClass="
	  "certificateRecord|serialno=011",
	    1, ";" },
	{ "cn=1,ou=people,o=ca|objectClass=request|requestId=011", 0, ";" },
	{ "cn=replica,cn=o\\3Dca,cn=config|objectClass=nsDS5Replica"
	  "|nsDS5ReplicaRoot=o=ca|nsDS5ReplicaId=7",
	    1, ";" },
	{ "cn=replica,cn=o\\3Dca,cn=config|objectClass=nsDS5Replica"
	  "|nsDS5ReplicaRoot=o=ca|nsDS5ReplicaId=-7",
	    0, ";" },
	{ "ou=people,o=ca|objectClass=organizationalUnit", 0, ";" },
};

static void
test_entries(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
		struct model m;

		begin(&m);
		assert_int_equal(
		    add(&m, entries[i].entry, 0), entries[i].taken);
		check(&m, entries[i].want);
		end(&m);
	}
}

/* A file with a radix of its own says how the directory's digits are read. */
static void
test_radix_of_files(void **state)
{
	struct model m;

	(void)state;
	begin(&m);
	add_cfg(&m, CA "dbs.cert.id.radix=10\ndbs.serialIncrement=10\n"
		       "dbs.beginSerialNumber=1\ndbs.endSerialNumber=10\n");
	add(&m, "cn=11," SERIAL RANGE("11", "20", "b"), 0);
	check(&m, "serial:current:1-10 serial:allocated:11-20 ;");
	end(&m);
}

/* Once a host uses legacy2, what legacy left is of no account; the same
 * without files, by what the directory has. */
static void
test_old(void **state)
{
	struct model m;

	(void)state;
	for (int files = 0; files < 2; files++) {
		begin(&m);
		if (files)
			add_cfg(&m, CA "dbs.cert.id.generator=legacy2\n"
				       "dbs.beginSerialNumber=0x13\n"
				       "dbs.endSerialNumber=0x30\n");
		add(&m, "cn=13," SERIAL RANGE("13", "10000012", "a"), 0);
		add(&m, "cn=19," SERIAL2 RANGE("19", "48", "a"), 0);
		check(&m, files ? "serial:current:19-48 serial:allocated:19-48 "
				  "serial:old:19-268435474 ;"
				: "serial:allocated:19-48 "
				  "serial:old:19-268435474 ;");
		end(&m);
	}
}

/* Replicas repeat entries; what differs is another block. */
static void
test_replicas(void **state)
{
	struct model m;

	(void)state;
	begin(&m);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(
		    add(&m, "cn=1," SERIAL2 RANGE("1", "9", "a"), i), 1);
		assert_int_equal(add(&m,
				     SERIAL2 "|objectClass=repository"
					     "|nextRange=10",
				     i),
		    1);
	}
	check(&m, "serial:allocated:1-9 serial:free:10- ;");
	end(&m);
	begin(&m);
	add(&m, "cn=1," SERIAL2 RANGE("1", "9", "a"), 0);
	add(&m, "cn=1," SERIAL2 RANGE("1", "9", "b"), 1);
	check(&m, "serial:allocated:1-9 serial:allocated:1-9 ; "
		  "range-overlap");
	end(&m);
}

/* The last six numbers, and so on, may be handed on; other parts, and what
 * reaches over the end, may not. */
static void
test_parts(void **state)
{
	static const struct {
		const char *begin, *end, *want;
	} parts[] = {
		{ "15", "20",
		    "request:allocated:11-20 request:current:15-20 "
		    ";" },
		{ "12", "14",
		    "request:allocated:11-20 request:current:12-14 "
		    ";" },
		{ "12", "13",
		    "request:allocated:11-20 request:current:12-13 "
		    "; range-overlap" },
		{ "14", "20",
		    "request:allocated:11-20 request:current:14-20 "
		    "; range-overlap" },
		{ "15", "21",
		    "request:allocated:11-20 request:current:15-21 "
		    "; range-overlap" },
		{ "10", "11",
		    "request:current:10-11 request:allocated:11-20 "
		    "; range-overlap" },
		{ "21", "30",
		    "request:allocated:11-20 request:current:21-30 "
		    ";" },
		{ "11", "19",
		    "request:current:11-19 request:allocated:11-20 "
		    "; range-owner" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		char *text = mem_printf(CA "dbs.requestIncrement=10\n"
					   "dbs.requestCloneTransferNumber=6\n"
					   "dbs.beginRequestNumber=%s\n"
					   "dbs.endRequestNumber=%s\n",
		    parts[i].begin, parts[i].end);
		struct model m;

		begin(&m);
		add_cfg(&m, text);
		add(&m,
		    "cn=11,ou=requests,ou=ranges,o=ca" RANGE("11", "20", "b"),
		    0);
		check(&m, parts[i].want);
		end(&m);
		free(text);
	}
}

/* How the directory counts in one release or the other: the increment's digits,
 * or its value; the numbers are the same.  What no increment makes is a finding
 * where the directory does not go on there. */
static void
test_styles(void **state)
{
	static const struct {
		const char *increment, *begin, *end, *next, *want;
	} styles[] = {
		{ "10000000", "10000001", "20000000", "20000001",
		    "268435457-536870912 ;" },
		{ "10000000", "10000001", "278435456", "278435457",
		    "268435457-536870912 ;" },
		{ "1000", "90000001", "90001000", "90001001",
		    "2415919105-2415923200 ;" },
		{ "1000", "90000001", "90004096", "90004097",
		    "2415919105-2415923200 ;" },
		/* Letters, which releases up to 10.10 do not read. */
		{ "a00", "1001", "3560", "3561", "4097-6656 ;" },
		/* The increment was 500 then: old style, or new (0x500). */
		{ "1000", "1001", "1500", "1501", "4097-5376 ;" },
		{ "1000", "1001", "2280", "2281", "4097-8832 ;" },
		/* Somebody wrote another end: too short, or too long. */
		{ "1000", "1001", "1500", "2001", "4097-8192 ; range-size" },
		{ "1000", "1001", "9000", "9001", "4097-36864 ;" },
		{ "1000", "1001", "9000", "10001",
		    "4097-36864 ; range-size" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
		char *cfg = mem_printf(CA "dbs.serialIncrement=%s\n"
					  "dbs.beginSerialNumber=1\n"
					  "dbs.endSerialNumber=100\n",
		    styles[i].increment);
		char *entry = mem_printf("cn=%s," SERIAL RANGE("%s", "%s", "b"),
		    styles[i].begin, styles[i].begin, styles[i].end);
		char *next = mem_printf("ou=certificateRepository,ou=ca,o=ca"
					"|objectClass=repository|nextRange=%s",
		    styles[i].next);
		char *want;
		struct model m;
		mpz_t number;

		begin(&m);
		add_cfg(&m, cfg);
		add(&m, entry, 0);
		add(&m, next, 0);
		mpz_init_set_str(number, styles[i].next, 16);
		gmp_asprintf(&want,
		    "serial:current:1-256 serial:allocated:"
		    "%.*sserial:free:%Zd- %s",
		    (int)strcspn(styles[i].want, ";"), styles[i].want, number,
		    strchr(styles[i].want, ';'));
		mpz_clear(number);
		check(&m, want);
		end(&m);
		free(cfg);
		free(entry);
		free(next);
		free(want);
	}
}

static void
test_left(void **state)
{
	static const char record[] =
	    "cn=x,ou=ca,ou=requests,o=ca|objectClass=request|requestId=";
	struct model m;
	mpz_t left;

	(void)state;
	mpz_init(left);
	begin(&m);
	add_cfg(&m, CA "dbs.beginRequestNumber=11\n"
		       "dbs.endRequestNumber=20\n");
	assert_false(ranges_left(&m.all, left, m.all.range));
	for (int number = 9; number < 22; number += 6) {
		char *text =
		    mem_printf("%s%02d%d", record, number < 10 ? 1 : 2, number);

		assert_int_equal(add(&m, text, 0), 1);
		free(text);
	}
	assert_true(ranges_left(&m.all, left, m.all.range));
	assert_int_equal(mpz_cmp_ui(left, 5), 0);
	assert_int_equal(m.all.range[0].used, 1);
	end(&m);
	mpz_clear(left);
}

static void
test_plot_of_nothing(void **state)
{
	struct buf out = { 0 };
	struct model m;

	(void)state;
	begin(&m);
	add_cfg(&m, CA "dbs.beginRequestNumber=11\n"
		       "dbs.endRequestNumber=1\n");
	ranges_settle(&m.all);
	ranges_plot(&m.all, &out);
	assert_int_equal(out.size, 0);
	buf_release(&out);
	end(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_radix_of_files),
		cmocka_unit_test(test_old),
		cmocka_unit_test(test_replicas),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_styles),
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_plot_of_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
