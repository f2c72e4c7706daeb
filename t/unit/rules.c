/* SPDX-License-Identifier: MIT */
/* The shipped lists, and what a site makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "cfg/rules.h"

static const struct {
	const char *key;
	enum rule_class class;
} classes[] = {
	{ "ca.certStatusUpdateInterval", RULE_ROLE },
	{ "ca.crl.MasterCRL.enableCRLCache", RULE_ROLE },
	{ "ca.crl.Other.enableCRLUpdates", RULE_ROLE },
	{ "ca.crl.MasterCRL.enableDailyUpdates", RULE_NONE },
	{ "ca.crl.enable", RULE_NONE },
	{ "master.ca.agent.host", RULE_ROLE },
	{ "master.ca.agent.hosts", RULE_NONE },
	{ "ocsp.store.defStore.refreshInSec", RULE_ROLE },
	{ "OCSP.Responder.store.defStore.refreshInSec", RULE_ROLE },
	{ "dbs.beginSerialNumber", RULE_RANGE },
	{ "dbs.nextEndReplicaNumber", RULE_RANGE },
	{ "dbs.serialIncrement", RULE_NONE },
	{ "dbs.enableSerialManagement", RULE_NONE },
	{ "machineName", RULE_IDENTITY },
	{ "internaldb.ldapconn.host", RULE_IDENTITY },
	{ "preop.a.b.c", RULE_IDENTITY },
	{ "securitydomain.name", RULE_NONE },
	{ "installDate", RULE_HOST },
	{ "ca.sslserver.cert", RULE_HOST },
	{ "ca.cert.sslserver.nickname", RULE_HOST },
	{ "ca.signing.nickname", RULE_HOST },
	{ "kra.transportUnit.nickName", RULE_HOST },
	{ "ca.connector.KRA.nickName", RULE_NONE },
	{ "ca.connector.KRA.host", RULE_NONE },
	{ "ca.connector._005", RULE_COMMENT },
	{ "_000", RULE_COMMENT },
	{ "ca.connector._05", RULE_NONE },
	{ "", RULE_NONE },
};

static const char *const secrets[] = { "internaldb.ldapauth.password",
	"internaldb.ldapauth.bindPassword", "auths.instance.X.ldap.bindpw",
	"preop.pin", "password", "tks.defKeySet.auth_key",
	"tps.a.b.mac_key", "AUTHS.INSTANCE.X.PASSWD" };

static const char *const no_secrets[] = { "authType", "cms.passwordlist",
	"passwordFile", "passwordClass", "internaldb.ldapauth.bindPWPrompt",
	"internaldb.ldapauth.authtype", "ca.password.list", "pin",
	"log.instance.pwd.fileName", "" };

static void
test_classes(void **state)
{
	struct rules *rules = rules_new(NULL);

	(void)state;
	assert_non_null(rules);
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		assert_int_equal(
		    rules_travel(rules, slice_of(classes[i].key)),
		    classes[i].class);
	rules_free(rules);
}

static void
test_secrets(void **state)
{
	struct rules *rules = rules_new(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
		assert_true(rules_is_secret(rules, slice_of(secrets[i])));
	for (size_t i = 0; i < sizeof no_secrets / sizeof *no_secrets; i++)
		assert_false(rules_is_secret(rules, slice_of(no_secrets[i])));
	rules_free(rules);
}

static void
test_unread(void **state)
{
	struct rules *rules = rules_new(NULL);
	const struct rule *rule = rules_unread(rules,
	    slice_of("OCSP.Responder.store.defStore.refreshInSec"));

	(void)state;
	assert_non_null(rule);
	assert_true(slice_is(rule->remark, slice_of(
	    "the server reads ocsp.store.defStore.refreshInSec")));
	assert_non_null(rules_unread(rules, slice_of("OCSP.Responder.x")));
	assert_null(rules_unread(rules,
	    slice_of("ocsp.store.defStore.refreshInSec")));
	rules_free(rules);
}

/* Rules with a list of this text for a site's. */
static struct rules *
with_site(const char *text, size_t size)
{
	char name[] = "/tmp/rules.XXXXXX";
	int file = mkstemp(name);
	struct rules *rules;

	assert_true(file >= 0);
	assert_int_equal(write(file, text, size), size);
	close(file);
	rules = rules_new(name);
	unlink(name);
	return rules;
}

static struct rules *
with(const char *text)
{
	return with_site(text, strlen(text));
}

static void
test_site(void **state)
{
	struct rules *rules = with("# ours\n\n \t\n"
				   "travels ca.crl.MasterCRL.*\n"
				   "host x.**\tfor a reason\n"
				   "secret *.token\n"
				   "unread y  no more\n"
				   "role last");

	(void)state;
	assert_non_null(rules);
	assert_int_equal(rules_travel(rules,
			     slice_of("ca.crl.MasterCRL.enable")), RULE_NONE);
	assert_int_equal(rules_travel(rules,
			     slice_of("ca.crl.Other.enable")), RULE_ROLE);
	assert_int_equal(rules_travel(rules, slice_of("x.y.z")), RULE_HOST);
	assert_int_equal(rules_travel(rules, slice_of("last")), RULE_ROLE);
	assert_true(rules_is_secret(rules, slice_of("x.Token")));
	assert_true(rules_is_secret(rules, slice_of("a.password")));
	assert_true(slice_is(rules_unread(rules, slice_of("y"))->remark,
	    slice_of("no more")));
	rules_free(rules);
}

/* Written by an editor that ends lines in CRLF: no rule may be lost. */
static void
test_site_with_crlf(void **state)
{
	struct rules *rules = with("# ours\r\n\r\nsecret x\r\n"
				   "unread y no more\r\nhost z");

	(void)state;
	assert_non_null(rules);
	assert_true(rules_is_secret(rules, slice_of("x")));
	assert_int_equal(rules_travel(rules, slice_of("z")), RULE_HOST);
	assert_true(slice_is(rules_unread(rules, slice_of("y"))->remark,
	    slice_of("no more")));
	rules_free(rules);
}

static void
test_bad_sites(void **state)
{
	static const char *const bad[] = { "secret", "secret \n", "Secret x",
		"x.y", "host x\nmine y\n", "  # not at the start\n" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_null(with(bad[i]));
	assert_null(with_site("host x\n\0secret y\n", 17));
	assert_null(rules_new("/no/such/list"));
	assert_null(rules_new("/"));
}

static void
test_names(void **state)
{
	static const char *const names[] = { "travels", "role", "range",
		"identity", "host", "comment", "secret", "unread" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_string_equal(rules_class_name((enum rule_class)i),
		    names[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_site),
		cmocka_unit_test(test_site_with_crlf),
		cmocka_unit_test(test_bad_sites),
		cmocka_unit_test(test_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
