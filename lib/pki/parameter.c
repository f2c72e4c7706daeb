/* SPDX-License-Identifier: MIT */
#include "pki/parameter.h"

#include <ctype.h>
#include <stdlib.h>

#include "util/mem.h"
#include "util/spell.h"


/* Of 10.x, the last; then comes 11.0. */
#define LAST_OF_10 RELEASE(10, 15, 999)

/* The first row of name, or the count. */
static size_t
find(const char *name)
{
	size_t low = 0, high = parameter_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(parameter_list[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_of(size_t row, const char *name)
{
	return row < parameter_count &&
	       strcmp(parameter_list[row].name, name) == 0;
}

/* Of the releases that have pkispawn. */
static struct release
clip(struct release release)
{
	if (release.first < PARAMETER_FIRST)
		release.first = PARAMETER_FIRST;
	return release;
}

/* Is a row for the subsystem, or for any? */
static bool
is_for(const struct parameter *p, const char *subsystem)
{
	static const char *const shared[] = { "*", "DEFAULT", "Tomcat" };

	for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
		if (strcmp(p->section, shared[i]) == 0)
			return true;
	return subsystem == NULL || strcmp(p->section, subsystem) == 0;
}

/* What is asked of one release. */
struct question {
	const char *name;
	bool (*takes)(const struct parameter *p, const struct question *q);
	const char *const *subject; /* of takes() */
	size_t subjects;
	bool known_only; /* releases that do not know it do not count */
};

static bool
is_at(const struct question *q, uint32_t release,
    bool (*takes)(const struct parameter *p, const struct question *q))
{
	for (size_t i = find(q->name); is_of(i, q->name); i++)
		if (parameter_list[i].first <= release &&
		    parameter_list[i].last >= release &&
		    takes(&parameter_list[i], q))
			return true;
	return false;
}

static bool
takes_any(const struct parameter *p, const struct question *q)
{
	(void)q;
	return p->kind != PARAMETER_LITERAL;
}

struct count {
	size_t yes, no;
};

static void
ask(struct count *count, const struct question *q, struct release span,
    uint32_t release)
{
	if (release < span.first || release > span.last ||
	    (q->known_only && !is_at(q, release, takes_any)))
		return;
	if (is_at(q, release, q->takes))
		count->yes++;
	else
		count->no++;
}

/* Between the first release of a row and the one after its last, nothing
 * changes.  No release is between 10.15 and 11.0. */
static enum release_answer
answer(const struct question *q, struct release release)
{
	const struct release span = clip(release);
	struct count count = { 0, 0 };

	ask(&count, q, span, span.first);
	for (size_t i = find(q->name); is_of(i, q->name); i++) {
		const uint32_t last = parameter_list[i].last;

		ask(&count, q, span, parameter_list[i].first);
		if (last == LAST_OF_10)
			ask(&count, q, span, RELEASE(11, 0, 0));
		else if (last != RELEASE_LAST)
			ask(&count, q, span, last + 1);
	}
	if (count.yes == 0)
		return RELEASE_NO;
	return count.no == 0 ? RELEASE_YES : RELEASE_MAYBE;
}

struct release
parameter_release_for(struct release master)
{
	return master.first != RELEASE_NONE
		   ? master
		   : (struct release){ RELEASE(10, 2, 0), RELEASE_LAST };
}

enum release_answer
parameter_has_pkispawn(struct release release)
{
	return release_within(release, PARAMETER_FIRST, RELEASE_LAST);
}

static bool
takes_known(const struct parameter *p, const struct question *q)
{
	return p->kind != PARAMETER_LITERAL && is_for(p, *q->subject);
}

enum release_answer
parameter_is_known(
    const char *name, const char *subsystem, struct release release)
{
	const struct question q = { name, takes_known, &subsystem, 1, false };

	return answer(&q, release);
}

static bool
takes_literal(const struct parameter *p, const struct question *q)
{
	(void)q;
	return p->kind == PARAMETER_LITERAL;
}

enum release_answer
parameter_is_literal(const char *name, struct release release)
{
	const struct question q = { name, takes_literal, NULL, 0, false };

	return answer(&q, release);
}

static bool
takes_section(const struct parameter *p, const struct question *q)
{
	for (size_t i = 0; i < q->subjects; i++)
		if (p->kind == PARAMETER_DEFAULT &&
		    strcmp(p->section, q->subject[i]) == 0)
			return true;
	return false;
}

enum release_answer
parameter_is_in(const char *name, const char *const *section, size_t sections,
    struct release release)
{
	const struct question q = { name, takes_section, section, sections,
		true };

	return answer(&q, release);
}

/* Is the row the default of a subsystem in some release of the span, and does
 * no section before its own have one? */
static bool
is_default(const struct parameter *p, const char *subsystem,
    struct release span, struct release *of)
{
	const char *const sections[] = { subsystem, "DEFAULT", "Tomcat" };
	const size_t count = sizeof sections / sizeof *sections;
	size_t place = 0;

	of->first = p->first > span.first ? p->first : span.first;
	of->last = p->last < span.last ? p->last : span.last;
	if (p->kind != PARAMETER_DEFAULT || of->first > of->last)
		return false;
	while (place < count && strcmp(p->section, sections[place]) != 0)
		place++;
	return place < count &&
	       parameter_is_in(p->name, sections, place, *of) != RELEASE_YES;
}

void
parameter_defaults(const char *name, const char *subsystem,
    struct release release,
    void (*take)(void *arg, const char *text, struct release of), void *arg)
{
	const struct release span = clip(release);
	const struct parameter *next;
	uint32_t taken = 0; /* the first release of the row that was last */

	do {
		struct release of, at = { 0, 0 };

		next = NULL;
		for (size_t i = find(name); is_of(i, name); i++) {
			const struct parameter *p = &parameter_list[i];

			if (!is_default(p, subsystem, span, &of) ||
			    of.first <= taken ||
			    (next != NULL && at.first <= of.first))
				continue;
			next = p;
			at = of;
		}
		if (next != NULL)
			take(arg, next->text, at);
		taken = at.first;
	} while (next != NULL);
}

const struct parameter *
parameter_renamed(
    const char *name, const char *subsystem, struct release release)
{
	for (size_t i = find(name); is_of(i, name); i++) {
		const struct parameter *p = &parameter_list[i];

		if (p->kind == PARAMETER_RENAMED && is_for(p, subsystem) &&
		    release_within(clip(release), p->first, p->last) !=
			RELEASE_NO)
			return p;
	}
	return NULL;
}

const char *
parameter_nearest(
    const char *name, const char *subsystem, struct release release)
{
	const char *before = "";
	struct spell s;

	spell_begin(&s, slice_of(name), 0);
	for (size_t i = 0; i < parameter_count; i++) {
		const char *known = parameter_list[i].name;

		if (strcmp(known, before) == 0)
			continue;
		before = known;
		if (parameter_is_known(known, subsystem, release) != RELEASE_NO)
			spell_try(&s, slice_of(known));
	}
	return s.nearest.at;
}

static char *
number_text(uint32_t number)
{
	return mem_printf("%u.%u", number / 1000000, number / 1000 % 1000);
}

char *
parameter_releases(const char *name, const char *subsystem)
{
	struct release known = { RELEASE_LAST, RELEASE_NONE };
	char *first, *last, *text;

	for (size_t i = find(name); is_of(i, name); i++) {
		const struct parameter *p = &parameter_list[i];

		if (p->kind == PARAMETER_LITERAL || !is_for(p, subsystem))
			continue;
		if (p->first < known.first)
			known.first = p->first;
		if (p->last > known.last)
			known.last = p->last;
	}
	if (known.first > known.last)
		return NULL;
	first = number_text(known.first);
	last = number_text(known.last);
	if (known.last == RELEASE_LAST)
		text = mem_printf("from %s on", first);
	else if (known.first == PARAMETER_FIRST)
		text = mem_printf("up to %s", last);
	else if (strcmp(first, last) == 0)
		text = mem_printf("in %s", first);
	else
		text = mem_printf("from %s to %s", first, last);
	free(first);
	free(last);
	return text;
}
