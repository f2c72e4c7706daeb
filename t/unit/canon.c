/* SPDX-License-Identifier: MIT */
/* Entries that say the same, and such that do not. */
#include "dir/canon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "util/mem.h"

#define MANY 1000

/* "name=value" words, parted by '|', as an entry that says so. */
static struct entry
entry_of(const char *text)
{
	struct entry e = { .dn = slice_of("cn=1") };
	size_t room = 0;

	while (*text != '\0') {
		size_t name = strcspn(text, "="), all = strcspn(text, "|");

		MEM_GROW(e.attribute, e.attributes, room);
		e.attribute[e.attributes++] = (struct entry_attribute){
			{ text, name }, { text + name + 1, all - name - 1 } };
		text += all + (text[all] == '|');
	}
	return e;
}

static void
say_canon(struct canon *canon, const char *text, struct buf *out)
{
	struct entry e = entry_of(text);
	struct canon_value value;
	struct buf content = { 0 };
	struct slice rest;

	canon_entry(canon, &e, &content);
	rest = buf_slice(&content);
	while (canon_next(&rest, &value)) {
		if (out->size != 0)
			buf_putc(out, '|');
		buf_add(out, value.name);
		buf_putc(out, '=');
		buf_add(out, value.value);
	}
	buf_putc(out, '\0');
	buf_release(&content);
	free(e.attribute);
}

static void
check(const struct canon_choice *choice, const char *text, const char *want)
{
	struct canon *canon = canon_new(choice);
	struct buf got = { 0 };

	say_canon(canon, text, &got);
	assert_string_equal(got.at, want);
	buf_release(&got);
	canon_free(canon);
}

static void
test_forms(void **state)
{
	static const struct {
		const char *text, *want;
	} table[] = {
		{ "", "" },
		{ "b=2|A=1", "a=1|b=2" },
		{ "b=2|b=1|B=2", "b=1|b=2" },
		{ "b=|b=x|b=", "b=|b=x" },
		{ "cn=A|cn=a", "cn=A|cn=a" },
		{ "certificates=1|certificateRevocationList=2",
		    "certificaterevocationlist=2|certificates=1" },
		{ "a;y;x=1|a;X;Y=1|a;x=1", "a;x=1|a;x;y=1" },
		{ "userCertificate=1|userCertificate;binary=1",
		    "usercertificate=1|usercertificate;binary=1" },
		{ "entryUSN=1|entryusn;x=2|cn=1", "cn=1" },
		{ "mail;vucsn-6b01=1|mail=2", "mail=1|mail=2" },
		{ "mail;adcsn-1;vucsn-2;mdcsn-2=1", "mail=1" },
		{ "mail;adcsn-1;vdcsn-2;deleted=1|a;vucsn-1;binary=2",
		    "a;binary=2" },
		{ "mail;adcsn-1;deletedattribute;deleted=", "" },
		{ "mail;deleted=1", "mail;deleted=1" },
		{ "a;=1|b;;c=1", "a;=1|b;;c=1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		check(&(struct canon_choice){ NULL, NULL }, table[i].text,
		    table[i].want);
}

static void
test_choices(void **state)
{
	char first[] = "A,entryusn", second[] = "c";
	char *lists[] = { first, second, NULL };
	struct canon_choice ignore = { .ignore = lists };
	struct canon_choice only = { .only = lists };

	(void)state;
	check(&ignore, "a=1|a;x=1|b=1|C=1|entryUSN=1|ab=1", "ab=1|b=1");
	check(&only, "a=1|a;x=1|b=1|C=1|entryUSN=1|ab=1",
	    "a=1|a;x=1|c=1|entryusn=1");
}

/* More names and values than any table or sort has room for at first. */
static void
test_many(void **state)
{
	struct canon *canon = canon_new(&(struct canon_choice){ NULL, NULL });
	struct buf text = { 0 }, got = { 0 }, again = { 0 }, longest = { 0 };

	(void)state;
	for (int i = 0; i < MANY; i++) {
		char *word = mem_printf("n%d=v|m=%d%s", i * 7919 % MANY,
		    i * 104729 % MANY, i < MANY - 1 ? "|" : "");

		buf_puts(&text, word);
		free(word);
	}
	buf_putc(&text, '\0');
	say_canon(canon, text.at, &got);
	say_canon(canon, got.at, &again);
	assert_int_equal(got.size, text.size);
	assert_string_equal(got.at, again.at);
	buf_puts(&longest, "a");
	for (int i = 0; i < 20; i++)
		buf_puts(&longest, ";z;y");
	buf_puts(&longest, "=1");
	buf_putc(&longest, '\0');
	again.size = 0;
	say_canon(canon, longest.at, &again);
	assert_string_equal(again.at, longest.at);
	buf_release(&text);
	buf_release(&got);
	buf_release(&again);
	buf_release(&longest);
	canon_free(canon);
}

static void
check_spelling(struct canon *canon, const char *name, const char *want)
{
	assert_true(slice_equal(canon_spelling(canon, slice_of(name)),
	    slice_of(want)));
}

static void
test_spelling(void **state)
{
	struct canon *canon = canon_new(&(struct canon_choice){ NULL, NULL });
	struct buf out = { 0 };

	(void)state;
	say_canon(canon, "certStatus=1|CERTSTATUS=2|Mail;vucsn-1;X=1", &out);
	check_spelling(canon, "certstatus", "certStatus");
	check_spelling(canon, "mail;x", "Mail;x");
	check_spelling(canon, "cn", "cn");
	buf_release(&out);
	canon_free(canon);
}

static void
test_classes(void **state)
{
	(void)state;
	assert_int_equal(entry_class(slice_of("EntryUSN")),
	    ENTRY_LOCAL);
	assert_int_equal(entry_class(slice_of("entryusn;x")),
	    ENTRY_LOCAL);
	assert_int_equal(entry_class(slice_of("userPassword")),
	    ENTRY_SECRET);
	assert_int_equal(entry_class(slice_of("entryus")),
	    ENTRY_PLAIN);
	assert_int_equal(entry_class(slice_of("entryusnx")),
	    ENTRY_PLAIN);
	assert_int_equal(entry_class(slice_of("")), ENTRY_PLAIN);
	assert_int_equal(entry_class(slice_of("aci")), ENTRY_PLAIN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_spelling),
		cmocka_unit_test(test_classes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
