/* SPDX-License-Identifier: MIT */
/* What of a line is the ID, the token and the name. */
#include "pki/keyid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define ID "a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3"

static void
is(struct slice got, const char *want)
{
	assert_int_equal(got.size, strlen(want));
	assert_memory_equal(got.at, want, got.size);
}

static void
token_and_name(void **state)
{
	struct listing listing = { { NULL, 0 } };
	struct listing_key key;
	struct slice line = slice_of("< 0> rsa      " ID "   A:b:c");

	(void)state;
	assert_int_equal(listing_read(&listing, line, &key), LISTING_KEY);
	is(key.id, ID);
	is(key.name, "A:b:c");
	assert_null(key.token.at);

	assert_int_equal(listing_read(&listing,
	    slice_of("certutil: Checking token \"A:b\" in slot \"s\""), &key),
	    LISTING_NOTHING);
	assert_int_equal(listing_read(&listing, line, &key), LISTING_KEY);
	is(key.nickname, "A:b:c");
	is(key.token, "A:b");
	is(key.name, "c");
	assert_true(key.may_be_cut);
}

/* The ID's column may be full, and a blank still follows. */
static void
quoted(void **state)
{
	struct listing listing = { { NULL, 0 } };
	struct listing_key key;

	(void)state;
	assert_int_equal(listing_read(&listing,
	    slice_of("< 0> ec       \"a \"b\"                  "
		     "                   \"nick\""), &key), LISTING_KEY);
	assert_true(key.quoted);
	is(key.id, "a \"b");
	is(key.name, "\"nick\"");
}

static void
fields(void **state)
{
	struct listing listing = { { NULL, 0 } };
	struct listing_key key;

	(void)state;
	assert_int_equal(listing_read(&listing,
	    slice_of("-1\tnick name\tcurrent\r"), &key), LISTING_ID);
	is(key.id, "-1");
	is(key.nickname, "nick name");
	assert_true(key.current);
	assert_int_equal(listing_read(&listing, slice_of("\tx"), &key),
	    LISTING_BAD);
	assert_int_equal(listing_read(&listing, slice_of("  "), &key),
	    LISTING_NOTHING);
	assert_int_equal(listing_read(&listing,
	    slice_of("< 0> rsa      (no CKA_ID)   (orphan)"), &key),
	    LISTING_NO_ID);
	assert_true(key.orphan);
}

/* None of these is a key, and none is wrong. */
static void
skipped(void **state)
{
	static const char *const line[] = { "", "\r", " \t",
		"certutil: no keys found", "certutil: no keys found\r",
		"certutil: Checking token \"a\" in slot \"b\"",
		"Enter Password or Pin for \"a\":",
		"Enter Password or Pin for \"a\": ",
		"Enter Password or Pin for \"a \"b\":",
		"Enter Password or Pin for \"a\":"
		"Enter Password or Pin for \"b\":certutil: no keys found",
		"Enter Password or Pin for \"a\":certutil: Checking token "
		"\"a\" in slot \"b\"" };
	struct listing listing = { { NULL, 0 } };
	struct listing_key key;

	(void)state;
	for (size_t i = 0; i < sizeof line / sizeof *line; i++)
		assert_int_equal(listing_read(&listing, slice_of(line[i]),
				     &key), LISTING_NOTHING);
	is(listing.token, "a");
}

static void
bad_keys(void **state)
{
	static const char *const line[] = { "<", "< 0>", "< 0> ", "< 0> rsa",
		"< 0> rsa ", "< 0>rsa " ID " x", "< 0> rsa \"",
		"< 0> rsa \"a", "< 0> rsa \"\" x", "< 0> rsa \"a\"b\" x",
		"< 0> rsa \"\xe9\" x", "< 0> rsa \"\t\" x" };
	struct listing listing = { { NULL, 0 } };
	struct listing_key key;

	(void)state;
	for (size_t i = 0; i < sizeof line / sizeof *line; i++)
		assert_int_equal(listing_read(&listing, slice_of(line[i]),
				     &key), LISTING_BAD);
}

/* The heading's token counts, NSS's own are never cut, nor are short IDs. */
static void
cut(void **state)
{
	static const struct {
		const char *heading, *line;
		bool cut;
	} row[] = {
		{ "certutil: no keys found", "< 0> rsa " ID " x", false },
		{ "certutil: Checking token \"NSS Certificate DB\" in slot "
		  "\"s\"", "< 0> rsa " ID " x", false },
		{ "certutil: Checking token \"NSS FIPS 140-2 Certificate DB\""
		  " in slot \"s\"", "< 0> rsa " ID " x", false },
		{ "certutil: Checking token \"HSM\" in slot \"s\"",
		  "< 0> rsa " ID " x", true },
		{ "certutil: no keys found", "< 0> rsa a7b0 x", false },
		{ "certutil: no keys found", "< 0> rsa \"" ID "\" x", true },
		{ "certutil: no keys found",
		  "< 0> rsa \"twenty characters or\" x", false },
	};
	struct listing listing = { { NULL, 0 } };
	struct listing_key key;

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		listing_read(&listing, slice_of(row[i].heading), &key);
		assert_int_equal(listing_read(&listing, slice_of(row[i].line),
				     &key), LISTING_KEY);
		assert_int_equal(key.may_be_cut, row[i].cut);
	}
}

/* Only the heading's token is one: a nickname may have a colon of its own. */
static void
other_tokens(void **state)
{
	struct listing listing = { { NULL, 0 } };
	struct listing_key key;

	(void)state;
	listing_read(&listing,
	    slice_of("certutil: Checking token \"HSM\" in slot \"s\""), &key);
	assert_int_equal(listing_read(&listing,
	    slice_of("<10> ec       " ID "   HSM2:x\r"), &key), LISTING_KEY);
	is(key.name, "HSM2:x");
	is(key.token, "HSM");
	assert_int_equal(listing_read(&listing, slice_of(ID "\tHSM:x"), &key),
	    LISTING_ID);
	is(key.nickname, "HSM:x");
	is(key.name, "x");
}

static void
certs(void **state)
{
	static const struct {
		const char *line, *nickname, *trust; /* NULL: is none */
	} lines[] = {
		{ "caSigningCert cert-pki-tomcat CA          CTu,Cu,Cu",
		    "caSigningCert cert-pki-tomcat CA", "CTu,Cu,Cu" },
		{ "a ,,", "a", ",," },
		{ "a  u,u,Pu \r", "a", "u,u,Pu" },
		{ "token:name with  two   pcCTPuw,,", "token:name with  two",
		    "pcCTPuw,," },
		{ "a u,u", NULL, NULL },
		{ "a u,u,u,u", NULL, NULL },
		{ "a u,x,u", NULL, NULL },
		{ " ,,", NULL, NULL },
		{ ",,", NULL, NULL },
		{ "", NULL, NULL },
		{ "< 0> rsa      c3c98053   a", NULL, NULL },
	};
	struct listing_cert cert;

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		enum listing_cert_kind kind =
		    listing_read_cert(slice_of(lines[i].line), &cert);

		assert_int_equal(kind == LISTING_CERT,
		    lines[i].nickname != NULL);
		if (kind != LISTING_CERT)
			continue;
		assert_true(slice_equal(cert.nickname,
		    slice_of(lines[i].nickname)));
		assert_true(slice_equal(cert.trust, slice_of(lines[i].trust)));
	}
	assert_int_equal(listing_read_cert(slice_of("Certificate Nickname"
		"                         Trust Attributes"), &cert),
	    LISTING_CERT_HEADING);
	assert_int_equal(listing_read_cert(slice_of("                     "
		"       SSL,S/MIME,JAR/XPI"), &cert), LISTING_CERT_HEADING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(token_and_name),
		cmocka_unit_test(quoted),
		cmocka_unit_test(fields),
		cmocka_unit_test(skipped),
		cmocka_unit_test(bad_keys),
		cmocka_unit_test(cut),
		cmocka_unit_test(other_tokens),
		cmocka_unit_test(certs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("listing", tests, NULL, NULL);
}
