/* SPDX-License-Identifier: MIT */
#include "dir/compare.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "dir/dn.h"
#include "dir/family.h"
#include "util/diag.h"
#include "util/mem.h"
#include "util/slurp.h"

/* Conflict entries and others of this class are in no answer without it. */
#define FILTER "(|(objectClass=*)(objectClass=ldapSubentry))"

static int
bad_dn(const struct entry *entry)
{
	if (entry->line != 0)
		return fail("%s:%zu: not a DN: '%.*s'", entry->file,
		    entry->line, SLICE_ARG(entry->dn));
	return fail("%s: not a DN: '%.*s'", entry->file,
	    SLICE_ARG(entry->dn));
}

/* Asked of each entry, so in the order of what costs least. */
static bool
is_tombstone(const struct entry *entry)
{
	static const char class[] = "nsTombstone";

	for (size_t i = 0; i < entry->attributes; i++) {
		const struct entry_attribute *a = &entry->attribute[i];

		if (a->value.size == sizeof class - 1 &&
		    strncasecmp(a->value.at, class, a->value.size) == 0 &&
		    entry_is_named(a->name, "objectClass"))
			return true;
	}
	return false;
}

/* 1: it counts; 0: it is none of ours. */
static int
take_name(struct side *side)
{
	struct slice name, base = buf_slice(&side->base);

	side->name.size = 0;
	if (dn_normalise(side->entry.dn, &side->name) < 0)
		return bad_dn(&side->entry);
	name = buf_slice(&side->name);
	if (!family_has(side->options->families, &side->entry, name) ||
	    is_tombstone(&side->entry) ||
	    !dn_within(name, base))
		return 0;
	side->name.size = dn_relative(name, base).size;
	return 1;
}

static int
take_entry(struct side *side)
{
	int status = take_name(side);

	if (status <= 0)
		return status;
	if (digest_of(side->hasher, buf_slice(&side->name),
	    side->digest.name) < 0)
		return -1;
	if (side->wanted != NULL &&
	    !side->wanted(side->arg, side->digest.name))
		return 0;
	canon_entry(side->canon, &side->entry, &side->content);
	return digest_of(side->hasher, buf_slice(&side->content),
	    side->digest.content) < 0 ? -1 : 1;
}

static int
next_listed(struct side *side)
{
	int more = digestfile_next(&side->listed);

	if (more <= 0)
		return more;
	side->digest = side->listed.digest;
	side->entry = (struct entry){ .dn = side->listed.dn,
		.file = side->file, .line = side->listed.line };
	side->name.size = side->content.size = 0;
	buf_add(&side->name, side->listed.dn);
	return 1;
}

/* 1: an entry; 0: no more; -1: reported. */
static int
side_next(struct side *side)
{
	int more, status = 0;

	if (side->source == NULL)
		return next_listed(side);
	while ((more = source_next(side->source, &side->entry)) > 0) {
		status = take_entry(side);
		if (status != 0)
			return status;
	}
	return more;
}

/* All data, some of which a server gives only on demand. */
static const char *const data[] = { "*", "aci", "nsAccountLock",
	"passwordExpirationTime", NULL };

/* The names of --only, and what is looked at besides. */
static void
list_only(struct side *side)
{
	size_t room = 0;

	for (char **list = side->options->choice.only; *list != NULL; list++)
		for (struct slice rest = slice_of(*list); rest.size != 0;) {
			const struct slice name = slice_cut(&rest, ',');

			MEM_GROW(side->only, side->only_count, room);
			side->only[side->only_count++] =
			    arena_copy(&side->arena, name).at;
		}
	side->only = mem_realloc(side->only, side->only_count + 2,
	    sizeof *side->only);
	side->only[side->only_count++] = "objectClass";
	side->only[side->only_count] = NULL;
}

static int
ask(struct side *side, const char *base, enum source_scope scope)
{
	char *filter = side->options->families == NULL ? NULL :
	    family_filter(side->options->families);
	struct source_query query = { .base = base, .scope = scope,
		.filter = filter != NULL ? filter : FILTER,
		.attributes = side->only != NULL ? side->only : data,
		.absent_is_empty = scope == SOURCE_BASE };
	int status = source_search(side->source, &query);

	free(side->filter);
	side->filter = filter; /* it is borrowed until the search ends */
	return status;
}

/* Read all once more. */
static int
side_search(struct side *side)
{
	if (side->source != NULL)
		return ask(side, NULL, SOURCE_SUBTREE);
	digestfile_rewind(&side->listed);
	return 0;
}

/* Or ask a server for the entry of that name, if there is one. */
static int
side_search_name(struct side *side, struct slice name)
{
	struct buf *dn = &side->asked;

	dn->size = 0;
	buf_add(dn, name);
	if (name.size != 0 && side->base.size != 0)
		buf_putc(dn, ',');
	buf_add(dn, buf_slice(&side->base));
	buf_putc(dn, '\0');
	return ask(side, dn->at, SOURCE_BASE);
}

/* For messages. */
static const char *
side_name(const struct side *side)
{
	return side->source == NULL ? side->file : source_name(side->source);
}

static bool
side_is_server(const struct side *side)
{
	return side->source != NULL && source_is_server(side->source);
}

/* Where the second of two entries of that name is. */
static int
report_twice(struct side *side, const struct digest *twice)
{
	size_t times = 0;
	int more;

	if (side_search(side) < 0)
		return -1;
	while ((more = side_next(side)) > 0)
		if (memcmp(side->digest.name, twice->name, DIGEST_SIZE) == 0 &&
		    ++times == 2)
			break;
	if (more < 0)
		return -1;
	if (more > 0 && side->entry.line != 0)
		return fail("%s:%zu: a second entry of the name '%.*s'",
		    side_name(side), side->entry.line,
		    SLICE_ARG(side->entry.dn));
	return fail("%s: two entries of one name: '%.*s'", side_name(side),
	    SLICE_ARG(side->entry.dn));
}

static int
keep(struct side *side)
{
	digests_add(&side->digests, &side->digest);
	atomic_fetch_add_explicit(&side->read, 1, memory_order_relaxed);
	if (side->names.file == NULL)
		return 0;
	return spool_put(&side->names, buf_slice(&side->name), NULL);
}

int
side_read(struct side *side)
{
	const struct digest *twice;
	int more;

	if ((side_is_server(side) || side->options->keep_names) &&
	    spool_begin(&side->names) < 0)
		return -1;
	if (side_search(side) < 0)
		return -1;
	while ((more = side_next(side)) > 0) {
		if (atomic_load_explicit(side->options->stop,
		    memory_order_relaxed))
			return -1;
		if (keep(side) < 0)
			return -1;
	}
	if (more < 0)
		return -1;
	digests_sort(&side->digests);
	twice = digests_twice(&side->digests);
	return twice != NULL ? report_twice(side, twice) : 0;
}

static bool
side_is_digests(const struct side *side)
{
	return side->source == NULL;
}

/* Where its entries are: --base, or what the URL says; NULL: not said. */
static const char *
side_base(const struct side *side)
{
	return side->source == NULL ? NULL : source_base(side->source);
}

/* Names are relative to the base from now on. */
static int
side_make_relative(struct side *side)
{
	const char *base = side_base(side);

	side->base.size = 0;
	if (base == NULL || dn_normalise(slice_of(base), &side->base) == 0)
		return 0;
	return fail("%s: not a DN: '%s'", side_name(side), base);
}

/* What can be read only once, in a file of ours; in is closed. */
static FILE *
spool(FILE *in, const char *name)
{
	FILE *file = spool_file();
	char block[1 << 14];
	size_t size;

	while (file != NULL && (size = fread(block, 1, sizeof block, in)) != 0)
		if (fwrite(block, 1, size, file) != size)
			break;
	if (ferror(in)) {
		fail_errno("cannot read '%s'", name);
	} else if (file != NULL && (ferror(file) || fflush(file) != 0)) {
		fail_errno("cannot keep '%s' in a temporary file", name);
	} else if (file != NULL) {
		rewind(file);
		fclose(in);
		return file;
	}
	if (file != NULL)
		fclose(file);
	fclose(in);
	return NULL;
}

static FILE *
open_file(const char *path)
{
	FILE *in = slurp_open(path);
	struct stat st;

	if (in == NULL)
		return NULL;
	if (fstat(fileno(in), &st) < 0) {
		fail_errno("cannot open '%s'", path);
		slurp_close(in);
		return NULL;
	}
	return S_ISREG(st.st_mode) && in != stdin ? in :
	    spool(in, slurp_name(path));
}

static void
begin(struct side *side, const char *operand,
    const struct side_options *options)
{
	*side = (struct side){ .options = options,
		.file = slurp_name(operand), .canon =
		    canon_new(&options->choice), .hasher = digest_hasher() };
	if (options->choice.only != NULL)
		list_only(side);
}

int
side_open_source(struct side *side, struct source *source,
    const struct side_options *options)
{
	begin(side, source_name(source), options);
	side->source = source;
	return side->hasher != NULL ? 0 : -1;
}

int
side_open_file(struct side *side, const char *path,
    const struct ldapopt *ldap, const struct side_options *options)
{
	FILE *file;

	begin(side, path, options);
	file = side->hasher != NULL ? open_file(path) : NULL;
	if (file == NULL)
		return -1;
	if (digestfile_detect(file)) {
		side->in = file;
		digestfile_begin(&side->listed, file, side->file);
		return 0;
	}
	side->own = source_of_file(file, side->file, ldap);
	side->source = side->own;
	return 0;
}

static void
side_close(struct side *side)
{
	source_close(side->own);
	if (side->in != NULL)
		fclose(side->in);
	buf_release(&side->base);
	buf_release(&side->name);
	buf_release(&side->content);
	canon_free(side->canon);
	digest_hasher_free(side->hasher);
	digests_release(&side->digests);
	spool_release(&side->names);
	buf_release(&side->asked);
	digestfile_release(&side->listed);
	free(side->filter);
	free(side->only);
	arena_release(&side->arena);
}

/* Of a server, so many entries are asked for one by one: each costs about as
 * much as twenty of a search for all. */
#define FEW 100
#define ONE_OF 20

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
	if (slice_equal(
		buf_slice(&c->side[0].base), buf_slice(&c->side[1].base)))
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
		else if (!slice_equal(*name, value.name))
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
		if (!slice_equal(finding->values[0], finding->values[1]))
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
