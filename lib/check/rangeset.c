/* SPDX-License-Identifier: MIT */
#include "check/rangeset.h"

#include <stdlib.h>

#include "util/mem.h"

const char *const rangeset_name[RANGESET_KINDS] = { "Serial", "Request",
	"Replica" };

static struct slice
value_of(const struct cfg *cfg, const char *fmt, const char *name)
{
	char *key = mem_printf("dbs.%s.id.%s", name, fmt);
	struct slice value = cfg_string(cfg, key);

	free(key);
	return value;
}

/* GMP would pass over blanks and take signs and prefixes of its own. */
static bool
parse(mpz_t number, struct slice s, int radix)
{
	char *text;
	bool good;

	if (radix == 0) {
		bool hex = s.size > 2 && s.at[0] == '0' &&
		    (s.at[1] == 'x' || s.at[1] == 'X');

		radix = hex ? 16 : 10;
		if (hex)
			s = (struct slice){ s.at + 2, s.size - 2 };
	}
	text = mem_dup(s.at, s.size);
	good = s.size != 0 &&
	    strspn(text, "0123456789abcdefABCDEF") == s.size &&
	    mpz_set_str(number, text, radix) == 0;
	free(text);
	return good;
}

/* 0: 0x is hexadecimal, all else decimal. */
static int
radix_of(const struct cfg *cfg, enum rangeset_kind kind, const char *name,
    struct slice generator)
{
	struct slice own = value_of(cfg, "radix", name);
	int radix = kind == RANGESET_SERIAL ? 16 : 10;

	if (kind != RANGESET_REPLICA &&
	    slice_is(generator, slice_of("legacy2")))
		return 0;
	if (kind != RANGESET_REPLICA && own.at != NULL) {
		if (slice_is(own, slice_of("10")))
			return 10;
		if (slice_is(own, slice_of("16")))
			return 16;
	}
	return radix;
}

static const struct cfg_line *
line_of(const struct cfg *cfg, const char *part, enum rangeset_kind kind)
{
	char *key = mem_printf("dbs.%s%sNumber", part, rangeset_name[kind]);
	const struct cfg_line *line = cfg_find(cfg, slice_of(key));

	free(key);
	return line;
}

static void
read_range(struct rangeset_range *r, int radix)
{
	mpz_inits(r->first, r->last, NULL);
	r->readable = r->begin != NULL && r->end != NULL &&
	    parse(r->first, cfg_trim(cfg_value(r->begin)), radix) &&
	    parse(r->last, cfg_trim(cfg_value(r->end)), radix);
}

void
rangeset_read(struct rangeset *set, const struct cfg *cfg,
    enum rangeset_kind kind)
{
	struct slice type = cfg_string(cfg, "cs.type");
	const char *name = kind == RANGESET_REQUEST ? "request" :
	    type.at != NULL && slice_is(type, slice_of("KRA")) ? "key" :
								 "cert";
	const struct cfg_line *transfer;
	char *key = mem_printf("dbs.%c%sCloneTransferNumber",
	    rangeset_name[kind][0] | 0x20, rangeset_name[kind] + 1);
	int radix;

	set->generator = kind == RANGESET_REPLICA ? slice_of("legacy") :
						    value_of(cfg, "generator",
							name);
	if (set->generator.at == NULL)
		set->generator = slice_of("legacy");
	radix = radix_of(cfg, kind, name, set->generator);
	set->range[0].begin = line_of(cfg, "begin", kind);
	set->range[0].end = line_of(cfg, "end", kind);
	set->range[1].begin = line_of(cfg, "nextBegin", kind);
	set->range[1].end = line_of(cfg, "nextEnd", kind);
	for (int i = 0; i < 2; i++)
		read_range(&set->range[i], radix);
	mpz_init(set->transfer);
	transfer = cfg_find(cfg, slice_of(key));
	set->has_transfer = transfer != NULL &&
	    parse(set->transfer, cfg_trim(cfg_value(transfer)), radix);
	free(key);
}

void
rangeset_release(struct rangeset *set)
{
	for (int i = 0; i < 2; i++)
		mpz_clears(set->range[i].first, set->range[i].last, NULL);
	mpz_clear(set->transfer);
}

bool
rangeset_overlap(const struct rangeset_range *a,
    const struct rangeset_range *b)
{
	return a->readable && b->readable &&
	    mpz_cmp(a->first, b->last) <= 0 && mpz_cmp(b->first, a->last) <= 0;
}
