/* SPDX-License-Identifier: MIT */
#include "cfg/known.h"

#include <ctype.h>

#include "cfg/setting.h"
#include "util/spell.h"

#define MOST_MISTAKES 2
#define LEAST_SIZE 4 /* of a component with a mistake */

/* Made from share/lists/keys: in the order of their components. */
extern const char *const known_pattern[];
extern const size_t known_patterns;

/* The component at the start of a key. */
static struct slice
component_of(struct slice key)
{
	const char *dot = key.size != 0 ? memchr(key.at, '.', key.size) : NULL;

	return (struct slice){ key.at,
		dot != NULL ? (size_t)(dot - key.at) : key.size };
}

/* A component and the one of a pattern, in the order of the list. */
static int
compare(struct slice component, const char *pattern)
{
	const struct slice other = component_of(slice_of(pattern));
	const size_t size = component.size < other.size ? component.size :
							   other.size;
	int order = memcmp(component.at, other.at, size);

	return order != 0 || component.size == other.size ? order :
	    component.size < other.size ? -1 : 1;
}

/* The patterns first to last (excluded) begin alike, up to offset. */
struct part {
	size_t first, last, offset;
};

/* More than there can be: the list has few that differ in a '*'. */
#define MOST_PARTS 32

/* The first pattern of a part whose component is not below this one, or with
 * above is above it. */
static size_t
bound(const struct part *part, struct slice component, bool above)
{
	size_t low = part->first, high = part->last;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = compare(component,
		    known_pattern[middle] + part->offset);

		if (order > 0 || (above && order == 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The part of a part whose patterns go on with this component. */
static struct part
narrow(const struct part *part, struct slice component)
{
	return (struct part){ bound(part, component, false),
		bound(part, component, true), part->offset + component.size };
}

/* The patterns that go on with this component, or with '*'. */
static size_t
narrow_all(struct part *next, const struct part *part, size_t parts,
    struct slice component)
{
	const struct slice tried[] = { component, { "*", 1 } };
	size_t count = 0;

	for (size_t i = 0; i < 2 * parts; i++) {
		const struct part fits = narrow(&part[i / 2], tried[i % 2]);

		if (fits.first < fits.last && count < MOST_PARTS)
			next[count++] = fits;
	}
	return count;
}

/* Go past the dot.  Returns whether a pattern has none there, but ends. */
static bool
pass_dot(struct part *part)
{
	const bool ends = known_pattern[part->first][part->offset] == '\0';

	/* It is before those that go on. */
	part->first += ends;
	part->offset++;
	return ends;
}

static bool
is_listed(struct slice key)
{
	struct part part[MOST_PARTS] = { { 0, known_patterns, 0 } };
	struct part next[MOST_PARTS];
	size_t parts = 1;

	while (parts != 0) {
		const struct slice component = component_of(key);
		const bool is_last = component.size == key.size;
		const size_t nexts = narrow_all(next, part, parts, component);

		parts = 0;
		for (size_t i = 0; i < nexts; i++) {
			if (pass_dot(&next[i]) && is_last)
				return true;
			if (next[i].first < next[i].last)
				part[parts++] = next[i];
		}
		if (is_last)
			return false;
		key.at += component.size + 1;
		key.size -= component.size + 1;
	}
	return false;
}

bool
known_key(struct slice key)
{
	return is_listed(key) || setting_has_row(key);
}

/* The pattern with the components of key for its '*'.  False: key has another
 * number of components. */
static bool
fill(struct buf *out, const char *pattern, struct slice key)
{
	struct slice left = slice_of(pattern);

	out->size = 0;
	while (left.size != 0 && key.size != 0) {
		const struct slice known = component_of(left);
		const struct slice own = component_of(key);

		buf_add(out, slice_equal(known, (struct slice){ "*", 1 }) ?
			own : known);
		left.at += known.size;
		left.size -= known.size;
		key.at += own.size;
		key.size -= own.size;
		if ((left.size == 0) != (key.size == 0))
			return false;
		if (left.size != 0) {
			buf_putc(out, '.');
			left.at++, left.size--;
			key.at++, key.size--;
		}
	}
	return left.size == 0 && key.size == 0;
}

static struct slice
past_digits(struct slice s)
{
	while (s.size != 0 && isdigit((unsigned char)*s.at))
		s.at++, s.size--;
	return s;
}

static bool
differ_in_digits(struct slice a, struct slice b)
{
	while (a.size != 0 || b.size != 0) {
		a = past_digits(a);
		b = past_digits(b);
		if (a.size == 0 || b.size == 0 || *a.at != *b.at)
			return a.size == 0 && b.size == 0;
		a.at++, a.size--;
		b.at++, b.size--;
	}
	return true;
}

/* Are all components alike, or near?  A short one has no mistake: ca, kra and
 * tks differ in few letters. */
static bool
is_near(struct slice key, struct slice other)
{
	for (;;) {
		const struct slice a = component_of(key);
		const struct slice b = component_of(other);
		struct spell s;

		spell_begin(&s, a, MOST_MISTAKES);
		if (!slice_equal_nocase(a, b) &&
		    (a.size < LEAST_SIZE || !spell_try(&s, b)))
			return false;
		if (a.size == key.size || b.size == other.size)
			return a.size == key.size && b.size == other.size;
		key.at += a.size + 1;
		key.size -= a.size + 1;
		other.at += b.size + 1;
		other.size -= b.size + 1;
	}
}

static bool
try_key(struct spell *s, struct slice key)
{
	return is_near(s->word, key) && !differ_in_digits(key, s->word) &&
	    spell_try(s, key);
}

bool
known_nearest(struct slice key, struct buf *nearest)
{
	struct buf candidate = { 0 };
	struct spell s;

	spell_begin(&s, key, MOST_MISTAKES);
	nearest->size = 0;
	for (size_t i = 0; i < known_patterns; i++) {
		if (!fill(&candidate, known_pattern[i], key) ||
		    !try_key(&s, buf_slice(&candidate)))
			continue;
		nearest->size = 0;
		buf_add(nearest, buf_slice(&candidate));
	}
	buf_release(&candidate);
	return nearest->size != 0;
}

struct slice
known_nearest_in(const struct cfg *cfg, struct slice key)
{
	struct spell s;

	spell_begin(&s, key, MOST_MISTAKES);
	for (uint32_t i = 0; i < cfg->lines; i++) {
		const struct cfg_line *line = cfg->line + i;

		if (cfg_is_live(cfg, line))
			try_key(&s, cfg_key(line));
	}
	return s.nearest;
}
