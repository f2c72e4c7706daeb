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
	struct buf out = { 0 };
	struct tags tags;

	assert_non_null(cfg);
	assert_int_equal(tags_read(&tags, cfg), 0);
	at.host = cfg_string(cfg, "machineName");
	o->master = cfg;
	o->tags = &tags;
	o->at = &at;
	override_add(&out, o);
	buf_putc(&out, '\0');
	assert_int_equal(spawn_parse(file, "unit",
			     (struct slice){ out.at, out.size - 1 }), 0);
	secret_free(out.at, out.size);
	o->master = NULL;
	o->tags = NULL;
	o->at = NULL;
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

static void
test_sections(void **state)
{
	struct override o = { .replicated_ds = true };
	struct spawn_value value;
	struct spawn file;

	(void)state;
	through(&file, masters[0], &o);
	assert_true(spawn_has_section(&file, "Tomcat"));
	assert_true(spawn_get(&file, "CA", "pki_ds_setup", &value));
	assert_string_equal(value.text, "False");
	assert_false(spawn_get(&file, "CA",
	    "pki_clone_replication_security", &value));
	spawn_release(&file);

	o.replicated_ds = false;
	through(&file, masters[0], &o);
	assert_false(spawn_has_section(&file, "Tomcat"));
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

/* No '%' of a password may stop pkispawn. */
static void
test_percent(void **state)
{
	struct override o = { 0 };
	struct spawn file;
	size_t found = 0;

	(void)state;
	for (int i = 0; i < OVERRIDE_PASSWORDS; i++)
		o.password[i] = slice_of("%s%%(x)s%");
	through(&file, masters[0], &o);
	for (size_t i = 0; i < file.count; i++) {
		assert_false(spawn_is_bad(&file.entry[i]));
		found += strcmp(file.entry[i].value, "*") == 0;
	}
	assert_int_equal(found, OVERRIDE_PASSWORDS - 1); /* no token */
	spawn_release(&file);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST("what is written is read again", test_values),
		SCRATCH_TEST("replication by hand has a section",
		    test_sections),
		SCRATCH_TEST("passwords by their names", test_passwords),
		SCRATCH_TEST("each percent sign is two", test_percent),
	};

	return scratch_run(tests, sizeof tests / sizeof *tests);
}
