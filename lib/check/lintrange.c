/* SPDX-License-Identifier: MIT */
#include "check/lintrange.h"

#include <gmp.h>
#include <stdio.h>

/* Serial, Request and Replica numbers, each by keys of the same form. */
struct kind {
	const char *name, *lower; /* in keys */
};

enum number { BEGIN, END, NEXT_BEGIN, NEXT_END, INCREMENT, LOW, TRANSFER,
	NUMBERS };

static const struct {
	const char *before, *after;
} form[NUMBERS] = {
	[BEGIN] = { "dbs.begin", "Number" },
	[END] = { "dbs.end", "Number" },
	[NEXT_BEGIN] = { "dbs.nextBegin", "Number" },
	[NEXT_END] = { "dbs.nextEnd", "Number" },
	[INCREMENT] = { "dbs.", "Increment" },
	[LOW] = { "dbs.", "LowWaterMark" },
	[TRANSFER] = { "dbs.", "CloneTransferNumber" },
};

struct range {
	struct lintfile *l;
	bool legacy; /* serials: hexadecimal without 0x [6.2] */
	int radix;
	const struct cfg_line *line[NUMBERS]; /* NULL: not there, or bad */
	mpz_t number[NUMBERS];
};

static bool
is_digit(char c, int radix)
{
	return (c >= '0' && c <= '9') ||
	    (radix == 16 && (c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool
parse(mpz_t number, struct slice s, int radix)
{
	char text[256];

	if (s.size != 0 && *s.at == '-') {
		s.at++;
		s.size--;
	}
	if (s.size == 0 || s.size >= sizeof text)
		return false;
	for (size_t i = 0; i < s.size; i++) {
		if (!is_digit(s.at[i], radix))
			return false;
		text[i] = s.at[i];
	}
	text[s.size] = '\0';
	return mpz_set_str(number, text, radix) == 0;
}

static bool
has_prefix(struct slice s)
{
	return s.size > 2 && s.at[0] == '0' && (s.at[1] | 0x20) == 'x';
}

/* A number as the server reads it; where it cannot, that is told. */
static void
read_number(struct range *r, enum number which)
{
	const struct cfg_line *line = r->line[which];
	struct slice value;
	int radix = r->radix;

	if (line == NULL)
		return;
	value = cfg_value(line);
	r->line[which] = NULL;
	if (value.size == 0)
		return;
	if (has_prefix(value)) {
		if (r->legacy) {
			lint_at(r->l, line, LINT_RANGE_PREFIX, "%s",
			    lint_shown(r->l, line));
			return;
		}
		value.at += 2;
		value.size -= 2;
		radix = 16;
	}
	if (cfg_trim(value).size != value.size)
		lint_at(r->l, line, LINT_INT_BLANK, "%s",
		    lint_shown(r->l, line));
	else if (!parse(r->number[which], value, radix))
		lint_at(r->l, line, LINT_RANGE_DIGITS, "%s, radix %d",
		    lint_shown(r->l, line), radix);
	else
		r->line[which] = line;
}

static bool
has(const struct range *r, enum number a, enum number b)
{
	return r->line[a] != NULL && r->line[b] != NULL;
}

static int
order(const struct range *r, enum number a, enum number b)
{
	return mpz_cmp(r->number[a], r->number[b]);
}

static void
check_order(struct range *r)
{
	if (has(r, BEGIN, END) && order(r, BEGIN, END) >= 0)
		lint_at(r->l, r->line[END], LINT_RANGE_ORDER, NULL);
	if (!has(r, NEXT_BEGIN, NEXT_END))
		return;
	if (order(r, NEXT_BEGIN, NEXT_END) >= 0)
		lint_at(r->l, r->line[NEXT_END], LINT_RANGE_ORDER, NULL);
	else if (has(r, BEGIN, END) && order(r, NEXT_BEGIN, END) <= 0 &&
	    order(r, BEGIN, NEXT_END) <= 0)
		lint_at(r->l, r->line[NEXT_BEGIN], LINT_RANGE_OVERLAP, NULL);
}

/* "-1" is none, too. */
static bool
is_set(const struct cfg_line *line)
{
	struct slice value;

	if (line == NULL)
		return false;
	value = cfg_trim(cfg_value(line));
	return value.size != 0 && !slice_is(value, slice_of("-1"));
}

static void
check_half(struct range *r)
{
	const struct cfg_line *begin = r->line[NEXT_BEGIN];
	const struct cfg_line *end = r->line[NEXT_END];

	if (is_set(begin) != is_set(end))
		lint_at(r->l, is_set(begin) ? begin : end, LINT_RANGE_HALF,
		    NULL);
}

/* Does the range from begin to end have less than is given to a clone? */
static bool
is_short(const struct range *r, enum number begin, enum number end)
{
	mpz_t size;
	bool answer;

	if (!has(r, begin, end))
		return true;
	mpz_init(size);
	mpz_sub(size, r->number[end], r->number[begin]);
	mpz_add_ui(size, size, 1);
	answer = mpz_cmp(size, r->number[TRANSFER]) < 0;
	mpz_clear(size);
	return answer;
}

static void
check_steps(struct range *r)
{
	if (has(r, LOW, INCREMENT) && order(r, LOW, INCREMENT) > 0)
		lint_at(r->l, r->line[LOW], LINT_RANGE_LOW, NULL);
	if (has(r, TRANSFER, INCREMENT) && order(r, TRANSFER, INCREMENT) > 0)
		lint_at(r->l, r->line[TRANSFER], LINT_RANGE_STEP, NULL);
}

/* Not of replica numbers: a fresh clone has few, and its server takes more by
 * itself [6.5]. */
static void
check_left(struct range *r)
{
	if (r->line[TRANSFER] != NULL && has(r, BEGIN, END) &&
	    is_short(r, BEGIN, END) && is_short(r, NEXT_BEGIN, NEXT_END))
		lint_at(r->l, r->line[END], LINT_RANGE_LEFT, NULL);
}

static void
check_kind(struct lintfile *l, const struct kind *kind, bool serial,
    struct slice generator)
{
	struct range r = { .l = l, .radix = 10 };

	if (serial)
		r.legacy = generator.size == 0 ||
		    slice_is(generator, slice_of("legacy"));
	if (r.legacy)
		r.radix = 16;
	for (size_t i = 0; i < NUMBERS; i++) {
		char key[64];

		snprintf(key, sizeof key, "%s%s%s", form[i].before,
		    i < INCREMENT ? kind->name : kind->lower, form[i].after);
		r.line[i] = cfg_find(l->cfg, slice_of(key));
		mpz_init(r.number[i]);
	}
	check_half(&r);
	for (enum number i = 0; i < NUMBERS; i++)
		read_number(&r, i);
	check_order(&r);
	check_steps(&r);
	if (strcmp(kind->lower, "replica") != 0)
		check_left(&r);
	for (size_t i = 0; i < NUMBERS; i++)
		mpz_clear(r.number[i]);
}

/* The generator of serial or request numbers; "" is legacy. */
static struct slice
generator_of(struct lintfile *l, const char *key)
{
	static const char *const known[] = { "legacy", "legacy2", "random" };
	struct slice name = cfg_string(l->cfg, key);

	if (name.size == 0)
		return (struct slice){ "", 0 };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (slice_is(name, slice_of(known[i])))
			return name;
	lint_key(l, key, LINT_GENERATOR, "'%.*s'", SLICE_FMT(name));
	return name;
}

static void
check_management(struct lintfile *l)
{
	struct slice kind = cfg_string(l->cfg, "subsystem.select");
	bool clone = slice_is(kind, slice_of("Clone")) ||
	    (cfg_string(l->cfg, "master.ca.agent.host").size != 0 &&
		cfg_string(l->cfg, "master.ca.agent.port").size != 0);

	if (clone && lint_find(l, "dbs.beginSerialNumber") != NULL &&
	    !lint_is(lint_find(l, "dbs.enableSerialManagement"), false))
		lint_key(l, "dbs.enableSerialManagement", LINT_RANGE_MANAGE,
		    NULL);
}

void
lintrange_check(struct lintfile *l)
{
	static const struct kind serial = { "Serial", "serial" };
	static const struct kind request = { "Request", "request" };
	static const struct kind replica = { "Replica", "replica" };
	struct slice cert = generator_of(l, "dbs.cert.id.generator");
	struct slice key = generator_of(l, "dbs.key.id.generator");
	struct slice asked = generator_of(l, "dbs.request.id.generator");
	struct slice random = slice_of("random");

	if (cert.size == 0)
		cert = key;
	if (!slice_is(cert, random))
		check_kind(l, &serial, true, cert);
	if (!slice_is(asked, random))
		check_kind(l, &request, false, asked);
	check_kind(l, &replica, false, asked);
	check_management(l);
}
