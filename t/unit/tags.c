/* SPDX-License-Identifier: MIT */
/* Which certificates a clone needs, and where CS.cfg says their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pki/tags.h"
#include "util/buf.h"
#include "util/mem.h"

static struct cfg *
parse(const char *text)
{
	struct cfg *cfg = cfg_parse("unit", mem_dup(text, strlen(text)),
	    strlen(text));

	assert_non_null(cfg);
	return cfg;
}

static const struct {
	const char *text, *subsystem, *tags; /* NULL: of no subsystem */
} files[] = {
	{ "cs.type=CA\n", "ca",
	  "subsystem signing ocsp_signing audit_signing? " },
	{ "cs.type=KRA\n", "kra",
	  "subsystem transport storage audit_signing? " },
	{ "cs.type=OCSP\n", "ocsp", "subsystem signing audit_signing? " },
	{ "cs.type=TKS\n", "tks", "subsystem audit_signing? " },
	{ "cs.type=tps\n", "tps", "subsystem audit_signing? " },
	/* Without a type, the list of certificates tells. */
	{ "ocsp.cert.list=signing\n", "ocsp",
	  "subsystem signing audit_signing? " },
	{ "cs.type=KRA\nca.cert.list=signing\n", "kra",
	  "subsystem transport storage audit_signing? " },
	{ "cs.type=EST\nca.cert.list=signing\n", NULL, NULL },
	{ "cs.type=CAKRA\n", NULL, NULL },
	{ "cs.type=C\n", NULL, NULL },
	{ "a=b\n", NULL, NULL },
};

static void
test_subsystems(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct cfg *cfg = parse(files[i].text);
		struct buf got = { 0 };
		struct tags tags;
		int status = tags_read(&tags, cfg);

		assert_int_equal(status, files[i].subsystem != NULL ? 0 : -1);
		for (size_t t = 0; t < tags.count; t++) {
			buf_puts(&got, tags.tag[t].name);
			buf_puts(&got, tags.tag[t].optional ? "? " : " ");
		}
		if (status == 0) {
			buf_putc(&got, '\0');
			assert_string_equal(tags.subsystem,
			    files[i].subsystem);
			assert_string_equal(got.at, files[i].tags);
		}
		buf_release(&got);
		tags_release(&tags);
		cfg_free(cfg);
	}
}

/* The first of a CA's certificates is the subsystem's, the second signs. */
static const struct {
	const char *text, *nickname, *token; /* NULL: none */
} names[] = {
	{ "", NULL, NULL },
	{ "ca.signing.nickname=\n", NULL, NULL },
	{ "ca.signing.nickname=a b\n", "a b", NULL },
	{ "ca.signing.nickname=a\nca.signing.tokenname=internal\n", "a",
	  NULL },
	{ "ca.signing.nickname=a\nca.signing.tokenname=Internal Key Storage "
	  "Token\n", "a", NULL },
	{ "ca.signing.nickname=a\nca.signing.tokenname=\n", "a", NULL },
	{ "ca.signing.nickname=a\nca.signing.tokenname=Luna 1\n", "a",
	  "Luna 1" },
	/* With a key for the token, a colon is the nickname's own. */
	{ "ca.signing.nickname=a:b\nca.signing.tokenname=internal\n", "a:b",
	  NULL },
	{ "ca.cert.signing.nickname=a\n", "a", NULL },
	{ "ca.cert.signing.nickname=Luna:a\n", "a", "Luna" },
	{ "ca.cert.signing.nickname=Luna:a:b\n", "a:b", "Luna" },
	{ "ca.cert.signing.nickname=NSS Certificate DB:a\n", "a", NULL },
	{ "ca.cert.signing.nickname=:a\n", "a", NULL },
	{ "cloning.signing.nickname=internal:a\n", "a", NULL },
	{ "cloning.signing.nickname=c\nca.cert.signing.nickname=b\n", "b",
	  NULL },
	{ "ca.cert.signing.nickname=b\nca.signing.nickname=a\n", "a", NULL },
	{ "kra.signing.nickname=a\n", NULL, NULL },
	{ "ca.signing.nickname=old\nca.signing.nickname=new\n", "new", NULL },
};

static void
same_text(const char *got, const char *want)
{
	if (want == NULL)
		assert_null(got);
	else
		assert_string_equal(got, want);
}

static void
test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *text = mem_printf("cs.type=CA\n%s", names[i].text);
		struct cfg *cfg = parse(text);
		struct tags tags;

		assert_int_equal(tags_read(&tags, cfg), 0);
		assert_string_equal(tags.tag[1].name, "signing");
		same_text(tags.tag[1].nickname, names[i].nickname);
		same_text(tags.tag[1].token, names[i].token);
		same_text(tags.tag[0].nickname, NULL);
		tags_release(&tags);
		cfg_free(cfg);
		free(text);
	}
}

static void
test_trust_and_key_ids(void **state)
{
	struct cfg *ca = parse("cs.type=CA\ncloning.signing.privkey.id=-1f\n"
			       "cloning.subsystem.privkey.id=\n");
	struct cfg *ocsp = parse("cs.type=OCSP\n");
	struct tags tags;

	(void)state;
	assert_int_equal(tags_read(&tags, ca), 0);
	assert_string_equal(tags.tag[0].trust, "u,u,u");
	assert_null(tags.tag[0].key_id.at);
	assert_string_equal(tags.tag[1].trust, "CTu,Cu,Cu");
	assert_true(slice_equal(tags.tag[1].key_id, slice_of("-1f")));
	assert_string_equal(tags.tag[2].trust, "u,u,u");
	assert_null(tags.tag[2].key_id.at);
	assert_string_equal(tags.tag[3].trust, "u,u,Pu");
	tags_release(&tags);
	/* An OCSP responder signs answers, not certificates. */
	assert_int_equal(tags_read(&tags, ocsp), 0);
	assert_string_equal(tags.tag[1].trust, "u,u,u");
	tags_release(&tags);
	cfg_free(ca);
	cfg_free(ocsp);
}

static void
test_names_of_the_internal_token(void **state)
{
	(void)state;
	assert_true(tags_is_internal(slice_of("")));
	assert_true(tags_is_internal(slice_of("internal")));
	assert_true(tags_is_internal(slice_of("NSS FIPS 140-2 Certificate "
					      "DB")));
	assert_false(tags_is_internal(slice_of("internal2")));
	assert_false(tags_is_internal(slice_of("intern")));
	assert_false(tags_is_internal(slice_of("Luna")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_subsystems),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_trust_and_key_ids),
		cmocka_unit_test(test_names_of_the_internal_token),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
