/* SPDX-License-Identifier: MIT */
#include "pki/spawn.h"

#include <stdlib.h>

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
