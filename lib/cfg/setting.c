/* SPDX-License-Identifier: MIT */
#include "cfg/setting.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "util/diag.h"
#include "util/endpoint.h"
#include "util/glob.h"
#include "util/mem.h"
#include "util/slurp.h"

#define SITE_LIMIT ((size_t)1 << 20)

/* Made by make from share/lists/settings. */
extern const char settings_shipped[];

static const char *const class_name[] = {
	[SETTING_TRAVELS] = "travels",
	[SETTING_ROLE] = "role",
	[SETTING_RANGE] = "range",
	[SETTING_IDENTITY] = "identity",
	[SETTING_HOST] = "host",
	[SETTING_RELEASE] = "release",
	[SETTING_UPGRADE] = "upgrade",
	[SETTING_GENERATOR] = "generator",
	[SETTING_COMMENT] = "comment",
	[SETTING_SECRET] = "secret",
	[SETTING_UNREAD] = "unread",
};
#define CLASSES (sizeof class_name / sizeof *class_name)

static const char *const type_name[] = {
	[SETTING_UNTYPED] = "-",
	[SETTING_TEXT] = "text",
	[SETTING_BOOLEAN] = "boolean",
	[SETTING_INTEGER] = "integer",
	[SETTING_NAME] = "host",
	[SETTING_HOSTS] = "hosts",
	[SETTING_PORT] = "port",
};
#define TYPES (sizeof type_name / sizeof *type_name)

const char *
setting_class_name(enum setting_class class)
{
	return class_name[class];
}

static int
class_of(struct slice word)
{
	for (size_t i = 0; i < CLASSES; i++)
		if (slice_equal(word, slice_of(class_name[i])))
			return (int)i;
	return -1;
}

#define MOST 512 /* rows */
#define BUCKETS 256
#define NO_ROW UINT16_MAX

static struct {
	struct setting row[MOST];
	size_t rows;
	/* By the last component of their patterns, in lower case; those whose
	 * last one is a pattern fit any.  Both in the table's order. */
	uint16_t bucket[BUCKETS], wild, next[MOST];
} table;

static struct slice
take_field(struct slice *line)
{
	const char *tab = line->size == 0 ? NULL :
	    memchr(line->at, '\t', line->size);
	struct slice field = { line->at,
		tab != NULL ? (size_t)(tab - line->at) : line->size };
	const size_t taken = field.size + (tab != NULL);

	line->at += taken;
	line->size -= taken;
	if (field.size == 0 || slice_equal(field, slice_of("-")))
		field = (struct slice){ NULL, 0 };
	return field;
}

static void
take_classes(struct setting *row, struct slice words)
{
	static const char equal[] = "equal:";

	while (words.size != 0) {
		const char *comma = memchr(words.at, ',', words.size);
		struct slice word = { words.at, comma != NULL ?
			(size_t)(comma - words.at) : words.size };
		const size_t taken = word.size + (comma != NULL);
		int class = class_of(word);

		if (slice_starts(word, slice_of(equal)))
			row->equal = (struct slice){
				word.at + strlen(equal),
				word.size - strlen(equal) };
		else if (class < 0)
			die("share/lists/settings: no class '%.*s'",
			    SLICE_ARG(word));
		else
			row->class = (enum setting_class)class;
		words.at += taken;
		words.size -= taken;
	}
}

static void
take_row(struct setting *row, struct slice line)
{
	struct slice type;

	row->pattern = take_field(&line);
	type = take_field(&line);
	for (size_t i = 0; i < TYPES; i++)
		if (slice_equal(type, slice_of(type_name[i])))
			row->type = (enum setting_type)i;
	if (type.size != 0 && row->type == SETTING_UNTYPED)
		die("share/lists/settings: no type '%.*s'", SLICE_ARG(type));
	row->otherwise = take_field(&line);
	take_classes(row, take_field(&line));
	row->since = take_field(&line);
	row->until = take_field(&line);
	row->requires = take_field(&line);
	row->remark = line;
}

struct slice
setting_last(struct slice key)
{
	const char *dot = key.size == 0 ? NULL :
	    memrchr(key.at, '.', key.size);

	return dot == NULL ? key : (struct slice){ dot + 1,
		key.size - (size_t)(dot + 1 - key.at) };
}

/* Without a key, since the table is ours: no file makes a chain longer. */
static size_t
bucket_of(struct slice last)
{
	unsigned hash = 0;

	for (size_t i = 0; i < last.size; i++)
		hash = 31 * hash + (unsigned char)(last.at[i] | 0x20);
	return hash % BUCKETS;
}

/* From the last row to the first, so that chains are in order. */
static void
index_rows(void)
{
	for (size_t i = 0; i < BUCKETS; i++)
		table.bucket[i] = NO_ROW;
	table.wild = NO_ROW;
	for (size_t i = table.rows; i-- > 0;) {
		struct slice last = setting_last(table.row[i].pattern);
		const bool wild = glob_is_pattern(last) ||
		    memchr(last.at, '#', last.size) != NULL;
		uint16_t *chain = wild ? &table.wild :
		    &table.bucket[bucket_of(last)];

		table.next[i] = *chain;
		*chain = (uint16_t)i;
	}
}

static void
read_table(void)
{
	struct slice text = slice_of(settings_shipped);

	while (text.size != 0) {
		const struct slice line = slice_cut(&text, '\n');

		if (line.size != 0 && *line.at != '#') {
			if (table.rows == MOST)
				die("share/lists/settings: too many rows");
			take_row(&table.row[table.rows++], line);
		}
	}
	index_rows();
}

/* No thread of a tool reads settings: those derive keys and digests. */
static void
need_table(void)
{
	if (table.rows == 0)
		read_table();
}

const struct setting *
setting_table(size_t *count)
{
	need_table();
	*count = table.rows;
	return table.row;
}

typedef bool fits_fn(const struct setting *row, struct slice key);

/* The first row, in the table's order, of the two chains.  Inline: most rows
 * need no more than a look at their type or class. */
static inline __attribute__((always_inline)) const struct setting *
first_row(struct slice key, fits_fn *fits)
{
	uint16_t own, wild;

	need_table();
	own = table.bucket[bucket_of(setting_last(key))];
	wild = table.wild;
	while (own != NO_ROW || wild != NO_ROW) {
		/* NO_ROW is above all. */
		uint16_t *at = own < wild ? &own : &wild;

		if (fits(&table.row[*at], key))
			return &table.row[*at];
		*at = table.next[*at];
	}
	return NULL;
}

static bool
has_type(const struct setting *row, struct slice key)
{
	return row->type != SETTING_UNTYPED && glob_match(row->pattern, key);
}

static bool
has_row(const struct setting *row, struct slice key)
{
	return row->class != SETTING_UNREAD && glob_match(row->pattern, key);
}

bool
setting_has_row(struct slice key)
{
	return first_row(key, has_row) != NULL;
}

const struct setting *
setting_find(struct slice key)
{
	return first_row(key, has_type);
}

static bool
has_requires(const struct setting *row, struct slice key)
{
	return row->requires.size != 0 && glob_match(row->pattern, key);
}

const struct setting *
setting_requires(struct slice key)
{
	return first_row(key, has_requires);
}

static bool
has_type_any_case(const struct setting *row, struct slice key)
{
	return row->type != SETTING_UNTYPED &&
	    glob_match_any_case(row->pattern, key);
}

struct slice
setting_spelling(struct slice key)
{
	const struct setting *row = first_row(key, has_type_any_case);

	if (row == NULL || setting_find(key) != NULL)
		return (struct slice){ NULL, 0 };
	return row->pattern;
}

bool
setting_number(struct slice value, long *number)
{
	unsigned long long size = 0;
	bool minus = value.size != 0 && *value.at == '-';
	size_t i = value.size != 0 && (minus || *value.at == '+');

	if (i == value.size)
		return false;
	for (; i < value.size; i++) {
		if (!isdigit((unsigned char)value.at[i]))
			return false;
		size = 10 * size + (unsigned long long)(value.at[i] - '0');
		if (size > 2147483648ULL)
			return false;
	}
	if (size == 2147483648ULL && !minus)
		return false;
	*number = minus ? -(long)size : (long)size;
	return true;
}

struct slice
setting_value(const struct cfg *cfg, const char *key)
{
	struct slice value = cfg_string(cfg, key);
	const struct setting *row;

	if (value.size != 0)
		return value;
	row = setting_find(slice_of(key));
	return row != NULL ? row->otherwise : (struct slice){ NULL, 0 };
}

bool
setting_bool(const struct cfg *cfg, const char *key)
{
	const struct setting *row = setting_find(slice_of(key));
	int truth = truth_of(cfg_string(cfg, key));

	if (truth < 0 && row != NULL)
		truth = truth_of(row->otherwise);
	return truth == 1;
}

long
setting_integer(const struct cfg *cfg, const char *key)
{
	const struct setting *row = setting_find(slice_of(key));
	long number = 0;

	if (!setting_number(cfg_string(cfg, key), &number) && row != NULL)
		(void)setting_number(row->otherwise, &number);
	return number;
}

static bool
same_number(struct slice a, struct slice b)
{
	long x, y;

	return setting_number(a, &x) && setting_number(b, &y) && x == y;
}

/* In the same order, which is that in which they are tried. */
static bool
same_hosts(struct slice a, struct slice b)
{
	struct slice x, y;

	while (endpoint_next(&a, &x)) {
		struct endpoint left, right;

		if (!endpoint_next(&b, &y) || !endpoint_split(&left, x) ||
		    !endpoint_split(&right, y) ||
		    !endpoint_same_host(left.host, right.host) ||
		    !slice_equal(left.port, right.port))
			return false;
	}
	return !endpoint_next(&b, &y);
}

/* URLs, of any key: their hosts may be spelt in either way. */
static bool
same_url(struct slice a, struct slice b)
{
	struct endpoint x, y;
	struct slice before[2], after[2];

	if (!endpoint_of_url(&x, a) || !endpoint_of_url(&y, b) ||
	    !endpoint_same_host(x.host, y.host))
		return false;
	before[0] = (struct slice){ a.at, (size_t)(x.host.at - a.at) };
	before[1] = (struct slice){ b.at, (size_t)(y.host.at - b.at) };
	after[0].at = x.host.at + x.host.size;
	after[0].size = a.size - (size_t)(after[0].at - a.at);
	after[1].at = y.host.at + y.host.size;
	after[1].size = b.size - (size_t)(after[1].at - b.at);
	return slice_equal_nocase(before[0], before[1]) &&
	    slice_equal(after[0], after[1]);
}

bool
setting_same_value(struct slice key, struct slice a, struct slice b)
{
	const struct setting *row;

	a = cfg_trim(a);
	b = cfg_trim(b);
	if (slice_equal(a, b))
		return true;
	if (a.size == 0 || b.size == 0)
		return false;
	if ((truth_of(a) >= 0 && truth_of(a) == truth_of(b)) || same_url(a, b))
		return true;
	row = setting_find(key);
	switch (row != NULL ? row->type : SETTING_UNTYPED) {
	case SETTING_INTEGER:
	case SETTING_PORT:
		return same_number(a, b);
	case SETTING_NAME:
		return endpoint_same_host(a, b);
	case SETTING_HOSTS:
		return same_hosts(a, b);
	default:
		return false;
	}
}

bool
setting_same(const struct cfg *a, const struct cfg *b, const char *key)
{
	return setting_same_value(slice_of(key), setting_value(a, key),
	    setting_value(b, key));
}

const char *const setting_subsystem[SETTING_SUBSYSTEMS] = { "ca", "kra",
	"ocsp", "tks", "tps", "est" };

static bool
has_list(const struct cfg *cfg, const char *subsystem)
{
	char *key = mem_printf("%s.cert.list", subsystem);
	const bool has = cfg_find(cfg, slice_of(key)) != NULL;

	free(key);
	return has;
}

const char *
setting_subsystem_of(const struct cfg *cfg)
{
	struct slice type = cfg_string(cfg, "cs.type");

	for (size_t i = 0; i < SETTING_SUBSYSTEMS; i++)
		if (type.size != 0 ?
			slice_equal_nocase(type,
			    slice_of(setting_subsystem[i])) :
			has_list(cfg, setting_subsystem[i]))
			return setting_subsystem[i];
	return "";
}

struct settings {
	char *site; /* the text that its rows point into */
	struct setting *row;
	size_t rows, room;
};

static struct slice
take_word(struct slice *line)
{
	static const char blanks[] = " \t";
	struct slice word;

	while (line->size != 0 && strchr(blanks, *line->at) != NULL) {
		line->at++;
		line->size--;
	}
	word = (struct slice){ line->at, 0 };
	while (line->size != 0 && strchr(blanks, *line->at) == NULL) {
		line->at++;
		line->size--;
		word.size++;
	}
	return word;
}

static int
take_site_row(struct settings *settings, struct slice line)
{
	int class = class_of(take_word(&line));
	struct slice pattern = take_word(&line);

	if (class < 0 || pattern.size == 0)
		return -1;
	MEM_GROW(settings->row, settings->rows, settings->room);
	settings->row[settings->rows++] = (struct setting){
		.pattern = pattern, .class = (enum setting_class)class,
		.remark = cfg_trim(line) };
	return 0;
}

static int
take_site(struct settings *settings, const char *file, struct slice text)
{
	for (size_t number = 1; text.size != 0; number++) {
		const struct slice line = slice_cut_line(&text);
		struct slice rest = line;

		if (take_word(&rest).size != 0 && *line.at != '#' &&
		    take_site_row(settings, line) < 0)
			return fail("%s:%zu: not 'CLASS PATTERN [REMARK]': "
				    "'%.*s'", file, number, SLICE_ARG(line));
	}
	return 0;
}

static int
read_site(struct settings *settings, const char *file)
{
	size_t size;

	if (slurp(file, SITE_LIMIT, &settings->site, &size) < 0)
		return -1;
	if (memchr(settings->site, '\0', size) != NULL)
		return fail("%s: NUL byte: this is no list of keys", file);
	return take_site(settings, slurp_name(file),
	    (struct slice){ settings->site, size });
}

struct settings *
settings_new(const char *site_file)
{
	struct settings *settings = mem_zalloc(1, sizeof *settings);

	if (site_file == NULL || read_site(settings, site_file) == 0)
		return settings;
	settings_free(settings);
	return NULL;
}

void
settings_free(struct settings *settings)
{
	if (settings == NULL)
		return;
	free(settings->row);
	free(settings->site);
	free(settings);
}

/* A site's rows go before the table's. */
static inline __attribute__((always_inline)) const struct setting *
find_class(const struct settings *settings, struct slice key, fits_fn *fits)
{
	for (size_t i = 0; i < settings->rows; i++)
		if (fits(&settings->row[i], key))
			return &settings->row[i];
	return first_row(key, fits);
}

/* A site's "travels" is a row without a type; the table has none such. */
static bool
stays(const struct setting *row, struct slice key)
{
	const bool says = row->class != SETTING_TRAVELS ||
	    (row->type == SETTING_UNTYPED && row->equal.at == NULL);

	return says && row->class <= SETTING_COMMENT &&
	    glob_match(row->pattern, key);
}

enum setting_class
settings_class(const struct settings *settings, struct slice key)
{
	const struct setting *row = find_class(settings, key, stays);

	return row != NULL ? row->class : SETTING_TRAVELS;
}

enum setting_class
settings_class_between(const struct settings *settings, struct slice key,
    struct setting_differ differ)
{
	enum setting_class class = settings_class(settings, key);

	if ((class == SETTING_UPGRADE && !differ.releases) ||
	    (class == SETTING_GENERATOR && !differ.generators))
		return SETTING_TRAVELS;
	return class;
}

bool
settings_generators_differ(const struct cfg *a, const struct cfg *b)
{
	static const char *const generators[] = { "dbs.cert.id.generator",
		"dbs.key.id.generator", "dbs.request.id.generator" };

	for (size_t i = 0; i < sizeof generators / sizeof *generators; i++)
		if (!setting_same(a, b, generators[i]))
			return true;
	return false;
}

static bool
hides(const struct setting *row, struct slice key)
{
	return row->class == SETTING_SECRET &&
	    glob_match_any_case(row->pattern, key);
}

bool
settings_is_secret(const struct settings *settings, struct slice key)
{
	return find_class(settings, key, hides) != NULL;
}

/* "/etc/pki/tps/password.conf": absolute, of two names or more, and of the
 * characters that such names have.  A password of one '/' is hidden. */
static bool
is_path(struct slice value)
{
	static const char others[] = "/._-@";
	size_t names = 0;

	value = cfg_trim(value);
	if (value.size == 0 || *value.at != '/')
		return false;
	for (size_t i = 0; i < value.size; i++) {
		const char c = value.at[i];

		if (!isalnum((unsigned char)c) &&
		    memchr(others, c, sizeof others - 1) == NULL)
			return false;
		if (c == '/' && (i + 1 == value.size || value.at[i + 1] == '/'))
			return false;
		names += c == '/';
	}
	return names > 1;
}

bool
settings_hides(
    const struct settings *settings, struct slice key, struct slice value)
{
	for (size_t i = 0; settings != NULL && i < settings->rows; i++)
		if (hides(&settings->row[i], key))
			return true;
	return first_row(key, hides) != NULL && !is_path(value);
}

char *
settings_shown(
    const struct settings *settings, const struct cfg_line *line, int most)
{
	struct slice value;

	if (line == NULL)
		return mem_printf("not there");
	value = cfg_value(line);
	if (settings_hides(settings, cfg_key(line), value))
		return mem_printf("another secret");
	if (value.size > (size_t)most)
		return mem_printf("'%.*s...'", most, value.at);
	return mem_printf("'%.*s'", SLICE_ARG(value));
}

static bool
is_unread(const struct setting *row, struct slice key)
{
	return row->class == SETTING_UNREAD && glob_match(row->pattern, key);
}

const struct setting *
settings_unread(const struct settings *settings, struct slice key)
{
	return find_class(settings, key, is_unread);
}
