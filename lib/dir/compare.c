/* SPDX-License-Identifier: MIT */
#include "dir/compare.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/mem.h"

/* Of a server, so many entries are asked for one by one: each costs about as
 * much as twenty of a search for all. */
#define FEW 100
#define ONE_OF 20

/* -- the first time -------------------------------------------------------- */

/* Only where that makes a difference: whole names are what people know. */
static int
make_relative(struct compare *c)
{
	for (int s = 0; s < 2; s++)
		if (side_base(&c->side[s]) == NULL)
			return 0;
	for (int s = 0; s < 2; s++)
		if (side_make_relative(&c->side[s]) < 0)
			return -1;
	if (slice_is(buf_slice(&c->side[0].base), buf_slice(&c->side[1].base)))
		c->side[0].base.size = c->side[1].base.size = 0;
	return 0;
}

struct reading {
	struct side *side;
	int status;
};

static void *
read_side(void *arg)
{
	struct reading *reading = arg;

	reading->status = side_read(reading->side);
	if (reading->status < 0)
		atomic_store(reading->side->options->stop, true);
	return NULL;
}

static void
wait_for(struct compare *c, pthread_t thread, compare_progress *progress,
    void *arg)
{
	struct timespec until;
	int error;

	do {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 200000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		error = pthread_timedjoin_np(thread, NULL, &until);
		if (error != 0 && progress != NULL)
			progress(arg, atomic_load(&c->side[0].read),
			    atomic_load(&c->side[1].read));
	} while (error == ETIMEDOUT);
}

static void
add_difference(void *arg, const struct digest *a, const struct digest *b)
{
	const struct digest *digests[2] = { a, b };
	struct compare *c = arg;
	struct compare_difference d = { 0 };

	for (int s = 0; s < 2; s++) {
		d.had[s] = digests[s] != NULL;
		if (!d.had[s])
			continue;
		memcpy(d.name, digests[s]->name, DIGEST_SIZE);
		memcpy(d.content[s], digests[s]->content, DIGEST_SIZE);
	}
	MEM_GROW(c->difference, c->differences, c->room);
	c->difference[c->differences++] = d;
}

int
compare_read(struct compare *c, compare_progress *progress, void *arg)
{
	struct reading reading[2] = { { &c->side[0], 0 }, { &c->side[1], 0 } };
	pthread_t thread[2];

	if (make_relative(c) < 0)
		return -1;
	for (int s = 0; s < 2; s++)
		if (pthread_create(&thread[s], NULL, read_side,
		    &reading[s]) != 0)
			die("cannot start a thread");
	for (int s = 0; s < 2; s++)
		wait_for(c, thread[s], progress, arg);
	if (reading[0].status < 0 || reading[1].status < 0)
		return -1;
	digests_merge(&c->side[0].digests, &c->side[1].digests, add_difference,
	    c);
	return 0;
}

/* -- what was found -------------------------------------------------------- */

static int
by_name(const void *key, const void *element)
{
	const struct compare_difference *d = element;

	return memcmp(key, d->name, DIGEST_SIZE);
}

static struct compare_difference *
find(const struct compare *c, const unsigned char *name)
{
	if (c->differences == 0)
		return NULL;
	return bsearch(name, c->difference, c->differences,
	    sizeof *c->difference, by_name);
}

static bool
is_wanted(const void *arg, const unsigned char *name)
{
	const struct compare_difference *d = find(arg, name);

	return d != NULL && !d->settled;
}

static bool
any_server(const struct compare *c)
{
	return side_is_server(&c->side[0]) || side_is_server(&c->side[1]);
}

/* The entry that the side has before it. */
static int
take(struct compare *c, int s)
{
	struct side *side = &c->side[s];
	struct compare_difference *d = find(c, side->digest.name);
	struct slice content = buf_slice(&side->content);

	if (d == NULL || d->settled)
		return 0;
	/* Of an entry on one side alone nobody needs to know what it says. */
	if (!any_server(c) && d->had[0] != d->had[1])
		content.size = 0;
	d->found[s].is = true;
	memcpy(d->found[s].content, side->digest.content, DIGEST_SIZE);
	if (spool_put(&c->found, buf_slice(&side->name), &d->found[s].at) < 0 ||
	    spool_put(&c->found, side->entry.dn, NULL) < 0 ||
	    spool_put(&c->found, content, NULL) < 0)
		return -1;
	d->named = true;
	d->name_at = d->found[s].at;
	return 0;
}

static int
take_all(struct compare *c, int s)
{
	int more;

	c->side[s].wanted = is_wanted;
	c->side[s].arg = c;
	while ((more = side_next(&c->side[s])) > 0)
		if (take(c, s) < 0)
			return -1;
	return more;
}

/* -- looking again --------------------------------------------------------- */

static size_t
unsettled(const struct compare *c)
{
	return c->differences - c->in_flight;
}

/* The names of what a server had, which only its spool knows. */
static int
learn_names(struct compare *c, int s)
{
	struct side *side = &c->side[s];
	unsigned char digest[DIGEST_SIZE];
	struct compare_difference *d;
	struct buf name = { 0 };
	int more;

	spool_rewind(&side->names);
	while ((more = spool_next(&side->names, &name)) > 0) {
		more = digest_of(side->hasher, buf_slice(&name), digest);
		d = more < 0 ? NULL : find(c, digest);
		if (d != NULL && !d->named) {
			d->named = true;
			more = spool_put(&c->found, buf_slice(&name),
			    &d->name_at);
		}
		if (more < 0)
			break;
	}
	buf_release(&name);
	return more;
}

static int
ask_one_by_one(struct compare *c, int s)
{
	struct buf name = { 0 };
	int status = 0;

	for (size_t i = 0; status == 0 && i < c->differences; i++) {
		const struct compare_difference *d = &c->difference[i];

		if (d->settled)
			continue;
		status = spool_get(&c->found, d->name_at, &name);
		if (status == 0)
			status = side_search_name(&c->side[s],
			    buf_slice(&name));
		if (status == 0)
			status = take_all(c, s);
	}
	buf_release(&name);
	return status;
}

static int
look(struct compare *c, int s)
{
	const struct side *side = &c->side[s];
	size_t few = FEW + side->digests.count / ONE_OF;

	for (size_t i = 0; i < c->differences; i++)
		if (!c->difference[i].settled)
			c->difference[i].found[s].is = false;
	if (side_is_server(side) && unsettled(c) <= few)
		return ask_one_by_one(c, s);
	if (side_search(&c->side[s]) < 0)
		return -1;
	return take_all(c, s);
}

/* Files stay as they are. */
static int
check_unchanged(const struct compare *c, const struct compare_difference *d,
    int s)
{
	const struct compare_found *found = &d->found[s];

	if (side_is_server(&c->side[s]) || (found->is == d->had[s] &&
	    (!found->is || memcmp(found->content, d->content[s],
	    DIGEST_SIZE) == 0)))
		return 0;
	return fail("%s: it changed while it was read",
	    side_name(&c->side[s]));
}

static int
settle(struct compare *c)
{
	for (size_t i = 0; i < c->differences; i++) {
		struct compare_difference *d = &c->difference[i];

		if (d->settled)
			continue;
		if (check_unchanged(c, d, 0) < 0 ||
		    check_unchanged(c, d, 1) < 0)
			return -1;
		d->settled = d->found[0].is == d->found[1].is &&
		    (!d->found[0].is || memcmp(d->found[0].content,
		    d->found[1].content, DIGEST_SIZE) == 0);
		c->in_flight += d->settled;
	}
	return 0;
}

static int
look_at(struct compare *c, bool servers)
{
	for (int s = 0; s < 2; s++)
		if (side_is_server(&c->side[s]) == servers && look(c, s) < 0)
			return -1;
	return 0;
}

static time_t
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

int
compare_settle(struct compare *c, unsigned seconds)
{
	const time_t end = now() + (time_t)seconds;

	if (c->differences == 0)
		return 0;
	if (spool_begin(&c->found) < 0 || look_at(c, false) < 0)
		return -1;
	for (int s = 0; s < 2; s++)
		if (side_is_server(&c->side[s]) && learn_names(c, s) < 0)
			return -1;
	for (;;) {
		if (look_at(c, true) < 0 || settle(c) < 0)
			return -1;
		if (!any_server(c) || unsettled(c) == 0 || now() >= end)
			return 0;
		sleep(1);
	}
}

/* -- telling --------------------------------------------------------------- */

struct telling {
	struct compare *compare;
	compare_tell *tell;
	void *arg;
	struct buf dn, content[2];
};

/* The values of the first attribute of content, taken off it. */
static struct slice
take_attribute(struct slice *content, struct slice *name)
{
	struct slice values = *content, rest = *content;
	struct canon_value value;

	for (bool first = true; canon_next(&rest, &value); first = false) {
		if (first)
			*name = value.name;
		else if (!slice_is(*name, value.name))
			break;
		*content = rest;
	}
	values.size -= content->size;
	return values;
}

/* Whose attribute comes next: below 0 the first side's, above 0 the second's,
 * 0 that of both. */
static int
order(struct slice a, struct slice b)
{
	struct canon_value x, y;

	if (!canon_next(&a, &x))
		return 1;
	return canon_next(&b, &y) ? canon_order(x.name, y.name) : -1;
}

static void
tell_attributes(struct telling *t, struct compare_finding *finding)
{
	struct slice rest[2] = { buf_slice(&t->content[0]),
		buf_slice(&t->content[1]) };

	while (rest[0].size != 0 || rest[1].size != 0) {
		int which = order(rest[0], rest[1]);

		finding->values[0] = finding->values[1] = (struct slice){
			"", 0 };
		if (which <= 0)
			finding->values[0] = take_attribute(&rest[0],
			    &finding->attribute);
		if (which >= 0)
			finding->values[1] = take_attribute(&rest[1],
			    &finding->attribute);
		finding->attribute = canon_spelling(
		    t->compare->side[which > 0].canon, finding->attribute);
		if (!slice_is(finding->values[0], finding->values[1]))
			t->tell(t->arg, finding);
	}
}

/* Its DN and content, which follow its name. */
static int
fetch(struct telling *t, const struct compare_found *found, struct buf *content)
{
	struct spool *spool = &t->compare->found;

	if (spool_get(spool, found->at, &t->dn) < 0 ||
	    spool_next(spool, &t->dn) < 0 || spool_next(spool, content) < 0)
		return -1;
	return 0;
}

static int
tell_difference(struct telling *t, const struct compare_difference *d)
{
	const struct compare *c = t->compare;
	struct compare_finding finding = { .kind = COMPARE_DIFFERS };

	/* The first side's DN is the one that stays, unless it is that of a
	 * file of digests. */
	for (int i = 0; i < 2; i++) {
		int s = side_is_digests(&c->side[0]) ? i : 1 - i;

		if (d->found[s].is &&
		    fetch(t, &d->found[s], &t->content[s]) < 0)
			return -1;
	}
	if (!d->found[1].is)
		finding.kind = COMPARE_ONLY_FIRST;
	if (!d->found[0].is)
		finding.kind = COMPARE_ONLY_SECOND;
	finding.dn = buf_slice(&t->dn);
	if (finding.kind == COMPARE_DIFFERS && !side_is_digests(&c->side[0]) &&
	    !side_is_digests(&c->side[1]))
		tell_attributes(t, &finding);
	else
		t->tell(t->arg, &finding);
	return 0;
}

struct ranked {
	struct slice name;
	const struct compare_difference *difference;
};

static int
by_text(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;

	return canon_order(a->name, b->name);
}

/* What is left, by name. */
static int
rank(struct compare *c, struct ranked *ranked, struct arena *names)
{
	struct buf name = { 0 };
	size_t count = 0;
	int status = 0;

	for (size_t i = 0; status == 0 && i < c->differences; i++) {
		if (c->difference[i].settled)
			continue;
		status = spool_get(&c->found, c->difference[i].name_at, &name);
		ranked[count++] = (struct ranked){ arena_copy(names,
		    buf_slice(&name)), &c->difference[i] };
	}
	buf_release(&name);
	qsort(ranked, count, sizeof *ranked, by_text);
	return status;
}

int
compare_report(struct compare *c, compare_tell *tell, void *arg)
{
	struct telling t = { .compare = c, .tell = tell, .arg = arg };
	struct ranked *ranked = mem_zalloc(unsettled(c) + 1, sizeof *ranked);
	struct arena names = { 0 };
	int status = rank(c, ranked, &names);

	for (size_t i = 0; status == 0 && i < unsettled(c); i++)
		status = tell_difference(&t, ranked[i].difference);
	buf_release(&t.dn);
	buf_release(&t.content[0]);
	buf_release(&t.content[1]);
	arena_release(&names);
	free(ranked);
	return status;
}

void
compare_release(struct compare *c)
{
	side_close(&c->side[0]);
	side_close(&c->side[1]);
	spool_release(&c->found);
	free(c->difference);
}
