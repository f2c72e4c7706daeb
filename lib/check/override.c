/* SPDX-License-Identifier: MIT */
#include "check/override.h"

#include <ctype.h>
#include <stdlib.h>

#include "cfg/setting.h"
#include "pki/serverxml.h"
#include "util/diag.h"
#include "util/mem.h"

static const struct {
	const char *name, *key;
} passwords[OVERRIDE_PASSWORDS] = {
	[OVERRIDE_DS] = { "ds", "pki_ds_password" },
	[OVERRIDE_PKCS12] = { "pkcs12", "pki_clone_pkcs12_password" },
	[OVERRIDE_DOMAIN] = { "domain", "pki_security_domain_password" },
	[OVERRIDE_ADMIN] = { "client", "pki_client_pkcs12_password" },
	[OVERRIDE_TOKEN] = { "token", "pki_token_password" },
	[OVERRIDE_DATABASE] = { "database", "pki_server_database_password" },
};

int
override_password_of(struct slice name)
{
	for (int i = 0; i < OVERRIDE_PASSWORDS; i++)
		if (slice_equal(name, slice_of(passwords[i].name)))
			return i;
	return -1;
}

/* ConfigParser interpolates: a '%' is written as two. */
static void
put(struct buf *out, const char *key, struct slice value)
{
	buf_puts(out, key);
	buf_putc(out, '=');
	for (size_t i = 0; i < value.size; i++) {
		if (value.at[i] == '%')
			buf_putc(out, '%');
		buf_putc(out, value.at[i]);
	}
	buf_putc(out, '\n');
}

static void
put_text(struct buf *out, const char *key, const char *value)
{
	put(out, key, slice_of(value));
}

/* The value of a key of the master, with where it comes from above it. */
static void
put_from(struct buf *out, const struct override *o, const char *key,
    const char *from)
{
	struct slice value = cfg_string(o->master, from);

	if (value.at == NULL)
		return;
	buf_puts(out, "# the master's ");
	buf_puts(out, from);
	buf_putc(out, '\n');
	put(out, key, value);
}

static const char *
token_of(const struct override *o)
{
	for (size_t i = 0; i < o->tags->count; i++)
		if (o->tags->tag[i].token != NULL)
			return o->tags->tag[i].token;
	return NULL;
}

static void
put_names(struct buf *out, const struct override *o)
{
	buf_puts(out, "\n# keys are found by the master's nicknames\n");
	for (size_t i = 0; i < o->tags->count; i++) {
		const struct tag *tag = &o->tags->tag[i];
		const char *name = strcmp(tag->name, "signing") == 0 ?
		    (strcmp(o->tags->subsystem, "ca") == 0 ? "ca_signing" :
							    "ocsp_signing") :
		    tag->name;
		char *key = mem_printf("pki_%s_nickname", name);

		if (tag->nickname != NULL)
			put_text(out, key, tag->nickname);
		free(key);
		key = mem_printf("pki_%s_token", name);
		if (tag->token != NULL)
			put_text(out, key, tag->token);
		free(key);
	}
}

static void
put_database(struct buf *out, const struct override *o)
{
	buf_puts(out, "\n# the clone's own Directory Server, never the "
		      "master's\n# (versions without pki_ds_url: "
		      "pki_ds_hostname, pki_ds_ldap_port)\n");
	put_text(out, "pki_ds_url", o->ds != NULL ? o->ds : "@DS_URL@");
	put_from(out, o, "pki_ds_base_dn", "internaldb.basedn");
	put_from(out, o, "pki_ds_database", "internaldb.database");
	if (!o->replicated_ds) {
		buf_puts(out, "# the master's "
			      "internaldb.ldapconn.secureConn\n");
		put_text(out, "pki_clone_replication_security",
		    setting_bool(o->master, "internaldb.ldapconn.secureConn") ?
			"SSL" : "None");
		put_text(out, "pki_clone_replicate_schema", "True");
	}
}

/* Absent is legacy; pkispawn's own default is random since 11.5. */
static void
put_generators(struct buf *out, const struct override *o)
{
	static const struct {
		const char *subsystem, *kind;
	} generators[] = { { "ca", "cert" }, { "ca", "request" },
		{ "kra", "key" }, { "kra", "request" } };

	for (size_t i = 0; i < sizeof generators / sizeof *generators; i++) {
		const char *kind = generators[i].kind;
		char *from = mem_printf("dbs.%s.id.generator", kind);
		char *key = mem_printf("pki_%s_id_generator", kind);
		struct slice value = cfg_string(o->master, from);

		if (strcmp(generators[i].subsystem, o->tags->subsystem) == 0) {
			buf_puts(out, "# the master's ");
			buf_puts(out, from);
			buf_puts(out, value.at != NULL ? "\n" :
						      ", which it has not\n");
			put(out, key, value.at != NULL ? value :
							 slice_of("legacy"));
		}
		free(from);
		free(key);
	}
}

/* Where the clone finds the master. */
static void
put_uri(struct buf *out, const struct override *o)
{
	const struct address *at = o->at;
	struct slice host =
	    at->host.size != 0 ? at->host : slice_of("@MASTER_HOST@");
	struct slice port = at->port.size != 0 ? at->port : slice_of("8443");
	char *text;

	if (at->port.size == 0) {
		buf_puts(out, "# the master's machineName; the port is a "
			      "guess: no server.xml told it\n");
	} else {
		text = mem_printf("# the master's machineName and %s\n",
		    at->port_from);
		buf_puts(out, text);
		free(text);
	}
	if (at->other.size != 0) {
		text = mem_printf("# (its last connector with scheme=https, as "
		    "the server has it;\n# pki-server has the first with "
		    "SSLEnabled, %.*s)\n", SLICE_ARG(at->other));
		buf_puts(out, text);
		free(text);
	}
	text = mem_printf("https://%.*s:%.*s", SLICE_ARG(host),
	    SLICE_ARG(port));
	put_text(out, "pki_clone_uri", text);
	free(text);
}

static void
put_clone(struct buf *out, const struct override *o)
{
	buf_puts(out, "\npki_clone=True\n");
	put_uri(out, o);
	if (token_of(o) != NULL) {
		buf_puts(out, "# the master's tokenname: keys are in a token, "
			      "so there is no bundle\n");
		put_text(out, "pki_hsm_enable", "True");
		put_text(out, "pki_token_name", token_of(o));
	} else {
		put_text(out, "pki_clone_pkcs12_path",
		    o->pkcs12 != NULL ? o->pkcs12 : "@PKCS12@");
	}
}

/* Last, and room first, so that no copy is left where the text was. */
static void
put_passwords(struct buf *out, const struct override *o)
{
	size_t room = 4096;

	for (int i = 0; i < OVERRIDE_PASSWORDS; i++)
		room += 2 * o->password[i].size;
	buf_reserve(out, room);
	buf_puts(out, "\n");
	for (int i = 0; i < OVERRIDE_PASSWORDS; i++) {
		if (i ==
		    (token_of(o) != NULL ? OVERRIDE_PKCS12 : OVERRIDE_TOKEN))
			continue;
		if (o->password[i].at != NULL) {
			put(out, passwords[i].key, o->password[i]);
			continue;
		}
		buf_puts(out, passwords[i].key);
		buf_puts(out, "=@");
		for (const char *c = passwords[i].name; *c != '\0'; c++)
			buf_putc(out, (char)toupper((unsigned char)*c));
		buf_puts(out, "_PASSWORD@\n");
	}
}

/* To Python, a CR ends a line, too. */
static bool
is_text(struct slice value)
{
	for (size_t i = 0; i < value.size; i++)
		if (iscntrl((unsigned char)value.at[i]) && value.at[i] != '\t')
			return false;
	return true;
}

static const struct {
	const char *key, *what;
	bool (*is)(struct slice value);
} forms[] = {
	{ "securitydomain.host", "a host name", endpoint_is_host },
	{ "securitydomain.httpsadminport", "a port", endpoint_is_port },
	{ "machineName", "a host name", endpoint_is_host },
	{ "proxy.securePort", "a port", endpoint_is_port },
};

static int
check_value(const struct cfg *cfg, const struct cfg_line *line)
{
	const struct slice key = cfg_key(line);
	const struct slice value = cfg_trim(cfg_value(line));

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (value.size != 0 &&
		    slice_equal(key, slice_of(forms[i].key)) &&
		    !forms[i].is(value))
			return fail("%s:%zu: %.*s is not %s: '%.*s'",
			    cfg->file, cfg_number(cfg, line), SLICE_ARG(key),
			    forms[i].what, SLICE_ARG(value));
	return 0;
}

/* A value may come from many keys: none that is read has a line end. */
static bool
is_read(struct slice key)
{
	static const char *const parts[] = { "securitydomain.", "internaldb.",
		"dbs.", "cert.", "nickname", "tokenname", "machineName",
		"proxy." };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (memmem(key.at, key.size, parts[i], strlen(parts[i])) !=
		    NULL)
			return true;
	return false;
}

int
override_check(const struct override *o)
{
	const struct cfg *cfg = o->master;

	for (uint32_t i = 0; i < cfg->lines; i++) {
		const struct cfg_line *line = &cfg->line[i];

		if (line->logical == NULL || !cfg_is_live(cfg, line))
			continue;
		if (is_read(cfg_key(line)) && !is_text(cfg_trim(
		    cfg_value(line))))
			return fail("%s:%zu: a control character in the value "
				    "of %.*s", cfg->file,
			    cfg_number(cfg, line), SLICE_ARG(cfg_key(line)));
		if (check_value(cfg, line) < 0)
			return -1;
	}
	return 0;
}

void
override_add(struct buf *out, const struct override *o)
{
	buf_puts(out, "# pkispawn's override file of a clone; fill in what "
		      "stands between @ and @\n");
	if (o->replicated_ds)
		buf_puts(out, "[Tomcat]\n"
			      "# replication is set up by hand\n"
			      "pki_clone_setup_replication=False\n"
			      "# up to 11.6; 11.7 says that it can be removed\n"
			      "pki_clone_reindex_data=False\n"
			      "# 11, instead of both: all of the database is "
			      "there; no ranges are asked for\n"
			      "pki_ds_setup=False\n\n");
	buf_putc(out, '[');
	for (const char *c = o->tags->subsystem; *c != '\0'; c++)
		buf_putc(out, (char)toupper((unsigned char)*c));
	buf_puts(out, "]\n");
	put_from(out, o, "pki_security_domain_hostname",
	    "securitydomain.host");
	put_from(out, o, "pki_security_domain_https_port",
	    "securitydomain.httpsadminport");
	put_from(out, o, "pki_security_domain_name", "securitydomain.name");
	buf_puts(out, "# the usual administrator of a domain\n");
	put_text(out, "pki_security_domain_user", "caadmin");
	buf_puts(out, "# the CA's certificate, where the clone's host does not "
		      "have it: pki_cert_chain_path=FILE\n");
	put_database(out, o);
	put_names(out, o);
	buf_putc(out, '\n');
	put_generators(out, o);
	put_clone(out, o);
	put_passwords(out, o);
}
