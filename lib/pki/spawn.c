/* SPDX-License-Identifier: MIT */
#include "pki/spawn.h"

#include <ctype.h>
#include <stdlib.h>

#include "cfg/setting.h"
#include "pki/parameter.h"
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

/* What each '%' is the beginning of. */
static unsigned
percent_of(struct slice s)
{
	const char *end = s.at + s.size, *c;
	unsigned found = 0;

	for (c = s.at; c < end; c++) {
		if (*c != '%')
			continue;
		c++;
		if (c < end && *c == '%') {
			found |= SPAWN_DOUBLED;
			continue;
		}
		if (c < end && *c == '(')
			c = memmem(c, (size_t)(end - c), ")s", 2);
		else
			c = NULL;
		if (c == NULL)
			return found | SPAWN_LONE;
		found |= SPAWN_REFERS;
	}
	return found;
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
	return slice_of("*");
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
	if (p->value.size != 0) {
		p->open->value = keep(p, buf_slice(&p->value));
		p->open->percent = percent_of(buf_slice(&p->value));
	}
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
		p->number, percent_of(value) };
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

	*f = (struct spawn){ .release = release_any };
	f->name = arena_copy(&f->arena, slice_of(name)).at;
	if (memchr(text.at, '\0', text.size) != NULL) {
		spawn_release(f);
		return fail("%s: holds a NUL byte", name);
	}
	while (text.size != 0 && status == 0) {
		p.number++;
		status = read_line(&p, slice_cut_line(&text));
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

/* By the letters that it begins with, in either case. */
const char *
spawn_section_of(const char *name)
{
	static const char *const known[] = { "DEFAULT", "Tomcat", "CA", "KRA",
		"OCSP", "RA", "TKS", "TPS" };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strncasecmp(name, known[i], strlen(known[i])) == 0)
			return known[i];
	return NULL;
}

void
spawn_for_release(struct spawn *f, struct release release)
{
	f->release = release;
	if (release_within(release, RELEASE(10, 4, 0), RELEASE(11, 5, 999)) !=
	    RELEASE_YES)
		return;
	for (size_t i = 0; i < f->sections; i++) {
		const char *meant = spawn_section_of(f->section[i]);

		if (meant == NULL)
			continue;
		for (size_t e = 0; e < f->count; e++)
			if (strcmp(f->entry[e].section, f->section[i]) == 0)
				f->entry[e].section = meant;
		f->section[i] = meant;
	}
}

static bool
is_literal(const struct spawn *f, const char *key)
{
	return parameter_is_literal(key, f->release) != RELEASE_NO;
}

/* The sections in which a subsystem's value is looked for, in this order. */
#define PLACES 3

enum release_answer
spawn_is_hidden(const struct spawn *f, const char *subsystem,
    const struct spawn_entry *entry)
{
	const char *const places[PLACES] = { subsystem, "DEFAULT", "Tomcat" };
	size_t before = 0;

	while (before < PLACES && strcmp(entry->section, places[before]) != 0)
		before++;
	return parameter_is_in(entry->key, places, before, f->release);
}

static const struct spawn_entry *
lookup(const struct spawn *f, const char *subsystem, const char *key)
{
	const char *const places[PLACES] = { subsystem, "DEFAULT", "Tomcat" };

	for (size_t i = 0; i < PLACES; i++) {
		const struct spawn_entry *e = find(f, places[i], key);

		if (e != NULL)
			return spawn_is_hidden(f, subsystem, e) != RELEASE_YES
				   ? e
				   : NULL;
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

/* The one default of all releases. */
struct one_default {
	const char *text; /* "": none, and count is 0 */
	size_t count;
};

static void
take_default(void *arg, const char *text, struct release of)
{
	struct one_default *one = arg;

	(void)of;
	one->count += one->count == 0 || strcmp(one->text, text) != 0;
	one->text = text;
}

static bool
expand_default(struct expansion *x, const char *key, int depth)
{
	struct one_default one = { "", 0 };

	/* It is not in default.cfg. */
	if (strcmp(key, "pki_instance_name") == 0) {
		buf_puts(&x->out, "pki-tomcat");
		return true;
	}
	parameter_defaults(
	    key, x->subsystem, x->file->release, take_default, &one);
	return one.count == 1 && expand(x, one.text, depth + 1);
}

/* "(key)s": *text is put at its end. */
static bool
expand_reference(struct expansion *x, const char **text, int depth)
{
	const char *end = **text == '(' ? strstr(*text, ")s") : NULL;
	const struct spawn_entry *e;
	bool known;
	char *key;

	if (end == NULL || x->references++ == MOST_REFERENCES)
		return false;
	key = mem_dup(*text + 1, (size_t)(end - *text) - 1);
	e = lookup(x->file, x->subsystem, key);
	*text = end + 1;
	known = e != NULL ? expand(x, e->value, depth + 1)
			  : depth < DEEPEST && expand_default(x, key, depth);
	free(key);
	return known;
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

const char *
spawn_expand(struct spawn *f, const char *subsystem, const char *text)
{
	struct expansion x = { .file = f, .subsystem = subsystem };
	const char *whole = NULL;

	if (expand(&x, text, 0))
		whole = arena_copy(&f->arena,
		    x.out.size != 0 ? buf_slice(&x.out) : slice_of(""))
			    .at;
	buf_release(&x.out);
	return whole;
}

bool
spawn_get(struct spawn *f, const char *subsystem, const char *key,
    struct spawn_value *value)
{
	const struct spawn_entry *e = lookup(f, subsystem, key);

	if (e == NULL)
		return false;
	*value = (struct spawn_value){ e->value, e->line };
	if (!is_literal(f, key))
		value->text = spawn_expand(f, subsystem, e->value);
	return true;
}

bool
spawn_is_bad(const struct spawn *f, const struct spawn_entry *entry)
{
	return (entry->percent & SPAWN_LONE) != 0 && !is_literal(f, entry->key);
}

bool
spawn_is_referred(const struct spawn *f, const char *key)
{
	char *reference = mem_printf("%%(%s)s", key);
	bool is = false;

	for (size_t i = 0; i < f->count && !is; i++)
		is = strstr(f->entry[i].value, reference) != NULL;
	free(reference);
	return is;
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

/* ConfigParser interpolates, and a '%' is written as two; but not of what
 * pkispawn takes as it stands. */
static void
put(struct buf *out, const struct override *o, const char *key,
    struct slice value)
{
	const bool literal =
	    parameter_is_literal(key, o->release) != RELEASE_NO;

	buf_puts(out, key);
	buf_putc(out, '=');
	for (size_t i = 0; i < value.size; i++) {
		if (value.at[i] == '%' && !literal)
			buf_putc(out, '%');
		buf_putc(out, value.at[i]);
	}
	buf_putc(out, '\n');
}

static void
put_text(struct buf *out, const struct override *o, const char *key,
    const char *value)
{
	put(out, o, key, slice_of(value));
}

/* "CA" of "ca". */
struct section {
	char name[8];
};

static struct section
section_of(const struct override *o)
{
	const char *type = o->tags->subsystem;
	struct section section = { "" };

	for (size_t i = 0; type[i] != '\0' && i + 1 < sizeof section.name; i++)
		section.name[i] = (char)toupper((unsigned char)type[i]);
	return section;
}

/* What some release of those that may read the file knows. */
static bool
is_known(const struct override *o, const char *key)
{
	const struct section section = section_of(o);

	return parameter_is_known(key, section.name, o->release) != RELEASE_NO;
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
	put(out, o, key, value);
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
			put_text(out, o, key, tag->nickname);
		free(key);
		key = mem_printf("pki_%s_token", name);
		if (tag->token != NULL)
			put_text(out, o, key, tag->token);
		free(key);
	}
}

/* A comment, where the file is for releases that do not know the parameter, or
 * do no longer. */
static void
put_releases(struct buf *out, const struct override *o, const char *key)
{
	char *text;

	if (parameter_is_known(key, NULL, o->release) != RELEASE_MAYBE)
		return;
	text = parameter_releases(key, NULL);
	buf_puts(out, "# ");
	buf_puts(out, text);
	buf_putc(out, '\n');
	free(text);
}

/* Where the clone's Directory Server is, in the words of 11.5 or of those
 * before, which know no URL and would take one on their own host. */
static void
put_directory(struct buf *out, const struct override *o, bool secure)
{
	const enum release_answer old =
	    release_before(o->release, RELEASE(11, 5, 0));
	struct endpoint at = { slice_of("@DS_HOST@"), slice_of("@DS_PORT@") };

	if (o->ds != NULL && endpoint_of_url(&at, slice_of(o->ds)) &&
	    at.port.size == 0)
		at.port = slice_of(secure ? "636" : "389");
	if (old != RELEASE_YES) {
		put_releases(out, o, "pki_ds_url");
		put_text(
		    out, o, "pki_ds_url", o->ds != NULL ? o->ds : "@DS_URL@");
	}
	if (old != RELEASE_NO) {
		if (old == RELEASE_MAYBE)
			buf_puts(out, "# up to 11.4, which pass over "
				      "pki_ds_url\n");
		put(out, o, "pki_ds_hostname", at.host);
		put_text(out, o, "pki_ds_secure_connection",
		    secure ? "True" : "False");
		put(out, o, secure ? "pki_ds_ldaps_port" : "pki_ds_ldap_port",
		    at.port);
	}
	if (secure && is_known(o, "pki_ds_secure_connection_ca_pem_file")) {
		buf_puts(out, "# the CA of its server certificate, as PEM\n");
		put_text(out, o, "pki_ds_secure_connection_ca_pem_file",
		    "@DS_CA_CERT@");
	}
}

/* A text of files that others may write: no line of its own. */
static void
put_remark(struct buf *out, const char *text)
{
	buf_puts(out, "# ");
	for (; *text != '\0'; text++)
		buf_putc(out, iscntrl((unsigned char)*text) ? '?' : *text);
	buf_putc(out, '\n');
}

/* Who else has data in the database, or replicates it, keeps it. */
static void
put_kept_database(struct buf *out, const struct override *o)
{
	static const char *const kept[] = { "pki_clone_setup_replication",
		"pki_ds_create_new_db" };

	if (o->owner->text != NULL) {
		put_remark(out, o->owner->text);
		buf_puts(out, "# so pkispawn must not make the database anew, "
			      "nor replicate it\n");
	} else {
		buf_puts(out, "# replication is set up by hand\n");
	}
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		if (is_known(o, kept[i]))
			put_text(out, o, kept[i], "False");
	if (!o->replicated_ds || o->owner->text != NULL)
		return;
	if (release_before(o->release, RELEASE(11, 7, 0)) != RELEASE_NO &&
	    is_known(o, "pki_clone_reindex_data")) {
		buf_puts(out, "# up to 11.6; 11.7 says that it can be "
			      "removed\n");
		put_text(out, o, "pki_clone_reindex_data", "False");
	}
	if (is_known(o, "pki_ds_setup")) {
		buf_puts(out, "# from 11.3, instead of these: all of the "
			      "database is there; no ranges are asked for\n");
		put_text(out, o, "pki_ds_setup", "False");
	}
}

static void
put_database(struct buf *out, const struct override *o)
{
	const bool master =
	    setting_bool(o->master, "internaldb.ldapconn.secureConn");
	const bool secure = o->ds != NULL
				? endpoint_has_scheme(slice_of(o->ds), "ldaps")
				: master;

	buf_puts(out, "\n# the clone's own Directory Server, never the "
		      "master's\n");
	put_directory(out, o, secure);
	put_from(out, o, "pki_ds_base_dn", "internaldb.basedn");
	put_from(out, o, "pki_ds_database", "internaldb.database");
	if (o->replicated_ds || o->owner->text != NULL) {
		put_kept_database(out, o);
		return;
	}
	buf_puts(out, "# the master's internaldb.ldapconn.secureConn\n");
	put_text(
	    out, o, "pki_clone_replication_security", master ? "SSL" : "None");
	put_text(out, o, "pki_clone_replicate_schema", "True");
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

		if (strcmp(generators[i].subsystem, o->tags->subsystem) == 0 &&
		    is_known(o, key)) {
			buf_puts(out, "# the master's ");
			buf_puts(out, from);
			buf_puts(out, value.at != NULL ? "\n" :
						      ", which it has not\n");
			put(out, o, key,
			    value.at != NULL ? value : slice_of("legacy"));
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

	buf_puts(out, "# the master's machineName\n");
	text = at->port.size == 0
		   ? mem_printf("# the port is a guess: no file has it\n")
		   : mem_printf("# the master's %s\n", at->port_from);
	buf_puts(out, text);
	free(text);
	if (at->other.size != 0) {
		text = mem_printf("# (its last connector with scheme=https, as "
		    "the server has it;\n# pki-server has the first with "
		    "SSLEnabled, %.*s)\n", SLICE_ARG(at->other));
		buf_puts(out, text);
		free(text);
	}
	text = mem_printf("https://%.*s:%.*s", SLICE_ARG(host),
	    SLICE_ARG(port));
	put_text(out, o, "pki_clone_uri", text);
	free(text);
}

static void
put_clone(struct buf *out, const struct override *o)
{
	buf_puts(out, "\npki_clone=True\n");
	put_uri(out, o);
	if (token_of(o) != NULL) {
		buf_puts(out, "# the master's tokenname: keys are on a token, "
			      "so there is no PKCS#12 file\n");
		if (is_known(o, "pki_hsm_enable"))
			put_text(out, o, "pki_hsm_enable", "True");
		put_text(out, o, "pki_token_name", token_of(o));
	} else {
		put_text(out, o, "pki_clone_pkcs12_path",
		    o->pkcs12 != NULL ? o->pkcs12 : "@PKCS12@");
	}
}

/* The parameter of a password, which had another name up to 10.4. */
static const char *
password_key(const struct override *o, int which)
{
	return which == OVERRIDE_DATABASE && !is_known(o, passwords[which].key)
		   ? "pki_pin"
		   : passwords[which].key;
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
			put(out, o, password_key(o, i), o->password[i]);
			continue;
		}
		buf_puts(out, password_key(o, i));
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
	{ "service.securePort", "a port", endpoint_is_port },
	{ "pkicreate.agent_secure_port", "a port", endpoint_is_port },
	{ "pkicreate.secure_port", "a port", endpoint_is_port },
	{ "https.port", "a port", endpoint_is_port },
	{ "securitydomain.httpsagentport", "a port", endpoint_is_port },
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
		"proxy.", "service.", "pkicreate.", "https." };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (memmem(key.at, key.size, parts[i], strlen(parts[i])) !=
		    NULL)
			return true;
	return false;
}

static int
check_values(const struct cfg *cfg)
{
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

/* Is there a pkispawn, and can it leave a database alone where it must? */
static int
check_release(const struct override *o)
{
	static const char keeps[] = "pki_ds_create_new_db";
	const char *file = o->master->file;
	char *text = release_text(o->release);
	int status = 0;

	if (parameter_has_pkispawn(o->release) == RELEASE_NO)
		status = fail("%s: %s has no pkispawn, which came with 10.0: "
			      "such a clone is made with pkicreate and "
			      "pkisilent; for a host of a later release add "
			      "--for-release RELEASE",
		    file, text);
	else if ((o->replicated_ds || o->owner->text != NULL) &&
		 !is_known(o, keeps))
		status = fail("%s: pkispawn of %s removes the clone's "
			      "database in any case, and cannot keep one "
			      "(10.2 can: %s)%s%s",
		    file, text, keeps, o->owner->text != NULL ? ": " : "",
		    o->owner->text != NULL ? o->owner->text : "");
	free(text);
	return status;
}

/* FreeIPA's replication and Dogtag's must not be mixed. */
static int
check_owner(const struct override *o)
{
	if (!o->owner->ipa || o->replicated_ds)
		return 0;
	return fail("%s: %s: pkispawn would remove that data from the clone's "
		    "host. FreeIPA makes such a clone by %s, on the new "
		    "replica. For a file that leaves the database alone: "
		    "--replicated-ds",
	    o->master->file, o->owner->text,
	    o->owner->command != NULL ? o->owner->command
				      : "commands of its own");
}

int
override_check(const struct override *o)
{
	if (check_values(o->master) < 0 || check_release(o) < 0)
		return -1;
	return check_owner(o);
}

void
override_add(struct buf *out, const struct override *o)
{
	char *release = release_text(o->release);

	buf_puts(out, "# pkispawn's override file of a clone; fill in what "
		      "stands between @ and @\n# for ");
	buf_puts(out, release);
	buf_puts(out, "\n[");
	buf_puts(out, section_of(o).name);
	buf_puts(out, "]\n");
	free(release);
	put_from(out, o, "pki_security_domain_hostname",
	    "securitydomain.host");
	put_from(out, o, "pki_security_domain_https_port",
	    "securitydomain.httpsadminport");
	put_from(out, o, "pki_security_domain_name", "securitydomain.name");
	buf_puts(out, "# the usual administrator of a domain\n");
	put_text(out, o, "pki_security_domain_user", "caadmin");
	if (is_known(o, "pki_cert_chain_path")) {
		buf_puts(out, "# the CA's certificate and those above it, as "
			      "PEM on the clone's host: by it\n# pkispawn "
			      "knows the security domain\n");
		put_text(out, o, "pki_cert_chain_path",
		    o->ca_cert != NULL ? o->ca_cert : "@CA_CERT@");
	}
	put_database(out, o);
	put_names(out, o);
	buf_putc(out, '\n');
	put_generators(out, o);
	put_clone(out, o);
	put_passwords(out, o);
}
