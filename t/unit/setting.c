/* SPDX-License-Identifier: MIT */
/* The shipped lists, and what a site makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "cfg/setting.h"

static const struct {
	const char *key;
	enum setting_class class;
} classes[] = {
	{ "ca.certStatusUpdateInterval", SETTING_ROLE },
	{ "ca.crl.MasterCRL.enableCRLCache", SETTING_ROLE },
	{ "ca.crl.Other.enableCRLUpdates", SETTING_ROLE },
	{ "ca.crl.MasterCRL.enableDailyUpdates", SETTING_TRAVELS },
	{ "ca.crl.enable", SETTING_TRAVELS },
	{ "master.ca.agent.host", SETTING_ROLE },
	{ "master.ca.agent.hosts", SETTING_TRAVELS },
	{ "ocsp.store.defStore.refreshInSec", SETTING_ROLE },
	{ "OCSP.Responder.store.defStore.refreshInSec", SETTING_ROLE },
	{ "dbs.beginSerialNumber", SETTING_RANGE },
	{ "dbs.nextEndReplicaNumber", SETTING_RANGE },
	{ "dbs.serialIncrement", SETTING_GENERATOR },
	{ "dbs.enableSerialManagement", SETTING_TRAVELS },
	{ "machineName", SETTING_IDENTITY },
	{ "internaldb.ldapconn.host", SETTING_IDENTITY },
	{ "preop.a.b.c", SETTING_IDENTITY },
	{ "securitydomain.name", SETTING_TRAVELS },
	{ "installDate", SETTING_HOST },
	{ "ca.sslserver.cert", SETTING_HOST },
	{ "ca.cert.sslserver.nickname", SETTING_HOST },
	{ "ca.signing.nickname", SETTING_HOST },
	{ "kra.transportUnit.nickName", SETTING_HOST },
	{ "ca.connector.KRA.nickName", SETTING_TRAVELS },
	{ "ca.connector.KRA.host", SETTING_TRAVELS },
	{ "cms.version", SETTING_RELEASE },
	{ "cms.product.version", SETTING_RELEASE },
	{ "cms.upgrade.index", SETTING_RELEASE },
	{ "cms.passwordlist", SETTING_TRAVELS },
	{ "log.instance.SignedAudit.events", SETTING_UPGRADE },
	{ "op.enroll.externalRegISEtoken.keyGen.keyType.num", SETTING_UPGRADE },
	{ "op.enroll.externalRegISEtoken.issuerinfo.value", SETTING_HOST },
	{ "op.format.tokenKey.issuerinfo.enable", SETTING_TRAVELS },
	{ "conn.tks1.hostport", SETTING_HOST },
	{ "conn.tks1.serverKeygen", SETTING_TRAVELS },
	{ "auth.instance.0.hostport", SETTING_HOST },
	{ "config.Subsystem_Connections.tks1.timestamp", SETTING_HOST },
	{ "config.Subsystem_Connections.tks1.state", SETTING_TRAVELS },
	{ "kra.transportUnit.hardware", SETTING_HOST },
	{ "internaldb.ldapconn.masterReplicationPort", SETTING_IDENTITY },
	{ "internaldb.ldapconn.version", SETTING_TRAVELS },
	{ "tokendb.allowedTransitions", SETTING_TRAVELS },
	{ "logging.audit.filename", SETTING_HOST },
	{ "logging.audit.level", SETTING_TRAVELS },
	{ "dbs.enableRandomSerialNumbers", SETTING_GENERATOR },
	{ "ca.connector._005", SETTING_COMMENT },
	{ "_000", SETTING_COMMENT },
	{ "ca.connector._05", SETTING_TRAVELS },
	{ "", SETTING_TRAVELS },
};

static const char *const secrets[] = { "internaldb.ldapauth.password",
	"internaldb.ldapauth.bindPassword", "auths.instance.X.ldap.bindpw",
	"preop.pin", "password", "tks.defKeySet.auth_key",
	"tps.a.b.mac_key", "AUTHS.INSTANCE.X.PASSWD" };

static const char *const no_secrets[] = { "authType", "cms.passwordlist",
	"passwordFile", "passwordClass", "internaldb.ldapauth.bindPWPrompt",
	"internaldb.ldapauth.authtype", "ca.password.list", "pin",
	"log.instance.pwd.fileName", "" };

/* Files with passwords; and passwords. */
static const char *const paths[] = { "/etc/pki/tps/password.conf", "/a/b",
	"/var/lib/pki-ca_1/x@y.conf " };
static const char *const no_paths[] = { "", "/", "/a", "//a/b", "/a/", "/a//b",
	"a/b/c", "/a/b c", "/a/b=", "./a/b", "/a/b+", "secret" };

static void
test_classes(void **state)
{
	struct settings *rules = settings_new(NULL);

	(void)state;
	assert_non_null(rules);
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		assert_int_equal(
		    settings_class(rules, slice_of(classes[i].key)),
		    classes[i].class);
	settings_free(rules);
}

static void
test_secrets(void **state)
{
	struct settings *rules = settings_new(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
		assert_true(settings_is_secret(rules, slice_of(secrets[i])));
	for (size_t i = 0; i < sizeof no_secrets / sizeof *no_secrets; i++)
		assert_false(settings_is_secret(rules,
		    slice_of(no_secrets[i])));
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		assert_false(settings_hides(rules,
		    slice_of("auth.instance.1.bindPWD"), slice_of(paths[i])));
	for (size_t i = 0; i < sizeof no_paths / sizeof *no_paths; i++)
		assert_true(
		    settings_hides(rules, slice_of("auth.instance.1.bindPWD"),
			slice_of(no_paths[i])));
	assert_false(settings_hides(rules, slice_of("x.y"), slice_of("a")));
	settings_free(rules);
}

static void
test_unread(void **state)
{
	struct settings *rules = settings_new(NULL);
	const struct setting *rule = settings_unread(rules,
	    slice_of("OCSP.Responder.store.defStore.refreshInSec"));

	(void)state;
	assert_non_null(rule);
	assert_true(slice_equal(rule->remark, slice_of(
	    "the server reads ocsp.store.defStore.refreshInSec")));
	assert_non_null(settings_unread(rules, slice_of("OCSP.Responder.x")));
	assert_null(settings_unread(rules,
	    slice_of("ocsp.store.defStore.refreshInSec")));
	settings_free(rules);
}

/* Rules with a list of this text for a site's. */
static struct settings *
with_site(const char *text, size_t size)
{
	char name[] = "/tmp/rules.XXXXXX";
	int file = mkstemp(name);
	struct settings *rules;

	assert_true(file >= 0);
	assert_int_equal(write(file, text, size), size);
	close(file);
	rules = settings_new(name);
	unlink(name);
	return rules;
}

static struct settings *
with(const char *text)
{
	return with_site(text, strlen(text));
}

static void
test_site(void **state)
{
	struct settings *rules = with("# ours\n\n \t\n"
				   "travels ca.crl.MasterCRL.*\n"
				   "host x.**\tfor a reason\n"
				   "secret *.token\n"
				   "unread y  no more\n"
				   "role last");

	(void)state;
	assert_non_null(rules);
	assert_int_equal(settings_class(rules,
	    slice_of("ca.crl.MasterCRL.enable")), SETTING_TRAVELS);
	assert_int_equal(settings_class(rules,
	    slice_of("ca.crl.Other.enable")), SETTING_ROLE);
	assert_int_equal(settings_class(rules, slice_of("x.y.z")),
	    SETTING_HOST);
	assert_int_equal(settings_class(rules, slice_of("last")), SETTING_ROLE);
	assert_true(settings_is_secret(rules, slice_of("x.Token")));
	assert_true(
	    settings_hides(rules, slice_of("x.token"), slice_of("/a/b")));
	assert_true(settings_is_secret(rules, slice_of("a.password")));
	assert_true(slice_equal(settings_unread(rules, slice_of("y"))->remark,
	    slice_of("no more")));
	settings_free(rules);
}

/* Written by an editor that ends lines in CRLF: no rule may be lost. */
static void
test_site_with_crlf(void **state)
{
	struct settings *rules = with("# ours\r\n\r\nsecret x\r\n"
				   "unread y no more\r\nhost z");

	(void)state;
	assert_non_null(rules);
	assert_true(settings_is_secret(rules, slice_of("x")));
	assert_int_equal(settings_class(rules, slice_of("z")), SETTING_HOST);
	assert_true(slice_equal(settings_unread(rules, slice_of("y"))->remark,
	    slice_of("no more")));
	settings_free(rules);
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
	assert_null(settings_new("/no/such/list"));
	assert_null(settings_new("/"));
}

static void
test_names(void **state)
{
	static const char *const names[] = { "travels", "role", "range",
		"identity", "host", "release", "upgrade", "generator",
		"comment", "secret", "unread" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_string_equal(setting_class_name((enum setting_class)i),
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
