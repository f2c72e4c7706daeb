/* SPDX-License-Identifier: MIT */
/* Which key a private key ID in the file should name, and what is said. */
#include "scratch.h"

#include "pki/rekey.h"
#include "util/mem.h"

#define OLD "2fe35d9d46b373efabe9ef01b8436667a70df096"
#define NEW "a7b0944b7b8397729a4c8c9af3a9c2b96f49c6f3"
#define NEW_BIGINT "-584f6bb4847c688d65b373650c563d4690b6390d"
#define TOKEN(name) "certutil: Checking token \"" name "\" in slot \"s\"\n"
#define KEY(id, nickname) "< 0> rsa      " id "   " nickname "\n"

struct matched {
	struct cfg *cfg;
	struct rekey_keys keys;
	struct rekey rekey;
};

static struct matched
match(const char *text, const char *list)
{
	struct matched m = { .cfg = cfg_parse("unit",
				 mem_dup(text, strlen(text)), strlen(text)) };

	assert_non_null(m.cfg);
	scratch_put("list", list);
	assert_int_equal(rekey_keys_read(&m.keys, "list"), 0);
	rekey_match(&m.rekey, m.cfg, &m.keys);
	return m;
}

static void
release(struct matched *m)
{
	rekey_release(&m->rekey);
	rekey_keys_release(&m->keys);
	cfg_free(m->cfg);
}

/* The only ID of the file text, by list; id NULL: it has no key there. */
static void
is(const char *text, const char *list, enum rekey_state state, const char *id)
{
	struct matched m = match(text, list);

	assert_int_equal(m.rekey.count, 1);
	assert_int_equal(m.rekey.setting->state, state);
	if (id == NULL)
		assert_null(m.rekey.setting->key);
	else
		assert_string_equal(m.rekey.setting->key->id, id);
	release(&m);
}

static void
reads_ids(void **state)
{
	static const struct {
		const char *line, *id;
	} row[] = {
		{ NEW "\tx\n", NEW },
		{ "0x" NEW "\tx\n", NEW },
		{ NEW_BIGINT "\tx\r\n", NEW },
		{ "A7B0944B7B8397729A4C8C9AF3A9C2B96F49C6F3\tx", NEW },
		{ "0\tx\n", "0000000000000000000000000000000000000000" },
		{ "-1\tx\n", "ffffffffffffffffffffffffffffffffffffffff" },
		{ OLD "\n", OLD },
		{ KEY(NEW, "x"), NEW },
		{ KEY("a7b0", "x"), "a7b0" },
		{ KEY("\"key one\"", "x"), "6b6579206f6e65" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct rekey_keys keys = { 0 };

		scratch_put("list", row[i].line);
		assert_int_equal(rekey_keys_read(&keys, "list"), 0);
		assert_int_equal(keys.count, 1);
		assert_string_equal(keys.key->id, row[i].id);
		rekey_keys_release(&keys);
	}
}

static void
bad_lists(void **state)
{
	static const struct {
		const char *list, *said;
	} row[] = {
		{ "", "list: no key in the list\n" },
		{ "\n\n", "list: no key in the list\n" },
		{ "certutil: no keys found\n", "list: no key in the list\n" },
		{ "< 0> rsa      (no CKA_ID)   x\n",
		  "list:1: skipped, for want of an ID: "
		  "'< 0> rsa      (no CKA_ID)   x'\n"
		  "rekey.t: list: no key in the list\n" },
		{ NEW "\tx\n\n1" NEW "\ty\n",
		  "list:3: not a key ID with its nickname: '1" NEW "?y'\n" },
		{ "-" NEW "\tx\n", "list:1: not a key ID with its nickname: '-"
				   NEW "?x'\n" },
		{ "\tx\n", "list:1: not a key ID with its nickname: '?x'\n" },
		{ KEY("a7b", "x"), "list:1: not a key ID with its nickname: "
				   "'< 0> rsa      a7b   x'\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct rekey_keys keys = { 0 };

		scratch_put("list", row[i].list);
		assert_int_equal(rekey_keys_read(&keys, "list"), -1);
		assert_string_equal(scratch_said(), row[i].said);
		rekey_keys_release(&keys);
	}
}

/* The keys that hold IDs, and those that only look like it. */
static void
tags(void **state)
{
	struct matched m = match("cloning..privkey.id=1\n"
				 "cloning.privkey.id=1\n"
				 "preop.cert.signing.privkey.id=1\n"
				 "cloning.a.b.privkey.id=1\n"
				 "acloning.signing.privkey.id=1\n"
				 "cloning.signing.privkey.ids=1\n"
				 "#cloning.signing.privkey.id=1\n"
				 "cloning.signing.privkey.id=1\n"
				 "cloning.signing.privkey.id:2\n",
	    NEW "\tx\n");
	const struct rekey_setting *s = m.rekey.setting;

	(void)state;
	assert_int_equal(m.rekey.count, 2);
	assert_true(slice_equal(s[0].tag, slice_of("signing")));
	assert_int_equal(cfg_number(m.cfg, s[0].line), 3);
	assert_true(slice_equal(s[1].tag, slice_of("signing")));
	assert_int_equal(cfg_number(m.cfg, s[1].line), 9);
	release(&m);
}

#define ID_IS(value) "ca.cert.t.nickname=x\ncloning.t.privkey.id=" value "\n"

/* What the server's BigInteger makes of the value counts, not its look. */
static void
same_or_stale(void **state)
{
	static const struct {
		const char *text, *list;
		enum rekey_state state;
	} row[] = {
		{ ID_IS(NEW_BIGINT), NEW "\tx\n", REKEY_SAME },
		{ ID_IS(" " NEW_BIGINT " "), NEW "\tx\n", REKEY_SAME },
		{ ID_IS("-584F6BB4847C688D65B373650C563D4690B6390D"),
		  NEW "\tx\n", REKEY_SAME },
		{ ID_IS(OLD), OLD "\tx\n", REKEY_SAME },
		{ ID_IS("00" OLD), OLD "\tx\n", REKEY_SAME },
		{ ID_IS("-5850"), KEY("a7b0", "x"), REKEY_SAME },
		/* certutil's octets, pasted: no number of 20 bytes. */
		{ ID_IS(NEW), NEW "\tx\n", REKEY_STALE },
		{ ID_IS(""), NEW "\tx\n", REKEY_STALE },
		{ ID_IS("-"), NEW "\tx\n", REKEY_STALE },
		{ ID_IS("x"), NEW "\tx\n", REKEY_STALE },
		{ ID_IS(OLD), NEW "\tx\n", REKEY_STALE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct matched m = match(row[i].text, row[i].list);

		assert_int_equal(m.rekey.count, 1);
		assert_int_equal(m.rekey.setting->state, row[i].state);
		release(&m);
	}
}

#define HSM_ID(value)                                                          \
	"ca.cert.t.nickname=HSM:x\ncloning.t.privkey.id=" value "\n"
#define HEX20 "000102030405060708090a0b0c0d0e0f10111213"
#define TEXT40 "0123456789012345678901234567890123456789"
#define DIGITS20 "3031323334353637383930313233343536373839"

/* certutil shows the first bytes of another token's IDs, and no more. */
static void
cut_ids(void **state)
{
	static const struct {
		const char *text, *list;
		enum rekey_state state;
		bool may_be_cut;
	} row[] = {
		{ HSM_ID(OLD), TOKEN("HSM") KEY(OLD, "x"), REKEY_SAME, true },
		{ HSM_ID("1"), TOKEN("HSM") KEY(OLD, "x"), REKEY_STALE, true },
		/* What is longer and begins so is not stale. */
		{ HSM_ID(OLD "ff00"), TOKEN("HSM") KEY(OLD, "x"), REKEY_SAME,
		  true },
		{ HSM_ID("-584f6bb4847c688d65b373650c563d4690b6390cff"),
		  TOKEN("HSM") KEY(NEW, "x"), REKEY_SAME, true },
		{ HSM_ID("102030405060708090a0b0c0d0e0f1011121314"),
		  TOKEN("HSM") KEY(HEX20, "x"), REKEY_SAME, true },
		{ HSM_ID(NEW "ff"), TOKEN("HSM") KEY(NEW, "x"), REKEY_STALE,
		  true },
		{ HSM_ID(DIGITS20 DIGITS20 "7f"),
		  TOKEN("HSM") KEY("\"" TEXT40 "\"", "x"), REKEY_SAME, true },
		/* Shorter ones are whole, and all of NSS's own. */
		{ HSM_ID("2fe3"), TOKEN("HSM") KEY("2fe3", "x"), REKEY_SAME,
		  false },
		{ HSM_ID("2fe35d"), TOKEN("HSM") KEY("2fe3", "x"), REKEY_STALE,
		  false },
		{ ID_IS(OLD "ff"), TOKEN("NSS Certificate DB") KEY(OLD, "x"),
		  REKEY_STALE, false },
		{ HSM_ID(OLD "ff"), OLD "\tHSM:x\n", REKEY_STALE, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct matched m = match(row[i].text, row[i].list);

		assert_int_equal(m.rekey.count, 1);
		assert_int_equal(m.rekey.setting->state, row[i].state);
		assert_int_equal(m.rekey.setting->may_be_cut,
		    row[i].may_be_cut);
		release(&m);
	}
}

#define ID_OF(nickname) nickname "\ncloning.t.privkey.id=1\n"
#define APART(nickname, token)                                                 \
	ID_OF("ca.t.nickname=" nickname "\nca.t.tokenname=" token)

struct token_row {
	const char *text, *list, *id; /* id NULL: no key of the list is it */
};

static void
are(const struct token_row *row, size_t count)
{
	for (size_t i = 0; i < count; i++)
		is(row[i].text, row[i].list,
		    row[i].id != NULL ? REKEY_STALE : REKEY_MISSING,
		    row[i].id);
}

/* A token stands before the nickname or apart from it, here and there. */
static void
tokens(void **state)
{
	static const struct token_row row[] = {
		/* keyid passes on what certutil has before a nickname. */
		{ ID_OF("ca.cert.t.nickname=x"), NEW "\tNSS Certificate DB:x\n",
		  NEW },
		{ APART("x", "internal"), NEW "\tNSS Certificate DB:x\n", NEW },
		{ APART("x", "HSM"), NEW "\tHSM:x\n", NEW },
		{ APART("x", "HSM"), NEW "\tx\n", NEW },
		{ APART("x", "HSM"), NEW "\tNSS Certificate DB:x\n", NULL },
		{ APART("x", "internal"), NEW "\tHSM:x\n", NULL },
		{ ID_OF("ca.cert.t.nickname=HSM:x"), NEW "\tHSM:x\n", NEW },
		{ ID_OF("ca.cert.t.nickname=x"), NEW "\tHSM:x\n", NULL },
		{ ID_OF("ca.cert.t.nickname=x"), NEW "\t:x\n", NULL },
		/* certutil's heading says it. */
		{ ID_OF("ca.cert.t.nickname=HSM:x"),
		  TOKEN("HSM") KEY(NEW, "x"), NEW },
		{ ID_OF("ca.cert.t.nickname=HSM:x"),
		  TOKEN("HSM") KEY(NEW, "HSM:x"), NEW },
		{ ID_OF("ca.cert.t.nickname=HSM:x"),
		  TOKEN("HSM2") KEY(NEW, "x"), NULL },
		{ ID_OF("ca.cert.t.nickname=x"),
		  TOKEN("NSS FIPS 140-2 Certificate DB") KEY(NEW, "x"), NEW },
		{ ID_OF("ca.cert.t.nickname=internal:x"),
		  TOKEN("NSS Certificate DB") KEY(NEW, "x"), NEW },
		{ APART("x", "HSM"), TOKEN("HSM") KEY(NEW, "x"), NEW },
		{ APART("x", "HSM"),
		  TOKEN("NSS Certificate DB") KEY(NEW, "x"), NULL },
		/* In the nickname on both sides: it must be one token. */
		{ ID_OF("ca.cert.t.nickname=HSM:x"), NEW "\tHSM2:x\n", NULL },
		{ ID_OF("ca.cert.t.nickname=HSM:x"),
		  NEW "\tNSS Certificate DB:x\n", NULL },
		{ ID_OF("ca.cert.t.nickname=HSM:x"),
		  TOKEN("NSS Certificate DB") KEY(NEW, "x"), NULL },
		{ ID_OF("ca.cert.t.nickname=internal:x"), NEW "\tHSM:x\n",
		  NULL },
		{ ID_OF("ca.cert.t.nickname=internal:x"),
		  TOKEN("HSM") KEY(NEW, "x"), NULL },
		/* Colons of their own. */
		{ ID_OF("ca.cert.t.nickname=a:b:c:d"),
		  TOKEN("a:b") KEY(NEW, "c:d"), NEW },
		{ ID_OF("ca.cert.t.nickname=a:b:c:d"),
		  TOKEN("a") KEY(NEW, "c:d"), NULL },
		{ ID_OF("ca.cert.t.nickname=a:b"), NEW "\ta:b\n", NEW },
		{ ID_OF("ca.cert.t.nickname=a:b"), NEW "\tb\n", NULL },
	};

	(void)state;
	are(row, sizeof row / sizeof *row);
}

/* The names of NSS's own token, no name among them, are one. */
static void
internal_tokens(void **state)
{
	static const struct token_row row[] = {
		{ ID_OF("ca.cert.t.nickname=internal:x"),
		  NEW "\tNSS Certificate DB:x\n", NEW },
		{ ID_OF("ca.cert.t.nickname=NSS Certificate DB:x"),
		  NEW "\tNSS FIPS 140-2 Certificate DB:x\n", NEW },
		{ ID_OF("ca.cert.t.nickname=NSS Certificate DB:x"),
		  NEW "\tx\n", NEW },
		{ ID_OF("ca.cert.t.nickname=internal:x"), NEW "\tx\n", NEW },
		{ ID_OF("ca.cert.t.nickname=internal:x"), NEW "\ty\n", NULL },
		{ APART("x", "Internal Key Storage Token"),
		  NEW "\tNSS FIPS 140-2 Certificate DB:x\n", NEW },
		{ ID_OF("ca.cert.t.nickname=internalx"), NEW "\tx\n", NULL },
		{ ID_OF("ca.cert.t.nickname=internal"), NEW "\tinternal\n",
		  NEW },
		{ ID_OF("ca.cert.t.nickname=internal:a:b"),
		  NEW "\tNSS Certificate DB:a:b\n", NEW },
	};

	(void)state;
	are(row, sizeof row / sizeof *row);
}

/* The manual's names, by a token or not, but no others that begin so. */
static void
usual_names(void **state)
{
	static const struct {
		const char *nickname;
		bool taken;
	} row[] = {
		{ "caSigningCert", true },
		{ "caSigningCert cert-pki-tomcat CA", true },
		{ "NSS Certificate DB:caSigningCert cert-x CA", true },
		{ "HSM:caSigningCert", true },
		{ "caSigningCert2", false },
		{ "casigningcert", false },
		{ "caSigning", false },
		{ "subsystemCert cert-x", false },
		{ "(orphan)", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		char *list = mem_printf(NEW "\t%s\n", row[i].nickname);
		struct matched m =
		    match("cloning.signing.privkey.id=1\n", list);

		assert_true(m.rekey.setting->guessed);
		assert_int_equal(m.rekey.setting->key != NULL, row[i].taken);
		release(&m);
		free(list);
	}
	/* A nickname in the file is the one, even when it is in vain. */
	is("ca.cert.signing.nickname=gone\ncloning.signing.privkey.id=1\n",
	    NEW "\tcaSigningCert cert-x CA\n", REKEY_MISSING, NULL);
	/* An empty one is none: audit_signing's may be. */
	is("ca.cert.signing.nickname=\ncloning.signing.privkey.id=1\n",
	    NEW "\tcaSigningCert cert-x CA\n", REKEY_STALE, NEW);
}

#define NAMED ID_OF("ca.cert.t.nickname=x")

static void
several(void **state)
{
	static const struct {
		const char *list;
		enum rekey_state state;
		const char *id;
	} row[] = {
		{ OLD "\tx\n" NEW "\tx\n", REKEY_AMBIGUOUS, OLD },
		{ NEW "\tx\n" NEW_BIGINT "\tx\n", REKEY_STALE, NEW },
		{ OLD "\tx\n" NEW "\tx\tcurrent\n", REKEY_STALE, NEW },
		{ NEW "\tx\tcurrent\n" OLD "\tx\told\n", REKEY_STALE, NEW },
		{ OLD "\tx\tcurrent\n" NEW "\tx\tcurrent\n", REKEY_AMBIGUOUS,
		  OLD },
		{ OLD "\ty\tcurrent\n" NEW "\tx\n", REKEY_STALE, NEW },
		{ OLD "\tx\tnot current\n" NEW "\tx\n", REKEY_AMBIGUOUS, OLD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		is(NAMED, row[i].list, row[i].state, row[i].id);
}

/* What is in the file is no certificate: as if there were none. */
static void
no_certificate(void **state)
{
	(void)state;
	is("ca.t.cert=(certificate)\n" NAMED, OLD "\tx\n" NEW "\tx\n",
	    REKEY_AMBIGUOUS, OLD);
	is("ca.t.cert=\n" NAMED, OLD "\tx\n" NEW "\tx\tcurrent\n", REKEY_STALE,
	    NEW);
}

/* Edits are of stale lines alone, and spell as the server does. */
static void
edits(void **state)
{
	struct matched m = match("ca.cert.a.nickname=a\n"
				 "ca.cert.b.nickname=b\n"
				 "ca.cert.c.nickname=c\n"
				 "ca.cert.d.nickname=d\n"
				 "cloning.a.privkey.id   = 1\n"
				 "cloning.b.privkey.id=" OLD "\n"
				 "cloning.c.privkey.id=1\n"
				 "cloning.d.privkey.id=1\n",
	    NEW "\ta\n" OLD "\tb\n" OLD "\tc\n" NEW "\tc\n");
	struct edits made = { 0 };

	(void)state;
	rekey_edit(&m.rekey, &made);
	assert_int_equal(made.count, 2);
	assert_int_equal(made.line[0].sign, EDIT_DELETE);
	assert_int_equal(made.line[1].sign, EDIT_ADD);
	assert_true(slice_equal(cfg_key(&made.line[1].line),
	    slice_of("cloning.a.privkey.id")));
	assert_true(slice_equal(cfg_value(&made.line[1].line),
	    slice_of(NEW_BIGINT)));
	edits_release(&made);
	release(&m);
}

static void
takes_nothing(void **state)
{
	struct rekey_keys keys = { 0 };
	struct rekey rekey = { 0 };

	(void)state;
	rekey_keys_release(&keys);
	rekey_release(&rekey);
	assert_int_equal(rekey_keys_read(&keys, "missing"), -1);
	assert_string_equal(scratch_said(),
	    "cannot open 'missing': No such file or directory\n");
	rekey_keys_release(&keys);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("reads IDs in each spelling", reads_ids),
		SCRATCH_TEST("says which line of a list is bad", bad_lists),
		SCRATCH_TEST("knows a tag from what looks like one", tags),
		SCRATCH_TEST("compares as BigIntegers", same_or_stale),
		SCRATCH_TEST("knows that an ID may be cut", cut_ids),
		SCRATCH_TEST("finds the token on either side", tokens),
		SCRATCH_TEST("knows NSS's own by all of its names",
		    internal_tokens),
		SCRATCH_TEST("knows the manual's names", usual_names),
		SCRATCH_TEST("chooses of several keys", several),
		SCRATCH_TEST("passes over what is no certificate",
		    no_certificate),
		SCRATCH_TEST("edits what is stale", edits),
		SCRATCH_TEST("takes what was never filled", takes_nothing),
	};

	return scratch_run(tests, sizeof tests / sizeof *tests);
}
