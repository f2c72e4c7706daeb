/* SPDX-License-Identifier: MIT */
#include "util/spell.h"

#define LONGEST 128U /* letters that are compared; a longer word is not near */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* What both begin and end with needs no comparing. */
static void
cut_common(struct slice *a, struct slice *b)
{
	while (a->size != 0 && b->size != 0 && *a->at == *b->at) {
		a->at++, a->size--;
		b->at++, b->size--;
	}
	while (a->size != 0 && b->size != 0 &&
	    a->at[a->size - 1] == b->at[b->size - 1]) {
		a->size--;
		b->size--;
	}
}

/* The mistakes between a and b, or limit where there are as many or more. */
static size_t
mistakes_between(struct slice a, struct slice b, size_t limit)
{
	size_t cost[3][LONGEST + 1], *before = cost[0], *last = cost[1],
				    *row = cost[2], *spare, best;

	cut_common(&a, &b);
	if (a.size > LONGEST || b.size > LONGEST ||
	    a.size >= b.size + limit || b.size >= a.size + limit)
		return limit;
	for (size_t j = 0; j <= b.size; j++)
		before[j] = last[j] = j;
	for (size_t i = 1; i <= a.size; i++) {
		best = row[0] = i;
		for (size_t j = 1; j <= b.size; j++) {
			const bool differ = a.at[i - 1] != b.at[j - 1];

			row[j] = least(last[j - 1] + differ,
			    1 + least(last[j], row[j - 1]));
			if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] &&
			    a.at[i - 2] == b.at[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
			best = least(best, row[j]);
		}
		if (best > limit)
			return limit;
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return least(last[b.size], limit);
}

void
spell_begin(struct spell *s, struct slice word, size_t most)
{
	*s = (struct spell){ .word = word, .mistakes = word.size / 5 + 1 };
	if (word.size > 1 && word.size < 5)
		s->mistakes = 2;
	if (most != 0 && s->mistakes > most + 1)
		s->mistakes = most + 1;
}

bool
spell_try(struct spell *s, struct slice known)
{
	const size_t mistakes = slice_equal_nocase(known, s->word) ? 0 :
	    mistakes_between(s->word, known, s->mistakes);

	if (mistakes >= s->mistakes)
		return false;
	s->mistakes = mistakes;
	s->nearest = known;
	return true;
}
