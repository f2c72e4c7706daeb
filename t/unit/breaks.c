/* SPDX-License-Identifier: MIT */
/*
 * Planted faults: each row of the tables in t/breaks, in this process, in TAP.
 * t/breaks/README says what a row is.  To be run in the top directory.
 *
 *	breaks.t [TABLE ROW DIRECTORY]	write the files of one row instead
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "check/deployment.h"
#include "check/engine.h"
#include "check/rangecheck.h"
#include "dir/ldif.h"
#include "util/mem.h"
#include "util/slurp.h"

#define MOST 64

struct text {
	char *name; /* "m" */
	struct buf bytes;
	size_t base_lines;
};

struct table {
	const char *path;
	struct text base[MOST];
	size_t bases;
	char *check[MOST]; /* "group", "m", "c" */
	size_t checks;
};

/* NAME TAB TEXT lines: what stands for @NAME@. */
static struct slice values;

static _Noreturn void
bail(const char *path, size_t line, const char *what, const char *subject)
{
	printf("Bail out! %s:%zu: %s: '%s'\n", path, line, what, subject);
	exit(1);
}

static struct slice
value_of(struct slice name)
{
	struct slice rest = values;

	while (rest.size != 0) {
		const char *end = memchr(rest.at, '\n', rest.size);
		const char *tab = memchr(rest.at, '\t', rest.size);
		const struct slice key = { rest.at, (size_t)(tab - rest.at) };

		if (slice_equal(key, name))
			return (struct slice){ tab + 1,
				(size_t)(end - tab) - 1 };
		rest.size -= (size_t)(end - rest.at) + 1;
		rest.at = end + 1;
	}
	return (struct slice){ NULL, 0 };
}

/* text with @NAME@ put in; a name that is none stays. */
static void
add_values(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.size; i++) {
		const char *end = text.at[i] != '@' ? NULL :
		    memchr(text.at + i + 1, '@', text.size - i - 1);
		struct slice value = { NULL, 0 };

		if (end != NULL)
			value = value_of((struct slice){ text.at + i + 1,
				(size_t)(end - text.at) - i - 1 });
		if (value.at == NULL) {
			buf_putc(out, text.at[i]);
			continue;
		}
		buf_add(out, value);
		i = (size_t)(end - text.at);
	}
}

/* \\, \t, \r and \xHH. */
static void
add_escaped(struct buf *out, const char *text)
{
	struct buf plain = { 0 };

	for (; *text != '\0'; text++) {
		char hex[3] = { 0 };

		if (*text != '\\') {
			buf_putc(&plain, *text);
			continue;
		}
		switch (*++text) {
		case 't': buf_putc(&plain, '\t'); break;
		case 'r': buf_putc(&plain, '\r'); break;
		case 'x':
			hex[0] = *++text;
			hex[1] = *++text;
			buf_putc(&plain, (char)strtoul(hex, NULL, 16));
			break;
		default: buf_putc(&plain, *text);
		}
	}
	add_values(out, buf_slice(&plain));
	buf_release(&plain);
}

static struct slice
key_of(struct slice line)
{
	const char *equals = memchr(line.at, '=', line.size);

	if (equals != NULL)
		line.size = (size_t)(equals - line.at);
	while (line.size != 0 && line.at[line.size - 1] == ' ')
		line.size--;
	return line;
}

static struct slice
next_line(struct slice *rest)
{
	const char *end = memchr(rest->at, '\n', rest->size);
	struct slice line = { rest->at, end != NULL ?
		(size_t)(end - rest->at) : rest->size };

	rest->at += line.size + (end != NULL);
	rest->size -= line.size + (end != NULL);
	return line;
}

static void
add_line(struct buf *out, const char *text)
{
	add_escaped(out, text);
	buf_putc(out, '\n');
}

/* Is it a line of that key, or (in LDIF) that line? */
static bool
is_line(struct slice line, struct slice key)
{
	return slice_equal(line, key) || (memchr(line.at, '=', line.size) !=
	    NULL && slice_equal(key_of(line), key));
}

/* Lines of key (or that begin with it) become text, or none. */
static bool
replace_lines(struct text *t, struct slice key, bool prefix, const char *text)
{
	struct slice rest = buf_slice(&t->bytes);
	struct buf out = { 0 };
	bool found = false;

	while (rest.size != 0) {
		struct slice line = next_line(&rest);
		bool is = line.size != 0 && (prefix ?
		    slice_starts(line, key) : is_line(line, key));

		found |= is;
		if (!is) {
			buf_add(&out, line);
			buf_putc(&out, '\n');
		} else if (text != NULL) {
			add_line(&out, text);
		}
	}
	buf_release(&t->bytes);
	t->bytes = out;
	return found;
}

static void
add_cr(struct text *t)
{
	struct slice rest = buf_slice(&t->bytes);
	struct buf out = { 0 };

	while (rest.size != 0) {
		buf_add(&out, next_line(&rest));
		buf_puts(&out, "\r\n");
	}
	buf_release(&t->bytes);
	t->bytes = out;
}

/* False: it changes nothing. */
static bool
change(struct text *t, const char *what)
{
	size_t size = strlen(what);
	const char *end;

	if (strcmp(what, "crlf") == 0)
		return add_cr(t), true;
	if (*what == '+')
		return add_line(&t->bytes, what + 1), true;
	if (*what == '-' && what[size - 1] == '*')
		return replace_lines(t,
		    (struct slice){ what + 1, size - 2 }, true, NULL);
	if (*what == '-')
		return replace_lines(t, slice_of(what + 1), false, NULL);
	if (*what == '%' && (end = strchr(what + 1, '%')) != NULL)
		return replace_lines(t, (struct slice){ what + 1,
			(size_t)(end - what) - 1 }, false, end + 1);
	if (!replace_lines(t, key_of(slice_of(what)), false, what))
		add_line(&t->bytes, what);
	return true;
}

static struct text *
find_base(struct table *table, const char *name)
{
	for (size_t i = 0; i < table->bases; i++)
		if (strcmp(table->base[i].name, name) == 0)
			return &table->base[i];
	return NULL;
}

static size_t
count_lines(const struct text *t)
{
	struct slice rest = buf_slice(&t->bytes);
	size_t lines = 0;

	while (rest.size != 0) {
		next_line(&rest);
		lines++;
	}
	return lines;
}

/* =NAME TAB FILE|NAME [TAB CHANGE...] */
static void
add_base(struct table *table, size_t line, char **field, size_t fields)
{
	struct text *t = &table->base[table->bases];
	const struct text *from;
	char *text;
	size_t size;

	if (fields < 2)
		bail(table->path, line, "made of what?", field[0]);
	from = find_base(table, field[1]);
	t->name = mem_dup(field[0] + 1, strlen(field[0] + 1));
	if (from != NULL) {
		buf_add(&t->bytes, buf_slice(&from->bytes));
	} else if (strcmp(field[1], "-") != 0) {
		if (slurp(field[1], SIZE_MAX, &text, &size) < 0)
			bail(table->path, line, "no such file", field[1]);
		add_values(&t->bytes, (struct slice){ text, size });
		free(text);
	}
	for (size_t i = 2; i < fields; i++)
		if (!change(t, field[i]))
			bail(table->path, line, "changes nothing", field[i]);
	t->base_lines = count_lines(t);
	table->bases++;
}

/* The texts of the check, changed or not. */
struct run {
	struct table *table;
	struct text text[MOST];
	size_t texts;
	struct findings found;
};

static struct text *
find_text(struct run *run, const char *name, size_t size)
{
	for (size_t i = 0; i < run->texts; i++)
		if (slice_equal(slice_of(run->text[i].name),
			(struct slice){ name, size }))
			return &run->text[i];
	return NULL;
}

static struct cfg *
parse(const struct text *t)
{
	struct slice bytes = buf_slice(&t->bytes);

	return cfg_parse(t->name, mem_dup(bytes.at, bytes.size), bytes.size);
}

static void
check_file(struct run *run, const struct settings *rules)
{
	struct cfg *cfg = parse(&run->text[0]);
	struct check_file file = { .cfg = cfg, .rules = rules,
		.now = time(NULL), .found = &run->found };

	if (cfg == NULL)
		bail(run->table->path, 0, "cannot parse", run->text[0].name);
	engine_file(&file);
	cfg_free(cfg);
}

static void
check_plan(struct run *run, const struct check_group *group,
    const struct text *text)
{
	struct spawn spawn;
	struct plan plan;

	if (spawn_parse(&spawn, text->name, buf_slice(&text->bytes)) < 0)
		bail(run->table->path, 0, "cannot parse", text->name);
	plan_begin(&plan, &spawn, group, NULL);
	plan.port = "8443";
	engine_plan(&plan);
	spawn_release(&spawn);
}

static void
check_group(struct run *run, const struct settings *rules, bool planned)
{
	struct check_host side[MOST];
	struct tags tags[MOST];
	struct check_group group = { .side = side, .rules = rules,
		.planned = planned, .found = &run->found };

	for (size_t i = planned; i < run->texts; i++) {
		struct cfg *cfg = parse(&run->text[i]);

		if (cfg == NULL || tags_read(&tags[group.count], cfg) < 0)
			bail(run->table->path, 0, "cannot parse",
			    run->text[i].name);
		side[group.count] = (struct check_host){ .cfg = cfg,
			.tags = &tags[group.count] };
		group.count++;
	}
	engine_group(&group);
	if (planned)
		check_plan(run, &group, &run->text[0]);
	for (size_t i = 0; i < group.count; i++) {
		tags_release(&tags[i]);
		cfg_free((struct cfg *)side[i].cfg);
	}
}

static void
add_entries(struct run *run, struct ranges *all, size_t number)
{
	const struct text *text = &run->text[number];
	struct slice bytes = buf_slice(&text->bytes);
	FILE *in = fmemopen((char *)bytes.at, bytes.size, "r");
	struct ldif ldif;
	int more = -1;

	if (in == NULL)
		bail(run->table->path, 0, "cannot read", text->name);
	ldif_begin(&ldif, in, text->name);
	while ((more = ldif_next(&ldif)) > 0) {
		const size_t first = all->count;

		if (ranges_add_entry(all, &ldif.entry, number) < 0)
			break;
		rangecheck_entries(all, first, &run->found);
	}
	if (more != 0)
		bail(run->table->path, 0, "cannot parse", text->name);
	ldif_release(&ldif);
	fclose(in);
}

static void
check_ranges_of(struct run *run)
{
	struct ranges all = { .radix = 10 };

	for (size_t i = 0; i < run->texts; i++) {
		struct cfg *cfg;

		if (slice_starts(buf_slice(&run->text[i].bytes),
			slice_of("dn: "))) {
			add_entries(run, &all, i);
			continue;
		}
		cfg = parse(&run->text[i]);
		if (cfg == NULL || ranges_add_cfg(&all, cfg) < 0)
			bail(run->table->path, 0, "cannot parse",
			    run->text[i].name);
		rangecheck_cfg(&run->found, cfg);
		cfg_free(cfg);
	}
	ranges_settle(&all);
	rangecheck(&all, &run->found);
	ranges_release(&all);
}

static void
begin(struct run *run, struct table *table)
{
	*run = (struct run){ .table = table };
	for (size_t i = 1; i < table->checks; i++) {
		struct text *base = find_base(table, table->check[i]);

		if (base == NULL)
			bail(table->path, 0, "no such base", table->check[i]);
		run->text[run->texts] = (struct text){ .name = base->name,
			.base_lines = base->base_lines };
		buf_add(&run->text[run->texts].bytes,
		    buf_slice(&base->bytes));
		run->texts++;
	}
}

static void
end(struct run *run)
{
	for (size_t i = 0; i < run->texts; i++)
		buf_release(&run->text[i].bytes);
	findings_release(&run->found);
}

static void
check(struct run *run)
{
	struct settings *rules = settings_new(NULL);

	if (strcmp(run->table->check[0], "ranges") == 0)
		check_ranges_of(run);
	else if (strcmp(run->table->check[0], "file") == 0)
		check_file(run, rules);
	else
		check_group(run, rules,
		    strcmp(run->table->check[0], "plan") == 0);
	settings_free(rules);
}

/* The line that a place means: the last of a key or (in LDIF) the last that is
 * where, a number, or the first that was added ("+"). */
static size_t
line_at(const struct text *t, const char *where)
{
	struct slice rest = buf_slice(&t->bytes);
	size_t line = 0, last = 0;

	if (*where == '\0')
		return 0;
	if (strcmp(where, "+") == 0)
		return t->base_lines + 1;
	if (isdigit((unsigned char)*where))
		return strtoul(where, NULL, 10);
	while (rest.size != 0) {
		struct slice text = next_line(&rest);

		line++;
		if (text.size != 0 && is_line(text, slice_of(where)))
			last = line;
	}
	return last;
}

static bool
is_in_list(const char *list, const char *word)
{
	size_t size = strlen(word);

	for (; list != NULL; list = strchr(list, ',')) {
		list += *list == ',';
		if (strncmp(list, word, size) == 0 &&
		    (list[size] == ',' || list[size] == '\0'))
			return true;
	}
	return false;
}

static void
show(const struct run *run)
{
	for (size_t i = 0; i < run->found.count; i++) {
		const struct finding *f = &run->found.item[i];

		printf("# %s:%zu: %s: %s: %s\n", f->place.file, f->place.line,
		    catalogue_level(f->is), f->is->code, f->text);
	}
}

/* Is it found where it should be, with text ("": any), and nothing but others
 * beside it? */
static bool
is_found(const struct run *run, const struct text *in, char **field, size_t at,
    const char *text)
{
	const char *code = field[0], *others = field[3];
	size_t line = line_at(in, field[2] + at);
	bool found = false;

	for (size_t i = 0; i < run->found.count; i++) {
		const struct finding *f = &run->found.item[i];

		if (strcmp(f->is->code, code) == 0)
			found |= f->place.line == line &&
			    strcmp(f->place.file, in->name) == 0 &&
			    strstr(f->text, text) != NULL &&
			    strcmp(catalogue_level(f->is),
				field[1]) == 0;
		else if (f->is->level >= CATALOGUE_WARNING &&
		    !is_in_list(others, f->is->code))
			return false;
	}
	return found;
}

/* CODE LEVEL FILE[>IN][:WHERE] OTHERS [?TEXT] CHANGE...; or - [FILE CHANGE...]:
 * nothing is found.  run has the row's files. */
static bool
run_row(struct run *run, size_t line, char **field, size_t fields)
{
	const char *path = run->table->path;
	const bool nothing = strcmp(field[0], "-") == 0;
	const bool has_text = !nothing && fields > 4 && *field[4] == '?';
	const size_t first = nothing ? 2 : 4 + has_text;
	const char *place = nothing ? field[1] : field[2];
	size_t size, at = 0;
	struct text *of = NULL, *in = NULL;

	if (!nothing && fields <= first)
		bail(path, line, "too few fields", field[0]);
	if (fields > first) {
		size = strcspn(place, ">:");
		of = in = find_text(run, place, size);
		at = size;
		if (place[size] == '>') {
			at += 1 + strcspn(place + size + 1, ":");
			in = find_text(run, place + size + 1, at - size - 1);
		}
		at += place[at] == ':';
		if (of == NULL || in == NULL)
			bail(path, line, "no such file", place);
	}
	for (size_t i = first; i < fields; i++)
		if (!change(of, field[i]))
			bail(path, line, "changes nothing", field[i]);
	check(run);
	return nothing ? run->found.count == 0 : is_found(run, in, field, at,
		has_text ? field[4] + 1 : "");
}

static size_t
split(char *line, char **field, char separator)
{
	size_t fields = 0;

	for (char *at = line; at != NULL && fields < MOST; fields++) {
		field[fields] = at;
		at = strchr(at, separator);
		if (at != NULL)
			*at++ = '\0';
	}
	return fields;
}

static void
set_check(struct table *table, const char *text)
{
	static char words[200];

	snprintf(words, sizeof words, "%s", text);
	table->checks = split(words, table->check, ' ');
}

static void
print_title(const char *path, size_t line, char **field, size_t fields)
{
	printf("%s:%zu: %s", path, line, field[0]);
	for (size_t i = strcmp(field[0], "-") == 0 ? 1 : 4; i < fields; i++)
		for (const char *c = i < 8 ? field[i] : ""; *c != '\0' &&
		    c < field[i] + 40; c++)
			putchar(*c == '#' || *c == '\\' ? '.' :
			    c == field[i] ? (putchar(' '), *c) : *c);
	putchar('\n');
}

static void
write_files(const struct run *run, const char *directory)
{
	for (size_t i = 0; i < run->texts; i++) {
		char *path = mem_printf("%s/%s", directory, run->text[i].name);
		FILE *out = fopen(path, "w");
		struct slice bytes = buf_slice(&run->text[i].bytes);

		if (out == NULL || fwrite(bytes.at, 1, bytes.size, out) !=
		    bytes.size || fclose(out) != 0)
			bail(path, 0, "cannot write", directory);
		free(path);
	}
}

struct tests {
	size_t count, failed;
	size_t row; /* to be written to directory, by its line; 0: none */
	const char *directory;
};

static void
run_line(struct tests *tests, struct table *table, size_t line, char *text)
{
	char *field[MOST];
	size_t fields;
	struct run run;
	bool good;

	if (*text == '\0' || *text == '#')
		return;
	if (*text == '!') {
		set_check(table, text + 1 + strlen("check\t"));
		return;
	}
	fields = split(text, field, '\t');
	if (*text == '=') {
		add_base(table, line, field, fields);
		return;
	}
	if (tests->row != 0 && tests->row != line)
		return;
	begin(&run, table);
	good = run_row(&run, line, field, fields);
	if (tests->row != 0)
		write_files(&run, tests->directory);
	printf("%sok %zu - ", good ? "" : "not ", ++tests->count);
	print_title(table->path, line, field, fields);
	tests->failed += !good;
	if (!good)
		show(&run);
	end(&run);
}

static void
run_table(struct tests *tests, const char *path)
{
	struct table *table = mem_zalloc(1, sizeof *table);
	char *text, *at, *end;
	size_t size, line = 0;

	table->path = path;
	if (slurp(path, SIZE_MAX, &text, &size) < 0)
		bail(path, 0, "cannot read", path);
	for (at = text; (end = strchr(at, '\n')) != NULL; at = end + 1) {
		*end = '\0';
		run_line(tests, table, ++line, at);
	}
	for (size_t i = 0; i < table->bases; i++) {
		free(table->base[i].name);
		buf_release(&table->base[i].bytes);
	}
	free(table);
	free(text);
}

int
main(int argc, char **argv)
{
	static const char *const tables[] = { "t/breaks/file.tsv",
		"t/breaks/group.tsv", "t/breaks/plan.tsv",
		"t/breaks/ranges.tsv" };
	struct tests tests = { 0 };
	char *text;
	size_t size;

	if (slurp("t/breaks/values", SIZE_MAX, &text, &size) < 0)
		bail("t/breaks/values", 0, "cannot read", "");
	values = (struct slice){ text, size };
	if (argc == 4) {
		tests.row = strtoul(argv[2], NULL, 10);
		tests.directory = argv[3];
		run_table(&tests, argv[1]);
	} else {
		for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
			run_table(&tests, tables[i]);
	}
	free(text);
	printf("1..%zu\n", tests.count);
	return tests.failed != 0 || tests.count == 0;
}
