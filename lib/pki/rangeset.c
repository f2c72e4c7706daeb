/* SPDX-License-Identifier: MIT */
#include "pki/rangeset.h"

#include <stdlib.h>

#include "cfg/setting.h"
#include "util/mem.h"

const char *const rangeset_kind_name[RANGESET_KINDS] = { "serial", "request",
	"replica" };
static const char *const upper_name[RANGESET_KINDS] = { "Serial", "Request",
	"Replica" };

#define RADIX_MAX 36 /* Character.MAX_RADIX */

static int
digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'z' ? c - 'a' + 10 : RADIX_MAX;
}

/* GMP would pass over blanks and take signs and prefixes of its own. */
bool
rangeset_parse(mpz_t number, struct slice s, int radix)
{
	char *text;
	bool good;

	if (radix != RANGESET_BY_PREFIX) {
		s = cfg_trim(s);
	} else {
		bool hex =
		    s.size > 2 && s.at[0] == '0' && (s.at[1] | 0x20) == 'x';

		radix = hex ? 16 : 10;
		if (hex)
			s = (struct slice){ s.at + 2, s.size - 2 };
	}
	for (size_t i = 0; i < s.size; i++)
		if (digit_of(s.at[i]) >= radix)
			return false;
	if (s.size == 0)
		return false;
	text = mem_dup(s.at, s.size);
	good = mpz_set_str(number, text, radix) == 0;
	free(text);
	return good;
}

static const struct cfg_line *
own_line(const struct cfg *cfg, const char *name, const char *what)
{
	char *key = mem_printf("dbs.%s.id.%s", name, what);
	const struct cfg_line *line = cfg_find(cfg, slice_of(key));

	free(key);
	return line;
}

static struct slice
value_of(const struct cfg_line *line)
{
	return line != NULL ? cfg_trim(cfg_value(line)) : (struct slice){ 0 };
}

static enum rangeset_generator
type_of(struct slice generator)
{
	static const char *const names[] = {
		[RANGESET_LEGACY] = "legacy",
		[RANGESET_LEGACY2] = "legacy2",
		[RANGESET_RANDOM] = "random",
	};

	for (int i = 0; i < RANGESET_UNKNOWN; i++)
		if (slice_equal(generator, slice_of(names[i])))
			return (enum rangeset_generator)i;
	return RANGESET_UNKNOWN;
}

static int
radix_of(const struct rangeset *set, struct slice own)
{
	int radix = 0;

	if (set->kind == RANGESET_REPLICA)
		return 10;
	if (set->type == RANGESET_LEGACY2)
		return RANGESET_BY_PREFIX;
	for (size_t i = 0; i < own.size && radix <= RADIX_MAX; i++) {
		if (own.at[i] < '0' || own.at[i] > '9')
			return set->kind == RANGESET_SERIAL ? 16 : 10;
		radix = 10 * radix + own.at[i] - '0';
	}
	if (radix >= 2 && radix <= RADIX_MAX)
		return radix;
	return set->kind == RANGESET_SERIAL ? 16 : 10;
}

/* Whose numbers they are, and how they are made. */
static void
read_generator(struct rangeset *set, const struct cfg *cfg)
{
	const char *type = setting_subsystem_of(cfg);
	bool kra = strcmp(type, "kra") == 0;
	const char *name = set->kind == RANGESET_REQUEST ? "request"
			   : kra                         ? "key"
							 : "cert";

	set->generator_line = set->kind == RANGESET_REPLICA
				  ? NULL
				  : own_line(cfg, name, "generator");
	set->generator = value_of(set->generator_line);
	if (set->generator.size == 0)
		set->generator = slice_of("legacy");
	set->type = type_of(set->generator);
	set->radix = radix_of(set, value_of(own_line(cfg, name, "radix")));
	set->kept = set->type != RANGESET_RANDOM &&
		    (*type == '\0' || kra || strcmp(type, "ca") == 0);
}

static const struct cfg_line *
line_of(const struct cfg *cfg, const char *before, const char *name,
    const char *after)
{
	char *key = mem_printf("dbs.%s%s%s", before, name, after);
	const struct cfg_line *line = cfg_find(cfg, slice_of(key));

	free(key);
	return line;
}

static const struct cfg_line *
unless_none(const struct cfg_line *line)
{
	struct slice value;

	if (line == NULL)
		return NULL;
	value = cfg_trim(cfg_value(line));
	return value.size != 0 && !slice_equal(value, slice_of("-1")) ?
	    line : NULL;
}

static void
read_range(struct rangeset_range *r, int radix)
{
	mpz_inits(r->first, r->last, NULL);
	r->readable = r->begin != NULL && r->end != NULL &&
		      rangeset_parse(r->first, cfg_value(r->begin), radix) &&
		      rangeset_parse(r->last, cfg_value(r->end), radix);
}

static void
read_number(
    struct rangeset_number *number, const struct cfg_line *line, int radix)
{
	number->line = line;
	mpz_init(number->value);
	number->readable = line != NULL && rangeset_parse(number->value,
					       cfg_value(line), radix);
}

void
rangeset_read(
    struct rangeset *set, const struct cfg *cfg, enum rangeset_kind kind)
{
	const char *name = upper_name[kind], *lower = rangeset_kind_name[kind];

	set->kind = kind;
	read_generator(set, cfg);
	set->range[0].begin = line_of(cfg, "begin", name, "Number");
	set->range[0].end = line_of(cfg, "end", name, "Number");
	set->range[1].begin =
	    unless_none(line_of(cfg, "nextBegin", name, "Number"));
	set->range[1].end =
	    unless_none(line_of(cfg, "nextEnd", name, "Number"));
	for (int i = 0; i < 2; i++)
		read_range(&set->range[i], set->radix);
	read_number(
	    &set->increment, line_of(cfg, "", lower, "Increment"), set->radix);
	read_number(&set->low_water, line_of(cfg, "", lower, "LowWaterMark"),
	    set->radix);
	read_number(&set->transfer,
	    line_of(cfg, "", lower, "CloneTransferNumber"), set->radix);
}

void
rangeset_release(struct rangeset *set)
{
	for (int i = 0; i < 2; i++)
		mpz_clears(set->range[i].first, set->range[i].last, NULL);
	mpz_clears(set->increment.value, set->low_water.value,
	    set->transfer.value, NULL);
}

bool
rangeset_overlap(const struct rangeset_range *a, const struct rangeset_range *b)
{
	return a->readable && b->readable && mpz_cmp(a->first, b->last) <= 0 &&
	       mpz_cmp(b->first, a->last) <= 0;
}

/* How many numbers there are from begin to end: 0 when it is not readable, or
 * ends before it begins. */
static void
rangeset_size(mpz_t size, const struct rangeset_range *range)
{
	mpz_set_ui(size, 0);
	if (!range->readable || mpz_cmp(range->first, range->last) > 0)
		return;
	mpz_sub(size, range->last, range->first);
	mpz_add_ui(size, size, 1);
}

bool
rangeset_can_give(const struct rangeset *set, mpz_srcptr used)
{
	bool answer = !set->transfer.readable;
	mpz_t left;

	mpz_init(left);
	for (int i = 0; i < 2 && !answer; i++) {
		rangeset_size(left, &set->range[i]);
		if (i == 0 && used != NULL)
			mpz_sub(left, left, used);
		answer = mpz_cmp(left, set->transfer.value) >= 0;
	}
	mpz_clear(left);
	return answer;
}
