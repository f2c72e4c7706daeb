/* SPDX-License-Identifier: MIT */
#include "pki/spawn.h"

#include <ctype.h>
#include <stdlib.h>

#include "cfg/setting.h"
#include "util/buf.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/slurp.h"

#define LIMIT ((size_t)4 << 20)
#define DEEPEST 10 /* of values in values; Python's own limit */
#define MOST_REFERENCES 10000 /* in all of them */
#define MOST_ENTRIES 10000    /* pkispawn knows some hundreds */

struct parser {
	struct spawn *file;
	const char *section; /* NULL: none yet */
	struct spawn_entry *open; /* that a line may go on with, */
	struct buf value;	      /* and its value so far */
	size_t indent; /* of its key */
	size_t number;
};

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

static struct slice
strip(struct slice s)
{
	while (s.size != 0 && is_blank(s.at[0])) {
		s.at++;
		s.size--;
	}
	while (s.size != 0 && is_blank(s.at[s.size - 1]))
		s.size--;
	return s;
}

static struct slice
next_line(struct slice *rest)
{
	size_t size = 0;
	struct slice line;

	while (size < rest->size && strchr("\r\n", rest->at[size]) == NULL)
		size++;
	line = (struct slice){ rest->at, size };
	if (size < rest->size)
		size += rest->at[size] == '\r' && size + 1 < rest->size &&
				rest->at[size + 1] == '\n'
			    ? 2
			    : 1;
	rest->at += size;
	rest->size -= size;
	return line;
}

static const char *
keep(struct parser *p, struct slice s)
{
	return arena_copy(&p->file->arena, s).at;
}

static int
bad(const struct parser *p, const char *what, struct slice line)
{
	return fail("%s:%zu: %s: '%.*s'", p->file->name, p->number, what,
	    (int)(line.size < 60 ? line.size : 60), line.at);
}

/* A text that may be a password's is not shown. */
static int
bad_line(const struct parser *p, const char *what)
{
	return fail("%s:%zu: %s", p->file->name, p->number, what);
}

/* A '%' is one of "%%" or "%(key)s". */
static bool
is_bad_text(struct slice s)
{
	const char *end = s.at + s.size, *c;

	for (c = s.at; c < end; c++) {
		if (*c != '%')
			continue;
		c++;
		if (c < end && *c == '(')
			c = memmem(c, (size_t)(end - c), ")s", 2);
		else if (c == end || *c != '%')
			return true;
		if (c == NULL)
			return true;
	}
	return false;
}

/* Of a password no more is kept than what is asked about it. */
static bool
is_secret(const char *key)
{
	size_t size = strlen(key);

	return (size > 8 && strcmp(key + size - 8, "password") == 0) ||
	       (size > 3 && strcmp(key + size - 3, "pin") == 0);
}

static struct slice
without_secret(struct slice value)
{
	if (value.size == 0 || (value.size > 2 && value.at[0] == '@' &&
				   value.at[value.size - 1] == '@'))
		return value;
	return slice_of(is_bad_text(value) ? "%" : "*");
}

static int
open_section(struct parser *p, struct slice name)
{
	struct spawn *f = p->file;
	bool again = strcmp(p->section = keep(p, name), "DEFAULT") == 0;

	if (spawn_has_section(f, p->section))
		return again ? 0
			     : bad(p, "this section was there before", name);
	MEM_GROW(f->section, f->sections, f->sections_room);
	f->section[f->sections++] = p->section;
	return 0;
}

static void
go_on(struct parser *p, struct slice text)
{
	if (is_secret(p->open->key))
		return;
	if (p->value.size == 0)
		buf_puts(&p->value, p->open->value);
	buf_putc(&p->value, '\n');
	buf_add(&p->value, text);
}

/* No line goes on with it any more. */
static void
close_entry(struct parser *p)
{
	if (p->value.size != 0)
		p->open->value = keep(p, buf_slice(&p->value));
	p->value.size = 0;
	p->open = NULL;
}

static const struct spawn_entry *
find(const struct spawn *f, const char *section, const char *key)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->entry[i].section, section) == 0 &&
		    strcmp(f->entry[i].key, key) == 0)
			return &f->entry[i];
	return NULL;
}

static int
add_entry(struct parser *p, struct slice text)
{
	struct spawn *f = p->file;
	size_t size = 0;
	struct spawn_entry *e;
	struct slice value;
	const char *key;

	while (size < text.size && text.at[size] != '=' && text.at[size] != ':')
		size++;
	if (size == text.size || size == 0)
		return bad_line(p, size == 0 ? "a value without a key"
					     : "neither section nor key=value");
	key = keep(p, strip((struct slice){ text.at, size }));
	if (find(f, p->section, key) != NULL)
		return bad(p, "this key was there before in its section",
		    slice_of(key));
	value =
	    strip((struct slice){ text.at + size + 1, text.size - size - 1 });
	if (f->count == MOST_ENTRIES)
		return bad_line(p, "too many keys for an override file");
	MEM_GROW(f->entry, f->count, f->room);
	e = &f->entry[f->count++];
	*e = (struct spawn_entry){ p->section, key,
		keep(p, is_secret(key) ? without_secret(value) : value),
		p->number };
	p->open = e;
	return 0;
}

static int
read_line(struct parser *p, struct slice line)
{
	struct slice text = strip(line);
	size_t indent = (size_t)(text.at - line.at);

	/* Empty lines do not end a value, nor do comments. */
	if (text.size == 0 || text.at[0] == '#' || text.at[0] == ';')
		return 0;
	if (p->open != NULL && indent > p->indent) {
		go_on(p, text);
		return 0;
	}
	close_entry(p);
	p->indent = indent;
	if (text.at[0] == '[') {
		const char *end = memrchr(text.at, ']', text.size);

		if (end != NULL && end > text.at + 1)
			return open_section(
			    p, (struct slice){
				   text.at + 1, (size_t)(end - text.at) - 1 });
	}
	if (p->section == NULL)
		return bad_line(p, "no section is open, such as [DEFAULT]");
	return add_entry(p, text);
}

int
spawn_parse(struct spawn *f, const char *name, struct slice text)
{
	struct parser p = { .file = f };
	int status = 0;

	*f = (struct spawn){ .count = 0 };
	f->name = arena_copy(&f->arena, slice_of(name)).at;
	if (memchr(text.at, '\0', text.size) != NULL) {
		spawn_release(f);
		return fail("%s: holds a NUL byte", name);
	}
	while (text.size != 0 && status == 0) {
		p.number++;
		status = read_line(&p, next_line(&text));
	}
	close_entry(&p);
	buf_release(&p.value);
	if (status < 0)
		spawn_release(f);
	return status;
}

int
spawn_read(struct spawn *f, const char *path)
{
	struct slice text;
	char *bytes;
	int status;

	*f = (struct spawn){ .count = 0 };
	if (slurp(path, LIMIT, &bytes, &text.size) < 0)
		return -1;
	text.at = bytes;
	status = spawn_parse(f, slurp_name(path), text);
	secret_free(bytes, text.size);
	return status;
}

bool
spawn_has_section(const struct spawn *f, const char *name)
{
	for (size_t i = 0; i < f->sections; i++)
		if (strcmp(f->section[i], name) == 0)
			return true;
	return false;
}

static const struct spawn_entry *
lookup(const struct spawn *f, const char *subsystem, const char *key)
{
	const char *const sections[] = { subsystem, "Tomcat", "DEFAULT" };

	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		const struct spawn_entry *e = find(f, sections[i], key);

		if (e != NULL)
			return e;
	}
	return NULL;
}

struct expansion {
	const struct spawn *file;
	const char *subsystem;
	struct buf out;
	size_t references;
};

static bool expand(struct expansion *x, const char *text, int depth);

/* "(key)s": *text is put at its end. */
static bool
expand_reference(struct expansion *x, const char **text, int depth)
{
	const char *end = **text == '(' ? strstr(*text, ")s") : NULL;
	const struct spawn_entry *e;
	char *key;

	if (end == NULL || x->references++ == MOST_REFERENCES)
		return false;
	key = mem_dup(*text + 1, (size_t)(end - *text) - 1);
	e = lookup(x->file, x->subsystem, key);
	free(key);
	*text = end + 1;
	return e != NULL && expand(x, e->value, depth + 1);
}

/* Append text, its references replaced.  False: one is to nothing known, or
 * they go in a circle. */
static bool
expand(struct expansion *x, const char *text, int depth)
{
	for (; *text != '\0' && depth < DEEPEST; text++) {
		if (*text == '%' && *++text != '%') {
			if (!expand_reference(x, &text, depth))
				return false;
		} else {
			buf_putc(&x->out, *text);
		}
	}
	return depth < DEEPEST && x->out.size <= LIMIT;
}

bool
spawn_get(struct spawn *f, const char *subsystem, const char *key,
    struct spawn_value *value)
{
	const struct spawn_entry *e = lookup(f, subsystem, key);
	struct expansion x = { .file = f, .subsystem = subsystem };

	if (e == NULL)
		return false;
	*value = (struct spawn_value){ NULL, e->line };
	if (expand(&x, e->value, 0))
		value->text = arena_copy(&f->arena,
		    x.out.size != 0 ? buf_slice(&x.out) : slice_of("")).at;
	buf_release(&x.out);
	return true;
}

bool
spawn_is_bad(const struct spawn_entry *entry)
{
	return is_bad_text(slice_of(entry->value));
}

void
spawn_release(struct spawn *f)
{
	free(f->entry);
	free(f->section);
	arena_release(&f->arena);
	*f = (struct spawn){ .count = 0 };
}

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
