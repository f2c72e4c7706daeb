/* SPDX-License-Identifier: MIT */
#include "pki/ranges.h"

#include <ctype.h>
#include <stdlib.h>

#include "util/mem.h"

#define WIDTH 60 /* of all columns, about */
#define LINE 76 /* of the legend */

static const char free_row[] = "free";

struct plot {
	const struct ranges *all;
	const struct range *first, *end; /* of the repository */
	struct buf *out;
	mpz_t *bound; /* where columns begin */
	size_t *width;
	size_t bounds;
	bool open; /* the last column has no end */
	size_t label;
};

static bool
is_drawn(const struct range *range)
{
	return !range->bad && range->state != RANGE_OLD &&
	    range->state != RANGE_CONFLICT && (range->state == RANGE_FREE ||
		mpz_cmp(range->begin, range->end) <= 0);
}

static int
compare(const void *a, const void *b)
{
	return mpz_cmp(*(const mpz_t *)a, *(const mpz_t *)b);
}

static void
find_bounds(struct plot *p)
{
	size_t count = (size_t)(p->end - p->first), unique = 0;

	p->bound = mem_zalloc(2 * count + 1, sizeof *p->bound);
	for (const struct range *range = p->first; range < p->end; range++) {
		if (!is_drawn(range))
			continue;
		mpz_init_set(p->bound[p->bounds++], range->begin);
		p->open |= range->state == RANGE_FREE;
		if (range->state == RANGE_FREE)
			continue;
		mpz_init(p->bound[p->bounds]);
		mpz_add_ui(p->bound[p->bounds++], range->end, 1);
	}
	if (p->bounds == 0)
		return;
	qsort(p->bound, p->bounds, sizeof *p->bound, compare);
	for (size_t i = 0; i < p->bounds; i++)
		if (mpz_cmp(p->bound[i], p->bound[unique]) != 0)
			mpz_set(p->bound[++unique], p->bound[i]);
	for (size_t i = unique + 1; i < p->bounds; i++)
		mpz_clear(p->bound[i]);
	p->bounds = unique + 1;
}

/* A column's weight is how many bits its size has. */
static void
find_widths(struct plot *p)
{
	size_t total = 0;
	mpz_t size;

	p->width = mem_zalloc(p->bounds + 1, sizeof *p->width);
	mpz_init(size);
	for (size_t i = 0; i < p->bounds; i++) {
		if (i + 1 < p->bounds)
			mpz_sub(size, p->bound[i + 1], p->bound[i]);
		p->width[i] =
		    i + 1 < p->bounds ? mpz_sizeinbase(size, 2) : p->open;
		total += p->width[i];
	}
	mpz_clear(size);
	for (size_t i = 0; i < p->bounds; i++)
		if (p->width[i] != 0)
			p->width[i] = 1 + p->width[i] * WIDTH / total;
	if (p->open)
		p->width[p->bounds - 1] += 4;
}

static const char *
row_of(const struct range *range)
{
	return range->state == RANGE_FREE ? free_row : range->host;
}

static bool
has_column(const struct range *range, mpz_srcptr from)
{
	return is_drawn(range) && mpz_cmp(range->begin, from) <= 0 &&
	       (range->state == RANGE_FREE || mpz_cmp(range->end, from) >= 0);
}

/* What a row has from that bound on. */
static char
mark_of(const struct plot *p, const char *row, mpz_srcptr from)
{
	size_t files = 0;
	char mark = ' ';

	for (const struct range *range = p->first; range < p->end; range++) {
		bool mine = strcmp(row_of(range), row) == 0;

		if (!has_column(range, from))
			continue;
		files += range->state <= RANGE_NEXT;
		if (!mine)
			continue;
		if (range->state == RANGE_FREE)
			mark = '.';
		else if (range->state == RANGE_CURRENT)
			mark = '#';
		else if (range->state == RANGE_NEXT)
			mark = mark == '#' ? '#' : '+';
		else if (mark == ' ')
			mark = '-';
	}
	if (files > 1 && (mark == '#' || mark == '+'))
		mark = '!';
	return mark;
}

static void
fill(struct buf *out, char c, size_t count)
{
	while (count-- > 0)
		buf_putc(out, c);
}

static void
put_name(struct plot *p, const char *name)
{
	size_t size = strlen(name);

	for (const char *c = name; *c != '\0'; c++)
		buf_putc(p->out, (char)(iscntrl((unsigned char)*c) ? '?' : *c));
	if (size < p->label)
		fill(p->out, ' ', p->label - size);
}

static bool
was_drawn(const struct plot *p, const struct range *until)
{
	for (const struct range *range = p->first; range < until; range++)
		if (is_drawn(range) &&
		    strcmp(row_of(range), row_of(until)) == 0)
			return true;
	return false;
}

static void
put_rows(struct plot *p, bool are_free)
{
	for (const struct range *range = p->first; range < p->end; range++) {
		if (!is_drawn(range) || was_drawn(p, range) ||
		    (range->state == RANGE_FREE) != are_free)
			continue;
		put_name(p, row_of(range));
		buf_puts(p->out, " |");
		for (size_t i = 0; i < p->bounds; i++)
			fill(p->out, mark_of(p, row_of(range), p->bound[i]),
			    p->width[i]);
		buf_puts(p->out, "|\n");
	}
}

static char
letter_of(size_t bound)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	if (bound >= sizeof letters - 1)
		return '*';
	return letters[bound];
}

static void
put_scale(struct plot *p)
{
	size_t column = 0;

	fill(p->out, ' ', p->label + 2);
	for (size_t i = 0; i < p->bounds; i++) {
		buf_putc(p->out, letter_of(i));
		if (i + 1 < p->bounds)
			fill(p->out, ' ', p->width[i] - 1);
	}
	buf_putc(p->out, '\n');
	for (size_t i = 0; i < p->bounds; i++) {
		char *number = ranges_number(p->all, p->bound[i]);
		size_t size = strlen(number) + 3;

		if (column != 0)
			buf_putc(p->out, column + size > LINE ? '\n' : ' ');
		column = column + size > LINE ? size : column + size;
		buf_putc(p->out, letter_of(i));
		buf_putc(p->out, '=');
		buf_puts(p->out, number);
		free(number);
	}
	buf_putc(p->out, '\n');
}

static void
put_title(struct plot *p, const struct repository *repository)
{
	buf_puts(p->out, rangeset_kind_name[repository->kind]);
	buf_puts(p->out, " numbers");
	if (*repository->type != '\0') {
		buf_puts(p->out, " of ");
		buf_puts(p->out, repository->type);
	}
	if (*repository->base != '\0') {
		buf_puts(p->out, ", ");
		put_name(p, repository->base);
	}
	buf_putc(p->out, '\n');
}

static void
plot_space(struct plot *p, const struct repository *repository)
{
	find_bounds(p);
	if (p->bounds != 0) {
		find_widths(p);
		if (p->out->size != 0)
			buf_putc(p->out, '\n');
		put_title(p, repository);
		for (const struct range *r = p->first; r < p->end; r++)
			if (is_drawn(r) && strlen(row_of(r)) > p->label)
				p->label = strlen(row_of(r));
		put_rows(p, false);
		put_rows(p, true);
		put_scale(p);
	}
	for (size_t i = 0; i < p->bounds; i++)
		mpz_clear(p->bound[i]);
	free(p->bound);
	free(p->width);
}

void
ranges_plot(const struct ranges *all, struct buf *out)
{
	const struct range *range = all->range;
	const struct range *end = range + all->count;

	while (range < end) {
		struct plot plot = { .all = all, .first = range, .out = out };

		while (range < end &&
		    range->repository == plot.first->repository)
			range++;
		plot.end = range;
		plot_space(&plot, &all->repository[plot.first->repository]);
	}
	if (out->size != 0)
		buf_puts(out, "\n# current, + next, - known to the directory "
			      "alone, . free, ! in two blocks\n");
}
