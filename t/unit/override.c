/* SPDX-License-Identifier: MIT */
/* An override file that is written says, read as ConfigParser does, what was
 * to be written. */
#include "scratch.h"

#include "pki/spawn.h"
#include "util/mem.h"
#include "util/secret.h"

static const char *const masters[] = {
	"cs.type=CA\nmachineName=h\ninternaldb.basedn=dc=%x\n"
	"ca.signing.nickname=100%% sure\ninternaldb.database=[ca]\n",
	"cs.type=KRA\nkra.storage.nickname=a=b: c\n"
	"kra.transport.nickname=# no comment\ndbs.key.id.generator=legacy2\n",
	"cs.type=OCSP\nocsp.signing.nickname=; x\nmachineName=o.example\n",
	"cs.type=TKS\ntks.subsystem.nickname=%(x)s\n",
	"cs.type=TPS\ntps.subsystem.nickname=\xc3\xa9\n",
	"cs.type=CA\nca.signing.nickname=n\nca.signing.tokenname=HSM 1\n",
};

static const struct {
	const char *subsystem, *key, *value;
	size_t master;
} wants[] = {
	{ "CA", "pki_ca_signing_nickname", "100%% sure", 0 },
	{ "CA", "pki_ds_base_dn", "dc=%x", 0 },
	{ "CA", "pki_ds_database", "[ca]", 0 },
	{ "CA", "pki_clone_uri", "https://h:443", 0 },
	{ "CA", "pki_cert_id_generator", "legacy", 0 },
	{ "KRA", "pki_storage_nickname", "a=b: c", 1 },
	{ "KRA", "pki_transport_nickname", "# no comment", 1 },
	{ "KRA", "pki_key_id_generator", "legacy2", 1 },
	{ "KRA", "pki_clone_uri", "https://@MASTER_HOST@:443", 1 },
	{ "OCSP", "pki_ocsp_signing_nickname", "; x", 2 },
	{ "TKS", "pki_subsystem_nickname", "%(x)s", 3 },
	{ "TPS", "pki_subsystem_nickname", "\xc3\xa9", 4 },
	{ "CA", "pki_token_name", "HSM 1", 5 },
	{ "CA", "pki_ca_signing_token", "HSM 1", 5 },
	{ "CA", "pki_token_password", "@TOKEN_PASSWORD@", 5 },
	{ "CA", "pki_clone_pkcs12_path", NULL, 5 },
	{ "CA", "pki_clone_pkcs12_password", NULL, 5 },
	{ "CA", "pki_token_password", NULL, 0 },
};

/* The file for a master, read again. */
static void
through(struct spawn *file, const char *master, struct override *o)
{
	struct cfg *cfg = cfg_parse("unit", mem_dup(master, strlen(master)),
	    strlen(master));
	struct address at = { .port = slice_of("443"),
		.port_from = "proxy.securePort" };
	static const struct suffix_owner own = { 0 };
	struct buf out = { 0 };
	struct tags tags;

	assert_non_null(cfg);
	assert_int_equal(tags_read(&tags, cfg), 0);
	at.host = cfg_string(cfg, "machineName");
	o->master = cfg;
	o->tags = &tags;
	o->at = &at;
	o->owner = &own;
	if (o->release.last == 0)
		o->release = release_any;
	override_add(&out, o);
	buf_putc(&out, '\0');
	assert_int_equal(spawn_parse(file, "unit",
			     (struct slice){ out.at, out.size - 1 }), 0);
	secret_free(out.at, out.size);
	o->master = NULL;
	o->tags = NULL;
	o->at = NULL;
	spawn_for_release(file, o->release);
	tags_release(&tags);
	cfg_free(cfg);
}

static void
test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wants / sizeof *wants; i++) {
		struct override o = { .pkcs12 = "/root/%.p12" };
		struct spawn_value value;
		struct spawn file;
		bool there;

		through(&file, masters[wants[i].master], &o);
		there = spawn_get(&file, wants[i].subsystem, wants[i].key,
		    &value);
		assert_int_equal(there, wants[i].value != NULL);
		if (there)
			assert_string_equal(value.text, wants[i].value);
		spawn_release(&file);
	}
}

/* What is in force, by release: NULL is not in the file. */
static const struct {
	uint32_t first, last;
	const char *key, *value;
} by_release[] = {
	{ RELEASE(10, 8, 0), RELEASE(10, 8, 999), "pki_ds_url", NULL },
	{ RELEASE(10, 8, 0), RELEASE(10, 8, 999), "pki_ds_hostname", "d" },
	{ RELEASE(10, 8, 0), RELEASE(10, 8, 999), "pki_ds_ldaps_port", "1636" },
	{ RELEASE(10, 8, 0), RELEASE(10, 8, 999), "pki_ds_secure_connection",
	    "True" },
	{ RELEASE(10, 8, 0), RELEASE(10, 8, 999), "pki_cert_id_generator",
	    NULL },
	{ RELEASE(11, 7, 0), RELEASE(11, 7, 0), "pki_ds_url",
	    "ldaps://d:1636" },
	{ RELEASE(11, 7, 0), RELEASE(11, 7, 0), "pki_ds_hostname", NULL },
	{ RELEASE(11, 7, 0), RELEASE(11, 7, 0), "pki_cert_id_generator",
	    "legacy" },
	{ RELEASE(10, 2, 0), RELEASE_LAST, "pki_ds_url", "ldaps://d:1636" },
	{ RELEASE(10, 2, 0), RELEASE_LAST, "pki_ds_hostname", "d" },
	{ RELEASE(10, 2, 0), RELEASE_LAST, "pki_cert_chain_path", "@CA_CERT@" },
	{ RELEASE(10, 1, 0), RELEASE(10, 1, 2), "pki_cert_chain_path", NULL },
	{ RELEASE(10, 1, 0), RELEASE(10, 1, 2), "pki_pin",
	    "@DATABASE_PASSWORD@" },
	{ RELEASE(10, 1, 0), RELEASE(10, 1, 2), "pki_server_database_password",
	    NULL },
	{ RELEASE(10, 5, 0), RELEASE(10, 5, 999), "pki_pin", NULL },
};

static void
test_releases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof by_release / sizeof *by_release; i++) {
		struct override o = { .ds = "ldaps://d:1636",
			.release = {
			    by_release[i].first, by_release[i].last } };
		struct spawn_value value;
		struct spawn file;
		bool there;

		through(&file, masters[0], &o);
		there = spawn_get(&file, "CA", by_release[i].key, &value);
		assert_int_equal(there, by_release[i].value != NULL);
		if (there)
			assert_string_equal(value.text, by_release[i].value);
		spawn_release(&file);
	}
}

static void
test_replicated(void **state)
{
	struct override o = { .replicated_ds = true };
	struct spawn_value value;
	struct spawn file;

	(void)state;
	through(&file, masters[0], &o);
	/* In [Tomcat], default.cfg would go before it. */
	assert_false(spawn_has_section(&file, "Tomcat"));
	assert_true(spawn_get(&file, "CA", "pki_ds_setup", &value));
	assert_string_equal(value.text, "False");
	assert_true(spawn_get(&file, "CA", "pki_ds_create_new_db", &value));
	assert_string_equal(value.text, "False");
	assert_false(spawn_get(&file, "CA",
	    "pki_clone_replication_security", &value));
	spawn_release(&file);

	o.replicated_ds = false;
	through(&file, masters[0], &o);
	assert_false(spawn_get(&file, "CA", "pki_ds_setup", &value));
	assert_true(spawn_get(&file, "CA",
	    "pki_clone_replication_security", &value));
	spawn_release(&file);
}

static void
test_passwords(void **state)
{
	static const char *const names[] = { "ds", "pkcs12", "domain",
		"client", "token", "database" };

	(void)state;
	assert_int_equal(sizeof names / sizeof *names, OVERRIDE_PASSWORDS);
	for (int i = 0; i < OVERRIDE_PASSWORDS; i++)
		assert_int_equal(override_password_of(slice_of(names[i])), i);
	assert_int_equal(override_password_of(slice_of("d")), -1);
	assert_int_equal(override_password_of(slice_of("")), -1);
}

/* pkispawn takes passwords as they stand, if not all in all releases. */
static void
test_percent(void **state)
{
	static const struct {
		struct release release;
		size_t doubled;
	} cases[] = {
		{ { RELEASE(11, 3, 1), RELEASE(11, 3, 1) }, 0 },
		{ { RELEASE(10, 2, 0), RELEASE_LAST }, 0 },
		/* pki_clone_pkcs12_password; of the database, pki_pin */
		{ { RELEASE(10, 2, 0), RELEASE(10, 2, 999) }, 1 },
		{ { RELEASE(10, 0, 0), RELEASE(10, 0, 999) },
		    OVERRIDE_PASSWORDS - 1 },
	};

	(void)state;
	for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
		struct override o = { .release = cases[c].release };
		struct spawn file;
		size_t found = 0, doubled = 0;

		for (int i = 0; i < OVERRIDE_PASSWORDS; i++)
			o.password[i] = slice_of("%s%(x)s%");
		through(&file, masters[0], &o);
		for (size_t i = 0; i < file.count; i++) {
			assert_false(spawn_is_bad(&file, &file.entry[i]));
			found += strcmp(file.entry[i].value, "*") == 0;
			doubled += strcmp(file.entry[i].value, "*") == 0 &&
				   file.entry[i].percent == SPAWN_DOUBLED;
		}
		assert_int_equal(found, OVERRIDE_PASSWORDS - 1); /* no token */
		assert_int_equal(doubled, cases[c].doubled);
		spawn_release(&file);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("what is written is read again", test_values),
		SCRATCH_TEST("each release has its parameters", test_releases),
		SCRATCH_TEST(
		    "replication by hand is where it counts", test_replicated),
		SCRATCH_TEST("passwords by their names", test_passwords),
		SCRATCH_TEST("a percent sign is two, or itself", test_percent),
	};

	return scratch_run(tests, sizeof tests / sizeof *tests);
}
