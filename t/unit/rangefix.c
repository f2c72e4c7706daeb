/* SPDX-License-Identifier: MIT */
/*
 * Plans of ranges, applied to random deployments whose servers go on to hand
 * out numbers: none gets a number that anybody has given out before.
 *
 * A deployment has a history: hosts are cloned, give out numbers and take
 * blocks as their releases do; two take one block at a time; somebody edits
 * files; hosts die before their last numbers, or their last block, replicate.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "cfg/render.h"
#include "check/rangecheck.h"
#include "pki/rangeplan.h"
#include "util/buf.h"
#include "util/mem.h"

/* It has a fail() of its own. */
#include <cmocka.h>

typedef uint64_t number;

enum { HOSTS = 5, ENTRIES = 400, SEEN = 1 << 16, DEPLOYMENTS = 3000 };

static uint64_t random_state;

static unsigned
pick(unsigned below)
{
	random_state = random_state * 6364136223846793005 + 1442695040888963407;
	return (unsigned)((random_state >> 33) % below);
}

/* What one host has of one kind, as its CS.cfg has it, and in memory. */
struct block {
	number begin, end, next_begin, next_end; /* no next one: 0, 0 */
	number last; /* given out; known while the server runs */
	bool runs;
};

struct host {
	char name[8];
	bool old, dead; /* it counts as up to 10.10 */
	struct block block[RANGESET_KINDS];
};

struct record { /* of a range */
	enum rangeset_kind kind;
	number begin, end; /* as the directory counts */
	const char *host;
	bool conflict, gone, reserved;
};

struct world {
	bool kra, v2;
	number increment[RANGESET_KINDS], low[RANGESET_KINDS];
	number transfer[RANGESET_KINDS];
	struct host host[HOSTS];
	size_t hosts;
	number next[RANGESET_KINDS];
	struct record record[ENTRIES];
	size_t records;
	/* Numbers that were given out, and those that replicated. */
	number given[RANGESET_KINDS][SEEN];
	bool replicated[RANGESET_KINDS][SEEN];
	bool planned; /* now none may be given twice */
	unsigned long issued; /* since then */
};

static int
radix_of(const struct world *w, int kind)
{
	return kind == RANGESET_SERIAL && !w->v2 ? 16 : 10;
}

/* Decimal digits, read in another radix. */
static number
read_as(number n, int radix)
{
	char text[32];

	snprintf(text, sizeof text, "%llu", (unsigned long long)n);
	return strtoull(text, NULL, radix);
}

/* How far nextRange goes. */
static number
step_of(const struct world *w, const struct host *h, int kind)
{
	char text[32];

	if (!h->old || radix_of(w, kind) == 10)
		return w->increment[kind];
	snprintf(
	    text, sizeof text, "%llx", (unsigned long long)w->increment[kind]);
	return strtoull(text, NULL, 10);
}

static size_t
slot_of(const struct world *w, int kind, number n)
{
	size_t at = (size_t)(n * 0x9E3779B97F4A7C15ull >> 48) % SEEN;

	while (w->given[kind][at] != 0 && w->given[kind][at] != n)
		at = (at + 1) % SEEN;
	return at;
}

static void
give(struct world *w, int kind, number n, bool replicated)
{
	size_t at = slot_of(w, kind, n);

	if (w->planned) {
		assert_int_equal(w->given[kind][at], 0);
		w->issued++;
	}
	w->given[kind][at] = n;
	w->replicated[kind][at] |= replicated;
}

/* The highest number of the directory in a block, or 0. */
static number
highest_in(const struct world *w, int kind, number begin, number end)
{
	number highest = 0;

	for (size_t i = 0; i < SEEN; i++)
		if (w->replicated[kind][i] && w->given[kind][i] >= begin &&
		    w->given[kind][i] <= end && w->given[kind][i] > highest)
			highest = w->given[kind][i];
	return highest;
}

static bool
has_next(const struct block *b)
{
	return b->next_end != 0;
}

static void
switch_block(struct block *b)
{
	b->begin = b->next_begin;
	b->end = b->next_end;
	b->next_begin = b->next_end = 0;
}

/* Repository.initCache(): it looks for the last number of its block. */
static bool
start(const struct world *w, struct block *b, int kind)
{
	number last;

	if (b->runs)
		return true;
	if (b->begin >= b->end && has_next(b))
		switch_block(b);
	if (b->begin >= b->end)
		return false;
	last = highest_in(w, kind, b->begin, b->end);
	b->last = last != 0 ? last : b->begin - 1;
	return b->runs = true;
}

static void
add_record(struct world *w, int kind, number begin, number end,
    const char *host, bool conflict)
{
	assert_true(w->records < ENTRIES);
	w->record[w->records++] = (struct record){ (enum rangeset_kind)kind,
		begin, end, host, conflict, false, false };
}

static void
take_at(const struct world *w, struct block *b, int kind, number at)
{
	b->next_begin = read_as(at, radix_of(w, kind));
	b->next_end = b->next_begin + w->increment[kind] - 1;
}

/* Repository.getNextRange(); hidden: nobody else will see it. */
static void
allocate(struct world *w, struct host *h, int kind, bool hidden)
{
	number at = w->next[kind], step = step_of(w, h, kind);

	take_at(w, &h->block[kind], kind, at);
	if (hidden)
		return;
	w->next[kind] = at + step;
	add_record(w, kind, at, at + step - 1, h->name, false);
}

/* Repository.checkRanges() */
static void
check_ranges(struct world *w, struct host *h, int kind)
{
	struct block *b = &h->block[kind];
	number left = b->end - b->last;

	if (has_next(b))
		left += b->next_end - b->next_begin + 1;
	if (left < w->low[kind] && !has_next(b))
		allocate(w, h, kind, false);
}

/* One number, if there is one to give. */
static void
issue(struct world *w, struct host *h, int kind, bool replicated)
{
	struct block *b = &h->block[kind];

	if (!start(w, b, kind))
		return;
	if (b->last + 1 > b->end) {
		if (!has_next(b))
			return;
		switch_block(b);
		b->last = b->begin - 1;
	}
	give(w, kind, ++b->last, replicated);
}

/* UpdateNumberRange: the tail of the current block, or of the next one.  The
 * numbers of a replica ID block are taken as given out. */
static bool
transfer(struct world *w, struct host *h, int kind, number *begin, number *end)
{
	struct block *b = &h->block[kind];
	number size = w->transfer[kind];

	if (!start(w, b, kind))
		return false;
	if (b->end + 1 >= size && b->end - size + 1 > b->last) {
		*end = b->end;
		b->end -= size;
	} else if (has_next(b) && b->next_end - b->next_begin + 1 > size) {
		*end = b->next_end;
		b->next_end -= size;
	} else {
		return false;
	}
	*begin = *end - size + 1;
	return true;
}

static void
install(struct world *w)
{
	static const number steps[] = { 0x40, 0x100, 0x1000, 0x25 };

	memset(w, 0, sizeof *w);
	w->kra = pick(2);
	w->v2 = pick(5) == 0;
	w->hosts = 1;
	for (int kind = 0; kind < RANGESET_KINDS; kind++) {
		number step = steps[pick(4)];

		if (radix_of(w, kind) == 10)
			step = 20 + pick(200);
		w->increment[kind] = step;
		w->low[kind] = step / 4;
		w->transfer[kind] = 3 + pick((unsigned)step / 8);
		w->host[0].block[kind] =
		    (struct block){ .begin = 1, .end = step };
		/* The digits of the end, taken for decimal. */
		w->next[kind] = step + 1;
		if (radix_of(w, kind) == 16) {
			char text[32];

			snprintf(text, sizeof text, "%llx",
			    (unsigned long long)step);
			w->next[kind] = strtoull(text, NULL, 10) + 1;
		}
	}
	w->next[RANGESET_REPLICA] = 1000;
	strcpy(w->host[0].name, "h0");
	w->host[0].old = pick(2);
}

static void
make_clone(struct world *w)
{
	struct host *from = &w->host[pick((unsigned)w->hosts)];
	struct host *to = &w->host[w->hosts];

	if (w->hosts == HOSTS)
		return;
	memset(to, 0, sizeof *to);
	for (int kind = 0; kind < RANGESET_KINDS; kind++)
		if (!transfer(w, from, kind, &to->block[kind].begin,
			&to->block[kind].end))
			return;
	snprintf(to->name, sizeof to->name, "h%zu", w->hosts);
	to->old = pick(2);
	w->hosts++;
}

/* Two servers take one block; replication keeps the entry of one. */
static void
race(struct world *w, int kind)
{
	struct host *a = &w->host[pick((unsigned)w->hosts)];
	struct host *b = &w->host[pick((unsigned)w->hosts)];
	number at = w->next[kind];

	if (a == b || has_next(&a->block[kind]) || has_next(&b->block[kind]))
		return;
	allocate(w, a, kind, false);
	take_at(w, &b->block[kind], kind, at);
	add_record(w, kind, at, at + step_of(w, b, kind) - 1, b->name, true);
}

static void
live(struct world *w, unsigned rounds)
{
	for (unsigned i = 0; i < rounds; i++) {
		struct host *h = &w->host[pick((unsigned)w->hosts)];
		int kind = (int)pick(RANGESET_KINDS);
		number begin, end;

		if (h->dead || !start(w, &h->block[kind], kind))
			continue;
		check_ranges(w, h, kind);
		if (kind == RANGESET_REPLICA) {
			/* IDs of a clone that is removed again. */
			if (transfer(w, h, kind, &begin, &end))
				for (number n = begin; n <= end; n++)
					give(w, kind, n, false);
			continue;
		}
		for (unsigned n = pick(30); n > 0; n--)
			issue(w, h, kind, true);
	}
}

/* Is it nobody else's?  Else nothing could tell who had its numbers. */
static bool
is_alone(const struct world *w, const struct record *r)
{
	for (size_t i = 0; i < w->records; i++)
		if (&w->record[i] != r && w->record[i].kind == r->kind &&
		    w->record[i].begin == r->begin)
			return false;
	return true;
}

/* What people do to files of hosts that live, and to the directory. */
static void
edit(struct world *w)
{
	struct host *x = &w->host[pick((unsigned)w->hosts)];
	struct host *y = &w->host[pick((unsigned)w->hosts)];
	int kind = (int)pick(RANGESET_KINDS);
	struct block *a = &x->block[kind], *b = &y->block[kind];

	if (x->dead || y->dead)
		return;
	a->runs = b->runs = false;
	switch (pick(6)) {
	case 0:
		a->begin = b->begin;
		a->end = b->end;
		break;
	case 1:
		a->next_begin = b->end;
		a->next_end = b->end + w->increment[kind];
		break;
	case 2:
		w->next[kind] -= w->next[kind] > w->increment[kind]
				     ? w->increment[kind] / 2
				     : 0;
		break;
	case 3:
		for (size_t i = 0; i < w->records; i++)
			w->record[i].gone |= pick(2) &&
					     w->record[i].host == x->name &&
					     is_alone(w, &w->record[i]);
		break;
	case 4:
		/* Replica IDs that were removed leave no trace. */
		if (kind != RANGESET_REPLICA)
			a->end += w->increment[kind];
		break;
	case 5:
		a->begin = a->end;
		break;
	}
}

/* Its last numbers, and the block it took last, are known to it alone. */
static void
die_suddenly(struct world *w, struct host *h)
{
	for (int kind = 0; kind < RANGESET_REPLICA; kind++) {
		struct block *b = &h->block[kind];

		for (unsigned n = pick(20); n > 0; n--)
			issue(w, h, kind, false);
		if (!has_next(b) && pick(2))
			allocate(w, h, kind, true);
		for (unsigned n = pick(300); n > 0; n--)
			issue(w, h, kind, false);
	}
	h->dead = true;
}

static struct world *
make_world(uint64_t seed)
{
	struct world *w = mem_zalloc(1, sizeof *w);
	unsigned dead = 0;

	random_state = seed * 2654435761u + 1;
	install(w);
	for (unsigned i = 2 + pick(6); i > 0; i--) {
		live(w, pick(40));
		make_clone(w);
		if (pick(3) == 0)
			race(w, (int)pick(RANGESET_KINDS));
	}
	live(w, pick(60));
	for (size_t i = 0; i < w->hosts; i++)
		if (pick(4) == 0 && dead + 1 < w->hosts && ++dead != 0)
			die_suddenly(w, &w->host[i]);
	if (pick(2))
		edit(w);
	return w;
}

static const char *const upper[] = { "Serial", "Request", "Replica" };

static void
put_number(struct buf *out, const struct world *w, int kind, const char *before,
    number n)
{
	char text[64];

	snprintf(text, sizeof text,
	    kind != RANGESET_SERIAL ? "dbs.%s%sNumber=%llu\n"
	    : w->v2                 ? "dbs.%s%sNumber=0x%llx\n"
				    : "dbs.%s%sNumber=%llx\n",
	    before, upper[kind], (unsigned long long)n);
	buf_puts(out, text);
}

static void
put_step(struct buf *out, const struct world *w, int kind, const char *after,
    number n)
{
	char text[64];

	snprintf(text, sizeof text,
	    kind != RANGESET_SERIAL ? "dbs.%s%s=%llu\n"
	    : w->v2                 ? "dbs.%s%s=0x%llx\n"
				    : "dbs.%s%s=%llx\n",
	    rangeset_kind_name[kind], after, (unsigned long long)n);
	buf_puts(out, text);
}

static struct cfg *
cfg_of(const struct world *w, const struct host *h)
{
	struct buf out = { 0 };
	char *head = mem_printf("cs.type=%s\nmachineName=%s\n"
				"internaldb.basedn=o=ca\n"
				"cms.product.version=%s\n"
				"dbs.enableSerialManagement=true\n",
	    w->kra ? "KRA" : "CA", h->name,
	    !h->old ? "11.6.0"
	    : w->v2 ? "10.8.3"
		    : "9.0.20");
	struct cfg *cfg;

	buf_puts(&out, head);
	free(head);
	if (w->v2)
		buf_puts(&out, w->kra ? "dbs.key.id.generator=legacy2\n"
				      : "dbs.cert.id.generator=legacy2\n");
	for (int kind = 0; kind < RANGESET_KINDS; kind++) {
		const struct block *b = &h->block[kind];

		put_number(&out, w, kind, "begin", b->begin);
		put_number(&out, w, kind, "end", b->end);
		if (has_next(b)) {
			put_number(&out, w, kind, "nextBegin", b->next_begin);
			put_number(&out, w, kind, "nextEnd", b->next_end);
		}
		put_step(&out, w, kind, "Increment", w->increment[kind]);
		put_step(&out, w, kind, "LowWaterMark", w->low[kind]);
		put_step(
		    &out, w, kind, "CloneTransferNumber", w->transfer[kind]);
	}
	cfg = cfg_parse(h->name, mem_dup(out.at, out.size), out.size);
	assert_non_null(cfg);
	buf_release(&out);
	return cfg;
}

/* Where the directory has nextRange of a kind, and its ranges. */
static const char *
next_dn(const struct world *w, int kind)
{
	if (kind == RANGESET_REPLICA)
		return "ou=replica,o=ca";
	if (kind == RANGESET_REQUEST)
		return w->kra ? "ou=kra,ou=requests,o=ca"
			      : "ou=ca,ou=requests,o=ca";
	if (w->kra)
		return "ou=keyRepository,ou=kra,o=ca";
	return w->v2 ? "ou=certificateRepository,ou=ranges_v2,o=ca"
		     : "ou=certificateRepository,ou=ca,o=ca";
}

static const char *
container(const struct world *w, int kind)
{
	if (kind == RANGESET_REPLICA)
		return "ou=replica,ou=ranges,o=ca";
	if (kind == RANGESET_REQUEST)
		return "ou=requests,ou=ranges,o=ca";
	if (w->v2)
		return w->kra ? "ou=keyRepository,ou=ranges_v2,o=ca"
			      : "ou=certificateRepository,ou=ranges_v2,o=ca";
	return w->kra ? "ou=keyRepository,ou=ranges,o=ca"
		      : "ou=certificateRepository,ou=ranges,o=ca";
}

/* "dn|name=value|..." */
static void
add_entry(struct ranges *all, struct findings *found, const char *text)
{
	char *copy = mem_dup(text, strlen(text)), *save = NULL, *part;
	const size_t first = all->count;
	struct entry_attribute attribute[16];
	struct entry entry = {
		.attribute = attribute, .file = "ldif", .line = 1
	};

	entry.dn = slice_of(strtok_r(copy, "|", &save));
	while ((part = strtok_r(NULL, "|", &save)) != NULL) {
		char *value = strchr(part, '=');

		*value++ = '\0';
		attribute[entry.attributes++] =
		    (struct entry_attribute){ slice_of(part), slice_of(value) };
	}
	assert_true(ranges_add_entry(all, &entry, 1) > 0);
	rangecheck_entries(all, first, found);
	free(copy);
}

static char *
dn_of(const struct world *w, const struct record *r, size_t i)
{
	return r->conflict
		   ? mem_printf("cn=%llu+nsuniqueid=%zu,%s",
			 (unsigned long long)r->begin, i,
			 container(w, (int)r->kind))
		   : mem_printf("cn=%llu,%s", (unsigned long long)r->begin,
			 container(w, (int)r->kind));
}

static void
add_records(const struct world *w, struct ranges *all, struct findings *found)
{
	for (size_t i = 0; i < w->records; i++) {
		const struct record *r = &w->record[i];
		char *dn = dn_of(w, r, i), *text;

		text = mem_printf("%s|objectClass=pkiRange|beginRange=%llu"
				  "|endRange=%llu|host=%s|SecurePort=%s%s",
		    dn, (unsigned long long)r->begin,
		    (unsigned long long)r->end, r->host,
		    r->reserved ? "0" : "8443",
		    r->conflict ? "|nsds5ReplConflict=namingConflict" : "");
		if (!r->gone)
			add_entry(all, found, text);
		free(text);
		free(dn);
	}
}

static void
add_numbers(
    const struct world *w, int kind, struct ranges *all, struct findings *found)
{
	static const char *const parent[][2] = {
		{ "ou=certificateRepository,ou=ca,o=ca|objectClass="
		  "certificateRecord|serialno",
		    "ou=keyRepository,ou=kra,o=ca|objectClass=keyRecord"
		    "|serialno" },
		{ "ou=ca,ou=requests,o=ca|objectClass=request|requestId",
		    "ou=kra,ou=requests,o=ca|objectClass=request|requestId" }
	};
	char digits[32];

	for (size_t i = 0; kind != RANGESET_REPLICA && i < SEEN; i++) {
		char *text;

		if (!w->replicated[kind][i])
			continue;
		snprintf(digits, sizeof digits, "%llu",
		    (unsigned long long)w->given[kind][i]);
		text = mem_printf("cn=%s,%s=%02zu%s", digits,
		    parent[kind][w->kra], strlen(digits), digits);
		add_entry(all, found, text);
		free(text);
	}
}

/* Fills cfg with those of living hosts, in their order: how many. */
static size_t
add_world(const struct world *w, struct ranges *all, struct findings *found,
    struct cfg **cfg)
{
	size_t count = 0;

	*all = (struct ranges){ .radix = 10 };
	for (size_t i = 0; i < w->hosts; i++) {
		if (w->host[i].dead)
			continue;
		cfg[count] = cfg_of(w, &w->host[i]);
		assert_int_equal(ranges_add_cfg(all, cfg[count]), 0);
		rangecheck_cfg(found, cfg[count++]);
	}
	for (int kind = 0; kind < RANGESET_KINDS; kind++) {
		char *text = mem_printf("%s|objectClass=repository"
					"|nextRange=%llu",
		    next_dn(w, kind), (unsigned long long)w->next[kind]);

		add_entry(all, found, text);
		free(text);
		add_numbers(w, kind, all, found);
	}
	add_records(w, all, found);
	ranges_settle(all);
	return count;
}

static number
number_of(const struct rangeset_range *range, bool last)
{
	return range->readable ? mpz_get_ui(last ? range->last : range->first)
			       : 0;
}

/* The file as cfgpatch makes it; its server is started again. */
static void
apply_edits(struct host *h, struct rangeplan_host *plan)
{
	struct cfg *cfg;
	size_t size, bad;
	char *text;

	if (plan->edits.count == 0)
		return;
	render_note_places(&plan->edits, plan->cfg);
	assert_int_equal(
	    render_text(&plan->edits, plan->cfg, &text, &size, &bad), 0);
	cfg = cfg_parse("edited", text, size);
	assert_non_null(cfg);
	for (int kind = 0; kind < RANGESET_KINDS; kind++) {
		struct rangeset set;

		rangeset_read(&set, cfg, (enum rangeset_kind)kind);
		h->block[kind] = (struct block){
			.begin = number_of(&set.range[0], false),
			.end = number_of(&set.range[0], true),
			.next_begin = number_of(&set.range[1], false),
			.next_end = number_of(&set.range[1], true),
		};
		rangeset_release(&set);
	}
	cfg_free(cfg);
}

static int
kind_of_dn(const struct world *w, const char *dn, bool next)
{
	for (int kind = 0; kind < RANGESET_KINDS; kind++) {
		const char *want = next ? next_dn(w, kind) : container(w, kind);
		size_t size = strlen(dn), tail = strlen(want);

		if (size >= tail && strcmp(dn + size - tail, want) == 0)
			return kind;
	}
	fail_msg("no such DN: %s", dn);
	return 0;
}

/* What ldapmodify does. */
static void
apply_change(struct world *w, const struct rangeplan_change *c)
{
	int kind = kind_of_dn(w, c->dn, c->kind == RANGEPLAN_NEXT);
	bool found = false;

	if (c->kind == RANGEPLAN_NEXT) {
		assert_int_equal(strtoull(c->old, NULL, 10), w->next[kind]);
		w->next[kind] = strtoull(c->begin, NULL, 10);
		return;
	}
	for (size_t i = 0; i < w->records; i++) {
		struct record *r = &w->record[i];
		char *dn = dn_of(w, r, i);

		if (!r->gone && strcmp(dn, c->dn) == 0) {
			assert_false(found);
			found = true;
			if (c->kind == RANGEPLAN_DELETE)
				r->gone = true;
			else
				r->end = strtoull(c->end, NULL, 10);
		}
		free(dn);
	}
	assert_int_equal(found, c->kind != RANGEPLAN_ADD);
	if (c->kind != RANGEPLAN_ADD)
		return;
	for (size_t i = 0; i < w->hosts; i++)
		if (strcmp(w->host[i].name, c->host) == 0)
			add_record(w, kind, strtoull(c->begin, NULL, 10),
			    strtoull(c->end, NULL, 10), w->host[i].name, false);
	w->record[w->records - 1].reserved = strcmp(c->port, "0") == 0;
}

/* What was planned, and has been applied: whether it was anything. */
static bool
plan_and_apply(struct world *w)
{
	struct ranges all;
	struct findings found = { 0 };
	struct cfg *cfg[HOSTS] = { NULL };
	char *absent[HOSTS + 1] = { NULL };
	struct rangeplan plan = { .all = &all, .cfg = cfg, .absent = absent };
	size_t count = add_world(w, &all, &found, cfg), dead = 0, living = 0;
	bool any;

	for (size_t i = 0; i < w->hosts; i++)
		if (w->host[i].dead)
			absent[dead++] = w->host[i].name;
	assert_int_equal(rangeplan_make(&plan), 0);
	any = !rangeplan_is_empty(&plan);
	for (size_t i = 0; i < plan.changes; i++)
		apply_change(w, &plan.change[i]);
	for (size_t i = 0; i < w->hosts; i++)
		if (!w->host[i].dead)
			apply_edits(&w->host[i], &plan.host[living++]);
	assert_int_equal(living, count);
	rangeplan_release(&plan);
	for (size_t i = 0; i < count; i++)
		cfg_free(cfg[i]);
	ranges_release(&all);
	findings_release(&found);
	return any;
}

/* What rangels finds from warning up. */
static void
check_clean(const struct world *w, uint64_t seed)
{
	struct ranges all;
	struct findings found = { 0 };
	struct cfg *cfg[HOSTS] = { NULL };
	size_t count = add_world(w, &all, &found, cfg);

	rangecheck(&all, &found);
	for (size_t i = 0;
	     i < found.count && findings_status(&found) != STATUS_OK; i++)
		print_error("seed %llu: %s: %s\n", (unsigned long long)seed,
		    found.item[i].is->code, found.item[i].text);
	assert_int_equal(findings_status(&found), STATUS_OK);
	for (size_t i = 0; i < count; i++)
		cfg_free(cfg[i]);
	ranges_release(&all);
	findings_release(&found);
}

/* For people: what a failing seed looks like. */
static void
show(const struct world *w)
{
	for (size_t i = 0; i < w->hosts; i++)
		for (int kind = 0; kind < RANGESET_KINDS; kind++) {
			const struct block *b = &w->host[i].block[kind];

			print_message("# %s%s %s %llx-%llx %llx-%llx (%llx)\n",
			    w->host[i].name, w->host[i].dead ? " (dead)" : "",
			    rangeset_kind_name[kind],
			    (unsigned long long)b->begin,
			    (unsigned long long)b->end,
			    (unsigned long long)b->next_begin,
			    (unsigned long long)b->next_end,
			    (unsigned long long)b->last);
		}
	for (size_t i = 0; i < w->records; i++)
		if (!w->record[i].gone)
			print_message("# %s %llu-%llu %s%s\n",
			    rangeset_kind_name[w->record[i].kind],
			    (unsigned long long)w->record[i].begin,
			    (unsigned long long)w->record[i].end,
			    w->record[i].host,
			    w->record[i].conflict ? " conflict" : "");
	for (int kind = 0; kind < RANGESET_KINDS; kind++)
		print_message("# nextRange %s %llu\n", rangeset_kind_name[kind],
		    (unsigned long long)w->next[kind]);
}

/* RANGEFIX_SEED=N makes that one deployment alone. */
static void
test_never_twice(void **state)
{
	const char *one = getenv("RANGEFIX_SEED");
	uint64_t first = one != NULL ? strtoull(one, NULL, 10) : 1;
	uint64_t last = one != NULL ? first : DEPLOYMENTS;
	unsigned long planned = 0, issued = 0;

	(void)state;
	for (uint64_t seed = first; seed <= last; seed++) {
		struct world *w = make_world(seed);

		if (one != NULL || getenv("RANGEFIX_SEEDS") != NULL)
			print_message(
			    "# seed %llu\n", (unsigned long long)seed);
		if (one != NULL)
			show(w);
		planned += plan_and_apply(w);
		if (one != NULL)
			show(w);
		check_clean(w, seed);
		/* Nothing is left to plan. */
		assert_false(plan_and_apply(w));
		w->planned = true;
		live(w, 150);
		issued += w->issued;
		free(w);
	}
	assert_true(one != NULL || planned > DEPLOYMENTS / 4);
	assert_true(one != NULL || planned < DEPLOYMENTS);
	assert_true(one != NULL || issued > 100 * DEPLOYMENTS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_never_twice),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
